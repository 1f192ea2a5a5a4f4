"""One open connection to a mail server: its socket, and the conversation on it."""

import contextlib
import ssl
from collections.abc import Callable

from channels.mail.conversation import BrokenError, Conversation
from channels.mail.envelope import Envelope
from channels.mail.server import Patience, Server
from channels.mail.session import Session
from communique.channel import phrase

_BLOCK = 65_536
_WAITING = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Link:
    """Reads and writes without waiting. `deadline` is when patience ends, by the clock that is handed in.

    Raises:
        BrokenError: the server spoke without being asked, or is gone.
    """

    def __init__(self, session: Session, server: Server, patience: Patience, clock: Callable[[], float]) -> None:
        if session.sock is None:
            raise BrokenError(phrase("hung up"))
        self._session = session
        self._server = server
        self._patience = patience
        self._clock = clock
        self.socket = session.sock
        self.socket.setblocking(False)
        self.conversation = Conversation(session.esmtp_features, patience)
        self.proven = False  #: a mail has come to its outcome here; what fails now is no fault of the next mail
        self.is_lost = False
        self.watched = 0  #: events of its socket that whoever turns the selector waits for
        self.mails = 0  #: begun here
        self.deadline = clock() + patience.command
        self._progress = (-1, -1)  #: bytes written and answers heard when the deadline was set
        self.conversation.heard(session.unasked)

    def begin(self, envelope: Envelope) -> None:
        """Offer a mail."""
        self.mails += 1
        self.conversation.begin(envelope)
        self._progress = (-1, -1)
        self.write()

    def finish(self, following: Envelope | None) -> None:
        """Give a mail its end, and offer the next."""
        self.mails += following is not None
        self.conversation.finish(following)
        self.write()

    def write(self) -> None:
        """As much as the kernel takes now.

        Raises:
            OSError: the connection is gone.
        """
        outgoing = self.conversation.outgoing
        while outgoing:
            try:
                count = self.socket.send(outgoing if len(outgoing) <= _BLOCK else outgoing[:_BLOCK])
            except _WAITING:
                break
            self.conversation.wrote(count)
        self._wait()

    def read(self) -> None:
        """What has come.

        Raises:
            OSError: the connection is gone.
            BrokenError: the server makes no sense.
        """
        conversation = self.conversation
        while True:
            try:
                data = self.socket.recv(_BLOCK)
            except _WAITING:
                break
            if not data:
                raise ConnectionResetError(phrase("the server closed the connection"))
            conversation.heard(data)
            # A TLS record may hold more than was asked for, and no poll would tell.
            if not (isinstance(self.socket, ssl.SSLSocket) and self.socket.pending()):
                break
        if conversation.outgoing:
            self.write()
        else:
            self._wait()

    def _wait(self) -> None:
        """Patience begins anew with bytes taken and whole answers, not with an answer that comes in drops."""
        conversation = self.conversation
        progress = (conversation.written, conversation.answers)
        if progress == self._progress:
            return
        self._progress = progress
        patience = self._patience.block if conversation.outgoing else conversation.patience
        self.deadline = self._clock() + patience

    def leave(self) -> None:
        """Say QUIT, and hang up."""
        with contextlib.suppress(OSError):
            self.socket.send(b"QUIT\r\n")
        self.close()

    def quit(self, within: float) -> None:
        """Take leave, and wait so many seconds for the server to do so; how that ends no longer matters."""
        try:
            self.socket.settimeout(within)
            self._session.ask("QUIT", within=within)
        except OSError:
            pass
        finally:
            self.close()

    def close(self) -> None:
        """Hang up: a mail that has no final dot yet is forgotten by the server."""
        self.is_lost = True
        self._session.close()
