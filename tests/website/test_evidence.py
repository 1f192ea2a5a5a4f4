"""What monitors of the process find on its page: each answer is true, and turns when what it rests on is gone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from communique.delivery import Mode
from communique.moments import Milestone
from communique.publication import Publication
from communique.read.process_outline import OutlinedDocument
from communique.website.evidence import Answer, Standing, answers
from communique.workspace import Workspace
from tests.shipped_messages import LANGUAGES, dated, workspace
from tests.shipped_site import publication

#: After the plan; the meeting was in February, and progress was told three weeks ago.
LATE = datetime(2027, 12, 2, 12, tzinfo=UTC)
#: When the forum meets once more.
AGAIN = "co-creation-kickoff/response"
SHOWN = ("forum-rules", "endorsement", "plan")


def milestones() -> dict[str, Mapping[str, Milestone]]:
    """As they would be at the end; no meeting was called off."""
    found = {name: dated(campaign) for name, campaign in workspace().campaigns.items()}
    found["co-creation-kickoff"]["called-off"] = Milestone()
    return dict(found)


def complete() -> Workspace:
    """The shipped workspace in live mode, with every document a monitor wants."""
    outline = workspace().outline
    (rules,) = outline.documents
    papers = tuple(OutlinedDocument(**{**rules.model_dump(), "shows": shows}) for shows in SHOWN)
    (meeting, *rest) = (each for each in outline.dates if each.milestone != AGAIN)
    again = meeting.model_copy(update={"milestone": AGAIN})
    return replace(
        workspace(),
        outline=outline.model_copy(update={"documents": papers, "dates": (meeting, again, *rest)}),
        settings=workspace().settings.model_copy(update={"mode": Mode.LIVE}),
    )


def told() -> list[Publication]:
    """Everything that the answers rest on, in every language."""
    names = ("open-the-process-page", "minutes-and-roadmap", "what-became-of-your-proposals", "progress-update")
    return [
        publication(name, language, 0 if number == 0 else 290, campaign=campaign)
        for number, name in enumerate(names)
        for language in LANGUAGES
        for campaign in ("accepted-into-ogp" if number == 0 else "co-creation-kickoff",)
    ]


def missing(found: list[Answer]) -> set[str]:
    """Questions that nothing answers; each says what to do."""
    open_ones = [each for each in found if each.standing is Standing.MISSING]
    assert all(each.found and each.do and each.clause for each in open_ones)
    return {each.question for each in open_ones}


def test_a_complete_page_answers_everything() -> None:
    """At the end of a whole process nothing is missing, when the forum has met once more."""
    assert missing(answers(complete(), milestones(), told(), LATE)) == set()


def test_at_the_beginning_nothing_is_claimed() -> None:
    """In trial mode, before anything was said: what cannot be there yet comes later, the rest is missing."""
    found = answers(workspace(), milestones(), [], datetime(2026, 12, 1, tzinfo=UTC))
    assert missing(found) == {
        "Is the website online, without barriers to access?",
        "Does it inform about the OGP Local process?",
        "Is information published at least every four months?",
    }
    assert {each.question for each in found if each.standing is Standing.LATER} == {
        "Are its rules public?",
        "Is there a repository of documents?",
        "Does every proposal get a reasoned response?",
        "Did non-governmental members endorse the plan before it was submitted?",
        "Is it said how far each commitment is?",
    }


@pytest.mark.parametrize(
    ("gone", "question"),
    [
        ({"forum": None}, "Is there a forum that oversees the process?"),
        ({"forum": None}, "Is it multi-stakeholder?"),
        ({"documents": ()}, "Are its rules public?"),
        ({"documents": ()}, "Is there a repository of documents?"),
        ({"documents": ()}, "Did non-governmental members endorse the plan before it was submitted?"),
        ({"documents": ()}, "Is the plan public?"),
        ({"dates": ()}, "Does it meet at least every six months?"),
        ({"dates": ()}, "Can anybody take part, and know how and until when?"),
        ({"ways": ()}, "Can anybody take part, and know how and until when?"),
        ({"stages": ()}, "Does it inform about the OGP Local process?"),
        ({"monitoring": None}, "Is there an independent local monitoring body?"),
        ({"reasoned_response": None}, "Does every proposal get a reasoned response?"),
    ],
)
def test_an_answer_rests_on_something(gone: dict[str, Any], question: str) -> None:
    """Taken out of `config/process.yaml`, it is missing on the page, and said to be."""
    whole = complete()
    without = replace(whole, outline=whole.outline.model_copy(update=gone))
    assert question in missing(answers(without, milestones(), told(), LATE))


@pytest.mark.parametrize(
    ("announcement", "question"),
    [
        ("open-the-process-page", "Does it inform about the OGP Local process?"),
        ("minutes-and-roadmap", "Are the minutes of co-creation-kickoff/kickoff public?"),
        ("what-became-of-your-proposals", "Does every proposal get a reasoned response?"),
    ],
)
def test_what_was_never_published_is_no_evidence(announcement: str, question: str) -> None:
    """However complete the files are."""
    published = [each for each in told() if each.announcement != announcement]
    assert question in missing(answers(complete(), milestones(), published, LATE))


def test_a_website_with_nothing_on_it_is_not_online() -> None:
    """Whatever the settings say; and that it answers is claimed by nobody who has not asked."""
    question = "Is the website online, without barriers to access?"
    assert question in missing(answers(complete(), milestones(), [], LATE))
    (found,) = (each.found for each in answers(complete(), milestones(), told(), LATE) if each.question == question)
    assert "`communique doctor` asks whether it answers" in found


def test_silence_of_four_months_is_told() -> None:
    """From the last thing that was published on the website."""
    question = "Is information published at least every four months?"
    last = max(each.published_at for each in told())
    assert question not in missing(answers(complete(), milestones(), told(), last + timedelta(days=120)))
    asked = answers(complete(), milestones(), told(), last + timedelta(days=97))
    (found,) = (each.found for each in asked if each.question == question)
    assert found.startswith(f"last public update 97 days ago ({last:%Y-%m-%d}); the four-month mark is ")
    assert question in missing(answers(complete(), milestones(), told(), last + timedelta(days=121)))
