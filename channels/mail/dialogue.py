"""Handing one mail to a server: the stream of one."""

from collections.abc import Callable, Collection, Sequence

from channels.mail.connections import Connections
from channels.mail.envelope import Envelope
from channels.mail.exchange import Exchange, Result
from channels.mail.server import Patience, Server
from communique.channel import ChannelError, Receipt, TemporaryError, phrase


class Dialogue:
    """Speaks to one server; connections are kept and used again. Not for use by several threads."""

    def __init__(self, server: Server, patience: Patience, most: int = 1, mails: int | None = None) -> None:
        self.connections = Connections(server, patience, most, mails=mails)

    def hand_over(self, envelope: Envelope, commit: Callable[[], None]) -> Receipt:
        """Hand a mail over; `commit` is called once, right before its end leaves.

        Raises:
            TemporaryError: put off, or the connection failed before the final dot.
            PermanentError: refused for good.
            UncertainError: the dot was sent, and no answer came.
        """
        single = _Single(envelope, commit)
        Exchange(self.connections, single).run()
        if isinstance(single.result, ChannelError):
            raise single.result
        return single.result

    def close(self) -> None:
        """Take leave; the next mail connects again."""
        self.connections.close()


class _Single:
    """A source of one mail."""

    def __init__(self, envelope: Envelope, commit: Callable[[], None]) -> None:
        self._left: list[Envelope] = [envelope]
        self._commit = commit
        self.result: Receipt | ChannelError = TemporaryError(phrase("The mail was not begun."))

    def next(self) -> Envelope | None:
        return self._left.pop() if self._left else None

    def is_halted(self) -> bool:
        return False

    def settle(self, crossing: Sequence[Envelope], results: Sequence[Result]) -> Collection[Envelope]:
        for _, result in results:
            self.result = result
        if crossing:
            self._commit()
        return crossing
