"""Whether the service is well: the page `/healthz`, which fails when the clock has stopped."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from communique.delivery import Mode
from communique.store.deliveries import accounts, pauses, rests, stops

#: Longer than the longest wait for one server's answer (ten minutes for SMTP) plus some ticks.
STOPPED_AFTER = timedelta(minutes=15)
#: A service of which one leads.
STANDS_BY = {
    "daemon": "stands by: another daemon of this workspace sends",
    "clock": "stands by: another clock leads",
}
#: Whether the balances hold is found by counting copies: often those of what may still change, and seldom every one
#: there ever was.
COUNTED_EVERY = timedelta(minutes=1)
ALL_COUNTED_EVERY = timedelta(days=1)
_LATELY = timedelta(days=2)


@dataclass
class Health:
    """What a service knows of itself; written by its thread, read by the page."""

    service: str = "daemon"  #: or `clock`, `worker`, `web`
    _last_tick: datetime | None = None
    _failure: str = ""
    _stands_by: bool = False
    held: str = ""  #: why nothing at all goes out before a person has decided
    _problems: Sequence[str] = ()
    _in_doubt: int = 0
    _unbalanced: Sequence[str] = ()
    _counted_at: datetime | None = None  #: the balances of what may change
    _all_counted_at: datetime | None = None
    _paused: Sequence[str] = ()  #: channels that wait; an empty name stands for all of them
    _resting: Sequence[str] = ()  #: channels that cannot be used at present
    _stopped: Sequence[str] = ()  #: announcements of which too many mails came back
    _unread: Sequence[str] = ()  #: mailboxes that could not be read when last looked at, by their part of the settings
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def last_tick(self) -> datetime | None:
        """When a tick last went through or got on; None before the first."""
        return self._last_tick

    def ticked(self, now: datetime) -> None:
        """A tick went through."""
        with self._lock:
            self._last_tick, self._failure, self._stands_by = now, "", False

    def goes_on(self, now: datetime) -> None:
        """A tick is under way and gets on."""
        with self._lock:
            self._last_tick = now

    def stand_by(self, now: datetime) -> None:
        """Another one leads; this one is ready to take over."""
        with self._lock:
            self._last_tick, self._failure, self._stands_by = now, "", True

    def failed(self, why: str) -> None:
        """A tick did not go through."""
        with self._lock:
            self._failure = why

    def hold(self, why: str) -> None:
        """Everything waits for a person, or (empty) does not any more."""
        with self._lock:
            self.held = why

    def problems(self, found: Sequence[str]) -> None:
        """What is wrong with the workspace's files."""
        with self._lock:
            self._problems = found

    def mailboxes(self, unread: Sequence[str]) -> None:
        """Mailboxes that could not be read when last looked at: `bounces`, `canary`."""
        with self._lock:
            self._unread = unread

    def look(self, connection: Connection, mode: Mode, now: datetime) -> None:
        """What the ledger says that a person should see; the balances are counted once a minute at the most."""
        doubtful = accounts.count_in_doubt(connection, mode)
        unbalanced = self._unbalanced
        if self._counted_at is None or abs(now - self._counted_at) >= COUNTED_EVERY:
            unbalanced = self._count(connection, mode, now)
        paused = [each.channel for each in pauses.paused(connection)]
        resting = [each.channel for each in rests.resting(connection)]
        stopped = [each.name for each in stops.stopped(connection, mode)]
        with self._lock:
            self._in_doubt, self._unbalanced, self._paused, self._resting = doubtful, unbalanced, paused, resting
            self._stopped = stopped

    def _count(self, connection: Connection, mode: Mode, now: datetime) -> Sequence[str]:
        """What does not balance; where anything did not, everything is counted each time until it does."""
        all_of_it = self._all_counted_at is None or abs(now - self._all_counted_at) >= ALL_COUNTED_EVERY
        all_of_it = all_of_it or bool(self._unbalanced)
        found = (
            accounts.balances(connection, mode)
            if all_of_it
            else accounts.latest_balances(connection, mode, since=now - _LATELY, least=0)
        )
        self._counted_at = now
        if all_of_it:
            self._all_counted_at = now
        return [f"{each.campaign}/{each.announcement}" for each in found if not each.holds]

    def in_words(self, now: datetime) -> str:
        """The same in a line, the worst first."""
        well, found = self.report(now)
        if not found["leads"]:
            return STANDS_BY[self.service]
        told = [
            f"everything is held: {self.held}" if self.held else "",
            f"the last tick failed: {found['failure']}" if found["failure"] else "",
            f"does not balance: {', '.join(found['unbalanced'])}" if found["unbalanced"] else "",
            f"faults in files or settings: {len(found['problems'])}" if found["problems"] else "",
            f"copies in doubt: {found['in_doubt']}" if found["in_doubt"] else "",
            f"stopped because too many mails came back: {', '.join(found['stopped'])}" if found["stopped"] else "",
            f"cannot be used at present: {', '.join(found['resting'])}" if found["resting"] else "",
            f"mailboxes that cannot be read: {', '.join(found['unread_mailboxes'])}"
            if found["unread_mailboxes"]
            else "",
            f"paused: {', '.join(each or 'everything' for each in found['paused'])}" if found["paused"] else "",
        ]
        return "; ".join(filter(None, told)) or ("well" if well else "nothing done yet")

    def report(self, now: datetime) -> tuple[bool, dict[str, Any]]:
        """Whether it is well, and the page's content: no addresses, no secrets."""
        with self._lock:
            stopped = self._last_tick is None or now - self._last_tick > STOPPED_AFTER
            well = not (stopped or self._failure or self.held or self._problems or self._unbalanced)
            return well, {
                "service": self.service,
                "well": well,
                "clock": "stopped" if stopped else "running",
                "last_tick_at": self._last_tick.isoformat() if self._last_tick else None,
                "leads": not self._stands_by,
                "failure": self._failure,
                "held": self.held,
                "problems": list(self._problems),
                "in_doubt": self._in_doubt,
                "unbalanced": list(self._unbalanced),
                "paused": list(self._paused),
                "resting": list(self._resting),
                "stopped": list(self._stopped),
                "unread_mailboxes": list(self._unread),
            }
