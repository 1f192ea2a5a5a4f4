"""Reasons at the desk in the officer's language; what nobody has put into words stays the engine's, and is marked."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from communique.explain.problem_codes import CODES
from communique.own_pages import channel_name
from communique.web.desk.desk_pages import explanations_of, findings_of, words_of
from communique.web.desk.said_reasons import said

TABLE = words_of("es")["reasons"]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("not approved: 2 approvals missing", [("no aprobado: faltan 2 aprobaciones", True)]),
        (
            "its time has passed: changed since it was approved; paused by Ana Gil",
            [
                ("ha pasado su hora: ", True),
                ("ha cambiado desde que se aprobó", True),
                ("; ", True),
                ("en pausa por Ana Gil", True),
            ],
        ),
        ("Ana asks for changes: Wrong day", [("Ana pide cambios: ", True), ("Wrong day", False)]),
        ("nobody is in friends or press", [("no hay nadie en friends or press", True)]),
        (
            "nobody is in media: import a list (communique people import)",
            [("no hay nadie en media: importe una lista (communique people import)", True)],
        ),
        ("550 5.1.1 <b>no such user</b>", [("550 5.1.1 <b>no such user</b>", False)]),
    ],
)
def test_a_reason_is_said_part_by_part(reason: str, expected: list[tuple[str, bool]]) -> None:
    """Reasons within reasons, too."""
    assert list(said(reason, TABLE)) == expected


@pytest.mark.parametrize(
    ("deed", "expected"),
    [
        ("declared news/start 2027-02-09 (was unknown)", "fijó news/start en 2027-02-09 (antes sin fecha)"),
        ("declared news/start unknown (was 2027-02-09)", "dejó sin fecha news/start (antes 2027-02-09)"),
        ("withdrew news/hello (trial): Wrong", "retiró news/hello (de prueba): Wrong"),
        ("corrected news/hello (live): Wrong", "corrigió news/hello: Wrong"),
    ],
)
def test_what_was_done_is_told_without_words_of_files(deed: str, expected: str) -> None:
    """`unknown`, `trial` and `live` stand in files, which are in English."""
    assert "".join(words for words, _ in said(deed, words_of("es")["deeds"])) == expected


@pytest.mark.parametrize("part", ["reasons", "deeds"])
@pytest.mark.parametrize("backwards", [False, True])
def test_no_sentence_of_the_table_takes_the_place_of_another(part: str, *, backwards: bool) -> None:
    """A special one is said as itself, whether a general one that would fit stands before or behind it."""
    table = words_of("es")[part]
    written = {"duties": "editor, approver", "digest": "0a1b2c3d"}
    turned = dict(reversed(table.items())) if backwards else table
    other = []
    for sentence, ours in table.items():
        written["name"] = "news/start" if "{moment}" in sentence else "Ana Gil"
        values = {name: written.get(name, f"A1 {name}") for name in re.findall(r"\{(\w+)\}", sentence)}
        whole = "".join(words for words, _ in said(sentence.format(**values), turned))
        other += [(sentence, whole)] if whole != ours.format(**values) else []
    assert other == []


def test_every_sentence_of_the_table_is_one_that_the_engine_writes() -> None:
    """A reason that is worded anew would be shown in English: the table has to follow."""
    engine = Path(__file__).parents[1] / "communique"
    written = "".join(
        path.read_text(encoding="utf-8") for room in ("plan", "store") for path in (engine / room).rglob("*.py")
    )
    pieces = {each: [piece.strip(" :") for piece in re.split(r"\{\w+\}", each)] for each in TABLE}
    gone = [each for each, found in pieces.items() if not any(len(one) > 3 and one in written for one in found)]
    assert gone == []


def test_english_stays_as_the_engine_has_it() -> None:
    """One part, in the words of the plan."""
    assert [words for words, _ in said("late: changed since it was approved", words_of("en")["reasons"])] == [
        "late: changed since it was approved"
    ]


def test_whatever_the_checks_find_has_spanish_words() -> None:
    """By its code: what it is, and what to do; and nothing is kept for a code that is gone."""
    found = findings_of("es")
    assert found.keys() == CODES.keys()
    assert all(
        len(words) == 2 and all(isinstance(each, str) and each.strip() for each in words) for words in found.values()
    )


def test_every_explanation_has_spanish_words() -> None:
    """As long as the English ones, so that none is a stub; and what is to be typed or opened is the same in both."""
    spanish, english = explanations_of("es"), explanations_of("en")
    assert spanish.keys() == english.keys() == CODES.keys()
    for code, text in spanish.items():
        assert 0.7 < len(text) / len(english[code]) < 1.6, code
        named = re.compile(r"(?:config|docs)/[a-z]+\.[a-z]+")
        assert set(named.findall(text)) == set(named.findall(english[code])), code


def test_whatever_the_journal_says_has_spanish_words() -> None:
    """Each sentence that the program writes into it, with something in its places."""
    engine = Path(__file__).parents[1] / "communique"
    written = {sentence for path in engine.rglob("*.py") for sentence in _noted(ast.parse(path.read_text("utf-8")))}
    assert len(written) > 30
    unsaid = [each for each in sorted(written) if not all(ours for _, ours in said(each, words_of("es")["deeds"]))]
    assert unsaid == []


def _noted(tree: ast.Module) -> Iterator[str]:
    """What calls of `journal.note` in a module write: directly, or by a name that the same function gives it."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        named = {
            target.id: node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "journal.note":
                (what,) = (word.value for word in node.keywords if word.arg == "what")
                yield from _sentences(what, named)


def _sentences(written: ast.expr, named: dict[str, ast.expr]) -> Iterator[str]:
    """Every form of it: with and without what is added on a condition."""
    if isinstance(written, ast.Name) and written.id in named:
        yield from _sentences(named[written.id], named)
    elif isinstance(written, ast.Constant) and isinstance(written.value, str):
        yield written.value
    elif isinstance(written, ast.IfExp):
        yield from _sentences(written.body, named)
        yield from _sentences(written.orelse, named)
    elif isinstance(written, ast.BinOp):
        yield from (a + b for a in _sentences(written.left, named) for b in _sentences(written.right, named))
    elif isinstance(written, ast.JoinedStr):
        whole = [""]
        for part in written.values:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            pieces = list(_sentences(inner, named))
            whole = [before + piece for before in whole for piece in pieces]
        yield from whole
    elif isinstance(written, ast.Call) and ast.unparse(written.func) == "counted":
        one, *more = (str(word.value) for word in written.args[1:] if isinstance(word, ast.Constant))
        yield from (f"1 {one}", f"2 {more[0] if more else one + 's'}")
    else:
        yield (
            "sent"
            if ast.unparse(written) == "decision"
            else "2026-12-15 10:00"
            if "moment" in ast.unparse(written)
            else "x1"
        )


def test_channels_have_names_in_the_officers_language() -> None:
    """Those that the program knows by their kind; a name of the government's own stays."""
    spelt = words_of("es")["channels"]
    assert [channel_name(each, spelt) for each in ("letter", "linkedin", "town-hall")] == [
        "Cartas",
        "LinkedIn",
        "Town hall",
    ]
    assert channel_name("letter") == "Letters"
