"""One sender, once: against a fresh sink, its messages counted there, its numbers checked."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.peers import Sender
from benchmarks.process_cost import Cost, observed, running
from benchmarks.sink import INSTALLED, ROOT, Sink, free_port, sink

_MOST_SECONDS = 1800  #: of one run
_OTHER_DATABASE = "DATABASE_URL"


class MeasureError(Exception):
    """A run that must not be counted; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one run took."""

    sent: int
    seconds: float  #: of sending alone, as the sender says
    seconds_whole: float  #: from the start of its process to the end
    cpu: float  #: the sender's, in seconds: all that the kernel counts after it has begun to send
    cpu_whole: float
    sink_cpu: float
    peak_rss: int  #: of the sender's processes, in bytes
    bytes_each: float  #: at the sink, with the envelope
    until_first: float  #: seconds from the start of its process until the sink had the first mail
    flow: float  #: seconds a mail, from there to the last mail
    prepared: dict[str, float]  #: what a process before it took: seconds of each step

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.sent / self.seconds

    def as_json(self) -> dict[str, Any]:
        """For the results."""
        return {**asdict(self), "rate": self.rate}


@dataclass
class _Progress:
    """When the sink had its first mail, and when its last."""

    receiver: Sink
    first: tuple[float, int] = (0.0, 0)
    last: tuple[float, int] = field(default=(0.0, 0))

    def look(self, passed: float) -> None:
        taken = self.receiver.messages
        if taken and not self.first[1]:
            self.first = (passed, taken)
        if taken > self.last[1]:
            self.last = (passed, taken)

    @property
    def flow(self) -> float:
        """Seconds a mail between the two; nothing when they came within one look."""
        return (self.last[0] - self.first[0]) / max(self.last[1] - self.first[1], 1)


def run(
    sender: Sender,
    number: int,
    connections: int,
    *,
    round_trip_ms: int = 0,
    database: str = "",
    look_every: float = 0.01,
) -> Run:
    """Send so many; to a ledger in `database`, where the sender has one.

    Raises:
        MeasureError: the sender failed, or the sink counted another number.
    """
    with (
        tempfile.TemporaryDirectory(prefix="communique-bench-") as folder,
        sink() as receiver,
        _wire(receiver.port, round_trip_ms) as port,
    ):
        values = {"folder": folder, "number": number, "connections": connections, "port": port}
        alone = {name: value for name, value in os.environ.items() if name != _OTHER_DATABASE}
        environment = {**alone, **sender.environment, **({_OTHER_DATABASE: database} if database else {})}
        prepared = json.loads(_done(sender, sender.prepare, values, environment).output) if sender.prepare else {}
        read, cpu, progress = receiver.bytes, receiver.cpu, _Progress(receiver)
        done = _done(sender, sender.command, values, environment, progress, look_every)
        said = _said(done, number, silent=sender.is_silent)
        counted = receiver.settled(number)
        if not counted == number == said["sent"]:
            raise MeasureError(f"{sender.name}: asked for {number}, it sent {said['sent']}, the sink took {counted}")
        return Run(
            sent=number,
            seconds=said["seconds"],
            seconds_whole=done.seconds,
            cpu=done.cpu - said["cpu_before"],
            cpu_whole=done.cpu,
            sink_cpu=receiver.cpu - cpu,
            peak_rss=done.peak_rss,
            bytes_each=(receiver.bytes - read) / number,
            until_first=progress.first[0],
            flow=progress.flow,
            prepared=prepared,
        )


def _done(
    sender: Sender,
    command: tuple[str, ...],
    values: dict[str, Any],
    environment: dict[str, str],
    progress: _Progress | None = None,
    every: float = 0.01,
) -> Cost:
    try:
        done = observed(
            [word.format(**values) for word in command],
            within=ROOT,
            environment=environment,
            most_seconds=_MOST_SECONDS,
            look=progress.look if progress else lambda _passed: None,
            every=every,
        )
    except TimeoutError as error:
        raise MeasureError(f"{sender.name}: {error}") from error
    if done.code:
        raise MeasureError(f"{sender.name}: {done.errors.strip()[-2000:] or f'ended with {done.code}'}")
    return done


def _said(done: Cost, number: int, *, silent: bool) -> dict[str, Any]:
    if silent:  # timed from outside: what little it does before it sends counts as sending
        return {"sent": number, "seconds": done.seconds, "cpu_before": 0.0}
    said: dict[str, Any] = json.loads(done.output.strip().splitlines()[-1])
    return said


@contextmanager
def _wire(target: int, round_trip_ms: int) -> Iterator[int]:
    """The port to send to: the sink's own, or one behind a wire on which a round trip takes so long."""
    if not round_trip_ms:
        yield target
        return
    port = free_port()
    command = [str(INSTALLED / "bin" / "delay-proxy"), str(port), str(target), str(round_trip_ms * 500)]
    if not Path(command[0]).exists():
        raise MeasureError("the delay proxy is not installed")
    with running(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as proxy:
        if proxy.stdout is None or proxy.stdout.readline() != b"ready\n":
            raise MeasureError("the delay proxy does not listen")
        yield port
        for pipe in (proxy.stdin, proxy.stdout):
            if pipe is not None:
                pipe.close()
