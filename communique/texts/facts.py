"""What a text may say: the plain data its templates see, in one language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from communique.campaign import Campaign
from communique.channel import Recipient
from communique.localisation.localised import localise
from communique.moments import Milestone
from communique.occasion import Occasion
from communique.settings import Glossary, Settings
from communique.texts import addresses
from communique.texts.agendas import with_times
from communique.texts.undated import Undated
from communique.timeline import Almanac, instant, start_of


class UntranslatedError(LookupError):
    """A fact or setting is not given in a language; `args[0]` names it, `args[1]` the language."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything a workspace knows that texts may say."""

    settings: Settings
    glossary: Glossary
    almanac: Almanac
    feeds: frozenset[str]  #: languages that have a feed: in the others no text can link to one

    def of(self, occasion: Occasion, language: str, *, counted: bool = False) -> dict[str, Any]:
        """The context of an announcement's texts; `counted` as in `about_us`.

        Raises:
            UntranslatedError: a fact lacks the language.
        """
        zone = self.almanac.zone
        return {
            **self.about_us(language, counted=counted),
            "facts": self.of_campaign(occasion.campaign, occasion.milestones, language),
            "milestones": self._moments(occasion.milestones),
            "was": self._moments(occasion.before),
            "announcement": {"name": occasion.announcement, "date": occasion.due_at.astimezone(zone)},
            "campaign": {"name": occasion.campaign.campaign},
            "pages": self._pages(occasion, language),
            "link": self.link(occasion, language),
            "on_paper": False,
        }

    def about_us(self, language: str, *, counted: bool = False) -> dict[str, Any]:
        """Who speaks, and the official names: the same for every announcement.

        Args:
            language: that of the text.
            counted: the text's seconds or letters are: the town has its short name, if there is one.
        """
        languages = self.settings.languages
        government = self.settings.government.model_dump()
        if not government["contact"]["phone"]:
            del government["contact"]["phone"]  # so that a text which says it is told of, and leaves no gap
        short = government.pop("short_place")
        if short is not None and counted:
            government["place"] = short
        glossary = self.glossary.model_dump()
        return {
            "language": language,
            "paper_size": self.settings.printed_on,
            **_localised(glossary, language, languages, "config/glossary.yaml"),
            "government": _localised(government, language, languages, "config/settings.yaml"),
        }

    def link(self, occasion: Occasion, language: str) -> str:
        """Where a post about it points to."""
        return addresses.post_link(
            self.settings.public_address,
            language,
            occasion.campaign.campaign,
            occasion.announcement,
            occasion.occurrence,
            has_page=occasion.has_page,
        )

    def _pages(self, occasion: Occasion, language: str) -> dict[str, str]:
        base = self.settings.public_address
        pages = {
            "home": addresses.page(base, "").rstrip("/"),
            "process": addresses.process_page(base, language),
            "archive": addresses.archive_page(base, language),
            "follow": addresses.follow_page(base, language),
        }
        if language in self.feeds:
            pages["feed"] = addresses.feed_address(base, language)
        return {**pages, "announcement": self.link(occasion, language)} if occasion.has_page else pages

    def of_campaign(self, campaign: Campaign, milestones: Mapping[str, Milestone], language: str) -> dict[str, Any]:
        """A campaign's own facts; a meeting has its `start` and `end` once its milestone has a date.

        So have the rows of its agenda.

        Raises:
            UntranslatedError: a fact lacks the language.
        """
        facts = _localised(campaign.facts, language, campaign.languages, f"campaigns/{campaign.campaign}.yaml")
        return with_times({name: self._meeting(fact, milestones) for name, fact in facts.items()})

    def _meeting(self, fact: Any, milestones: Mapping[str, Milestone]) -> Any:
        """A fact with `at:` gets the milestone's `start` and `end`; without a date it has neither."""
        if not isinstance(fact, Mapping) or fact.get("at") not in milestones:
            return fact
        milestone = milestones[fact["at"]]
        if not milestone.known:
            return Undated(fact, dict.fromkeys(("start", "end"), str(fact["at"])))
        return {**fact, **self.moment(milestone)}

    def _moments(self, milestones: Mapping[str, Milestone]) -> dict[str, Any]:
        """Those whose date is known, by their names as templates write them."""
        known = {name: milestone for name, milestone in milestones.items() if milestone.known}
        said = {name.replace("-", "_"): self.moment(milestone) for name, milestone in known.items()}
        return Undated(said, {name.replace("-", "_"): name for name in milestones if name not in known})

    def moment(self, milestone: Milestone) -> dict[str, datetime]:
        """When a milestone with a date begins, and ends if it says so; in the government's time zone."""
        zone = self.almanac.zone
        moment = {"start": instant(start_of(milestone, self.almanac), zone).astimezone(zone)}
        if milestone.end:
            moment["end"] = instant(milestone.end, zone).astimezone(zone)
        return moment


def seen(recipient: Recipient) -> dict[str, str]:
    """What a greeting may say of a person."""
    return {"name": recipient.name, "organisation": recipient.organisation}


def _localised(values: Mapping[str, Any], language: str, languages: tuple[str, ...], file: str) -> dict[str, Any]:
    found = {}
    for name, value in values.items():
        try:
            found[name] = localise(value, language, languages)
        except KeyError:
            raise UntranslatedError(f"{file}: {name}", language) from None
    return found
