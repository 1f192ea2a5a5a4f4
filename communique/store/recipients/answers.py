"""What invited people answered to a meeting: one answer a person, the newest; and who is still to be written to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, or_, select, update

from communique.answering import Answer, AnswerStanding, Came, Only
from communique.delivery import Mode
from communique.phrase import phrase
from communique.store.database import occurrences, people
from communique.store.recipients.answer_standings import stands
from communique.store.recipients.meeting_revisions import holds
from communique.store.recipients.people import Person
from communique.store.tables.answer import answers

_NO_MORE = {
    AnswerStanding.NOT_ANSWERED: phrase("has answered since"),
    AnswerStanding.COMING: phrase("does not come any more"),
    AnswerStanding.INVITED: phrase("was not invited"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """An answer. `companions`: how many people come along, not counting the person."""

    answer: Answer
    companions: int = 0
    access_needs: str = ""  #: in their own words
    interpretation: str = ""  #: into which language, in their own words
    came: Came
    answered_at: datetime


def give(connection: Connection, mode: Mode, meeting: str, person: int, given: Given) -> bool:
    """From now on this is the person's answer; False, and nothing changes, when a later one is known."""
    values = {
        "answer": given.answer,
        "companions": given.companions,
        "access_needs": given.access_needs,
        "interpretation": given.interpretation,
        "came": given.came,
        "answered_at": given.answered_at,
    }
    mine = *_of(mode, meeting), answers.c.person_id == person
    known = connection.execute(select(answers.c.answered_at).where(*mine)).first()
    if known is None:
        key = {"mode": mode, "meeting": meeting, "person_id": person}
        connection.execute(insert(answers).values(**key, **values, first_at=given.answered_at))
        return True
    if known.answered_at > given.answered_at:
        return False
    connection.execute(update(answers).where(*mine).values(values))
    return True


def find(connection: Connection, mode: Mode, meeting: str, person: int) -> Given | None:
    """A person's answer, if there is one to the meeting as it is now: when it moves, everybody is asked anew."""
    mine = *_of(mode, meeting), answers.c.person_id == person, holds(mode, meeting)
    row = connection.execute(select(answers).where(*mine)).first()
    return _given(row) if row is not None else None


class Attendance(NamedTuple):
    """Somebody who was invited, or has answered."""

    person: Person
    given: Given | None  #: None: has not answered


def attendance(connection: Connection, mode: Mode, meeting: str) -> Iterator[Attendance]:
    """Everybody who was invited to a meeting or has answered: those who come, who may, who do not, who is silent."""
    mine = and_(answers.c.person_id == people.c.id, *_of(mode, meeting), holds(mode, meeting))
    found = (
        select(people, *(column for column in answers.c if column.name != "person_id"))
        .select_from(people)
        .outerjoin(answers, mine)
        .where(or_(answers.c.answer.is_not(None), stands(Only(mode, meeting, AnswerStanding.INVITED))))
    )
    places = {answer: place for place, answer in enumerate((Answer.YES, Answer.MAYBE, Answer.NO, None))}
    rows = connection.execute(found).all()
    for row in sorted(rows, key=lambda row: (places[row.answer], row.name.casefold(), row.address_key)):
        person = Person(
            id=row.id,
            address=row.address,
            address_key=row.address_key,
            name=row.name,
            language=row.language,
            organisation=row.organisation,
        )
        yield Attendance(person, _given(row) if row.answer is not None else None)


def meetings(connection: Connection, mode: Mode) -> list[str]:
    """Identities of the meetings that people were invited to, or have answered."""
    invited = select(occurrences.c.meeting).where(occurrences.c.mode == mode, occurrences.c.meeting != "")
    answered = select(answers.c.meeting).where(answers.c.mode == mode)
    return sorted(connection.execute(invited.union(answered)).scalars())


def forget(connection: Connection, person: int) -> None:
    """All answers of somebody."""
    connection.execute(delete(answers).where(answers.c.person_id == person))


def no_more(connection: Connection, asked: Iterable[tuple[Only, int]]) -> dict[tuple[Only, int], str]:
    """Which of these people, by id, do not stand any more as an announcement asks for, and why."""
    found: dict[tuple[Only, int], str] = {}
    for only, group in groupby(sorted(asked), key=itemgetter(0)):
        persons = [person for _, person in group]
        standing = select(people.c.id).where(people.c.id.in_(persons), stands(only))
        left = set(connection.execute(standing).scalars())
        found |= {(only, person): _NO_MORE[only.standing] for person in persons if person not in left}
    return found


def _of(mode: Mode, meeting: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return answers.c.mode == mode, answers.c.meeting == meeting


def _given(row: Any) -> Given:
    return Given(
        answer=Answer(row.answer),
        companions=row.companions,
        access_needs=row.access_needs,
        interpretation=row.interpretation,
        came=Came(row.came),
        answered_at=row.answered_at,
    )
