"""Pages and feeds at a daemon's ticks: there from the first one, and kept up with files and with time."""

from datetime import timedelta

import httpx
import pytest

from communique.monitoring.health import Health
from communique.web.server import serving
from communique.website.process_state import process_of
from tests.channels.feed_rules import complaints
from tests.command_line import at
from tests.ticking import Service, approve
from tests.website.test_press import OFFICE, PRESS, QUOTE, RELEASE
from tests.workspaces import PUBLIC, START


def test_the_feeds_are_there_before_anything_is_said(service: Service) -> None:
    """On the first tick, in every language the channel speaks, and nobody is written to for it."""
    service.town.clock.turn(hours=-1)
    service.tick()
    feeds = service.town.root / "var" / "public" / "feeds" / "public"
    assert {path.name for path in feeds.iterdir()} == {"en", "es", "fr"}
    for language in ("en", "es", "fr"):
        written, address = feeds / language / "rss.xml", f"https://open.littleton.example.org/feeds/public/{language}/"
        assert complaints(written.read_bytes(), f"{address}rss.xml", service.town.clock.now) == []
        assert b"<item>" not in written.read_bytes()
    assert not service.said


def test_the_first_feeds_are_written_once(service: Service) -> None:
    """Readers that ask again are told that nothing has changed."""
    service.tick()
    written = service.town.root / "var" / "public" / "feeds" / "public" / "en" / "rss.xml"
    before = written.read_bytes()
    service.town.clock.turn(minutes=5)
    service.tick()
    assert written.read_bytes() == before


def test_an_empty_feed_stays_as_it_is_over_a_new_start(service: Service) -> None:
    """No reader is told of a change where nothing has been said."""
    service.town.clock.turn(hours=-1)
    service.tick().close()
    service.daemons.clear()
    written = service.town.root / "var" / "public" / "feeds" / "public" / "en" / "rss.xml"
    before = written.read_bytes()
    service.town.clock.turn(minutes=5)
    service.tick()
    assert written.read_bytes() == before


def test_the_pages_keep_up_with_files_and_with_time(service: Service) -> None:
    """Without an announcement: an edit of `config/process.yaml` at once, a day that has come within the hour."""
    town = service.town
    page = town.root / "var" / "public" / "en" / "index.html"
    town.write("config/documents/rules.txt", "Rules")
    town.write("config/process.yaml", "stages: []\n")
    service.tick()
    assert not page.exists()  # nothing has been published, and nothing opens the site early
    town.add("  again:\n    when: start + 1 minutes\n    through: [website]\n")
    town.say("again", {"en": PUBLIC})
    approve(town, "again")
    town.clock.turn(minutes=2)
    service.tick()
    assert page.exists()
    document = "{file: rules.txt, title: Rules of the forum, published: 2026-12-02, language: en}"
    stages = "stages:\n  - {name: The beginning, from: news/start}\n"
    town.write("config/process.yaml", f"{stages}documents:\n  - {document}\n")
    service.tick()
    assert "The beginning" in page.read_text(encoding="utf-8")
    assert "Rules of the forum" not in page.read_text(encoding="utf-8")
    town.clock.turn(hours=24)
    service.tick()
    assert "Rules of the forum" in page.read_text(encoding="utf-8")
    assert (page.parents[1] / "documents" / "rules.txt").read_text(encoding="utf-8") == "Rules"


