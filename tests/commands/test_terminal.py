"""The command line on terminals, in pipes, on full disks, and in folders that are no workspace."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from communique.commands.console import table
from communique.commands.terminal import colours, columns
from tests.command_line import CommandLine
from tests.workspaces import Town

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here asks the ledger
PROGRAM = (sys.executable, "-m", "communique")


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line in the tiny town."""
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    found = CommandLine(town.root, monkeypatch)
    found("explain", "missing-fact", now=town.clock.now)
    return found


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, None),
        ({"TERM": "xterm"}, None),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, None),
        ({"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}, False),
        ({"CLICOLOR_FORCE": "1", "TERM": "dumb"}, True),
        ({"CLICOLOR": "0"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
@pytest.mark.usefixtures("database_url")
def test_colours_are_as_the_terminal_is_told(environment: dict[str, str], said: bool | None) -> None:  # noqa: FBT001
    """None: on a terminal, and in no pipe."""
    assert colours(environment) is said


def test_colours_are_asked_for_and_refused(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every command, and of what is said after it has ended."""
    town_without = line.root / "config/settings.yaml"
    assert "\x1b" not in line("explain", "missing-fact").text
    monkeypatch.setenv("CLICOLOR_FORCE", "1")
    assert "\x1b[1m" in line("explain", "missing-fact").text
    town_without.unlink()
    assert "\x1b[31m" in line("plan").text
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in line("explain", "missing-fact").text + line("plan").text


@pytest.mark.usefixtures("database_url")
def test_columns_hold_names_in_every_script(capsys: pytest.CaptureFixture[str]) -> None:
    """A mark above a letter takes no column, a Chinese letter two."""
    assert [columns(each) for each in ("Ana", "Оксана", "سلمى", "مُحَمَّد", "王小明", "José")] == [3, 6, 4, 4, 6, 4]
    table([("王小明", "x"), ("مُحَمَّد", "x"), ("Ana Gil", "x")])
    assert len({columns(each) for each in capsys.readouterr().out.splitlines()}) == 1


@pytest.mark.usefixtures("database_url")
def test_a_table_folds_on_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between words, below its last column or on a line of its own; in a pipe a row is a line."""
    rows = [("email", "the server has said that nobody is there"), ("x", "sent")]
    table(rows)
    assert capsys.readouterr().out == "  email  the server has said that nobody is there\n  x      sent\n"
    monkeypatch.setattr("communique.commands.terminal.sys.stdout.isatty", lambda: True)
    for width, said in (
        (40, "  email  the server has said that nobody\n         is there\n  x      sent\n"),
        (30, "  email\n      the server has said that\n      nobody is there\n  x      sent\n"),
        (200, "  email  the server has said that nobody is there\n  x      sent\n"),
    ):
        monkeypatch.setenv("COLUMNS", str(width))
        table(rows)
        assert capsys.readouterr().out == said
    monkeypatch.setenv("COLUMNS", "20")
    table([("a", "https://abierto.puertoclaro.example.org/en/"), ("b", "")])
    assert capsys.readouterr().out == "  a\n      https://abierto.puertoclaro.example.org/en/\n  b\n"


@pytest.mark.usefixtures("database_url")
def test_a_table_that_is_wider_than_the_terminal_has_as_many_cells_a_line_as_fit(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log of a long name: no cell is broken where the terminal ends, and what is empty takes no room."""
    monkeypatch.setattr("communique.commands.terminal.sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    name = "accepted-into-ogp/thank-the-promoters"
    table(
        [
            ("#11", "Mon 2026-11-30 00:20 CET", f"{name}, withdrawal", "letter", "sent", "by Ana"),
            ("#9", "", "a", *"bcd"),
        ]
    )
    assert capsys.readouterr().out.splitlines() == [
        "  #11  Mon 2026-11-30 00:20 CET",
        f"      {name},",
        "      withdrawal  letter  sent  by Ana",
        "  #9  a  b  c  d",
    ]


def test_a_folder_below_a_workspace_is_in_it(
    line: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Of none the command says where it looked, and begins no ledger there."""
    monkeypatch.chdir(line.root / "templates/news/hello")
    here = replace(line, names_workspace=False)
    assert "news/hello does not go" in here("status").text
    elsewhere = tmp_path_factory.mktemp("home")
    monkeypatch.chdir(elsewhere)
    for words in (["check"], ["plan"], ["language", "uk"], ["backup", "copy.zip"], ["desk", "people"]):
        said = here(*words)
        assert said.code == 1
        assert f"expected a workspace, with config/settings.yaml, found none in {elsewhere}" in said.text
        assert "communique --workspace DIR" in said.text
    assert list(elsewhere.iterdir()) == []
    assert here("plan", "--help").code == here("explain", "missing-fact").code == 0


@pytest.mark.parametrize("words", [["schema"], ["--help"], ["explain", "missing-fact"]])
@pytest.mark.usefixtures("database_url")
def test_who_has_seen_enough_ends_it(words: list[str]) -> None:
    """As `head` does: without a word, and with the code of SIGPIPE, which is no other one here."""
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run([*PROGRAM, *words], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (141, b"")


@pytest.mark.usefixtures("database_url")
def test_a_full_disk_behind_the_output_is_told() -> None:
    """Not by a traceback, whether it is noticed at once or at the end."""
    for words in (["schema"], ["explain", "missing-fact"]):
        with Path("/dev/full").open("wb") as full:
            ended = subprocess.run([*PROGRAM, *words], stdout=full, stderr=subprocess.PIPE, check=False)
        said = "Error: No space left on device: what was being written, to a file or to the output, is not whole.\n"
        assert (ended.returncode, ended.stderr.decode()) == (1, said)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A program begun meanwhile hears Ctrl-C, even where the tests run in the background and do not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_is_told_from_a_refusal(line: CommandLine, tmp_path: Path) -> None:
    """While a command waits for its file; and it says what was not done."""
    pipe = tmp_path / "people.csv"
    os.mkfifo(pipe)
    words = ["people", "import", str(pipe), "--audience", "friends", "--basis", "x", "--as", "Ana"]
    command = [*PROGRAM, "--workspace", str(line.root), *words]
    # The pipe opens once the command reads.
    with subprocess.Popen(command, stderr=subprocess.PIPE) as running, pipe.open("wb"):
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate()
    told = [each for each in errors.decode().split("\n") if each]
    assert running.returncode == 130
    assert told == ["Nothing of people.csv was imported; every list is as it was.", "Stopped."]
