"""What commands load: whoever only looks does not wait for what only senders need."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: Libraries that take long to load, and are for those who post, or for a daemon.
_SLOW = {"atproto", "atproto_client", "pkg_resources", "prometheus_client", "tweepy", "uvicorn"}
_PROGRAM = """
import sys
from communique.cli import main
try:
    main()
except SystemExit:
    pass
print("LOADED", *sys.modules)
"""
_READING = """
import sys
from pathlib import Path
from channels import KINDS
from communique import environment
from communique.installation import Installation
from communique.send import dispatch
variables = {environment.KEY: "0" * 64}
workspace, _ = Installation(root=Path("benchmarks/workspace"), variables=variables, kinds=KINDS).read()
print(len(workspace.campaigns), "LOADED", *sys.modules)
"""


@pytest.mark.parametrize("command", [["--help"], ["check"], ["plan"]], ids=" ".join)
def test_looking_loads_no_network_client(command: list[str], tmp_path: Path) -> None:
    """Not even for the shipped campaigns, which post to every network: their lengths are counted without."""
    workspace = tmp_path / "workspace"
    _run(["init", str(workspace)])
    loaded = _run(["--workspace", str(workspace), *command]).rpartition("LOADED")[2].split()
    assert _SLOW.intersection(loaded) == set()


def test_help_waits_for_no_models() -> None:
    """Who asks what the commands are reads no file, and needs nothing that checks one."""
    assert {"pydantic", "jinja2", "sqlalchemy"}.isdisjoint(_run(["--help"]).rpartition("LOADED")[2].split())


def test_a_sender_reads_its_workspace_without_what_looks_for_mistakes_in_texts() -> None:
    """Each megabyte counts in a process that sends to a million people."""
    done = subprocess.run([sys.executable, "-c", _READING], cwd=ROOT, check=True, capture_output=True, text=True)
    campaigns, _, loaded = done.stdout.partition("LOADED")
    assert int(campaigns) == 1
    assert "communique.read.fact_checks" in loaded.split()
    assert {"regex", "communique.plan.preflight"}.isdisjoint(loaded.split())


def _run(arguments: list[str]) -> str:
    command = [sys.executable, "-c", _PROGRAM, *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
