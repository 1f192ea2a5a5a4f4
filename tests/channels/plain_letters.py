"""A letter of one line, and how letters are handed over."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pdfplumber

from communique.channel import Cover, Crossing, Letter, Message, Outcome
from communique.plan.samples import sample_recipient
from tests.shipped_messages import workspace

PLAIN = Letter(
    subject="Hello",
    text="Hello.",
    html='<!doctype html><html lang="en"><head><title>Hello</title></head><body><p>Hello.</p></body></html>',
    address=("Ana Gil", "1 Quay Street"),
    cover=Cover(
        title="Letters",
        direction="ltr",
        language=("Language", "English"),
        labels=dict.fromkeys(("letters", "pages", "sheets", "weight", "postage", "together", "envelope"), "word"),
        steps=("Print.",),
    ),
)


def addressed(message: Message, person: int, language: str = "es", content: Letter = PLAIN) -> Message:
    """A letter to somebody."""
    key = f"accepted-into-ogp/thank-the-promoters/once/letter/{person}/{language}"
    recipient = sample_recipient(workspace().words, language)._replace(id=str(person))
    return message._replace(
        key=key, reference=f"{person}@here", language=language, content=content, recipient=recipient
    )


@dataclass
class Stream:
    """Messages to be handed over, and what became of them; as `Traffic`."""

    waiting: list[Message]
    stays: Collection[str] = ()  #: references of those that must not go any more
    outcomes: dict[str, object] = field(default_factory=dict)

    def next(self) -> Message | None:
        """The next one."""
        return self.waiting.pop(0) if self.waiting else None

    def is_halted(self) -> bool:
        """Never."""
        return False

    def settle(self, crossing: Sequence[Crossing], outcomes: Sequence[Outcome]) -> Collection[str]:
        """Who may go, and what became of the others."""
        self.outcomes |= {each.message.reference: each.result for each in outcomes}
        return [each.message.reference for each in crossing if each.message.reference not in self.stays]


def texts(file: Path) -> list[str]:
    """Of each page."""
    with pdfplumber.open(file) as pdf:
        return [page.extract_text() for page in pdf.pages]
