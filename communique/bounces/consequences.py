"""What follows when a mail came back, or was refused at once: one set of rules for both."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from communique.bounces import brake
from communique.bounces.calendar_answers import SaysOtherwiseError, UnprovenError, answer_in, give
from communique.bounces.report import Kind, Report
from communique.bounces.systems import organisation_of
from communique.bounces.tags import read_tag
from communique.bounces.verdicts import Verdict, judge, status_in, without_addresses
from communique.bounces.written_answers import by_calendar, in_words
from communique.channel import ChannelError, Secret
from communique.settings.mailboxes import Bounces
from communique.store.deliveries import stops
from communique.store.desk import journal
from communique.store.recipients import answers, confirmations, returns, suppression_list, written_answers
from communique.store.recipients.refusals import Refuser
from communique.store.recipients.returns import Return, Returned
from communique.store.recipients.written_answers import Written

_PROOFS = {
    Kind.FAILED: "it came back",
    Kind.DELAYED: "it says that it is late",
    Kind.DELIVERED: "it says that it was delivered",
    Kind.COMPLAINT: "its reader complained",
    Kind.AUTO_REPLY: "it was answered by itself",
    Kind.REPLY: "its reader has answered",
    Kind.OTHER: "its reader has answered",
}
#: How reasons begin for which an address was given up because of what came back; a complaint is its owner's word.
GIVEN_UP = ("its mail comes back", "its mail came back")
_OF_NOBODY = f"{GIVEN_UP[0]}: nobody has this address"
#: What counts against a sender, whoever is right: nobody is there, or the server does not want the mail.
_AGAINST_US = (Verdict.HARD, Verdict.HELD, Verdict.POLICY)
_VERDICTS = {Kind.COMPLAINT: Verdict.COMPLAINT}

_log = logging.getLogger(__name__)


class Effect(StrEnum):
    """What a report has changed, or would change."""

    NOTHING = "nothing"
    KNOWN = "was read before"
    COUNTED = "counted"
    SUPPRESSED = "not written to any more"
    ANSWERED = "an answer to a meeting"
    TOLD = "the operator is told"
    WRITTEN = "written by a person, for an officer to read"
    KEPT = "kept for a person to see"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a report is about, and what follows from it."""

    report: Report
    verdict: Verdict
    delivery: int | None
    effect: Effect
    written: Written | None = None  #: what an officer reads
    doubted: Refuser | None = None  #: of what is held: who is not believed


def verdict_of(report: Report) -> Verdict:
    """What a report means for the address it is about."""
    if report.kind is Kind.FAILED:
        return judge(report.status, report.words)
    return _VERDICTS.get(report.kind, Verdict.NONE)


def owner_of(connection: Connection, report: Report, key: Secret) -> Returned | None:
    """The delivery a report is about: by a tag that we have made, or by the Message-ID of a mail of ours.

    Whoever forges a report can know neither, unless they had the mail. What address stands in the report does not
    matter: mail is sent on from one to another.
    """
    for tag in report.tags:
        claim = read_tag(tag)
        found = returns.by_number(connection, claim.number) if claim else None
        if claim is not None and found is not None and claim.holds(found.reference, key):
            return found
    return returns.by_reference(connection, report.references)


def foresee(
    connection: Connection, report: Report, key: Secret, rules: Bounces, now: datetime, *, is_to_answers: bool = False
) -> Finding:
    """What would follow from a report; changes nothing. `is_to_answers`: as in `follow`."""
    verdict = verdict_of(report)
    owner = owner_of(connection, report, key)
    if report.kind is Kind.REPLY:
        return _foresee_answer(connection, report, owner, key, now)
    if (told := in_words(connection, report, owner, key, place="", now=now, is_to_answers=is_to_answers)) is not None:
        return Finding(report, verdict, owner and owner.delivery, Effect.WRITTEN, told)
    if report.kind in {Kind.AUTO_REPLY, Kind.DELAYED, Kind.DELIVERED}:
        return Finding(report, verdict, owner and owner.delivery, Effect.NOTHING)
    if owner is None or verdict is Verdict.NONE:
        return Finding(report, verdict, None, Effect.KEPT)
    verdict, doubted = _weighed(connection, owner, verdict, report.system, rules, now)
    effect = _effect(connection, owner, verdict, rules, now)
    return Finding(report, verdict, owner.delivery, effect, doubted=doubted)


def _weighed(
    connection: Connection, owner: Returned, verdict: Verdict, system: str, rules: Bounces, now: datetime
) -> tuple[Verdict, Refuser | None]:
    """The same verdict, unless it is one of too many; and who is not believed then."""
    is_hard = verdict is Verdict.HARD and owner.address_key and not owner.has_moved
    doubted = brake.doubted(connection, owner, system, rules, now) if is_hard else None
    return Verdict.HELD if doubted else verdict, doubted


def _foresee_answer(
    connection: Connection, report: Report, owner: Returned | None, key: Secret, now: datetime
) -> Finding:
    try:
        answer_in(connection, report, owner, key, now)
    except SaysOtherwiseError as error:
        written = by_calendar(report, *error.whose, now=now)
        return Finding(report, Verdict.NONE, owner and owner.delivery, Effect.WRITTEN, written)
    except UnprovenError as error:
        unproven = replace(report, words=f"{report.words}: {error}")
        return Finding(unproven, Verdict.NONE, None, Effect.KEPT)
    return Finding(report, Verdict.NONE, owner and owner.delivery, Effect.ANSWERED)


