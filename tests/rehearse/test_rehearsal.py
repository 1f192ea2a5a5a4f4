"""A whole campaign under a virtual clock: everything goes its real way, and nobody is reached."""

import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import lxml.html
import pytest

from channels import KINDS
from channels.voice import espeak
from communique.delivery import Mode, State
from communique.installation import Installation
from communique.rehearse.rehearsal import Rehearsal, finish, prepare
from communique.store.deliveries import accounts
from tests.channels.feed_rules import complaints, json_complaints
from tests.counterparts.presence import require
from tests.shipped_rehearsal import LEFT
from tests.workspaces import FOLLOWING, PUBLIC, START, Town


def rehearse(
    root: Path, folder: Path, *, people: int, making: Callable[[str, int], None] = lambda *_: None
) -> Rehearsal:
    """Play every campaign of a workspace to its end."""
    workspace = Installation(root=root, variables={"COMMUNIQUE_KEY": "key"}, kinds=KINDS).workspace()
    chance = random.Random(1)
    rehearsal = prepare(workspace, root, folder, list(workspace.campaigns), number=people, chance=chance)
    rehearsal.play(lambda _standing: None, making)
    return rehearsal


def test_every_shipped_announcement_with_a_date_goes_out(rehearsal: Rehearsal) -> None:
    """All balances hold; all is sent but to who has no address or has left; what stays has no date yet, and says so."""
    balances = rehearsal.balances()
    assert all(each.holds for each in balances)
    with rehearsal.database.reading() as connection:
        stayed = [copy for copy in accounts.copies(connection, Mode.LIVE) if copy.delivery.state != "sent"]
    assert {copy.delivery.reason for copy in stayed} == {"no e-mail address", f"must not be written to: {LEFT}"}
    gone = {(each.campaign, each.announcement) for each in balances}
    stays = {each.name for each in rehearsal.stays}
    everything = {
        (name, each) for name, campaign in rehearsal.workspace.campaigns.items() for each in campaign.announcements
    }
    assert gone | stays == everything
    assert all("is unknown" in each.reason or "will not go" in each.reason for each in rehearsal.stays)


def test_the_ledger_and_the_mail_server_agree(rehearsal: Rehearsal) -> None:
    """Every mail the sink accepted is in the ledger as sent, with the sink's own words, and the other way round."""
    with rehearsal.database.reading() as connection:
        proofs = dict(accounts.proofs(connection, Mode.LIVE))
    by_mail = {reference for reference, words in proofs.items() if words.startswith("250")}
    accepted = [message_from_bytes(mail.data, policy=policy.default) for mail in rehearsal.mails]
    assert Counter(str(mail["Message-ID"]).strip() for mail in accepted) == {f"<{each}>": 1 for each in by_mail}


def test_the_validators_have_nothing_to_say_of_its_feeds(rehearsal: Rehearsal) -> None:
    """Not an error and not a warning, in any language, topic or format."""
    now, root = rehearsal.clock.now, rehearsal.folder / "public"
    found = {}
    for file in sorted((root / "feeds").rglob("*.*")):
        name = file.relative_to(root).as_posix()
        if file.suffix == ".xml":
            found[name] = complaints(file.read_bytes(), f"{rehearsal.workspace.settings.public_address}/{name}", now)
        elif file.suffix == ".json":
            found[name] = json_complaints(file.read_bytes(), now)
    settings = rehearsal.workspace.settings
    assert len(found) == 3 * len(settings.languages) * (1 + len(settings.subscribing.topics))
    assert not any(found.values()), found


def test_a_feed_says_which_way_its_entries_run(rehearsal: Rehearsal) -> None:
    """Who shows entries of many feeds knows no direction but the entry's own."""
    for language in rehearsal.workspace.settings.languages:
        feed = rehearsal.folder / "public" / "feeds" / "public" / language / "feed.json"
        entries = json.loads(feed.read_text(encoding="utf-8"))["items"]
        assert entries
        assert all(entry["content_html"].startswith('<div dir="rtl"') is (language == "ar") for entry in entries)


def test_promoters_hear_before_the_public(rehearsal: Rehearsal) -> None:
    """In the order of what happened."""
    order = [standing.name for standing in rehearsal.happened]
    promoters = order.index(("accepted-into-ogp", "thank-the-promoters"))
    public = order.index(("accepted-into-ogp", "tell-the-public"))
    assert promoters < public


def test_all_it_leaves_is_in_its_folder(town: Town, tmp_path: Path) -> None:
    """Neither the workspace's ledger nor its pages nor its outbox are touched, and invented people are in no list."""
    town.campaign("through: [email]", "through: [email, website, feed, x, handoff]")
    town.say("hello", {"en": PUBLIC})
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    finish(rehearse(town.root, tmp_path / "rehearsal", people=5))
    after = {path: path.read_bytes() for path in before}
    new = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*") if path.is_file()} - {
        path.relative_to(tmp_path).parts[0] for path in before
    }
    assert after == before
    assert new == {"rehearsal"}


def test_no_address_outside_is_written_to(rehearsal: Rehearsal) -> None:
    """Everybody is invented, at a domain that can belong to nobody (RFC 2606)."""
    addresses = {address for mail in rehearsal.mails for address in mail.recipients}
    assert {address.rpartition("@")[2] for address in addresses} == {"example.org"}


def test_it_plays_the_same_every_time(town: Town, tmp_path: Path) -> None:
    """The same people, the same mails, the same moments."""
    said = []
    for number in range(2):
        rehearsal = rehearse(town.root, tmp_path / f"rehearsal-{number}", people=6)
        finish(rehearsal)
        said.append([(mail.recipients, _without_boundaries(mail.data)) for mail in rehearsal.mails])
    assert said[0] == said[1]
    assert len(said[0]) == 6


