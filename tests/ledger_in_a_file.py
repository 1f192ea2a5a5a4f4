"""A town whose ledger is a file of its own, to be copied, moved and put back, whatever database the tests run on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from communique.send.mail_sink import LocalSink
from tests.command_line import CommandLine
from tests.workspaces import Town, build


@contextmanager
def in_a_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Town, LocalSink, CommandLine]]:
    """The town, with Ana to write to, who takes its mail, and the command line in it."""
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    made = build(folder / "here")
    made.invite("ana")
    with LocalSink() as sink:
        made.settings("port: 25", f"port: {sink.port}")
        yield made, sink, CommandLine(made.root, monkeypatch)
    made.database.close()
