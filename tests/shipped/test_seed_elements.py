"""Every content element of OGP's own letter and announcement is in the shipped ones, in words of our own.

`seed_of_the_texts.txt` holds the two as the guide "Joining OGP Local" (opengovpartnership.org) proposes them. For the
way to the application the guide has no texts, but says what belongs into them.
"""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from communique.channel import Mail
from communique.language.formatting import day_and_month, locale_of, time_of_day, weekday_and_date
from communique.localisation.localised import localise
from communique.plan.samples import sample_recipient
from tests.shipped_messages import LANGUAGES, Sample, occasions, sample, samples, workspace

SEED = (Path(__file__).parents[1] / "seed_of_the_texts.txt").read_text(encoding="utf-8")
LONGEST_RUN = 10  #: words; "we have been accepted into the Open Government Partnership" has nine

every_language = pytest.mark.parametrize("language", LANGUAGES)

#: Stems of the words that an element cannot do without, where no fact stands for it.
SAID: dict[str, dict[str, str]] = {
    "good news": {"es": "noticia", "en": "news", "fr": "nouvelle", "pt": "notícia", "ar": "خبر"},
    "thanks": {"es": "gracias por", "en": "thank you for", "fr": "merci pour", "pt": "agradecemos muito", "ar": "شكرًا"},
    "a say in decisions": {
        "es": "decisiones",
        "en": "decisions",
        "fr": "décisions",
        "pt": "decisões",
        "ar": "القرارات",
    },
    "roadmap": {"es": "hoja de ruta", "en": "roadmap", "fr": "feuille de route", "pt": "roteiro", "ar": "خارطة الطريق"},
    "together": {"es": "juntos", "en": "together", "fr": "ensemble", "pt": "em conjunto", "ar": "معًا"},
    "first": {"es": "primer", "en": "first", "fr": "premier", "pt": "primeiro", "ar": "الأولى"},
    "until then": {
        "es": "hasta pronto",
        "en": "look forward",
        "fr": "à très bientôt",
        "pt": "até breve",
        "ar": "إلى اللقاء",
    },
    "people": {"es": "ciudadanía", "en": "residents", "fr": "population", "pt": "população", "ar": "السكان"},
    "organisations": {
        "es": "organizaciones",
        "en": "organisations",
        "fr": "associations",
        "pt": "organizações",
        "ar": "منظمات",
    },
    "implementation": {"es": "se cumpla", "en": "carried out", "fr": "mise en œuvre", "pt": "cumprido", "ar": "تنفيذ"},
    "monitoring": {"es": "evalúe", "en": "reviewed", "fr": "évaluation", "pt": "avaliado", "ar": "تقييم"},
    "transparency": {
        "es": "transparencia",
        "en": "transparency",
        "fr": "transparence",
        "pt": "transparência",
        "ar": "الشفافية",
    },
    "participation": {
        "es": "participación",
        "en": "participation",
        "fr": "participation",
        "pt": "participação",
        "ar": "المشاركة",
    },
    "use of data": {"es": "datos", "en": "data", "fr": "données", "pt": "dados", "ar": "البيانات"},
    "other topics": {
        "es": "entre otros",
        "en": "among other",
        "fr": "entre autres",
        "pt": "entre outros",
        "ar": "أخرى",
    },
}
LETTER = ("good news", "thanks", "a say in decisions", "roadmap", "together", "first", "until then")
ANNOUNCEMENT = (
    *("people", "organisations", "first", "implementation", "monitoring"),
    *("transparency", "participation", "use of data", "other topics"),
)


def facts(language: str) -> dict[str, Any]:
    """What the town says of itself and of this, in one language."""
    campaign = workspace().campaigns["accepted-into-ogp"]
    return {
        **localise(workspace().settings.government.model_dump(), language, LANGUAGES),
        **localise(workspace().glossary.model_dump(), language, LANGUAGES),
        **localise(dict(campaign.facts), language, LANGUAGES),
    }


def lacks(each: Sample, *expected: str) -> list[str]:
    """What cannot be read there."""
    said = " ".join(re.sub(r"(?m)^> ?", "", each.words).split()).casefold()
    return [one for one in expected if " ".join(one.split()).casefold() not in said]


