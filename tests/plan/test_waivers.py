"""Checks that are waived, with a reason on record: only those that may be, only where it is said."""

from pathlib import Path

import pytest

from communique.explain.problem_codes import CODES
from tests.workspaces import Town, build


@pytest.fixture
def tiny(tmp_path: Path) -> Town:
    """A town whose ledger stays closed."""
    return build(tmp_path)


def faults(town: Town) -> list[tuple[str, int]]:
    """Codes and lines of the campaign's problems."""
    return [(each.code, each.line) for each in town.workspace.problems]


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("dates-differ", None),
        ("dates-difer", "unknown-waiver"),
        ("unknown-channel", "not-waivable"),
        ("yaml-syntax", "not-waivable"),
    ],
)
@pytest.mark.parametrize("place", ["campaign", "announcement"])
def test_only_a_check_that_may_be_waived_is(tiny: Town, code: str, fault: str | None, place: str) -> None:
    """In the whole campaign or in one announcement; a slip is told at its line, with what was meant."""
    if place == "campaign":
        tiny.campaign("title: News", f"title: News\nwaive: {{{code}: The council wants it so.}}")
    else:
        tiny.campaign("through: [email]", f"through: [email]\n    waive: {{{code}: The council wants it so.}}")
    assert faults(tiny) == ([(fault, 3 if place == "campaign" else 14)] if fault else [])


def test_a_slip_is_told_with_what_was_meant(tiny: Town) -> None:
    """And what cannot be waived with what can."""
    tiny.campaign("title: News", "title: News\nwaive: {dates-difer: They want it., unknown-channel: They want it.}")
    slip, refused = tiny.workspace.problems
    assert "Did you mean `dates-differ`?" in slip.hint
    assert "public-before-promoters" in refused.hint


@pytest.mark.parametrize("reason", ["", "''", "[]", "5"])
def test_a_waiver_has_a_reason(tiny: Town, reason: str) -> None:
    """Nothing is set aside without one."""
    tiny.campaign("title: News", f"title: News\nwaive: {{dates-differ: {reason}}}")
    assert faults(tiny)


def test_what_guards_the_machine_cannot_be_waived() -> None:
    """A file that cannot be read, or a fact that is missing, is mended and not waived."""
    for code in ("missing-fact", "file-encoding", "yaml-duplicate-key", "missing-template", "refused-by-channel"):
        assert not CODES[code].waivable
