"""The command line, run in this process as its entry point runs it."""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import scheduler
from communique.cli import main


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    text: str
    errors: str

    @property
    def json(self) -> Any:
        """Its JSON."""
        return json.loads(self.text)


@dataclass(frozen=True)
class CommandLine:
    """`communique --workspace …` at a fixed time."""

    root: Path
    patch: pytest.MonkeyPatch
    names_workspace: bool = True  #: otherwise it is looked for from the current folder

    def __call__(self, *words: str, now: datetime | None = None) -> Said:
        """Run a command; `now` stands from then on."""
        if now is not None:
            self.patch.setattr(scheduler, "now", lambda: now)
        where = ["--workspace", str(self.root)] if self.names_workspace else []
        self.patch.setattr(sys, "argv", ["communique", *where, *words])
        text, errors = io.StringIO(), io.StringIO()
        with redirect_stdout(text), redirect_stderr(errors), pytest.raises(SystemExit) as ended:
            main()
        assert "Traceback" not in errors.getvalue()
        return Said(int(ended.value.code or 0), text.getvalue(), errors.getvalue())


def at(root: Path, patch: pytest.MonkeyPatch, now: datetime) -> CommandLine:
    """The command line of a workspace with a key for links, at a time."""
    patch.setenv("COMMUNIQUE_KEY", "key")
    patch.setattr(scheduler, "now", lambda: now)
    patch.setattr(scheduler, "machine_clock", lambda: None)
    return CommandLine(root, patch)
