"""A mail server, the wires to it, and time: below the sockets of `channels.mail`, without a thread, a port or a wait.

What goes wrong is handed in by the moment at which it does; every send, receive and transaction is one. The exchange,
the connections and the conversation above are the real ones.
"""

import random
import selectors
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

import pytest

from channels.mail import connections, exchange


class Fault(StrEnum):
    """What happens at a moment."""

    CRASH = "the process ends"
    CUT = "the wire is cut"
    STALL = "the process stands still, longer than its leases last, while another one works"
    NO_COMMIT = "the transaction is undone"
    NO_ANSWER = "the transaction is on disk, and the database does not say so"


class Answer(StrEnum):
    """How the server treats a mail."""

    TAKES = "takes it"
    TAKES_SLOWLY = "takes it after five minutes"
    LATER = "450 at RCPT"
    NEVER = "550 at RCPT"
    LATER_WHOLE = "451 at the final dot"
    CLOSES = "421 at MAIL"
    HANGS_UP = "hangs up after the final dot without having taken it"
    TAKES_AND_HANGS_UP = "takes it, and hangs up before it says so"
    TAKES_AND_IS_SILENT = "takes it, and says nothing any more"


class Crash(BaseException):
    """The process is no more: nothing it has in memory counts, and nothing it does from now on happens."""


@dataclass
class Mail:
    """What the server has taken."""

    reference: str
    recipient: str
    data: str
    at: datetime


@dataclass
class World:
    """Time, the wires, and what the server has taken."""

    now: datetime
    pipelining: bool = True
    taken: list[Mail] = field(default_factory=list)
    answers: deque[Answer] = field(default_factory=deque)  #: of the next mails; then it takes them all
    faults: dict[int, Fault] = field(default_factory=dict)  #: by the number of the moment in this turn, or after it
    happened: Counter[Fault] = field(default_factory=Counter)  #: how often, in all
    passed: int = 0  #: moments in this turn
    is_dead: bool = False
    stalled: Callable[[], None] = lambda: None  #: what others do meanwhile
    wires: random.Random = field(default_factory=lambda: random.Random(1))  #: how much a wire takes at once

    def seconds(self) -> float:
        """As `time.monotonic`."""
        return self.now.timestamp()

    def clock(self) -> datetime:
        """The present."""
        return self.now

    def wait(self, seconds: float) -> None:
        """Time goes by."""
        self.now += timedelta(seconds=seconds)

    def moment(self, *possible: Fault) -> Fault | None:
        """One more moment: what happens now, of what is due and possible here."""
        if self.is_dead:
            raise Crash
        self.passed += 1
        for number, fault in sorted(self.faults.items()):
            if number <= self.passed and fault in {Fault.CRASH, *possible}:
                del self.faults[number]
                self.happened[fault] += 1
                if fault is Fault.CRASH:
                    self.crash()
                return fault
        return None

    def crash(self) -> None:
        """The process ends here."""
        self.is_dead = True
        raise Crash


