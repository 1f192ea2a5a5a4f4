"""What exactly was found, in the officer's language: every sentence has words, with the same places."""

import ast
import pickle
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any

import click
import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment

from communique.cli import group, sections
from communique.commands import usage
from communique.commands.spoken_help import paragraphs
from communique.language.catalogue import in_language, sentences, spoken
from communique.phrase import Phrase, data_of, from_data, phrase
from communique.plan.known_preflights import KnownPreflights
from communique.problems import did_you_mean
from communique.read.schema import campaign_schema, process_schema, settings_schema
from communique.read.sources import Folder
from communique.store.recipients.people_file import read_people
from communique.texts.templates import TemplateProblemError, Templates
from communique.web.desk.desk_pages import explanations_of, findings_of, words_of
from tests.mistakes_in_texts import AT_THE_TOP, IN_ENGLISH, IN_SPANISH
from tests.planted_mistakes import (
    EN,
    END_EN,
    END_ES,
    ES,
    MISTAKES,
    SEEN_IN_TEXTS,
    C,
    changed,
    sound,
)
from tests.workspaces import Town

__all__ = ["sound"]  # a fixture
ENGINE = Path(__file__).parents[2] / "communique"
CHANNELS = ENGINE.with_name("channels")


def _patterns() -> Iterator[str]:
    for path in (*ENGINE.rglob("*.py"), *CHANNELS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "phrase" and path.stem != "phrase":
                (pattern,) = node.args
                assert isinstance(pattern, ast.Constant), f"{path}:{node.lineno}: a pattern that cannot be looked up"
                yield str(pattern.value)
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "counted" and path.parent.stem == "commands":
                nouns = [str(each.value) for each in node.args[1:] if isinstance(each, ast.Constant)]
                yield from _of_a_number(*nouns) if nouns else ()


def _of_a_number(noun: str, plural: str = "") -> Iterator[str]:
    """As `console.counted` puts it."""
    many = plural or f"{noun}s"
    yield from (f"1 {noun}", f"{{number}} {many}", f"no {many}")


def _descriptions(node: Any) -> Iterator[str]:
    """What the editor of the desk says of keys."""
    if isinstance(node, list):
        yield from (found for each in node for found in _descriptions(each))
    elif isinstance(node, dict):
        if isinstance(described := node.get("description"), str):
            yield described.pattern if isinstance(described, Phrase) else described
        yield from (found for each in node.values() for found in _descriptions(each))


def _said_by(command: click.Command, context: click.Context) -> Iterator[str]:
    """What a command's help says, and that of the commands below it."""
    yield from (each for each in paragraphs(command.help or "") if each)
    yield from (each.help for each in command.params if isinstance(each, click.Option) and each.help)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _said_by(below, context)


def _said_of_commands() -> Iterator[str]:
    yield from _said_by(group, click.Context(group))
    yield from sections()
    yield from (usage.EXAMPLES_TITLE, usage.CODES_TITLE)
    yield from (does for lines in usage.EXAMPLES.values() for _, does in lines)
    yield from (says for name in ("init", *usage.EXIT_CODES) for _, says in usage.exit_codes(name))


def _places(pattern: str) -> set[str]:
    try:
        return {f"{name}:{form}" for _, name, form, _ in Formatter().parse(pattern) if name}
    except ValueError:  # a sentence without values, about braces
        return set()


#: What officers are told calls one thing by one name: words that would be a second one, and the first.
OTHER_NAMES = {
    r"audiencias?": "grupo de destinatarios",
    r"tandas?": "lote",
    r"canarios?": "correo de control",
    r"hash": "huella",
    r"tipos? de letra": "fuente",
    r"advertencias?": "aviso",
    r"rehusad[oa]s?|fallidas": "rechazadas",
    r"tú|tus|puedes|debes|quieres|tienes": "usted",
    r"[“”]": "«»",
}
_TYPED = re.compile(r"`[^`]*`|\{\w[^}]*\}|%\(\w+\)s")


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict | list):
        yield from (found for each in (node.values() if isinstance(node, dict) else node) for found in _texts(each))
    elif isinstance(node, str):
        yield node


