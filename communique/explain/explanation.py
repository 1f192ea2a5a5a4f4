"""The form of an explanation."""

import inspect
from dataclasses import dataclass

from communique.problems import Severity


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """One code in plain words."""

    title: str
    text: str  #: what it means, why it matters, what to do; wrapped lines
    example: str = ""  #: before and after
    waivable: bool = False  #: whether `waive:` may take it away, with a reason
    severity: Severity = Severity.ERROR  #: the usual one; a problem may be milder

    def __post_init__(self) -> None:
        """Take away the indentation that the text has in its module."""
        object.__setattr__(self, "text", inspect.cleandoc(self.text))
        object.__setattr__(self, "example", inspect.cleandoc(self.example))

    def __str__(self) -> str:
        parts = [self.title, self.text, self.example]
        if self.waivable:
            parts.append("Can be waived, with a reason that goes on record: `waive: {CODE: reason}`.")
        return "\n\n".join(part for part in parts if part)
