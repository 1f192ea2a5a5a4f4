"""Loads what a daemon loads, and does once what it does in a tick: what is forked from here need not."""

import logging
import tempfile
from pathlib import Path

import scheduler
from channels import KINDS
from communique import cli  # noqa: F401
from communique.commands import runs  # noqa: F401
from communique.monitoring import metrics  # noqa: F401
from communique.service import daemon, machines  # noqa: F401
from tests import daemon_process, machine_processes, statements, unattended  # noqa: F401
from tests.workspaces import build

assert all(KINDS.values())
statements.share()
logging.disable()  # a town without accounts elsewhere has something to say about it
with tempfile.TemporaryDirectory(prefix="communique-warm-") as _folder:
    _town = build(Path(_folder))
    _town.invite("ana")
    _town.run()
    assert _town.account() == "1 planned = 1 sent"
    scheduler.run(_town.installation, _town.clock, once=True)
    _town.database.close()
logging.disable(logging.NOTSET)
