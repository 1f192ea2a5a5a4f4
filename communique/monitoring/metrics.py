"""What Prometheus reads at `/metrics`. Names and units follow its rules; no label holds an address."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from sqlalchemy import Connection

from communique.installation import Installation
from communique.monitoring.health import Health
from communique.send.disk_reserve import DiskReserve
from communique.store import epochs
from communique.store.database import database_fault
from communique.store.deliveries import canaries, pauses, rests, tallies
from communique.store.deliveries.ended_attempts import EndedAttempts
from communique.store.deliveries.pauses import EVERYTHING
from communique.store.deliveries.tallies import Tally

#: Seconds; a mail server may take ten minutes to answer.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)


class Metrics:
    """The figures of one service: what it counts itself, what its health says, and what the ledger holds.

    The last is left to those that plan (`counts_ledger`), so that a sum over all machines is one.
    """

    def __init__(
        self, installation: Installation, health: Health, clock: Callable[[], datetime], *, counts_ledger: bool = True
    ) -> None:
        self.waiting = 0  #: announcements that are due and do not go
        self.reserve: DiskReserve | None = None
        self._installation = installation
        self._health = health
        self._clock = clock
        self._counts_ledger = counts_ledger
        self._ended = EndedAttempts()
        self._registry = CollectorRegistry()
        # When a series began is a second line for each, which nobody asks for.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        ProcessCollector(registry=self._registry)
        self._answers = Histogram(
            "communique_answer_seconds",
            "From the point of no return to the next system's answer.",
            ["channel"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._ticks = Counter("communique_ticks", "Ticks, by how they ended.", ["outcome"], registry=self._registry)
        self._faults = Counter(
            "communique_database_errors", "Times the ledger's database did not answer.", registry=self._registry
        )
        self._registry.register(_Figures(self._of_the_daemon))
        self._registry.register(_Figures(self._of_the_ledger))

    def answered(self, channel: str, took: timedelta) -> None:
        """A system has answered (or broken off) after the point of no return."""
        self._answers.labels(channel).observe(max(0.0, took.total_seconds()))  # the clock may be put back

    def ticked(self, outcome: str) -> None:
        """A tick has ended: `done`, `failed` or `stood_by`."""
        self._ticks.labels(outcome).inc()

    def database_failed(self) -> None:
        """The ledger's database did not answer."""
        self._faults.inc()

    def page(self, accepted: str) -> tuple[bytes, str]:
        """The page and its type, as `accepted` (an HTTP header) asks for."""
        encode, kind = choose_encoder(accepted)
        return encode(self._registry), kind

    def _of_the_daemon(self) -> Iterator[Metric]:
        _, found = self._health.report(self._clock())
        last = self._health.last_tick
        for name, what, value in (
            ("leads", "1 when this service works, 0 when it stands by.", found["leads"]),
            ("held", "1 when nothing at all goes out.", bool(found["held"])),
            ("file_problems", "Faults in files or settings that stop something.", len(found["problems"])),
            ("unbalanced_announcements", "Accounts that do not add up.", len(found["unbalanced"])),
            (
                "unread_mailboxes",
                "Mailboxes that could not be read when last looked at.",
                len(found["unread_mailboxes"]),
            ),
            ("waiting_announcements", "Announcements that are due and do not go.", self.waiting),
            ("last_tick_timestamp_seconds", "When work last got on; 0: not yet.", last.timestamp() if last else 0),
        ):
            yield GaugeMetricFamily(f"communique_{name}", what, float(value))
        if self.reserve is not None:
            yield GaugeMetricFamily("communique_disk_reserve_bytes", "Below it nothing is begun.", self.reserve.least)
            free = GaugeMetricFamily("communique_disk_free_bytes", "Room for a folder.", labels=["folder"])
            for folder in dict.fromkeys([*self.reserve.folders, *self.reserve.published]):
                with suppress(OSError):
                    free.add_metric([str(folder)], self.reserve.free(folder))
            yield free

    def _of_the_ledger(self) -> Iterator[Metric]:
        found: list[Metric] = []
        answers = True
        try:
            with closing(self._installation.database()) as database, database.reading() as connection:
                epochs.current(connection)
                if self._counts_ledger:
                    found = self._counted(connection)
        except Exception as error:
            if not database_fault(error):
                raise
            answers = False
            self.database_failed()
        yield GaugeMetricFamily("communique_ledger_up", "1 when the ledger's database answers.", float(answers))
        yield from found

    def _counted(self, connection: Connection) -> list[Metric]:
        return [
            _gauge("deliveries", "Copies, by where they stand.", tallies.by_state(connection), "state"),
            _attempts(self._ended.tallies(connection, self._clock())),
            _gauge("returned_deliveries", "Mails that came back.", tallies.returned(connection), "verdict"),
            _gauge("leases", "Copies that a worker has under way.", tallies.leased(connection)),
            _gauge(
                "overdue_deliveries",
                "Copies still owed five minutes after their time.",
                tallies.overdue(connection, self._clock()),
            ),
            _channels(
                "paused",
                "1 for a channel that a person has told to wait; `*`: all of them.",
                ("*" if each.channel == EVERYTHING else each.channel for each in pauses.paused(connection)),
            ),
            _channels(
                "resting",
                "1 for a channel that cannot be used at present.",
                (each.channel for each in rests.resting(connection)),
            ),
            _gauge(
                "stopped_deliveries", "Copies that wait because too many others came back.", tallies.stopped(connection)
            ),
            GaugeMetricFamily(
                "communique_canary_last_arrival_timestamp_seconds",
                "When the last canary that arrived was found in its mailbox; 0: none has.",
                came.timestamp() if (came := canaries.last_arrival(connection)) else 0,
            ),
        ]


class _Figures(Collector):
    """Figures that are looked for when they are asked for."""

    def __init__(self, look: Callable[[], Iterator[Metric]]) -> None:
        self._look = look

    def collect(self) -> Iterator[Metric]:
        """All of them."""
        return self._look()

    def describe(self) -> Sequence[Metric]:
        """Unknown before they are asked for: nothing is looked up when the daemon begins."""
        return ()


def _gauge(name: str, what: str, found: Sequence[Tally], kind: str = "") -> Metric:
    family = GaugeMetricFamily(f"communique_{name}", what, labels=["mode", "channel", *filter(None, [kind])])
    for each in found:
        family.add_metric([each.mode, each.channel, *([each.what] if kind else [])], each.count)
    return family


def _attempts(found: Sequence[Tally]) -> Metric:
    family = CounterMetricFamily(
        "communique_attempts", "Tries, by how they ended.", labels=["mode", "channel", "outcome"]
    )
    for each in found:
        family.add_metric([each.mode, each.channel, each.what], each.count)
    return family


def _channels(name: str, what: str, channels: Iterable[str]) -> Metric:
    family = GaugeMetricFamily(f"communique_{name}", what, labels=["channel"])
    for each in channels:
        family.add_metric([each], 1)
    return family