def test_one_thing_has_one_name_in_spanish() -> None:
    """In the catalogues, the desk's words and the guides; officers are spoken to as usted."""
    words = [*_texts(dict(words_of("es"))), *_texts(dict(findings_of("es"))), *_texts(dict(explanations_of("es")))]
    pages = [each for file in (ENGINE / "pages").rglob("es.po") for each in read_po(BytesIO(file.read_bytes()))]
    guides = [each for file in (ENGINE.parent / "docs" / "es").glob("*.md") for each in file.read_text().splitlines()]
    said = [
        *sentences("es").values(),
        *words,
        *guides,
        *_texts([list(each.string) if each.pluralizable else each.string for each in pages]),
    ]
    assert len(said) > 3000
    found = [
        f"{other[0]!r} for {name!r} in {text!r}"
        for text in said
        for pattern, name in OTHER_NAMES.items()
        if (other := re.search(rf"(?<!\w)({pattern})(?!\w)", _TYPED.sub("", text), re.IGNORECASE))
    ]
    assert found == []


def test_every_sentence_has_spanish_words() -> None:
    """With the same places; and nothing is kept for a sentence that is gone."""
    used, known = set(_patterns()), sentences("es")
    of_keys = {
        text for schema in (campaign_schema(), process_schema(), settings_schema()) for text in _descriptions(schema)
    }
    plain = of_keys | set(_said_of_commands())
    assert len(used) > 400
    assert (used | plain) - known.keys() == set()
    assert known.keys() - (used | plain) == set()
    assert {pattern for pattern in used if _places(pattern) != _places(known[pattern])} == set()


@pytest.mark.parametrize(
    "folder", sorted({each.parent for each in (ENGINE / "pages").rglob("*.po")}), ids=lambda each: each.name
)
def test_every_sentence_of_our_own_pages_has_spanish_words(folder: Path) -> None:
    """Those that are kept beside their pages: one for each number, with the same places, and none that is left over."""
    environment = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True)
    environment.policies["ext.i18n.trimmed"] = True
    said = {
        tuple(filter(None, [words] if isinstance(words, str) else words))[: 2 if function == "ngettext" else 1]
        for file in folder.glob("*.html")
        for _, function, words in environment.extract_translations(file.read_text("utf-8"))
    }
    with (folder / "es.po").open("rb") as file:
        known = {tuple([each.id] if isinstance(each.id, str) else each.id): each for each in read_po(file) if each.id}
    assert known.keys() == said
    for english, each in known.items():
        spanish = [each.string] if isinstance(each.string, str) else each.string
        assert all(spanish)
        assert len(spanish) == len(english)
        places = [[set(re.findall(r"%\(\w+\)s", form)) for form in forms] for forms in (english, spanish)]
        assert places[0] == places[1], english


def test_planted_mistakes_are_told_in_spanish(sound: Town) -> None:
    """Message and hint, whole; a hint that is only the description of a key gives way to the head of its code."""
    english = []
    for it in MISTAKES:
        fills_texts = it.file != C or it.code in SEEN_IN_TEXTS
        with changed(sound, it.file, (it.old, it.new), fills_texts=fills_texts) as found:
            english += [text for each in found for text in (each.message, each.hint) if in_language(text, "es") is None]
    for file, end, planted in ((EN, END_EN, IN_ENGLISH), (ES, END_ES, IN_SPANISH)):
        with changed(sound, file, (end, "\n\n".join(words for _, _, words in planted) + "\n")) as found:
            english += [text for each in found for text in (each.message, each.hint) if in_language(text, "es") is None]
    with changed(sound, EN, *((old, new) for _, _, old, new in AT_THE_TOP)) as found:
        english += [text for each in found for text in (each.message, each.hint) if in_language(text, "es") is None]
    assert sorted(set(english)) == []


