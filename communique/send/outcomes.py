"""What becomes of a delivery: accepted, put off, given up, or in doubt and settled by look-up and policy."""

import logging
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from communique.bounces import consequences
from communique.channel import (
    Channel,
    ChannelError,
    Form,
    InDoubt,
    Message,
    PermanentError,
    Receipt,
    Removal,
    TemporaryError,
    UnavailableError,
)
from communique.delivery import State
from communique.machine.limits import limit_reached
from communique.phrase import phrase, told_by
from communique.retraction import tells_of_retraction
from communique.send.due_messages import DueMessages, MustNotGoError
from communique.send.notice_messages import NotYetArrivedError
from communique.send.outcome_news import OutcomeNews
from communique.store.database import Database
from communique.store.deliveries import leases
from communique.store.deliveries.leases import Lease, LeaseLostError
from communique.texts.templates import TemplateProblemError
from communique.workspace import Workspace

_FIRST_RETRY = timedelta(minutes=1)
_LONGEST_RETRY = timedelta(hours=1)
_LAST_CHANCE = timedelta(minutes=1)  #: so long before its time is over a message tries for the last time
LONGEST_WAIT = timedelta(hours=24)  #: a server that says to come back in a year is not believed

#: Said of a delivery, for the log.
LOST = "another worker has taken %s over, as this one stood still: what is known here of its end is left aside"

