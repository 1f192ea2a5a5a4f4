"""A milestone set at the desk: what moves is seen before, and it holds as one that is declared by the command."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from communique.store.desk.officers import Duty
from tests.command_line import CommandLine
from tests.desk import Desk, desk_of
from tests.desk_forms import field
from tests.meetings import CAMPAIGN
from tests.workspaces import Town

PAGE = "/milestones/news"


@pytest.fixture
def desk(town: Town) -> Iterator[Desk]:
    """A day before the start, with an announcement whose date is unknown."""
    town.campaign(
        "announcements:\n", "announcements:\n  soon:\n    when: later\n    to: [friends]\n    through: [email]\n"
    )
    town.say("soon")
    town.clock.turn(days=-1)
    with desk_of(town) as made:
        yield made


def test_a_date_is_set_once_what_moves_has_been_seen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """By editors; the plan follows, the journal has who, and the page says that the file has another."""
    eva, ben = desk.sit(desk.hire("Eva", Duty.EDITOR)), desk.sit(desk.hire("Ben", Duty.APPROVER))
    assert f'href="{PAGE}"' in eva.get("/files").text
    asked = {"milestone": "later", "date": "2026-12-09 10:00"}
    assert ben.post(f"{PAGE}/look", **asked).status_code == 403
    assert "Set a date" not in ben.get(PAGE).text
    page = unescape(eva.post(f"{PAGE}/look", **asked).text)
    assert "<strong>Soon</strong>: unknown → " in page
    assert "Wednesday 9 December 2026, <strong>10:00 CET</strong>" in page
    assert "Set it: Later, Wednesday 9 December 2026, 10:00" in page
    assert "<strong>Hello</strong>" not in page  # counts from another
    was = field(page, "was")
    looked = field(page, "looked")
    assert eva.post(PAGE, **asked, was="2026-12-24", looked=looked).status_code == 409  # somebody has set another
    other = {**asked, "date": "2026-12-10"}  # typed after the look
    assert "Set it: Later, Thursday 10 December 2026" in eva.post(PAGE, **other, was=was, looked=looked).text
    assert desk.journal() == []
    done = eva.post(PAGE, **asked, was=was, looked=looked)
    assert (done.status_code, done.headers["location"]) == (303, f"{PAGE}?said=declared")
    assert desk.journal()[0] == "Eva: declared news/later 2026-12-09 10:00 (was unknown)"
    page = eva.get(f"{PAGE}?said=declared").text
    assert "The date holds now." in page
    assert re.search(r"<td[^>]*>Wednesday 9 December 2026, 10:00</td><td[^>]*>unknown</td><td[^>]*>1</td>", page)
    line = CommandLine(desk.town.root, monkeypatch)
    (soon,) = [each for each in line("plan", "--json", now=desk.town.clock.now).json["messages"] if "soon" in str(each)]
    assert "2026-12-09T09:00:00Z" in str(soon)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_texts_to_come_that_name_the_date_are_listed_before_it_is_set(desk: Desk) -> None:
    """Also of an announcement that counts from another date; with the channels that say it."""
    eva = desk.sit(desk.hire("Eva", Duty.EDITOR))
    asked = {"milestone": "later", "date": "2026-12-09 10:00"}
    assert "No text that is to come names it." in eva.post(f"{PAGE}/look", **asked).text
    desk.town.campaign("later: unknown", "later: 2026-12-08 10:00")
    desk.town.say("hello", {"en": "---\nheadline: Hi\nsummary: A.\n---\nOn {{ milestones.later.start | date }}.\n"})
    page = eva.post(f"{PAGE}/look", **asked).text
    assert '<a href="/announcement/news/hello/once">Hello</a>: E-mail</li>' in page


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_went_out_with_the_date_is_listed_before_it_is_set(desk: Desk) -> None:
    """With its channels; and not once the date that is asked for is the one it names."""
    town = desk.town
    town.invite("ana")
    town.campaign("later: unknown", "later: 2026-12-08 10:00")
    town.say("hello", {"en": "---\nheadline: Hi\nsummary: A.\n---\nOn {{ milestones.later.start | date }}.\n"})
    town.clock.turn(days=1)
    town.run()
    eva = desk.sit(desk.hire("Eva", Duty.EDITOR))
    gone = '<a href="/announcement/news/hello/once">Hello</a>: E-mail</li>'
    page = eva.post(f"{PAGE}/look", milestone="later", date="2026-12-09 10:00").text
    assert gone in page.partition("What has gone out with the date as it is now")[2]
    page = eva.post(f"{PAGE}/look", milestone="later", date="2026-12-08 10:00").text
    assert "Nothing that has gone out names it." in page


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"milestone": "later", "date": "soon"}, "date"),
        ({"milestone": "later", "date": ""}, "date"),
        ({"milestone": "never", "date": "2026-12-09"}, "milestone"),
    ],
)
def test_what_is_no_date_or_no_milestone_changes_nothing(desk: Desk, asked: dict[str, str], where: str) -> None:
    """The error leads to its field, and what was typed stays."""
    eva = desk.sit(desk.hire("Eva", Duty.EDITOR))
    before = desk.journal()
    for path in (PAGE, f"{PAGE}/look"):
        refused = eva.post(path, **asked, was="unknown")
        assert (refused.status_code, f'href="#{where}"' in refused.text) == (422, True)
    assert eva.get("/milestones/nothing").status_code == 404
    assert eva.get(f"{PAGE}?said=anything").status_code == 200  # nothing is said that the desk has no words for
    assert desk.journal() == before


def test_what_a_milestone_has_stopped_is_not_cancelled_again(town: Town) -> None:
    """The page says which milestone it was, and leads nobody to take back what nobody did."""
    town.campaign("when: start\n", "when: start\n    unless: later\n")
    town.clock.turn(days=-1)
    with desk_of(town) as desk:
        olga = desk.sit(desk.hire("Olga", Duty.OPERATOR))
        page, cancel = "/announcement/news/hello/once", "/cancel/news/hello/once"
        assert cancel in olga.get(page).text
        town.campaign("later: unknown", "later: 2026-12-01 09:00")
        shown = olga.get(page).text
        assert "it goes no more since later (2026-12-01 09:00)" in unescape(shown)
        assert cancel not in shown
        assert "/milestones/news" in shown


def test_a_milestone_is_called_by_its_title_in_the_officers_language(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else by its name; one for a milestone that there is not is refused at its line."""
    desk.town.campaign("announcements:\n", "milestone_titles:\n  later: {es: Más tarde}\nannouncements:\n")
    eva, marta = desk.sit(desk.hire("Eva", Duty.EDITOR)), desk.sit(desk.hire("Marta", Duty.EDITOR, language="es"))
    assert ">Más tarde <code" in marta.get(PAGE).text
    assert ">Más tarde</option>" in marta.get(PAGE).text
    assert ">Later <code" in eva.get(PAGE).text
    desk.town.campaign("  later: {es: Más tarde}", "  latter: {es: Más tarde}")
    said = CommandLine(desk.town.root, monkeypatch)("check")
    assert said.code == 1
    assert "expected a milestone of this campaign, found `latter`" in said.text
    assert "Did you mean `later`?" in said.text


