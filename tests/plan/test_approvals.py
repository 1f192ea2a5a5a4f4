"""Nothing goes out that was not agreed to, exactly as it is."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from communique.settings import Approvals
from communique.store.desk import approvals
from communique.store.desk.officers import Duty
from tests.command_line import CommandLine, at
from tests.desk import desk_of
from tests.workspaces import PUBLIC, START, Town, build

ASKED_ONE = "approvals: {required: 1}"


@pytest.fixture
def asking(town: Town) -> Town:
    """A town where one approval is asked, with two people to write to."""
    town.settings("approvals: {required: 0}", ASKED_ONE)
    town.say("hello", {"en": PUBLIC, "es": PUBLIC})
    town.invite("ana", "ben")
    return town


@pytest.mark.parametrize(
    ("required", "approvers", "author", "given", "missing"),
    [
        (0, (), None, [], 0),
        (1, (), None, [], 1),
        (1, (), None, ["Ana"], 0),
        (1, (), "Ana", ["Ana"], 0),
        (2, (), None, ["Ana"], 1),
        (2, (), None, ["Ana", "Ben"], 0),
        (2, (), None, ["Ana", "Ana"], 1),
        (2, (), "Ana", ["Ana", "Ben"], 1),
        (2, (), None, ["Inés Vidal", "ines  VIDAL"], 1),
        (2, (), "Ana", ["ANA", "Ben"], 1),
        (1, ("Inés Vidal",), None, ["Ines Vidal"], 0),
        (2, (), "Ana", ["Ana", "Ben", "Eva"], 0),
        (1, ("Ben",), None, ["Ana"], 1),
        (2, ("Ana", "Ben"), "Ana", ["Ana", "Ben"], 1),
        (2, ("Ana", "Ben"), None, ["Ana", "Ben", "Eva"], 0),
    ],
)
def test_whose_word_counts(
    required: int, approvers: tuple[str, ...], author: str | None, given: list[str], missing: int
) -> None:
    """Distinct people, only those who are named where some are, and never the author where two are asked."""
    rule = Approvals(required=required, approvers=approvers)
    assert approvals.lacking(rule, (author,) if author else (), given) == missing


@pytest.mark.parametrize(
    ("author", "approvers", "found"),
    [
        ("", "", [("missing-author", 1)]),
        ("", ", authors: [Ana]", []),
        ("", ", authors: []", []),
        ("", ", authors: [Ana], approvers: [Ana, Ben]", [("too-few-approvers", 1)]),
        ("author: Ben\n", ", authors: [Ana], approvers: [Ana, Eva]", []),
        ("author: Ana\n", "", []),
        ("author: [Ana, Ben]\n", "", []),
        ("author: Ana\n", ", approvers: [Ana, Ben]", [("too-few-approvers", 1)]),
        ("author: [Ana, Ben]\n", ", approvers: [Ana, Ben, Eva]", [("too-few-approvers", 1)]),
        ("author: Ana\n", ", approvers: [Ana, Ben, Eva]", []),
    ],
)
def test_where_two_are_asked_somebody_else_is_left(
    town: Town, author: str, approvers: str, found: list[tuple[str, int]]
) -> None:
    """Who edits is known, and nothing waits for approvals that can never be given."""
    town.settings("approvals: {required: 0}", f"approvals: {{required: 2{approvers}}}")
    town.campaign("campaign: news\n", f"{author}campaign: news\n")
    assert [(each.code, each.line) for each in town.workspace.problems] == found


def test_every_author_is_an_author(asking: Town) -> None:
    """One of several who edit does not count either."""
    asking.settings(ASKED_ONE, "approvals: {required: 2}")
    asking.campaign("campaign: news\n", "author: [Ana, Ben]\ncampaign: news\n")
    for name in ("ben", "Eva"):
        asking.approve(name)
    assert asking.standing().reason == "not approved: 1 approval missing"


def test_who_edits_all_campaigns_is_named_once(asking: Town) -> None:
    """In the settings, for each that names nobody itself."""
    asking.settings(ASKED_ONE, "approvals: {required: 2, authors: [Ana, Ben]}")
    for name in ("ben", "Eva"):
        asking.approve(name)
    assert asking.standing().reason == "not approved: 1 approval missing"
    asking.campaign("campaign: news\n", "author: Ana\ncampaign: news\n")
    asking.approve("ben")
    assert asking.standing().will_go


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_two_campaigns_without_an_author_are_one_question(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every file that asks it."""
    town.settings("approvals: {required: 0}", "approvals: {required: 2}")
    text = (town.root / "campaigns" / "news.yaml").read_text(encoding="utf-8")
    town.write("campaigns/other.yaml", text.replace("campaign: news", "campaign: other"))
    said = CommandLine(town.root, monkeypatch)("check").text
    assert said.count("[missing-author]") == 1
    assert "It stands here, too: campaigns/other.yaml:1." in " ".join(said.split())


def test_without_approval_nothing_goes(asking: Town) -> None:
    """The gate stands in the way of sending, not only in the plan."""
    asking.run()
    assert asking.email.taken == []
    assert asking.balances() == {}
    assert asking.standing().reason == "not approved: 1 approval missing"


def test_what_was_approved_goes(asking: Town) -> None:
    """One approval of exactly this opens the way."""
    asking.approve("Ana")
    asking.run()
    assert asking.account() == "2 planned = 2 sent"


def test_the_same_person_approves_once(asking: Town) -> None:
    """Saying it again adds nothing."""
    asking.settings(ASKED_ONE, "approvals: {required: 2}")
    asking.approve("Ana")
    asking.approve("Ana")
    asking.run()
    assert asking.email.taken == []
    asking.approve("Ben")
    asking.run()
    assert asking.account() == "2 planned = 2 sent"


