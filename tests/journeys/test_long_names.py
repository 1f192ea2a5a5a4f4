"""The longest names and translations on the smallest telephone: nothing is cut off, nothing has to be scrolled to.

Pages of citizens have tests of their own; here is what newsrooms, stations and readers of mail open.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from channels import KINDS
from channels.voice.cue_sheet import Take, cue_sheet, transcript
from communique.channel import Form
from communique.occasion import Occasion
from communique.plan.samples import sample_recipient
from communique.read.sources import Copy, Folder
from communique.texts.press_kits import release
from communique.texts.rendering import Addressee
from communique.website.site import build_site
from communique.workspace import Workspace, read_workspace
from tests.counterparts.browser import SCREENS
from tests.journeys.visitors import PATIENCE
from tests.shipped_messages import LANGUAGES, ROOT, occasions
from tests.shipped_site import site

pytestmark = pytest.mark.counterpart

#: As long as any member of OGP Local is called, in each language; and a domain and an office to match.
LONG = {
    "Ayuntamiento de Puerto Claro": "Gobierno Autónomo Descentralizado Provincial de Santo Domingo de los Tsáchilas",
    "City of Puerto Claro": "Decentralised Autonomous Government of the Province of Santo Domingo de los Tsáchilas",
    "Ville de Puerto Claro": "Gouvernement autonome décentralisé de la province de Santo Domingo de los Tsáchilas",
    "Município de Puerto Claro": "Governo Autónomo Descentralizado Provincial de Santo Domingo de los Tsáchilas",
    "بلدية بويرتو كلارو": "الحكومة المستقلة اللامركزية لمقاطعة سانتو دومينغو دي لوس تساتشيلاس",
    "Puerto Claro": "Santo Domingo de los Tsáchilas",
    "بويرتو كلارو": "سانتو دومينغو دي لوس تساتشيلاس",
    "puertoclaro.example.org": "gobiernoprovincialdesantodomingodelostsachilas.example.org",
    "Inés Vidal": "María Fernanda Rodríguez de Santillán y Villavicencio",
    "Ayuntamiento, sala 2, Plaza Mayor 1": "Edificio de la Prefectura, sala de sesiones Abraham Calazacón",
}
#: What is announced with tables of facts, quotations and addresses.
ANNOUNCED = frozenset(
    {"thank-the-promoters", "tell-the-media", "invite-the-promoters", "send-the-agenda", "brief-the-authority"}
)
#: What is wider than the screen, or than the box it stands in; what only screen readers get is one pixel wide.
_TOO_WIDE = """() => [
  ...(document.documentElement.scrollWidth > document.documentElement.clientWidth ? ["the page"] : []),
  ...[...document.querySelectorAll("body *")]
    .filter((each) => each.clientWidth > 1 && each.scrollWidth > each.clientWidth + 1)
    .map((each) => each.outerHTML.slice(0, 120)),
]"""


@cache
def workspace() -> Workspace:
    """The shipped one, in which the town has the longest names."""
    folder = Folder(ROOT)
    paths = [path for under in ("campaigns", "config", "templates") for path in folder.paths(under)]
    found, problems = read_workspace(Copy({path: _long(path, folder.read(path) or b"") for path in paths}), KINDS, None)
    assert found is not None, problems
    return found


def _long(path: str, data: bytes) -> bytes:
    if not path.endswith(".yaml") or path.startswith("templates"):
        return data
    text = data.decode()
    for short, long in LONG.items():
        text = text.replace(short, long)
    return text.encode()


def of(name: str) -> Occasion:
    """The first occasion of an announcement, in this workspace."""
    found = next(each for each in occasions() if each.announcement == name)
    return replace(found, campaign=workspace().campaigns[found.campaign.campaign])


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A small telephone."""
    page = browser.new_page(viewport=SCREENS["phone"])  # type: ignore[arg-type]
    page.set_default_timeout(PATIENCE)
    yield page
    page.close()


def too_wide(page: Page, pages: Mapping[str, str]) -> dict[str, Any]:
    """By name, what does not fit."""
    found = {}
    for name, html in pages.items():
        page.set_content(html)
        if wide := page.evaluate(_TOO_WIDE):
            found[name] = wide
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_mails_fit(page: Page, language: str) -> None:
    """Invitations with their tables of facts, agendas, releases."""
    found, addressee = workspace(), Addressee(recipient=sample_recipient(workspace().words, language), role="promoters")
    mails = {}
    for name in sorted(ANNOUNCED):
        occasion = of(name)
        through = occasion.campaign.announcements[name].through
        route = next(found.routes[each] for each in through if found.routes[each].form is Form.MAIL)
        mails[name] = found.renderer.mail(occasion, route, addressee, occasion.due_at).html
    assert too_wide(page, mails) == {}


@pytest.mark.parametrize("channel", ["radio", "tv"])
def test_cue_sheets_fit(page: Page, channel: str) -> None:
    """Of the radio and of television, with a station of a long name; and the transcript to listen along."""
    sheets, stations = {}, {f"Emisora {LONG['Puerto Claro']}": "de lunes a viernes, 08:30"}
    for language in LANGUAGES:
        script = workspace().renderer.script(of("the-process-begins"), workspace().routes[channel], language)
        takes = [Take(each, 12.3, ("radio-15.wav", "radio-15.mp3")) for each in script.spots]
        command = f"communique done {channel}/co-creation-kickoff-the-process-begins-once/{language} --as NAME"
        sheets[language] = cue_sheet(script, takes, stations, command, language, beside=("script.pdf",))
        sheets[f"{language} transcript"] = transcript(script, takes, language)
    assert too_wide(page, sheets) == {}


def test_releases_fit(page: Page) -> None:
    """With their press kit, in every language, and the page that lists them."""
    made, occasion = workspace(), of("tell-the-media")
    releases = [
        release(made.renderer, occasion, made.routes["press"], language, occasion.due_at) for language in LANGUAGES
    ]
    files = build_site(site(settings=made.settings, releases=releases))
    style = next(data for path, data in files.items() if path.endswith("style.css")).decode()
    shown = {path: data.decode() for path, data in files.items() if "/press/" in path and path.endswith(".html")}
    assert len(shown) == 2 * len(LANGUAGES)
    pages = {path: html.replace("</head>", f"<style>{style}</style></head>") for path, html in shown.items()}
    assert too_wide(page, pages) == {}
