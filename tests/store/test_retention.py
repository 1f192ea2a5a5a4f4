"""What is about people goes when the settings say: the balance holds, and no file of the ledger shows it any more."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from communique.answering import Answer, Came
from communique.bounces.sources import deliver
from communique.channel import Message, PermanentError
from communique.delivery import Mode
from communique.doctor.finding import Level
from communique.doctor.machine_checks import kept_no_longer
from communique.postal_address import PostalAddress
from communique.retention import PastRetention, past_retention
from communique.service.retention_rounds import RetentionRounds
from communique.store.database import deliveries
from communique.store.desk import journal
from communique.store.recipients import (
    answers,
    erasure,
    letters,
    people,
    requests,
    returns,
    subscribers,
    suppression_list,
    traces,
)
from communique.store.recipients.answers import Given
from communique.store.recipients.retention import Kept
from communique.store.recipients.returns import Return
from communique.store.tables.subscriber import consents
from communique.subscription import Frequency, How
from communique.texts import tokens
from tests import command_line
from tests.digest_towns import DigestTown
from tests.meetings import MEETING, hold_a_meeting
from tests.workspaces import START, Town, build

MEETING_ENDS = datetime(2026, 12, 15, 11, 0, tzinfo=UTC)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """A town on SQLite."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    made = build(tmp_path)
    yield made
    made.database.close()


def past(town: Town) -> PastRetention:
    """What is over there."""
    return past_retention(town.installation, town.workspace, town.database)


def answer(town: Town, name: str, said: Answer, *, companions: int = 0, needs: str = "") -> None:
    """Somebody answers to the meeting."""
    with town.database.begin() as connection:
        person = people.by_address(connection, f"{name}@example.org")
        assert person is not None
        given = Given(
            answer=said, companions=companions, access_needs=needs, came=Came.PAGE, answered_at=town.clock.now
        )
        answers.give(connection, Mode.LIVE, MEETING, person.id, given)


def held(town: Town) -> list[str]:
    """What is known of needs."""
    with town.database.reading() as connection:
        return [each.given.access_needs for each in answers.attendance(connection, Mode.LIVE, MEETING) if each.given]


def traces_of(town: Town, word: str) -> list[str]:
    """Files of the ledger in which a word can be seen."""
    return [
        each.name for each in (town.root / "var").iterdir() if each.is_file() and word.encode() in each.read_bytes()
    ]


def test_what_people_need_goes_two_weeks_after_the_meeting_and_their_answers_later(here: Town) -> None:
    """Their numbers stay on record."""
    hold_a_meeting(here)
    here.invite("ana", "ben")
    here.run()
    answer(here, "ana", Answer.YES, companions=2, needs="sign-language-please")
    answer(here, "ben", Answer.NO)
    assert past(here).erase(MEETING_ENDS + timedelta(days=14)) == {}
    assert past(here).erase(MEETING_ENDS + timedelta(days=14, minutes=1)) == {Kept.ACCESS_NEEDS: 1}
    assert held(here) == ["", ""]
    assert past(here).erase(MEETING_ENDS + timedelta(days=181))[Kept.ANSWERS] == 2
    assert held(here) == []
    with here.database.reading() as connection:
        (line,) = journal.latest(connection, 1)
    assert line.what == f"erased the answers to {MEETING} (live): 1 yes (with 2 more), 1 no"
    assert past(here).wipe(MEETING_ENDS, 10**9) == ""
    assert traces_of(here, "sign-language-please") == []


def test_a_meeting_nobody_was_invited_to_counts_from_its_last_answer(here: Town) -> None:
    """An officer has noted who called."""
    here.invite("ana")
    answer(here, "ana", Answer.YES, needs="ramp")
    assert past(here).erase(START + timedelta(days=13)) == {}
    assert past(here).erase(START + timedelta(days=15)) == {Kept.ACCESS_NEEDS: 1}


def test_who_got_what_is_forgotten_after_a_year_and_the_balance_holds(town: Town) -> None:
    """Servers' words lose the address; what has an end of its own (everybody at once) and what is young stays."""
    town.campaign("through: [email]", "through: [email, website]")
    town.say_to_nobody_in_particular()
    town.invite("ana", "ben")

    def refuse(message: Message) -> None:
        if message.recipient is not None and message.recipient.name == "Ana":
            raise PermanentError("550 <ana@example.org>: no such user")

    town.email.before = refuse
    town.run()
    account = town.account()
    assert past(town).erase(START + timedelta(days=365)) == {}
    assert past(town).erase(START + timedelta(days=366)) == {Kept.DELIVERIES: 2}
    assert past(town).counted(START + timedelta(days=366))[Kept.DELIVERIES] == 0
    assert town.account() == account
    with town.database.reading() as connection:
        named = connection.execute(select(deliveries.c.person_id).where(deliveries.c.person_id > 0)).all()
        record = erasure.record(connection, "ana@example.org")
    assert (named, record.get("messages", [])) == ([], [])
    assert "ana@" not in str(town.copies())
    assert "no such user" in str(town.copies())


