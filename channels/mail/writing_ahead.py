"""Mails written as they are asked for; where signing takes longer than all else, ahead, on several processors."""

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from channels.mail.envelope import Envelope
from channels.mail.writing import Writer
from communique.channel import ChannelError, Message, PermanentError, TemporaryError, limit_reached, phrase

#: Mails that a thread signs in one go: handing one over takes a tenth of the time that RSA takes to sign it.
_IN_ONE_GO = 8
_AHEAD = 2  #: such lots for each thread

_log = logging.getLogger(__name__)
#: A message and its mail, or why there is none.
Written = tuple[Message, Envelope | ChannelError]


@contextmanager
def written(
    next_message: Callable[[], Message | None], writer: Writer, threads: int
) -> Iterator[Callable[[], Written | None]]:
    """What gives the next mail, in the order of the messages; None when there is no message at present.

    Args:
        next_message: asked in the thread that asks for mails, and for some more than have been asked for.
        writer: of the channel.
        threads: how many sign at once.
    """
    if threads == 1 or not writer.signing.is_slow:
        yield lambda: _next(next_message, writer.envelope)
        return
    pool = ThreadPoolExecutor(threads, thread_name_prefix="dkim")
    try:
        yield _Ahead(next_message, writer, pool, _AHEAD * threads).next
    finally:
        pool.shutdown(cancel_futures=True)


class _Ahead:
    """Composed in the thread that asks, because that is quick and shares its patterns; signed in others."""

    def __init__(
        self, next_message: Callable[[], Message | None], writer: Writer, pool: ThreadPoolExecutor, lots: int
    ) -> None:
        self._next_message = next_message
        self._writer = writer
        self._pool = pool
        self._lots = lots
        self._in_work: deque[Future[list[Written]]] = deque()
        self._signed: deque[Written] = deque()

    def next(self) -> Written | None:
        """In order; waits for the lot that comes next."""
        if not self._signed:
            while len(self._in_work) < self._lots and (drafts := list(self._drafts())):
                self._in_work.append(self._pool.submit(self._sign, drafts))
            if self._in_work:
                self._signed.extend(self._in_work.popleft().result())
        return self._signed.popleft() if self._signed else None

    def _drafts(self) -> Iterator[Written]:
        for _ in range(_IN_ONE_GO):
            if (draft := _next(self._next_message, self._writer.draft)) is None:
                return
            yield draft

    def _sign(self, drafts: Sequence[Written]) -> list[Written]:
        return [
            (
                message,
                draft if isinstance(draft, ChannelError) else _unless_it_fails(self._writer.signed, message, draft),
            )
            for message, draft in drafts
        ]


def _next(next_message: Callable[[], Message | None], write: Callable[[Message], Envelope]) -> Written | None:
    message = next_message()
    return None if message is None else (message, _unless_it_fails(write, message))


def _unless_it_fails(write: Callable[..., Envelope], message: Message, *draft: Envelope) -> Envelope | ChannelError:
    try:
        return write(message, *draft)
    except PermanentError as error:
        return error
    except Exception as error:  # noqa: BLE001 - one message that breaks the writer must not stop the others
        _log.exception("mail not written", extra={"delivery": message.key})
        what = phrase("unexpected: {kind}: {error}", kind=type(error).__name__, error=error)
        return TemporaryError(limit_reached(error) or what)
