"""What the shipped campaigns promise whoever begins with them: every message, in every language."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import mean
from typing import Any
from zoneinfo import ZoneInfo

import html5lib
import pytest
import regex

from communique.channel import Form, Letter, Mail, Measure, Post, Reach, Script
from communique.language.dates_in_text import dates_in
from communique.language.formatting import locale_of
from communique.language.placeholders import find_placeholders
from communique.localisation.localised import localise
from communique.moments import Milestone
from communique.plan.checks.fold import check_folds
from communique.publication import Publication
from communique.settings import Role
from tests.shipped_messages import (
    LANGUAGES,
    Sample,
    checked,
    listed,
    occasions,
    samples,
    sentences,
    sources,
    workspace,
)

#: Graphemes; a full address counts in all of them. Room is left for a town with a longer name than the shipped one.
LIMITS = {"x": 280, "mastodon": 500, "bluesky": 300}
ROOM = 12
MEAN_WORDS, MOST_WORDS = 12, 25  #: of a sentence

every_language = pytest.mark.parametrize("language", LANGUAGES)


def test_every_announcement_is_written_for_every_channel_in_every_language() -> None:
    """Nothing is missing and nothing is wrong: rendered, checked, and taken by each channel."""
    for campaign in workspace().campaigns.values():
        assert campaign.languages == LANGUAGES
        assert {each.announcement for each in listed(campaign)} == set(campaign.announcements)
    for occasion in occasions():
        found = checked()[occasion.name]
        routes = [workspace().routes[each] for each in occasion.campaign.announcements[occasion.announcement].through]
        expected = {(route.name, language) for route in routes for language in route.spoken(LANGUAGES)}
        # No plan is shipped, and who has published none is told so.
        problems = [each for each in found.problems if each.code != "document-not-public"]
        assert (set(found.samples), problems) == (expected, []), occasion.name


def test_a_milestone_without_a_date_stops_only_what_counts_from_it() -> None:
    """As shipped, nobody knows of a plan, a refusal, or a meeting that moves, nor has said that others may know."""
    undated = {
        each.announcement
        for campaign in workspace().campaigns.values()
        for each in listed(campaign, as_shipped=True)
        if each.due_at is None
    }
    assert undated == {
        *("tell-the-media-of-the-plan", "thank-for-the-plan", "the-plan-is-published", "not-selected"),
        *("the-kickoff-has-moved", "the-kickoff-is-called-off"),
        *("organisations-wanted", "we-have-applied", "tell-the-media"),  # of the application
    }


def test_the_promoters_hear_it_before_the_public() -> None:
    """Until the promoters' message is due, and done, nothing goes where the public reads it."""
    promoters = {name for name, each in workspace().settings.audiences.items() if each.role is Role.PROMOTERS}
    public = [campaign for campaign in workspace().campaigns.values() if campaign.campaign != "join-ogp-local"]
    for campaign in public:
        told = [each for each in occasions() if each.campaign is campaign]
        first = min(
            (each for each in told if promoters & set(campaign.announcements[each.announcement].to)),
            key=lambda each: each.due_at,
        )
        for each in told:
            announcement = campaign.announcements[each.announcement]
            routes = [workspace().routes[name] for name in announcement.through]
            if any(route.reach is Reach.ALL or route.is_newsletter for route in routes):
                assert each.due_at > first.due_at, each.name
        opening = min((each for each in told if each.has_page), key=lambda each: each.due_at)
        assert first.announcement in campaign.announcements[opening.announcement].gates


def test_an_application_is_announced_only_if_somebody_says_so() -> None:
    """Until there is an answer everything goes to people by name; what others would see waits for a declaration."""
    campaign = workspace().campaigns["join-ogp-local"]
    undated = {each.announcement for each in listed(campaign, as_shipped=True) if each.due_at is None}
    seen = {
        name
        for name, announcement in campaign.announcements.items()
        for route in (workspace().routes[channel] for channel in announcement.through)
        if route.reach is Reach.ALL or route.is_newsletter or route.is_press
    }
    assert seen == {"organisations-wanted", "we-have-applied", "tell-the-media"}
    assert seen <= undated


def test_the_public_hears_something_at_least_every_four_months() -> None:
    """From the acceptance on, while the plan is being written and nobody knows when it will be out."""
    due = sorted(
        each.due_at
        for campaign in workspace().campaigns.values()
        for each in listed(campaign, as_shipped=True)
        if each.due_at and "website" in campaign.announcements[each.announcement].through
    )
    gaps = [(after - before, before) for before, after in pairwise(due)]
    assert max(gaps)[0] <= timedelta(days=120), max(gaps)
    assert due[-1] - due[0] > timedelta(days=365)