def test_what_was_found_before_keeps_its_languages(sound: Town) -> None:
    """The file of what is known holds the parts of each sentence."""
    with changed(sound, ES, ("facts.price", "facts.prize")) as found:
        pass
    with changed(sound, ES, ("facts.price", "facts.prize")) as again:
        pass
    assert [in_language(each.message, "es") for each in again] == [in_language(each.message, "es") for each in found]
    assert isinstance(sound.installation.known_preflights, KnownPreflights)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (phrase("Write `{found}`.", found="a {b}"), "Escriba `a {b}`."),
        (did_you_mean("frends", ["friends", "press"]), "¿Quiso decir `friends`? Se conocen: friends, press."),
        (phrase("Write `{found}`.", found=Phrase("a sentence of somebody else")), None),
        ("550 5.1.1 no such user", None),
        ("", ""),
    ],
)
def test_a_sentence_is_said_whole_or_not_at_all(text: str, expected: str | None) -> None:
    """Parts are said, values stay; no half of a sentence in another language."""
    assert in_language(text, "es") == expected
    assert in_language(text, "en") == text


def test_numbers_are_written_as_the_language_has_them() -> None:
    """Where a place asks for signs between thousands, or for decimals; a value of a file keeps its point."""
    assert in_language(phrase("{copies:,} an hour", copies=12_400), "es") == "12.400 por hora"
    assert in_language(phrase("{copies:,} an hour", copies=2000), "es") == "2000 por hora"
    assert in_language(phrase("the number {value}", value=1.5), "es") == "el número 1.5"
    faint = "expected a contrast of at least {readable}:1, found {colour} on {ground} with {ratio:.1f}:1 (“{text}”)"
    said = in_language(phrase(faint, readable=4.5, colour="#777", ground="#888", ratio=1.25, text="x"), "es")
    assert "con 1,2:1" in str(said)


def test_a_sentence_goes_through_files_and_processes() -> None:
    """With its parts."""
    said = did_you_mean("frends", ["friends"])
    for back in (from_data(data_of(said)), pickle.loads(pickle.dumps(said))):
        assert (back, in_language(back, "es")) == (said, in_language(said, "es"))


def test_a_language_without_a_catalogue_is_english() -> None:
    """By tags and locales."""
    assert [spoken(tag) for tag in ("es-MX", "es_ES.UTF-8", "fr", "C.UTF-8", "")] == ["es", "es", "en", "en", "en"]


def test_people_files_are_told_of_in_spanish() -> None:
    """Every fault of a row; an address that is none, by the common faults of one."""
    rows = (
        *("maria,María,es,,", "@x.es,María,es,,", "maria rosa@x.es,María,es,,", "a@x.es,,es,,", "b@x.es,=?x,es,,"),
        *("c@x.es,Ana,eo,,", "d@x.es,Ana,es,,", "d@x.es,Ana,es,,", "e@x.es,Ana,es,Calle 1,", ",Ana,es,,", '"'),
    )
    read = read_people("\n".join(("email,name,language,street,city", *rows)).encode(), "people.csv", ("es",), "ES")
    headless = read_people(b"email,street\n", "people.csv", ("es",), "ES")
    found = [*read.problems, *headless.problems]
    assert len(found) == len(rows)  # one row is sound, and the first row of the other file has a fault
    assert [each.message for each in found if in_language(each.message, "es") is None] == [
        "expected a row of the table: unexpected end of data"  # a library's words
    ]
    assert [each.hint for each in found if in_language(each.hint, "es") is None] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ facts | date }}", "este texto no se puede rellenar: se esperaba una fecha como 2027-02-09; hay `{}`"),
        ("{{ facts }}", "se esperaba un texto o un número; hay un grupo de datos"),
        ("{{ none }}", "se esperaba un texto o un número; hay un dato vacío"),
        ("{% for one in language %}{{ one }}{% endfor %}", "se esperaba una lista que recorrer; hay otra cosa"),
        ("{{ 1 | counted('hens') }}", "se esperaban formas de 'hens' para cada número en `es`; no hay ninguna"),
        ("{{ 1 | counted('dogs') }}", "'dogs': se esperaba una forma `one` para 1; hay other"),
        ("{{ 1 + 1 }}", "se esperaban valores, filtros, `if` y `for`; hay `+`"),
        ("{% macro one() %}{% endmacro %}", "se esperaban valores, filtros, `if` y `for`; hay una macro"),
        ("{{ 1 | unknown }}", "se esperaba uno de los filtros"),
    ],
)
def test_what_a_text_cannot_say_is_told_in_spanish(text: str, expected: str) -> None:
    """Also what is found out only while it is filled."""
    words = {"counted": {"dogs": {"other": "# perros"}}}
    templates = Templates(Folder(ENGINE), {}, lambda _: words)
    with pytest.raises(TemplateProblemError) as raised:
        templates.fill_text("a.md", text, {"facts": {}, "language": "es", "none": None})
    assert expected in (in_language(raised.value.problem.message, "es") or raised.value.problem.message)
    assert in_language(raised.value.problem.hint, "es") is not None


