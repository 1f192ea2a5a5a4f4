"""Scripts for television, from an officer's paragraphs to what is wrong with them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from communique.channel import Overlay
from communique.drawing.font_files import installed_fonts
from communique.texts.television import seconds_to_read
from tests.workspaces import Town, build

TV = "  tv: {kind: tv, directory: var/tv}\n"
FILE = "templates/news/hello/en/tv-20.txt"
SHOTS = """The harbour. [Hello from {{{{ government.name }}}}] | {0}

The mayor at her desk. [[Ana Ruiz, Mayor of Littleton]] |

The coat of arms. [{{{{ pages.home }}}}] | We say so again, and find out more at {{{{ pages.home }}}}.
"""
LONG = (
    "Hello from {{ government.name }}, where we say so again and again and again and again, all day and all night long."
)


@pytest.fixture
def on_screen(tmp_path: Path) -> Iterator[Town]:
    """`hello` goes on television, in twenty seconds."""
    town = build(tmp_path)
    town.say_to_nobody_in_particular()
    town.settings("channels:\n", f"channels:\n{TV}")
    town.campaign("through: [email]", "through: [tv]")
    town.draw_cards()
    town.write(FILE, SHOTS.format(LONG))
    yield town
    town.database.close()


def problems(town: Town) -> list[tuple[str, str]]:
    """What planning says of it: code, and what was found."""
    found = town.standing().preflight
    assert found is not None
    return [(each.code, each.message) for each in found.problems]


@pytest.mark.skipif(installed_fonts() is None, reason="the Noto fonts are not installed (fonts-noto-core)")
def test_paragraphs_are_shots_and_what_is_wrong_is_found_before_they_go(on_screen: Town) -> None:
    """A shot without words lasts as long as its lower third is read; supers have no scheme, time, and a safe place."""
    workspace = on_screen.workspace
    script = workspace.renderer.script(on_screen.occasion(), workspace.routes["tv"], "en")
    first, second, third = script.spots[0].shots
    assert (first.picture, [each.text for each in first.overlays]) == ("The harbour.", ["Hello from City of Littleton"])
    assert (second.sound, second.takes) == ("", pytest.approx(2 + 5 * 0.2))
    assert [(each.text, each.lower_third) for each in second.overlays] == [("Ana Ruiz, Mayor of Littleton", True)]
    assert third.overlays[0].text == "open.littleton.example.org"
    assert third.sound.endswith("open dot littleton dot example dot org.")
    assert [code for code, _ in problems(on_screen)] == []

    on_screen.write(FILE, SHOTS.format("Hello."))
    layout = "templates/layouts/cards/tv-super.svg"
    on_screen.write(layout, (on_screen.root / layout).read_text().replace('x="96"', 'x="60"'))
    found = problems(on_screen)
    read = "expected time to read “Hello from City of Littleton”, 3.0 seconds, found a shot of 0.4"
    assert ("super-too-short", read) in found
    edge = "expected everything at least 5 % from the edges of the screen, found rect from 60, 800 to 74, 996"
    assert ("outside-the-safe-area", edge) in found
    on_screen.run()
    assert on_screen.balances() == {}

    on_screen.write(FILE, "The harbour in the morning, and no line between.\n")
    ((code, message),) = problems(on_screen)
    assert (code, "found `The harbour in the morning" in message) == ("shot-without-columns", True)


def test_ten_words_take_longer_to_be_noticed() -> None:
    """Nine take 3.8 seconds, ten take five: two or three to notice them, and a fifth of a second each."""

    def held(words: int) -> float:
        return seconds_to_read([Overlay(text="word " * words, lower_third=False)])

    assert (held(9), held(10)) == (pytest.approx(3.8), pytest.approx(5))
