"""Scripts for the radio, from an officer's texts to a person's word that the stations have them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from communique.delivery import State
from communique.read.sources import Folder
from communique.store.announcements import copies
from tests.channels.test_radio import sound
from tests.command_line import at
from tests.workspaces import START, Town, build

RADIO = "  radio: {kind: radio, directory: var/radio, formats: []}\n"
#: 32 words, of which the address makes five: 12 seconds.
SPOT = (
    "Hello from {{ government.name }}, which is {{ facts.colour }}. " + "We say so again. " * 5 + "{{ pages.home }}.\n"
)
PLACE = "radio/news-hello-once/en"


@pytest.fixture
def on_air(tmp_path: Path) -> Iterator[Town]:
    """`hello` goes to the radio, in fifteen seconds."""
    town = build(tmp_path)
    town.say_to_nobody_in_particular()
    town.settings("channels:\n", f"channels:\n{RADIO}")
    town.campaign("through: [email]", "through: [radio]")
    town.write("templates/news/hello/en/radio-15.txt", SPOT)
    yield town
    town.database.close()


def problems(town: Town) -> list[tuple[str, str, str]]:
    """What planning says of it: severity, code, file."""
    found = town.standing().preflight
    assert found is not None
    return [(each.severity.value, each.code, each.file.rpartition("/")[2]) for each in found.problems]


def test_a_script_is_written_spoken_and_done_by_a_person(on_air: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits until somebody says that the stations have it."""
    assert problems(on_air) == []
    on_air.run()
    text = (on_air.root / "var/radio" / PLACE / "radio-15.txt").read_text()
    assert text.endswith("open dot littleton dot example dot org.\n")
    assert [each.delivery.state for each in on_air.copies()] == [State.IN_DOUBT]

    line = at(on_air.root, monkeypatch, START)
    assert PLACE in line("status").text
    assert line("done", PLACE, "--as", "Ana", "--note", "by bicycle").code == 0
    assert [each.delivery.state for each in on_air.copies()] == [State.SENT]
    assert "Ana: by bicycle" in line("log").text


def test_what_is_wrong_is_found_before_it_goes(on_air: Town) -> None:
    """Each length at its own text: too long and unspoken stop it, too short and hard to note are said."""
    folder = "templates/news/hello/en"
    on_air.write(f"{folder}/radio-30.txt", f"{SPOT} Open 24/7.\n")
    on_air.write(f"{folder}/radio-5.txt", SPOT)
    on_air.write(f"{folder}/radio-15.txt", SPOT.replace("We say so again. ", "", 1).replace("pages.home", "link"))
    assert sorted(problems(on_air)) == [
        ("error", "refused-by-channel", "radio-5.txt"),
        ("error", "unspoken", "radio-30.txt"),
        ("warning", "address-too-long-to-say", "radio-15.txt"),
        ("warning", "spot-too-short", "radio-30.txt"),
    ]
    on_air.run()
    assert on_air.balances() == {}


def test_a_place_with_a_long_name_has_a_short_one_where_seconds_count(on_air: Town) -> None:
    """The refusal names the way; a spot and a post then say the short name, and an article the whole one."""
    name = "Littleton below the Seven Hills of the Northern Coast"
    on_air.settings("  place: Littleton\n", f"  place: {name}\n")
    on_air.campaign("through: [radio]", "through: [radio, website, x]")
    for file in ("radio-15.txt", "social.txt"):
        on_air.write(f"templates/news/hello/en/{file}", "{{ government.place }} " * 6 + "is blue.\n")
    article = (on_air.root / "templates/news/hello/en/article.md").read_text()
    on_air.write("templates/news/hello/en/article.md", article + "\nFrom {{ government.place }}.\n")
    found = on_air.standing().preflight
    assert found is not None
    refused = next(each for each in found.problems if each.code == "refused-by-channel")
    assert refused.file.endswith("radio-15.txt")
    assert "`short_place` below `government`" in refused.hint

    on_air.settings(f"  place: {name}\n", f"  place: {name}\n  short_place: {{en: Lit, es: Lit, fr: Lit}}\n")
    workspace, occasion = on_air.workspace, on_air.occasion()
    spot = workspace.renderer.script(occasion, workspace.routes["radio"], "en").spots[0]
    assert spot.text.startswith("Lit Lit ")
    assert workspace.renderer.post(occasion, workspace.routes["x"], "en").text.startswith("Lit Lit ")
    assert f"From {name}." in workspace.renderer.publication(occasion, "en", START).text


def test_a_recording_beside_the_text_is_part_of_what_is_approved(on_air: Town) -> None:
    """It is kept with the texts, and another one voids the approval; what cannot be aired is said before."""
    file = "templates/news/hello/en/radio-15"
    (on_air.root / f"{file}.mp3").write_bytes(b"no sound")
    assert problems(on_air) == [("error", "refused-by-channel", "radio-15.txt")]
    (on_air.root / f"{file}.mp3").unlink()
    on_air.settings("required: 0", "required: 1")
    (on_air.root / f"{file}.wav").write_bytes(sound(2))
    assert problems(on_air) == []
    on_air.approve("Ana")
    with on_air.database.begin() as connection:
        copies.keep(connection, copies.approved("news"), Folder(on_air.root), "news", START)
        copy = copies.kept(connection, copies.approved("news"))
    assert copy is not None
    assert copy.files[f"{file}.wav"] == sound(2)
    (on_air.root / f"{file}.wav").write_bytes(sound(3))
    assert on_air.standing().reason == "changed since it was approved"


def test_without_a_text_there_is_no_script(on_air: Town) -> None:
    """An article is not read aloud by mistake; the file that is missing is named, and one text needs no number."""
    (on_air.root / "templates/news/hello/en/radio-15.txt").unlink()
    assert [code for _, code, _ in problems(on_air)] == ["missing-template"]
    assert "radio-30.txt" in on_air.standing().reason
    on_air.write(
        "templates/news/hello/en/radio.txt",
        SPOT + "And more of the same, so that it is long enough for half a minute. " * 3,
    )
    assert problems(on_air) == []