def test_nobody_is_written_to_at_night() -> None:
    """People and the public are told between eight in the morning and eight in the evening, local time."""
    for each in occasions():
        local = each.due_at.astimezone(ZoneInfo("Europe/Madrid"))
        assert 8 <= local.hour < 20, (each.name, local)


def test_no_placeholder_is_left() -> None:
    """In no part of any message, nor anything that a template should have filled."""
    for each in samples():
        html = getattr(each.content, "html", "")
        assert find_placeholders(each.words) == [], each
        assert not re.search(r"\{[{%#]|[#%}]\}|\bNone\b|\bUndefined\b|\bxx\b", each.words + html), each


def test_no_fact_stands_in_a_text() -> None:
    """Names, dates and places stand once, in facts, settings and glossary, where a town changes them."""
    glossary, government = workspace().glossary.model_dump(), workspace().settings.government.model_dump()
    for path, words in sources().items():
        language = path.split("/")[3]
        official = localise(glossary, language, LANGUAGES)["partnership"]["name"]
        place = localise(government, language, LANGUAGES)["place"]
        assert not re.search(r"\b(19|20)\d\d\b|https?://|\w@\w", words), path
        assert official not in words, path
        assert place not in words, path


#: Names that officers have used and the partnership has not.
IMPROVISED = {
    "es": r"Alianza (por|de|del) |Sociedad de Gobierno Abierto|Asociación para el Gobierno",
    "en": r"Open Government Alliance|Partnership (for|of) Open",
    "fr": r"Partenariat (pour le|de|du) gouvernement|Alliance pour",
    "pt": r"Parceria para o Governo|Aliança (para|pelo)|Parceria de Governo",
    "ar": r"شراكة الحكومة|تحالف الحكومة|الشراكة للحكومة",
}


@every_language
def test_the_partnership_is_called_by_its_official_name(language: str) -> None:
    """In full in all news about joining it and each invitation, and never by a name of somebody's own making."""
    name = localise(workspace().glossary.model_dump(), language, LANGUAGES)["partnership"]["name"]
    for each in samples():
        if each.language == language:
            assert not re.search(IMPROVISED[language], each.words), each
            introduces = each.campaign == "accepted-into-ogp" or each.announcement.startswith(("brief-", "invite-"))
            if introduces and not isinstance(each.content, Post):
                assert name in " ".join(each.words.split()), each


#: Second words for what has one already, and what only looks right beside the language it was translated from.
OTHER_WORDS = {
    "es": r"organismo independiente|canal de novedades",
    "fr": r"organe indépendant|flux d’actualités|équipe promotrice|Unité d’appui",
    "pt": r"organismo independente|canal de novidades|convocatória (abre|fecha|anunci)|sítio|(?i:\bvocê)"
    r"|equipa promotora|acordar o|ligação",
    "ar": r"السيد/ة|خلاصة أخبارنا|خريطة الطريق",
}


@pytest.mark.parametrize("language", OTHER_WORDS)
def test_one_thing_has_one_name(language: str) -> None:
    """Who checks the plan, the news feed, the call: a reader of two texts is not to look for the difference."""
    texts = {path: words for path, words in sources().items() if f"/{language}/" in path}
    assert texts
    assert {path: found[0] for path, words in texts.items() if (found := re.search(OTHER_WORDS[language], words))} == {}


def test_posts_fit_their_networks_in_every_language() -> None:
    """Also in languages whose accounts a town has yet to open, counted character by character as people see them."""
    for each in samples():
        if isinstance(each.content, Post) and each.channel in LIMITS:
            text = each.content.text
            shown = re.sub(r"https?://\S+", "x" * 23, text) if each.channel == "x" else text
            length = len(regex.findall(r"\X", shown))
            assert length <= LIMITS[each.channel] - ROOM, (each.channel, each.announcement, each.language, length)
            assert text.count(each.content.link) == 1, each


def test_long_posts_begin_with_what_matters_in_every_language() -> None:
    """What LinkedIn shows before “see more” has the link and a date, also in languages without an account yet."""
    route, shown = workspace().routes["linkedin"], Measure(length=0, limit=0, unit="", folds=210)
    for occasion in occasions():
        if route.name in occasion.campaign.announcements[occasion.announcement].through:
            posts = {
                (route.name, language): workspace().renderer.post(occasion, replace(route, languages=None), language)
                for language in LANGUAGES
            }
            found = check_folds(workspace(), occasion, posts, dict.fromkeys(posts, shown), dict.fromkeys(posts, ""))
            assert [each.message for each in found] == [], occasion.name


