"""A person's word on a copy that waits for one: it arrived, it did not, it is to go again, it is not to go at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from communique.delivery import STATES_OF_ONE, State
from communique.moments import MomentError, parse_when
from communique.phrase import phrase
from communique.plan.latecomers import owe_corrections
from communique.plan.planning import Planner
from communique.store.announcements import notices, retractions
from communique.store.deliveries import accounts, ledger
from communique.store.deliveries.accounts import Copy
from communique.store.desk import journal
from communique.timeline import resolve

RESEND = "resend"
#: What somebody can decide, and what the copy is then.
DECISIONS: Mapping[str, State] = {
    "sent": State.SENT,
    "failed": State.FAILED,
    RESEND: State.SCHEDULED,
    "cancelled": State.CANCELLED,
}


class CannotSettleError(Exception):
    """Nothing was decided; the message says why, and what to do. `code` is the reason in one word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """What was decided."""

    was: State
    is_now: State
    reason: str  #: as the ledger keeps it


def settle(
    planner: Planner,
    connection: Connection,
    number: int,
    decision: str,
    *,
    who: str,
    note: str = "",
    until: str = "",
    now: datetime,
) -> Settled:
    """Settle copy `number` in one of `DECISIONS`, and put on record who did.

    `until`: with `resend`, until when it makes sense, `2027-01-18 18:00` in the government's zone. It is needed when
    the time of the copy has passed, and not allowed before.

    Raises:
        CannotSettleError: there is no such copy, nothing about it to decide, or no time left to send it again.
    """
    copy = accounts.copy_of(connection, number)
    if copy is None:
        raise CannotSettleError(
            "no_copy", phrase("No copy has the number {number}. communique log lists them.", number=number)
        )
    if decision == RESEND:
        if retractions.is_withdrawn(connection, number):
            raise CannotSettleError(
                "was_withdrawn", phrase("Copy #{number} says what was withdrawn: it is not sent again.", number=number)
            )
        _give_time(planner, connection, copy, until, now)
    elif until:
        raise CannotSettleError("until_of_what", phrase("--until is for resend: nothing else goes out."))
    reason = f"{decision}, decided by {who}" + (f": {note}" if note else "")
    if not ledger.settle_by_hand(connection, number, DECISIONS[decision], reason=reason, now=now):
        raise CannotSettleError(
            "settled_before",
            phrase(
                "Copy #{number} is {state}: there is nothing to decide.",
                number=number,
                state=STATES_OF_ONE[copy.delivery.state],
            ),
        )
    row = notices.announced_by(connection, number) if decision == RESEND else None
    if row is not None and row.mode == planner.mode:
        owe_corrections(connection, planner.workspace, planner.mode, row, copy.delivery.channel, now=now)
    journal.note(connection, who=who, what=f"#{number} {copy.delivery.key}: {reason}", now=now)
    return Settled(was=copy.delivery.state, is_now=DECISIONS[decision], reason=reason)


def _give_time(planner: Planner, connection: Connection, copy: Copy, until: str, now: datetime) -> None:
    """Nothing is sent again after its time, unless somebody says until when it still makes sense."""
    number, ends = copy.delivery.id, copy.delivery.expires_at
    moment = f"{ends.astimezone(planner.workspace.settings.timezone):%Y-%m-%d %H:%M %Z}"
    if ends > now:
        if until:  # it would be the time of all the copies that wait beside it
            message = phrase(
                "Copy #{number} has until {moment}, as all of its announcement: leave --until out.",
                number=number,
                moment=moment,
            )
            raise CannotSettleError("has_time", message)
        return
    if not until:
        message = phrase(
            "Copy #{number} was too late from {moment} on. Say when it is now: --until DATE.",
            number=number,
            moment=moment,
        )
        raise CannotSettleError("too_late", message)
    try:
        when = parse_when(until)
        later = resolve(when, {}, planner.workspace.almanac) if when.milestone is None else now
    except (MomentError, OverflowError) as error:
        raise CannotSettleError(
            "no_time", phrase("--until {until}: {error}", until=f"{until!r}", error=error)
        ) from error
    if later <= now:
        message = phrase(
            "--until {until}: expected a date and time to come, such as `2027-01-18 18:00`.", until=f"{until!r}"
        )
        raise CannotSettleError("no_time", message)
    ledger.extend(connection, planner.mode, number, later, now)