def _bare(value: ast.expr) -> bool:
    """A sentence that no catalogue knows."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str) and " " in value.value
    if isinstance(value, ast.IfExp):
        return _bare(value.body) or _bare(value.orelse)
    if isinstance(value, ast.Call):
        return ast.unparse(value.func) == "' '.join"  # phrases lose their parts in it
    return isinstance(value, ast.JoinedStr | ast.BinOp)


def _bare_sentences(tree: ast.Module) -> Iterator[int]:
    """Lines of messages and hints that are plain texts, in a module that makes problems."""
    if not any(isinstance(each, ast.ImportFrom) and each.module == "communique.problems" for each in ast.walk(tree)):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in {"message", "hint"} and _bare(node.value):
            yield node.value.lineno
        if isinstance(node, ast.Assign) and _bare(node.value):
            yield from (node.lineno for each in node.targets if ast.unparse(each) in {"message", "hint"})


def test_no_message_is_a_plain_sentence() -> None:
    """Whoever makes a problem makes a phrase."""
    found = [
        f"{path.relative_to(ENGINE)}:{line}"
        for path in sorted(ENGINE.rglob("*.py"))
        for line in _bare_sentences(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_no_finding_of_an_examination_and_no_refusal_of_a_channel_is_a_plain_sentence() -> None:
    """What `communique doctor` finds, and what an adapter is raised with."""
    makers = {"ok": slice(1, 3), "warning": slice(1, 3), "problem": slice(1, 3)}
    found = []
    for path in sorted([*(ENGINE / "doctor").glob("*.py"), *CHANNELS.rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                said = node.args[makers[name]] if name in makers else node.args[:1] if _is_told(name) else []
                found += [f"{path.name}:{node.lineno}" for each in said if _bare(each) and not _is_place(each)]
    assert found == []


def test_nothing_that_a_command_is_refused_with_is_a_plain_sentence() -> None:
    """What a plan, a correction, a withdrawal or a rehearsal cannot do is told in the officer's language."""
    found = [
        f"{path.name}:{node.lineno}"
        for room in ("plan", "rehearse", "commands")
        for path in sorted((ENGINE / room).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and _is_told(ast.unparse(node.exc.func))
        if any(_bare(each) and not _is_place(each) for each in node.exc.args)
    ]
    assert found == []


def test_no_reason_that_sending_puts_on_record_is_a_plain_sentence() -> None:
    """What is found again in the ledger has to stand in the catalogue."""
    recorders = {"in_doubt", "give_up", "retry", "left_out", "must_not_go"}
    found = [
        f"{path.name}:{node.lineno}"
        for path in sorted((ENGINE / "send").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in recorders
        if any(_bare(each) for each in node.args)
    ]
    assert found == []


def _is_told(name: str) -> bool:
    """Whether the words of an error of this name reach an officer; others are mistakes of ours."""
    return name.endswith("Error") and name not in {"LookupError", "RuntimeError"}


def _is_place(value: ast.expr) -> bool:
    """Values with signs between them, and no words."""
    if not isinstance(value, ast.JoinedStr):
        return False
    return not any(
        isinstance(each, ast.Constant) and re.search("[A-Za-z]{2}", str(each.value)) for each in value.values
    )
