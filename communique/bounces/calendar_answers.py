"""What follows when a calendar answers an invitation: the invited person's answer, if it is proven to be theirs."""

from datetime import datetime

from sqlalchemy import Connection

from communique.answering import Answer, Came
from communique.bounces.report import Report
from communique.bounces.tags import read_tag
from communique.channel import Secret
from communique.delivery import Mode
from communique.store.recipients import answers, meeting_revisions, people, returns
from communique.store.recipients.answers import Given
from communique.store.recipients.people import AddressError, Person, address_key
from communique.store.recipients.returns import Returned
from communique.texts import tokens
from communique.texts.answer_addresses import payload


class UnprovenError(Exception):
    """It is for a person to read; the message says why."""


class SaysOtherwiseError(UnprovenError):
    """It is proven whose it is; what it says, an officer has to read."""

    def __init__(self, mode: Mode, meeting: str, person: Person) -> None:
        super().__init__("it says neither yes, no nor maybe")
        self.whose = mode, meeting, person


def answer_in(
    connection: Connection, report: Report, owner: Returned | None, key: Secret, now: datetime
) -> tuple[Mode, str, Person, Given]:
    """Whose answer to what a reply is.

    It is theirs when it came to the address that only their invitation names, or in answer to the Message-ID of a mail
    of ours to them; and the attendee must be the address that was invited. What stands in From proves nothing.

    Args:
        connection: a transaction.
        report: one with a reply.
        owner: the delivery that the message answers, by a tag or a Message-ID of ours.
        key: of the tags.
        now: no answer is younger.

    Raises:
        UnprovenError: it is not proven, or says nothing that can be recorded.
        SaysOtherwiseError: it is proven, and says that somebody else comes, or nothing yet.
    """
    reply = report.reply
    assert reply is not None  # noqa: S101 - the caller has looked
    meeting = reply.uid.rpartition("@")[0]
    mode, number = by_tag(report, meeting, key) or _by_delivery(connection, owner, meeting) or (None, 0)
    person = people.by_id(connection, number)
    if mode is None or person is None:
        raise UnprovenError("nothing proves whose answer it is")
    if key_of(reply.attendee) != person.address_key:
        raise UnprovenError("it answers for another address than the invited one")
    if reply.answer is None:
        raise SaysOtherwiseError(mode, meeting, person)
    told = meeting_revisions.present(connection, mode, meeting, person.id)
    if told is None or told.is_off:
        raise UnprovenError("the meeting is called off")
    if reply.sequence < told.first_sequence:
        raise UnprovenError("it answers to a date that has changed")
    # A calendar's clock may be wrong; the answer is to what people were told last all the same.
    answered_at = max(min(reply.stamped_at or now, now), told.since)
    return mode, meeting, person, _given(connection, mode, meeting, person, reply.answer, answered_at)


def give(connection: Connection, mode: Mode, meeting: str, person: Person, given: Given) -> bool:
    """From now on it is the person's answer; False when a later one is known."""
    return answers.give(connection, mode, meeting, person.id, given)


def by_tag(report: Report, meeting: str, key: Secret) -> tuple[Mode, int] | None:
    """Who was invited to a meeting at the address that a message came to, by their number."""
    for claim in filter(None, map(read_tag, report.tags)):
        for mode in Mode:
            of = payload(mode, claim.number, meeting)
            if tokens.is_keyed(claim.mac, tokens.CALENDAR_ANSWER, of, key):
                return mode, claim.number
    return None


def _by_delivery(connection: Connection, owner: Returned | None, meeting: str) -> tuple[Mode, int] | None:
    if owner is None:
        return None
    mode = returns.invites_to(connection, owner.delivery, meeting)
    return (mode, owner.person) if mode is not None else None


def key_of(address: str) -> str:
    """Its canonical form; empty when it is no address."""
    try:
        return address_key(address)
    except AddressError:
        return ""


def _given(
    connection: Connection, mode: Mode, meeting: str, person: Person, answer: Answer, answered_at: datetime
) -> Given:
    """A calendar asks for no more than the answer: what was said on the page stays, unless they do not come."""
    before = answers.find(connection, mode, meeting, person.id)
    stays = before if before is not None and answer is not Answer.NO else None
    return Given(
        answer=answer,
        companions=stays.companions if stays else 0,
        access_needs=stays.access_needs if stays else "",
        interpretation=stays.interpretation if stays else "",
        came=Came.CALENDAR,
        answered_at=answered_at,
    )
