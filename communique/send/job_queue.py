"""Batches of due deliveries as jobs of procrastinate, in a schema of its own beside the ledger.

A job says only `some of this channel`. What is owed, to whom, and who has it is in the ledger: a queue that is lost,
or remembers a dead worker's job, costs nothing, because the clock defers anew what the ledger says is due.
"""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from math import ceil

from procrastinate import App, PsycopgConnector, __version__
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status
from procrastinate.schema import SchemaManager
from psycopg import Error

from communique.delivery import Mode
from communique.store import job_tables
from communique.store.database import Database
from communique.store.engine import DatabaseError

BATCH = 100  #: deliveries a job: some seconds of work even through a slow server
_MOST_JOBS = 100  #: waiting at once, a channel
_TASK = "send"


@dataclass(frozen=True, kw_only=True)
class JobQueue:
    """The jobs of one ledger in one mode: an `Executor` for the clock, and work for workers."""

    database: Database
    mode: Mode

    def carry_out(self, due: Mapping[str, int]) -> int:
        """Defer a job a batch; those that wait already are not deferred twice. How many were."""
        deferred = 0
        with self._words(), self._app().open() as app:
            for channel, count in due.items():
                queue = self._queue(channel)
                for number in range(min(ceil(count / BATCH), _MOST_JOBS)):
                    job = app.configure_task(_TASK, queue=queue, queueing_lock=f"{queue}/{number}")
                    with suppress(AlreadyEnqueued):
                        job.defer(channel=channel)
                        deferred += 1
        return deferred

    def work(self, channels: Collection[str], carry_out: Callable[[str], object], *, name: str) -> None:
        """Do what waits for these channels, job after job, until nothing is left. `name`: the worker's, for its log.

        Raises:
            DatabaseError: the queue does not answer.
        """
        if not channels:  # to procrastinate, no queues are all of them
            return
        failures: list[Exception] = []
        app = self._app()

        @app.task(name=_TASK)
        def _send(channel: str) -> None:
            if failures:
                return
            try:
                carry_out(channel)
            except Exception as error:  # noqa: BLE001 - told below, once the queue is closed
                failures.append(error)

        queues = [self._queue(channel) for channel in channels]
        with self._words():
            asyncio.run(_work(app, queues, name))
        if failures:
            raise failures[0]

    def _queue(self, channel: str) -> str:
        """A worker in trial mode takes no live jobs."""
        return f"{self.mode}/{channel}"

    def _app(self) -> App:
        schema = job_tables.make(self.database, __version__, SchemaManager.get_schema())
        options = job_tables.connection_options(schema)
        connector = PsycopgConnector(conninfo=job_tables.address(self.database), kwargs=options, min_size=1)
        return App(connector=connector)

    @contextmanager
    def _words(self) -> Iterator[None]:
        """What goes wrong, in a sentence."""
        try:
            yield
        except (ConnectorException, Error) as error:
            found = " ".join(str(error.__cause__ or error).split())
            raise DatabaseError(f"expected the queue in the ledger's database to answer, found: {found}") from error


async def _work(app: App, queues: list[str], name: str) -> None:
    async with app.open_async():
        for stalled in await app.job_manager.get_stalled_jobs():
            with suppress(ConnectorException):  # another worker was quicker
                await app.job_manager.finish_job(stalled, Status.FAILED, delete_job=True)
        await app.run_worker_async(
            queues=queues,
            name=name,
            wait=False,
            listen_notify=False,
            delete_jobs="always",
            install_signal_handlers=False,
        )
