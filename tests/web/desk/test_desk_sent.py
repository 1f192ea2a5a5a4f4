"""What went out, looked at afterwards: from what the ledger keeps, with how it is known to be that."""

import hashlib
import io
import re
from datetime import timedelta

import httpx
import pdfplumber
import pytest

from communique.store.desk.officers import Duty
from communique.store.recipients import erasure, people
from communique.subscription import Frequency
from tests.channels.recording_smtp import RecordingSmtp
from tests.desk import desk_of
from tests.digest_towns import DigestTown
from tests.workspaces import Town

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGE, ARTICLE = "/sent/news/hello/once", "templates/news/hello/en/article.md"


def test_what_went_out_is_shown_as_it_went_and_proved_by_its_hash(town: Town) -> None:
    """Whoever edits since: a mail by a mail server, the page, one whose reader was renamed, one whose was erased."""
    town.campaign("through: [email]", "through: [email, website]")
    town.say_to_nobody_in_particular()
    town.invite("ana", "ben", "zoe")
    with RecordingSmtp() as server:
        town.settings("port: 25", f"port: {server.port}")
        opened = town.opened
        town.freeze()
        town.dispatcher(opened.channels).run()
        opened.close()
        mails = [each.data for each in server.accepted]
    assert len(mails) == 3
    words = "It is blue."
    assert words in (town.root / "templates/news/hello/en/article.md").read_text().replace("{{ facts.colour }}", "blue")
    town.write("templates/news/hello/en/article.md", "---\nheadline: Other\nsummary: Other.\n---\nOther words.\n")
    layout = town.root / "templates/layouts/mail.txt"
    town.write("templates/layouts/mail.txt", f"Today's layout. {layout.read_text()}")
    with town.database.begin() as connection:
        renamed = people.Row(address="zoe@example.org", name="Zoe Ash", language="en", organisation="")
        people.add(connection, [renamed], audience="friends", basis="test", source="test", now=town.clock.now)
        erasure.erase(connection, people.address_key("ben@example.org"), "0" * 64, str, town.clock.now)
    with desk_of(town) as desk:
        seat = desk.sit(desk.hire("Olga", Duty.EDITOR))
        assert f'href="{PAGE}"' in seat.get("/announcement/news/hello/once").text
        anas = seat.get(f"{PAGE}?address=ana@example.org")
        assert "to the last character" in anas.text
        kept = re.search(r"<code dir=\"ltr\">([0-9a-f]{16})…</code>", anas.text)
        assert kept is not None
        assert kept[1] in {hashlib.sha256(each).hexdigest()[:16] for each in mails}
        _is_as_it_was(seat.get(_framed(anas)), "Ana")
        zoes = seat.get(f"{PAGE}?address=zoe@example.org").text
        assert ("to the last character" in zoes, "does not have the hash" in zoes, "Zoe Ash" in zoes) == (
            False,
            True,
            True,
        )
        bens = seat.get(f"{PAGE}?copy={_number(town, 'a person since erased')}")
        assert "written to an invented person" in bens.text
        _is_as_it_was(seat.get(_framed(bens)), "")
        page = seat.get(f"{PAGE}?copy={_number(town, 'everyone')}")
        assert "lie in the ledger as they went out" in page.text
        _is_as_it_was(seat.get(_framed(page)), "")
        assert "No copy of it has gone to nobody@example.org." in seat.get(f"{PAGE}?address=nobody@example.org").text
        assert seat.get(f"{PAGE}?copy=99").status_code == 404
        assert seat.get(f"/sent/news/other/once/{_number(town, 'Ana')}/light").status_code == 404
        assert seat.get("/sent/news/other/once").status_code == 404


def _framed(page: httpx.Response) -> str:
    found = re.search(r'<iframe class="whole" src="([^"]+)"', page.text)
    assert found is not None
    return found[1]