def _effect(connection: Connection, owner: Returned, verdict: Verdict, rules: Bounces, now: datetime) -> Effect:
    if verdict is Verdict.COMPLAINT:
        return Effect.SUPPRESSED
    if verdict in {Verdict.POLICY, Verdict.HELD}:
        return Effect.TOLD
    if owner.has_moved:
        return Effect.COUNTED  # nobody writes to that address any more, and it says nothing of the new one
    if verdict is Verdict.HARD:
        return Effect.SUPPRESSED
    # This one, unless it has been counted.
    earlier = returns.count_lately(connection, owner.person, verdict, since=now - rules.within, but_for=owner.delivery)
    return Effect.SUPPRESSED if earlier + 1 >= rules.soft else Effect.COUNTED


def follow(
    connection: Connection,
    report: Report,
    key: Secret,
    rules: Bounces,
    *,
    place: str,
    now: datetime,
    is_to_answers: bool = False,
) -> Finding:
    """Write a report down, and do what follows from it, in one transaction that no other writes beside.

    The same report again changes nothing. Whatever comes back shows that the mail went out, should that be in doubt.
    `is_to_answers`: it came to a mailbox that is for answers to meetings.
    """
    found = foresee(connection, report, key, rules, now, is_to_answers=is_to_answers)
    if found.delivery is not None:
        returns.went_out(connection, found.delivery, f"the mail server had it: {_PROOFS[report.kind]}", now)
    if found.effect is Effect.NOTHING:
        return found
    if found.written is not None:
        new_to_us = written_answers.note(connection, replace(found.written, place=place))
        return found if new_to_us else replace(found, effect=Effect.KNOWN)
    if found.effect is Effect.ANSWERED:
        return found if _answered(connection, report, key, now) else replace(found, effect=Effect.KNOWN)
    new = _return_of(found, place=place, now=now)
    if not returns.note(connection, new):
        return replace(found, effect=Effect.KNOWN)
    if found.delivery is not None:
        _act(connection, found, new, rules, now)
    return found


def _act(connection: Connection, found: Finding, new: Return, rules: Bounces, now: datetime) -> None:
    owner = returns.by_number(connection, found.delivery or 0)
    if owner is None:
        return
    if found.verdict in _AGAINST_US:
        _stop(connection, owner.delivery, new.words, rules, now)
    if not owner.address_key:
        return
    if found.doubted is not None:
        brake.pull(connection, found.doubted, _OF_NOBODY, rules, now)
    elif found.effect is Effect.SUPPRESSED:
        _suppress(connection, owner.address_key, found.verdict, new.status, new.words, rules, now)


def _stop(connection: Connection, delivery: int, words: str, rules: Bounces, now: datetime) -> None:
    said = without_addresses(words)[:300]
    stop = stops.stop_if_too_many(
        connection,
        delivery,
        verdicts=_AGAINST_US,
        copies=rules.stop.copies,
        percent=rules.stop.percent,
        words=said,
        now=now,
    )
    if stop is not None:
        what = f"stopped {stop.name} through {stop.channel}: {stop.returned} of {stop.gone} mails came back"
        journal.note(connection, who="Communiqué", what=what, now=now)
        _log.warning("too many mails came back: what has not left waits", extra={"announcement": stop.name})


def _answered(connection: Connection, report: Report, key: Secret, now: datetime) -> bool:
    """Whether the answer is new; who has changed their mind, and not a program for them, is told what is noted."""
    mode, meeting, person, given = answer_in(connection, report, owner_of(connection, report, key), key, now)
    before = answers.find(connection, mode, meeting, person.id)
    if not give(connection, mode, meeting, person, given):
        return False
    if not report.by_itself and (before is None or before.answer is not given.answer):
        confirmations.owe(connection, person, meeting, person.language, key, now)
    return True


def _suppress(
    connection: Connection,
    key: str,
    verdict: Verdict,
    status: str,
    words: str,
    rules: Bounces,
    now: datetime,
) -> None:
    said = without_addresses(words)[:300]
    why = {
        Verdict.HARD: f"{_OF_NOBODY} ({status or 'no code'})",
        Verdict.SOFT: f"{GIVEN_UP[1]} {rules.soft} times within {rules.within.days} days ({status or 'no code'})",
        Verdict.COMPLAINT: "its reader has called a mail of ours junk",
    }[verdict]
    reason = f"{why}: {said}" if said else why
    # Whose mail comes back has said nothing: a letter may go.
    suppression_list.suppress(connection, key, reason=reason, now=now, is_dead=verdict is not Verdict.COMPLAINT)


def refused(
    connection: Connection, delivery: int, attempt: int, error: ChannelError, rules: Bounces, now: datetime
) -> None:
    """A mail server has refused a mail for good while it was handed over: as if it had come back."""
    owner = returns.by_number(connection, delivery)
    if owner is None:
        return
    status, system = status_in(error.reply), organisation_of(error.server)
    report = Report(
        kind=Kind.FAILED,
        digest=f"delivery {delivery} attempt {attempt}",
        status=status,
        words=error.reply,
        system=system,
    )
    verdict = judge(status, error.reply, about_address=error.about_recipient)
    verdict, doubted = _weighed(connection, owner, verdict, system, rules, now)
    effect = _effect(connection, owner, verdict, rules, now)
    found = Finding(report, verdict, delivery, effect, doubted=doubted)
    new = _return_of(found, place="", now=now)
    if returns.note(connection, new):
        _act(connection, found, new, rules, now)


def _return_of(found: Finding, *, place: str, now: datetime) -> Return:
    report = found.report
    return Return(
        digest=report.digest,
        delivery=found.delivery,
        kind=report.kind,
        verdict=found.verdict,
        status=report.status,
        words=report.words,
        subject=report.subject,
        place=place,
        at=now,
        system=report.system,
        doubted=str(found.doubted or ""),
    )
