"""The documents say what the program does: every key, setting, command and link."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest
from pydantic import BaseModel

from channels import KINDS
from communique.campaign import Announcement, Campaign
from communique.cli import group
from communique.commands.records import _balance_json, _copy_json
from communique.delivery import State
from communique.explain.problem_codes import CODES
from communique.plan.plan_view import Planned
from communique.problems import Problem
from communique.read.channel_settings import _model
from communique.settings import (
    Alerts,
    Approvals,
    AudienceSettings,
    Contact,
    Desk,
    Government,
    Holidays,
    Look,
    Settings,
)
from communique.settings.mailboxes import BounceListener, Bounces, ImapMailbox
from communique.settings.single_sign_on import Groups, OpenID
from communique.texts.template_language import FILTERS
from communique.texts.wording import FRONT_MATTER

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_SPAN = re.compile(r"`(communique [^`]+)`")
_OTHERS = {".venv", "node_modules", "var", ".git"}


def _documents() -> list[Path]:
    return sorted(file for file in ROOT.rglob("*.md") if _is_ours(file))


def _is_ours(file: Path) -> bool:
    parts = file.relative_to(ROOT).parts
    return parts[0] not in {"templates", "campaigns", "languages"} and not _OTHERS & set(parts)


def _guide(*patterns: str) -> str:
    """What pages of docs/ say, by their names or what names have in common."""
    return "\n".join(file.read_text(encoding="utf-8") for each in patterns for file in sorted(DOCS.glob(each)))


def _named(*patterns: str) -> set[str]:
    """Every name in code marks, outside blocks; `{{ x | date }}` is no name."""
    text = _FENCE.sub("", _guide(*patterns))
    return set(re.findall(r"`([a-z_.][\w.]*)`", text))


def _section(file: str, title: str) -> set[str]:
    """Names in the tables of one section."""
    text = (DOCS / file).read_text(encoding="utf-8").split(f"\n## {title}\n")[1].split("\n## ")[0]
    return set(re.findall(r"`([a-z_]+)`", text))


def _missing(model: type[BaseModel], named: set[str]) -> set[str]:
    return set(model.model_fields) - named


@pytest.mark.parametrize("model", [Campaign, Announcement])
def test_officers_find_every_key_of_a_campaign_file(model: type[BaseModel]) -> None:
    """Each key stands in docs/officers/writing.md."""
    assert _missing(model, _named("officers/writing.md")) == set()


_MODELS = (Settings, Government, Contact, Holidays, Approvals, Alerts, Desk, Groups, Look, OpenID, AudienceSettings)
_OF_BOUNCES = (Bounces, ImapMailbox, BounceListener)


@pytest.mark.parametrize("model", [*_MODELS, *_OF_BOUNCES])
def test_operators_find_every_setting(model: type[BaseModel]) -> None:
    """Each setting stands in docs/operators.md, or in docs/mail.md."""
    assert _missing(model, _named("operators.md", "mail.md")) == set()


def test_officers_find_every_key_at_the_top_of_a_text_and_every_filter() -> None:
    """Front matter and filters stand in docs/officers/writing.md."""
    assert {*FRONT_MATTER, *FILTERS} - _named("officers/writing.md") == set()


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_setting_of_every_kind_is_described(kind: str) -> None:
    """Each keyword argument of an adapter stands in its own section of docs/channels.md."""
    assert _missing(_model(KINDS[kind]), _section("channels.md", kind)) == set()


@pytest.mark.parametrize("kind", list(KINDS))
def test_no_setting_is_described_that_does_not_exist(kind: str) -> None:
    """The left column of a kind's table has real settings only; `inner` is the program's own."""
    text = (DOCS / "channels.md").read_text(encoding="utf-8").split(f"\n## {kind}\n")[1].split("\n## ")[0]
    described = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    assert described - set(_model(KINDS[kind]).model_fields) - {"inner"} == set()


def test_programs_find_every_key_of_the_json() -> None:
    """Problems, messages of the plan, and states stand in docs/json.md."""
    problem = Problem(code="x", message="x").as_json()
    wanted = {*problem, *(field.name for field in fields(Planned)), *(str(state) for state in State)}
    returned = {*_written_by(_balance_json), *_written_by(_copy_json)}
    assert returned
    assert (wanted | returned) - _named("json.md") == set()


def _written_by(function: Any) -> set[str]:
    """The keys that a function writes: the names among its constants."""
    constants = function.__code__.co_consts
    names = [name for each in constants for name in (each if isinstance(each, tuple) else (each,))]
    return {name for name in names if isinstance(name, str) and re.fullmatch(r"[a-z_]+", name)}


@pytest.mark.parametrize("code", list(CODES))
def test_every_code_is_explained(code: str) -> None:
    """`communique explain` has a title and a text for each."""
    assert CODES[code].title.strip()
    assert CODES[code].text.strip()


@pytest.mark.parametrize("file", _documents(), ids=lambda file: str(file.relative_to(ROOT)))
def test_links_lead_somewhere(file: Path) -> None:
    """Every relative link names a file that is there, and a heading in it."""
    links = (link.partition("#") for link in _LINK.findall(file.read_text(encoding="utf-8")) if ":" not in link)
    broken = []
    for path, _, anchor in links:
        target = file.parent / path if path else file
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            broken.append(f"{path}#{anchor}")
    assert broken == []


def _anchors(file: Path) -> set[str]:
    """Of the headings, as forges make them: small letters, hyphens for spaces, no punctuation."""
    headings = _HEADING.findall(_FENCE.sub("", file.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


def test_every_decision_is_in_the_index_under_its_title_and_status() -> None:
    """docs/decisions/README.md: who looks for a reason finds it, and sees what holds no more."""
    rows = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8").splitlines()
    for page in (DOCS / "decisions").glob("0*.md"):
        title, _, status = page.read_text(encoding="utf-8").splitlines()[:3]
        number, name = title.removeprefix("# ").split(". ", 1)
        said = status.removeprefix("Status: ")
        gone = "" if said.startswith("accepted") else f" ({said})"
        assert f"| {number} | [{name}]({page.name}){gone} |" in rows


def _commands() -> Iterator[Any]:
    for file in _documents():
        text = file.read_text(encoding="utf-8")
        blocks = [block for language, block in _FENCE.findall(text) if language in {"", "sh"}]
        shown = [line.strip() for block in blocks for line in block.splitlines()]
        told = _SPAN.findall(_FENCE.sub("", text))
        for line in dict.fromkeys([*shown, *told]):
            if line.startswith("communique ") and "…" not in line:
                yield pytest.param(line, id=f"{file.name}: {line}")


@pytest.mark.parametrize("line", list(_commands()))
def test_commands_exist_with_their_options(line: str) -> None:
    """What a document tells to type is understood; inside a sentence, arguments may be left out."""
    words = shlex.split(re.sub(r"(\s#|;|\s{2}).*", "", line))[1:]
    command: click.Command = group
    context = click.Context(group)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name = words.pop(0)
        found = command.get_command(context, name)
        assert found is not None, f"no command `{name}`"
        command = found
    known = {option for parameter in command.params for option in parameter.opts}
    used = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    assert used - known == set()


def _options() -> Iterator[tuple[str, str]]:
    context = click.Context(group)
    waiting: list[tuple[str, click.Command]] = [("communique", group)]
    while waiting:
        path, command = waiting.pop()
        yield from ((path, option.opts[0]) for option in command.params if isinstance(option, click.Option))
        if isinstance(command, click.Group):
            found = ((name, command.get_command(context, name)) for name in command.list_commands(context))
            waiting += [(f"{path} {name}", each) for name, each in found if each is not None]


def test_every_command_and_option_is_documented() -> None:
    """Officers, operators or programs find each in one of the documents."""
    text = _guide("officers.md", "officers/*.md", "operators.md", "mail.md", "json.md")
    options = [(path, option) for path, option in _options() if option != "--version"]
    assert [f"{path} {option}" for path, option in options if option not in text] == []
    assert [path for path in {path for path, _ in options} if path not in text and path != "communique"] == []


def test_the_readme_begins_with_two_commands() -> None:
    """`make demo` and `make test` stand on the first screen."""
    first = "\n".join((ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:25])
    assert "make demo" in first
    assert "make test" in first


@pytest.mark.parametrize("name", ["example_channel.py", "test_example_channel.py"])
def test_the_example_of_a_channel_is_the_tested_one(name: str) -> None:
    """docs/adding-a-channel.md shows the file word by word."""
    shown = [block for language, block in _FENCE.findall((DOCS / "adding-a-channel.md").read_text(encoding="utf-8"))]
    assert (ROOT / "tests" / "channels" / name).read_text(encoding="utf-8") in shown


def test_what_shows_a_fault_to_be_borne_is_there() -> None:
    """docs/faults.md names tests that exist, one or more in each row."""
    text = (DOCS / "faults.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/.]+)::(\w+)`", text)
    missing = [test for file, test in named if f"def {test}(" not in (ROOT / file).read_text(encoding="utf-8")]
    assert missing == []
    rows = [row for row in text.splitlines() if row.startswith("|") and not row.startswith(("|---", "| fault"))]
    assert [row for row in rows if "::" not in row] == []


#: `docs/mail.md`, perhaps with the key that stands there before it, or the title of a part behind it.
_NAMED = re.compile(r"(?:<code>(\w+)</code> in )?(docs/[\w/-]+\.md)(?:, “([^”]+)”)?")


def test_what_the_program_refers_to_is_where_it_says() -> None:
    """Pages of the documents, by their names, the keys they explain, and the titles of their parts."""
    sources = [
        each for room in ("communique", "channels") for kind in ("*.py", "*.html") for each in (ROOT / room).rglob(kind)
    ]
    named = {found for each in sources for found in _NAMED.findall(each.read_text(encoding="utf-8"))}
    assert len(named) > 10
    pages = {page: (ROOT / page).read_text(encoding="utf-8") for _, page, _ in named if (ROOT / page).is_file()}
    assert [page for _, page, _ in named if page not in pages] == []
    assert [(key, page) for key, page, _ in named if key and f"`{key}`" not in pages[page]] == []
    titles = {
        page: {line.lstrip("# ") for line in text.splitlines() if line[:1] == "#"} for page, text in pages.items()
    }
    assert [(page, part) for _, page, part in named if part and part not in titles[page]] == []
