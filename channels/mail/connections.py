"""The connections to one mail server: opened as they are needed, and kept."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from channels.mail.conversation import BrokenError
from channels.mail.link import Link
from channels.mail.opening import open_session
from channels.mail.server import Patience, Server
from channels.mail.session import Session


class Connections:
    """Up to `most` connections to one server, opened as they are needed, kept for the next run, of `mails` each."""

    def __init__(
        self,
        server: Server,
        patience: Patience,
        most: int = 1,
        clock: Callable[[], float] = time.monotonic,
        *,
        mails: int | None = None,
    ) -> None:
        self._mails = mails
        self._server = server
        self._patience = patience
        self._most = most
        self._clock = clock
        self.links: list[Link] = []

    def open(self) -> Link:
        """One more connection.

        Raises:
            ChannelError: there is none to be had.
            BrokenError: as `linked`.
        """
        return self.linked(open_session(self._server, self._patience))

    def linked(self, session: Session) -> Link:
        """An opened session made one of the connections.

        Raises:
            BrokenError: the server spoke without being asked, or is gone.
        """
        try:
            link = Link(session, self._server, self._patience, self._clock)
        except BrokenError:
            session.close()
            raise
        self.links.append(link)
        return link

    def close(self) -> None:
        """Take leave on all of them."""
        links, self.links = self.links, []
        until = self._clock() + self._server.connect_timeout
        for link in links:
            link.quit(max(0.0, until - self._clock()))

    def keep_one(self) -> None:
        """Take leave on all but one, without waiting for answers: idle ones keep others from the server."""
        for link in self.links[1:]:
            link.leave()
        del self.links[1:]

    def is_used_up(self, link: Link) -> bool:
        """Whether it has carried as many mails as the settings allow."""
        return self._mails is not None and link.mails >= self._mails

    def retire(self, link: Link) -> None:
        """Take leave on one."""
        self.links.remove(link)
        link.leave()

    def drop(self, link: Link) -> None:
        """Hang up."""
        if link in self.links:
            self.links.remove(link)
        link.close()

    @property
    def most(self) -> int:
        """How many connections the settings allow."""
        return self._most

    @property
    def server(self) -> Server:
        """Who is spoken to."""
        return self._server

    def begin_opening(self, pool: ThreadPoolExecutor) -> "Future[Session]":
        """Open one more in the background."""
        return pool.submit(open_session, self._server, self._patience)

    def now(self) -> float:
        """Seconds of the clock by which patience is counted."""
        return self._clock()
