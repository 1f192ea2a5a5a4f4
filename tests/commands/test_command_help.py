"""What `--help` says of each command, the page that is written from it, and the documents beside it."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from communique.cli import _COMMANDS, group
from communique.commands.usage import EXAMPLES, EXIT_CODES
from tests import document_commands
from tests.command_line import CommandLine
from tests.workspaces import Town


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line in the tiny town."""
    return CommandLine(town.root, monkeypatch)


def test_every_command_has_help(line: CommandLine) -> None:
    """The list names each, and each says what it does."""
    listed = line("--help").text
    for name in _COMMANDS:
        assert f"\n  {name} " in listed
        assert line(name, "--help").code == 0


def test_every_example_is_a_command_line_that_is_understood() -> None:
    """Of a command that there is; and each command, and each group, has examples."""
    for name in _COMMANDS:
        command = group.get_command(click.Context(group), name)
        assert command is not None
        assert EXAMPLES[name]
        for typed, _ in EXAMPLES.get(name, ()):
            asked, *words = shlex.split(typed)
            assert asked == name
            command.make_context(name, [__file__ if each in {"plan.json", "town.zip"} else each for each in words])


def test_the_page_of_commands_is_as_the_parser_is() -> None:
    """`make commands` writes it anew; and each command says in a sentence what it does."""
    assert document_commands.FILE.read_text(encoding="utf-8") == document_commands.written()
    for name, command in _every(group, click.Context(group, info_name="communique")):
        first = (command.help or "").partition("\n\n")[0].strip()
        assert first.endswith((".", ":")), name


def _every(command: click.Command, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    yield context.command_path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            own = command.get_command(context, name)
            assert own is not None
            yield from _every(own, click.Context(own, info_name=name, parent=context))


def test_a_wrong_command_line_has_a_code_of_its_own(line: CommandLine) -> None:
    """So that the 2 of `plan` says one thing only."""
    assert [line(*words).code for words in (("plan", "--jsn"), ("paln",), ("why",))] == [64, 64, 64]


def test_the_exit_codes_of_the_documents_are_those_of_the_help(line: CommandLine) -> None:
    """Command by command."""
    documented = (Path(__file__).parents[2] / "docs/json.md").read_text(encoding="utf-8")
    for name, codes in EXIT_CODES.items():
        said = line(name, "--help").text
        for code, says in codes:
            assert f"{code:>2}  {says}" in said
            assert f"| `{name}` | {code} | {says} |" in documented
