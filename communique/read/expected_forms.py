"""What a text of a certain form is called by people: the words for every pattern of the models."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter

from communique.campaign import SLUG, Campaign, EveryField, MilestoneField, WhenField
from communique.localisation.localised import LANGUAGE
from communique.moments import EXPECTED_EVERY, EXPECTED_MILESTONE, EXPECTED_WHEN
from communique.pace import EXPECTED_RATE
from communique.phrase import phrase
from communique.read.process_outline import DOCUMENT_KINDS, OutlinedDate, OutlinedDocument, OutlinedWay
from communique.settings import (
    ORIGIN,
    Contact,
    Desk,
    Government,
    Holidays,
    Look,
    Settings,
)
from communique.settings.mailboxes import TAGGED
from communique.settings.media import COUNTRY_NUMBER, DIGITS
from communique.settings.single_sign_on import ISSUER, SCOPE
from communique.settings.values import Duration, RateOfCopies, TimeOfDay


def _pattern(kind: Any) -> str:
    return str(TypeAdapter(kind).json_schema()["pattern"])


def _pattern_of(model: Any, name: str) -> str:
    return str(model.model_json_schema()["properties"][name]["pattern"])


def _pattern_in(model: Any, name: str) -> str:
    """Of a field that may be left out."""
    [text] = (part for part in model.model_json_schema()["properties"][name]["anyOf"] if "pattern" in part)
    return str(text["pattern"])


@cache
def expected_forms() -> dict[str, str]:
    """Words by pattern; they follow "expected"."""
    [fact] = Campaign.model_json_schema()["properties"]["facts"]["patternProperties"]
    return {
        SLUG: phrase("lower-case words joined by hyphens, such as `tell-the-public`"),
        LANGUAGE: phrase("a language tag such as `es`, `en` or `pt-BR`"),
        fact: phrase("lower-case words joined by underscores, such as `process_page`"),
        _pattern(WhenField): EXPECTED_WHEN,
        _pattern(EveryField): EXPECTED_EVERY,
        _pattern(MilestoneField): EXPECTED_MILESTONE,
        _pattern(TimeOfDay): phrase("a time of day such as `09:00`"),
        _pattern(RateOfCopies): EXPECTED_RATE,
        _pattern(Duration): phrase("a length of time such as `30 minutes`, `24 hours` or `3 days`"),
        _pattern_of(OutlinedDate, "milestone"): phrase(
            "a campaign and one of its milestones, such as `co-creation-kickoff/kickoff`"
        ),
        _pattern_in(OutlinedDate, "minutes"): phrase(
            "a campaign and one of its announcements, such as `co-creation-kickoff/minutes-and-roadmap`"
        ),
        _pattern_of(OutlinedDocument, "file"): phrase(
            "the name of a file such as `roadmap.pdf`, in Latin letters and without spaces; its kind is one of {kinds}",
            kinds=", ".join(DOCUMENT_KINDS),
        ),
        _pattern_in(OutlinedWay, "link"): phrase("an address that begins with https://"),
        _pattern_of(Contact, "email"): phrase("an e-mail address such as `opengov@example.org`"),
        _pattern_of(Settings, "public_address"): phrase(
            "an https:// address in ASCII (for `https://málaga.example`, write `https://xn--mlaga-xqa.example`)"
        ),
        _pattern_of(Government, "website"): phrase("an address that begins with https://"),
        _pattern_of(Holidays, "country"): phrase("a country as two capital letters, such as `ES`"),
        ORIGIN: phrase("a site without a path, such as `https://www.example.org`"),
        _pattern_in(Desk, "address"): phrase("a site without a path, such as `https://desk.example.org`"),
        ISSUER: phrase(
            "the provider's https:// address as it names itself, such as `https://sso.example.org/realms/town`"
        ),
        SCOPE: phrase("a scope without spaces, such as `email`"),
        TAGGED: phrase("an address with `{tag}` before the @, such as `answers+{tag}@town.example`"),
        COUNTRY_NUMBER: phrase("a country's number such as `+34`"),
        DIGITS: phrase("digits, or nothing: `0`"),
        _pattern_of(Look, "accent"): phrase("a colour such as `#14508c`"),
    }
