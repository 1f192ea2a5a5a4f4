"""What the website has for the media: releases to read and to download, never before their embargo is over."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from channels.paper.own_process import PressApart
from channels.website import WebsiteChannel
from communique.channel import Image, Message, Pages
from communique.correction import Corrected, Correction
from communique.delivery import Mode
from communique.retraction import Retraction
from communique.send.present_pages import put_in_place
from communique.website.site import build_bundles, build_sheets, build_site
from tests.command_line import at
from tests.shipped_site import FIRST, LANGUAGES, page, parsed, publication, release, said, site
from tests.website.test_press import OFFICE, PRESS, QUOTE, RELEASE
from tests.workspaces import START, Town, build

KIT = "es/press/accepted-into-ogp/tell-the-media/"
STEM = f"{KIT}tell-the-media-es"


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Town]:
    """`hello` is a release to the friends, who are newsrooms that keep an embargo."""
    town = build(tmp_path)
    town.settings("channels:\n", f"{OFFICE}channels:\n{PRESS}")
    town.settings("role: invited", "role: media, trusted_with_embargo: true")
    town.campaign("through: [email]", "through: [press]")
    town.campaign("  colour: blue\n", f"  colour: blue\n{QUOTE}")
    town.write("templates/news/hello/en/press.md", RELEASE)
    town.invite("ana")
    yield town
    town.database.close()


def show(town: Town) -> None:
    """What the daemon does with the website once an hour, and when an embargo ends."""
    put_in_place(town.workspace, town.database, town.opened.channels, Mode.LIVE, town.clock.now)


def send(town: Town) -> None:
    """What is due goes; newsrooms' mail is taken by the town's recorder."""
    town.freeze()
    town.dispatcher({**town.opened.channels, "press": town.email}).run()


def written(pages: Pages, directory: Path) -> Path:
    """The folder, as a web server has it."""
    message = Message(key="k", reference="r", created_at=FIRST, language="es", content=pages)
    channel = WebsiteChannel(directory=directory)
    channel.send(message, lambda: None)
    assert channel.lookup(message) is not None
    return directory


def test_the_pages_for_the_media_lead_to_all_there_is() -> None:
    """From the process page and the announcement to the release, and from there to its files and pictures."""
    process, announcement = page("es/index.html"), page("es/accepted-into-ogp/tell-the-public/index.html")
    assert "press/accepted-into-ogp/tell-the-media/" in {each.get("href") for each in process.iter("a")}
    assert "../../press/accepted-into-ogp/tell-the-media/" in {each.get("href") for each in announcement.iter("a")}
    shown = page(f"{KIT}index.html")
    hrefs = [each.get("href") for each in shown.iter("a")]
    assert {"tell-the-media-es.zip", "tell-the-media-es.txt", "../../../accepted-into-ogp/tell-the-public/"} <= set(
        hrefs
    )
    assert "tell-the-media-es.pdf" not in hrefs  # nothing prints here
    figure = next(shown.iter("figcaption"))
    assert said(figure).startswith("En la imagen: A town Crédito: Ana & Sons Descargar la imagen (8 × 4)")
    listed = said(next(page("es/press/index.html").iter("main")))
    assert "Release (es) Summary of the release Contacto de prensa" in listed


def test_a_kit_has_everything_in_one_file_and_the_same_bytes_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text, PDF/UA on the letterhead, a page that needs nothing, pictures with what they show and who made them."""
    own = Image(data=b"drawn", media_type="image/png", alt="A card", width=4, height=4, drawn=True)
    made = site(
        releases=[release("es")],
        publications=[publication("tell-the-public", "es", picture=own)],
        prints=True,
        logo=b"\x89PNG",
        processes={},
    )
    look = made.settings.look.model_copy(update={"logo": "logo.png"})
    made = replace(made, settings=made.settings.model_copy(update={"look": look}))
    pages = Pages(files=build_site(made), printed=build_sheets(made), bundled=build_bundles(made))
    first = written(pages, tmp_path / "one") / f"{STEM}.zip"
    second = written(pages, tmp_path / "two") / f"{STEM}.zip"
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(io.BytesIO(first.read_bytes())) as kit:
        assert kit.testzip() is None
        inside = {each.filename.removeprefix("tell-the-media-es/"): kit.read(each) for each in kit.infolist()}
    assert list(inside) == [
        *("tell-the-media-es.html", "tell-the-media-es.txt", "tell-the-media-es.pdf"),
        *("picture-1.jpg", "picture-2.png", "logo.png", "pictures.txt"),
    ]
    assert inside["tell-the-media-es.txt"].decode().startswith("Release (es)\n\nSummary of the release\n\nFor immed")
    assert "picture-1.jpg\nEn la imagen: A town\nCrédito: Ana & Sons\n" in inside["pictures.txt"].decode()
    printed = PdfReader(io.BytesIO(inside["tell-the-media-es.pdf"]))
    assert "/StructTreeRoot" in printed.trailer["/Root"]
    assert (printed.trailer["/Root"]["/Lang"], printed.metadata and printed.metadata.title) == ("es", "Release (es)")
    assert made.settings.look.accent in inside["tell-the-media-es.html"].decode()

    def again(*_: object) -> None:
        raise AssertionError("it is there already")

    monkeypatch.setattr(PressApart, "print", again)  # a service that starts anew prints nothing anew
    assert (written(pages, tmp_path / "one") / f"{STEM}.zip").read_bytes() == second.read_bytes()


