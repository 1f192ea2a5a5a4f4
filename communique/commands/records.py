"""Commands about what became of messages: status, log, why, resolve."""

import sys
from collections import Counter
from collections.abc import Collection
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Connection

from communique.commands.canary_seen import canary_json, look_for_canary, say_canary
from communique.commands.console import (
    PROBLEMS,
    Session,
    as_option,
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
from communique.commands.copies import say_in_doubt, say_packs, sorted_out, state_of
from communique.commands.names_in_files import announcements
from communique.commands.naming import Name, announcements_of, called, find, find_announcement, is_of
from communique.commands.overdue import overdue, overdue_json, say_overdue
from communique.commands.pacing import paces_json, say_paces
from communique.commands.plans import VERSION, desk
from communique.commands.waiting import (
    cancelled_json,
    pauses_json,
    resting_json,
    say_cancelled,
    say_paused,
    say_resting,
    say_stopped,
    stopped_json,
)
from communique.delivery import STATES_OF_ONE, State
from communique.phrase import phrase, told_by
from communique.plan.planning import Planner
from communique.plan.reasons import why
from communique.plan.settling import DECISIONS, CannotSettleError, settle
from communique.send.open_channels import folders_of
from communique.store.announcements import cancellations
from communique.store.deliveries import accounts, pauses, rests, stops
from communique.store.deliveries.accounts import Balance, Copy
from communique.store.desk import journal
from communique.store.recipients import people
from communique.store.recipients.people import AddressError
from communique.store.recipients.returns import Return

NOTHING_DUE = phrase("Nothing has fallen due yet. communique plan shows what is to come.")


@click.command("status")
@click.argument("campaign", required=False, metavar="[CAMPAIGN | CAMPAIGN/ANNOUNCEMENT]", shell_complete=announcements)
@json_option
@click.pass_obj
def status_command(session: Session, campaign: str | None, *, as_json: bool) -> None:
    """Show the balance of every announcement that has fallen due.

    Planned is always the sum of what became of it: sent, failed, excluded, missed, cancelled, in doubt, or under way.
    "Sent" means accepted by the next system, never read. Copies in doubt are listed with their numbers.
    Packs that a person is to post are listed too.
    """
    now = session.clock()
    with desk(session) as open_desk, open_desk.database.reading() as connection:
        planner = open_desk.planner
        paces = planner.workspace.settings.paces()
        owed = {name: pauses.owed(connection, planner.mode, name) for name in paces}
        known = known_announcements(planner, connection)
        name = find(campaign, known, planner.workspace.unread) if campaign else ("", "")
        found = [each for each in _balances(connection, planner, name) if not each.is_empty_round]
        waiting = accounts.waiting_for_a_person(connection, planner.mode)
        paused, resting = pauses.paused(connection), rests.resting(connection)
        stopped = [each for each in stops.stopped(connection, planner.mode) if is_of(each, name)]
        cancelled = [each for each in cancellations.in_mode(connection, planner.mode) if is_of(each.what, name)]
        canary = look_for_canary(connection, planner.workspace.settings.canary, now)
        held = session.installation.held(planner.workspace, open_desk.database)
        handed = planner.workspace.for_a_person
        in_doubt, by_hand = sorted_out([each for each in waiting if is_of(each.delivery, name)], handed)
        lock = session.installation.root / "var" / "daemon.lock"
        not_gone = overdue(planner, connection, name, now, lock)
    if as_json:
        show_json(
            {
                "version": VERSION,
                "mode": str(planner.mode),
                "held": held,
                "paused": pauses_json(paused),
                "resting": resting_json(resting),
                "stopped": stopped_json(stopped),
                "canary": canary_json(canary),
                "paces": paces_json(paces, owed, now),
                "announcements": [_balance_json(each, _of(each, by_hand)) for each in found],
                "in_doubt": [_copy_json(each) for each in in_doubt],
                "by_hand": [_copy_json(each) for each in by_hand],
                "cancelled": cancelled_json(cancelled),
                **overdue_json(not_gone),
                "problems": [each.as_json() for each in not_gone.problems],
            }
        )
    else:
        say_held(held)
        say_paused(paused, planner.workspace.settings.timezone)
        say_resting(resting, planner.workspace.settings.timezone)
        say_stopped(stopped, planner.workspace.settings.timezone)
        say_canary(canary, planner.workspace.settings.timezone)
        say_paces(paces, owed, now)
        say_overdue(not_gone, planner)
        if not found and not not_gone.waiting:
            tell(NOTHING_DUE)
        _show_status(found, by_hand, planner.workspace.settings.timezone)
        say_in_doubt(in_doubt)
        say_packs(by_hand, folders_of(planner.workspace, session.installation.root, planner.mode))
        say_cancelled(cancelled, planner.workspace.settings.timezone)
        if not_gone.problems:
            tell()
            show_problems(not_gone.problems)
    is_well = all(each.holds for each in found) and not (held or in_doubt or not_gone.problems)
    sys.exit(0 if is_well else PROBLEMS)


def _balances(connection: Connection, planner: Planner, name: Name) -> list[Balance]:
    if all(name):
        return accounts.balances_of(connection, planner.mode, name)
    return accounts.balances(connection, planner.mode, name[0])


def known_announcements(planner: Planner, connection: Connection) -> list[tuple[str, str]]:
    """Those of the files, and those that are in the ledger only: campaign and name."""
    return list(dict.fromkeys([*announcements_of(planner), *accounts.fallen_due(connection, planner.mode)]))


def _of(balance: Balance, copies: list[Copy]) -> int:
    """How many of the copies are of its occurrence."""
    names = Counter((each.delivery.campaign, each.delivery.announcement, each.delivery.occurrence) for each in copies)
    return names[balance.campaign, balance.announcement, balance.occurrence]


def _show_status(found: list[Balance], by_hand: list[Copy], zone: ZoneInfo) -> None:
    table(
        (
            phrase("{when} late", when=local_time(each.due_at, zone)) if each.late else local_time(each.due_at, zone),
            called(each.campaign, each.announcement, each.occurrence),
            each.described(_of(each, by_hand))
            if each.holds
            else phrase("DOES NOT BALANCE: {balance}", balance=each.described(_of(each, by_hand))),
        )
        for each in found
    )


def _balance_json(each: Balance, by_hand: int) -> dict[str, object]:
    return {
        "campaign": each.campaign,
        "announcement": each.announcement,
        "occurrence": each.occurrence,
        "due_at": instant(each.due_at),
        "late": each.late,
        "planned": each.planned,
        "by_state": {str(state): count for state, count in each.by_state.items()},
        "by_hand": by_hand,
        "returned": dict(each.returned),
        "holds": each.holds,
    }


def _copy_json(each: Copy) -> dict[str, object]:
    delivery, last = each.delivery, each.last
    return {
        "number": delivery.id,
        "campaign": delivery.campaign,
        "announcement": delivery.announcement,
        "occurrence": delivery.occurrence,
        "channel": delivery.channel,
        "language": delivery.language,
        "person": delivery.person,
        "state": str(delivery.state),
        "reason": delivery.reason,
        "reference": delivery.reference,
        "attempts": delivery.attempts,
        "last_attempt_at": instant(last.started_at) if last else None,
        "proof": last.detail if last else "",
        "receipt": last.reference if last else "",
        "url": last.url if last else "",
        "returned": _returned_json(each.returned),
    }


def _returned_json(returned: Return | None) -> dict[str, object] | None:
    if returned is None:
        return None
    return {
        "at": instant(returned.at),
        "kind": returned.kind,
        "verdict": returned.verdict,
        "status": returned.status,
        "words": returned.words,
    }


@click.command("log")
@click.argument(
    "announcement", required=False, metavar="[CAMPAIGN | CAMPAIGN/ANNOUNCEMENT]", shell_complete=announcements
)
@click.option(
    "--most", "-n", type=click.IntRange(min=1), default=50, show_default=True, help="How many lines at the most."
)
@json_option
@click.pass_obj
def log_command(session: Session, announcement: str | None, most: int, *, as_json: bool) -> None:
    """Show what became of every copy, newest first, with the next system's own words; and what people did.

    A campaign, or one of its announcements, limits it to that.
    """
    with desk(session) as open_desk, open_desk.database.reading() as connection:
        planner = open_desk.planner
        known = known_announcements(planner, connection)
        one = find(announcement, known, planner.workspace.unread) if announcement else None
        found = accounts.copies(connection, planner.mode, announcement=one, most=most)
        done = journal.latest(connection, most) if one is None else []
    if as_json:
        lines = [{"at": instant(each.at), "who": each.who, "what": each.what} for each in done]
        show_json({"version": VERSION, "deliveries": [_copy_json(each) for each in found], "journal": lines})
        return
    zone = planner.workspace.settings.timezone
    handed = planner.workspace.for_a_person
    table(_log_row(each, zone, handed) for each in found)
    if not found:
        tell(NOTHING_DUE)
    if done:
        tell()
        tell(phrase("What people did:"), bold=True)
        table((local_time(each.at, zone), each.who, recorded(each.what, "deeds")) for each in done)


def _log_row(each: Copy, zone: ZoneInfo, by_hand: Collection[str]) -> tuple[str, ...]:
    delivery = each.delivery
    when = local_time(each.last.started_at, zone) if each.last else ""
    words = each.words
    if each.returned and delivery.state is State.SENT:
        what = phrase("called junk") if each.returned.kind == "complaint" else phrase("CAME BACK")
        words = f"{in_words(what)} {local_time(each.returned.at, zone)}: {each.returned.words}"
    name = called(delivery.campaign, delivery.announcement, delivery.occurrence)
    return (
        f"#{delivery.id}",
        when,
        name,
        delivery.channel,
        delivery.language,
        each.name,
        state_of(delivery, by_hand),
        recorded(words),
    )


@click.command("why")
@click.argument("address")
@click.argument("announcement", shell_complete=announcements)
@json_option
@click.pass_obj
def why_command(session: Session, address: str, announcement: str, *, as_json: bool) -> None:
    """Say in a sentence why the person at ADDRESS did or did not get an ANNOUNCEMENT (campaign/announcement)."""
    with desk(session) as open_desk, open_desk.database.reading() as connection:
        planner = open_desk.planner
        name = find_announcement(announcement, announcements_of(planner))
        try:
            person = people.by_address(connection, address)
        except AddressError as error:
            refuse(phrase("{address}: {error}", address=address, error=told_by(error)))
        said = why(planner, connection, person, address, name, session.clock())
        found = accounts.copies(connection, planner.mode, announcement=name, person=person.id) if person else []
    if as_json:
        copies = [_copy_json(each) for each in found]
        whose = person.id if person else None
        show_json({"version": VERSION, "announcement": "/".join(name), "person": whose, "said": said, "copies": copies})
    else:
        tell(said)


def _decisions_after_numbers(_context: click.Context, _asked: click.Parameter, begun: str) -> list[str]:
    """There may be another number, which nobody can guess."""
    return [each for each in sorted(DECISIONS) if each.startswith(begun)]


@click.command("resolve")
@click.argument(
    "numbers", type=int, nargs=-1, required=True, metavar="NUMBER...", shell_complete=_decisions_after_numbers
)
@click.argument("decision", type=click.Choice(sorted(DECISIONS)))
@as_option("Who decides.")
@click.option("--note", default="", help="How it was found out.")
@click.option("--until", default="", help="With resend: when it is too late, `2027-01-18 18:00` (local time).")
@click.pass_obj
def resolve_command(session: Session, numbers: tuple[int, ...], decision: str, who: str, note: str, until: str) -> None:
    """Settle copy NUMBER by hand: sent (found out that it arrived), failed, cancelled, or resend.

    For what is in doubt; for packs that a person has posted (handoff: sent); and to cancel what has not left. What is
    sent again after its time needs `--until`. Of several numbers all are settled, or none.
    """
    now = session.clock()
    with desk(session) as open_desk:
        planner = open_desk.planner
        try:
            with open_desk.database.begin() as connection:
                settled = {
                    number: settle(planner, connection, number, decision, who=who, note=note, until=until, now=now)
                    for number in dict.fromkeys(numbers)
                }
        except CannotSettleError as error:
            refuse(told_by(error))
    for number, done in settled.items():
        was, is_now = in_words(STATES_OF_ONE[done.was]), in_words(STATES_OF_ONE[done.is_now])
        tell(f"#{number}: {was} -> {is_now} ({recorded(done.reason)})")
