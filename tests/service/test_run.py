"""`communique run` where it cannot begin: a sentence, an exit code, and nothing sent."""

import logging
import socket
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest

from communique.monitoring.health import Health
from communique.service.daemon import Daemon
from communique.web.server import serving
from tests.command_line import CommandLine, at
from tests.workspaces import START, Town


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line in a town where something is due."""
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    town.invite("ana")
    return CommandLine(town.root, monkeypatch)


def test_a_port_that_another_program_has_is_said_in_a_sentence(line: CommandLine, town: Town) -> None:
    """Which one, why, and what to do; nothing is frozen by a daemon whose pages nobody could reach."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = line("run", "--port", str(port), now=START)

    assert said.code == 1
    assert f"127.0.0.1, port {port}: Address already in use;" in said.errors
    assert "choose another one with --port (0 for no pages)" in said.errors
    assert "--port" in said.errors
    assert said.errors.count("\n") == 1
    assert town.balances() == {}


@pytest.mark.parametrize("port", ["65536", "-1", "http"])
def test_what_is_no_port_is_refused(line: CommandLine, port: str) -> None:
    """Before anything is opened, with what was found."""
    said = line("run", "--port", port)

    assert said.code == 64
    assert "Invalid value for '--port'" in said.errors
    assert port in said.errors


def test_the_pages_are_for_this_machine_alone(town: Town) -> None:
    """They listen at 127.0.0.1 and at no other address; a web server in front of them decides what the world sees."""
    with serving(Health(), town.installation, town.clock, 0) as port:
        socket.create_connection(("127.0.0.1", port)).close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port))


@pytest.mark.parametrize("part", ["clock", "worker", "web"])
def test_parts_need_a_shared_ledger_and_a_shared_key(
    line: CommandLine, town: Town, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """A file is no ledger for several machines, and a key that each makes for itself is none either."""
    town.settings("mode: live", "mode: trial")  # in which no secret is needed
    if "DATABASE_URL" in town.variables:
        assert line("run", part, "--once", now=START).code == 0
        monkeypatch.delenv("COMMUNIQUE_KEY")
        missing = "needs COMMUNIQUE_KEY"
    else:
        missing = "needs a ledger on PostgreSQL"
    said = line("run", part, "--once", now=START)
    assert said.code == 1
    assert f"communique run {part}: {missing}" in said.errors


def test_an_address_that_this_machine_has_not_is_said_in_a_sentence(line: CommandLine) -> None:
    """Which one, and what to do."""
    said = line("run", "--host", "192.0.2.1", "--port", "18025", now=START)
    assert said.code == 1
    assert "192.0.2.1, port 18025:" in said.errors


def test_a_desk_without_its_port_says_which_option_chooses_another(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    """What sends goes on without it; and it is served as soon as the port is free. Each is told once."""
    daemon = Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)
    caplog.set_level(logging.INFO)
    with closing(daemon), ExitStack() as taken:
        port = taken.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
        with daemon.serving_desk(port, "127.0.0.1"):
            daemon.open_desk()
            taken.close()
            daemon.open_desk()
            assert httpx.get(f"http://127.0.0.1:{port}/sign-in").status_code == 200
            daemon.open_desk()
    why, served = [each for each in caplog.messages if each.startswith("the desk is ")]
    assert f"tried again until it can be: 127.0.0.1, port {port}: Address already in use; end" in why
    assert "choose another one with --desk-port (0 for no desk)" in why
    assert served == f"the desk is at port {port}"


def test_a_link_to_the_desk_leads_to_where_it_is_served(line: CommandLine, town: Town) -> None:
    """Not to the port that it has unless told otherwise; after the daemon has ended, to where it was."""
    invite = ("desk", "invite", "--role", "editor", "--as", "Ana")
    assert "http://localhost:8024/begin/" in line(*invite, "Eva").text
    daemon = Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with closing(daemon), daemon.serving_desk(port, "127.0.0.1"):
        assert f"http://localhost:{port}/begin/" in line(*invite, "Ida").text
    assert f"http://localhost:{port}/begin/" in line("desk", "link", "Eva", "--as", "Ana").text


def test_a_preview_without_its_port_says_which_option_chooses_another(line: CommandLine) -> None:
    """There is always a page to look at."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = line("preview", "--serve", "--port", str(taken.getsockname()[1]), now=START)
    assert said.code == 1
    assert "choose another one with --port (0 for a free one)" in said.errors


def test_in_a_folder_that_is_no_workspace_nothing_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A daemon started there would run for ever, send nothing, and leave a ledger in somebody's home."""
    said = at(tmp_path, monkeypatch, START)("run", "--once", "--port", "0")
    assert (said.code, "expected a workspace, with config/settings.yaml, found none in" in said.text) == (1, True)
    assert list(tmp_path.iterdir()) == []
