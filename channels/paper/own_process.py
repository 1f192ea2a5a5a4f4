"""A press in a process of its own: what printing takes in memory, or breaks, is not the daemon's.

Pango and WeasyPrint end a process that has no memory left, and the system ends the largest one. Here that is the
press: what is in it is put off, everything else goes on, and the next document has a new press. It takes a document as
a line of JSON, or the lengths of those that are to be bound, and then their bytes; it answers with a line and the bytes
of the PDF, and ends with whoever asks, or when nobody asks.
"""

import atexit
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any, cast

from channels.paper.binding import bound
from channels.paper.press import Press, Printed
from communique.channel import (
    ChannelError,
    PermanentError,
    TemporaryError,
    UnavailableError,
    data_of,
    from_data,
    phrase,
    told_by,
)

_MODULE = "channels.paper.own_process"
_IDLE = 60  #: seconds without a document after which it ends: it holds a hundred megabytes
_LEAVE = 1  #: seconds it has to end by itself
#: Of the processes that the system may end for want of memory; 0 is what others have, 1000 the most.
_FIRST_TO_GO = "500"
_REFUSALS = {each.__name__: each for each in (PermanentError, UnavailableError)}


class OwnProcess:
    """As `Press.print`, and `bound`; the process is begun with the first document, and anew when it has ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.close)

    def print(self, html: str, style: str, closers: Sequence[str] = ()) -> Printed:
        """A whole document, tagged.

        Raises:
            UnavailableError: the machine lacks what it takes.
            PermanentError: it asks for a file or an address.
            TemporaryError: the process ended under it, or something is wrong in what prints.
            MemoryError: it may not have as much as it takes.
        """
        return self._asked([json.dumps([html, style, closers]).encode() + b"\n"])

    def bind(self, documents: Iterable[Printed]) -> bytes:
        """Several documents as one file, as `bound` does it.

        Raises:
            TemporaryError, MemoryError: as `print`.
        """
        parts = list(documents)
        order = {"bind": [(len(each.data), each.pages) for each in parts]}
        return self._asked([json.dumps(order).encode() + b"\n", *(each.data for each in parts)]).data

    def _asked(self, asked: Sequence[bytes]) -> Printed:
        with self._lock:
            for _ in range(2):
                if printed := self._answer(asked):
                    return printed
                if code := self._ended():  # 0: it had nothing to do for long, and has just taken its leave
                    break
        raise TemporaryError(
            phrase(
                "what makes PDFs was ended ({code}): most often there is not enough memory; raise the limit "
                "(`MemoryMax=` of the service), or give the machine more",
                code=code,
            )
        )

    @property
    def pid(self) -> int | None:
        """Of the process; None: there is none."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def close(self) -> None:
        """End it, if there is one."""
        with self._lock:
            self._ended()

    def _answer(self, asked: Sequence[bytes]) -> Printed | None:
        """None: it is gone."""
        if self._process is None or self._process.poll() is not None:
            self._ended()
            self._process = _begun()
        given, taken = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)
        try:
            for each in asked:
                given.write(each)
            given.flush()
        except BrokenPipeError:
            return None
        head = taken.readline()
        if not head.endswith(b"\n"):
            return None
        said = json.loads(head)
        if "pages" not in said:
            raise _error(said)
        data = taken.read(said["size"])
        return Printed(data, said["pages"]) if len(data) == said["size"] else None

    def _ended(self) -> int:
        """End it; its exit code."""
        process, self._process = self._process, None
        return 0 if process is None else _end(process)


def _end(process: subprocess.Popen[bytes]) -> int:
    with process:  # closes what it reads, upon which it ends; what it prints for nobody is not waited for
        with contextlib.suppress(BrokenPipeError):
            cast("IO[bytes]", process.stdin).close()
        try:
            return process.wait(_LEAVE)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


def _begun() -> subprocess.Popen[bytes]:
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(  # noqa: S603 - this Python, and a module of ours
        [sys.executable, "-P", "-m", _MODULE],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _error(said: Any) -> Exception:
    if said["kind"] == MemoryError.__name__:
        return MemoryError()
    if refusal := _REFUSALS.get(said["kind"]):
        return refusal(from_data(said["told"]))
    return TemporaryError(phrase("unexpected: {kind}: {error}", kind=said["kind"], error=said["told"]))


def _serve(asked: IO[bytes], answers: IO[bytes]) -> None:
    """Until whoever asks is gone, or nobody has asked for a while. A line is read whole before the next can come."""
    press = Press()
    while select.select([asked], [], [], _IDLE)[0] and (line := asked.readline()):
        order = json.loads(line)
        data = b""
        try:
            printed = _bound(order["bind"], asked) if isinstance(order, dict) else press.print(*order)
        except ChannelError as error:
            said: dict[str, object] = {"kind": type(error).__name__, "told": data_of(told_by(error))}
        except Exception as error:  # noqa: BLE001 - one letter that breaks the press must not stop the others
            said = {"kind": type(error).__name__, "told": str(error)}
        else:
            said, data = {"pages": printed.pages, "size": len(printed.data)}, printed.data
        answers.write(json.dumps(said).encode() + b"\n" + data)
        answers.flush()


def _bound(parts: Sequence[tuple[int, int]], asked: IO[bytes]) -> Printed:
    documents = [Printed(asked.read(size), pages) for size, pages in parts]
    return Printed(bound(documents), sum(each.pages for each in documents))


def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asks decides when it ends
    with contextlib.suppress(OSError):  # another system, or one that lets nobody say so
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO, encoding="ascii")
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # what a library prints is no answer
        _serve(sys.stdin.buffer, answers)


#: Of all channels of this process: documents are printed one after the other.
SHARED = OwnProcess()

if __name__ == "__main__":
    _main()
