"""What a check found."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"  #: it works, and may not for long or not for everybody
    PROBLEM = "problem"  #: announcements do not arrive, or are not accounted for


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One line of `communique doctor`."""

    check: str  #: `spf newsletter`: what was looked at, and through which channel
    level: Level
    found: str
    do: str = ""  #: empty when there is nothing to do


def ok(check: str, found: str) -> Finding:
    """It is as it should be."""
    return Finding(check=check, level=Level.OK, found=found)


def warning(check: str, found: str, do: str) -> Finding:
    """It works, but."""
    return Finding(check=check, level=Level.WARNING, found=found, do=do)


def problem(check: str, found: str, do: str) -> Finding:
    """It does not work."""
    return Finding(check=check, level=Level.PROBLEM, found=found, do=do)
