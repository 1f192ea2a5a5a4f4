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

    def __str__(self) -> str:
        parts = [self.title, inspect.cleandoc(self.text), inspect.cleandoc(self.example)]
        if self.waivable:
            parts.append("Can be waived, with a reason that goes on record: `waive: {CODE: reason}`.")
        return "\n\n".join(part for part in parts if part)
