"""What a release to the media has beside its text: when it may be published, who we are, whom to ask."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from communique.language.formatting import zone_name
from communique.localisation.localised import localise
from communique.occasion import Occasion
from communique.settings import Settings
from communique.texts import addresses
from communique.timeline import Almanac, UnknownMilestoneError, resolve


def embargo_of(occasion: Occasion, almanac: Almanac) -> datetime | None:
    """The moment (UTC) before which it is not to be published; None without one, or while nobody knows when it is."""
    if occasion.embargo is None:
        return None
    try:
        return resolve(occasion.embargo, occasion.milestones, almanac)
    except (UnknownMilestoneError, OverflowError):
        return None


def is_embargoed(occasion: Occasion, almanac: Almanac) -> bool:
    """Whether its readers get it before anybody may publish it."""
    moment = embargo_of(occasion, almanac)
    return moment is not None and moment > occasion.due_at


def release_of(
    occasion: Occasion,
    almanac: Almanac,
    settings: Settings,
    language: str,
    words: Mapping[str, Any],
    *,
    has_site: bool,
) -> dict[str, Any]:
    """The plain data that `templates/layouts/press.md` sees beside that of every text."""
    moment = embargo_of(occasion, almanac) if is_embargoed(occasion, almanac) else None
    until = moment.astimezone(settings.timezone) if moment else None
    contact = settings.press.contact or settings.government.contact
    told = localise(contact.model_dump(), language, settings.languages)
    return {
        "words": words,
        "release": {
            "embargo": {"until": until, "zone": zone_name(until)} if until else {},
            "boilerplate": localise(settings.press.boilerplate, language, settings.languages),
            "contact": told,
            "kit": _page(occasion, settings, language) if has_site else "",
        },
    }


def _page(occasion: Occasion, settings: Settings, language: str) -> str:
    """Address of its own page for everybody, where it can be downloaded once its embargo is over."""
    campaign = occasion.campaign.campaign
    path = addresses.release_path(language, campaign, occasion.announcement, occasion.occurrence)
    return addresses.page(settings.public_address, path)
