"""Releases to the media: the form that newsrooms know, never before an embargo, and no words that nobody approved."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from communique.channel import Mail
from communique.plan.preflight import preflight
from communique.problems import Problem
from tests.command_line import at
from tests.workspaces import START, Town, build

PRESS = "  press: {kind: press, host: localhost, port: 25, tls: none, sender: Press <press@littleton.example.org>}\n"
OFFICE = """\
press:
  boilerplate: Littleton is a city of 900 people.
  contact: {name: Bea Sol, role: Press officer, email: press@littleton.example.org, phone: "+34 955 000 001"}
"""
QUOTE = """\
  mayor_quote: {text: We listen first., approved_by: Elena Robles, approved_on: 2026-11-30}
"""
RELEASE = """\
---
headline: Hello from Littleton
summary: It is blue.
---
**Littleton, {{ announcement.date | date }}.** It is {{ facts.colour }}.

> {{ facts.mayor_quote.text }}
>
> — The mayor
"""


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Town]:
    """`hello` is a release to the friends, who are newsrooms."""
    town = build(tmp_path)
    town.settings("channels:\n", f"{OFFICE}channels:\n{PRESS}")
    town.settings("role: invited", "role: media")
    town.settings("timezone:", "locales: {en: en-GB}\ntimezone:")
    town.campaign("through: [email]", "through: [press]")
    town.campaign("  colour: blue\n", f"  colour: blue\n{QUOTE}")
    town.write("templates/news/hello/en/press.md", RELEASE)
    yield town
    town.database.close()


def found(town: Town) -> list[Problem]:
    """What keeps it from going out."""
    return preflight(town.workspace, {}, town.occasion()).stopping


def release(town: Town) -> Mail:
    """As a newsroom reads it."""
    content = preflight(town.workspace, {}, town.occasion()).samples["press", "en"]
    assert isinstance(content, Mail)
    return content


def embargo(town: Town, until: str, *, trusted: bool) -> None:
    """Ask for silence until then; the friends are trusted with it, or not."""
    town.campaign("    when: start\n", f"    when: start\n    embargo: {until}\n")
    if trusted:
        town.settings("role: media", "role: media, trusted_with_embargo: true")


def test_a_release_has_the_form_that_newsrooms_know(newsroom: Town) -> None:
    """When it may be published, the text, who we are, whom to ask; answers go to the press office."""
    assert found(newsroom) == []
    mail = release(newsroom)
    said = ["For immediate release", "Littleton, 1 December 2026", "We listen first.", "Notes to editors"]
    said += ["Littleton is a city of 900 people.", "Press contact", "Bea Sol, Press officer", "+34 955 000 001"]
    for part in (mail.text, mail.html.replace("\u00a0", " ")):
        places = [part.index(words) for words in said]
        assert places == sorted(places)
    assert "Bea Sol, Press officer\n\nE-mail: press@littleton" in mail.text
    assert (
        "\u2066" not in mail.text
    )  # some mail programs show isolates as boxes; Arabic texts get a mark that none shows
    assert (mail.subject, mail.reply_to) == ("Hello from Littleton", "press@littleton.example.org")


def test_a_release_names_one_contact(newsroom: Town) -> None:
    """That of the press office: the foot of other mails, which names the point of contact, is not below it."""
    mail = release(newsroom)
    for part in (mail.text, mail.html):
        assert part.count("Bea Sol") == 1
        assert newsroom.workspace.settings.government.contact.name not in part


def test_whom_the_settings_trust_reads_it_before_the_embargo(newsroom: Town) -> None:
    """With its moment, and the zone it is meant in; once it is over, the release is for anybody."""
    embargo(newsroom, "start + 2 hours", trusted=True)
    assert found(newsroom) == []
    assert "Embargoed until Tuesday 1 December 2026, 12:00 (CET)" in release(newsroom).text.replace("\n", " ")
    newsroom.campaign("embargo: start + 2 hours", "embargo: start - 2 hours")
    assert "For immediate release" in release(newsroom).text


def test_nobody_else_reads_it_before_the_embargo(newsroom: Town) -> None:
    """Neither people who are not trusted nor what everybody sees; and not while nobody knows when it ends."""
    newsroom.say_to_nobody_in_particular()
    newsroom.campaign("through: [press]", "through: [press, website, feed]")
    embargo(newsroom, "start + 2 hours", trusted=False)
    assert [(each.code, each.message.split("`")[1]) for each in found(newsroom)] == [
        ("before-embargo", "friends"),
        ("before-embargo", "website"),
        ("before-embargo", "feed"),
    ]
    newsroom.campaign("embargo: start + 2 hours", "embargo: later + 2 hours")
    assert [each.code for each in found(newsroom)] == ["embargo-without-date"]
    newsroom.invite("ana")
    newsroom.run()
    assert newsroom.balances() == {}


def test_a_quotation_that_nobody_has_approved_is_told_once(newsroom: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all the places where it stands; other findings stay one for each place."""
    newsroom.campaign(", approved_on: 2026-11-30", "")
    newsroom.edit(
        "templates/news/hello/en/press.md",
        "{{ facts.mayor_quote.text }}",
        "{{ facts.mayor_quote.text }}\n{{ facts.mayor_quote.text }}",
    )
    assert len(found(newsroom)) == 2
    said = at(newsroom.root, monkeypatch, START)("check", "--json").json["problems"]
    (problem,) = (each for each in said if each["code"] == "unapproved-quotation")
    assert problem["line"] == 7
    assert "It stands here, too: templates/news/hello/en/press.md:8." in problem["hint"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (", approved_on: 2026-11-30", "", "without `approved_on`"),
        ("2026-11-30", "2026-12-02", "approved on 2026-12-02 only"),
    ],
)
def test_words_that_nobody_has_approved_are_refused(newsroom: Town, old: str, new: str, said: str) -> None:
    """With their line; and so are words in quotes that are no fact."""
    newsroom.campaign(old, new)
    (problem,) = found(newsroom)
    assert (problem.code, problem.line, said in problem.message) == ("unapproved-quotation", 7, True)
    newsroom.campaign(QUOTE.replace(old, new), QUOTE)
    newsroom.edit("templates/news/hello/en/press.md", "{{ facts.mayor_quote.text }}", "I never said that.")
    (problem,) = found(newsroom)
    assert (problem.code, problem.line, "I never said that." in problem.message) == ("unapproved-quotation", 7, True)
