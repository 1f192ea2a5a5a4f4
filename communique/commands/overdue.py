"""What `communique status` says of announcements whose time has come, and of which the balance cannot tell yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from communique.commands.console import counted, in_words, instant, local_time, recorded, tell
from communique.commands.naming import Name, called, is_of
from communique.delivery import State
from communique.language.escaping import in_line
from communique.phrase import as_phrase, phrase
from communique.plan.gone_campaigns import gone_campaigns
from communique.plan.planning import Planner
from communique.plan.standing import Standing
from communique.problems import Problem, errors
from communique.send.lead import is_led
from communique.store.deliveries import ledger, rests
from communique.store.deliveries.given_up import GivenUp, given_up
from communique.store.deliveries.put_off import PutOff, put_off
from communique.store.deliveries.rests import Failing


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """What has not gone, though it is due."""

    waiting: Sequence[Standing]  #: nobody has frozen it yet
    put_off: Sequence[PutOff]
    given_up: Sequence[GivenUp]  #: many copies of an announcement
    failing: Sequence[Failing]  #: channels; those that rest are told by themselves
    nobody_sends: bool  #: though something is due; always False where other machines may
    problems: Sequence[Problem]  #: of files, that stop something


def overdue(planner: Planner, connection: Connection, name: Name, now: datetime, lock: Path) -> Overdue:
    """`name` as in `is_of`; `lock`: of the daemon of this workspace."""
    standings = planner.standings(connection, now, all_texts=False, of=name[0])
    waiting = [each for each in standings if (each.due or each.is_held_at(now)) and not each.is_frozen]
    due = bool(waiting or ledger.due_channels(connection, planner.mode, now))
    return Overdue(
        waiting=[each for each in waiting if name[1] in {"", each.name[1]}],
        put_off=[each for each in put_off(connection, planner.mode) if is_of(each, name)],
        given_up=[each for each in given_up(connection, planner.mode, now) if _is_of(each, name)],
        failing=rests.failing(connection),
        nobody_sends=due and not planner.database.is_shared and not is_led(lock),
        problems=[*errors(planner.workspace.problems), *gone_campaigns(planner, connection, now)],
    )


def _is_of(found: GivenUp, name: Name) -> bool:
    campaign, _, announcement = found.announcement.partition(" ")[0].partition("/")
    return name[0] in {"", campaign} and name[1] in {"", announcement}


def say_overdue(found: Overdue, planner: Planner) -> None:
    """The worst first."""
    zone = planner.workspace.settings.timezone
    if found.nobody_sends:
        tell(phrase("NO DAEMON RUNS HERE, so what is due waits: communique run"), fg="red", bold=True)
    for each in found.waiting:
        since = local_time(each.occurrence.due_at, zone) if each.occurrence.due_at else ""
        name = called(*each.name, each.occurrence.occurrence)
        said = (
            phrase("DUE since {when}: {name} does not go: {why}", when=since, name=name, why=as_phrase(why))
            if (why := _why_not(each))
            else phrase("DUE since {when}: {name} has not begun", when=since, name=name)
        )
        tell(in_line(in_words(said)), fg="yellow", bold=True)
    for channel in found.failing:
        said = phrase(
            "FAILED: The channel {channel} could not be used since {since}; it is tried again with what is due next. "
            "{why}",
            channel=channel.channel,
            since=local_time(channel.since, zone),
            why=recorded(channel.why),
        )
        tell(in_line(in_words(said)), fg="yellow")
    for lost in found.given_up:
        values: dict[str, object] = {
            "copies": lost.copies,
            "planned": lost.planned,
            "name": lost.announcement,
            "channel": lost.channel,
        }
        values["why"] = recorded(lost.why)
        said = (
            phrase("MISSED: {copies} of {planned} copies of {name} through {channel}. {why}", **values)
            if lost.state is State.MISSED
            else phrase("FAILED: {copies} of {planned} copies of {name} through {channel}. {why}", **values)
        )
        tell(in_line(in_words(said)), fg="red")
    for one in found.put_off:
        said = phrase(
            "PUT OFF: {copies} of {name} through {channel}; next try {when}. {why}",
            copies=counted(one.copies, "copy", "copies"),
            name=called(one.campaign, one.announcement, one.occurrence),
            channel=one.channel,
            when=local_time(one.next_at, zone),
            why=recorded(one.why),
        )
        tell(in_line(in_words(said)), fg="yellow")
    if found.nobody_sends or found.waiting or found.put_off or found.failing or found.given_up:
        tell()


def _why_not(standing: Standing) -> str:
    """Why it does not go; empty where it may, and a remark (that it is late) is no reason."""
    return "" if standing.due else standing.reason


def overdue_json(found: Overdue) -> dict[str, object]:
    """As docs/json.md has it."""
    return {
        "nobody_sends": found.nobody_sends,
        "due": [
            {
                "campaign": each.name[0],
                "announcement": each.name[1],
                "occurrence": each.occurrence.occurrence,
                "due_at": instant(each.occurrence.due_at) if each.occurrence.due_at else None,
                "reason": _why_not(each),
            }
            for each in found.waiting
        ],
        "failing": [{"channel": each.channel, "since": instant(each.since), "why": each.why} for each in found.failing],
        "given_up": [
            {
                "announcement": each.announcement,
                "channel": each.channel,
                "state": each.state,
                "copies": each.copies,
                "planned": each.planned,
                "why": each.why,
            }
            for each in found.given_up
        ],
        "put_off": [
            {
                "campaign": each.campaign,
                "announcement": each.announcement,
                "occurrence": each.occurrence,
                "channel": each.channel,
                "copies": each.copies,
                "next_at": instant(each.next_at),
                "why": each.why,
            }
            for each in found.put_off
        ],
    }
