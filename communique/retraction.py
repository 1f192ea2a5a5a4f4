"""That an announcement was taken back: when, why, and what stands for it in the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

_RETRACTED = "-retracted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Retraction:
    """A withdrawal, as its readers are told of it."""

    at: datetime  #: UTC
    reasons: Mapping[str, str]  #: by language, the first one for readers of the others; never empty

    def reason(self, language: str) -> tuple[str, str]:
        """Why, and the language in which that is said: the reader's, or the first."""
        said = language if language in self.reasons else next(iter(self.reasons))
        return self.reasons[said], said


def told_as(occurrence: str) -> str:
    """The occurrence whose deliveries tell of the withdrawal of another one: notices, pages, deletions."""
    return f"{occurrence}{_RETRACTED}"


def tells_of_retraction(occurrence: str) -> bool:
    """Whether an occurrence's deliveries tell of a withdrawal."""
    return occurrence.endswith(_RETRACTED)


def told_of(occurrence: str) -> str:
    """The occurrence whose withdrawal another one's deliveries tell of; itself when they tell of none."""
    return occurrence.removesuffix(_RETRACTED)
