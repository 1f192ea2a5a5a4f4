"""The public record: what went out is on it once, what turns out later is an entry of its own, and a change shows."""

import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from communique.channel import Message, PermanentError, TemporaryError, UncertainError
from communique.delivery import State
from communique.public_record import BEGINNING, Entry, EntryKind, Sealed, as_hashed, canonical, hash_of, seal
from communique.send import present_pages, recording
from communique.store.database import publications
from communique.store.desk.officers import Duty
from communique.store.tables.public_record import public_record as table
from communique.website.record_files import as_csv
from communique.website.site import build_site
from communique.website.site_of_workspace import site_of
from tests.command_line import at
from tests.desk import desk_of
from tests.shipped_site import parsed, said
from tests.single_delivery import in_doubt
from tests.web.desk.test_desk_in_spanish import ENGLISH
from tests.workspaces import START, Town, build

SITE = Path("var/public")
PEOPLE = [f"person{number}" for number in range(25)]
CORRECTION = "---\nheadline: It is green\nwrong: We wrote blue.\nright: It is green.\n---\n"
WEBSITE = ("announced", "website", None, None)
WHY = ("--reason", "en=The date in it was wrong.", "--as", "Ana Gil")


def announce(town: Town) -> None:
    """By mail to 25 people, one of them in vain and eleven with no answer; on website and feed."""
    in_doubt(town, "strict")
    town.campaign("through: [email]", "through: [email, website, feed]")
    town.say_to_nobody_in_particular()
    town.invite(*PEOPLE)

    def nth(message: Message) -> int:
        return int("".join(filter(str.isdigit, message.recipient.address))) if message.recipient else 0

    def refuse(message: Message) -> None:
        if nth(message) == 7:
            raise PermanentError("550 unknown")

    def fall_silent(message: Message) -> None:
        if nth(message) % 2 == 0 and nth(message) <= 20:  # never two in a row: the channel would rest
            raise UncertainError("the connection broke")

    town.email.after = fall_silent
    town.email.before = refuse


def record(town: Town) -> Sequence[Sealed]:
    """What the daemon does once an hour; the whole record. Doing it again at once adds nothing."""
    mode = town.workspace.settings.mode
    found = recording.bring_up_to_date(town.workspace, town.database, mode, town.clock.now)
    again = recording.bring_up_to_date(town.workspace, town.database, mode, town.clock.now)
    assert [each.text for each in found] == [each.text for each in again]
    return found


def told(found: Sequence[Sealed]) -> list[tuple[str, str, int | None, int | None]]:
    """Kind, channel and numbers of each entry."""
    return [(str(each.entry.kind), each.entry.channel, each.entry.people, each.entry.fewer_than) for each in found]


def notices(kind: str) -> list[tuple[str, str, int | None, int | None]]:
    """Word to those who got the announcement, and where it is public."""
    return [(kind, "email", 24, None), (kind, "feed", None, None), (kind, "website", None, None)]


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_record_is_a_formula(lead: str) -> None:
    """Whatever a campaign, a channel or an audience is called: it runs nothing at whoever opens the table."""
    words = f"{lead}1+1"
    entry = Entry(
        kind=EntryKind.ANNOUNCED,
        campaign=words,
        announcement=words,
        occurrence=words,
        at=START,
        channel=words,
        channel_kind=words,
        to=(words,),
        languages=(words,),
        approved=words,
    )
    (row,) = list(csv.reader(io.StringIO(as_csv([seal(entry, None, START)]).decode("utf-8-sig"), newline="")))[1:]
    assert [cell for cell in row if cell.startswith(lead)] == []
    assert row.count(f"'{words}") == 8


def published(town: Town) -> Path:
    """The record as the website has it now."""
    present_pages.put_in_place(
        town.workspace, town.database, town.opened.channels, town.workspace.settings.mode, town.clock.now
    )
    return town.root / SITE / "record" / "record.json"


def checked_by_a_stranger(file: Path) -> subprocess.CompletedProcess[str]:
    """The program that is published beside the record, run by Python alone, on a copy of the file."""
    program = file.with_name("verify-record.txt")
    return subprocess.run([sys.executable, "-I", program, file], capture_output=True, text=True, check=False)


