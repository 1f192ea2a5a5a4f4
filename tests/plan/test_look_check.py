"""Colour and logo of the settings: what cannot be read or shown is said at its line."""

import pytest

from communique.plan.checks.look import check_look
from communique.problems import Severity
from communique.texts.pictures import logo_of
from communique.website.site_of_workspace import site_of
from tests.drawn_pictures import png
from tests.workspaces import Town


@pytest.fixture
def crested(town: Town) -> Town:
    """A town with a logo."""
    town.settings("audiences:\n", 'look: {accent: "#14508c", logo: crest.png, logo_alt: Crest}\naudiences:\n')
    (town.root / "config/crest.png").write_bytes(png())
    return town


def test_a_logo_goes_out_without_what_its_maker_wrote_into_it(crested: Town) -> None:
    """On the website, and in what is printed and drawn, as photos do; the officer's file stays as it is."""
    path = crested.root / "config/crest.png"
    path.write_bytes(png(padding=len(b"prIv") * 100))
    settings = crested.workspace.settings
    published = site_of(crested.workspace, [], {}, crested.clock()).logo
    assert published == logo_of(crested.workspace.sources, settings.look.logo) == png()
    assert b"prIv" in path.read_bytes()


def test_a_look_that_everybody_can_see_is_fine(crested: Town) -> None:
    """Nothing is said about it."""
    assert list(check_look(crested.workspace)) == []


def test_a_pale_accent_is_warned_of_with_one_that_will_do(crested: Town) -> None:
    """Pages stay readable, and the officer learns in what colour."""
    crested.settings("#14508c", "#ffdd00")
    (problem,) = check_look(crested.workspace)
    assert (problem.code, problem.severity, problem.source.count("accent")) == ("accent-too-light", Severity.WARNING, 1)
    assert "found #ffdd00 with 1.3:1" in problem.message
    assert "show #857300 instead" in problem.message


@pytest.mark.parametrize(
    ("logo", "code"),
    [("gone.png", "picture-missing"), ("crest.svg", "picture-kind"), ("../crest.png", "picture-outside")],
)
def test_a_logo_that_cannot_be_shown_is_refused(crested: Town, logo: str, code: str) -> None:
    """It was left out silently once."""
    crested.settings("logo: crest.png", f"logo: {logo}")
    (problem,) = check_look(crested.workspace)
    assert (problem.code, problem.file) == (code, "config/settings.yaml")
    assert "logo" in problem.source


def test_a_mail_shows_the_logo_that_the_website_publishes(crested: Town) -> None:
    """By its public address; with pictures off, its words and the name of the government are read."""
    html = _mail(crested)
    assert 'src="https://open.littleton.example.org/logo.png"' in html
    assert 'alt="Crest"' in html
    assert "City of Littleton" in html


def test_a_mail_shows_no_logo_that_nobody_publishes(crested: Town) -> None:
    """Neither where there is no website, nor where the file is gone."""
    (crested.root / "config/crest.png").unlink()
    assert "<img" not in _mail(crested)
    (crested.root / "config/crest.png").write_bytes(png())
    crested.settings("  website: {kind: website, directory: var/public}\n", "")
    assert "<img" not in _mail(crested)


def _mail(town: Town) -> str:
    standing = town.standing()
    assert standing.preflight is not None
    return str(standing.preflight.samples["email", "en"].html)