def _without_boundaries(data: bytes) -> list[object]:
    """What a mail says; where its parts are cut is chance."""
    mail = message_from_bytes(data, policy=policy.default)
    return [
        str(mail["Message-ID"]),
        str(mail["Date"]),
        *(part.get_content() for part in mail.walk() if not part.is_multipart()),
    ]


def test_a_recurring_announcement_is_played_a_few_times(town: Town, tmp_path: Path) -> None:
    """Without an end it would be played for ever."""
    town.campaign("when: start", "when: start\n    every: 1 months")
    rehearsal = rehearse(town.root, tmp_path / "rehearsal", people=3)
    finish(rehearsal)
    assert len(rehearsal.happened) == 2
    assert len(rehearsal.mails) == 6


def test_what_finish_counts_is_what_was_accepted(town: Town, tmp_path: Path) -> None:
    """By channel, each of which is named when its work begins, with how many announcements there are."""
    town.campaign("through: [email]", "through: [email, x]")
    town.say("hello", {"en": PUBLIC})
    made: list[tuple[str, int]] = []
    rehearsal = rehearse(
        town.root, tmp_path / "rehearsal", people=4, making=lambda channel, number: made.append((channel, number))
    )
    assert finish(rehearsal) == {"email": 4, "x": 1}
    assert made == [("x", 1), ("email", 1)]


def test_it_needs_no_secret(town: Town, tmp_path: Path) -> None:
    """A password and a key for signing belong to the mail server that is replaced."""
    secrets = (
        "username: city\n    password: MAIL_PASSWORD\n    dkim_selector: s\n    dkim_key: DKIM_KEY\n    protocol: lmtp"
    )
    town.settings("tls: none", f"tls: starttls\n    {secrets}")
    rehearsal = rehearse(town.root, tmp_path / "rehearsal", people=3)
    finish(rehearsal)
    assert len(rehearsal.mails) == 3


def test_no_page_links_to_a_feed_that_is_not_there(town: Town, tmp_path: Path) -> None:
    """An announcement on the website alone: its page names the feeds, and they are there, empty and valid."""
    town.campaign("through: [email]", "through: [website]")
    town.say("hello", {"en": PUBLIC})
    rehearsal = rehearse(town.root, tmp_path / "rehearsal", people=2)
    finish(rehearsal)
    public = rehearsal.folder / "public"
    page = lxml.html.parse(str(public / "en" / "index.html")).getroot()
    named = {link for _, _, link, _ in page.iterlinks() if "feeds/" in link and not link.startswith("http")}
    assert {Path(link).name for link in named} >= {"rss.xml", "atom.xml", "feed.json"}
    assert all((public / "en" / link).is_file() for link in named)


def test_a_machine_that_cannot_print_loses_no_time_over_letters(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it lacks is told, letters fail once and say so, and all else goes: nobody waits for another attempt."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "weasyprint.py").write_text("raise OSError(\"cannot load library 'libpango-1.0-0'\")")
    monkeypatch.syspath_prepend(tmp_path / "lib")
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    town.settings("channels:\n", "channels:\n  letter: {kind: letter, directory: var/letters}\n")
    town.campaign("through: [email]", "through: [email, letter]")
    rehearsal = rehearse(town.root, tmp_path / "rehearsal", people=20)
    assert list(rehearsal.lacks) == ["letter"]
    with rehearsal.database.reading() as connection:
        letters = [
            copy.delivery for copy in accounts.copies(connection, Mode.LIVE) if copy.delivery.channel == "letter"
        ]
    assert finish(rehearsal) == {"email": len(rehearsal.mails)}
    assert {(each.state, "sudo apt-get install libpango" in each.reason) for each in letters if each.attempts} == {
        (State.FAILED, True)
    }
    assert {each.attempts for each in letters} <= {0, 1}
    assert rehearsal.clock.now - START < timedelta(minutes=2)


def test_the_website_has_what_went_out_last(town: Town, tmp_path: Path) -> None:
    """A release to the media after all that is published: the daemon writes pages between announcements, too."""
    press = (
        "  press: {kind: press, host: localhost, port: 25, tls: none, sender: Press <press@littleton.example.org>}\n"
    )
    town.settings("channels:\n", f"channels:\n{press}")
    town.settings("role: invited", "role: media")
    town.campaign("through: [email]", "through: [website]")
    town.say("hello", {"en": PUBLIC})
    town.add(FOLLOWING.replace("[email]", "[press]"))
    town.write("templates/news/goodbye/en/press.md", PUBLIC)
    rehearsal = rehearse(town.root, tmp_path / "rehearsal", people=2)
    finish(rehearsal)
    assert (rehearsal.folder / "public/en/press/news/goodbye/index.html").is_file()


def test_the_page_of_the_last_announcement_offers_what_was_made_after_it(town: Town, tmp_path: Path) -> None:
    """A spot and a page of the same announcement, and nothing falls due later: the page has it all the same."""
    require(espeak.is_there(), "espeak-ng is not there. On Debian or Ubuntu: sudo apt-get install espeak-ng")
    town.settings("channels:\n", "channels:\n  radio: {kind: radio, directory: var/radio}\n")
    town.campaign("through: [email]", "through: [website, radio]")
    town.say("hello", {"en": PUBLIC})
    town.write("templates/news/hello/en/radio-15.txt", "Hello from the town of Littleton. " * 5)
    rehearsal = rehearse(town.root, tmp_path / "rehearsal", people=2)
    finish(rehearsal)
    assert "<audio" in (rehearsal.folder / "public/en/news/hello/index.html").read_text()