def test_the_page_offers_what_is_to_be_heard(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is copied once and stays as it is; what was withdrawn is gone, and who knows the address is told why."""
    town = service.town
    town.settings("channels:\n", "channels:\n  radio: {kind: radio, directory: var/radio, formats: []}\n")
    town.add("  again:\n    when: start + 1 minutes\n    through: [website, radio]\n")
    town.say("again", {"en": PUBLIC})
    town.write("templates/news/again/en/radio-15.txt", "Hello from Littleton, which is open. " * 3)
    approve(town, "again")
    town.clock.turn(minutes=2)
    service.tick()
    public = town.root / "var" / "public" / "en" / "news" / "again"
    assert "<audio" not in (public / "index.html").read_text(encoding="utf-8")
    recording = town.root / "var" / "radio" / "radio" / "news-again-once" / "en" / "radio-15.mp3"
    recording.write_bytes(b"as a machine with a voice would have written it")
    town.clock.turn(hours=1)
    service.tick()
    page = (public / "index.html").read_text(encoding="utf-8")
    assert 'src="radio-15.mp3"' in page
    assert "Hello from Littleton, which is open." in page  # what is said, for those who do not hear it
    copied = public / "radio-15.mp3"
    assert (copied.read_bytes(), copied.stat().st_mtime_ns) == (recording.read_bytes(), recording.stat().st_mtime_ns)
    before = copied.stat().st_ino
    town.clock.turn(hours=1)
    service.tick()
    assert copied.stat().st_ino == before
    line = at(town.root, monkeypatch, town.clock.now)
    assert line("retract", "news/again", "--reason", "en=It was wrong.", "--as", "Ana Gil").code == 0
    town.clock.turn(hours=1)
    service.tick()
    assert "<audio" not in (public / "index.html").read_text(encoding="utf-8")
    assert not copied.exists()  # whichever server answers, it is heard no more
    with serving(Health(), town.installation, town.clock, 0) as port:
        gone = httpx.get(f"http://127.0.0.1:{port}/en/news/again/radio-15.mp3", timeout=60)
        assert (gone.status_code, "It was wrong." in gone.text) == (410, True)
        assert httpx.get(f"http://127.0.0.1:{port}/en/news/again/radio-30.mp3", timeout=60).status_code == 404
    town.clock.turn(hours=1)
    service.tick()
    assert not copied.exists()
    assert recording.exists()  # what a person took to the stations is a record


def test_a_release_is_there_at_the_first_tick_after_its_embargo(service: Service) -> None:
    """Nothing is sent at that time, and no file has changed: the clock alone says so."""
    town = service.town
    town.settings("channels:\n", f"{OFFICE}channels:\n{PRESS.replace('25', str(service.sink.port))}")
    town.settings("role: invited", "role: media, trusted_with_embargo: true")
    town.campaign("  colour: blue\n", f"  colour: blue\n{QUOTE}")
    town.add("  release:\n    when: start\n    embargo: start + 30 minutes\n    to: [friends]\n    through: [press]\n")
    town.write("templates/news/release/en/press.md", RELEASE)
    town.add("  again:\n    when: start\n    through: [website]\n")
    town.say("again", {"en": PUBLIC})
    approve(town, "release")
    approve(town, "again")
    service.tick()
    assert "EMBARGOED" in service.said.upper()
    kit = town.root / "var" / "public" / "en" / "press" / "news" / "release" / "index.html"
    town.clock.now = START + timedelta(minutes=29)
    service.tick()
    assert (kit.parents[3] / "index.html").exists()
    assert not kit.exists()
    town.clock.now = START + timedelta(minutes=30)
    service.tick()
    assert "For immediate release" in kit.read_text(encoding="utf-8")


def test_a_feed_that_cannot_be_written_stops_no_mail(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    """It is loud, and tried again with the next tick."""
    public = service.town.root / "var" / "public"
    public.parent.mkdir(exist_ok=True)
    public.write_text("a file where the folder should be")
    service.tick()
    assert "the feeds are not in place yet" in caplog.text
    assert "Dear Ana" in service.said
    public.unlink()
    service.tick()
    assert (public / "feeds" / "public" / "en" / "rss.xml").is_file()


def test_in_trial_the_feeds_lie_beside_the_real_ones(service: Service) -> None:
    """Nothing public is touched."""
    service.town.settings("mode: live", "mode: trial")
    service.tick()
    assert list((service.town.root / "var" / "trial").rglob("rss.xml"))
    assert not (service.town.root / "var" / "public").exists()


def test_a_feed_in_fewer_languages_is_linked_in_those_only(service: Service) -> None:
    """The page in French does not promise what is not written."""
    service.town.settings("{kind: feed, directory: var/public}", "{kind: feed, directory: var/public, languages: [en]}")
    workspace = service.town.workspace
    found = {each: bool(process_of(workspace, {}, each, START).feeds) for each in ("en", "fr")}
    assert found == {"en": True, "fr": False}
    service.tick()
    assert [path.name for path in (service.town.root / "var/public/feeds/public").iterdir()] == ["en"]