class Wire:
    """As a socket that does not block; the server at its other end answers at once, or at a time of its own."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._heard = b""
        self._said: deque[tuple[datetime, bytes]] = deque()
        self._in_data = False
        self._answer = Answer.TAKES
        self._recipient = ""
        self.is_closed = False
        self.is_cut = False
        self._is_silent = False

    def setblocking(self, _flag: bool) -> None:  # noqa: FBT001 - as in a socket
        pass

    settimeout = setblocking

    @property
    def ready_at(self) -> datetime | None:
        """When there is something to read; None: never, as things are."""
        if self.is_cut:
            return self._world.now
        return self._said[0][0] if self._said else None

    def send(self, data: bytes) -> int:
        self._suffer()
        if self.is_cut or self.is_closed:
            raise BrokenPipeError("cut")
        count = self._world.wires.choice((len(data), max(1, len(data) // 2)))
        self._heard += data[:count]
        self._listen()
        return count

    def recv(self, _most: int) -> bytes:
        if self._suffer() is Fault.CUT:
            raise ConnectionResetError("cut")
        if self._said and self._said[0][0] <= self._world.now:
            return self._said.popleft()[1]
        if self.is_cut:
            return b""
        raise BlockingIOError

    def close(self) -> None:
        self.is_closed = True

    def _suffer(self) -> Fault | None:
        fault = self._world.moment(Fault.CUT, Fault.STALL)
        if fault is Fault.STALL:
            self._world.stalled()
        if fault is Fault.CUT:
            self.is_cut = True
        return fault

    def _say(self, words: str, *, after: float = 0) -> None:
        self._said.append((self._world.now + timedelta(seconds=after), f"{words}\r\n".encode()))

    def _listen(self) -> None:
        while not (self.is_cut or self._is_silent):
            end = b"\r\n.\r\n" if self._in_data else b"\r\n"
            line, found, rest = self._heard.partition(end)
            if not found:
                return
            self._heard = rest
            if self._in_data:
                self._whole(line)
            else:
                self._command(line.decode())

    def _command(self, line: str) -> None:
        verb = line[:4].upper()
        if verb == "MAIL":
            self._answer = self._world.answers.popleft() if self._world.answers else Answer.TAKES
            self._recipient = ""
            if self._answer is Answer.CLOSES:
                self._say("421 4.7.0 enough")
                self.is_cut = True
                return
        if verb == "RCPT" and self._answer in {Answer.LATER, Answer.NEVER}:
            self._say("450 4.2.0 later" if self._answer is Answer.LATER else "550 5.1.1 nobody")
        elif verb == "DATA" and not self._recipient:
            self._say("503 5.5.1 no recipient")
        elif verb == "DATA":
            self._in_data = True
            self._say("354 go ahead")
        else:
            self._recipient = line[9:-1] if verb == "RCPT" else self._recipient
            self._say("250 2.0.0 ok")

    def _whole(self, data: bytes) -> None:
        self._in_data = False
        if self._answer is Answer.LATER_WHOLE:
            self._say("451 4.3.0 later")
            return
        if self._answer is Answer.HANGS_UP:
            self.is_cut = True
            return
        text = data.decode()
        reference = text.partition("Message-ID: <")[2].partition(">")[0]
        self._world.taken.append(Mail(reference, self._recipient, text, self._world.now))
        if self._answer is Answer.TAKES_AND_HANGS_UP:
            self.is_cut = True
        elif self._answer is Answer.TAKES_AND_IS_SILENT:
            self._is_silent = True  # answers come in order: another one would be taken for this (RFC 2920 3.2)
        else:
            self._say("250 2.0.0 queued as 1", after=300 if self._answer is Answer.TAKES_SLOWLY else 0)


class Selector:
    """As `selectors.DefaultSelector` over wires: instead of waiting, it lets time go by."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._keys: dict[Any, selectors.SelectorKey] = {}

    def register(self, wire: Any, events: int, data: Any) -> None:
        self._keys[wire] = selectors.SelectorKey(wire, 0, events, data)

    modify = register

    def unregister(self, wire: Any) -> None:
        del self._keys[wire]

    def get_key(self, wire: Any) -> selectors.SelectorKey:
        return self._keys[wire]

    def close(self) -> None:
        self._keys.clear()

    def select(self, timeout: float) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout:
            expected = [key.fileobj.ready_at for key in self._keys.values()]
            until = min([self._world.now + timedelta(seconds=timeout), *filter(None, expected)])
            self._world.now = max(self._world.now, until)
        ready = []
        for key in self._keys.values():
            at = key.fileobj.ready_at
            mask = key.events & (
                selectors.EVENT_WRITE | (selectors.EVENT_READ if at is not None and at <= self._world.now else 0)
            )
            if mask:
                ready.append((key, mask))
        return ready


class _Bell:
    """As a pair of sockets on which an opening in the background says that it is done."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._has_rung = False

    @property
    def ready_at(self) -> datetime | None:
        return self._world.now if self._has_rung else None

    def send(self, _data: bytes) -> None:
        self._has_rung = True

    def recv(self, _most: int) -> None:
        self._has_rung = False

    def close(self) -> None:
        pass


def put_in_place(world: World, patch: pytest.MonkeyPatch) -> None:
    """Instead of the network, the kernel's waiting, and the machine's time."""

    def open_session(*_about: Any) -> Any:
        wire = Wire(world)
        features = {"pipelining": ""} if world.pipelining else {}
        return SimpleNamespace(
            sock=wire, esmtp_features=features, unasked=b"", close=wire.close, ask=lambda *_, **__: None
        )

    def begin_opening(self: connections.Connections, _pool: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        done.set_result(open_session())
        return done

    def pair() -> tuple[_Bell, _Bell]:
        bell = _Bell(world)
        return bell, bell

    constants = {"EVENT_READ": selectors.EVENT_READ, "EVENT_WRITE": selectors.EVENT_WRITE}
    patch.setattr(exchange, "selectors", SimpleNamespace(DefaultSelector=lambda: Selector(world), **constants))
    patch.setattr(exchange, "socket", SimpleNamespace(socketpair=pair))
    patch.setattr(exchange, "ThreadPoolExecutor", lambda *_, **__: SimpleNamespace(shutdown=lambda **__: None))
    patch.setattr(connections, "open_session", open_session)
    patch.setattr(connections.Connections, "begin_opening", begin_opening)
    patch.setattr(connections.Connections.__init__, "__defaults__", (1, world.seconds))
