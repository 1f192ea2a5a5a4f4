"""A meeting that is moved or called off: those who were invited are told, in words their calendars understand."""

from collections.abc import Iterator

import pytest

from communique.answering import Answer
from communique.channel import Message, Receipt, TemporaryError
from communique.delivery import State
from communique.store.deliveries import leases
from communique.store.deliveries.leases import Crossing
from tests.command_line import CommandLine
from tests.meetings import CAMPAIGN, answer_link, answered, calendars, hold_a_meeting, text_of
from tests.subscribing import Post, post_of
from tests.workspaces import Town

ANA, DORA = "ana@example.org", "dora@example.org"
MOVED = """\
  moved:
    when: start + 1 day
    to: [friends]
    only: {meeting: invited}
    through: [email]
    invite: meeting
"""
CALLED_OFF = """\
  called-off:
    when: start + 2 days
    to: [friends]
    through: [email]
    cancel: meeting
"""
DAY_THAT_HOLDS_NO_MORE = """\
---
headline: It moves
summary: To another day.
greeting: "Dear {{ recipient.name }},"
---
{% if was.kickoff is defined %}Not on {{ was.kickoff.start | date }}.{% endif %}
"""


@pytest.fixture
def post(town: Town) -> Iterator[Post]:
    """Ana and Ben have been invited, and Ana comes; Dora is known since."""
    hold_a_meeting(town)
    town.invite("ana", "ben")
    with post_of(town) as made:
        made.tick()
        made.client.post(answer_link(made, "ana"), data={"answer": "yes"})
        made.tick()
        town.invite("dora")
        yield made


def told(post: Post, address: str) -> tuple[str, int, str, str]:
    """What the last mail to somebody tells calendars: method, sequence, time, status."""
    inline, file = calendars(post.mails(address)[-1])
    assert inline.to_ical() == file.to_ical()
    (event,) = inline.walk("VEVENT")
    assert event["uid"] == "kickoff.meeting@open.littleton.example.org"
    start = f"{event.decoded('dtstart'):%m-%d %H:%M}"
    return str(inline["method"]), int(event["sequence"]), start, str(event["status"])


def test_who_hears_that_a_meeting_moves_reads_which_day_no_longer_counts(post: Post) -> None:
    """As the last invitation had it, however often it moves; before it has moved, no text has such a day."""
    for name, after, was, now in (
        ("moved", "1 day", "2026-12-15", "2026-12-16"),
        ("again", "2 days", "2026-12-16", "2026-12-21"),
    ):
        post.town.campaign(f"{was} 10:00", f"{now} 10:00")
        post.town.add(MOVED.replace("  moved:", f"  {name}:").replace("1 day", after))
        post.town.say(name, dict.fromkeys(("en", "es", "fr"), DAY_THAT_HOLDS_NO_MORE))
        post.tick(minutes=24 * 60)
        assert f"Not on December {was[-2:]}, 2026." in text_of(post.mails(ANA)[-1])


def test_a_moved_meeting_and_one_that_is_called_off(post: Post) -> None:
    """The same UID, SEQUENCE one more each time, to exactly those who were invited."""
    post.town.campaign("2026-12-15 10:00 to 12:00", "2026-12-16 10:00 to 12:00")
    post.town.add(MOVED)
    post.tick(minutes=24 * 60)
    assert post.town.account("moved") == "2 planned = 2 sent"
    assert told(post, ANA) == ("REQUEST", 1, "12-16 09:00", "CONFIRMED")
    assert post.mails(DORA) == []
    assert answered(post, "ana") is None  # to the earlier time

    post.client.post(answer_link(post, "ana"), data={"answer": "yes"})
    post.tick()
    (entry,) = calendars(post.mails(ANA)[-1])
    assert int(entry.walk("VEVENT")[0]["sequence"]) == 1

    link = answer_link(post, "ana")
    post.town.add(CALLED_OFF)
    post.tick(minutes=24 * 60)
    assert post.town.account("called-off") == "2 planned = 2 sent"
    assert told(post, ANA) == ("CANCEL", 2, "12-16 09:00", "CANCELLED")
    assert post.mails(DORA) == []

    page = post.client.post(link, data={"answer": "no"})
    heading = page.text.index("</h1>")
    assert "has been called off" in page.text[heading : heading + 200]  # at once, and nobody is asked any more
    assert "Will you be there?" not in page.text
    assert "<form" not in page.text
    post.tick(minutes=24 * 60 * 9)
    assert post.town.account("remind") == "0 planned = 0"
    post.tick(minutes=24 * 60 * 4)
    assert [each["subject"] for each in post.mails()].count("Hello") == 2 + 2 + 2


