"""Stations that have a spot get another one when the announcement is corrected or withdrawn: it says so at once."""

import pytest

from communique.delivery import State
from tests.command_line import CommandLine, at
from tests.workspaces import START, Town

CORRECTION = '---\nheadline: It is green\nwrong: We said that it is blue.\nright: "It is {{ facts.colour }}."\n---\n'
CHANNELS = "channels:\n  radio: {kind: radio, directory: var/radio, formats: []}\n  tv: {kind: tv, directory: var/tv}\n"
SPOT = "Hello from Littleton, where all is blue, and will stay so for a while."
NO_LONGER = "Please do not air anything you received before about this announcement."


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line once a station has the spots of `hello`, for radio and for television."""
    town.say_to_nobody_in_particular()
    town.settings("channels:\n", CHANNELS)
    town.campaign("through: [email]", "through: [radio, tv]")
    town.write("templates/news/hello/en/radio-15.txt", f"{SPOT}\n")
    town.write("templates/news/hello/en/tv-15.txt", f"The town hall. [All is blue] | {SPOT}\n")
    line = at(town.root, monkeypatch, START)
    tick(town)
    assert "all is blue" in text(town, "radio", "once", "radio-15.txt")
    return line


def tick(town: Town) -> None:
    """What the daemon does."""
    dispatcher = town.dispatcher(town.opened.channels)
    town.freeze()
    dispatcher.run()


def text(town: Town, kind: str, occurrence: str, file: str) -> str:
    """A file of a pack."""
    return (town.root / f"var/{kind}/{kind}/news-hello-{occurrence}/en/{file}").read_text(encoding="utf-8")


def states(town: Town, occurrence: str) -> dict[str, State]:
    """By channel."""
    return {
        each.delivery.channel: each.delivery.state for each in town.copies() if each.delivery.occurrence == occurrence
    }


def test_a_correction_is_a_spot_that_begins_with_the_word(town: Town, line: CommandLine) -> None:
    """On the air, on the screen and on the sheet; a person takes it to the stations, and says so."""
    town.campaign("colour: blue", "colour: green")
    town.write("templates/news/hello/en/correction.md", CORRECTION)
    done = line("correct", "news/hello", "--as", "Ana Gil")
    assert done.code == 0, done.text + done.errors
    tick(town)
    assert states(town, "once-corrected-1") == {"radio": State.IN_DOUBT, "tv": State.IN_DOUBT}
    said = text(town, "radio", "once-corrected-1", "correction-radio-15.txt")
    assert said.startswith("Correction: It is green.")
    assert "We said that it is blue.\n\nWhat is right: It is green." in said
    shots = text(town, "tv", "once-corrected-1", "correction-tv-15.txt")
    assert shots.splitlines()[1].endswith("Correction")
    for kind in ("radio", "tv"):
        sheet = text(town, kind, "once-corrected-1", "cue-sheet.html")
        assert "Cue sheet: Correction: It is green" in sheet
        assert sheet.index(NO_LONGER) < sheet.index("<table>")
    assert NO_LONGER not in text(town, "radio", "once", "cue-sheet.html")
    assert line("done", "radio/news-hello-once-corrected-1/en", "--as", "Ana Gil").code == 0
    assert states(town, "once-corrected-1")["radio"] is State.SENT


def test_a_withdrawal_is_a_spot_that_begins_with_the_word(town: Town, line: CommandLine) -> None:
    """With the reason; as long as it takes, in a length that stations know."""
    reason = "en=" + "The town council has not decided on that, and will not do so before spring. " * 6
    done = line("retract", "news/hello", "--as", "Ana Gil", "--reason", reason)
    assert done.code == 0, done.text + done.errors
    tick(town)
    assert states(town, "once-retracted") == {"radio": State.IN_DOUBT, "tv": State.IN_DOUBT}
    said = text(town, "radio", "once-retracted", "retraction-radio-45.txt")
    assert said.startswith("We are withdrawing an announcement:")
    assert "Why: The town council has not decided" in said
    assert NO_LONGER in text(town, "tv", "once-retracted", "cue-sheet.html")
    assert text(town, "tv", "once-retracted", "retraction-tv-45.txt").splitlines()[1].endswith("Withdrawn")
