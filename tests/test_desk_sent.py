"""What went out, looked at afterwards: from what the ledger keeps, with how it is known to be that."""

import hashlib
import re

import httpx
import pytest

from communique.store import erasure, people
from communique.store.officers import Duty
from tests.channels.recording_smtp import RecordingSmtp
from tests.desk import desk_of
from tests.workspaces import Town

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGE = "/sent/news/hello/once"


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
        assert "to the last sign" in anas.text
        kept = re.search(r"<code dir=\"ltr\">([0-9a-f]{16})…</code>", anas.text)
        assert kept is not None
        assert kept[1] in {hashlib.sha256(each).hexdigest()[:16] for each in mails}
        _is_as_it_was(seat.get(_framed(anas)), "Ana")
        zoes = seat.get(f"{PAGE}?address=zoe@example.org").text
        assert ("to the last sign" in zoes, "does not have the hash" in zoes, "Zoe Ash" in zoes) == (False, True, True)
        bens = seat.get(f"{PAGE}?copy={_number(town, 'a person since erased')}")
        assert "written to an invented person" in bens.text
        _is_as_it_was(seat.get(_framed(bens)), "")
        page = seat.get(f"{PAGE}?copy={_number(town, 'everyone')}")
        assert "lie in the ledger as they went out" in page.text
        _is_as_it_was(seat.get(_framed(page)), "")
        assert "No copy of it has left to nobody@example.org." in seat.get(f"{PAGE}?address=nobody@example.org").text
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
