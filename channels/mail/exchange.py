"""Mails over several connections to one server at once, in one thread.

Each turn reads what servers have said, has everything that is about to pass the point of no return committed together,
in one transaction, and only then lets the final dots go.
"""

import contextlib
import selectors
import socket
from collections import Counter, deque
from collections.abc import Collection, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

from channels.mail.connections import Connections
from channels.mail.conversation import BrokenError
from channels.mail.envelope import Envelope
from channels.mail.link import Link
from channels.mail.replies import unusable
from channels.mail.results import broken_off, impossible, lost, result_of
from channels.mail.session import Session
from communique.channel import ChannelError, Receipt, UnavailableError, phrase, told_by

_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
_OPENING_AT_ONCE = 8
_LONGEST_SLEEP = 1.0  #: seconds between looks at the deadlines
_UNTIL_MORE = 60  #: seconds until a server that wanted no more connections is asked for more again
_AHEAD = 300_000  #: bytes of mails that are written before a connection is free for them
#: Seconds from the commit to the dots after which none leaves: whoever stood still may be thought dead, and others have
#: begun to say what became of its mails.
_STOOD_STILL = 60
_FRUITLESS = 3  #: the fewest connections lost in a row, before any answer to a mail, that mean that the server is down

Result = tuple[Envelope, Receipt | ChannelError]


class Source(Protocol):
    """Where mails come from, and where is written down what becomes of them."""

    def next(self) -> Envelope | None:
        """The next mail; None when there is none at present."""
        ...

    def is_halted(self) -> bool:
        """Whether nothing more is to begin; what has begun comes to its end."""
        ...

    def settle(self, crossing: Sequence[Envelope], results: Sequence[Result]) -> Collection[Envelope]:
        """Write down results, and that some mails pass the point of no return; those that may, once it is on disk."""
        ...


@dataclass(frozen=True, slots=True)
class _Woken:
    """Stands in the selector for the end of an opening."""


