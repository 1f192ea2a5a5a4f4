"""What a program may ask of the command line: one object, a version, nothing else, and all of it documented."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from communique.cli import group
from tests.command_line import CommandLine, at
from tests.meetings import hold_a_meeting
from tests.workspaces import START, Town

DOCUMENTED = (Path(__file__).parents[2] / "docs/json.md").read_text(encoding="utf-8")
#: A command, its exit code in the town below, and the keys of its object.
ASKED = {
    ("answers", "list"): (0, ["version", "meeting", "to_read", "people"]),
    ("bounces", "unmatched"): (0, ["version", "mails"]),
    ("check",): (1, ["version", "errors", "warnings", "problems"]),
    ("check", "--evidence"): (1, ["version", "questions"]),
    ("desk", "people"): (0, ["version", "people"]),
    ("evidence", "verify"): (0, ["version", "holds", "entries", "last_hash", "faults"]),
    ("people", "list"): (0, ["version", "audiences"]),
    ("people", "list", "friends"): (0, ["version", "audience", "people"]),
    ("retention",): (0, ["version", "kept"]),
    ("why", "ana@example.org", "hello"): (0, ["version", "announcement", "person", "said", "copies"]),
}


def _with_json(command: click.Command, context: click.Context, *path: str) -> Iterator[str]:
    if any("--json" in each.opts for each in command.params):
        yield " ".join(path)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _with_json(below, context, *path, name)


def test_the_documents_name_each_command_that_has_it() -> None:
    """In the first line, and with its keys in a chapter of its own."""
    listed = re.findall(r"`([a-z -]+)`", DOCUMENTED.partition("take `--json`:")[2].partition(".")[0])
    assert listed == sorted(_with_json(group, click.Context(group)))
    for name in listed:
        assert re.search(rf"^## communique {name}( [A-Z]+)? --json$", DOCUMENTED, re.MULTILINE), name


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_json_is_one_object_and_every_key_is_documented(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """At any depth; nothing but it goes to the standard output."""
    for name, value in town.variables.items():
        monkeypatch.setenv(name, value)
    hold_a_meeting(town)
    town.invite("ana")
    town.run()
    line = at(town.root, monkeypatch, START)
    assert line("desk", "invite", "Eva", "--role", "editor", "--as", "Ana").code == 0
    for words, (code, keys) in ASKED.items():
        said = line(*words, "--json")
        assert said.text, said.errors
        assert (words, said.code, list(said.json)) == (words, code, keys), said
        assert said.json["version"] == 1
        assert re.findall(r'": "\d{4}-\d\d-\d\dT[^"]*\+00:00"', said.text) == []  # UTC is a Z
        chapter = DOCUMENTED.partition("`version` is 1;")[2]
        assert [each for each in _keys(said.json) if f"`{each}`" not in chapter] == []


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield name
            if name not in {"values", "message_parts", "hint_parts", "by_state"}:
                yield from _keys(each)
    elif isinstance(value, list):
        for each in value:
            yield from _keys(each)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_refused_leaves_the_output_empty(line: CommandLine) -> None:
    """Why stands on the standard error."""
    for words in (
        ["why", "ana@example.org", "helo"],
        ["plan", "nws"],
        ["people", "list", "frends"],
    ):
        said = line(*words, "--json")
        assert (said.code, said.text) == (1, "")
        assert said.errors.startswith("Error: ")
    misused = line("retention", "--act", "--json")
    assert (misused.code, misused.text) == (64, "")


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line in the tiny town."""
    for name, value in town.variables.items():
        monkeypatch.setenv(name, value)
    return at(town.root, monkeypatch, START)