EDITS = {
    "text": ("templates/news/hello/en/article.md", "everybody.", "all of you."),
    "summary": ("templates/news/hello/en/article.md", "summary: It", "summary: Now it"),
    "fact": ("campaigns/news.yaml", "colour: blue", "colour: green"),
    "audience": ("campaigns/news.yaml", "to: [friends]", "to: [friends, others]"),
    "what an audience is": ("config/settings.yaml", "{title: Friends, role: invited}", "{title: Friends, role: media}"),
    "date": ("campaigns/news.yaml", "start: 2026-12-01 10:00", "start: 2026-12-01 09:59"),
    "time": ("campaigns/news.yaml", "when: start", "when: start - 1 minutes"),
    "deadline": ("campaigns/news.yaml", "    when: start", "    not_after: start + 2 hours\n    when: start"),
    "channels": ("campaigns/news.yaml", "through: [email]", "through: [email, x]"),
    "languages": ("campaigns/news.yaml", "languages: [en]", "languages: [en, es]"),
    "layout": ("templates/layouts/mail.txt", "government.contact.name }}", "government.contact.name }}!"),
    "who we are": ("config/settings.yaml", "name: City of Littleton", "name: Town of Littleton"),
}


@pytest.mark.parametrize("what", EDITS)
def test_any_edit_voids_an_approval(asking: Town, what: str) -> None:
    """Text, fact, audience or date: what was approved is not what would go now, so it stays."""
    asking.settings("audiences:\n", "audiences:\n  others: {title: Others, role: invited}\n")
    asking.approve("Ana")
    asking.edit(*EDITS[what])
    asking.run()
    assert asking.email.taken == []
    assert asking.standing().reason == "changed since it was approved"


def test_what_it_waits_for_is_approved_with_it(asking: Town) -> None:
    """It was to go once others have heard: without that gate it is another decision."""
    asking.add()
    asking.approve("Ana", "goodbye")
    asking.clock.turn(hours=1)
    asking.campaign("    after: hello\n", "")
    asking.run()
    assert asking.email.taken == []
    assert asking.standing("goodbye").reason == "changed since it was approved"
    asking.campaign("  goodbye:\n", "  goodbye:\n    after: [hello]\n")  # written otherwise, and the same
    assert asking.standing("goodbye").reason == "waits for hello, which will not go"


@pytest.mark.parametrize("condition", ["recipient.organisation", "not recipient.organisation"])
def test_an_edit_that_only_some_would_see_voids_an_approval(asking: Town, condition: str) -> None:
    """A fact in words for people with (or without) an organisation is approved like every other."""
    words = f"everybody{{% if {condition} %}} {{{{ facts.size }}}}{{% endif %}}."
    asking.edit("templates/news/hello/en/article.md", "everybody.", words)
    asking.campaign("colour: blue", "colour: blue\n  size: small")
    asking.approve("Ana")
    asking.campaign("size: small", "size: large")
    asking.run()
    assert asking.email.taken == []


def test_an_edit_of_something_else_voids_nothing(asking: Town) -> None:
    """Another announcement's words are not this one's; nor is a new person in the audience, who was meant."""
    asking.add()
    asking.approve("Ana")
    asking.edit("templates/news/goodbye/en/article.md", "hello.", "goodbye.")
    asking.invite("eva")
    asking.run()
    assert asking.account() == "3 planned = 3 sent"


def test_an_edit_taken_back_is_approved_as_before(asking: Town) -> None:
    """An approval is bound to what is said, not to when a file was saved."""
    asking.approve("Ana")
    path, old, new = EDITS["text"]
    asking.edit(path, old, new)
    asking.edit(path, new, old)
    asking.run()
    assert asking.account() == "2 planned = 2 sent"


def test_one_who_is_not_named_approves_nothing(asking: Town) -> None:
    """However the row came into the ledger."""
    asking.settings(ASKED_ONE, "approvals: {required: 1, approvers: [Ben]}")
    asking.approve("Ana")
    asking.run()
    assert asking.email.taken == []


def test_an_approval_that_is_too_old_counts_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan says so beforehand; then it awaits approval again, at the desk, too, until somebody says it anew."""
    town = build(tmp_path)
    town.settings("approvals: {required: 0}", "approvals: {required: 2, valid_for: 30 days}")
    town.campaign("title: News", "title: News\nauthor: Zoe")
    town.invite("ana")
    for name, days in (("Ana", -40), ("Ben", -20)):
        town.clock.now = START + timedelta(days=days)
        town.approve(name)
    standing = town.standing()
    assert (standing.will_go, standing.reason) == (True, "its approval ends on 2026-11-21, before its time")

    line = at(town.root, monkeypatch, START - timedelta(days=9))
    town.clock.now = START - timedelta(days=9)
    reason = "not approved: the approval of Ana (2026-10-22) has expired"
    assert reason in line("plan").text
    with desk_of(town) as desk:
        ana, ben = (desk.sit(desk.hire(name, Duty.APPROVER)).get("/").text for name in ("Ana", "Ben"))
    assert re.search(r"The approval of Ana \(.*22 October 2026\) has expired\.", ana)
    assert ("Waits for your approval" in ana, "Waits for your approval" in ben) == (True, False)
    assert "approved by Ben, Ana" in line("approve", "news", "--as", "Ana").text
    assert town.standing().reason == ""

    town.clock.now = START
    town.settings("valid_for: 30 days", "valid_for: 5 days")
    town.run()
    assert town.email.addresses == []
    both = "not approved: the approvals of Ben (2026-11-11) and Ana (2026-11-22) have expired"
    assert town.standing().reason == both
    town.settings("valid_for: 5 days", "valid_for: 30 days")
    town.run()
    assert town.email.addresses == ["ana@example.org"]
    town.database.close()
