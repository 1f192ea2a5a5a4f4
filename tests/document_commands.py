"""docs/commands.md: every command, as the parser has it and as `--help` says it. `make commands` writes it anew."""

from collections.abc import Iterator, Sequence
from inspect import cleandoc
from pathlib import Path

import click

from communique.cli import _SECTIONS, group
from communique.commands.usage import EXAMPLES, EXIT_CODES

FILE = Path(__file__).parents[1] / "docs" / "commands.md"
_AS_IT_IS = "\b\n"  #: before a paragraph whose lines click leaves as they are
_HEAD = """\
# Commands

What the `--help` of each command says, in one page; `communique --language es` says it in Spanish. `make commands`
writes it from the program itself: do not edit it by hand. The exit codes that all commands have are in
[json.md](json.md#exit-codes), a day with these commands in [officers.md](officers.md).
"""


def written() -> str:
    """The page."""
    return "\n".join([_HEAD, *_parts()]).rstrip("\n") + "\n"


def _parts() -> Iterator[str]:
    context = click.Context(group, info_name="communique")
    yield from _options(group, context)
    for title, names in _SECTIONS.items():
        yield f"## {title}\n"
        for name in names:
            command = group.get_command(context, name)
            assert command is not None
            yield from _command(command, click.Context(command, info_name=name, parent=context), "###")


def _command(command: click.Command, context: click.Context, level: str) -> Iterator[str]:
    yield f"{level} {context.command_path}\n"
    if not isinstance(command, click.Group):
        yield f"`{' '.join(context.get_usage().removeprefix('Usage: ').split())}`\n"
    for paragraph in cleandoc(command.help or "").split("\n\n"):
        if paragraph.startswith(_AS_IT_IS):
            yield f"```\n{paragraph.removeprefix(_AS_IT_IS)}\n```\n"
        else:
            yield f"{' '.join(paragraph.split())}\n"
    yield from _options(command, context)
    yield from _ending(context.command_path.removeprefix("communique "))
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            own = command.commands[name]
            yield from _command(own, click.Context(own, info_name=name, parent=context), f"{level}#")


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    options = [each for each in command.get_params(context) if isinstance(each, click.Option)]
    found = filter(None, (each.get_help_record(context) for each in options))
    rows = [(f"`{first}`", says.replace("  [", " [")) for first, says in found if not first.endswith("--help")]
    if rows:
        yield _table(("option", "meaning"), rows)


def _ending(name: str) -> Iterator[str]:
    if typed := EXAMPLES.get(name):
        width = max(len(line) for line, _ in typed)
        yield "```\n" + "\n".join(f"communique {line.ljust(width)}   # {says}" for line, says in typed) + "\n```\n"
    if name in EXIT_CODES:
        yield _table(("exit code", "says"), [(str(code), says) for code, says in EXIT_CODES[name]])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["-"] * len(head), *([cell.replace("|", r"\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(each)} |".replace("| - | - |", "|---|---|") for each in lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
