"""Why an announcement does not go out, in sentences."""

from collections.abc import Sequence

from communique.campaign import Campaign
from communique.joined_phrases import any_of
from communique.localisation.localised import localise
from communique.occasion import Occasion
from communique.phrase import as_phrase, phrase
from communique.plan.standing import Standing
from communique.problems import Problem
from communique.routes import SUBSCRIBERS
from communique.settings import Settings
from communique.timeline import Occurrence


def why_cancelled(standing: Standing) -> str:
    """In whose words all of it is cancelled; empty when it is not."""
    return next(iter(standing.cancelled.values())) if standing.is_cancelled else ""


def no_date(campaign: Campaign, occurrence: Occurrence) -> str:
    """Why an occurrence has no date."""
    if not occurrence.unknown:
        return phrase("its date lies outside the calendar: correct what it counts from")
    return phrase(
        "the date of {milestone} is unknown: {command}",
        milestone=occurrence.unknown,
        command=f"communique declare {campaign.campaign} {occurrence.unknown} DATE",
    )


def nobody_in(occasion: Occasion, settings: Settings) -> str:
    """That none of the audiences has anybody: each by its name, which commands take, and its title."""
    audiences = occasion.campaign.announcements[occasion.announcement].to or (SUBSCRIBERS,)
    named = [_titled(each, settings) for each in audiences]
    if SUBSCRIBERS in audiences:
        return phrase("nobody is in {audiences}", audiences=any_of(named))
    return phrase("nobody is in {audiences}: import a list (communique people import)", audiences=any_of(named))


def _titled(audience: str, settings: Settings) -> str:
    known = settings.audiences.get(audience)
    if known is None:
        return audience
    title = str(localise(known.title, settings.languages[0], settings.languages))
    if title.casefold() == audience.casefold():
        return audience
    return phrase("{audience} ({title})", audience=audience, title=title)


def first_of(problems: Sequence[Problem]) -> str:
    """The first of several problems, and how many more there are."""
    first = problems[0]
    place = ":".join(str(part) for part in (first.file, first.line) if part)
    said = phrase("{place}: {message}", place=place, message=as_phrase(first.message))
    return phrase("{said} (and {number} more)", said=said, number=len(problems) - 1) if len(problems) > 1 else said