def test_what_went_out_is_recorded_once_and_what_turns_out_later_behind_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers without those who got nothing, a correction, a withdrawal: each behind the last; none ever changes."""
    announce(town)
    town.run()
    first = record(town)
    assert told(first) == [("announced", "email", 13, None), ("announced", "feed", None, None), WEBSITE]
    mail, _, page = (each.entry for each in first)
    assert (mail.to, mail.languages, mail.texts, len(mail.approved)) == (("invited",), ("en",), (), 64)
    original = as_hashed("Hello", "It is blue.", "Hello, everybody.")
    assert [(each.language, each.sha256) for each in page.texts] == [("en", hash_of(original))]
    file = published(town)
    before = json.loads(file.read_text(encoding="utf-8"))["entries"]
    assert checked_by_a_stranger(file).stdout.startswith("The chain of 3 entries holds. The last one has the hash ")

    # What was in doubt is settled for eleven people at once: so many that the difference gives nobody away.
    line = at(town.root, monkeypatch, START + timedelta(hours=1))
    town.clock.turn(hours=1)
    waiting = [each.delivery.id for each in town.copies() if each.delivery.state is State.IN_DOUBT]
    assert len(waiting) == 11
    for number in waiting:
        assert line("resolve", str(number), "sent", "--as", "Ana Gil").code == 0
    assert told(record(town))[3:] == [("counted", "email", 24, None)]

    town.email.after = lambda _message: None
    town.write("templates/news/hello/en/correction.md", CORRECTION)
    town.clock.turn(hours=1)
    assert line("correct", "news", "hello", "--as", "Ana Gil", now=town.clock.now).code == 0
    town.run()
    corrected = record(town)
    assert told(corrected)[4:] == [("corrected", "", None, None), *notices("correction-told")]
    public = as_hashed("Hello", "It is blue.", "Hello, everybody.", "It is green", "We wrote blue.", "It is green.")
    assert [each.sha256 for each in corrected[4].entry.texts] == [hash_of(public)]
    assert corrected[5].entry.about == ("news", "hello", "once")

    town.clock.turn(hours=1)
    assert line("retract", "news/hello", *WHY, now=town.clock.now).code == 0
    town.run()
    last = record(town)
    assert told(last)[8:] == [("withdrawn", "", None, None), *notices("withdrawal-told")]
    file = published(town)
    after = json.loads(file.read_text(encoding="utf-8"))["entries"]
    assert after[: len(before)] == before
    assert "person" not in file.read_text(encoding="utf-8")
    assert checked_by_a_stranger(file).returncode == 0
    for name in ("record.json", "record.csv"):
        answer = line("evidence", "verify", str(file.with_name(name)))
        assert (answer.code, answer.text.count("the chain of 12 entries holds")) == (0, 2), answer
    assert line("evidence", "verify").code == 0
    rows = list(csv.reader(io.StringIO(file.with_name("record.csv").read_text(encoding="utf-8-sig"), newline="")))
    assert len(rows) == 1 + len(after)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]
    assert 'href="record/"' in (town.root / SITE / "en/index.html").read_text(encoding="utf-8")


def test_what_was_stopped_halfway_is_on_record_and_what_never_left_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some have heard of it, so the public may know that it ended there; and that it goes on, if it does."""
    town = build(tmp_path)
    announce(town)
    town.add()
    town.email.after = lambda _message: None
    line = at(town.root, monkeypatch, START)
    line("pause", "email", "--as", "Ana Gil")
    cancel = ("cancel", "news/hello", "--as", "Ana Gil")
    assert line("cancel", "news/goodbye", "--as", "Ana Gil", "--why", "nobody's business", "--yes").code == 0
    town.run()
    assert line(*cancel, "--through", "email", "--why", "the date is wrong", "--yes").code == 0
    first = record(town)
    assert told(first) == [("announced", "feed", None, None), WEBSITE, ("cancelled", "email", None, None)]
    assert first[2].entry.at == START
    published(town)
    page = said(parsed((town.root / SITE / "en/record/index.html").read_bytes()))
    assert "Stopped before all of it had gone by e-mail" in page
    assert "the date is wrong" not in page
    town.clock.turn(hours=1)
    assert line(*cancel, "--through", "email", "--undo").code == 0
    line("resume", "email", "--as", "Ana Gil")
    town.run()
    town.clock.turn(days=1)
    after = [("resumed", "email", None, None), ("announced", "email", 24, None)]
    assert sorted(told(record(town))[3:]) == sorted(after)
    assert line("evidence", "verify").code == 0
    town.database.close()


