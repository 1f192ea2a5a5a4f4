"""Command lines that contradict themselves, or name what is not there: each is told what was meant, and what to do."""

import errno
import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.command_line import CommandLine, at
from tests.workspaces import START, Town

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # none of them asks the ledger much


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """`hello` has gone out; Ana alone may approve."""
    for name, value in town.variables.items():
        monkeypatch.setenv(name, value)
    town.settings("approvals: {required: 0}", "approvals: {required: 1, approvers: [Ana Gil]}")
    town.invite("ana")
    found = at(town.root, monkeypatch, START)
    assert found("approve", "news", "--as", "Ana Gil").code == 0
    town.run()
    return found


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["aprove", "news"], 64, "No such command 'aprove'. Did you mean 'approve'?"),
        (["people", "improt"], 64, "No such command 'improt'. Did you mean 'import'?"),
        (["approve", "--as", "Ana Gil"], 64, "found neither"),
        (["approve", "news", "--plan", __file__, "--as", "Ana Gil"], 64, "found both"),
        (["approve", "news", "--as", " "], 64, "Invalid value for '--as': expected the name of a person, found none."),
        (["pause", "email", "--as", " "], 64, "expected the name of a person, found none."),
        (["retract", "hello", "--reason", "x", "--as", " "], 64, "expected the name of a person, found none."),
        (["declare", "news", "start", "unknown", "--as", ""], 64, "expected the name of a person, found none."),
        (["preview", "--serve", "--out", "x"], 64, "Expected --serve or --out, found both"),
        (["retention", "--act", "--json"], 64, "Expected --act or --json, found both"),
        (["retention", "--act"], 64, "Expected --as NAME with --act"),
        (["bounces", "read", __file__, "--act"], 64, "Expected --as NAME with --act"),
        (["people", "import", __file__, "--audience", "friends", "--basis", "x"], 64, "Missing option '--as'"),
        (["resume", "email", "--after-restore", "send", "--as", "Ana"], 64, "leave out `email`"),
        (["cancel", "hello", "--as", "Ana"], 64, "Expected after --why"),
        (["rehearse", "news", "--people", "0"], 64, "0 is not in the range"),
        (["why", "ana@example.org", "news"], 1, "`news` is a campaign: say which of its announcements, as news/hello."),
        (["retract", "hello", "--as", "Ana Gil"], 1, "Give it by --reason."),
        (["retract", "hello", "--as", "Pablo", "--reason", "x"], 1, "Pablo may not approve."),
        (["resume", "hello", "--as", "Ana"], 1, "news/hello is not stopped."),
        (["correct", "helo"], 1, "Did you mean `hello`?"),
        (["log", "helo"], 1, "Did you mean `hello`?"),
        (["init", "."], 1, "Expected an empty or new folder, found files in /"),
    ],
)
def test_what_was_meant_is_told(line: CommandLine, words: list[str], code: int, said: str) -> None:
    """And nothing else is said, or done."""
    found = line(*words)
    assert (found.code, found.text) == (code, "")
    assert said in found.errors


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["aprove", "news"], "No existe la orden `aprove`. ¿Quiso decir `approve`?"),
        (["plan", "--jsn"], "No existe la opción `--jsn`. ¿Quiso decir `--json`?"),
        (["plan", "--ou"], "No existe la opción `--ou`. ¿Quiso decir una de estas: '--json', '--out'?"),
        (["approve", "news", "--as", ""], "`--as` no vale así: se esperaba el nombre de una persona"),
        (["approve", "--as", "Ana Gil"], "Se esperaba qué aprobar"),
        (["completion"], "Falta `{bash|zsh|fish}`. Elija entre:"),
        (["desk", "invite", "Ana", "--as", "Ana"], "Falta la opción `--role`. Elija entre:"),
        (["rehearse", "news", "--people", "0"], "`--people` no vale así: 0 no está entre los valores que valen, x>=1."),
        (["run", "--port", "80x"], "`--port` no vale así: '80x' no es un número entero."),
        (["backup", "."], "`ARCHIVO` no vale así: '.' es una carpeta, y se esperaba un archivo."),
    ],
)
def test_it_is_told_in_spanish(line: CommandLine, words: list[str], said: str) -> None:
    """With how the command is called, in Spanish as well."""
    found = line("--language", "es", *words)
    assert found.code == 64
    assert found.errors.startswith("Uso: communique ")
    assert said in found.errors


def test_an_announcement_alone_is_enough_for_each_command(line: CommandLine) -> None:
    """Where its name is known once; a campaign limits the log."""
    assert "Correction 1 of news/hello" in line("correct", "hello").text
    assert "news/hello" in line("log", "news").text
    assert "What people did" not in line("log", "news").text


def test_the_plan_says_how_to_approve_exactly_that(line: CommandLine, town: Town) -> None:
    """Of what was asked for, and where something waits for it."""
    town.add()
    keep = "  communique plan {}--out plan.json\n  communique approve --plan plan.json --as NAME\n"
    assert line("plan").text.endswith(keep.format(""))
    assert line("plan", "goodbye").text.endswith(keep.format("goodbye "))
    said = line("plan", "hello").text
    assert "plan.json" not in said
    assert said.endswith("All of it has fallen due. What became of it: communique status hello\n")
    assert keep.format("") not in line("plan", "--out", str(town.root / "plan.json")).text
    said = line("approve", "goodbye", "--as", "Ana Gil")
    assert "What has all approvals goes at its time, while the daemon runs: communique run" in said.text
    assert "plan.json" not in line("plan").text


def test_the_plan_says_that_nobody_sends_what_may_go(line: CommandLine, town: Town) -> None:
    """A quarter of an hour after its time and its last approval; not while it waits because somebody has said so."""
    town.add()
    line("approve", "goodbye", "--as", "Ana Gil")
    town.clock.turn(hours=1, minutes=16)
    said = "news/goodbye should have begun, and has not: is the daemon running? It is started by: communique run\n"
    assert said not in line("plan", now=START + timedelta(hours=1, minutes=14)).text
    assert said in line("plan", now=town.clock.now).text
    line("pause", "--as", "Ana Gil")
    assert said not in line("plan").text
    line("resume", "--as", "Ana Gil")
    assert said in line("plan").text
    town.run()
    assert said not in line("plan").text


def _full(*_: object) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_what_cannot_be_written_leaves_what_was_there(
    line: CommandLine, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan, a bundle of evidence, a backup: told in a sentence, and nothing half is left; a workspace neither."""
    plan, folder = town.root / "plan.json", town.root / "city"
    plan.write_text("mine")
    with monkeypatch.context() as disk:
        disk.setattr(Path, "write_bytes", _full)
        for words in (("plan", "--out"), ("evidence", "bundle")):
            said = line(*words, str(plan))
            assert (said.code, said.errors) == (1, f"Error: {plan} could not be written: No space left on device.\n")
        assert (line("init", str(folder)).code, folder.exists()) == (1, False)
    assert plan.read_text() == "mine"
    assert [each.name for each in town.root.glob(".*")] == []
    missing = town.root / "nowhere" / "file"
    for words in (("plan", "--out"), ("evidence", "bundle"), ("backup",)):
        assert f"{missing} could not be written: No such file or directory." in line(*words, str(missing)).errors
