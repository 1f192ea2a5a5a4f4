"""Meetings as citizens read of them: what is said of one in all campaigns that have it among their facts."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from communique.answering import meeting_name
from communique.campaign import Campaign
from communique.moments import Milestone
from communique.settings import Settings
from communique.texts import addresses
from communique.texts.facts import Facts, UntranslatedError


@dataclass(frozen=True, kw_only=True, slots=True)
class Meeting:
    """A meeting whose date is known, in one language."""

    id: str  #: its identity: `communique.store.recipients.meeting_terms`
    title: str
    start: datetime  #: aware, in the settings' zone
    end: datetime | None
    place: str
    access: str  #: how to get in, and what there is for whom; may be empty
    organizer_address: str  #: where answers by mail go
    agenda: tuple[Mapping[str, Any], ...] = ()  #: its rows, as `communique.texts.agendas` times them


def meeting_of(
    facts: Facts,
    campaigns: Mapping[str, Campaign],
    milestones: Mapping[str, Mapping[str, Milestone]],
    meeting: str,
    language: str,
    *,
    is_meant: Callable[[Milestone | None], bool] = lambda _: True,
    told: Milestone | None = None,
) -> Meeting | None:
    """What is known of a meeting; None when no campaign has it with a date.

    Where several campaigns have it, the first by name is asked, and the others for what it does not say; before that,
    those that have it at the moment that people were `told` last: in one of them alone it may have moved. A campaign
    that does not speak the language says it in its first one. `is_meant`: whether it is the meeting at that moment;
    another campaign may call its own by the same name, years later.
    """
    said: dict[str, Any] = {}
    named = _named(campaigns, meeting_name(meeting))
    for campaign, fact in sorted(
        named, key=lambda each: milestones[each[0].campaign].get(each[0].facts[each[1]]["at"]) != told
    ):
        if not is_meant(milestones[campaign.campaign].get(campaign.facts[fact]["at"])):
            continue
        spoken = language if language in campaign.languages else campaign.languages[0]
        try:
            found = facts.of_campaign(campaign, milestones[campaign.campaign], spoken)[fact]
        except UntranslatedError:
            continue
        if "start" in found:
            said = {"title": campaign.called(spoken), **found, **said}
    if not said:
        return None
    return Meeting(
        id=meeting,
        title=str(said["title"]),
        start=said["start"],
        end=said.get("end"),
        place=str(said.get("place", "")),
        access=str(said.get("access", "")),
        organizer_address=organizer_address(said, facts.settings),
        agenda=tuple(said["agenda"]) if isinstance(said.get("agenda"), list) else (),
    )


def _named(campaigns: Mapping[str, Campaign], name: str) -> Iterator[tuple[Campaign, str]]:
    for _, campaign in sorted(campaigns.items()):
        yield from ((campaign, fact) for fact in campaign.facts if campaign.meeting(fact) == name)


def organizer_address(meeting: Mapping[str, Any], settings: Settings) -> str:
    """Where a meeting's answers by mail go: its own address for them, else the point of contact's."""
    own = str(meeting.get("rsvp", ""))
    return own if "@" in own and "/" not in own else settings.government.contact.email


def uid_of(public_address: str, meeting: str) -> str:
    """A meeting's UID in calendars: of its identity, the same for everybody and of no other (RFC 5545 3.8.4.7)."""
    return f"{meeting}@{addresses.host_of(public_address)}"