@every_language
def test_spots_fit_whenever_it_happens(language: str) -> None:
    """The thirty-first of December takes longer to say than the first of May, and each town has its own days."""
    for occasion in occasions():
        through = occasion.campaign.announcements[occasion.announcement].through
        routes = [workspace().routes[name] for name in through if workspace().routes[name].kind == "radio"]
        for days in (-20, -9, 305) if routes else ():
            moved = {name: _later(milestone, timedelta(days=days)) for name, milestone in occasion.milestones.items()}
            spots = workspace().renderer.script(replace(occasion, milestones=moved), routes[0], language).spots
            assert [spot.file for spot in spots if spot.takes > spot.seconds] == []


def _later(milestone: Milestone, days: timedelta) -> Milestone:
    start, end = (moment and moment + days for moment in (milestone.start, milestone.end))
    return replace(milestone, start=start, end=end)


@every_language
def test_sentences_are_short(language: str) -> None:
    """Twelve words a sentence on average in each language, and none longer than twenty-five."""
    said = {tuple(words) for each in samples() if each.language == language for words in sentences(each.content.text)}
    assert len(said) > 200
    assert mean(map(len, said)) <= MEAN_WORDS
    assert [" ".join(words) for words in said if len(words) > MOST_WORDS] == []


def test_headlines_are_short_and_say_something() -> None:
    """A phone shows the beginning of a subject only; a summary fits where search engines and networks show it."""
    for each in samples():
        assert 10 <= len(each.headline) <= 100, (each.announcement, each.language, each.headline)
        assert not each.headline.isupper()
        if isinstance(each.content, Publication):
            assert 40 <= len(each.content.summary) <= 200, (each.announcement, each.language)


def test_the_plain_part_holds_every_date_place_and_address() -> None:
    """Who reads mail or feeds as text misses nothing that is linked, dated or located."""
    for each in samples():
        if isinstance(each.content, Post | Letter | Script):  # they have no plain part
            continue
        root = html5lib.parse(each.content.html, namespaceHTMLElements=False)
        shown = " ".join("".join(root.itertext()).split())
        text, locale = " ".join(each.content.text.split()), locale_of(each.language, workspace().settings.locales)
        for link in root.iter("a"):
            assert str(link.get("href")).removeprefix("mailto:") in text, (each.announcement, link.get("href"))
        assert set(dates_in(shown, locale)) <= set(dates_in(text, locale)), each
        for meeting in meetings(each.campaign).values():
            for fact in ("place", "access"):
                said = localise(meeting.get(fact, ""), each.language, LANGUAGES)
                assert not said or (said in shown) == (said in text), each


def test_every_language_says_the_same_dates() -> None:
    """One announcement, one set of dates, in whatever script."""
    for occasion in occasions():
        by_channel: dict[str, dict[str, frozenset[date]]] = {}
        for (channel, language), found in checked()[occasion.name].samples.items():
            locale = locale_of(language, workspace().settings.locales)
            by_channel.setdefault(channel, {})[language] = frozenset(dates_in(found.text, locale))
        assert all(len(set(dates.values())) == 1 for dates in by_channel.values()), occasion.name


def test_arabic_runs_from_right_to_left() -> None:
    """On the document and on the part that webmail keeps; and no sentence was left in another script."""
    for each in samples():
        if each.language != "ar":
            continue
        if isinstance(each.content, Mail):
            root = html5lib.parse(each.content.html, namespaceHTMLElements=False)
            inner = next(item for item in root.iter("div") if item.get("class") == "page")
            assert {item.get("dir") for item in (root, inner)} == {"rtl"}
        for words in sentences(each.content.text):
            assert [word for word in words if re.search(r"[\u0600-\u06ff]", word)], (each.announcement, words)


@every_language
def test_an_invitation_comes_with_a_calendar_entry(language: str) -> None:
    """For whoever is invited, and at the time that the text says."""
    mailed = [each for each in samples() if each.channel == "email" and each.language == language]
    invited = [each for each in mailed if invitation_of(each)]
    assert len({each.announcement for each in invited}) == 9
    for each in invited:
        campaign = workspace().campaigns[each.campaign]
        start = campaign.milestones[campaign.facts[invitation_of(each)]["at"]].start
        assert isinstance(start, datetime)
        assert isinstance(each.content, Mail)
        calendars = [part for part in each.content.attachments if part.media_type.startswith("text/calendar")]
        assert calendars
        assert all(f"{start:%Y%m%dT}".encode() in calendar.data for calendar in calendars)
        assert start.date() in set(dates_in(each.content.text, locale_of(language, workspace().settings.locales)))


