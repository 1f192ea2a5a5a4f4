"""The mail shell and the fixed phrases: what every language must have, and what every mail must be."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

import css_inline
import html5lib
import pytest
from markupsafe import Markup

from communique.language.formatting import direction
from communique.localisation.localised import localise
from communique.read.sources import Folder
from communique.settings import Role
from communique.texts.templates import Templates
from tests.shipped_site import HOSTILE, LANGUAGES, SETTINGS, WORKSPACE, words

TEMPLATES = Templates(Folder(WORKSPACE), {"en": "en-GB"}, words)


def context(language: str, **changes: object) -> dict[str, Any]:
    """What the engine gives to the shell."""
    return {
        "language": language,
        "dir": direction(language),
        "words": words(language),
        "government": localise(SETTINGS.government.model_dump(), language, LANGUAGES),
        "subject": "Subject",
        "headline": "Headline",
        "preheader": "Preheader",
        "greeting": "Dear Ana,",
        "body": Markup("<p>Body with a <a href='https://a.example/'>link</a>.</p><h2>More</h2>"),
        "text_body": Markup("Body & more\n"),
        "pages": {"process": "https://a.example/es/", "announcement": "https://a.example/es/tell/"},
        "role": "promoters",
        "unsubscribe_url": "https://a.example/leave/t",
        "look": {"accent": "#14508c", "logo_alt": ""},
        **changes,
    }


def shell(language: str, **changes: object) -> Element:
    """The mail as a browser understands it; a single parse error fails."""
    html = TEMPLATES.fill_layout("mail.html", context(language, **changes))
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)  # type: ignore[no-any-return]


def text(language: str, **changes: object) -> str:
    """The plain twin."""
    return TEMPLATES.fill_layout("mail.txt", context(language, **changes))


def phrases(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every phrase with its path."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from phrases(value, f"{path}/{key}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from phrases(value, f"{path}/{number}")
    else:
        yield path, node


#: How dates and times are said is no phrase, and each language counts in as many forms as it has.
_GRAMMAR = ("/speech/date/", "/speech/time/", "/speech/joins/", "/speech/telephone", "/counted/")
every_language = pytest.mark.parametrize("language", LANGUAGES)


@every_language
def test_every_language_has_every_phrase(language: str) -> None:
    """The same phrases everywhere, none empty, none left in another language; each has a grammar of its own."""
    own, spanish = (
        {path: phrase for path, phrase in phrases(words(each)) if not path.startswith(_GRAMMAR)}
        for each in (language, "es")
    )
    assert own.keys() == spanish.keys()
    assert all(isinstance(phrase, str) and phrase.strip() for phrase in own.values())
    same = {path for path in own if own[path] == spanish[path]}
    # Short words may be alike in two languages of one family; whole sentences may not.
    assert language == "es" or not [path for path in same if len(own[path]) > 25]


@every_language
def test_every_role_is_told_why(language: str) -> None:
    """Whoever gets a mail reads why, whatever group the person is in; so do those who look after the announcements."""
    assert set(words(language)["mail"]["why"]) == {*map(str, Role), "alerts", "confirmation"}


@every_language
def test_a_mail_is_sound(language: str) -> None:
    """Language and direction stand on the document and on the part that webmail keeps; there is one h1 and a title."""
    root = shell(language)
    inner = next(item for item in root.iter("div") if item.get("class") == "page")
    for element in (root, inner):
        assert (element.get("lang"), element.get("dir")) == (language, "rtl" if language == "ar" else "ltr")
    headings = [item.tag for item in root.iter() if item.tag in {"h1", "h2", "h3"}]
    assert headings[0] == "h1"
    assert headings.count("h1") == 1
    assert "".join(next(root.iter("title")).itertext()) == "Subject"


def test_layout_tables_are_no_tables_to_a_screen_reader() -> None:
    """Every table of the shell has the role `presentation`."""
    assert {table.get("role") for table in shell("es").iter("table")} == {"presentation"}


@every_language
def test_text_and_html_carry_the_same(language: str) -> None:
    """Contact, address, reason and links stand in both parts."""
    root, plain = shell(language), text(language)
    html = "".join(root.itertext())
    government = context(language)["government"]
    for fact in (
        "Headline",
        "Dear Ana,",
        government["name"],
        government["contact"]["name"],
        government["contact"]["role"][:1].upper() + government["contact"]["role"][1:],  # on a line of its own
        government["contact"]["email"],
        government["contact"]["phone"],
        "Plaza Mayor 1",
        "41999 Puerto Claro",
        words(language)["mail"]["why"]["promoters"],
        words(language)["mail"]["unsubscribe"],
    ):
        assert fact in html
        assert fact in plain
    for address in {str(link.get("href")) for link in root.iter("a")} - {"https://a.example/"}:
        assert address.removeprefix("mailto:") in plain


def test_what_is_not_there_leaves_no_trace() -> None:
    """Without greeting, page or way to leave, no empty line or dead link stays; the process page may not be up yet."""
    bare = {"greeting": "", "unsubscribe_url": "", "pages": {"process": "https://a.example/es/"}}
    links = [link.get("href") for link in shell("en", **bare).iter("a")]
    assert links == [
        "https://a.example/",
        "mailto:gobiernoabierto@puertoclaro.example.org",
        "https://www.puertoclaro.example.org",
    ]
    assert "\n\n\n" not in text("en", **bare)
    assert words("en")["mail"]["unsubscribe"] not in text("en", **bare)


def test_the_plain_text_reads_well() -> None:
    """Headline, greeting, text, link, contact, reason, address, way out, in this order, one blank line between."""
    assert text("en").startswith("Headline\n\nDear Ana,\n\nBody & more\n\nRead this message on the website:\nhttps://")
    assert text("en").endswith("Stop getting these messages:\nhttps://a.example/leave/t\n")
    assert "\n\n\n" not in text("en")


def test_hostile_text_is_shown_as_text() -> None:
    """Markup and template code in a headline or a name neither runs nor breaks the mail."""
    root = shell("es", headline=HOSTILE, greeting=HOSTILE, preheader=HOSTILE, subject=HOSTILE)
    assert not list(root.iter("script"))
    assert "".join(next(root.iter("h1")).itertext()) == HOSTILE
    assert HOSTILE in text("es", greeting=HOSTILE)


def test_styles_are_inlined_and_dark_mode_is_kept() -> None:
    """After inlining, elements carry their own style; only what media queries need stays in the head."""
    html = css_inline.CSSInliner(keep_at_rules=True).inline(TEMPLATES.fill_layout("mail.html", context("ar")))
    assert "prefers-color-scheme: dark" in html
    assert "max-width: 480px" in html.replace("width:480", "width: 480")
    root = html5lib.parse(html, namespaceHTMLElements=False)
    assert "font-size" in str(next(root.iter("h1")).get("style"))
    assert "float" not in html
    assert len(html) < 20_000


def test_a_mail_loads_nothing_without_a_logo() -> None:
    """No image, script or style sheet is fetched when it is opened: nobody is tracked."""
    root = shell("es")
    assert not [item.tag for item in root.iter() if item.tag in {"img", "script", "link", "iframe"} or item.get("src")]


def test_a_logo_has_a_text() -> None:
    """With a logo, its text stands in the band when images are off, and the name stands there anyway."""
    logo = {"accent": "#14508c", "logo": "https://a.example/logo.png", "logo_alt": "Crest"}
    band = next(item for item in shell("en", look=logo).iter("td") if item.get("class") == "band")
    assert next(band.iter("img")).get("alt") == "Crest"
    assert "City of Puerto Claro" in "".join(band.itertext())


def test_commas_and_colons_after_a_value_are_the_languages_own() -> None:
    """Arabic has its own comma, and French a space before the colon: no layout writes either by itself."""
    found = {
        f"{path.relative_to(WORKSPACE)}: {match[0]}"
        for path in (WORKSPACE / "templates/layouts").rglob("*.*")
        if path.suffix in {".html", ".md", ".txt"}
        for match in re.finditer(r"\}\}(</\w+>)?\)?[:,](\s|<|\*).*", path.read_text(encoding="utf-8"))
    }
    assert found == set()
    assert (words("ar")["comma"], words("fr")["colon"]) == ("،", "\u00a0:")
