"""Takes due deliveries through compose, check, send and record; decides what a failure means.

The order is what makes it trustworthy: the claim is committed, then the message is composed and checked with no
transaction open, then the channel is asked to send, and right before the byte that cannot be taken back the point of
no return is committed. A crash before that is safe to repeat; only a crash after it leaves a delivery in doubt.
"""

import hashlib
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from communique.channel import (
    Channel,
    ChannelError,
    Form,
    InBulk,
    InDoubt,
    Message,
    PermanentError,
    Receipt,
    TemporaryError,
)
from communique.delivery import Mode, State
from communique.send import messages
from communique.send.bulk import LedgerTraffic
from communique.send.claims import Claims
from communique.send.due_messages import DueMessages, MustNotGoError
from communique.send.seen_epoch import SeenEpoch
from communique.store import leases, ledger, people, takeover
from communique.store.database import Database
from communique.store.leases import Crossing, Lease, LeaseLostError
from communique.texts.templates import TemplateProblemError
from communique.workspace import Workspace

_BATCH = 50  #: deliveries taken at once: a person who leaves is written to by no claim made after
_FIRST_RETRY = timedelta(minutes=1)
_LONGEST_RETRY = timedelta(hours=1)
_LONGEST_WAIT = timedelta(hours=24)  #: a server that says to come back in a year is not believed

_log = logging.getLogger(__name__)


