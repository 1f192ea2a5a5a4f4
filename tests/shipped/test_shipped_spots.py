"""Shipped spots have room for towns whose names are longer than that of the town they are written for."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from communique.workspace import Workspace
from tests.shipped_messages import occasions, workspace

#: A commune near Marrakech, and others.
FOUR_WORDS = {
    "ar": "سيدي عبد الله غياث",
    "en": "Newton on the Moor",
    "es": "Santa Cruz de Tenerife",
    "fr": "Saint Maur des Fossés",
    "pt": "São Bernardo do Campo",
}


def town(language: str) -> Workspace:
    """The shipped one, by another name."""
    settings = workspace().settings
    ours = settings.government.place
    assert isinstance(ours, dict)
    named = settings.government.model_copy(update={"place": {**ours, language: FOUR_WORDS[language]}})
    return replace(workspace(), settings=settings.model_copy(update={"government": named}))


def spots(language: str) -> Iterator[tuple[str, float, int, str]]:
    """Of each its name, how long it takes, how long it may, and its words."""
    here = town(language)
    for occasion in occasions():
        for name in occasion.campaign.announcements[occasion.announcement].through:
            if here.routes[name].kind == "radio":
                for spot in here.renderer.script(occasion, here.routes[name], language).spots:
                    yield f"{occasion.name}: {spot.file}", spot.takes, spot.seconds, spot.text


@pytest.mark.parametrize("language", FOUR_WORDS)
def test_spots_have_room_for_a_name_of_four_words(language: str) -> None:
    """One spot that is too long keeps back all that waits for its announcement; and each says whose it is."""
    found = list(spots(language))
    assert [name for name, *_, words in found if FOUR_WORDS[language] not in words] == []
    assert [name for name, takes, most, _ in found if takes > most] == []