def test_what_a_newsletter_carried_is_forgotten_with_it(here: Town) -> None:
    """Both name the same nobody, so that it can still be seen which carried what."""
    digests = DigestTown(here)
    digests.announce("news", {"first": "2026-12-01 10:00"})
    digests.choose("ana", Frequency.DAILY)
    for hours in (-1, 0, 23):
        digests.tick(START + timedelta(hours=hours))
    assert len(digests.mails("ana")) == 1
    assert past(here).erase(START + timedelta(days=365, hours=1)) == {}
    assert past(here).erase(START + timedelta(days=366)) == {Kept.DELIVERIES: 1}
    with here.database.reading() as connection:
        persons = connection.execute(select(deliveries.c.person_id)).scalars().all()
    assert len(persons) == 2
    assert len(set(persons)) == 1
    assert persons[0] < 0


def report(at: datetime, delivery: int | None, words: str) -> Return:
    """Something that came back."""
    given = {"kind": "failed", "verdict": "soft", "status": "4.2.2", "subject": "Undelivered", "place": "cur/1"}
    return Return(digest=words, delivery=delivery, words=words, at=at, **given)


def test_what_returned_mail_said_goes_after_a_season(here: Town) -> None:
    """That a copy came back stays; what nobody could assign goes whole, and so do the messages handed over to us."""
    here.invite("ana")
    here.run()
    with here.database.begin() as connection:
        (number,) = connection.execute(select(deliveries.c.id)).scalars()
        returns.note(connection, report(START, number, "<ana@example.org> is over quota"))
        returns.note(connection, report(START, None, "Dear all, zacharias here"))
    deliver(here.root / "var" / "returned", b"zacharias", "1")
    read = here.root / "var" / "returned" / "cur" / "1"
    (here.root / "var" / "returned" / "new" / "1").rename(read)
    later = datetime.fromtimestamp(read.stat().st_mtime, UTC) + timedelta(days=91)
    assert past(here).erase(max(later, START + timedelta(days=91))) == {Kept.RETURNED_MAIL: 3}
    assert not read.exists()
    assert here.account() == "1 planned = 1 sent; 1 came back"
    with here.database.reading() as connection:
        assert returns.unmatched(connection, 5) == []
        assert str(returns.latest_of(connection, [number])[number].words) == ""


def test_who_left_three_years_ago_is_known_by_a_hash_alone(here: Town) -> None:
    """And stays out; who is in no audience any more, and never asked for silence, leaves nothing."""
    here.invite("zacharias", "ben")
    here.suppress("zacharias", "left by the link in a mail")
    over = START + timedelta(days=3 * 365, minutes=1)
    assert past(here).erase(over - timedelta(days=1)) == {}
    assert past(here).erase(over) == {Kept.LEFT: 1}
    digest = tokens.digests(tokens.ERASED, "zacharias@example.org", here.installation.key)
    with here.database.reading() as connection:
        assert people.by_address(connection, "ben@example.org") is not None
        assert people.by_address(connection, "zacharias@example.org") is None
        assert erasure.is_erased(connection, digest)
    assert past(here).wipe(over, 10**9) == ""
    assert traces_of(here, "zacharias") == []


def known(town: Town, *names: str) -> list[str]:
    """Of these, who is."""
    with town.database.reading() as connection:
        return [name for name in names if people.by_address(connection, f"{name}@example.org") is not None]


def test_who_is_in_no_list_for_three_years_leaves_nothing(town: Town) -> None:
    """Not who is in another one, agreed since, came since, or must not be written to: of them it is known why."""
    everybody = ("ana", "ben", "cleo", "dora", "eva")
    town.invite(*everybody[:4], audience="others")
    town.invite("ben")
    over = START + timedelta(days=3 * 365, minutes=1)
    town.clock.now = over - timedelta(days=1)
    town.invite("eva", audience="others")
    town.suppress("cleo")
    with town.database.begin() as connection:
        numbers = {name: people.by_address(connection, f"{name}@example.org") for name in everybody}
        for person in numbers.values():
            assert person is not None
            subscribers.leave(connection, person.id, "others")
        requests.keep_wording(connection, "I agree.")
        agreed = {"how": How.FORM, "language": "en", "frequency": Frequency.EACH, "topics": []}
        for name, when in (("dora", town.clock.now), ("ana", START)):
            person = numbers[name]
            assert person is not None
            row = {**agreed, "person_id": person.id, "wording": requests.digest_of("I agree.")}
            connection.execute(insert(consents).values(**row, asked_at=when, confirmed_at=when))
    assert past(town).counted(over)[Kept.LEFT] == 1
    assert past(town).erase(over) == {Kept.LEFT: 1}
    assert known(town, *everybody) == ["ben", "cleo", "dora", "eva"]
    with town.database.reading() as connection:
        digest = tokens.digests(tokens.ERASED, "ana@example.org", town.installation.key)
        assert not erasure.is_erased(connection, digest), "a list may bring back who never asked to be left alone"


