"""Work in a process of its own: what it takes in memory, or breaks, is not the daemon's.

Libraries that print, draw and code end a process that has no memory left, and the system ends the largest one. Here
that is a process which does nothing else: what is in it is put off, everything else goes on, and the next work has a
new one. It takes an order as a line of JSON with the lengths of what follows, and then these bytes; it answers alike,
and ends with whoever asks, or when nobody asks.
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
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, cast

from communique.phrase import data_of, from_data, told_by

#: Of one thing that is ordered or made: what can be said in JSON, and bytes.
Piece = tuple[Any, Sequence[bytes]]

_IDLE = 60  #: seconds without an order after which it ends: it holds a hundred megabytes
_LEAVE = 1  #: seconds it has to end by itself
#: Of the processes that the system may end for want of memory; 0 is what others have, 1000 the most.
_FIRST_TO_GO = "500"


class EndedError(Exception):
    """The process ended under what it was asked; `code` is its exit code, or the signal (negative)."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class BrokenWorkError(Exception):
    """Something is wrong in what works there: the name of the error, and its words."""

    def __init__(self, kind: str, told: str) -> None:
        super().__init__(kind, told)
        self.kind, self.told = kind, told


class OwnProcess:
    """One process, begun with the first order, and anew when it has ended; orders go one after the other.

    Args:
        module: what it runs, which calls `serve`.
        refusals: errors that come back as what they were raised as there.
    """

    def __init__(self, module: str, refusals: Sequence[type[Exception]] = ()) -> None:
        self._module, self._refusals = module, {each.__name__: each for each in refusals}
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.close)

    def ask(self, order: object, parts: Sequence[bytes] = ()) -> Piece:
        """What is made of an order.

        Raises:
            EndedError: the process ended under it.
            MemoryError: it may not have as much as it takes.
            BrokenWorkError: any other error but a refusal.
        """
        head = json.dumps({"told": order, "sizes": [len(each) for each in parts]}).encode() + b"\n"
        with self._lock:
            for _ in range(2):
                if (answer := self._answer([head, *parts])) is not None:
                    return answer
                if code := self._ended():  # 0: it had nothing to do for long, and has just taken its leave
                    break
        raise EndedError(code)

    @property
    def pid(self) -> int | None:
        """Of the process; None: there is none."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def close(self) -> None:
        """End it, if there is one."""
        with self._lock:
            self._ended()

    def _answer(self, asked: Sequence[bytes]) -> Piece | None:
        """None: it is gone."""
        if self._process is None or self._process.poll() is not None:  # of a fork's, too
            self._ended()
            self._process = _begun(self._module)
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
        if "kind" in said:
            raise self._error(said)
        made = [taken.read(size) for size in said["sizes"]]
        return (said["told"], made) if [len(each) for each in made] == said["sizes"] else None

    def _error(self, said: Any) -> Exception:
        if said["kind"] == MemoryError.__name__:
            return MemoryError()
        if refusal := self._refusals.get(said["kind"]):
            return refusal(from_data(said["told"]))
        return BrokenWorkError(said["kind"], str(from_data(said["told"])))

    def _ended(self) -> int:
        """End it; its exit code."""
        process, self._process = self._process, None
        return 0 if process is None else _end(process)


def _end(process: subprocess.Popen[bytes]) -> int:
    with process:  # closes what it reads, upon which it ends; what it makes for nobody is not waited for
        with contextlib.suppress(BrokenPipeError):
            cast("IO[bytes]", process.stdin).close()
        try:
            return process.wait(_LEAVE)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


def of_ours(module: str, *words: str) -> tuple[list[str], dict[str, str]]:
    """Command and environment with which this Python runs a module of ours, wherever it is begun."""
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    return [sys.executable, "-P", "-m", module, *words], {**os.environ, "PYTHONPATH": path}


def _begun(module: str) -> subprocess.Popen[bytes]:
    command, environment = of_ours(module)
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - ours


def serve(work: Callable[[Any, Sequence[bytes]], Piece]) -> None:
    """Do what is asked on standard input, in a process that does nothing else."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asks decides when it ends
    with contextlib.suppress(OSError):  # another system, or one that lets nobody say so
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO, encoding="ascii")
    # Whoever asked may be gone, killed even, before the answer is there: then it is nobody's, and nobody's fault.
    with contextlib.suppress(BrokenPipeError), os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # what a library prints is no answer
        _serve(work, sys.stdin.buffer, answers)


def _serve(work: Callable[[Any, Sequence[bytes]], Piece], asked: IO[bytes], answers: IO[bytes]) -> None:
    """Until whoever asks is gone, or nobody has asked for a while. A line is read whole before the next can come."""
    while select.select([asked], [], [], _IDLE)[0] and (line := asked.readline()).endswith(b"\n"):
        order = json.loads(line)
        parts = [asked.read(size) for size in order["sizes"]]
        if [len(each) for each in parts] != order["sizes"]:  # gone in the middle of it
            return
        made: Sequence[bytes] = ()
        try:
            told, made = work(order["told"], parts)
        except Exception as error:  # noqa: BLE001 - one order that breaks it must not stop the others
            said: dict[str, object] = {"kind": type(error).__name__, "told": data_of(told_by(error))}
        else:
            said = {"told": told, "sizes": [len(each) for each in made]}
        answers.write(json.dumps(said).encode() + b"\n")
        for each in made:
            answers.write(each)
        answers.flush()