def test_who_answers_sees_the_day_that_was_told_last_though_another_campaign_keeps_its_own(post: Post) -> None:
    """Two campaigns invite to one meeting; it moves in one of them, and the other comes first by name."""
    about, _, announcements = CAMPAIGN.partition("announcements:\n")
    hello = announcements[: announcements.index("  remind:")].replace("start", "2026-11-20 10:00")
    post.town.write("campaigns/earlier.yaml", f"{about}announcements:\n{hello}".replace(": news", ": earlier"))
    post.town.write("templates/earlier/hello/en/article.md", DAY_THAT_HOLDS_NO_MORE)
    post.town.campaign("2026-12-15 10:00 to 12:00", "2026-12-16 10:00 to 12:00")
    post.town.add(MOVED)
    post.tick(minutes=24 * 60)
    assert "December 16, 2026" in " ".join(post.client.get(answer_link(post, "ana")).text.split()).replace("\xa0", " ")


LATER = MOVED.replace("start + 1 day", "told")
NEW_DATE = "2026-12-16 10:00 to 12:00"


def declaring(post: Post, line: CommandLine, milestone: str, date: str, campaign: str = "news") -> str:
    """What the command says, in one line."""
    said = line("declare", campaign, milestone, date, "--as", "Ana", now=post.town.clock.now)
    assert said.code == 0, said.errors
    return " ".join(said.text.split())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_new_date_is_not_told_before_the_meeting_has_one(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would say the old date as the new one waits, wherever one looks; with the new date it goes."""
    line = CommandLine(post.town.root, monkeypatch)
    post.town.campaign("  kickoff:", "  told: unknown\n  kickoff:")
    post.town.add(LATER.replace("  moved:", "  news-of-it:"))
    post.town.say("news-of-it", dict.fromkeys(("en", "es", "fr"), DAY_THAT_HOLDS_NO_MORE))
    first = "communique declare news kickoff DATE"
    assert "found the same (kickoff: 2026-12-15 10:00 to 12:00)" in declaring(post, line, "told", "2026-12-02 10:00")
    checked = line("check", now=post.town.clock.now)
    assert (checked.code, first in checked.text + checked.errors) == (1, True)
    post.tick(minutes=24 * 60)
    assert "news/news-of-it" not in post.town.balances()
    waived = "    waive: {meeting-not-moved: We ask everybody once more.}\n"
    post.town.add(waived)
    assert "expected another date" not in line("plan", now=post.town.clock.now).text
    post.town.campaign(waived, "")
    declaring(post, line, "kickoff", NEW_DATE)
    assert first not in line("check", now=post.town.clock.now).text
    post.tick()
    assert post.town.account("news-of-it") == "2 planned = 2 sent"
    assert "Not on December 15, 2026." in text_of(post.mails(ANA)[-1])
    assert first not in line("check", now=post.town.clock.now).text  # what has gone is no plan any more


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_declares_a_date_hears_where_else_it_stands_and_who_tells_of_it(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another campaign that invites to the same meeting, or has a milestone of the name; none that is over."""
    line = CommandLine(post.town.root, monkeypatch)
    post.town.say("hello", dict.fromkeys(("en", "es", "fr"), DAY_THAT_HOLDS_NO_MORE))
    about, _, announcements = CAMPAIGN.partition("announcements:\n")
    hello = announcements[: announcements.index("    invite:")]
    for name, facts in (("second", about), ("third", about.partition("facts:")[0])):
        file = f"{facts}announcements:\n{hello}".replace(": news", f": {name}")
        post.town.write(f"campaigns/{name}.yaml", file)
        post.town.write(f"templates/{name}/hello/en/article.md", DAY_THAT_HOLDS_NO_MORE)
    post.town.campaign("  kickoff:", "  told: unknown\n  kickoff:")
    post.town.add(LATER)
    post.town.say("moved")
    said = declaring(post, line, "kickoff", NEW_DATE)
    same, name = "The same meeting in another campaign keeps its date", "Another campaign has a milestone of this name"
    assert f"{same}: second/kickoff is 2026-12-15 10:00 to 12:00." in said
    assert f"{name}: third/kickoff is 2026-12-15 10:00 to 12:00." in said
    waits = "read the new date in news/moved, once `told` has a date: communique declare news told DATE --as NAME"
    assert waits in said
    assert f'communique declare second kickoff "{NEW_DATE}" --as NAME' in said
    assert declaring(post, line, "kickoff", NEW_DATE, "second").count("third/kickoff is") == 1
    for campaign in ("second", "third"):
        post.town.edit(f"campaigns/{campaign}.yaml", "2026-12-15 10:00 to 12:00", "2024-12-15 10:00 to 12:00")
    declaring(post, line, "kickoff", "unknown", "second")
    assert "third/kickoff" not in declaring(post, line, "kickoff", "2026-12-17 10:00 to 12:00")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_nobody_was_told_is_nothing_that_people_know(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new date and an end that were cancelled before they were told: the first date and its answers hold."""
    line = CommandLine(post.town.root, monkeypatch)
    post.town.campaign("2026-12-15 10:00 to 12:00", NEW_DATE)
    post.town.add(MOVED)
    post.town.add(CALLED_OFF)
    for name in ("moved", "called-off"):
        done = line("cancel", name, "--as", "Ana", "--why", "not decided", "--yes", now=post.town.clock.now)
        assert done.code == 0, done.errors
    post.tick(minutes=24 * 60 * 4)
    assert (post.town.account("moved"), post.town.account("called-off")) == ("2 planned = 2 cancelled",) * 2
    assert answered(post, "ana") is Answer.YES
    assert "called off" not in post.client.get(answer_link(post, "ben")).text

    post.town.campaign(NEW_DATE, "2026-12-15 10:00 to 12:00")
    post.tick(minutes=24 * 60 * 5)
    assert post.town.account("remind") == "2 planned = 2 sent"  # Ben, and Dora
    post.town.campaign("2026-12-15 10:00 to 12:00", NEW_DATE)
    post.town.add(MOVED.replace("  moved:", "  again:").replace("1 day", "9 days"))
    post.town.say("again", dict.fromkeys(("en", "es", "fr"), DAY_THAT_HOLDS_NO_MORE))
    post.tick(minutes=60)
    assert "Not on December 15, 2026." in text_of(post.mails(ANA)[-1])
    assert told(post, ANA)[:3] == ("REQUEST", 3, "12-16 09:00")  # two revisions were counted, and told nobody


def test_who_is_being_invited_while_the_meeting_is_called_off_hears_of_that(town: Town) -> None:
    """Ben's mail is under way, so his calendar is told; Eva's was put off, and she is not invited any more."""
    hold_a_meeting(town)
    town.add(CALLED_OFF.replace("start + 2 days", "start + 1 hour"))
    town.invite("ana", "ben", "eva")
    town.email.before = _put_off_all_but_ana
    town.run()
    assert town.account("hello") == "3 planned = 2 scheduled + 1 sent"
    town.clock.turn(hours=1)
    town.email.before = lambda _message: None
    ben = town.copies()[1].delivery.id
    with town.database.begin() as connection:
        (lease,) = leases.begin(connection, [ben], owner="there/1", now=town.clock.now)
    town.freeze()
    with town.database.begin() as connection:
        assert leases.cross(connection, [Crossing(lease=lease, content_hash="")], now=town.clock.now)
    with town.database.begin() as connection:
        assert leases.record_sent(connection, [(lease, Receipt(reference="250 2.0.0 Ok"))], now=town.clock.now)
    town.run()
    assert town.account("hello") == "3 planned = 2 sent + 1 cancelled"
    assert town.account("called-off") == "2 planned = 2 sent"
    (eva,) = (each for each in town.copies() if each.delivery.state is State.CANCELLED)
    assert eva.delivery.reason == "it goes no more since the meeting was called off"


def _put_off_all_but_ana(message: Message) -> None:
    if message.recipient is not None and message.recipient.name != "Ana":
        raise TemporaryError("451 try again")