def test_who_is_written_to_by_post_is_kept_though_their_mail_came_back_years_ago(town: Town) -> None:
    """Not who has no other way, nor who wanted nothing at all."""
    home = PostalAddress(street="1 Quay Street", city="Harbourton", postcode="41999", country="ES")
    rows = [
        people.Row(address=f"{name}@example.org", name=name, language="en", organisation="", postal=postal)
        for name, postal in (("ana", home), ("ben", None), ("cleo", home))
    ]
    with town.database.begin() as connection:
        people.add(connection, rows, audience="friends", basis="test", source="test", now=START)
        for name, is_dead in (("ana", True), ("ben", True), ("cleo", False)):
            key = f"{name}@example.org"
            suppression_list.suppress(connection, key, reason="once", now=START, is_dead=is_dead)
    assert past(town).erase(START + timedelta(days=3 * 365, minutes=1)) == {Kept.LEFT: 2}
    assert known(town, "ana", "ben", "cleo") == ["ana"]


def test_files_are_written_anew_in_a_quiet_time_where_there_is_room(here: Town) -> None:
    """Until then it is remembered that they show something; `doctor` says so after two days."""
    here.invite("ana")
    here.freeze()
    with here.database.begin() as connection:
        traces.leave(connection, START)
    assert past(here).wipe(START, 10**9) == "announcements are going out"
    here.run()
    assert "too little room" in past(here).wipe(START, 10)
    finding = kept_no_longer(here.installation, here.workspace, here.database, START + timedelta(days=3))
    assert (finding.level, "files" in finding.found) == (Level.WARNING, True)
    assert past(here).wipe(START, 10**9) == ""
    finding = kept_no_longer(here.installation, here.workspace, here.database, START + timedelta(days=3))
    assert finding.level is Level.OK


def test_letters_that_are_done_with_leave_a_mark(here: Town) -> None:
    """Addresses that nobody confirmed are wiped with the rest."""
    with here.database.begin() as connection:
        here_people = [people.Row(address="ana@example.org", name="Ana", language="en", organisation="")]
        people.add(connection, here_people, audience="friends", basis="test", source="test", now=START)
        letters.owe_about_answer(connection, 1, MEETING, "ana@example.org", "en", START)
        (letter,) = letters.take(connection, START, 1)
        letters.close(connection, letter, "sent")
        letters.forget_about_answers(connection, START + timedelta(days=1), START)
        assert traces.left_at(connection) == START


def test_the_service_looks_once_an_hour_and_goes_on_when_it_fails(
    here: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What is over goes by itself."""
    here.invite("ana")
    here.run()
    over = START + timedelta(days=366)
    rounds = RetentionRounds(here.installation, lambda: False)
    rounds.look(here.workspace, here.database, START)
    rounds.look(here.workspace, here.database, START + timedelta(minutes=59))
    monkeypatch.setattr("communique.store.recipients.retention.over", lambda *_: 1 / 0)
    rounds.look(here.workspace, here.database, over)
    assert "could not be erased" in caplog.text
    monkeypatch.undo()
    rounds.look(here.workspace, here.database, over + timedelta(minutes=59))
    with here.database.reading() as connection:
        named = select(func.count()).select_from(deliveries).where(deliveries.c.person_id > 0)
        assert connection.execute(named).scalar() == 1
        assert traces.left_at(connection) is None
    rounds.look(here.workspace, here.database, over + timedelta(minutes=61))
    with here.database.reading() as connection:
        assert connection.execute(named).scalar() == 0
        assert traces.left_at(connection) is None  # the files were written anew


def test_the_command_shows_and_with_act_erases(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is changed without it."""
    here.settings("mode: live", "mode: live\nretention: {deliveries: 40 days}")
    here.invite("ana")
    here.run()
    here.database.close()
    line = command_line.at(here.root, monkeypatch, START + timedelta(days=41))
    said = line("retention")
    assert (said.code, "deliveries     40 days    1" in said.text) == (0, True)
    assert "Nothing has been changed" in said.text
    assert line("retention", "--act", "--as", "Inés Vidal").text.endswith("1 row erased.\n")
    assert "Nothing kept longer" in line("retention").text


def test_too_short_a_time_is_refused(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """While mails still come back."""
    here.settings("mode: live", "mode: live\nretention: {deliveries: 3 days}")
    line = command_line.at(here.root, monkeypatch, START)
    said = line("check")
    assert (said.code, "expected at least `30 days`" in said.text) == (1, True)
