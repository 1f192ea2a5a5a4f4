"""Takes due deliveries through compose, check, send and record; what an end means is in `outcomes`.

The order is what makes it trustworthy: the claim is committed, then the message is composed and checked with no
transaction open, then the channel is asked to send, and right before the byte that cannot be taken back the point of
no return is committed. A crash before that is safe to repeat; only a crash after it leaves a delivery in doubt.
"""

import logging
import random
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from communique.channel import (
    Channel,
    ChannelError,
    Form,
    InBulk,
    Message,
    Outcome,
    Reach,
    Receipt,
    Removal,
    Retractable,
    TemporaryError,
    UnavailableError,
    UncertainError,
)
from communique.delivery import Mode, State
from communique.joined_phrases import in_turn
from communique.machine.limits import limit_reached
from communique.phrase import phrase
from communique.send import garbage, messages
from communique.send.breaker import Breaker
from communique.send.bulk import LedgerTraffic
from communique.send.claims import Claims
from communique.send.due_messages import DueMessages
from communique.send.outcomes import LONGEST_WAIT, Outcomes, unless_lost
from communique.send.seen_epoch import SeenEpoch
from communique.send.unsettled import SteadyTraffic, Unsettled
from communique.store.database import Database
from communique.store.deliveries import leases, ledger, takeover
from communique.store.deliveries.leases import Crossing, Lease, LeaseLostError
from communique.store.recipients import answers, people, suppression_list
from communique.store.recipients.ways import Way
from communique.workspace import Workspace

