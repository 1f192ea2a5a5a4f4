"""One sender, once: against a fresh sink, its messages counted there, its numbers checked."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.peers import Sender
from benchmarks.sink import INSTALLED, ROOT, free_port, sink

_MOST_SECONDS = 900  #: of one run


class MeasureError(Exception):
    """A run that must not be counted; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one run took."""

    sender: str
    connections: int
    round_trip_ms: int
    sent: int
    seconds: float
    cpu: float  #: the sender's, in seconds
    sink_cpu: float
    peak_rss: int  #: the sender's, in bytes
    bytes_each: float  #: at the sink, with the envelope

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.sent / self.seconds

    def as_json(self) -> dict[str, Any]:
        """For results.json."""
        return {**asdict(self), "rate": self.rate}


def run(sender: Sender, number: int, connections: int, *, round_trip_ms: int = 0) -> Run:
    """Send so many.

    Raises:
        MeasureError: the sender failed, or the sink counted another number.
    """
    with sink() as receiver, _wire(receiver.port, round_trip_ms) as port:
        read, cpu = receiver.bytes, receiver.cpu
        said = _said(sender, [str(number), str(connections), str(port), *sender.after])
        counted = receiver.settled(number)
        if not counted == number == said["sent"]:
            raise MeasureError(f"{sender.name}: asked for {number}, it sent {said['sent']}, the sink took {counted}")
        return Run(
            sender=sender.name,
            connections=connections,
            round_trip_ms=round_trip_ms,
            sent=number,
            seconds=said["seconds"],
            cpu=said["cpu"],
            sink_cpu=receiver.cpu - cpu,
            peak_rss=said["peak_rss"],
            bytes_each=(receiver.bytes - read) / number,
        )


def _said(sender: Sender, arguments: list[str]) -> dict[str, Any]:
    try:
        done = subprocess.run(
            [*sender.command, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=_MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise MeasureError(f"{sender.name}: not done after {_MOST_SECONDS} seconds") from error
    if done.returncode:
        raise MeasureError(f"{sender.name}: {done.stderr.strip()[-2000:] or f'ended with {done.returncode}'}")
    said: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return said


@contextmanager
def _wire(target: int, round_trip_ms: int) -> Iterator[int]:
    """The port to send to: the sink's own, or one behind a wire on which a round trip takes so long."""
    if not round_trip_ms:
        yield target
        return
    port = free_port()
    command = [str(INSTALLED / "bin" / "delay-proxy"), str(port), str(target), str(round_trip_ms * 500)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as proxy:
        if proxy.stdout is None or proxy.stdout.readline() != b"ready\n":
            raise MeasureError("the delay proxy does not listen")
        try:
            yield port
        finally:
            proxy.kill()
