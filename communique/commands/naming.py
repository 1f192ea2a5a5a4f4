"""How a campaign or an announcement is named on the command line: the same way for every command."""

from collections.abc import Iterable, Sequence
from typing import Any

from communique.commands.console import in_words, refuse
from communique.correction import corrected_as, number_of
from communique.phrase import phrase
from communique.plan.planning import Planner
from communique.problems import did_you_mean
from communique.retraction import told_of

Name = tuple[str, str]  #: campaign and announcement


def announcements_of(planner: Planner) -> list[Name]:
    """Every announcement of the files."""
    campaigns = planner.workspace.campaigns
    return [(name, each) for name, campaign in campaigns.items() for each in campaign.announcements]


def is_of(each: Any, name: Name) -> bool:
    """Whether something is of a campaign and an announcement, either of which may be empty for all."""
    campaign, announcement = name
    return campaign in {"", each.campaign} and announcement in {"", each.announcement}


def find(asked: str, known: Iterable[Name], campaigns: Iterable[str] = ()) -> Name:
    """What CAMPAIGN, CAMPAIGN/ANNOUNCEMENT or the ANNOUNCEMENT alone names; the second is empty for all of a campaign.

    `campaigns` are there besides those of `known`. An announcement alone has to be known in one campaign only.
    """
    names = list(known)
    every = {*campaigns, *(campaign for campaign, _ in names)}
    first, slash, second = asked.partition("/")
    if asked in every:
        return asked, ""
    if not slash and (found := [name for name in names if name[1] == asked]):
        return found[0] if len(found) == 1 else find_announcement(asked, names)
    if not slash and asked not in every:
        hint = did_you_mean(asked, {*every, *(name for _, name in names)})
        refuse(phrase("No campaign or announcement `{name}`. {hint}", name=asked, hint=hint))
    if first not in every:
        refuse(phrase("No campaign `{campaign}`. {hint}", campaign=first, hint=did_you_mean(first, every)))
    own = [name for campaign, name in names if campaign == first]
    if second and second not in own:
        refuse(phrase("No announcement `{announcement}`. {hint}", announcement=second, hint=did_you_mean(second, own)))
    return first, second


def named(campaign: str, announcement: str) -> tuple[str, str]:
    """A campaign and perhaps an announcement of it (else empty), given in two words, or in one as `plan` prints it."""
    first, _, second = campaign.partition("/")
    if announcement and (second or "/" in announcement):
        refuse(
            phrase(
                "Expected one announcement, found two: `{first}` and `{second}`.", first=campaign, second=announcement
            )
        )
    return first, announcement or second


def find_announcement(announcement: str, known: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Campaign and announcement; the campaign may be left out where the name is known once."""
    campaign, slash, name = announcement.rpartition("/")
    found = [each for each in known if each[1] == name and (not slash or each[0] == campaign)]
    if len(found) > 1:
        several = ", ".join("/".join(each) for each in found)
        refuse(
            phrase(
                "`{announcement}` is in several campaigns: say which, {names}.",
                announcement=announcement,
                names=several,
            )
        )
    if not found and not slash and (own := [each for of, each in known if of == announcement]):
        refuse(
            phrase(
                "`{campaign}` is a campaign: say which of its announcements, as {campaign}/{first}. They are: {names}.",
                campaign=announcement,
                first=own[0],
                names=", ".join(own),
            )
        )
    if not found:
        names = {name for _, name in known} if not slash else {"/".join(each) for each in known}
        refuse(
            phrase(
                "No announcement `{announcement}`. {hint}",
                announcement=announcement,
                hint=did_you_mean(announcement, names),
            )
        )
    return found[0]


def called(campaign: str, announcement: str, occurrence: str) -> str:
    """As people call it: of a notice what it is, and not the occurrence that its copies belong to."""
    own = told_of(corrected_as(occurrence))
    number = number_of(occurrence)
    notice = (
        phrase(", correction {number}", number=number)
        if number
        else phrase(", withdrawal")
        if own != occurrence
        else ""
    )
    return f"{campaign}/{announcement}" + (f" #{own}" if own != "once" else "") + in_words(notice)
