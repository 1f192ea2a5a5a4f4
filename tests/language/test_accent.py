"""Whatever colour an officer picks, people can read what is written in it."""

import pytest

from communique.settings import Look
from communique.texts.accent import accent_fault, contrast, readable_on
from communique.website.site import build_site
from tests.shipped_site import SETTINGS, site


def test_contrast_is_counted_as_wcag_does() -> None:
    """Reference values: black on white 21:1, a colour on itself 1:1, #767676 on white just passes 4.5:1."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#14508c", "#14508c") == pytest.approx(1)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("accent", ["#14508c", "#ffdd00", "#ffffff", "#000000", "#00aa55", "#d4351c"])
def test_any_accent_is_made_readable(accent: str) -> None:
    """Whatever colour an officer picks, links can be read on page and panel, by day and by night."""
    for background in ("#ffffff", "#f4f5f6", "#15191d", "#1d2329"):
        assert contrast(readable_on(background, accent), background) >= 4.5
        assert contrast(readable_on(background, accent, 7), background) >= 7
    style = build_site(site(settings=SETTINGS.model_copy(update={"look": Look(accent=accent)})))["style.css"].decode()
    assert readable_on("#f4f5f6", accent) in style
    assert readable_on("#1d2329", accent, 7) in style


def test_a_pale_accent_is_reported() -> None:
    """The officer reads what was found, what is expected and what the pages use instead; a good one passes."""
    assert accent_fault("#14508c") == ""
    assert "#ffdd00 with 1.3:1" in accent_fault("#ffdd00")
