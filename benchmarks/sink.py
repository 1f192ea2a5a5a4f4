"""Postfix's smtp-sink, fresh for every run: it takes mail on loopback, counts it and keeps none."""

import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.process_cost import bytes_read, cpu_seconds, running

ROOT = Path(__file__).parents[1]
INSTALLED = ROOT / "var" / "bench"
POSTFIX = INSTALLED / "postfix" / "usr"
_BACKLOG = 1000
_LINE = 200  #: bytes at the end of its counts: some counts
_COUNTED = re.compile(r"mesg=\s*(\d+)\s")
_TO_LISTEN, _TO_COUNT = 10, 10  #: seconds until it listens, and until it has counted the last message


@dataclass(frozen=True)
class Sink:
    """One that runs."""

    port: int
    process: int
    output: Path
    envelopes: Path | None  #: a file a message, with its recipient in it

    @property
    def messages(self) -> int:
        """How many it has taken."""
        with self.output.open("rb") as counts:
            counts.seek(max(0, counts.seek(0, os.SEEK_END) - _LINE))
            said = counts.read().decode("ascii")
        # The last count may be half written; the one before it is not.
        found = _COUNTED.findall(said)
        return int(found[-1]) if found else 0

    @property
    def cpu(self) -> float:
        """Seconds of processor time so far."""
        return cpu_seconds(self.process)

    @property
    def bytes(self) -> int:
        """All it has read."""
        return bytes_read(self.process)

    def recipients(self) -> list[str]:
        """Whom the messages were for, in no order. Only of a sink that keeps envelopes."""
        if self.envelopes is None:
            raise ValueError("this sink keeps no envelopes")
        found = []
        for file in self.envelopes.iterdir():
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
            found += [line.split("<")[1].rstrip(">") for line in lines if line.startswith("X-Rcpt-Args:")]
        return found

    def settled(self, expected: int) -> int:
        """How many it has taken, once that is as expected or nothing more comes."""
        until = time.monotonic() + _TO_COUNT
        while self.messages < expected and time.monotonic() < until:
            time.sleep(0.02)
        return self.messages


@contextmanager
def sink(*, envelopes: bool = False) -> Iterator[Sink]:
    """Start one and stop it; with `envelopes` it keeps each message in a file, which is slower.

    Raises:
        FileNotFoundError: it is not installed.
    """
    program = POSTFIX / "sbin" / "smtp-sink"
    if not program.exists():
        raise FileNotFoundError(f"{program} is missing: run `benchmarks/install sink`")
    port = free_port()
    with TemporaryDirectory() as folder:
        kept = Path(folder) / "envelopes"
        kept.mkdir()
        for each in (Path(folder), kept):
            each.chmod(0o777)
        output = Path(folder) / "counts"
        command = [str(program), *(["-u", "nobody"] if os.getuid() == 0 else []), "-c"]
        command += ["-d", f"{kept}/%M."] if envelopes else []
        command += [f"127.0.0.1:{port}", str(_BACKLOG)]
        environment = {**os.environ, "LD_LIBRARY_PATH": str(POSTFIX / "lib" / "postfix")}
        with output.open("wb") as counts, running(command, stdout=counts, env=environment) as process:
            wait_for(port)
            yield Sink(port=port, process=process.pid, output=output, envelopes=kept if envelopes else None)


def free_port() -> int:
    """A port on loopback that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    """Until something listens there.

    Raises:
        TimeoutError: nothing does.
    """
    until = time.monotonic() + _TO_LISTEN
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError(f"nothing listens on port {port}")
