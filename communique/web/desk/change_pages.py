"""The stream by which open pages hear that a file has changed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool

from communique.store.desk import officers
from communique.web.desk.asking import Ask, Reply
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.file_watch import FileWatch
from communique.web.desk.office import Office

_BUSY, _MINUTE = 503, 60


@dataclass(frozen=True)
class ChangePages:
    """`/changes`."""

    office: Office
    watch: FileWatch

    def table(self) -> list[DeskPage]:
        """Its address."""
        return [DeskPage(path="changes", show=self.listen, is_use=False)]

    def listen(self, ask: Ask) -> Reply:
        """Until the session ends, or a newer page of it takes its place."""
        if self.watch.is_full:
            return Reply(status=_BUSY, retry_after=_MINUTE, media_type="text/plain")
        return Reply(media_type="text/event-stream", stream=self._events(ask.session))

    def _events(self, session: str) -> AsyncIterator[bytes]:
        def looked_up() -> bool:
            with self.office.database.reading() as connection:
                officer, _ = officers.signed_in(connection, session, self.office.clock())
            return officer is not None

        return self.watch.stream(session, lambda: run_in_threadpool(looked_up))