_BATCH = 50  #: deliveries taken at once: a person who leaves is written to by no claim made after

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
    answered: Callable[[str, timedelta], None] = lambda _channel, _took: None  #: as `Outcomes.answered`
    may_begin: Callable[[], bool] = lambda: True  #: asked before each batch: whether there is room to record it
    paced: bool = True  #: by the rates of the settings; a rehearsal bothers nobody
    unsettled: Unsettled = field(default_factory=Unsettled)  #: left from an earlier run of this process

    @cached_property
    def _claims(self) -> Claims:
        return Claims(
            database=self.database,
            mode=self.mode,
            owner=self.owner,
            clock=self.clock,
            seen=self.seen,
            paces=self.workspace.settings.paces() if self.paced else {},
            may_begin=self.may_begin,
        )

    @cached_property
    def _breaker(self) -> Breaker:
        return Breaker(database=self.database, clock=self.clock, jitter=self.jitter)

    @cached_property
    def _outcomes(self) -> Outcomes:
        texts = DueMessages(
            workspace=self.workspace,
            database=self.database,
            mode=self.mode,
            clock=self.clock,
            channels=self.channels,
        )
        return Outcomes(
            workspace=self.workspace,
            database=self.database,
            channels=self.channels,
            messages=texts,
            clock=self.clock,
            jitter=self.jitter,
            answered=self.answered,
        )

    def run(self) -> int:
        """Everything that is due now, channel by channel, pages first; the number of attempts made."""
        return sum(self.drain(channel) for channel in self.due())

    def due(self) -> dict[str, int]:
        """How many are due now, by channel, in the order in which they should go."""
        with self.database.reading() as connection:
            due = ledger.due_channels(connection, self.mode, self.clock())
        return {channel: due[channel] for channel in sorted(due, key=self._turn)}

    def _turn(self, channel: str) -> tuple[bool, bool, bool]:
        """Pages first: mails and posts point to them, and networks look at once, and remember what they found.

        Then what is said to all at once, which takes seconds; a letter or mail to each may take hours. Letters last:
        they wait for a person anyway, and the libraries that print them end the whole process when they get no memory.
        """
        route = self.workspace.routes.get(channel)
        return (
            route is None or route.form is not Form.PAGES,
            route is not None and route.reach is Reach.EACH,
            self._is_letter(channel),
        )

    def drain(self, channel: str, most: int = sys.maxsize) -> int:
        """Everything that is due through one channel, or so many; the number of attempts made."""
        adapter = self.channels.get(channel)
        try:
            if isinstance(adapter, InBulk):
                made = self._drain_in_bulk(channel, adapter, most)
            else:
                made = self._drain_one_by_one(channel, most)
        finally:
            self._outcomes.news.tell()
        if made:
            self._claims.came_to_an_end()
        return made

    def _drain_one_by_one(self, channel: str, most: int) -> int:
        made = 0
        while made < most and not self.stopping():
            taken = self._claims.take(channel, min(_BATCH, most - made))
            if not taken:
                break
            begun, went_on = self._attempt_all(channel, taken)
            made += begun
            if not went_on:
                break
        return made

    def _drain_in_bulk(self, channel: str, adapter: InBulk, most: int) -> int:
        inner = LedgerTraffic(
            database=self.database,
            claims=self._claims,
            channel=channel,
            stopping=self.stopping,
            outcomes=self._outcomes,
            left=most,
        )
        traffic = SteadyTraffic(inner, self.unsettled)
        down: ChannelError | None = None
        try:
            with garbage.looked_for_seldom():
                adapter.send_all(traffic)
        except ChannelError as error:
            why = str(error).rstrip(".")
            _log.warning("%s cannot be used now, and is tried again: %s", channel, why, extra={"channel": channel})
            down = error
        finally:
            traffic.close()
        if traffic.failure is not None:
            raise traffic.failure
        if down is not None:
            self._breaker.unavailable(channel, down, worked_before=inner.accepted > 0)
        elif inner.made:
            self._breaker.answered(channel)
        return inner.made

    def _attempt_all(self, channel: str, taken: Sequence[Lease]) -> tuple[int, bool]:
        """One after the other; how many, and whether to go on.

        When it is time to stop, the channel cannot be used, or what is left was claimed long ago, that goes back.
        """
        begun, worked = len(taken), False
        for made, lease in enumerate(taken):
            if self.stopping():
                self._claims.put_back(taken[made:])
                return made, False
            if not lease.may_begin(self.clock()):
                self._claims.put_back(taken[made:])
                begun = made
                break
            away = self.attempt(lease)
            if away is not None:
                self._claims.put_back(taken[made + 1 :])
                self._breaker.unavailable(channel, away, worked_before=worked)
                return made + 1, False
            worked = True
        if worked:
            self._breaker.answered(channel)
        return begun, True

    def recover(
        self,
        gone: Sequence[str] = (),
        *,
        silent: Sequence[str] = (),
        but_for: Collection[str] = (),
        put_back: bool = False,
    ) -> int:
        """Put in order what workers left behind that are no more: repeat what cannot have gone, settle the rest.

        No more are those whose lease has run out, and the owners that are known to be `gone`. Those that are `silent`
        may live, and be cut off from the ledger: they have a while to say what became of what may have gone. What this
        one holds itself is left from a run that a failure of the ledger has ended. What went through some
        channels is left for others to settle. With `put_back` the clock has been, and no pause that began before means
        anything.
        """
        self.unsettled.settle_all(self._outcomes)
        self.unsettled.settle_left_behind(self._outcomes)
        now = self.clock()
        with self.database.beside() as connection:
            takeover.bring_near(connection, self.mode, latest=now if put_back else now + LONGEST_WAIT, now=now)
            released = takeover.release_unbegun(connection, self.mode, gone=[*gone, *silent, self.owner], now=now)
            takeover.shorten(connection, self.mode, silent=silent, now=now)
            left = takeover.take_over_irrevocable(
                connection, self.mode, owner=self.owner, gone=gone, but_for=but_for, now=now
            )
        self.unsettled.left_behind += left
        self.unsettled.settle_left_behind(self._outcomes)
        if released or left:
            self._claims.came_to_an_end()
        return len(left)

    def housekeeping(self) -> int:
        """Count as missed what has not gone by its time; how many."""
        with self.database.beside() as connection:
            return ledger.miss_expired(connection, self.mode, self.clock())

    def attempt(self, lease: Lease) -> UnavailableError | None:
        """One try at a delivery, and its outcome on record; why the channel cannot be used at all, if so."""
        with unless_lost(lease):
            return self._attempt(lease)
        return None

    def _attempt(self, lease: Lease) -> UnavailableError | None:
        channel = self.channels.get(lease.delivery.channel)
        if channel is None:
            why = phrase("the channel {channel} is not open: see communique check", channel=lease.delivery.channel)
            self._outcomes.retry(lease, why, None)
            return None
        message = None if self._has_left(lease) else self._outcomes.written(lease)
        if message is None:
            return None
        if isinstance(message.content, Removal):
            return self._remove(lease, channel, message, message.content)
        try:
            refusals = channel.check(message)
        except Exception as error:  # noqa: BLE001 - an adapter that breaks must not stop the others
            self._outcomes.broken(lease, error)
            return None
        if refusals:
            self._outcomes.give_up(lease, State.FAILED, in_turn(refusals))
            return None
        return self._send(lease, channel, message)

    def _remove(self, lease: Lease, channel: Channel, message: Message, post: Removal) -> UnavailableError | None:
        """Delete a post; what cannot be deleted from here is left to a person."""
        if post.reference and isinstance(channel, Retractable):
            return self._send(lease, channel, message)
        where = post.url or phrase("what {channel} has of it", channel=lease.delivery.channel)
        self._outcomes.accepted(lease, Receipt(by_hand=True, detail=phrase("by hand: take down {where}", where=where)))
        return None

    def _has_left(self, lease: Lease) -> bool:
        """Whether somebody must not be written to any more: they may have left, or been erased, since it was claimed.

        Nor are they who have answered since, where only those were to be written to who had not.
        """
        if lease.person is None:
            return False
        with self.database.beside() as connection:
            if people.erased_among(connection, [lease.person.id]):
                self._outcomes.erased(connection, lease)
                return True
            way = Way.POST if self._is_letter(lease.delivery.channel) else Way.MAIL
            reason = suppression_list.suppression(connection, lease.person.address_key, way)
            if reason:
                self._outcomes.must_not_go(connection, lease, reason)
                return True
            asked = [(lease.only, lease.person.id)] if lease.only else []
            for no_more in answers.no_more(connection, asked).values():
                self._outcomes.left_out(connection, lease, no_more)
                return True
        return False

    def _is_letter(self, channel: str) -> bool:
        route = self.workspace.routes.get(channel)
        return route is not None and route.form is Form.LETTER

    def _send(self, lease: Lease, channel: Channel, message: Message) -> UnavailableError | None:
        crossed: list[datetime] = []

        def commit() -> None:
            if self.clock() > lease.delivery.expires_at:  # the machine may have slept
                raise TemporaryError(phrase("its time had passed before it went out"))
            kept = messages.as_kept(message.content)
            digest = messages.hash_of(message.content)
            with self.database.beside() as connection:
                held = leases.cross(
                    connection, [Crossing(lease=lease, content_hash=digest, content=kept)], self.clock()
                )
            if not held:
                raise LeaseLostError(lease.delivery.key)
            crossed.append(self.clock())

        result: Receipt | ChannelError
        try:
            try:
                result = _act(channel, message)(message, commit)
            finally:
                if crossed:
                    self.answered(lease.delivery.channel, self.clock() - crossed[0])
        except ChannelError as error:
            result = error
        except LeaseLostError:
            if self._has_left(lease):  # a moment ago, and so its point of no return could not be passed
                return None
            raise
        except Exception as error:  # noqa: BLE001 - whatever an adapter does wrong, the ledger must say what became of it
            why = limit_reached(error) or phrase("unexpected: {name}", name=type(error).__name__)
            _log.error("unexpected failure: %s", why, exc_info=True, extra={"delivery": lease.delivery.key})
            result = UncertainError(why) if crossed else TemporaryError(why)
        self.unsettled.settle(self._outcomes, lease, Outcome(message=message, result=result))
        return result if isinstance(result, UnavailableError) else None


def _act(channel: Channel, message: Message) -> Callable[[Message, Callable[[], None]], Receipt]:
    if isinstance(channel, Retractable) and isinstance(message.content, Removal):
        return channel.retract
    return channel.send