class Exchange:
    """One run over the connections of a server, until the source has no more and every mail has its result."""

    def __init__(self, connections: Connections, source: Source) -> None:
        self._connections = connections
        self._source = source
        self._waiting: deque[Envelope] = deque()
        self._results: list[Result] = []
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        self._selector.register(self._woken, _READ, _Woken())
        self._opening: set[Future[Session]] = set()
        self._pool: ThreadPoolExecutor | None = None
        self._limit = connections.most
        self._limited_until = 0.0
        self._fruitless = 0
        self._returned: Counter[Envelope] = Counter()  #: how many connections ended under a mail
        self._down: ChannelError | None = None
        self._exhausted = False
        self._look_at = 0.0
        for link in connections.links:
            link.proven = True  # kept from an earlier run
            self._register(link)

    def run(self) -> None:
        """Send everything.

        Raises:
            ChannelError: the server cannot be reached; what was taken from the source has that as its result.
        """
        try:
            self._to_the_end()
        finally:
            self._stop()

    def _to_the_end(self) -> None:
        while True:
            if self._down is None:
                self._occupy()
            if self._down is not None:
                self._results += [(envelope, self._down) for envelope in self._waiting]
                self._waiting.clear()
            self._settle()
            if not (self._busy() or self._waiting or self._results or self._awaits_an_opening()):
                break
            self._turn()
        if self._down is not None:
            raise self._down

    def _awaits_an_opening(self) -> bool:
        """One that nobody needs any more is not waited for: a server may take minutes to greet."""
        ends = self._exhausted or self._down is not None or self._source.is_halted()
        return bool(self._opening) and not ends

    def _stop(self) -> None:
        """Close what a failure left in the middle, connections that are needed no more, and the selector."""
        for link in list(self._connections.links):
            if not link.conversation.is_free:
                self._connections.drop(link)
        self._connections.keep_one()
        for future in self._opening:
            future.add_done_callback(_close_session)
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        self._selector.close()
        self._wake.close()
        self._woken.close()

    def _busy(self) -> list[Link]:
        return [link for link in self._connections.links if not link.conversation.is_free]

    # --- giving mails to connections

    def _has_more(self) -> bool:
        if self._down is not None:
            return False
        if self._source.is_halted():
            self._waiting.clear()  # nothing of them has begun: whoever gave them takes them back
            return False
        if not self._waiting and not self._exhausted:
            self._take_next()
        return bool(self._waiting)

    def _writes_ahead(self) -> bool:
        """While servers are silent: one mail more, so that it need not be written once they have spoken."""
        is_enough = sum(len(each.data) for each in self._waiting) >= _AHEAD
        if is_enough or self._exhausted or self._down is not None or self._source.is_halted():
            return False
        self._take_next()
        return not self._exhausted

    def _take_next(self) -> None:
        following = self._source.next()
        if following is None:
            self._exhausted = True
        else:
            self._waiting.append(following)

    def _occupy(self) -> None:
        """Give every free connection a mail; open more connections while there are more mails."""
        for link in list(self._connections.links):
            if link.conversation.is_free and self._connections.is_used_up(link):
                self._selector.unregister(link.socket)
                self._connections.retire(link)
                continue
            while link.conversation.is_free and self._has_more():
                self._begin(link)
        if self._connections.now() >= self._limited_until:
            self._limit = self._connections.most
        while self._has_more() and len(self._connections.links) + len(self._opening) < self._limit:
            if not self._connections.links and not self._opening:
                self._open_first()
            elif len(self._opening) < min(_OPENING_AT_ONCE, len(self._connections.links)):
                self._open_another()
            else:
                break

    def _begin(self, link: Link) -> None:
        envelope = self._next_for(link)
        if envelope is None:
            return
        try:
            link.begin(envelope)
        except OSError as error:
            self._failed(link, phrase("hung up ({error})", error=error))
        else:
            self._watch(link)

    def _next_for(self, link: Link) -> Envelope | None:
        """The next mail that this server can carry; the others have their result at once."""
        while self._has_more():
            envelope = self._waiting.popleft()
            if (fault := impossible(self._connections.server, link.conversation.features, envelope)) is None:
                return envelope
            self._results.append((envelope, fault))
        return None

    def _open_first(self) -> None:
        try:
            link = self._connections.open()
        except (ChannelError, BrokenError) as error:
            self._down = error if isinstance(error, ChannelError) else unusable(self._connections.server, f"{error}.")
            return
        self._register(link)
        self._begin(link)

    def _register(self, link: Link) -> None:
        self._selector.register(link.socket, _READ, link)
        link.watched = _READ

    def _open_another(self) -> None:
        self._pool = self._pool or ThreadPoolExecutor(_OPENING_AT_ONCE, thread_name_prefix="smtp-open")
        try:
            future = self._connections.begin_opening(self._pool)
        except (RuntimeError, MemoryError):
            # The system refuses one more thread. Mails are under way on the connections that there are.
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None
            self._have_no_more()
            return
        self._opening.add(future)
        future.add_done_callback(self._wake_up)

    def _wake_up(self, _future: Any) -> None:
        with contextlib.suppress(OSError):  # the run may be over
            self._wake.send(b"\0")

    def _take_opened(self) -> None:
        self._woken.recv(4096)
        for future in [each for each in self._opening if each.done()]:
            self._opening.remove(future)
            try:
                link = self._connections.linked(future.result())
            except (ChannelError, BrokenError, CancelledError, MemoryError):
                self._have_no_more()
                continue
            self._register(link)
            self._begin(link)

    def _have_no_more(self) -> None:
        """The server wants no more connections than there are."""
        self._limit = max(1, len(self._connections.links) + len(self._opening))
        self._limited_until = self._connections.now() + _UNTIL_MORE

    # --- one turn

    def _turn(self) -> None:
        events = self._selector.select(0)
        while not events and self._writes_ahead():
            events = self._selector.select(0)
        events = events or self._selector.select(self._sleep())
        for key, mask in events:
            if isinstance(key.data, _Woken):
                self._take_opened()
            else:
                self._serve(key.data, mask)
        self._end_patience(look=not events)
        self._settle()

    def _sleep(self) -> float:
        left = [link.deadline - self._connections.now() for link in self._busy()]
        return max(0.0, min([*left, _LONGEST_SLEEP]))

    def _serve(self, link: Link, mask: int) -> None:
        try:
            if mask & _WRITE:
                link.write()
            if mask & _READ:
                link.read()
        except OSError as error:
            self._collect(link)
            self._failed(link, phrase("hung up ({error})", error=error))
        except BrokenError as error:
            self._collect(link)
            self._failed(link, told_by(error))
        else:
            if link.conversation.ended:
                self._collect(link)
            if link.conversation.closing:
                self._failed(link, phrase("closed the connection"))
            else:
                self._watch(link)

    def _watch(self, link: Link) -> None:
        wanted = _READ | _WRITE if link.conversation.outgoing else _READ
        if link.watched != wanted:
            self._selector.modify(link.socket, wanted, link)
            link.watched = wanted

    def _collect(self, link: Link) -> None:
        """Results that the server's answers have brought."""
        ended, link.conversation.ended = link.conversation.ended, []
        for transaction in ended:
            result = result_of(self._connections.server, transaction)
            cut_short = transaction.refusal is not None and transaction.refusal[1].closing and not transaction.finished
            if cut_short and self._goes_back(link, transaction.envelope):
                continue
            self._results.append((transaction.envelope, result))
            if isinstance(result, UnavailableError):
                self._down = result  # whatever the mail: what has not begun need not ask
            if not cut_short:
                link.proven, self._fruitless = True, 0

    def _goes_back(self, link: Link, envelope: Envelope) -> bool:
        """Whether a mail goes over another connection, since it is hardly its fault that this one ended."""
        served = link.proven or any(each.proven for each in self._connections.links)
        if not served or self._returned[envelope] == self._connections.most:
            return False
        self._returned[envelope] += 1
        self._waiting.appendleft(envelope)
        return True

    def _drop(self, link: Link) -> None:
        self._selector.unregister(link.socket)
        self._connections.drop(link)

    def _failed(self, link: Link, what: str) -> None:
        """A connection is lost; what was on it goes back, or is in doubt."""
        self._drop(link)
        if not link.proven:
            self._fruitless += 1
            if self._fruitless >= max(_FRUITLESS, self._connections.most):
                self._down = unusable(
                    self._connections.server, phrase("{what}, on one connection after the other.", what=what)
                )
            elif self._connections.links:
                self._have_no_more()
        for transaction in link.conversation.under_way:
            if transaction.finished and link.conversation.written >= transaction.dot_at:
                self._results.append((transaction.envelope, lost(self._connections.server, what)))
            elif transaction.crossed or not self._goes_back(link, transaction.envelope):
                self._results.append((transaction.envelope, broken_off(self._connections.server, what)))

    def _end_patience(self, *, look: bool) -> None:
        """Hang up on who is silent; now and then while others talk, and at once when nobody does."""
        now = self._connections.now()
        if now < self._look_at and not look:
            return
        self._look_at = now + _LONGEST_SLEEP
        for link in self._busy():
            if link.deadline <= now:
                self._failed(link, phrase("was silent for too long"))

    # --- the point of no return

    def _settle(self) -> None:
        crossing = [(link, ready) for link in self._connections.links if (ready := link.conversation.ready)]
        if not crossing and not self._results:
            return
        # Before the commit: nothing may fail, or take its time, between that and the dots.
        following = {link: self._next_for(link) for link, _ in crossing if self._takes_following(link)}
        results, self._results = self._results, []
        begun_at = self._connections.now()
        allowed = self._source.settle([transaction.envelope for _, transaction in crossing], results)
        for link, transaction in crossing:
            transaction.crossed = transaction.envelope in allowed
            if not transaction.crossed:
                # Without the final dot the server must forget what it has.
                self._drop(link)
        self._hear_objections({link for link, _ in crossing if not link.is_lost})
        if self._connections.now() - begun_at > _STOOD_STILL:
            for link in (each for each, _ in crossing if not each.is_lost):
                self._failed(link, phrase("was kept waiting while this machine stood still"))
        for link, _ in crossing:
            self._finish(link, following.get(link))

    def _finish(self, link: Link, following: Envelope | None) -> None:
        """Let a final dot go, unless its connection is lost, and offer the mail that follows."""
        if link.is_lost:
            self._waiting.extendleft([following] if following else [])
            return
        try:
            link.finish(following)
        except OSError as error:
            self._failed(link, phrase("hung up ({error})", error=error))
        else:
            self._watch(link)

    def _takes_following(self, link: Link) -> bool:
        return link.conversation.takes_following and not self._connections.is_used_up(link)

    def _hear_objections(self, crossing: Collection[Link]) -> None:
        """Who spoke or hung up during the commit: better known before the final dot than in doubt after it."""
        for key, _ in self._selector.select(0):
            if key.data in crossing:
                self._serve(key.data, _READ)


def _close_session(future: "Future[Session]") -> None:
    if not future.cancelled() and future.exception() is None:
        future.result().close()
