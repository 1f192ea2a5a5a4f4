"""What is put right about an announcement that went out: when, in which words, and what stands for it in the ledger."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

_ONCE = "once"  #: the occurrence of what is no series, as `communique.timeline` has it
_CORRECTED = re.compile(r"-corrected-(\d+)\Z")


@dataclass(frozen=True, kw_only=True, slots=True)
class Corrected:
    """A correction in one language."""

    headline: str
    wrong: str  #: what the announcement said
    right: str  #: what holds instead
    more: str = ""  #: Markdown; what its readers should know or do besides


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """A correction, as its readers are told of it."""

    number: int  #: of the announcement's, from 1
    at: datetime  #: UTC
    texts: Mapping[str, Corrected]  #: by language, the first one for readers of the others; never empty

    def said(self, language: str) -> tuple[Corrected, str]:
        """The words, and the language they are in: the reader's, or the first."""
        said = language if language in self.texts else next(iter(self.texts))
        return self.texts[said], said


def file_of(number: int, occurrence: str = _ONCE) -> str:
    """The file with the words of an announcement's first, second … correction, beside its article.

    Each of a series has its own, by its number: what was wrong of one was right of the others.
    """
    parts = (
        "correction",
        *([] if occurrence == _ONCE else ["of", occurrence]),
        *([] if number == 1 else [str(number)]),
    )
    return f"{'-'.join(parts)}.md"


def mark_of(number: int) -> str:
    """Where a correction stands on the announcement's page: the fragment of its address."""
    return f"correction-{number}"


def told_as(occurrence: str, number: int) -> str:
    """The occurrence whose deliveries tell of a correction of another one: mails, letters, answers to posts, pages."""
    return f"{occurrence}-corrected-{number}"


def corrected_as(occurrence: str) -> str:
    """The occurrence that is corrected, of one whose deliveries tell of that."""
    return _CORRECTED.sub("", occurrence)


def tells_of_correction(occurrence: str) -> bool:
    """Whether an occurrence's deliveries tell of a correction."""
    return _CORRECTED.search(occurrence) is not None


def number_of(occurrence: str) -> int:
    """Which correction an occurrence's deliveries tell of; 0 when they tell of none."""
    found = _CORRECTED.search(occurrence)
    return int(found[1]) if found else 0
