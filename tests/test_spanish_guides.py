"""The Spanish guides say what the English ones say: a page each, with the same commands, keys and headings."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
PROGRAM = DOCS.parent / "communique"
INDEX, SPANISH_INDEX = "officers.md", "es/README.md"
#: Each English page and its twin, by their names below docs/.
TWINS = {
    INDEX: SPANISH_INDEX,
    "officers/desk.md": "es/mesa.md",
    "officers/journey.md": "es/camino.md",
    "officers/writing.md": "es/escribir.md",
    "officers/media.md": "es/medios.md",
    "officers/approving.md": "es/aprobar.md",
    "officers/people.md": "es/personas.md",
    "officers/meetings.md": "es/reuniones.md",
    "officers/sent.md": "es/lo-enviado.md",
    "officers/website.md": "es/sitio-web.md",
    "officers/languages.md": "es/idiomas.md",
}
#: A day at the desk is a Spanish page of its own, and older than the others: it has no English twin.
OF_ITS_OWN = {"es/primer-dia.md"}
#: English headings that a Spanish page leaves out on purpose, with what they are told in.
LEFT_OUT = {"officers/desk.md": {"A day at the desk": "primer-dia.md"}}

_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_COMMAND = re.compile(r"^communique .+|`(communique [^`]+)`", re.MULTILINE)
_ROW = re.compile(r"^\| (.+?) \|", re.MULTILINE)
_KEY = re.compile(r"`([^`]+)`")
#: Words of an example that each language says in its own: a reason, a note, a name that is to be filled in.
_SAID = re.compile(r'(?<=--)(note|reason|basis|why|access-needs) "[^"]*"')
_FILLED_IN = re.compile(r"\b[A-ZÁÉÍÓÚÑ]{3,}\b")
#: What is said to an officer: a catalogue also has the English that it is said for.
_TOLD = re.compile(r"^(?!msgid ).+$", re.MULTILINE)
_EXAMPLE = {"mi-municipio": "my-city"}


def read(name: str) -> str:
    """A page, by its name below docs/."""
    return (DOCS / name).read_text(encoding="utf-8")


def headings(text: str) -> list[tuple[int, str]]:
    """Level and words of each."""
    return [(len(level), words) for level, words in _HEADING.findall(_FENCE.sub("", text))]


def without(text: str, left_out: dict[str, str]) -> str:
    """A page without the parts below these headings."""
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    return "".join(part for part in parts if part.partition("\n")[0].removeprefix("## ") not in left_out)


def english(name: str) -> str:
    """What the twin has to have."""
    return without(read(name), LEFT_OUT.get(name, {}))


def commands(text: str) -> list[str]:
    """In their order, but for what each language says with its own words; a name in capitals is one to fill in."""
    found = (each[1] or each[0] for each in _COMMAND.finditer(text))
    return [_plain(re.sub(r"\s+", " ", each)) for each in found]


def _plain(command: str) -> str:
    spoken = re.sub(r"\s#.*", "", command).replace("--language es ", "")
    for spanish, shown in _EXAMPLE.items():
        spoken = spoken.replace(spanish, shown)
    return _FILLED_IN.sub("…", _SAID.sub(r'\1 "…"', spoken)).strip()


def keys(text: str) -> list[str]:
    """What stands as code in the first column of each table."""
    return [key for cell in _ROW.findall(_FENCE.sub("", text)) for key in _KEY.findall(cell)]


def pictures(text: str) -> list[str]:
    """Their files, in order."""
    return re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)


@pytest.fixture(params=TWINS.items(), ids=lambda pair: pair[1])
def pair(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Both texts."""
    name, twin = request.param
    return english(name), read(twin)


def test_each_guide_has_its_twin() -> None:
    """A page that is new in one language is missed in the other."""
    names = {str(each.relative_to(DOCS)) for each in [DOCS / INDEX, *DOCS.glob("officers/*.md")]}
    spanish = {str(each.relative_to(DOCS)) for each in DOCS.glob("es/*.md")}
    assert (names, spanish) == (set(TWINS), set(TWINS.values()) | OF_ITS_OWN)


def test_both_show_the_same_commands(pair: tuple[str, str]) -> None:
    """In the same order, whatever is said around them."""
    first, second = pair
    assert commands(second) == commands(first)


def test_both_have_the_same_keys_and_pictures(pair: tuple[str, str]) -> None:
    """Of their tables, in the same order."""
    first, second = pair
    assert keys(second) == keys(first)
    assert [Path(each).name for each in pictures(second)] == [Path(each).name for each in pictures(first)]


def test_both_have_as_many_headings_of_each_level(pair: tuple[str, str]) -> None:
    """In the same order."""
    first, second = pair
    assert [level for level, _ in headings(second)] == [level for level, _ in headings(first)]


def test_what_is_left_out_is_there_in_english() -> None:
    """An exception for a heading that is no more would hide one that is new; and the page that tells it is there."""
    for name, left_out in LEFT_OUT.items():
        assert left_out.keys() <= {words for _, words in headings(read(name))}
        assert all((DOCS / "es" / told_in).is_file() for told_in in left_out.values())


def test_spanish_messages_send_officers_to_the_spanish_pages() -> None:
    """The program's own words name no English guide, and no page that is not there."""
    words = [*PROGRAM.rglob("*.po"), *PROGRAM.rglob("*es.yaml")]
    said = "\n".join("\n".join(_TOLD.findall(each.read_text(encoding="utf-8"))) for each in words)
    assert re.findall(r"docs/officers[\w/.-]*", said) == []
    named = set(re.findall(r"docs/(es/[\w.-]+\.md)", said))
    assert named
    assert named <= set(TWINS.values()) | OF_ITS_OWN


def test_each_spanish_page_leads_to_its_parts_and_to_the_others() -> None:
    """A line of contents with every part, in its order; and the way to the list of guides, which has all of them."""
    listed = read(SPANISH_INDEX)
    for name in {*TWINS.values(), *OF_ITS_OWN} - {SPANISH_INDEX}:
        text = read(name)
        parts = [words for level, words in headings(text) if level == 2]
        places = [text.find(f"[{words}](#") for words in parts]
        assert -1 not in places, f"{name} does not list all of {parts}"
        assert all(before < after for before, after in pairwise(places)), name
        assert "](README.md)" in text, name
        assert f"]({Path(name).name})" in listed, name
