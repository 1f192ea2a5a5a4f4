"""Takes due deliveries through compose, check, send and record; decides what a failure means.

The order is what makes it trustworthy: the claim is committed, then the message is composed and checked with no
transaction open, then the channel is asked to send, and right before the byte that cannot be taken back the point of
no return is committed. A crash before that is safe to repeat; only a crash after it leaves a delivery in doubt.
"""

import hashlib
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from communique.channel import (
    Channel,
    Form,
    InDoubt,
    Message,
    PermanentError,
    Receipt,
    TemporaryError,
    UncertainError,
)
from communique.delivery import Delivery, Mode, State
from communique.moments import parse_milestone
from communique.occasion import Occasion
from communique.plan.owing import allowed
from communique.send import messages
from communique.send.messages import Due, Present
from communique.store import copies, declarations, ledger, people, takeover
from communique.store.database import Database
from communique.store.ledger import Lease, LeaseLostError
from communique.texts.templates import TemplateProblemError
from communique.workspace import Workspace, read_workspace

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
    _texts: dict[int, Workspace] = field(default_factory=dict)

    def run(self) -> int:
        """Everything that is due now, channel by channel; the number of attempts made."""
        with self.database.reading() as connection:
            due = ledger.due_channels(connection, self.mode, self.clock())
        return sum(self.drain(channel) for channel in due)

    def drain(self, channel: str) -> int:
        """Everything that is due through one channel."""
        made = 0
        while not self.stopping():
            with self.database.begin() as connection:
                leases = ledger.claim(connection, self.mode, channel, owner=self.owner, now=self.clock(), most=_BATCH)
            if not leases:
                break
            for lease in leases:
                self.attempt(lease)
            made += len(leases)
        return made

    def recover(self, alive: list[str]) -> int:
        """Put in order what workers left behind that are no more: repeat what cannot have gone, settle the rest."""
        host = self.owner.partition("/")[0]
        now = self.clock()
        with self.database.begin() as connection:
            takeover.release_unbegun(connection, self.mode, host=host, alive=alive, now=now)
            left = takeover.take_over_irrevocable(
                connection, self.mode, owner=self.owner, host=host, alive=alive, now=now
            )
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
        try:
            message = self._compose(lease)
        except _MustNotGoError as error:
            self._record(lease, State.EXCLUDED, reason=str(error))
            return
        except (TemplateProblemError, LookupError) as error:
            self._retry(lease, f"the text cannot be made: {error}", None)
            return
        refusals = channel.check(message)
        if refusals:
            self._record(lease, State.FAILED, reason=" ".join(refusals))
            return
        self._send(lease, channel, message)

    def _send(self, lease: Lease, channel: Channel, message: Message) -> None:
        crossed = False

        def commit() -> None:
            nonlocal crossed
            content = repr(message.content).encode()
            kept = messages.as_kept(message.content)
            digest = hashlib.sha256(content).hexdigest()
            with self.database.begin() as connection:
                ledger.cross(connection, lease, content_hash=digest, content=kept, now=self.clock())
            crossed = True

        try:
            receipt = channel.send(message, commit)
        except TemporaryError as error:
            self._retry(lease, str(error), error.retry_after)
        except PermanentError as error:
            self._record(lease, State.FAILED, reason=str(error))
        except UncertainError as error:
            self._settle(lease, str(error), message)
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
        except (TemporaryError, PermanentError) as error:
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
            asked = message or self._compose(lease)
        except (_MustNotGoError, TemplateProblemError, LookupError):
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
            ledger.settle_later(connection, lease, reason=reason, again_at=again_at)

    def _policy(self, lease: Lease) -> InDoubt:
        delivery = lease.delivery
        campaign = self.workspace.campaigns.get(delivery.campaign)
        announcement = campaign.announcements.get(delivery.announcement) if campaign else None
        route = self.workspace.routes.get(delivery.channel)
        if announcement is not None and announcement.in_doubt and route and route.in_doubt is not InDoubt.REWRITE:
            return InDoubt(announcement.in_doubt)
        return route.in_doubt if route else InDoubt.STRICT

    def _compose(self, lease: Lease) -> Message:
        delivery = lease.delivery
        route = self.workspace.routes.get(delivery.channel)
        # Pages and feeds show the present; everything else says what was approved.
        shows_present = route is not None and route.form in {Form.PAGES, Form.FEED}
        texts = self.workspace if shows_present else self._texts_of(lease)
        with self.database.reading() as connection:
            occasion = self._occasion(connection, texts, delivery)
            recipient = None
            if delivery.person is not None:
                person = people.by_id(connection, delivery.person)
                if person is None:
                    raise _MustNotGoError("the person has been erased")
                if reason := people.suppression(connection, person.address_key):
                    raise _MustNotGoError(f"must not be written to: {reason}")
                if self.mode is Mode.TRIAL and person.address_key not in allowed(self.workspace):
                    raise _MustNotGoError("trial mode: not on the allow-list")
                recipient = person.as_recipient(delivery.language)
            milestones = {
                name: declarations.milestones_of(connection, campaign)
                for name, campaign in self.workspace.campaigns.items()
            }
            return messages.compose(
                texts,
                Due(delivery=delivery, occasion=occasion, recipient=recipient, role=lease.role),
                Present(connection=connection, mode=self.mode, milestones=milestones, now=self.clock()),
            )

    def _texts_of(self, lease: Lease) -> Workspace:
        """The workspace as it was when the audience was frozen: what was approved is what is sent."""
        with self.database.reading() as connection:
            number = ledger.occurrence_of(connection, lease.delivery.id)
            if number not in self._texts:
                copy = copies.kept(connection, copies.frozen(number))
                texts, _ = read_workspace(copy, self.workspace.kinds, self.workspace.key) if copy else (None, [])
                self._texts[number] = texts or self.workspace
        return self._texts[number]

    def _occasion(self, connection: Any, texts: Workspace, delivery: Delivery) -> Occasion:
        campaign = texts.campaigns[delivery.campaign]
        through = campaign.announcements[delivery.announcement].through
        kept = ledger.milestones_of(connection, delivery.id)
        return Occasion(
            campaign=campaign,
            announcement=delivery.announcement,
            occurrence=delivery.occurrence,
            due_at=delivery.due_at,
            milestones={name: parse_milestone(moment) for name, moment in kept.items()},
            has_page=any(texts.routes[name].form is Form.PAGES for name in through if name in texts.routes),
        )

    def _retry(self, lease: Lease, reason: str, retry_after: timedelta | None, *, resent: bool = False) -> None:
        """Again later, unless its time will have passed by then."""
        now = self.clock()
        at = now + self._pause(lease.delivery.attempts, retry_after)
        if at > lease.delivery.expires_at:
            self._record(lease, State.MISSED, reason=f"no time left for another attempt; last: {reason}")
            return
        with self.database.begin() as connection:
            ledger.record(connection, lease, State.SCHEDULED, reason=reason, retry_at=at, resent=resent, now=now)

    def _pause(self, attempts: int, retry_after: timedelta | None) -> timedelta:
        """Doubling, with jitter so that what failed together does not come back together."""
        back_off = min(_FIRST_RETRY * (1 << min(attempts, 10)), _LONGEST_RETRY)
        spread = back_off * (0.5 + self.jitter.random() / 2)
        return max(spread, min(retry_after or timedelta(), _LONGEST_WAIT))

    def _record(self, lease: Lease, state: State, *, reason: str = "", receipt: Receipt | None = None) -> None:
        with self.database.begin() as connection:
            ledger.record(connection, lease, state, reason=reason, receipt=receipt, now=self.clock())


class _MustNotGoError(Exception):
    """The recipient must not be written to any more; the message says why."""
