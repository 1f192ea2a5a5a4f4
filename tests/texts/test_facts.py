"""What texts may say: names in their language, moments in the town's time, addresses of its pages."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from communique.channel import Recipient
from communique.texts.facts import Facts, UntranslatedError, seen
from tests.workspaces import START, Town, build


@pytest.fixture
def tiny(tmp_path: Path) -> Town:
    """A town; its ledger stays closed."""
    return build(tmp_path)


def said(town: Town, language: str = "en", *, has_page: bool = True) -> dict[str, Any]:
    """The context of its texts."""
    workspace = town.workspace
    facts = Facts(
        settings=workspace.settings, glossary=workspace.glossary, almanac=workspace.almanac, feeds=workspace.feeds
    )
    return facts.of(town.occasion(has_page=has_page), language)


def test_names_are_in_the_language_of_the_text(tiny: Town) -> None:
    """What is given per language is seen in one; what is not is the same in all."""
    tiny.settings("name: City of Littleton", "name: {en: City of Littleton, es: Villa Chica, fr: Petiteville}")
    assert said(tiny, "es")["government"]["name"] == "Villa Chica"
    assert said(tiny, "fr")["government"]["place"] == "Littleton"


@pytest.mark.parametrize("file", ["campaigns/news.yaml", "config/settings.yaml", "config/glossary.yaml"])
def test_a_name_without_the_language_is_told_with_its_file(tiny: Town, file: str) -> None:
    """The error names file, fact and language; no other language stands in."""
    workspace = tiny.workspace
    glossary, settings, made = workspace.glossary, workspace.settings, tiny.occasion(has_page=True)
    if file == "campaigns/news.yaml":
        made = replace(made, campaign=made.campaign.model_copy(update={"facts": {"colour": {"en": "blue"}}}))
    elif file == "config/settings.yaml":
        government = settings.government.model_copy(update={"place": {"en": "Littleton"}})
        settings = settings.model_copy(update={"government": government})
    else:
        glossary = glossary.model_copy(update={"forum": {"en": "forum"}})
    facts = Facts(settings=settings, glossary=glossary, almanac=workspace.almanac, feeds=workspace.feeds)
    with pytest.raises(UntranslatedError) as caught:
        facts.of(replace(made, campaign=made.campaign.model_copy(update={"languages": ("en", "es")})), "es")
    assert (caught.value.args[0].partition(":")[0], caught.value.args[1]) == (file, "es")


def test_moments_are_in_the_town_s_time(tiny: Town) -> None:
    """With its offset; milestones whose date is unknown are not there, so that a text that needs one says so."""
    milestones = said(tiny)["milestones"]
    assert milestones["start"]["start"].isoformat() == "2026-12-01T10:00:00+01:00"
    assert set(milestones) == {"start"}
    assert said(tiny)["announcement"]["date"].isoformat() == "2026-12-01T10:00:00+01:00"


def test_a_meeting_has_the_times_of_its_milestone(tiny: Town) -> None:
    """Beginning and end; a meeting whose date is unknown has neither."""
    tiny.campaign("  start: 2026-12-01 10:00", "  start: 2026-12-01 10:00 to 12:00")
    tiny.campaign(
        "  colour: blue", "  colour: blue\n  party: {at: start, place: Here}\n  ball: {at: later, place: There}"
    )
    facts = said(tiny)["facts"]
    assert (facts["party"]["start"], facts["party"]["end"]) == (START, datetime(2026, 12, 1, 11, tzinfo=UTC))
    assert "start" not in facts["ball"]


def test_a_link_leads_to_the_page_there_is(tiny: Town) -> None:
    """To its own page, or else to the process page, told apart from other posts."""
    assert (
        said(tiny)["link"] == said(tiny)["pages"]["announcement"] == "https://open.littleton.example.org/en/news/hello/"
    )
    without = said(tiny, has_page=False)
    assert without["link"] == "https://open.littleton.example.org/en/?from=news.hello"
    assert "announcement" not in without["pages"]


def test_a_text_sees_a_person_s_name_and_nothing_more_private() -> None:
    """Neither address nor number."""
    ana = Recipient(id="7", address="ana@example.org", name="Ana", language="en", organisation="Neighbours")
    assert seen(ana) == {"name": "Ana", "organisation": "Neighbours"}


def test_no_text_can_name_a_telephone_that_nobody_has(tiny: Town) -> None:
    """“Call  or write” is no sentence: without a number the name is missing, and `check` says so."""
    assert "phone" not in said(tiny, "en")["government"]["contact"]
    tiny.settings("email: open@littleton.example.org}", 'email: open@littleton.example.org, phone: "+34 955 000 000"}')
    assert said(tiny, "en")["government"]["contact"]["phone"] == "+34 955 000 000"


def test_a_text_can_link_to_the_ways_to_follow(tiny: Town) -> None:
    """A page that everybody can read, where a feed is a file for programs."""
    assert said(tiny, "en")["pages"]["follow"] == "https://open.littleton.example.org/en/follow/"


def test_no_text_can_link_to_a_feed_that_is_not_there(tiny: Town) -> None:
    """Neither where no feed is open nor in a language it does not speak: the name is missing, and `check` says so."""
    assert said(tiny, "en")["pages"]["feed"].endswith("/feeds/public/en/rss.xml")
    tiny.settings("feed: {kind: feed,", "feed: {kind: feed, languages: [es],")
    assert "feed" not in said(tiny, "en")["pages"]
    assert "feed" in said(tiny, "es")["pages"]
