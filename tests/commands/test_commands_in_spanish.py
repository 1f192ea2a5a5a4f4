"""The command line in Spanish, in a town in which all that can be wrong is: no sentence of ours is English."""

import json
import re
from collections.abc import Iterator

import click
import pytest

from communique.cli import group
from tests.command_line import CommandLine
from tests.web.desk.test_desk_in_spanish import ENGLISH, THEIR_WORDS, make_wrong
from tests.workspaces import Town, build

#: One after the other, as an officer and an operator type them: words, and the exit code.
DAY = [
    (("plan",), 1),
    (("plan", "nwes"), 1),
    (("status",), 1),
    (("log",), 0),
    (("reach",), 0),
    (("why", "ana@example.org", "news/hello"), 0),
    (("why", "dora@example.org", "news/hello"), 0),
    (("why", "nobody@example.org", "news/hello"), 0),
    (("why", "ana@example.org", "news/remind"), 0),
    (("approve", "news", "--as", "Ben Roy"), 1),
    (("approve", "news/hello", "--as", ""), 64),
    (("pause", "email", "--as", "Ana"), 0),
    (("pause", "email", "--as", "Ana"), 0),
    (("resume", "email", "--as", "Ana"), 0),
    (("resume", "letter", "--as", "Ana"), 1),
    (("resume", "lettre", "--as", "Ana"), 1),
    (("status", "--jsn"), 64),
    (("stauts",), 64),
    (("why", "ana@example.org"), 64),
    (("resolve", "x", "sent", "--as", "Ana"), 64),
    (("cancel", "news/hello", "--as", "Ana", "--why", "NADA", "--yes"), 0),
    (("cancel", "news/hello", "--as", "Ana", "--undo"), 0),
    (("cancel", "news/helo", "--as", "Ana", "--why", "NADA", "--yes"), 1),
    (("resolve", "999", "sent", "--as", "Ana"), 1),
    (("correct", "news/hello"), 1),
    (("correct", "news"), 1),
    (("retract", "news/hello", "--as", "Ana", "--reason", "es=NADA", "--dry-run"), 0),
    (("done", "nothing", "--as", "Ana"), 1),
    (("people", "list"), 0),
    (("people", "export", "nobody@example.org"), 1),
    (("answers", "list"), 0),
    (("answers", "written"), 0),
    (("bounces", "unmatched"), 0),
    (("declare", "news", "start", "soon", "--as", "Ana"), 1),
    (("declare", "news", "kickoff", "2027-03-01 10:00", "--as", "Ana"), 0),
    (("evidence", "verify"), 0),
    (("retention",), 0),
    (("preview", "news/helo"), 1),
    (("test-send", "news/hello", "--to", "x@example.org", "--as", "Ana"), 1),
    (("check",), 1),
    (("check", "--evidence"), 1),
    (("doctor", "--offline"), 1),
    (("language", "uk"), 1),
    (("explain", "nothing"), 1),
]


#: Between backticks and quotation marks; addresses, codes, moments as files have them; how a command is called.
_TYPED = re.compile(
    r"`[^`]*`|“[^”]*”|\S+@\S+|\b\w+(-\w+)+|\d to \d|^Uso: .*|\{[a-z|]+\}"
    r"|communique [a-z-]+( (--?[a-z-]+|[A-Z|]{2,}|[a-z/|-]+))*"
)


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """As at the desk."""
    town = build(tmp_path_factory.mktemp("town"))
    town.clock.turn(days=-1)
    make_wrong(town)
    yield town
    town.database.close()


def test_no_command_has_a_sentence_in_english(wrong: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for what people and servers have said, and for words to be typed."""
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    line = CommandLine(wrong.root, monkeypatch)
    line("explain", "missing-fact", now=wrong.clock.now)
    codes, english = [], {}
    for words, code in DAY:
        said = line("--language", "es", *words)
        codes += [] if said.code == code else [(words, said)]
        lines = [_without_what_is_typed(each) for each in (said.text + said.errors).splitlines()]
        if found := [each for each in lines if ENGLISH.search(each)]:
            english[words] = found
    assert (codes, english) == ([], {})


def test_the_plan_says_in_spanish_what_a_network_counts(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the desk does; programs read the English word."""
    town.say_to_nobody_in_particular()
    town.campaign("to: [friends]\n    through: [email]", "through: [x, handoff]")
    town.clock.turn(days=-1)
    line = CommandLine(town.root, monkeypatch)
    for name in ("CONSUMER_KEY", "CONSUMER_SECRET", "ACCESS_TOKEN", "ACCESS_TOKEN_SECRET"):
        monkeypatch.setenv(f"X_{name}", "secret")
    for _ in ("found", "known from before"):
        said = line("--language", "es", "plan", now=town.clock.now).text
        assert re.search(r"  x +en +\d+ +\d+/280 caracteres ponderados", said), said
        assert re.search(r"  handoff +en +\d+ +\d+/3000 caracteres", said), said
    assert '"unit": "weighted characters"' in line("plan", "--json", now=town.clock.now).text


def test_schemas_are_written_in_spanish(wrong: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that an editor says what a key means in the language of whoever writes it, in the settings, too."""
    assert CommandLine(wrong.root, monkeypatch)("--language", "es", "schema", "--write").code == 0
    for name in ("settings", "campaign", "process"):
        schema = json.loads((wrong.root / f"config/{name}.schema.json").read_bytes())
        described = [each["description"] for each in schema["properties"].values()]
        assert [each for each in described if ENGLISH.search(re.sub(r"`[^`]*`", "", each))] == [], name


def _without_what_is_typed(said: str) -> str:
    """Commands, names between backticks, lines of files, and what others have said."""
    if re.match(r"\s*\d* *\| ", said):
        return ""
    said = _TYPED.sub("", said)
    for words in (*THEIR_WORDS, "the connection broke"):
        said = said.replace(words, "")
    return said


def _all(command: click.Command, context: click.Context, *path: str) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _all(below, context, *path, name)


def test_no_help_has_a_sentence_in_english(wrong: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all commands, and of those below them; what is to be typed stays as it is."""
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    line, found = CommandLine(wrong.root, monkeypatch), {}
    every = list(_all(group, click.Context(group)))
    assert len(every) > 50
    for path in every:
        said = line("--language", "es", *path, "--help").text
        lines = [
            re.sub(r"--[a-z-]+|\bsent\b|'[^']*'|\"[^\"]*\"", "", _without_what_is_typed(each))
            for each in said.splitlines()
        ]
        assert said.startswith("Uso: "), path
        english = [each for each in lines if ENGLISH.search(each) or re.search("Show this|Options:|Exit codes", each)]
        if english:
            found[path] = english
    assert found == {}