#: What the guide, and the call, ask of the messages on the way to the application: stems, as above.
ASKED: dict[str, dict[str, str]] = {
    "head of the government": {
        "es": "quien encabeza el gobierno",
        "en": "the head of the government",
        "fr": "la personne à la tête de la collectivité",
        "pt": "quem preside ao governo",
        "ar": "من يرأس الحكومة",
    },
    "delegated authority": {
        "es": "competencia delegada",
        "en": "delegated authority",
        "fr": "ayant délégation",
        "pt": "competência delegada",
        "ar": "مفوَّض بذلك",
    },
    "letter of support": {
        "es": "carta de apoyo",
        "en": "letter of support",
        "fr": "lettre de soutien",
        "pt": "carta de apoio",
        "ar": "رسالة دعم",
    },
    "a joint application": {
        "es": "al menos una organización ajena",
        "en": "at least one organisation outside",
        "fr": "au moins une organisation extérieure",
        "pt": "pelo menos, uma organização exterior",
        "ar": "منظمة واحدة على الأقل من خارج",
    },
    "internal promoter team": {
        "es": "un equipo promotor interno",
        "en": "an internal promoter team",
        "fr": "une équipe projet interne",
        "pt": "um grupo promotor interno",
        "ar": "فريق مبادرين داخلي",
    },
    "external promoter team": {
        "es": "el equipo promotor externo",
        "en": "the external promoter team",
        "fr": "l’équipe projet externe",
        "pt": "o grupo promotor externo",
        "ar": "فريق المبادرين الخارجي",
    },
    "results of the internal meeting": {
        "es": "lo que salió de la reunión interna",
        "en": "what came of the internal one",
        "fr": "ce qui est sorti de la réunion interne",
        "pt": "as conclusões da reunião interna",
        "ar": "ما خلص إليه الاجتماع الداخلي",
    },
    "community of practice": {
        "es": "comunidad de práctica",
        "en": "community of practice",
        "fr": "communauté de pratique",
        "pt": "comunidade de prática",
        "ar": "مجتمع الممارسة",
    },
}
APPLYING = {
    "brief-the-authority": (
        "head of the government",
        "delegated authority",
        "letter of support",
        "a joint application",
    ),
    "invite-the-offices": ("internal promoter team",),
    "invite-the-council": ("external promoter team", "a joint application"),
    "invite-those-who-asked-us": ("results of the internal meeting", "a joint application"),
    "invite-new-partners": ("external promoter team", "a joint application", "letter of support"),
    "letter-of-the-government": ("delegated authority", "letter of support"),
    "letter-of-a-partner": ("a joint application", "letter of support"),
    "not-selected": ("community of practice",),
}


@every_language
@pytest.mark.parametrize("announcement", APPLYING)
def test_the_way_to_the_application_says_what_the_guide_asks(language: str, announcement: str) -> None:
    """Who signs what, with whom one applies, what each meeting is to bring, what stays open after a refusal."""
    said = (ASKED[each][language] for each in APPLYING[announcement])
    assert lacks(sample(announcement, "email", language), *said) == []


@every_language
def test_the_coordination_meeting_keeps_the_rows_of_the_guide_and_adds_them_up(language: str) -> None:
    """The guide's rows make 110 minutes over a total of 100: what goes out has the rows, and their true sum."""
    campaign = workspace().campaigns["join-ogp-local"]
    assert [row["minutes"] for row in campaign.facts["agenda"]] == [15, 10, 15, 40, 20, 10]
    rows = localise(dict(campaign.facts), language, LANGUAGES)["agenda"]
    for announcement in ("invite-the-offices", "invite-the-council"):
        content = sample(announcement, "email", language).content
        assert isinstance(content, Mail)
        cells = re.findall(r"<td[^>]*>(.*?)</td>\s*<td[^>]*>(?:<strong[^>]*>)?(\d+)", content.html)
        assert [minutes for _item, minutes in cells] == [str(row["minutes"]) for row in rows] + ["110"]


@every_language
@pytest.mark.parametrize("announcement", ["letter-of-the-government", "letter-of-a-partner"])
def test_a_letter_of_support_can_be_signed_as_it_is(language: str, announcement: str) -> None:
    """To whom, for what, signed by whom; whom to contact; by when it is needed, and where it goes back to."""
    campaign = workspace().campaigns["join-ogp-local"]
    known = {**facts(language), **localise(dict(campaign.facts), language, LANGUAGES)}
    locale, needed = locale_of(language, workspace().settings.locales), campaign.milestones["letters"].start
    mail = sample(announcement, "email", language)
    covering, letter = " ".join(mail.words.split()).split(known["addressee"])
    signed = [known["signatory"]["name"], known["signatory"]["office"]]
    if announcement == "letter-of-a-partner":
        person = sample_recipient(workspace().words, language)
        signed = [person.name, person.organisation]
    assert isinstance(needed, datetime)
    assert weekday_and_date(needed, locale) in covering
    assert " ".join(time_of_day(needed, locale).split()) in covering
    for each in (known["contact"]["email"], known["contact"]["phone"]):
        assert each in covering
        assert each in letter
    for each in (*signed, known["contact"]["name"], known["partnership"]["local"], known["action_plan"]):
        assert each in letter


