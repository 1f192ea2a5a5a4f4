"""Why an announcement does not go out, in sentences."""

from collections.abc import Sequence

from communique.campaign import Campaign
from communique.joined_phrases import any_of
from communique.occasion import Occasion
from communique.phrase import as_phrase, phrase
from communique.plan.standing import Standing
from communique.problems import Problem
from communique.routes import SUBSCRIBERS
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


def nobody_in(occasion: Occasion) -> str:
    """That none of the audiences has anybody."""
    named = occasion.campaign.announcements[occasion.announcement].to or (SUBSCRIBERS,)
    if SUBSCRIBERS in named:
        return phrase("nobody is in {audiences}", audiences=any_of(named))
    return phrase("nobody is in {audiences}: import a list (communique people import)", audiences=any_of(named))


def first_of(problems: Sequence[Problem]) -> str:
    """The first of several problems, and how many more there are."""
    first = problems[0]
    place = ":".join(str(part) for part in (first.file, first.line) if part)
    said = phrase("{place}: {message}", place=place, message=as_phrase(first.message))
    return phrase("{said} (and {number} more)", said=said, number=len(problems) - 1) if len(problems) > 1 else said
