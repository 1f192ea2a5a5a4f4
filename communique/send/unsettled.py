"""Outcomes that a ledger in trouble could not take: kept until it can, so that a full disk leaves nobody in doubt."""

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from communique.channel import Crossing, Message, Outcome, Receipt, TemporaryError
from communique.phrase import phrase
from communique.send.bulk import LedgerTraffic
from communique.send.outcomes import Outcomes, unless_lost
from communique.store.database import may_pass
from communique.store.deliveries.leases import Lease

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")
_NOT_BEGUN = TemporaryError("the ledger could not be written before the point of no return")


@dataclass
class Unsettled:
    """In memory only: whoever is killed with some leaves them in doubt."""

    waiting: list[tuple[Lease, Outcome]] = field(default_factory=list)
    #: Taken over from the dead, past the point of no return, and not settled yet.
    left_behind: list[Lease] = field(default_factory=list)

    def settle(self, outcomes: Outcomes, lease: Lease, outcome: Outcome) -> None:
        """Write an outcome down; one that cannot be written is kept, and the error goes on."""
        self.waiting.append((lease, outcome))
        self._first(outcomes, len(self.waiting) - 1)

    def settle_all(self, outcomes: Outcomes) -> None:
        """What was kept. What has been written all the same, by a commit whose answer was lost, is no longer held."""
        while self.waiting:
            with self._or_never(self.waiting, self.waiting[0][0]):
                self._first(outcomes, 0)

    def settle_left_behind(self, outcomes: Outcomes) -> None:
        """What was taken over: by look-up, or by policy."""
        while self.left_behind:
            lease = self.left_behind[0]
            with self._or_never(self.left_behind, lease):
                with unless_lost(lease):
                    reason = phrase("the sender stopped before the answer came")
                    outcomes.in_doubt(lease, reason, by_our_fault=True)
                del self.left_behind[0]

    @contextmanager
    def _or_never(self, kept: list[Any], lease: Lease) -> Iterator[None]:
        """What can never be written stops no others: it waits until its lease has run out."""
        try:
            yield
        except Exception as error:
            if may_pass(error):
                raise
            _log.exception("an outcome cannot be recorded", extra={"delivery": lease.delivery.key})
            del kept[0]

    def _first(self, outcomes: Outcomes, at: int) -> None:
        lease, outcome = self.waiting[at]
        with unless_lost(lease):
            if isinstance(outcome.result, Receipt):
                outcomes.accepted(lease, outcome.result)
            else:
                outcomes.failed(lease, outcome.message, outcome.result)
        del self.waiting[at]


@dataclass
class SteadyTraffic:
    """As `LedgerTraffic`, which it wraps, to the end: when the ledger fails, answers that are on their way are heard.

    Nothing more begins then, and nothing passes the point of no return. `failure` is to be raised at the end.
    """

    inner: LedgerTraffic
    unsettled: Unsettled
    failure: Exception | None = None

    def next(self) -> Message | None:
        """The next message that is due."""
        return None if self.failure else self._unless_it_fails(self.inner.next)

    def is_halted(self) -> bool:
        """Whether nothing more is to begin."""
        return self.failure is not None or self.inner.is_halted()

    def settle(self, crossing: Sequence[Crossing], outcomes: Sequence[Outcome]) -> Collection[str]:
        """As the ledger can."""
        if self.failure is None:
            allowed = self._unless_it_fails(lambda: self.inner.settle(crossing, outcomes))
            if allowed is not None:
                return allowed
        # A commit that failed may have been one: whoever is on record as past the point has not gone.
        back = [Outcome(message=each.message, result=_NOT_BEGUN) for each in crossing]
        self.unsettled.waiting += [(self.inner.lease_of(each.message), each) for each in (*outcomes, *back)]
        return ()

    def close(self) -> None:
        """At the end."""
        if self.failure is None:
            self.inner.close()

    def _unless_it_fails(self, do: Callable[[], _Result]) -> _Result | None:
        try:
            return do()
        except Exception as error:  # noqa: BLE001 - whatever it is: the answers of servers must be heard
            self.failure = error
            return None