def test_a_correction_that_is_not_on_the_record_yet_is_no_fault(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is corrected at once, and the record once an hour; a text that was changed is one all the same."""
    announce(town)
    town.run()
    record(town)
    town.email.after = lambda _message: None
    town.write("templates/news/hello/en/correction.md", CORRECTION)
    line = at(town.root, monkeypatch, START)
    assert line("correct", "news", "hello", "--as", "Ana Gil").code == 0
    said = line("evidence", "verify")
    assert (said.code, "news/hello (en): not on the record yet: 1 correction" in said.text) == (0, True)
    for text, code in (("Hello, nobody.", 1), ("Hello, everybody.", 0)):
        with town.database.begin() as connection:
            connection.execute(update(publications).values(text=text))
        assert line("evidence", "verify").code == code
    town.run()
    record(town)
    assert "not on the record yet" not in line("evidence", "verify").text


def test_a_number_waits_for_what_is_tried_again_and_gives_nobody_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day at most; and who turns out to have got it is not told from the others by a number grown by one."""
    town = build(tmp_path)
    in_doubt(town, "strict")
    town.invite(*PEOPLE[:13])

    def refuse(message: Message) -> None:
        if message.recipient and message.recipient.address.startswith("person3@"):
            raise TemporaryError("450 later")

    def fall_silent(message: Message) -> None:
        if message.recipient and message.recipient.address.startswith("person8@"):
            raise UncertainError("the connection broke")

    town.email.before, town.email.after = refuse, fall_silent
    town.run()
    assert told(record(town)) == []
    town.clock.turn(hours=23, minutes=59)
    assert told(record(town)) == []
    town.clock.turn(minutes=1)
    assert told(record(town)) == [("announced", "email", 11, None)]
    (number,) = (each.delivery.id for each in town.copies() if each.delivery.state is State.IN_DOUBT)
    line = at(town.root, monkeypatch, town.clock.now)
    assert line("resolve", str(number), "sent", "--as", "Ana Gil").code == 0
    assert len(record(town)) == 1
    town.database.close()


def test_a_ledger_that_was_changed_afterwards_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A public text that was put in the place of another one, and a number."""
    town = build(tmp_path)
    announce(town)
    town.run()
    record(town)
    line = at(town.root, monkeypatch, START)
    assert line("evidence", "verify").code == 0
    with town.database.begin() as connection:
        connection.execute(update(publications).values(text="Hello, nobody."))
    assert "the public text is not the one on the record" in line("evidence", "verify").text
    with town.database.begin() as connection:
        made_up = table.c.number == 1
        text = connection.execute(select(table.c.entry).where(made_up)).scalar_one()
        connection.execute(update(table).where(made_up).values(entry=text.replace('"people":13', '"people":1300')))
    answer = line("evidence", "verify")
    assert (answer.code, "The ledger: entry 1: its content has the hash" in answer.text) == (1, True)
    town.database.close()


def test_a_monitoring_body_takes_away_what_it_cites_and_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file has its hash, texts those on the record; nobody who was written to is in it; made twice, the same."""
    town = build(tmp_path)
    announce(town)
    town.run()
    town.write("config/documents/rules.txt", "The rules.")
    about = "title: {en: Rules, es: Normas, fr: Règles}, published: 2026-11-01, language: en, shows: forum-rules"
    rules = f"documents:\n  - {{file: rules.txt, {about}}}\n"
    town.write("config/process.yaml", (town.root / "config/process.yaml").read_text(encoding="utf-8") + rules)
    entries = record(town)
    line = at(town.root, monkeypatch, START + timedelta(hours=1))
    made = [tmp_path / name for name in ("one.zip", "two.zip")]
    for file in made:
        assert line("evidence", "bundle", str(file)).code == 0
    assert made[0].read_bytes() == made[1].read_bytes()
    town.clock.now = START + timedelta(hours=1)
    with desk_of(town) as desk:
        seat = desk.sit(desk.hire("Eva", Duty.EDITOR))
        assert 'href="/evidence.zip"' in seat.get("/journal").text
        taken = seat.get("/evidence.zip")
    assert (taken.headers["content-type"], taken.content) == ("application/zip", made[0].read_bytes())
    with zipfile.ZipFile(made[0]) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    sums = dict(reversed(each.split("  ")) for each in files.pop("SHA256SUMS").decode().splitlines())
    assert sums == {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
    (public,) = (each.entry for each in entries if each.entry.channel == "website")
    assert sums["announcements/news/hello/once.en.txt"] == public.texts[0].sha256
    assert files["documents/rules.txt"] == b"The rules."
    assert [path for path, data in files.items() if b"person" in data.lower() or b"@example.org" in data] == []
    asked = {each["question"]: each["standing"] for each in json.loads(files["requirements.json"])}
    assert asked["Are its rules public?"] == "there"
    assert asked["Is there a forum that oversees the process?"] == "missing"
    index = parsed(files["index.html"])
    assert {link for each in index.iter("a") if "://" not in (link := each.get("href", ""))} <= {*files, "SHA256SUMS"}
    assert entries[-1].hash in said(index)
    town.settings("languages: [en, es, fr]", "languages: [es, en, fr]")
    assert line("evidence", "bundle", str(tmp_path / "es.zip")).code == 0
    with zipfile.ZipFile(tmp_path / "es.zip") as archive:
        spanish = parsed(archive.read("index.html"))
    assert spanish.get("lang") == "es"
    assert not ENGLISH.findall(said(spanish).replace("City of Littleton", ""))
    with town.database.begin() as connection:
        connection.execute(update(table).values(hash="0" * 64))
    answer = line("evidence", "bundle", str(tmp_path / "three.zip"))
    assert (answer.code, (tmp_path / "three.zip").exists(), "Nothing was packed" in answer.errors) == (1, False, True)
    with desk_of(town) as desk:
        refused = desk.sit(desk.hire("Ben", Duty.EDITOR)).get("/evidence.zip")
    assert (refused.status_code, "Nothing was packed" in refused.text) == (409, True)
    town.database.close()


def forged(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same entries with hashes and places that agree with each other, as somebody would make them who can."""
    before = BEGINNING
    for number, entry in enumerate(entries, start=1):
        entry |= {"number": number, "previous": before}
        entry.pop("hash")
        before = entry["hash"] = hash_of(canonical(entry))
    return entries


def test_a_published_file_that_was_changed_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changed, taken out, added, turned round, hashed anew in part or as a whole; or no record at all."""
    town = build(tmp_path)
    town.campaign("through: [email]", "through: [email, website, feed]")
    town.say_to_nobody_in_particular()
    town.invite("ana", "ben")
    town.run()
    assert told(record(town))[0] == ("announced", "email", None, 10)
    file = published(town)
    whole = file.read_text(encoding="utf-8")
    line = at(town.root, monkeypatch, START)

    def change(edit: Callable[[list[dict[str, Any]]], object]) -> tuple[str, str]:
        changed = json.loads(whole)
        edit(changed["entries"])
        file.write_text(json.dumps(changed), encoding="utf-8")
        answer = line("evidence", "verify", str(file))
        assert answer.code == 1, answer.text
        return answer.text + answer.errors, checked_by_a_stranger(file).stderr

    def more(entries: list[dict[str, Any]]) -> None:
        forged(entries)[0].update(fewer_than=11)
        entries[0].pop("hash")
        entries[0]["hash"] = hash_of(canonical(entries[0]))

    assert "entry 1: its content has the hash" in change(lambda all_: all_[0].update(people=400))[0]
    assert "entry 2: expected the number 2, found 3" in change(lambda all_: all_.pop(1))[0]
    assert "entry 1: expected the number 1, found 3" in change(lambda all_: all_.reverse())[0]
    ours, strangers = change(more)
    assert "entry 2: expected the hash of the entry before it" in ours
    assert "The chain breaks before entry 2" in strangers
    # A chain made anew as a whole holds by itself; only who has kept a hash, or has the ledger, can tell.
    ours, strangers = change(lambda all_: (all_[2].update(campaign="olds"), forged(all_)))
    assert (strangers, "Entry 3 is another one in the ledger: campaign differ." in ours) == ("", True)
    assert "entry 4 is not in the ledger" in change(lambda all_: (all_.append(dict(all_[2])), forged(all_)))[0]
    file.write_text(whole.replace('"people": null', '"people": null, "people": 4', 1), encoding="utf-8")
    assert "a name stands twice" in line("evidence", "verify", str(file)).errors
    file.write_text("hello", encoding="utf-8")
    answer = line("evidence", "verify", str(file))
    assert (answer.code, "expected a record as it was published" in answer.errors) == (1, True)
    town.database.close()


def test_of_a_long_record_the_latest_stand_open_and_the_others_are_folded(tmp_path: Path) -> None:
    """Nothing is left out: a telephone shows the earlier ones when they are asked for."""
    town = build(tmp_path / "town")
    announce(town)
    town.run()
    sealed = list(record(town))
    site = site_of(town.workspace, [], {}, town.clock(), record=sealed * 8)
    page = build_site(site)["en/record/index.html"].decode()
    latest, _, earlier = page.partition('<details class="earlier">')
    assert (latest.count('id="entry-'), earlier.count('id="entry-')) == (10, 14)
    page = build_site(replace(site, record=sealed))["en/record/index.html"].decode()
    assert 'class="earlier"' not in page
    town.database.close()