_log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Outcomes:
    """Decides what an attempt's end means, and writes it down.

    `clock` gives the present (aware, UTC). Every method raises `LeaseLostError` when another worker has the delivery.
    """

    workspace: Workspace
    database: Database
    channels: Mapping[str, Channel]
    messages: DueMessages
    clock: Callable[[], datetime]
    jitter: random.Random
    #: Told how long a system took to answer after the point of no return: the channel, and the time.
    answered: Callable[[str, timedelta], None] = lambda _channel, _took: None
    news: OutcomeNews = field(init=False)  #: for the log

    def __post_init__(self) -> None:
        self.news = OutcomeNews(self.clock)

    def written(self, lease: Lease) -> Message | None:
        """A lease's message; None when it cannot be written, or its time is over, and that is on record."""
        if self.clock() > lease.delivery.expires_at:
            self.give_up(lease, State.MISSED, phrase("its time had passed before it was begun"))
            return None
        try:
            return self.messages.compose(lease)
        except MustNotGoError as error:
            self.give_up(lease, State.EXCLUDED, str(error))
        except NotYetArrivedError as error:
            self.retry(lease, str(error), None)
        except (TemplateProblemError, LookupError) as error:
            self.retry(lease, phrase("the text cannot be made: {error}", error=error), None)
        except Exception as error:  # noqa: BLE001 - one message that breaks the engine must not stop the others
            self.broken(lease, error)
        return None

    def broken(self, lease: Lease, error: Exception) -> None:
        """Something of ours failed before anything can have gone out; what the machine lacks, it may have soon."""
        if lacking := limit_reached(error):
            _log.error("put off: %s", lacking, extra={"delivery": lease.delivery.key})
            self.retry(lease, phrase("put off: {lacking}", lacking=lacking), None, patient=False, is_told=True)
            return
        _log.exception("unexpected failure", extra={"delivery": lease.delivery.key})
        why = phrase("unexpected: {kind}: {error}", kind=type(error).__name__, error=error)
        self.retry(lease, why, None, is_told=True)

    def must_not_go(self, connection: Connection, lease: Lease, reason: str) -> None:
        """The person has left since the message was claimed; in the transaction that has found it out."""
        self.left_out(connection, lease, phrase("must not be written to: {reason}", reason=reason))

    def erased(self, connection: Connection, lease: Lease) -> None:
        """The person has been erased since the message was claimed; as `must_not_go`."""
        self.left_out(connection, lease, phrase("the person has been erased"))

    def left_out(self, connection: Connection, lease: Lease, reason: str) -> None:
        """The message is for the person no more since it was claimed; as `must_not_go`."""
        state = _unless_repeated(lease, State.EXCLUDED)
        leases.record(connection, lease, state, reason=reason, now=self.clock())

    def failed(self, lease: Lease, message: Message, error: ChannelError) -> None:
        """It was not accepted, or may have been."""
        if isinstance(error, UnavailableError):
            # No fault of the message: how long to wait is the breaker's to say.
            self.retry(lease, str(error), None, patient=False, is_told=True)
        elif isinstance(error, TemporaryError):
            self.retry(lease, str(error), error.retry_after, error=error)
        elif isinstance(error, PermanentError) and isinstance(message.content, Removal):
            where = message.content.url or message.content.reference
            detail = phrase("by hand: take down {where}: {error}", where=where, error=told_by(error))
            self.accepted(lease, Receipt(by_hand=True, detail=detail))
        elif isinstance(error, PermanentError):
            self.give_up(lease, State.FAILED, str(error), error=error)
        else:
            self.in_doubt(lease, str(error), message)

    def accepted(self, lease: Lease, receipt: Receipt, reason: str = "") -> None:
        """The next system has it; where that is a person, it counts as in doubt until they say that it is done."""
        if receipt.by_hand:
            self._record(lease, State.IN_DOUBT, receipt=receipt, reason=receipt.detail)
        else:
            self._record(lease, State.SENT, receipt=receipt, reason=reason)

    def in_doubt(
        self, lease: Lease, reason: str, message: Message | None = None, *, by_our_fault: bool = False
    ) -> None:
        """What may have gone out: look it up, then follow the channel's policy; `by_our_fault` without a pause."""
        try:
            found = self._lookup(lease, message)
        except Exception as error:  # noqa: BLE001 - whatever it is: not being able to ask is no answer
            self._ask_later(lease, phrase("{reason}; it could not be looked up: {error}", reason=reason, error=error))
            return
        if found is not None:
            self.accepted(lease, found, reason=phrase("found afterwards"))
            return
        policy = self._policy(lease)
        if policy is InDoubt.RESEND and lease.resends == 0:
            self.retry(lease, reason, None, resent=True, at_once=by_our_fault)
        elif policy is InDoubt.REWRITE:
            self.retry(lease, reason, None, resent=True)
        else:
            self._record(lease, State.IN_DOUBT, reason=reason)
            self.news.hear(lease.delivery, State.IN_DOUBT, reason)

    def _lookup(self, lease: Lease, message: Message | None) -> Receipt | None:
        channel = self.channels.get(lease.delivery.channel)
        if channel is None:
            return None
        try:
            asked = message or self.messages.compose(lease)
        except (MustNotGoError, NotYetArrivedError, TemplateProblemError, LookupError):
            return None
        return None if isinstance(asked.content, Removal) else channel.lookup(asked)

    def _ask_later(self, lease: Lease, reason: str) -> None:
        """Not being able to ask is no answer: ask again while there is time, then leave it to a person."""
        now = self.clock()
        again_at = now + self._pause(lease.attempt, None)
        if again_at > lease.delivery.expires_at:
            self._record(lease, State.IN_DOUBT, reason=reason)
            self.news.hear(lease.delivery, State.IN_DOUBT, reason)
            return
        with self.database.beside() as connection:
            leases.settle_later(connection, lease, reason=reason, again_at=again_at)

    def _policy(self, lease: Lease) -> InDoubt:
        delivery = lease.delivery
        campaign = self.workspace.campaigns.get(delivery.campaign)
        announcement = campaign.announcements.get(delivery.announcement) if campaign else None
        route = self.workspace.routes.get(delivery.channel)
        if tells_of_retraction(delivery.occurrence) and route and route.form is Form.POST:
            return InDoubt.REWRITE  # what is deleted twice is deleted
        if announcement is not None and announcement.in_doubt and route and route.in_doubt is not InDoubt.REWRITE:
            return InDoubt(announcement.in_doubt)
        return route.in_doubt if route else InDoubt.STRICT

    def retry(
        self,
        lease: Lease,
        reason: str,
        retry_after: timedelta | None,
        *,
        resent: bool = False,
        patient: bool = True,
        at_once: bool = False,
        error: ChannelError | None = None,
        is_told: bool = False,
    ) -> None:
        """Again later, and if `patient` the later the more often it failed; unless its time will have passed.

        With `is_told` the log has it already: of the channel, of the machine, or as a mistake in the program.
        """
        now = self.clock()
        at = now if at_once else now + self._pause(lease.attempt if patient else 1, retry_after)
        last = lease.delivery.expires_at - _LAST_CHANCE
        if at > lease.delivery.expires_at and now < last:
            at = last
        if at > lease.delivery.expires_at:
            why = phrase("no time left for another attempt; last: {reason}", reason=reason)
            self.give_up(lease, State.IN_DOUBT if resent else State.MISSED, why, error=error)
            return
        with self.database.beside() as connection:
            leases.record(connection, lease, State.SCHEDULED, reason=reason, retry_at=at, resent=resent, now=now)
        if not (is_told or at_once):
            self.news.hear(lease.delivery, State.SCHEDULED, reason, error, at)

    def _pause(self, attempts: int, retry_after: timedelta | None) -> timedelta:
        """Doubling, with jitter so that what failed together does not come back together."""
        back_off = min(_FIRST_RETRY * (1 << min(attempts - 1, 10)), _LONGEST_RETRY)
        spread = back_off * (0.5 + self.jitter.random() / 2)
        return max(spread, min(retry_after or timedelta(), LONGEST_WAIT))

    def give_up(self, lease: Lease, state: State, reason: str, *, error: ChannelError | None = None) -> None:
        """No more attempts; whom a mail server has refused, the same follows for as if the mail had come back."""
        state = _unless_repeated(lease, state)
        self.news.hear(lease.delivery, state, reason, error)
        if error is None or not error.reply or lease.person is None:
            self._record(lease, state, reason=reason)
            return
        now, delivery = self.clock(), lease.delivery
        with self.database.begin() as connection:
            leases.record(connection, lease, state, reason=reason, now=now)
            rules = self.workspace.settings.bounces
            consequences.refused(connection, delivery.id, delivery.attempts, error, rules, now)

    def _record(self, lease: Lease, state: State, *, reason: str = "", receipt: Receipt | None = None) -> None:
        with self.database.beside() as connection:
            leases.record(connection, lease, state, reason=reason, receipt=receipt, now=self.clock())


def _unless_repeated(lease: Lease, state: State) -> State:
    """What may have gone out at an earlier attempt stays in doubt, whatever became of the last."""
    return State.IN_DOUBT if lease.resends else state


@contextmanager
def unless_lost(lease: Lease) -> Iterator[None]:
    """Whatever is done about a delivery that another worker has taken over is left undone."""
    try:
        yield
    except LeaseLostError:
        _log.warning(LOST, lease.delivery.key, extra={"delivery": lease.delivery.key})
