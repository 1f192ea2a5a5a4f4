"""Commands before anything goes out: plan, declare."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path

import click
from sqlalchemy import Connection

from communique.campaign import Campaign
from communique.commands.console import (
    PENDING,
    PROBLEMS,
    Session,
    as_option,
    counted,
    in_words,
    instant,
    json_option,
    local_time,
    recorded,
    refuse,
    say_held,
    show_json,
    show_problems,
    table,
    tell,
)
from communique.commands.moved import (
    say_elsewhere,
    say_naming,
    say_shifts,
    say_stale,
    say_waiting,
    say_who_tells_of_it,
    say_withdrawals,
    waiting_json,
    withdrawal_json,
)
from communique.commands.names_in_files import announcements, campaigns, milestones_of_it
from communique.commands.naming import announcements_of, find, is_of
from communique.commands.next_steps import next_steps
from communique.commands.pacing import paces_json, takes
from communique.commands.waiting import pauses_json, resting_json, say_paused, say_resting, say_stopped, stopped_json
from communique.commands.written_files import write_whole
from communique.delivery import MODES
from communique.moments import MomentError, parse_milestone
from communique.own_pages import sentence
from communique.phrase import as_phrase, phrase, told_by
from communique.plan.declaring import declare
from communique.plan.digesting import Upcoming, upcoming
from communique.plan.gone_campaigns import gone_campaigns
from communique.plan.meeting_changes import elsewhere, waiting
from communique.plan.moved import Stale, naming, shifts, stale
from communique.plan.plan_view import Planned, planned
from communique.plan.planning import Planner
from communique.plan.saved_plan import saved, written
from communique.plan.waiting_corrections import waiting_corrections
from communique.problems import Problem, did_you_mean, errors
from communique.read.moment_hints import moment_hint
from communique.store.announcements import declarations, publications, retractions
from communique.store.database import Database
from communique.store.deliveries import pauses, rests, stops
from communique.website.freshness import Freshness, freshness
from communique.website.freshness import in_words as freshness_in_words

_NOT = "will NOT go"
VERSION = 1  #: of the JSON that `plan` and `status` print (docs/json.md)


@dataclass(frozen=True)
class Desk:
    """A planner with its database, open while a command runs."""

    planner: Planner
    database: Database


@contextmanager
def desk(session: Session, *, anew: bool = False) -> Iterator[Desk]:
    """Everything planning needs, closed afterwards; with `anew` nothing that was found before is believed."""
    workspace = session.installation.workspace()
    opened = session.installation.channels(workspace)
    database = session.installation.database()
    planner = session.installation.planner(workspace, database, opened)
    known = session.installation.known_preflights
    try:
        yield Desk(planner if anew else replace(planner, preflight=known, ahead=known.look_ahead), database)
    finally:
        known.keep()
        opened.close()
        database.close()


@click.command("plan")
@click.argument("campaign", required=False, metavar="[CAMPAIGN | CAMPAIGN/ANNOUNCEMENT]", shell_complete=announcements)
@json_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Keep it in a file, for `approve --plan`.")
@click.pass_obj
def plan_command(session: Session, campaign: str | None, out: Path | None, *, as_json: bool) -> None:
    """Show every message that will go out, when, to how many; and every one that will NOT go, and why.

    Times are local, with UTC beside them. What has already gone is in `communique status`.
    """
    now = session.clock()
    with desk(session) as open_desk, open_desk.database.reading() as connection:
        planner = open_desk.planner
        name = find(campaign, announcements_of(planner), planner.workspace.unread) if campaign else ("", "")
        standings = [
            each
            for each in planner.standings(connection, now, of=name[0])
            if name[1] in {"", each.occurrence.announcement}
        ]
        lines = planned(planner, connection, standings, now)
        digests = upcoming(connection, planner.workspace, planner.mode, now)
        problems = [*errors(planner.workspace.problems), *gone_campaigns(planner, connection, now)]
        paused, resting = pauses.paused(connection), rests.resting(connection)
        stopped = [each for each in stops.stopped(connection, planner.mode) if is_of(each, name)]
        held = session.installation.held(planner.workspace, open_desk.database)
        last = publications.last_on_website(connection, planner.mode)
        fresh = freshness(planner.workspace, planner.milestones(connection), last, now)
        kept = saved(planner, connection, standings, now) if out is not None else None
        mine = [each for of, each in planner.workspace.campaigns.items() if name[0] in {"", of}]
        old_dates = [one for each in mine for one in stale(planner, connection, each) if is_of(one.row, name)]
        waiting_words = [
            one for each in mine for one in waiting_corrections(planner, connection, each, now) if is_of(one.row, name)
        ]
        wishes = [each for each in retractions.waiting(connection, planner.mode) if is_of(each[0], name)]
        steps = next_steps(planner, connection, standings, campaign or "", now)
    if as_json:
        waiting = {
            "held": held,
            "paused": pauses_json(paused),
            "resting": resting_json(resting),
            "stopped": stopped_json(stopped),
        }
        paces = {"paces": paces_json(planner.workspace.settings.paces(), _to_come(lines), now)}
        public = {"freshness": _freshness_json(fresh)}
        moved = {
            "old_dates": [_stale_json(each) for each in old_dates],
            "corrections": [waiting_json(each) for each in waiting_words],
            "withdrawals": [withdrawal_json(row, asked) for row, asked in wishes],
        }
        show_json({**_as_json(planner, lines, digests, problems, instant(now)), **waiting, **paces, **public, **moved})
    else:
        say_held(held)
        say_paused(paused, planner.workspace.settings.timezone)
        say_resting(resting, planner.workspace.settings.timezone)
        say_stopped(stopped, planner.workspace.settings.timezone)
        _show(planner, lines, digests, now)
        say_stale(planner, old_dates)
        say_waiting(waiting_words)
        say_withdrawals(wishes)
        if fresh is not None:
            said = sentence(in_words(freshness_in_words(fresh, planner.workspace.settings.timezone)))
            tell(f"{said}.", fg="yellow" if fresh.needs_a_person else None)
        if problems:
            show_problems(problems)
        steps.say(is_held=bool(held or paused or resting), is_kept=out is not None)
    if out is not None and kept is not None:
        write_whole(out, written(kept))
        words = phrase(
            "Kept in {out}: {announcements} to approve. Approve exactly that:",
            out=out,
            announcements=counted(len(kept.announcements), "announcement"),
        )
        tell(phrase("{words}\n  communique approve --plan {out} --as NAME", words=words, out=out), err=as_json)
    ahead = any(not (each.is_frozen or each.is_past) for each in standings)
    pending = ahead or digests or waiting_words or wishes
    sys.exit(PROBLEMS if problems else PENDING if pending else 0)


def _stale_json(one: Stale) -> dict[str, object]:
    return {
        "announcement": one.name,
        "moved": {name: {"was": str(was), "is": str(is_now)} for name, (was, is_now) in one.moved.items()},
        "to": [
            {"channel": each.channel, "language": each.language, "copies": each.copies, "left": each.left}
            for each in one.lines
        ],
    }


def _freshness_json(fresh: Freshness | None) -> dict[str, object] | None:
    if fresh is None:
        return None
    return {
        "last": f"{fresh.last:%Y-%m-%dT%H:%M:%SZ}",
        "days": fresh.days,
        "mark": f"{fresh.mark:%Y-%m-%dT%H:%M:%SZ}",
        "next": {"name": fresh.next[0], "due_at": f"{fresh.next[1]:%Y-%m-%dT%H:%M:%SZ}"} if fresh.next else None,
        "needs_a_person": fresh.needs_a_person,
    }


def _to_come(lines: list[Planned]) -> Counter[str]:
    """Copies by channel."""
    copies: Counter[str] = Counter()
    for line in lines:
        copies[line.channel] += line.recipients if line.will_go else 0
    return copies


def _as_json(
    planner: Planner, lines: list[Planned], digests: list[Upcoming], problems: list[Problem], now: str
) -> dict[str, object]:
    return {
        "version": VERSION,
        "mode": str(planner.mode),
        "now": now,
        "timezone": str(planner.workspace.settings.timezone),
        "messages": [line.as_json() for line in lines],
        "digests": [
            {
                "frequency": str(each.frequency),
                "channel": each.channel,
                "due_at": instant(each.due_at),
                "readers": each.readers,
            }
            for each in digests
        ],
        "problems": [problem.as_json() for problem in problems],
    }


def _show(planner: Planner, lines: list[Planned], digests: list[Upcoming], now: datetime) -> None:
    zone = planner.workspace.settings.timezone
    going = [line for line in lines if line.will_go]
    tell(phrase("Now {when}; mode {mode}.", when=local_time(now, zone), mode=MODES[planner.mode]))
    for _, group in groupby(lines, key=lambda line: (line.campaign, line.announcement, line.occurrence)):
        _show_announcement(planner, list(group), now)
    tell()
    staying = len(lines) - len(going)
    people = sum(line.recipients for line in going)
    for each in digests:
        when = local_time(each.due_at, zone)
        tell(
            phrase(
                "{channel} {frequency}: next {when}; something waits for {readers}.",
                channel=each.channel,
                frequency=each.frequency,
                when=when,
                readers=counted(each.readers, "reader"),
            )
        )
    tell(
        phrase(
            "{messages} to go ({copies}), {staying} that will NOT go.",
            messages=counted(len(going), "message"),
            copies=counted(people, "copy", "copies"),
            staying=staying,
        )
    )


def _show_announcement(planner: Planner, lines: list[Planned], now: datetime) -> None:
    first, zone = lines[0], planner.workspace.settings.timezone
    name = f"{first.campaign}/{first.announcement}" + (f" #{first.occurrence}" if first.occurrence != "once" else "")
    when = (
        phrase("{when} ({due_at} UTC)", when=local_time(first.due_at, zone), due_at=f"{first.due_at:%H:%M}")
        if first.due_at
        else phrase("no date yet")
    )
    tell()
    tell(f"{in_words(when)}  {name}", bold=True)
    # What holds for most of them is said once.
    usual, _ = Counter(_note(line) for line in lines).most_common(1)[0]
    if usual:
        tell(f"  {in_words(usual)}", fg="yellow" if usual.startswith(_NOT) else None)
    table([_row(same, usual) for same in _alike(lines)])
    for channel, number in _to_come(lines).items():
        if number and (pace := planner.workspace.settings.paces().get(channel)):
            tell(f"  {channel}: {in_words(takes(pace, number, max(now, first.due_at or now)))}")
    if collected := sum(line.collected for line in lines if line.will_go):
        tell(phrase("  {collected} of them get it in a newsletter by day or week", collected=collected))
    excluded: Counter[tuple[str, str]] = Counter()
    for line in lines:
        excluded.update({(line.channel, reason): number for reason, number in line.excluded_reasons.items()})
    for (channel, reason), number in excluded.items():
        tell(
            phrase(
                "  {channel} must not go to {number}: {reason}", channel=channel, number=number, reason=recorded(reason)
            )
        )


def _note(line: Planned) -> str:
    return line.reason if line.will_go else phrase("will NOT go: {reason}", reason=as_phrase(line.reason))


def _alike(lines: list[Planned]) -> list[list[Planned]]:
    """Lines of one channel that differ in their language only."""
    found: dict[tuple[object, ...], list[Planned]] = {}
    for line in lines:
        alike = (line.channel, line.recipients if line.length is None else line.language, _note(line))
        found.setdefault(alike, []).append(line)
    return list(found.values())


def _row(lines: list[Planned], usual: str) -> tuple[str, ...]:
    line = lines[0]
    counted = phrase("{length}/{limit} {unit}", length=line.length, limit=line.limit, unit=line.unit)
    size = counted if line.length is not None else ""
    price = f"US${line.price}" if line.price else ""
    languages = " ".join(each.language for each in lines)
    copies = phrase("{recipients} each", recipients=line.recipients) if len(lines) > 1 else str(line.recipients)
    return (line.channel, languages, copies, size, price, "" if _note(line) == usual else _note(line))


@click.command("declare")
@click.argument("campaign", shell_complete=campaigns)
@click.argument("milestone", shell_complete=milestones_of_it)
@click.argument("date")
@as_option("Who says so.")
@click.pass_obj
def declare_command(session: Session, campaign: str, milestone: str, date: str, who: str) -> None:
    """Set a MILESTONE of a CAMPAIGN without editing its file: what counts from it moves along.

    DATE is written as in the file: "2027-01-18", "2027-02-09 10:00 to 12:00", or "unknown". What has already gone
    stays gone; everything else that changes needs approval again.
    """
    now = session.clock()
    try:
        moment = parse_milestone(date)
    except MomentError as error:
        hint = moment_hint(date, parse_milestone)
        refused = phrase("{date}: {error}", date=f"{date!r}", error=told_by(error))
        refuse(phrase("{refused}. {hint}", refused=refused, hint=as_phrase(hint)) if hint else refused)
    with desk(session) as open_desk:
        known = campaign_of(open_desk.planner, campaign)
        if milestone not in known.milestones:
            refuse(
                phrase(
                    "No milestone `{milestone}` in {campaign}. {hint}",
                    milestone=milestone,
                    campaign=campaign,
                    hint=did_you_mean(milestone, known.milestones),
                )
            )
        with open_desk.database.begin() as connection:
            earlier = declare(connection, known, milestone, moment, who=who, now=now)
            before = earlier[milestone]
        with open_desk.database.reading() as connection:
            planner, present = open_desk.planner, declarations.milestones_of(connection, known)
            shifted = shifts(planner, known, earlier, present, now)
            pending = naming(planner, connection, known, earlier, present, now)
            old_dates = list(stale(planner, connection, known))
            affected = list(_counting_from(planner, connection, campaign, milestone, now))
            tell(
                phrase(
                    "{campaign}/{milestone} is {moment} (was {before}).",
                    campaign=campaign,
                    milestone=milestone,
                    moment=moment.told,
                    before=before.told,
                )
            )
            table(affected)
            say_shifts(shifted, planner.workspace.settings.timezone)
            say_naming(pending)
            say_stale(planner, old_dates)
            if moment.known and old_dates:
                say_who_tells_of_it(known, waiting(known, present, milestone))
            today = now.astimezone(planner.workspace.settings.timezone).date()
            held = planner.milestones(connection)
            say_elsewhere(elsewhere(planner.workspace, held, known, milestone, moment, today), moment)


def campaign_of(planner: Planner, name: str) -> Campaign:
    """The campaign; without one of that name the command ends, and says which there are."""
    found = planner.workspace.campaigns.get(name)
    if found is None:
        if problems := planner.workspace.problems_of(name):
            show_problems(problems)
            sys.exit(PROBLEMS)
        refuse(phrase("No campaign `{name}`. {hint}", name=name, hint=did_you_mean(name, planner.workspace.campaigns)))
    return found


def _counting_from(
    planner: Planner, connection: Connection, campaign: str, milestone: str, now: datetime
) -> Iterator[tuple[str, str, str]]:
    zone = planner.workspace.settings.timezone
    for each in planner.standings(connection, now):
        announcement = each.campaign.announcements[each.occurrence.announcement]
        if each.campaign.campaign == campaign and announcement.when.milestone == milestone:
            when = local_time(each.occurrence.due_at, zone) if each.occurrence.due_at else phrase("no date")
            note = phrase("already gone: stays as it went") if each.is_frozen else each.reason
            yield (each.occurrence.announcement, when, note)