def test_a_release_that_was_withdrawn_is_marked_everywhere() -> None:
    """On its page, in its list, in the files that people may have links to; nothing leads to them any more."""
    gone = Retraction(at=FIRST + timedelta(days=2), reasons={"es": "La fecha era otra."})
    made = site(releases=[release("es", retraction=gone)], prints=True)
    files = build_site(made)
    shown = parsed(files[f"{KIT}index.html"])
    assert "La fecha era otra." in said(shown)
    assert shown.find("head/meta[@name='robots']") is not None
    assert not [each for each in shown.iter("a") if str(each.get("href")).endswith((".zip", ".pdf", ".txt"))]
    assert "La fecha era otra." in files[f"{STEM}.txt"].decode()
    assert "La fecha era otra." in build_sheets(made)[f"{STEM}.pdf"]
    announcement = parsed(files["es/accepted-into-ogp/tell-the-public/index.html"])
    assert "press/accepted" not in str([each.get("href") for each in announcement.iter("a")])
    assert "en/press/index.html" not in files  # where there is none, there is no page


def test_a_release_that_was_corrected_says_so_first() -> None:
    """Above the text as it was sent: on the page, in the plain text, on paper."""
    words = Corrected(headline="La fecha", wrong="El 9 de febrero.", right="El 10 de febrero.")
    made = site(
        releases=[
            release("es", corrections=(Correction(number=1, at=FIRST + timedelta(days=2), texts={"es": words}),))
        ],
        prints=True,
    )
    files = build_site(made)
    shown = [said(parsed(data)) for data in (files[f"{KIT}index.html"], build_sheets(made)[f"{STEM}.pdf"].encode())]
    for text in (*shown, files[f"{STEM}.txt"].decode()):
        assert text.index("El 10 de febrero.") < text.index("For immediate release")
    assert str(FIRST + timedelta(days=2))[:10] in files["sitemap.xml"].decode()


def test_nobody_reads_a_release_before_its_embargo_is_over(newsroom: Town) -> None:
    """It is kept when it goes out, and on the website once its time has come, as for immediate release."""
    newsroom.campaign("    when: start\n", "    when: start\n    embargo: start + 2 hours\n")
    newsroom.say_to_nobody_in_particular()
    newsroom.add("\n  open:\n    when: start\n    through: [website]\n")
    newsroom.say("open", {"en": "---\nheadline: Open\nsummary: All of it.\n---\nIt is open.\n"})
    send(newsroom)
    public = newsroom.root / "var" / "public"
    kit = public / "en/press/news/hello/index.html"
    assert "press" not in (public / "en/index.html").read_text()
    newsroom.clock.now = START + timedelta(hours=1, minutes=59)
    show(newsroom)
    assert not kit.exists()
    newsroom.clock.now = START + timedelta(hours=2)
    show(newsroom)
    assert "For immediate release" in kit.read_text()
    assert "press/news/hello/" in (public / "en/index.html").read_text()


def test_a_release_that_was_cancelled_before_a_newsroom_had_it_is_nobodys(
    newsroom: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits with the mails to newsrooms; once the cancellation is taken back and they have it, everybody does."""
    newsroom.campaign("through: [press]", "through: [press, website]")
    newsroom.say_to_nobody_in_particular()
    line = at(newsroom.root, monkeypatch, START)
    line("pause", "press", "--as", "Ana Gil")
    send(newsroom)
    kit = newsroom.root / "var/public/en/press/news/hello/index.html"
    for words in (("--why", "the date is wrong", "--yes"), ("--undo",)):
        assert line("cancel", "news/hello", "--through", "press", "--as", "Ana Gil", *words).code == 0
        show(newsroom)
        assert not kit.exists()
    line("resume", "press", "--as", "Ana Gil")
    send(newsroom)
    show(newsroom)
    assert kit.exists()


def test_a_release_is_about_an_announcement_of_its_campaign(newsroom: Town) -> None:
    """Another name is a slip, with its line."""
    newsroom.campaign("    through: [press]\n", "    through: [press]\n    about: helo\n")
    problem = next(each for each in newsroom.workspace.problems if each.code == "unknown-announcement")
    assert (problem.line is not None, "helo" in problem.message, "hello" in problem.hint) == (True, True, True)


def test_languages_are_those_of_the_site() -> None:
    """Each has its own list of releases, and leads to the same one in the others."""
    for language in LANGUAGES:
        shown = page(f"{language}/press/index.html")
        assert f"Release ({language})" in said(shown)
    assert len(page(f"{KIT}index.html").findall("head/link[@hreflang]")) == len(LANGUAGES) + 1