def _is_as_it_was(shown: httpx.Response, greeted: str) -> None:
    assert ("blue" in shown.text, greeted in shown.text) == (True, True)
    assert ("Other words" in shown.text, "Today's layout" in shown.text) == (False, False)
    assert "sandbox" in shown.headers["Content-Security-Policy"]


def _number(town: Town, name: str) -> int:
    return next(copy.delivery.id for copy in town.copies() if copy.name == name)


def test_a_letter_is_shown_on_its_paper_as_it_was_printed(town: Town) -> None:
    """Its first page as a picture, all of it as PDF, and its text: whoever edits since."""
    town.settings("channels:\n", "channels:\n  letter: {kind: letter, directory: var/letters}\n")
    town.campaign("through: [email]", "through: [letter]")
    town.invite_by_post("remedios")
    town.run()
    town.write(ARTICLE, "---\nheadline: Other\nsummary: Other.\n---\nOther words.\n")
    (copy,) = town.copies()
    with desk_of(town) as desk:
        seat = desk.sit(desk.hire("Olga", Duty.EDITOR))
        page = seat.get(f"{PAGE}?copy={copy.delivery.id}").text
        assert ("to the last character" in page, "Dear Remedios, hello." in page, "Other" in page) == (
            True,
            True,
            False,
        )
        picture = seat.get(f"{PAGE}/{copy.delivery.id}/picture")
        assert (picture.headers["content-type"], picture.content[:4]) == ("image/png", b"\x89PNG")
        paper = seat.get(f"{PAGE}/{copy.delivery.id}/paper")
        assert paper.headers["content-type"] == "application/pdf"
        with pdfplumber.open(io.BytesIO(paper.content)) as pages:
            text = "".join(each.extract_text() for each in pages.pages)
        assert ("Dear Remedios, hello." in text, "Other words" in text) == (True, False)
        (batch,) = (town.root / "var/letters").rglob("letters/*.pdf")
        with pdfplumber.open(batch) as pages:
            assert text == "".join(each.extract_text() for each in pages.pages)


def test_a_post_is_shown_in_the_words_that_went_out(town: Town) -> None:
    """They lie in the ledger; a text that was edited since says nothing of them."""
    town.campaign("through: [email]", "through: [handoff]")
    town.say_to_nobody_in_particular()
    town.run()
    town.write("templates/news/hello/en/social.txt", "Something <b>else</b>.\n")
    (copy,) = town.copies()
    with desk_of(town) as desk:
        page = desk.sit(desk.hire("Olga", Duty.EDITOR)).get(f"{PAGE}?copy={copy.delivery.id}").text
        assert "lie in the ledger as they went out" in page
        assert ("Hello, it is blue." in page, "Something" in page) == (True, False)


def test_a_newsletter_by_day_is_shown_with_what_it_carried(town: Town) -> None:
    """To whom it went, and held to its hash; texts and layouts that were edited since are not in it."""
    digest = DigestTown(town)
    digest.announce("news", {"hello": "start", "fair": "start + 1 hours"})
    digest.choose("ana", Frequency.DAILY)
    digest.tick(town.clock.now + timedelta(hours=1))
    (mail,) = digest.mails("ana")
    assert "Of hello (en)" in mail
    town.write(ARTICLE, "---\nheadline: Other\nsummary: Other.\n---\nOther words.\n")
    (carrier,) = (each for each in town.copies() if each.delivery.campaign == "Digest")
    at = f"/sent/Digest/{carrier.delivery.announcement}/{carrier.delivery.occurrence}"
    with desk_of(town) as desk:
        seat = desk.sit(desk.hire("Olga", Duty.EDITOR))
        page = seat.get(f"{at}?address=ana@example.org")
        assert "to the last character" in page.text
        shown = seat.get(_framed(page)).text
        assert ("Of hello (en)" in shown, "Of fair (en)" in shown, "Other" in shown) == (True, True, False)
        item = next(each for each in town.copies() if each.delivery.campaign == "news")
        assert seat.get(f"{PAGE}?copy={item.delivery.id}").status_code == 404
