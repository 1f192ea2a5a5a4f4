"""Specimens as somebody asks for them, on the command line or at the desk: whether they may go, and which they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from communique.channel import Form
from communique.occasion import Occasion
from communique.phrase import phrase, told_by
from communique.plan.checking import with_stand_ins
from communique.plan.findings import routes_and_languages
from communique.plan.owing import allowed
from communique.plan.planning import HORIZON, Planner
from communique.problems import did_you_mean
from communique.routes import Route
from communique.send.specimens import Specimen, Viewer, send_specimens
from communique.store.announcements import declarations
from communique.store.desk import journal
from communique.store.recipients import people, suppression_list
from communique.store.recipients.people import AddressError
from communique.timeline import occurrences


class CannotBeSentError(Exception):
    """Nothing was sent; the message says why, and what to do. `code` is the reason in one word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Which mails, and to whom. Of a series without a number, the next one."""

    campaign: str
    announcement: str
    viewer: Viewer
    occurrence: str = ""
    channels: Sequence[str] = ()  #: none: all that send mails
    languages: Sequence[str] = ()  #: none: all of the announcement

    @property
    def name(self) -> str:
        """As people call it."""
        return f"{self.campaign}/{self.announcement}"


def send_asked(planner: Planner, asked: Asked, *, who: str, now: datetime) -> list[Specimen]:
    """Send them, and put on record that they were sent.

    Raises:
        CannotBeSentError: nobody may be sent that, or there is no such mail.
    """
    with planner.database.reading() as connection:
        _must_be_allowed(planner, connection, asked.viewer.address)
        occasion = occasion_of(planner, connection, asked, now)
    ways = _ways(planner, occasion, asked)
    sent = list(send_specimens(planner.workspace, planner.channels, occasion, ways, asked.viewer, now))
    if spoken := ", ".join(dict.fromkeys(each.language for each in sent if each.accepted)):
        with planner.database.begin() as connection:
            journal.note(connection, who=who, what=f"sent a test of {occasion.name} ({spoken})", now=now)
    return sent


def mail_ways(planner: Planner, occasion: Occasion) -> list[tuple[Route, str]]:
    """Channels and languages in which an announcement is mailed."""
    return [each for each in routes_and_languages(planner.workspace, occasion) if each[0].form is Form.MAIL]


def occasion_of(planner: Planner, connection: Connection, asked: Asked, now: datetime) -> Occasion:
    """What the mails are about; a milestone without a date has one made up.

    Raises:
        CannotBeSentError: there is nothing that could go out.
    """
    campaign = planner.workspace.campaigns[asked.campaign]
    milestones = with_stand_ins(
        campaign, declarations.milestones_of(connection, campaign), planner.workspace.almanac, now
    )
    listed = occurrences(campaign, milestones, planner.workspace.almanac, now + HORIZON)
    found = {each.occurrence: each for each in listed if each.announcement == asked.announcement and each.due_at}
    if not found:
        raise CannotBeSentError(
            "no_time",
            phrase(
                "{announcement} has no time at which it could go out: see communique check.",
                announcement=asked.announcement,
            ),
        )
    if asked.occurrence and asked.occurrence not in found:
        hint = did_you_mean(asked.occurrence, found)
        told = phrase(
            "No occurrence `{occurrence}` of {announcement}. {hint}",
            occurrence=asked.occurrence,
            announcement=asked.announcement,
            hint=hint,
        )
        raise CannotBeSentError("no_time", told)
    to_come = [name for name, each in found.items() if each.due_at and each.due_at >= now]
    chosen = found[asked.occurrence or next(iter(to_come or found))]
    occasion = planner.occasion(campaign, milestones, chosen)
    assert occasion is not None  # noqa: S101 - it has a date
    return planner.as_it_holds(connection, occasion, now)


def _must_be_allowed(planner: Planner, connection: Connection, address: str) -> None:
    try:
        key = people.address_key(address)
    except AddressError as error:
        raise CannotBeSentError(
            "not_allowed", phrase("{address}: {error}", address=address, error=told_by(error))
        ) from error
    if key not in allowed(planner.workspace):
        raise CannotBeSentError(
            "not_allowed",
            phrase(
                "{address} is not on the allow-list: tests go to nobody else. Add it to `allow_list` in "
                "config/settings.yaml if it is of somebody who knows of it.",
                address=address,
            ),
        )
    if why := suppression_list.suppression(connection, key):
        raise CannotBeSentError(
            "suppressed", phrase("{address} must not be written to: {why}.", address=address, why=why)
        )


def _ways(planner: Planner, occasion: Occasion, asked: Asked) -> list[tuple[Route, str]]:
    mails = mail_ways(planner, occasion)
    known = {route.name for route, _ in mails}
    if not known:
        raise CannotBeSentError(
            "no_mail", phrase("{name} goes through no channel that sends mails.", name=occasion.name)
        )
    for wanted, among, what in (
        (asked.channels, known, "channel"),
        (asked.languages, {each for _, each in mails}, "language"),
    ):
        for each in wanted:
            if each not in among:
                hint = did_you_mean(each, among)
                told = phrase(
                    "{name} sends no mails in the {what} `{asked}`. {hint}",
                    name=occasion.name,
                    what=what,
                    asked=each,
                    hint=hint,
                )
                raise CannotBeSentError("no_mail", told)
    shut = known - planner.channels.keys()
    if shut:
        raise CannotBeSentError(
            "channel_shut",
            phrase("The channel {shut} is not open: see communique check.", shut=", ".join(sorted(shut))),
        )
    return [
        (route, language)
        for route, language in mails
        if (not asked.channels or route.name in asked.channels) and (not asked.languages or language in asked.languages)
    ]
