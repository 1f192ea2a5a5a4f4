"""In which language a command line speaks of problems: asked for, of the terminal, or English."""

import re

import pytest

from communique.explain.problem_codes import CODES
from tests.command_line import CommandLine
from tests.workspaces import Town

SPANISH = (
    "config/settings.yaml: error[missing-secret] canal `x`: se esperaba el secreto X_CONSUMER_KEY en el entorno",
    "  Defina X_CONSUMER_KEY, o X_CONSUMER_KEY_FILE con la ruta de un archivo que lo contenga, y arranque de nuevo.",
    "aviso[vague-link] se esperaba un enlace cuyas palabras digan adónde lleva; hay «here»",
    "4 errores, 1 aviso.",
    "Más sobre uno de ellos: communique explain missing-secret",
)
ENGLISH = (
    "config/settings.yaml: error[missing-secret] channel `x`: expected the secret X_CONSUMER_KEY in the environment",
    "  Set X_CONSUMER_KEY, or X_CONSUMER_KEY_FILE to a file that holds it, and start again.",
    "warning[vague-link] expected a link whose words say where it leads, found “here”",
    "4 errors, 1 warning.",
    "More about one of them: communique explain missing-secret",
)


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """Of a town with four errors and a warning, at a terminal without a locale."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "COMMUNIQUE_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    town.edit("templates/news/hello/en/article.md", "hello.", "[here](https://example.org).")
    found = CommandLine(town.root, monkeypatch)
    found("explain", "missing-fact", now=town.clock.now)
    return found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # no question to the ledger
@pytest.mark.parametrize(
    ("environment", "words", "expected"),
    [
        ({}, [], ENGLISH),
        ({"LANG": "es_ES.UTF-8"}, [], SPANISH),
        ({"LANG": "es_ES.UTF-8", "LC_ALL": "C.UTF-8"}, [], ENGLISH),
        ({"LANG": "fr_FR.UTF-8", "COMMUNIQUE_LANGUAGE": "es"}, [], SPANISH),
        ({"LANG": "es_ES.UTF-8", "COMMUNIQUE_LANGUAGE": "es"}, ["--language", "en"], ENGLISH),
        ({"LANG": "en_GB.UTF-8"}, ["--language", "es"], SPANISH),
        ({"LANG": "fr_FR.UTF-8"}, [], ENGLISH),
    ],
)
def test_check_speaks_the_language_of_whoever_asks(
    line: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    words: list[str],
    expected: tuple[str, ...],
) -> None:
    """What is asked for comes first, then the environment's own name, then the terminal's locale."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    said = line(*words, "check")
    assert said.code == 1
    assert [each for each in expected if each not in said.text] == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_explain_speaks_spanish(line: CommandLine) -> None:
    """Title, text, the marks of an example, and that it can be waived; every code has it."""
    said = line("--language", "es", "explain", "long-sentence").text
    assert said.startswith("long-sentence\nUna frase es larga\n\nQuien lee con prisa")
    assert "\nmal:    The proposals" in said
    assert "\nbien:   The forum" in said
    assert "Can be waived" not in said
    for code in CODES:
        assert line("--language", "es", "explain", code).code == 0
    assert "¿Quiso decir `dates-differ`?" in line("--language", "es", "explain", "date-differ").errors


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_doctor_speaks_spanish(line: CommandLine, town: Town) -> None:
    """What was looked at, what was found, and what to do; programs get English."""
    town.edit("templates/news/hello/en/article.md", "[here](https://example.org).", "hello.")
    said = line("--language", "es", "doctor", "--offline")
    for each in (
        "\nbien    registro: SQLite ",
        "zonas horarias: base de zonas horarias",
        "bloqueos: el registro está en",
    ):
        assert each in f"\n{said.text}"
    assert "aviso   alertas: no se avisa a nadie por correo cuando algo necesita a una persona\n" in said.text
    assert re.search(r"\n\d+ (problemas?|avisos?)|ningún", said.text)
    assert "nobody is told by mail" in line("--language", "es", "doctor", "--offline", "--json").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_a_language_lacks_is_said_in_spanish(line: CommandLine) -> None:
    """Steps, what to do in each, and how much it is; the language by its Spanish name."""
    said = line("--language", "es", "language", "uk")
    assert said.code == 2
    assert said.text.startswith("1. Decir que se usa: 1 por hacer, ")
    assert re.search(r"\nucraniano: faltan \d+ cosas, unas \d+ palabras por traducir\.\n", said.text)
    assert not re.search(r"\b(expected|found|translate|not there)\b", said.text)
    assert "hay `x`" in line("--language", "es", "language", "x").errors
