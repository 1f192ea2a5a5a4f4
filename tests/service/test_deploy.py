"""What `deploy/` tells machines to run exists: commands, options, variables, ports, files."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from ruamel.yaml import YAML

from communique import environment
from communique.cli import group
from communique.commands.runs import run_command
from communique.monitoring.health import STOPPED_AFTER

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
#: What the program reads of its environment, each also as NAME_FILE.
_VARIABLES = {"COMMUNIQUE_WORKSPACE", environment.KEY, "DATABASE_URL"}


def _compose() -> Any:
    return YAML(typ="safe").load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def _commands() -> Iterator[tuple[str, list[str]]]:
    """Where, and the words after `communique`."""
    for name, service in _compose()["services"].items():
        if "command" in service:
            yield f"compose: {name}", service["command"]
    for unit in UNITS:
        (line,) = re.findall(r"^ExecStart=\S+/communique (.+)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
        yield unit.name, shlex.split(line.replace("%i", "1"))


@pytest.mark.parametrize(("where", "words"), list(_commands()))
def test_what_is_started_can_be(where: str, words: list[str]) -> None:
    """As `communique run` understands it; the part is that of the unit's name."""
    command, *arguments = words
    assert group.commands.get(command, group.get_command(click.Context(group), command)) is run_command
    given = run_command.make_context("run", arguments).params
    part = re.search(r"clock|worker|web$|web\.", where)
    assert given["part"] == (part[0].rstrip(".") if part else None)


def test_units_differ_in_what_they_are_and_in_nothing_else() -> None:
    """Each is as hardened as the first."""
    own = re.compile(r"#|Description=|ExecStart=|LoadCredential=|Environment=\w+_FILE=")
    shared = [[line for line in unit.read_text(encoding="utf-8").splitlines() if not own.match(line)] for unit in UNITS]
    assert len(UNITS) == 4
    assert all(lines == shared[0] for lines in shared)


def test_no_two_parts_on_one_machine_want_the_same_port() -> None:
    """But the daemon and the web server, of which there is one."""
    ports = {unit.name: re.search(r"--port (\S+)$", unit.read_text(encoding="utf-8"), re.MULTILINE) for unit in UNITS}
    found = [match[1] for name, match in ports.items() if match and name != "communique.service"]
    assert len(set(found)) == 3


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_each_unit(unit: Path) -> None:
    """The watchdog's patience is that of the health page, too."""
    assert f"WatchdogSec={STOPPED_AFTER.total_seconds() / 60:.0f}min\n" in unit.read_text(encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit).replace("@.", "@1.")], capture_output=True, text=True, check=False
    )
    said = [line for line in done.stderr.splitlines() if "communique" in line and "is not executable" not in line]
    assert said == []


def test_variables_are_those_that_the_program_reads() -> None:
    """In units and in the compose file, as the name of a file with a secret."""
    named = set(_compose()["x-part"]["environment"])
    for unit in UNITS[:-1]:
        named |= set(re.findall(r"^Environment=(\w+)=", unit.read_text(encoding="utf-8"), re.MULTILINE))
    named |= set(re.findall(r"\b(COMMUNIQUE_\w+)=", (DEPLOY / "Containerfile").read_text(encoding="utf-8")))
    ours = {name for name in named if not name.startswith(("PYTHON", "MASTODON"))}
    assert {name.removesuffix("_FILE") for name in ours} == _VARIABLES


def test_every_secret_and_volume_of_the_compose_file_is_declared() -> None:
    """And each is used; the database is a healthy one before a part begins."""
    found = _compose()
    services = found["services"].values()
    assert {name for each in services for name in each["secrets"]} == set(found["secrets"])
    mounted = {volume.partition(":")[0] for each in services for volume in each["volumes"]}
    assert {name for name in mounted if not name.startswith(".")} == set(found["volumes"])
    paths = [path for name, path in found["x-part"]["environment"].items() if name.endswith("_FILE")]
    assert {Path(path).name for path in paths} == set(found["x-part"]["secrets"])
    assert "healthcheck" in found["services"]["database"]
    assert found["services"]["worker"]["deploy"]["replicas"] == 2


def test_what_the_container_file_copies_is_there() -> None:
    """And is all that a wheel is made from, and all that is sent to who makes the image: no ledger and no secrets."""
    copied = re.findall(r"^COPY (.+) \S+$", (DEPLOY / "Containerfile").read_text(encoding="utf-8"), re.MULTILINE)
    files = [name for line in copied for name in line.split()]
    assert [name for name in files if not (DEPLOY.parent / name).exists()] == []
    sent = (DEPLOY.parent / ".dockerignore").read_text(encoding="utf-8").split()
    assert {name.removeprefix("!") for name in sent if name.startswith("!")} == set(files)
    packed = re.search(r"only-include = \[(.+)\]", (DEPLOY.parent / "pyproject.toml").read_text(encoding="utf-8"))
    assert packed
    assert set(re.findall(r'"([^"]+)"', packed[1])) <= set(files)
