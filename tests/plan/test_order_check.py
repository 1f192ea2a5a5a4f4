"""Who worked for it hears it first: found by dates, gates and offsets, whatever is known yet."""

from pathlib import Path

import pytest

from communique.plan.checks.order import CODE, check_order
from communique.problems import Severity
from tests.workspaces import Town, build

FORUM = "  forum: {at: start, title: Forum, place: Room 2, rsvp: open@littleton.example.org}\n"
PUBLIC = """\
  tell-everybody:
    when: start
    through: [website]
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Town:
    """A town that tells its promoters an hour after the start."""
    town = build(tmp_path)
    town.settings("role: invited", "role: promoters")
    town.campaign("when: start", "when: start + 1 hours")
    return town


def found(town: Town, public: str) -> list[tuple[str, int]]:
    """Code and line of what is found with one public announcement more."""
    town.add(public)
    workspace = town.workspace
    assert list(workspace.problems) == []
    campaign = workspace.campaigns["news"]
    return [(each.code, each.line) for each in check_order(workspace, campaign, campaign.milestones)]


def test_the_public_first_is_an_error_at_its_when(tiny: Town) -> None:
    """With the way out."""
    assert found(tiny, PUBLIC) == [("public-before-promoters", 15)]
    workspace = tiny.workspace
    campaign = workspace.campaigns["news"]
    (problem,) = check_order(workspace, campaign, campaign.milestones)
    assert "`after: hello`" in problem.hint


@pytest.mark.parametrize(
    "public",
    [
        PUBLIC.replace("when: start", "when: start + 1 hours"),
        PUBLIC.replace("when: start", "when: start + 2 hours"),
        PUBLIC + "    after: hello\n",
        PUBLIC.replace("    through: [website]", "    to: [friends]\n    through: [email]"),
        PUBLIC + "    waive: {public-before-promoters: The council has told the press.}\n",
    ],
)
def test_what_is_in_order_is_left_alone(tiny: Town, public: str) -> None:
    """Later, at the same time, gated, no public at all, or waived with a reason."""
    assert found(tiny, public) == []


def test_an_invitation_of_the_promoters_is_for_them_alone(tiny: Town) -> None:
    """Through a channel that everybody reads, everybody is invited: a warning where the channels are named."""
    tiny.campaign("    through: [email]", "    invite: forum\n    through: [email, website]")
    tiny.campaign("announcements:", f"{FORUM}announcements:")
    workspace = tiny.workspace
    campaign = workspace.campaigns["news"]
    (problem,) = check_order(workspace, campaign, campaign.milestones)
    assert (problem.code, problem.severity, "website" in problem.hint) == (CODE, Severity.WARNING, True)
    assert "through" in problem.source


def test_a_gate_may_stand_further_up(tiny: Town) -> None:
    """What waits for something that waits for the promoters' message waits for it, too."""
    tiny.add("  second:\n    when: start + 2 hours\n    after: hello\n    to: [friends]\n    through: [email]\n")
    assert found(tiny, PUBLIC + "    after: second\n") == []


@pytest.mark.parametrize("channel", ["feed", "x", "handoff", "website"])
def test_every_public_way_out_counts(tiny: Town, channel: str) -> None:
    """Not only the website."""
    assert [code for code, _ in found(tiny, PUBLIC.replace("website", channel))] == ["public-before-promoters"]


def test_before_the_date_is_known_offsets_are_compared(tiny: Town) -> None:
    """Both counted from the same unknown day: the fault is found before it is declared."""
    tiny.campaign("start: 2026-12-01 10:00", "start: unknown")
    assert [code for code, _ in found(tiny, PUBLIC)] == ["public-before-promoters"]


def test_nobody_to_tell_first_is_no_fault(tiny: Town) -> None:
    """A campaign without promoters has no order to keep."""
    tiny.settings("role: promoters", "role: invited")
    assert found(tiny, PUBLIC) == []


def test_the_first_message_to_promoters_is_what_counts(tiny: Town) -> None:
    """A second one to them may come after the public."""
    tiny.add("  again:\n    when: start + 5 hours\n    to: [friends]\n    through: [email]\n")
    assert found(tiny, PUBLIC.replace("when: start", "when: start + 2 hours")) == []
