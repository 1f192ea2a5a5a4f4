"""Answers to a meeting in words: whose they may be, by what a mail carries; and the answer an officer reads in one.

Nothing here reads the words: what somebody means by them, a person says.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from communique.answering import Proof
from communique.bounces.calendar_answers import by_tag, key_of
from communique.bounces.report import Kind, Report
from communique.channel import Secret
from communique.delivery import Mode
from communique.store.desk import journal
from communique.store.recipients import answers, confirmations, meeting_revisions, people, returns, written_answers
from communique.store.recipients.answers import Given
from communique.store.recipients.people import Person
from communique.store.recipients.returns import Returned
from communique.store.recipients.written_answers import Written


class Obstacle(StrEnum):
    """Why an answer cannot be put down."""

    OFF = "the meeting is called off"
    MOVED = "the meeting has moved since this was written, and everybody was asked anew"
    LATER = "a later answer of the same person is known"


class CannotRecordError(Exception):
    """Nothing has changed."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(str(obstacle))
        self.obstacle = obstacle


@dataclass(frozen=True, slots=True)
class _Whose:
    mode: Mode | None
    meeting: str
    person: int | None
    proof: Proof


def in_words(
    connection: Connection,
    report: Report,
    owner: Returned | None,
    key: Secret,
    *,
    place: str,
    now: datetime,
    is_to_answers: bool,
) -> Written | None:
    """What a person has written about a meeting; None when it is something else.

    Args:
        connection: a transaction.
        report: a message of any kind.
        owner: the delivery that it answers, by a tag or a Message-ID of ours.
        key: of the tags.
        place: where the message lies.
        now: when it is read.
        is_to_answers: it came to a mailbox that is for answers, so that it is one, whoever has written it.
    """
    if report.kind is not Kind.OTHER:
        return None
    sender_key = key_of(report.sender)
    whose = _proven(connection, report, owner, key) or _by_address(connection, sender_key)
    if whose.proof in {Proof.ADDRESS, Proof.NOBODY} and not is_to_answers:
        return None
    return Written(
        digest=report.digest,
        mode=whose.mode,
        meeting=whose.meeting,
        person=whose.person,
        proof=whose.proof,
        sender=report.sender,
        sender_key=sender_key,
        sender_name=report.sender_name,
        subject=report.subject,
        words=report.body,
        place=place,
        at=now,
    )


def by_calendar(report: Report, mode: Mode, meeting: str, person: Person, *, now: datetime) -> Written:
    """What a calendar says that is no answer: that somebody else comes. The officer sees whom."""
    return Written(
        digest=report.digest,
        mode=mode,
        meeting=meeting,
        person=person.id,
        proof=Proof.TAG,
        sender=person.address,
        sender_key=person.address_key,
        sender_name=person.name,
        subject=report.subject,
        words=report.words,
        place="",
        at=now,
    )


def _proven(connection: Connection, report: Report, owner: Returned | None, key: Secret) -> _Whose | None:
    for mode in Mode if report.tags else ():
        for meeting in answers.meetings(connection, mode):
            tagged = by_tag(report, meeting, key)
            if tagged is not None and people.by_id(connection, tagged[1]) is not None:
                return _Whose(tagged[0], meeting, tagged[1], Proof.TAG)
    about = returns.meeting_of(connection, owner.delivery) if owner is not None and owner.address_key else None
    if owner is None or about is None:
        return None
    return _Whose(*about, owner.person, Proof.REPLY)


def _by_address(connection: Connection, sender_key: str) -> _Whose:
    person = people.by_address(connection, sender_key) if sender_key else None
    return _Whose(None, "", person and person.id, Proof.ADDRESS if person else Proof.NOBODY)


def record(
    connection: Connection,
    mode: Mode,
    written: Written,
    person: Person,
    meeting: str,
    given: Given,
    *,
    who: str,
    key: Secret,
    now: datetime,
    confirms: bool = True,
) -> bool:
    """From now on it is the person's answer, as if they had given it on the page when their mail was read.

    A short mail tells them, so that whoever has written in somebody's name is found out; whether it is owed. None is
    with `confirms` off: they know, or the meeting is over.

    Raises:
        CannotRecordError: it answers something else by now, or they have answered since.
    """
    if meeting_revisions.latest(connection, mode, meeting).is_off:
        raise CannotRecordError(Obstacle.OFF)
    told = meeting_revisions.present(connection, mode, meeting, person.id)
    if told is not None and told.first_sequence and given.answered_at < told.since:
        raise CannotRecordError(Obstacle.MOVED)
    if not answers.give(connection, mode, meeting, person.id, given):
        raise CannotRecordError(Obstacle.LATER)
    owed = confirms and confirmations.owe(connection, person, meeting, person.language, key, now)
    written_answers.settle(connection, written.id, now)
    journal.note(connection, who=who, what=f"noted an answer to {meeting}", now=now)
    return owed


def set_aside(connection: Connection, written: Written, *, who: str, now: datetime) -> None:
    """It is no answer, or nobody's whom we know."""
    written_answers.settle(connection, written.id, now)
    journal.note(connection, who=who, what="set aside a mail that is no answer to a meeting", now=now)
