"""An operator copies the ledger by hand while mails go out; what becomes of each copy when it is opened."""

import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from communique import cli
from communique.send.mail_sink import LocalSink
from communique.store import ledger_file
from tests.daemon_process import DaemonProcess, wait_until
from tests.forked import Forked
from tests.killing import at_rest, due_now
from tests.workspaces import Town

_LEDGER = "communique.sqlite"
_SECONDS = 120  #: that a command may take for what takes one


def _folder(root: Path, to: Path) -> None:
    """Everything, file by file, in no order."""
    subprocess.run(["cp", "-r", str(root), str(to)], check=False)  # a file may be gone when its turn comes


def _database_alone(root: Path, to: Path) -> None:
    """Without its log of what was written last, on a machine that has sent nothing."""
    shutil.copytree(root, to, ignore=shutil.ignore_patterns("var"))
    (to / "var").mkdir()
    shutil.copy(root / "var" / _LEDGER, to / "var" / _LEDGER)


def _database_and_log(root: Path, to: Path) -> None:
    """One after the other, on a machine that has sent nothing."""
    _database_alone(root, to)
    with _unless_missing():
        shutil.copy(root / "var" / f"{_LEDGER}-wal", to / "var" / f"{_LEDGER}-wal")


KINDS: Sequence[Callable[[Path, Path], None]] = (_folder, _database_alone, _database_and_log)


@contextmanager
def _unless_missing() -> Iterator[None]:
    """What was there a moment ago need not be."""
    try:
        yield
    except FileNotFoundError:
        return


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What a copy has led to."""

    kind: str
    at: int  #: how many had a mail when it was begun
    said: str  #: when it was to send
    decided: str  #: of what a person decided
    twice: Sequence[str]  #: who had a second mail from it

    @property
    def broken(self) -> str:
        """What was promised and not kept."""
        if self.twice:
            return f"{len(self.twice)} have two mails: {self.twice[:5]}"
        if not ("EVERYTHING IS HELD" in self.said or "the file is damaged" in self.said):
            return f"neither held nor named as damaged: {self.said[-500:]}"
        if not ("may send again" in self.decided or "damaged" in self.decided):
            return f"there is no way out: {self.decided[-500:]}"
        return ""

    def __str__(self) -> str:
        """In one line."""
        state = "damaged" if "damaged" in self.said + self.decided else "held"
        return f"{self.kind} after {self.at} mails: {state}, {len(self.twice)} twice"


def copied_while_mails_go(town: Town, *, people: int, copies: int, chance: random.Random) -> list[Opened]:
    """So many copies at random times; each is opened when the daemon has sent everything, and then let go on."""
    due_now(town)
    town.invite(*(f"person{number}" for number in range(people)))
    with town.database.begin() as connection:
        ledger_file.adopt(connection)  # as one that was made there, and not copied for the test
    town.database.close()
    daemon, taken = DaemonProcess(town.root), list[tuple[str, int, Path]]()
    with LocalSink() as sink:
        town.settings("port: 25", f"port: {sink.port}")
        daemon.start()
        try:
            moments = sorted(chance.randrange(people) for _ in range(copies))
            for number, moment in enumerate(moments):
                wait_until(lambda moment=moment: len(sink.accepted) >= moment, f"{moment} mails", _SECONDS)  # type: ignore[misc]
                make, to = KINDS[number % len(KINDS)], town.root.parent / f"copy-{number}"
                taken.append((make.__name__.strip("_").replace("_", " "), len(sink.accepted), to))
                make(town.root, to)
            wait_until(lambda: at_rest(town) == people, "the end", _SECONDS)
            assert daemon.terminate() == 0
        finally:
            daemon.kill()
        return [_open(kind, at, copy, sink) for kind, at, copy in taken]


def _open(kind: str, at: int, copy: Path, sink: LocalSink) -> Opened:
    before = Counter(mail.recipients[0] for mail in sink.accepted)
    said = _command(copy, "run", "--once")
    decided = _command(copy, "resume", "--after-restore", "in-doubt", "--as", "Ana Gil")
    if "may send again" in decided:
        _command(copy, "run", "--once")
    now = Counter(mail.recipients[0] for mail in sink.accepted)
    shutil.rmtree(copy)
    return Opened(kind=kind, at=at, said=said, decided=decided, twice=[*(now - before)])


def _command(root: Path, *words: str) -> str:
    log = root.with_suffix(".log")
    log.unlink(missing_ok=True)
    Forked(_run, [root, words], {**os.environ, "COMMUNIQUE_KEY": "key"}, log).wait(_SECONDS)
    return log.read_text(encoding="utf-8")


def _run(root: Path, words: Sequence[str]) -> None:
    sys.argv = ["communique", "--workspace", str(root), *words]
    cli.main()
