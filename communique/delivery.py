"""What is owed and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from communique.phrase import phrase


class State(StrEnum):
    """Where a delivery stands. At every instant each planned delivery is in exactly one."""

    SCHEDULED = "scheduled"  #: owed, not begun, or waiting for another attempt
    SENDING = "sending"  #: an attempt is under way; nothing irrevocable has happened
    IRREVOCABLE = "irrevocable"  #: the point of no return is on disk; the outcome is not yet known
    SENT = "sent"  #: the next system has accepted it; never "read"
    FAILED = "failed"  #: it will not go: the receiver refused it for good
    EXCLUDED = "excluded"  #: it must not go: suppressed, not on the allow-list, no address
    MISSED = "missed"  #: its time passed before it could go
    CANCELLED = "cancelled"  #: withdrawn by a person
    COLLECTED = "collected"  #: it goes, or went, in its reader's newsletter by day or week: see that one
    IN_DOUBT = "in_doubt"  #: it may have gone out; listed until settled


#: States in which nothing more will happen by itself.
FINAL = frozenset({State.SENT, State.FAILED, State.EXCLUDED, State.MISSED, State.CANCELLED})
#: States a finished announcement may be in: a person still has to settle what is in doubt, and those who wanted it by
#: day or week have yet to get it, but others may go on.
SETTLED = FINAL | {State.IN_DOUBT, State.COLLECTED}
#: What people are told.
STATES = {
    State.SCHEDULED: phrase("scheduled"),
    State.SENDING: phrase("sending"),
    State.IRREVOCABLE: phrase("irrevocable"),
    State.SENT: phrase("sent"),
    State.FAILED: phrase("failed"),
    State.EXCLUDED: phrase("excluded"),
    State.MISSED: phrase("missed"),
    State.CANCELLED: phrase("cancelled"),
    State.COLLECTED: phrase("collected"),
    State.IN_DOUBT: phrase("in doubt"),
}


#: Of one copy; a balance counts many. The empty place keeps the two apart where a language says them otherwise.
STATES_OF_ONE = {
    State.SCHEDULED: phrase("scheduled{one}", one=""),
    State.SENDING: phrase("sending{one}", one=""),
    State.IRREVOCABLE: phrase("irrevocable{one}", one=""),
    State.SENT: phrase("sent{one}", one=""),
    State.FAILED: phrase("failed{one}", one=""),
    State.EXCLUDED: phrase("excluded{one}", one=""),
    State.MISSED: phrase("missed{one}", one=""),
    State.CANCELLED: phrase("cancelled{one}", one=""),
    State.COLLECTED: phrase("collected{one}", one=""),
    State.IN_DOUBT: phrase("in doubt{one}", one=""),
}


class Mode(StrEnum):
    """Whose ledger rows these are: what was tried out never counts as said."""

    TRIAL = "trial"  #: mail reaches the allow-list only, posts go to a local outbox
    LIVE = "live"


MODES = {Mode.TRIAL: phrase("trial"), Mode.LIVE: phrase("live")}


class Delivery(NamedTuple):
    """One announcement owed through one channel to one recipient (or to all) in one language.

    A tuple with names, as `Lease` and `Person`: thousands a second are made of each, and a frozen dataclass takes
    three times as long.
    """

    id: int
    campaign: str
    announcement: str
    occurrence: str  #: `once`, or the number of one of a series; a notice says which it is about
    channel: str
    language: str
    person: int | None  #: None when the channel reaches all at once
    state: State
    reason: str  #: why it is failed, excluded, missed, cancelled, in doubt, or waiting
    reference: str  #: identity on the wire, the same on every attempt
    created_at: datetime  #: UTC; when the audience was frozen
    due_at: datetime  #: UTC
    expires_at: datetime  #: UTC; after it the delivery is missed
    attempts: int

    @property
    def key(self) -> str:
        """Its unique name, the same on every attempt; carries no address."""
        person = "all" if self.person is None else self.person
        return f"{self.campaign}/{self.announcement}/{self.occurrence}/{self.channel}/{person}/{self.language}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One try at a delivery."""

    number: int
    started_at: datetime
    finished_at: datetime | None
    outcome: str  #: a `State`'s value, or `retry`
    reference: str
    url: str
    detail: str  #: the server's own words


#: Of those who got an announcement, so many call it junk: providers begin to count; they refuse what comes next.
JUNK_MARKS = (0.001, 0.003)
_FEW = 2  #: one reader's finger slips in every small town


def junk_mark(complaints: int, sent: int) -> float | None:
    """Which mark was passed, the higher one if both; None where there are too few to say anything."""
    if complaints < _FEW:
        return None
    return next((mark for mark in reversed(JUNK_MARKS) if complaints >= mark * sent), None)
