"""Hand-off: the counterpart is the folder a person opens."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from channels.handoff import HandoffChannel
from channels.post_text import post_of
from communique.channel import Image, Measured, Message, TemporaryError
from communique.language.catalogue import in_language
from communique.phrase import as_phrase, phrase
from communique.texts.pack_sheets import pack_sheet
from tests.channels.conftest import LINK
from tests.channels.contract import Bench, ChannelContract
from tests.shipped_messages import workspace

STEM = "network/accepted-into-ogp-tell-the-public-once-es"


@pytest.fixture
def message(message: Message) -> Message:
    """A post that somebody makes by hand: with the words of its page."""
    route = workspace().routes["facebook"]
    return message._replace(content=replace(post_of(message), sheet=pack_sheet(workspace().words, route, "es")))


class TestContract(ChannelContract):
    """What every adapter promises."""

    @pytest.fixture
    def bench(self, tmp_path: Path, message: Message, with_post: Callable[..., Message]) -> Bench:
        """The adapter and the folder."""
        return Bench(
            make=lambda: HandoffChannel(directory=tmp_path, limit=300),
            message=message,
            invalid=with_post(text="ñ" * 300),
            complaint="of 300 characters",
            accepted=lambda: len(list(tmp_path.rglob("*.txt"))),
        )


def ignore() -> None:
    """A commit that nobody looks at."""


def test_the_text_is_ready_to_paste(tmp_path: Path, message: Message) -> None:
    """The file holds what is to be pasted and nothing else."""
    receipt = HandoffChannel(directory=tmp_path, limit=3000).send(message, ignore)
    assert receipt.reference == f"{STEM}.txt"
    assert receipt.by_hand
    lines = (tmp_path / receipt.reference).read_text().split("\n")
    assert (lines[0][:12], lines[-1]) == ("¡Puerto Clar", LINK)


def test_the_page_says_what_to_do(tmp_path: Path, with_post: Callable[..., Message], picture: Image) -> None:
    """Where, how long, which picture and its alternative text, how to say that it is done; texts to copy at a touch."""
    message = with_post(image=picture)
    HandoffChannel(directory=tmp_path, limit=3000).send(message, ignore)
    page = lxml.html.fromstring((tmp_path / f"{STEM}.html").read_text())
    said = " ".join("".join(str(each) for each in page.itertext()).split())
    for words in ("network", LINK, "de 3000 caracteres", f"communique done {STEM}"):
        assert words in said
    to_copy = [each.text for each in page.iter("pre")]
    assert to_copy == [(tmp_path / f"{STEM}.txt").read_text(), picture.alt]
    assert [each.get("src") for each in page.iter("img")] == [f"{STEM.rpartition('/')[2]}.png"]
    assert (tmp_path / f"{STEM}.png").read_bytes() == picture.data
    assert not list(page.iter("script"))


@pytest.mark.parametrize("language", ["es", "ar"])
def test_the_page_speaks_the_language_of_its_post(language: str, tmp_path: Path, message: Message) -> None:
    """Who posts in Spanish reads Spanish, from right to left in Arabic; each network has its own advice."""
    route = workspace().routes["facebook"]
    post = replace(post_of(message), sheet=pack_sheet(workspace().words, route, language))
    for network in ("facebook", "linkedin", "whatsapp"):
        channel = HandoffChannel(directory=tmp_path, network=network)
        channel.send(message._replace(language=language, content=post), ignore)
        root = lxml.html.fromstring((tmp_path / f"{STEM}.html").read_text())
        assert (root.get("lang"), root.get("dir")) == (language, {"es": "ltr", "ar": "rtl"}[language])
        said, words = root.text_content(), workspace().words.of(language)
        assert words["pack"][network] in said
        assert words["language_name"] in said
        assert "#" not in root.findtext(".//ol/li")


def test_the_page_of_an_answer_says_to_which_post(tmp_path: Path, message: Message) -> None:
    """The one that was made of the earlier pack."""
    HandoffChannel(directory=tmp_path, limit=3000).send(message._replace(answers="network/earlier-es.txt"), ignore)
    assert "se hizo con <code>network/earlier-es.txt</code>" in (tmp_path / f"{STEM}.html").read_text()


@pytest.mark.parametrize(("network", "limit", "shown"), [("facebook", 63206, 125), ("linkedin", 3000, 140)])
def test_a_known_network_shows_the_beginning(
    network: Any, limit: int, shown: int, with_post: Callable[..., Message]
) -> None:
    """Its limit need not be given; what is seen before "more" is on the page, in the preview and in the rehearsal."""
    message = with_post(text="Á" * 200)
    measure = HandoffChannel(directory=Path(), network=network).measure(message)
    assert measure.limit == limit
    assert measure.beginning("Á" * 200) == "Á" * shown + "…"
    assert measure.beginning("Á" * shown) == ""


def test_the_beginning_has_its_lines_as_the_network_shows_them(
    tmp_path: Path, with_post: Callable[..., Message]
) -> None:
    """Each in its own direction: an address below Arabic is read from the left."""
    text = f"{'ا' * 60}:\nhttps://a.example/b {'ا' * 200}"
    HandoffChannel(directory=tmp_path, network="linkedin").send(with_post(text=text), ignore)
    page = next(tmp_path.rglob("*.html")).read_text()
    assert f'<p class="beginning" dir="auto">{text[:140].rstrip()}' in page
    assert ".beginning { white-space: pre-line; unicode-bidi: plaintext;" in page


def test_a_caption_of_whatsapp_is_shorter_than_a_text(with_post: Callable[..., Message], picture: Image) -> None:
    """1,024 characters go with a picture, 65,536 alone."""
    channel, long = HandoffChannel(directory=Path(), network="whatsapp"), f"{LINK} " + "ñ" * 1000
    assert channel.check(with_post(text=long)) == []
    assert "of 1024 characters with a picture" in channel.check(with_post(text=long, image=picture))[0]
    assert "of 65536 characters. " in channel.check(with_post(text="ñ" * 65_536))[0]
    for other in (HandoffChannel(directory=Path(), network="linkedin"), HandoffChannel(directory=Path(), limit=3000)):
        assert "of 3000 characters. " in other.check(with_post(text="ñ" * 3001, image=picture))[0]


@pytest.mark.parametrize(("longest", "refusals"), [(300, 0), (301, 1)])
def test_a_post_may_be_as_long_as_its_network_takes(
    longest: int, refusals: int, with_post: Callable[..., Message]
) -> None:
    """And not one character longer."""
    post = with_post(text="ñ" * longest, link="")
    assert len(HandoffChannel(directory=Path(), limit=300).check(post)) == refusals


@pytest.mark.parametrize(
    ("text", "network", "complaint"),
    [
        ("Un **plan** abierto", "facebook", "shows `**plan**` with its signs"),
        ("Lea [la página](https://a.example/b)", "linkedin", "shows `[la página](https://a.example/b)` with its signs"),
        (f"{LINK}?a_b_c=1", "whatsapp", "reads two `_` as marks"),
        (f"https://otra.example/ y {LINK}", "whatsapp", "the first address alone: `https://otra.example/`"),
    ],
)
def test_what_a_network_would_show_otherwise_is_refused(
    text: str, network: Any, complaint: str, with_post: Callable[..., Message]
) -> None:
    """Before anybody pastes it; one network’s trap is none of another’s."""
    assert any(
        complaint in each for each in HandoffChannel(directory=Path(), network=network).check(with_post(text=text))
    )
    plain = with_post(text=f"Un *plan* abierto. {LINK}")
    assert HandoffChannel(directory=Path(), network=network).check(plain) == []


def test_a_folder_that_cannot_be_written_is_temporary(tmp_path: Path, message: Message) -> None:
    """Nothing is handed over; when the folder is mended it goes."""
    (tmp_path / "full").write_text("")
    with pytest.raises(TemporaryError):
        HandoffChannel(directory=tmp_path / "full", limit=3000).send(message, ignore)


def test_a_limit_is_needed() -> None:
    """Zero would refuse everything, much later."""
    with pytest.raises(ValueError, match="limit"):
        HandoffChannel(directory=Path(), limit=0)
    with pytest.raises(ValueError, match="facebook, linkedin, whatsapp"):
        HandoffChannel(directory=Path())


def test_it_is_measured() -> None:
    """The plan can show how much room is left."""
    assert isinstance(HandoffChannel(directory=Path(), limit=1), Measured)


def test_what_it_refuses_is_told_in_spanish(with_post: Callable[..., Message]) -> None:
    """At the end of a sentence that names the channel; a plain text of an adapter leaves all of it English."""
    [refusal] = HandoffChannel(directory=Path(), network="linkedin").check(with_post(text="ñ" * 3001))
    pattern = "{name} would refuse this: {refusal}"
    said = in_language(phrase(pattern, name="red", refusal=as_phrase(refusal)), "es")
    assert str(said).startswith("red lo rechazaría: Demasiado largo para LinkedIn: ")
    assert in_language(phrase(pattern, name="red", refusal=as_phrase("No.")), "es") is None
