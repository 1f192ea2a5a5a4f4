"""Who comes to a meeting, as numbers and as a file for a spreadsheet: the same on the command line and at the desk."""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from communique.answering import Answer
from communique.language.escaping import harmless
from communique.store.recipients.answers import Attendance

_COLUMNS = (
    *("answer", "name", "organisation", "address", "language", "companions", "access_needs", "interpretation"),
    *("came", "answered_at"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """Those who were invited, by what they have answered."""

    invited: int
    coming: int
    in_all: int  #: who come, with those whom they bring
    perhaps: int
    not_coming: int
    silent: int


def counted(found: Sequence[Attendance]) -> Counted:
    """How many there are of each."""
    by_answer = Counter(given.answer if given else None for _, given in found)
    coming = by_answer[Answer.YES]
    along = sum(given.companions for _, given in found if given and given.answer is Answer.YES)
    return Counted(
        invited=len(found),
        coming=coming,
        in_all=coming + along,
        perhaps=by_answer[Answer.MAYBE],
        not_coming=by_answer[Answer.NO],
        silent=by_answer[None],
    )


def as_csv(found: Sequence[Attendance], words: Mapping[str, str] = MappingProxyType({})) -> str:
    """A row a person, moments in UTC; no cell is a formula.

    `words`: what columns, answers and ways are called for whoever reads it; by default as programs know them.
    """
    written = io.StringIO(newline="")
    rows = csv.writer(written)
    rows.writerow([words.get(column, column) for column in _COLUMNS])
    for each in found:
        answer, *said, came, answered_at = _cells(each)
        cells = words.get(answer, answer), *said, words.get(came, came), answered_at
        rows.writerow([harmless(cell) for cell in cells])
    return written.getvalue()


def _cells(attendance: Attendance) -> Sequence[str]:
    person, given = attendance
    said = (person.name, person.organisation, person.address, person.language)
    if given is None:
        return ("", *said, "", "", "", "", "")
    answered_at = f"{given.answered_at:%Y-%m-%dT%H:%M:%SZ}"
    rest = (str(given.companions), given.access_needs, given.interpretation, str(given.came), answered_at)
    return (str(given.answer), *said, *rest)