@dataclass
class Dispatcher:
    """Sends what is due through one workspace's channels.

    `clock` gives the present (aware, UTC); `owner` names this process for leases: `host/pid`.
    """

    workspace: Workspace
    database: Database
    channels: Mapping[str, Channel]
    mode: Mode
    clock: Callable[[], datetime]
    owner: str
    jitter: random.Random
    stopping: Callable[[], bool] = lambda: False
    seen: SeenEpoch | None = None  #: what this machine knows of the ledger; None where nothing leaves it

    @cached_property
    def _claims(self) -> Claims:
        return Claims(database=self.database, mode=self.mode, owner=self.owner, clock=self.clock, seen=self.seen)

    @cached_property
    def _messages(self) -> DueMessages:
        return DueMessages(workspace=self.workspace, database=self.database, mode=self.mode, clock=self.clock)

    def run(self) -> int:
        """Everything that is due now, channel by channel, pages first; the number of attempts made."""
        with self.database.reading() as connection:
            due = ledger.due_channels(connection, self.mode, self.clock())
        # Mails and posts point to pages and their pictures; networks look at once, and remember what they found.
        return sum(self.drain(channel) for channel in sorted(due, key=self._has_no_pages))

    def _has_no_pages(self, channel: str) -> bool:
        route = self.workspace.routes.get(channel)
        return route is None or route.form is not Form.PAGES

    def drain(self, channel: str) -> int:
        """Everything that is due through one channel."""
        adapter = self.channels.get(channel)
        if isinstance(adapter, InBulk):
            return self._drain_in_bulk(channel, adapter)
        made = 0
        while not self.stopping():
            taken = self._claims.take(channel, _BATCH)
            if not taken:
                break
            made += self._attempt_all(taken)
        return made

    def _drain_in_bulk(self, channel: str, adapter: InBulk) -> int:
        traffic = LedgerTraffic(
            database=self.database,
            claims=self._claims,
            channel=channel,
            clock=self.clock,
            stopping=self.stopping,
            dispatch=self,
        )
        try:
            adapter.send_all(traffic)
        except ChannelError as error:
            _log.warning("channel down", extra={"channel": channel, "why": str(error)})
        finally:
            traffic.close()
        return traffic.made

    def write(self, lease: Lease) -> Message | None:
        """A lease's message; None when it cannot be written, and that is on record."""
        try:
            return self._written(lease)
        except LeaseLostError:
            _log.warning("lease lost", extra={"delivery": lease.delivery.key})
            return None

    def failed(self, lease: Lease, message: Message, error: ChannelError) -> None:
        """It was not accepted, or may have been."""
        try:
            self._failed(lease, message, error)
        except LeaseLostError:
            _log.warning("lease lost", extra={"delivery": lease.delivery.key})

    def must_not_go(self, lease: Lease, reason: str) -> None:
        """The person has left since the message was claimed."""
        self._give_up(lease, State.EXCLUDED, f"must not be written to: {reason}")

    def _attempt_all(self, taken: Sequence[Lease]) -> int:
        """One after the other; when it is time to stop, what has not been begun goes back."""
        for made, lease in enumerate(taken):
            if self.stopping():
                self._claims.put_back(taken[made:])
                return made
            self.attempt(lease)
        return len(taken)

    def recover(self, gone: Sequence[str] = ()) -> int:
        """Put in order what workers left behind that are no more: repeat what cannot have gone, settle the rest.

        No more are those whose lease has run out, and the owners that are known to be `gone`.
        """
        now = self.clock()
        with self.database.begin() as connection:
            takeover.release_unbegun(connection, self.mode, gone=gone, now=now)
            left = takeover.take_over_irrevocable(connection, self.mode, owner=self.owner, gone=gone, now=now)
        for lease in left:
            self._settle(lease, "the sender stopped before the answer came")
        return len(left)

    def housekeeping(self) -> int:
        """Count as missed what has not gone by its time; how many."""
        with self.database.begin() as connection:
            return ledger.miss_expired(connection, self.mode, self.clock())

    def attempt(self, lease: Lease) -> None:
        """One try at a delivery, and its outcome on record."""
        try:
            self._attempt(lease)
        except LeaseLostError:
            _log.warning("lease lost", extra={"delivery": lease.delivery.key})

    def _attempt(self, lease: Lease) -> None:
        channel = self.channels.get(lease.delivery.channel)
        if channel is None:
            self._retry(lease, f"the channel {lease.delivery.channel} is not open", None)
            return
        if reason := self._has_left(lease):
            self.must_not_go(lease, reason)
            return
        message = self._written(lease)
        if message is None:
            return
        try:
            refusals = channel.check(message)
        except Exception as error:  # noqa: BLE001 - an adapter that breaks must not stop the others
            self._broken(lease, error)
            return
        if refusals:
            self._give_up(lease, State.FAILED, " ".join(refusals))
        else:
            self._send(lease, channel, message)

    def _has_left(self, lease: Lease) -> str:
        """Why somebody must not be written to any more: they may have left since their message was claimed."""
        if lease.person is None:
            return ""
        with self.database.reading() as connection:
            return people.suppression(connection, lease.person.address_key) or ""

    def _broken(self, lease: Lease, error: Exception) -> None:
        _log.exception("unexpected failure", extra={"delivery": lease.delivery.key})
        self._retry(lease, f"unexpected: {type(error).__name__}: {error}", None)

    def _written(self, lease: Lease) -> Message | None:
        try:
            return self._messages.compose(lease)
        except MustNotGoError as error:
            self._give_up(lease, State.EXCLUDED, str(error))
        except (TemplateProblemError, LookupError) as error:
            self._retry(lease, f"the text cannot be made: {error}", None)
        except Exception as error:  # noqa: BLE001 - one message that breaks the engine must not stop the others
            self._broken(lease, error)
        return None

    def _failed(self, lease: Lease, message: Message, error: ChannelError) -> None:
        if isinstance(error, TemporaryError):
            self._retry(lease, str(error), error.retry_after)
        elif isinstance(error, PermanentError):
            self._give_up(lease, State.FAILED, str(error))
        else:
            self._settle(lease, str(error), message)

    def _send(self, lease: Lease, channel: Channel, message: Message) -> None:
        crossed = False

        def commit() -> None:
            nonlocal crossed
            content = repr(message.content).encode()
            kept = messages.as_kept(message.content)
            digest = hashlib.sha256(content).hexdigest()
            with self.database.begin() as connection:
                held = leases.cross(
                    connection, [Crossing(lease=lease, content_hash=digest, content=kept)], self.clock()
                )
            if not held:
                raise LeaseLostError(lease.delivery.key)
            crossed = True

        try:
            receipt = channel.send(message, commit)
        except ChannelError as error:
            self._failed(lease, message, error)
        except LeaseLostError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever an adapter does wrong, the ledger must say what became of it
            _log.exception("unexpected failure", extra={"delivery": lease.delivery.key})
            why = f"unexpected: {type(error).__name__}"
            if crossed:
                self._settle(lease, why, message)
            else:
                self._retry(lease, why, None)
        else:
            self._accepted(lease, receipt)

    def _accepted(self, lease: Lease, receipt: Receipt, reason: str = "") -> None:
        """The next system has it; where that is a person, it counts as in doubt until they say that it is done."""
        if receipt.by_hand:
            self._record(lease, State.IN_DOUBT, receipt=receipt, reason=receipt.detail)
        else:
            self._record(lease, State.SENT, receipt=receipt, reason=reason)

    def _settle(self, lease: Lease, reason: str, message: Message | None = None) -> None:
        """What may have gone out: look it up, then follow the channel's policy."""
        try:
            found = self._lookup(lease, message)
        except Exception as error:  # noqa: BLE001 - whatever it is: not being able to ask is no answer
            self._settle_later(lease, f"{reason}; it could not be looked up: {error}")
            return
        if found is not None:
            self._accepted(lease, found, reason="found afterwards")
            return
        policy = self._policy(lease)
        if policy is InDoubt.REWRITE or (policy is InDoubt.RESEND and lease.resends == 0):
            self._retry(lease, reason, None, resent=True)
        else:
            self._record(lease, State.IN_DOUBT, reason=reason)

    def _lookup(self, lease: Lease, message: Message | None) -> Receipt | None:
        channel = self.channels.get(lease.delivery.channel)
        if channel is None:
            return None
        try:
            asked = message or self._messages.compose(lease)
        except (MustNotGoError, TemplateProblemError, LookupError):
            return None
        return channel.lookup(asked)

    def _settle_later(self, lease: Lease, reason: str) -> None:
        """Not being able to ask is no answer: ask again while there is time, then leave it to a person."""
        now = self.clock()
        again_at = now + self._pause(lease.delivery.attempts, None)
        if again_at > lease.delivery.expires_at:
            self._record(lease, State.IN_DOUBT, reason=reason)
            return
        with self.database.begin() as connection:
            leases.settle_later(connection, lease, reason=reason, again_at=again_at)

    def _policy(self, lease: Lease) -> InDoubt:
        delivery = lease.delivery
        campaign = self.workspace.campaigns.get(delivery.campaign)
        announcement = campaign.announcements.get(delivery.announcement) if campaign else None
        route = self.workspace.routes.get(delivery.channel)
        if announcement is not None and announcement.in_doubt and route and route.in_doubt is not InDoubt.REWRITE:
            return InDoubt(announcement.in_doubt)
        return route.in_doubt if route else InDoubt.STRICT

    def _retry(self, lease: Lease, reason: str, retry_after: timedelta | None, *, resent: bool = False) -> None:
        """Again later, unless its time will have passed by then."""
        now = self.clock()
        at = now + self._pause(lease.delivery.attempts, retry_after)
        if at > lease.delivery.expires_at:
            why = f"no time left for another attempt; last: {reason}"
            self._give_up(lease, State.IN_DOUBT if resent else State.MISSED, why)
            return
        with self.database.begin() as connection:
            leases.record(connection, lease, State.SCHEDULED, reason=reason, retry_at=at, resent=resent, now=now)

    def _pause(self, attempts: int, retry_after: timedelta | None) -> timedelta:
        """Doubling, with jitter so that what failed together does not come back together."""
        back_off = min(_FIRST_RETRY * (1 << min(attempts - 1, 10)), _LONGEST_RETRY)
        spread = back_off * (0.5 + self.jitter.random() / 2)
        return max(spread, min(retry_after or timedelta(), _LONGEST_WAIT))

    def _give_up(self, lease: Lease, state: State, reason: str) -> None:
        """No more attempts. What may have gone out at an earlier one stays in doubt, whatever became of the last."""
        self._record(lease, State.IN_DOUBT if lease.resends else state, reason=reason)

    def _record(self, lease: Lease, state: State, *, reason: str = "", receipt: Receipt | None = None) -> None:
        with self.database.begin() as connection:
            leases.record(connection, lease, state, reason=reason, receipt=receipt, now=self.clock())