@every_language
def test_the_letter_says_what_the_seed_says(language: str) -> None:
    """The news, its worth, thanks, the meeting with its purpose, day, hours and place, where to answer until when."""
    letter, known = sample("thank-the-promoters", "email", language), facts(language)
    meeting, locale = known["meeting"], locale_of(language, workspace().settings.locales)
    kickoff = workspace().campaigns["accepted-into-ogp"].milestones["kickoff"]
    name = known["place"] if language != "ar" else known["name"]
    assert lacks(letter, *(SAID[each][language] for each in LETTER)) == []
    assert lacks(letter, name, known["partnership"]["name"], known["action_plan"]) == []
    assert lacks(letter, weekday_and_date(kickoff.start, locale), meeting["place"], meeting["rsvp"]) == []
    assert lacks(letter, time_of_day(kickoff.start, locale), time_of_day(kickoff.end, locale)) == []
    assert lacks(letter, weekday_and_date(meeting["rsvp_by"], locale)) == []
    assert lacks(letter, known["signatory"]["name"], known["signatory"]["office"]) == []
    assert isinstance(letter.content, Mail)
    assert f'href="mailto:{meeting["rsvp"]}"' in letter.content.html


@every_language
@pytest.mark.parametrize("channel", ["website", "feed", "newsletter"])
def test_the_announcement_says_what_the_seed_says(language: str, channel: str) -> None:
    """Who joined what; what it is for; how many commitments; who can take part in what; where to follow it."""
    public, known = sample("tell-the-public", channel, language), facts(language)
    name = known["place"] if language != "ar" else known["name"]
    assert lacks(public, *(SAID[each][language] for each in ANNOUNCEMENT)) == []
    assert lacks(public, name, known["partnership"]["name"], known["action_plan"]) == []
    most = {"es": "cinco compromisos", "fr": "cinq engagements", "pt": "cinco compromissos"}
    assert lacks(public, most.get(language, str(known["max_commitments"])), known["partnership"]["website"]) == []
    assert f"/{language}/" in public.content.text
    assert name in public.headline
    assert known["partnership"]["name"] in public.headline


@every_language
def test_the_announcement_says_what_real_ones_say(language: str) -> None:
    """A date line, quotations with speakers, the partners, what comes next, ways to follow, whom the press asks."""
    public, known = sample("tell-the-public", "website", language), facts(language)
    locale = locale_of(language, workspace().settings.locales)
    due = next(each for each in occasions() if each.announcement == "tell-the-public").due_at
    kickoff = workspace().campaigns["accepted-into-ogp"].milestones["kickoff"]
    assert lacks(public, day_and_month(due, locale), day_and_month(kickoff.start, locale), known["plan_expected"]) == []
    for quote in ("mayor_quote", "partner_quote"):
        assert lacks(public, known[quote]["text"]) == []
    assert lacks(public, known["signatory"]["name"], known["signatory"]["office"]) == []
    assert (
        lacks(public, known["partner_quote"]["name"], known["partner_quote"]["organisation"], *known["partners"]) == []
    )
    assert lacks(public, known["contact"]["name"], known["contact"]["email"], f"/{language}/follow/") == []


def test_nowhere_is_the_plan_given_more_than_five_commitments() -> None:
    """Five is the most the partnership allows; the number is a fact, and the texts say that it is the most."""
    for campaign in workspace().campaigns.values():
        assert campaign.facts["max_commitments"] <= 5


def test_nobody_is_told_to_answer_to_the_partnership() -> None:
    """`local@opengovpartnership.org` is for those who apply, not for those who are invited."""
    assert [each for each in samples() if "@opengovpartnership" in each.words] == []


def test_no_sentence_is_the_seed_s_own() -> None:
    """No ten words in a row of any English message stand in the seed."""
    theirs = _runs(SEED)
    for each in samples():
        if each.language == "en":
            assert sorted(_runs(each.words) & theirs) == [], each.announcement


def _runs(text: str) -> set[str]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return {" ".join(words[at : at + LONGEST_RUN]) for at in range(len(words) - LONGEST_RUN + 1)}
