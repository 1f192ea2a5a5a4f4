"""An announcement that says “read the plan” is told of while no plan is public."""

import pytest

from communique.plan.preflight import preflight
from communique.problems import Severity
from tests.workspaces import Town

CODE = "document-not-public"
PROCESS = """\
documents:
  - file: plan.txt
    title: {{en: Plan, es: Plan, fr: Plan}}
    published: {published}
    language: en
    shows: {shows}
"""


def said(town: Town) -> list[str]:
    """What is found of the document, without what ends nothing."""
    found = [each for each in preflight(town.workspace, {}, town.occasion()).problems if each.code == CODE]
    assert {each.severity for each in found} <= {Severity.WARNING}
    assert {each.file for each in found} <= {"campaigns/news.yaml"}
    return [each.message for each in found]


@pytest.mark.parametrize(
    ("published", "shows", "file", "found"),
    [
        ("2026-12-01", "plan", "plan.txt", ""),
        ("2026-12-02", "plan", "plan.txt", "found plan.txt, public from 2026-12-02 on"),
        ("2026-12-01", "forum-rules", "plan.txt", "found none"),
        ("2026-12-01", "plan", "other.txt", "found none"),  # named, and not there
    ],
)
def test_readers_are_sent_to_no_document_that_is_not_there(
    town: Town, published: str, shows: str, file: str, found: str
) -> None:
    """By its kind, by its day in the town's own zone, and by its file; an announcement that names none needs none."""
    town.write("config/process.yaml", PROCESS.format(published=published, shows=shows))
    town.write(f"config/documents/{file}", "The plan.\n")
    assert said(town) == []
    town.campaign("    through: [email]", "    document: plan\n    through: [email]")
    assert [message.partition("goes out, ")[2] for message in said(town)] == ([found] if found else [])