def test_a_letter_promises_nothing_that_only_a_mail_brings() -> None:
    """Nothing for a calendar lies in an envelope; and no words of ours speak of “this message” on paper."""
    words = {
        "es": "para su calendario",
        "en": "calendar invitation",
        "fr": "pour votre agenda",
        "pt": "para a sua agenda",
    }
    words |= {"ar": "إضافتها إلى تقويمكم"}
    promised = {True: set[str](), False: set[str]()}
    for each in samples():
        if isinstance(each.content, Mail | Letter) and words[each.language] in each.content.text:
            promised[isinstance(each.content, Letter)].add(f"{each.announcement}/{each.language}")
    assert promised[True] == set()
    assert len(promised[False]) > 25  # the mails do


def test_forms_have_what_they_need() -> None:
    """Mails and letters greet by name and say who signs; pages and releases greet nobody."""
    for each in samples():
        sample_name = {"es": "Ana Gil", "en": "Alex Morgan", "fr": "Camille Roy", "pt": "Rita Nunes", "ar": "سلمى"}
        form = workspace().routes[each.channel].form
        greeted = sample_name[each.language] in each.words
        route = workspace().routes[each.channel]
        assert greeted == (form in {Form.MAIL, Form.LETTER} and not route.is_newsletter and not route.is_press), (
            each.announcement,
            each.channel,
            each.language,
        )


def test_dates_of_the_campaigns_agree() -> None:
    """Two campaigns name the same meeting: at the same time, in the same place, with the same address to answer to."""
    applying, first, second = (
        workspace().campaigns[name] for name in ("join-ogp-local", "accepted-into-ogp", "co-creation-kickoff")
    )
    assert first.milestones["kickoff"] == second.milestones["kickoff"]
    assert first.milestones["kickoff"].start == datetime(2027, 2, 9, 10)  # noqa: DTZ001 - milestones are local
    for fact in ("place", "title", "rsvp"):
        assert first.facts["meeting"][fact] == second.facts["meeting"][fact]
    assert applying.milestones["answer"] == first.milestones["acceptance"]
    for fact in ("partners", "signatory", "max_commitments"):
        assert applying.facts[fact] == first.facts[fact]


def test_an_agenda_is_as_long_as_its_meeting() -> None:
    """Whoever comes can read when it ends; the sum under the rows is theirs."""
    held = {("co-creation-kickoff", "meeting"), ("join-ogp-local", "coordination"), ("join-ogp-local", "follow_up")}
    for name, fact in held:
        campaign = workspace().campaigns[name]
        meeting = campaign.milestones[campaign.facts[fact]["at"]]
        minutes = sum(row["minutes"] for row in campaign.facts["agenda"])
        assert isinstance(meeting.start, datetime)
        assert meeting.end == meeting.start + timedelta(minutes=minutes), name
        assert campaign.facts["agenda_minutes"] == minutes, name


def test_every_language_uses_the_same_facts() -> None:
    """What one language says of dates, places and people, all say; a town may go by its short name or its full one."""
    used: dict[tuple[str, str], dict[str, frozenset[str]]] = {}
    for path, words in sources().items():
        _templates, campaign, announcement, language, file = path.split("/")
        names = re.findall(r"\b(?:facts|milestones|government\.contact|partnership\.website)[\w.]*", words)
        used.setdefault((f"{campaign}/{announcement}", file), {})[language] = frozenset(names)
    for text, by_language in used.items():
        assert len(set(by_language.values())) == 1, (text, by_language)


def meetings(campaign: str) -> dict[str, dict[str, Any]]:
    """The facts of a campaign that are meetings, by name."""
    facts = workspace().campaigns[campaign].facts
    return {name: fact for name, fact in facts.items() if isinstance(fact, dict) and "at" in fact}


def invitation_of(each: Sample) -> str:
    """The meeting that a message invites to; empty when it invites to none."""
    return workspace().campaigns[each.campaign].announcements[each.announcement].invite or ""


@every_language
def test_a_letter_promises_nothing_that_only_a_mail_has(language: str) -> None:
    """No entry for a calendar comes in an envelope, and how to answer stands below the letter, with its code."""
    enclosed = {
        "en": "calendar invitation|entry for your calendar",
        "es": "cita para su calendario|invitación para su calendario",
        "fr": "invitation pour votre agenda|rendez-vous pour votre agenda",
        "pt": "convite para a sua agenda|evento para o seu calendário",
        "ar": "إضافتها إلى تقويمكم",
    }[language]
    mails, letters = (
        [each for each in samples() if each.language == language and isinstance(each.content, kind)]
        for kind in (Mail, Letter)
    )
    assert any(re.search(enclosed, each.content.text) for each in mails)
    assert [each.announcement for each in letters if re.search(enclosed, each.content.text)] == []
