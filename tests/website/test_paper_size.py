"""What is printed: on A4, or on Letter where letters or the settings say so."""

import io
from dataclasses import replace
from typing import Any

import pytest
from pypdf import PdfReader

from channels.paper.press import Press
from communique.settings import Settings
from communique.website.infographics import infographic_of
from communique.website.site import build_sheets
from communique.website.site_contents import Site
from tests.shipped_messages import occasions, workspace
from tests.shipped_site import SETTINGS, site, yaml

A4, LETTER = (595, 842), (612, 792)


def settings(window: str, **said: Any) -> Settings:
    """The shipped ones, with another envelope."""
    plain = yaml("config/settings.yaml")
    letter = {**plain["channels"]["letter"], "window": window}
    return Settings.model_validate({**plain, "channels": {**plain["channels"], "letter": letter}, **said})


@pytest.mark.parametrize(
    ("window", "said", "printed_on"),
    [
        ("din-5008-b", {}, "a4"),
        ("us-10", {}, "letter"),
        ("din-5008-b", {"paper": "letter"}, "letter"),
        ("us-10", {"paper": "a4"}, "a4"),
    ],
)
def test_the_paper_is_that_of_letters_unless_the_settings_say_another(
    window: str, said: dict[str, str], printed_on: str
) -> None:
    """A town that prints its letters on Letter has nothing else in its trays."""
    assert settings(window, **said).printed_on == printed_on


def test_who_writes_no_letters_prints_on_a4() -> None:
    """As most of the world does."""
    channels = {name: each for name, each in SETTINGS.channels.items() if each.kind != "letter"}
    assert SETTINGS.model_copy(update={"channels": channels}).printed_on == "a4"


@pytest.mark.parametrize(
    ("made", "size"), [(site(prints=True), A4), (site(prints=True, settings=settings("us-10")), LETTER)]
)
def test_releases_agendas_and_minutes_have_the_size_of_the_paper(made: Site, size: tuple[int, int]) -> None:
    """Every sheet of the website; one is printed, to be measured."""
    sheets = build_sheets(made)
    assert sheets
    assert {f"size: {made.settings.printed_on};" in html for html in sheets.values()} == {True}
    page = PdfReader(io.BytesIO(Press().print(next(iter(sheets.values())), "").data)).pages[0]
    assert (round(page.mediabox.width), round(page.mediabox.height)) == size


@pytest.mark.parametrize("window", ["din-5008-b", "us-10"])
def test_posters_and_scripts_do_too(window: str) -> None:
    """They are made with the announcement that they are about."""
    town = replace(workspace(), settings=settings(window))
    published = next(each for each in occasions() if each.announcement == "tell-the-public")
    script = town.renderer.script(published, town.routes["tv"], "es")
    drawn = infographic_of(town, published, town.routes["infographic"], "es")
    for document in (script.document, drawn.poster):
        assert f"size: {town.settings.printed_on};" in document
