"""The JSON Schemas: they fit the shipped files, describe everything, and editors show the faults that we find."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from communique.read.definitions import read_campaign
from communique.read.expected_forms import expected_forms
from communique.read.schema import Schema, campaign_schema, dumps, process_schema, schema_at, settings_schema
from communique.read.yaml_positions import read
from tests.counterparts import node
from tests.counterparts.presence import require
from tests.language_server import LanguageServer

ROOT = Path(__file__).parents[2]
SCHEMAS = {"campaign": campaign_schema(), "settings": settings_schema(), "process": process_schema()}

FAULTY = """\
# yaml-language-server: $schema=../config/campaign.schema.json
campaign: faulty
title: Accepted
languages: [es, EN]
colour: blue
announcements:
  tell-the-public:
    when: 2 days after acceptance
    through: [website]
  thank-the-promoters:
    when: 2027-01-18 10:00
  see-you-tomorrow:
    when: 2027-01-18 10:00
    through: website
"""


def _parts(schema: Schema, path: str = "") -> Iterator[tuple[str, Schema]]:
    yield path, schema
    for group in ("properties", "patternProperties"):
        for name, part in schema.get(group, {}).items():
            yield from _parts(part, f"{path}/{name}")
    for part in [*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else [])]:
        yield from _parts(part, f"{path}|")


@pytest.mark.parametrize("name", SCHEMAS)
def test_committed_schemas_are_fresh(name: str) -> None:
    """The committed file is what the models say today; `make schema` writes it anew."""
    assert (ROOT / f"config/{name}.schema.json").read_text(encoding="utf-8") == dumps(SCHEMAS[name])


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_are_draft_07(name: str) -> None:
    """They are valid, of the draft that editors know, and refer to nothing."""
    schema = SCHEMAS[name]
    Draft7Validator.check_schema(schema)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    text = dumps(schema)
    assert "$ref" not in text
    assert "$defs" not in text
    assert '"null"' not in text


@pytest.mark.parametrize("name", SCHEMAS)
def test_everything_is_described(name: str) -> None:
    """Every property has a description, and every pattern words that stand for it."""
    for path, part in _parts(json.loads(dumps(SCHEMAS[name]))):
        assert part.get("description") or path.endswith("|"), path
        if "pattern" in part:
            assert part["pattern"] in expected_forms(), path
            assert part["patternErrorMessage"].startswith("Expected ")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        *(("campaign", path) for path in sorted((ROOT / "campaigns").glob("*.yaml"))),
        ("settings", ROOT / "config/settings.yaml"),
        ("process", ROOT / "config/process.yaml"),
    ],
    ids=lambda value: getattr(value, "stem", value),
)
def test_shipped_files_fit(name: str, file: Path) -> None:
    """The shipped files are valid by their schema, and name it for editors."""
    text = file.read_text(encoding="utf-8")
    document, _ = read(text, file.name)
    assert document is not None
    assert [error.message for error in Draft7Validator(SCHEMAS[name]).iter_errors(document.data)] == []
    modeline = text.splitlines()[0].removeprefix("# yaml-language-server: $schema=")
    assert (file.parent / modeline).resolve() == ROOT / f"config/{name}.schema.json"


def test_unknown_keys_are_closed_but_facts_are_free() -> None:
    """A misspelt key is refused by editors, too; facts hold whatever texts need."""
    schema = campaign_schema()
    assert schema["additionalProperties"] is False
    assert schema_at(schema, ("announcements", "any-name"))["additionalProperties"] is False
    assert "type" not in schema_at(schema, ("facts", "anything"))


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A folder as officers have it, with a faulty campaign."""
    (tmp_path / "config").mkdir()
    (tmp_path / "campaigns").mkdir()
    (tmp_path / "config/campaign.schema.json").write_text(dumps(campaign_schema()), encoding="utf-8")
    (tmp_path / "campaigns/faulty.yaml").write_text(FAULTY, encoding="utf-8")
    return tmp_path


def _need_server() -> None:
    require(node.is_installed(), "yaml-language-server is not installed: run `make counterparts`.")


@pytest.mark.counterpart
def test_editors_show_the_faults_that_we_find(workspace: Path) -> None:
    """A language server and our own reader find the same faults at the same lines."""
    _need_server()
    file = workspace / "campaigns/faulty.yaml"
    with LanguageServer() as server:
        shown = server.open(file)
    _, problems = read_campaign(file.read_bytes(), "campaigns/faulty.yaml", None)
    ours = [(problem.line, problem.code) for problem in problems]
    assert ours == [
        (4, "wrong-value"),
        (5, "unknown-key"),
        (8, "wrong-moment"),
        (10, "missing-key"),
        (14, "wrong-type"),
    ]
    assert sorted(line for line, _ in shown) == [line for line, _ in ours]
    said = {line: message for line, message in shown}  # noqa: C416 - one message a line, as asserted above
    assert "language tag" in said[4]
    assert "colour is not allowed" in said[5]
    assert "acceptance + 2 hours" in said[8]
    assert 'Missing property "through"' in said[10]
    assert "array" in said[14]


@pytest.mark.counterpart
def test_editors_complete_and_explain(workspace: Path) -> None:
    """A language server offers the keys that are left and shows what a key means."""
    _need_server()
    file = workspace / "campaigns/begun.yaml"
    modeline = FAULTY.splitlines()[0]
    file.write_text(f"{modeline}\ncampaign: begun\n\n", encoding="utf-8")
    faulty = workspace / "campaigns/faulty.yaml"
    with LanguageServer() as server:
        server.open(file)
        offered: Any = server.at("completion", file, 3, 1)
        server.open(faulty)
        shown: Any = server.at("hover", faulty, 8, 6)
    assert {"announcements", "milestones", "title", "languages"} <= {each["label"] for each in offered["items"]}
    assert "When it goes out" in json.dumps(shown)
