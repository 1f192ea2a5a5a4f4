"""The command that says how many people were reached, and how many subscribe, without following anybody."""

from collections.abc import Mapping
from typing import Any

import click

from communique.commands.console import Session, json_option, local_time, show_json, table, tell
from communique.commands.names_in_files import announcements
from communique.commands.naming import called, find, is_of
from communique.commands.plans import desk
from communique.commands.records import NOTHING_DUE, known_announcements
from communique.phrase import phrase
from communique.small_numbers import HIDDEN, Shown, shown, shown_in_total
from communique.store.announcements import reach
from communique.store.announcements.reach import Reached, Subscribers

_VERSION = 1  #: of the JSON
#: Of parts and their keys, as people are told them; languages stand by their tags.
_NAMES = {
    "confirmed": phrase("confirmed"),
    "by_language": phrase("by language"),
    "by_frequency": phrase("by frequency"),
    "by_scope": phrase("by scope"),
    "each": phrase("each"),
    "daily": phrase("daily"),
    "weekly": phrase("weekly"),
    "everything": phrase("everything"),
    "some": phrase("some"),
}
_EVERYBODY = phrase("published for everybody")


@click.command("reach")
@click.argument("campaign", required=False, metavar="[CAMPAIGN | CAMPAIGN/ANNOUNCEMENT]", shell_complete=announcements)
@json_option
@click.pass_obj
def reach_command(session: Session, campaign: str | None, *, as_json: bool) -> None:
    """Say how many people each announcement reached through each channel, and how many subscribe.

    Reached: a copy was sent and did not come back. Whether anybody read it is not known: nobody is followed. Numbers
    that are so small that people could be recognised are not said (`smallest_count` in config/settings.yaml), so that
    what this prints may be handed on. Exact numbers for your own work: `communique status`.
    """
    with desk(session) as open_desk, open_desk.database.reading() as connection:
        settings = open_desk.planner.workspace.settings
        known = known_announcements(open_desk.planner, connection)
        name = find(campaign, known, open_desk.planner.workspace.unread) if campaign else ("", "")
        found = [
            each
            for each in reach.of_announcements(connection, open_desk.planner.mode, name[0] or None)
            if is_of(each, name)
        ]
        subscribed = reach.of_subscribers(connection)
    least = settings.smallest_count
    if as_json:
        show_json(
            {
                "version": _VERSION,
                "mode": str(settings.mode),
                "smallest_count": least,
                "announcements": [_announcement_json(each, least) for each in found],
                "subscribers": {name: _json(part) for name, part in _subscribers(subscribed, least).items()},
            }
        )
        return
    if not found:
        tell(NOTHING_DUE)
    table(
        (
            local_time(each.due_at, settings.timezone),
            called(each.campaign, each.announcement, each.occurrence),
            each.channel,
            _EVERYBODY if each.people is None else str(shown(each.people, least)),
        )
        for each in found
    )
    tell(phrase("Subscribers:"))
    for group, part in _subscribers(subscribed, least).items():
        rows = {"": part} if isinstance(part, Shown) else part
        table((_NAMES.get(group, group), _NAMES.get(key, key), str(each)) for key, each in rows.items())


def _subscribers(found: Subscribers, least: int) -> dict[str, Shown | Mapping[str, Shown]]:
    """Three ways to add up to one total: where one of them would give something away, none has it."""
    languages, by_language = shown_in_total(found.by_language, least)
    frequencies, by_frequency = shown_in_total(found.by_frequency, least)
    scopes, by_scope = shown_in_total({"everything": found.to_everything, "some": found.to_some}, least)
    totals = (by_language, by_frequency, by_scope)
    return {
        "total": HIDDEN if HIDDEN in totals else by_language,
        "by_language": languages,
        "by_frequency": frequencies,
        "by_scope": scopes,
        "by_topic": {name: shown(number, least) for name, number in sorted(found.by_topic.items())},
    }


def _announcement_json(each: Reached, least: int) -> dict[str, Any]:
    number = None if each.people is None else shown(each.people, least)
    return {
        "campaign": each.campaign,
        "announcement": each.announcement,
        "occurrence": each.occurrence,
        "due_at": f"{each.due_at:%Y-%m-%dT%H:%M:%SZ}",
        "channel": each.channel,
        "people": _json(number) if number is not None else None,
    }


def _json(part: Shown | Mapping[str, Shown]) -> Any:
    if isinstance(part, Shown):
        return part.instead or part.number
    return {name: _json(each) for name, each in part.items()}