OTHER = """\
campaign: other
title: Other news
languages: [en, es]
milestones:
  kickoff: 2026-12-15 10:00 to 12:00
facts:
  meeting: {at: kickoff, title: Kickoff, place: Town Hall}
announcements:
  later:
    when: kickoff - 1 day
    through: [website]
"""
TELLS = """\
  tell-it:
    when: told
    to: [friends]
    only: {meeting: invited}
    through: [email]
    invite: meeting
"""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_meeting_that_moves_is_followed_before_its_date_is_set(desk: Desk) -> None:
    """Who tells those who were invited, what would still say the old date, and which campaigns keep it."""
    town = desk.town
    town.write("campaigns/news.yaml", CAMPAIGN.replace("  kickoff:", "  told: unknown\n  kickoff:") + TELLS)
    for name in ("hello", "remind", "tomorrow", "tell-it"):
        town.say(name)
    town.write("campaigns/other.yaml", OTHER)
    town.invite("ana")
    town.clock.turn(days=1)
    town.run()
    eva = desk.sit(desk.hire("Eva", Duty.EDITOR))
    page = unescape(eva.post(f"{PAGE}/look", milestone="told", date="2026-12-02").text)
    assert "the meeting still has the date that people know. Set the new date of “Kickoff” first." in page
    page = unescape(eva.post(f"{PAGE}/look", milestone="kickoff", date="2026-12-16 10:00 to 12:00").text)
    assert "still has the date" not in page
    assert "</strong>: it has the new date, and waits until “Told” has a date, too." in page
    other = "it invites to the same meeting, and keeps its date: <code>2026-12-15 10:00 to 12:00</code>"
    assert f'<a href="/milestones/other?milestone=kickoff">Other news</a>: {other}' in page
