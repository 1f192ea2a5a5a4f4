"""The command that takes an announcement back."""

import sys
from collections.abc import Sequence

import click

from communique.commands.console import (
    Session,
    agreed,
    as_option,
    counted,
    instant,
    json_option,
    local_time,
    refuse,
    show_json,
    table,
    tell,
)
from communique.commands.names_in_files import announcements
from communique.commands.naming import announcements_of, find_announcement
from communique.commands.plans import VERSION, Desk, desk
from communique.delivery import MODES
from communique.phrase import phrase, told_by
from communique.plan.approving import NotAnApproverError
from communique.plan.planning import Planner
from communique.plan.retracting import NeedsReasonError, Retracted, retract
from communique.plan.telling import NothingWentOutError
from communique.retraction import Retraction
from communique.store.deliveries import accounts


@click.command("retract")
@click.argument("announcement", shell_complete=announcements)
@click.option(
    "--reason",
    "reasons",
    multiple=True,
    help="Why, as the public is to read it. --reason es=TEXT --reason en=TEXT. Who confirms gives none.",
)
@as_option("Who withdraws it.")
@click.option("--occurrence", default="", help="Of a recurring one: which, by its number.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and do nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@click.pass_obj
def retract_command(
    session: Session,
    announcement: str,
    reasons: Sequence[str],
    who: str,
    occurrence: str,
    *,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Withdraw ANNOUNCEMENT (campaign/announcement), which went out, and tell exactly those who got it.

    What has not left is cancelled. Its page says that it was withdrawn, when and why, and the feeds take it out. Who
    has or may have got it by mail is told by mail; posts are deleted where the network lets us, and are listed for a
    person where it does not. The daemon does all that. In trial mode only what was tried out is withdrawn.

    On a terminal it says first what would happen, and asks: it cannot be undone.

    Where the settings ask for two approvals, one asks for it, and another confirms it by the same command. Done again,
    it adds the reason in languages that lack it.
    """
    with desk(session) as open_desk:
        planner = open_desk.planner
        retraction = Retraction(at=session.clock(), reasons=_reasons(planner, reasons))
        try:
            if not (dry_run or yes or as_json) and sys.stdin and sys.stdin.isatty():
                _ask(planner, _retract(open_desk, announcement, occurrence, retraction, who, dry_run=True))
            done = _retract(open_desk, announcement, occurrence, retraction, who, dry_run=dry_run)
        except NeedsReasonError as error:
            refuse(phrase("{error} Give it by --reason.", error=told_by(error)))
        except (NotAnApproverError, NothingWentOutError) as error:
            refuse(told_by(error))
    if as_json:
        show_json({"version": VERSION, **_as_json(planner, done, dry_run=dry_run)})
    else:
        _show(planner, done, dry_run=dry_run)


def _retract(
    open_desk: Desk, announcement: str, occurrence: str, retraction: Retraction, who: str, *, dry_run: bool
) -> Retracted:
    planner = open_desk.planner
    with open_desk.database.begin() as connection, connection.begin_nested() as attempt:
        known = set(accounts.fallen_due(connection, planner.mode))
        name = find_announcement(announcement, sorted(known.union(announcements_of(planner))))
        done = retract(planner, connection, name, occurrence, retraction, by=who)
        if dry_run:
            attempt.rollback()
    return done


def _ask(planner: Planner, foreseen: Retracted) -> None:
    """Before anybody is told: what is asked of another approver, or done already, tells nobody."""
    if foreseen.kept is None or not foreseen.is_new:
        return
    _show(planner, foreseen, dry_run=True)
    if not agreed(phrase("Withdraw it ({mode} mode)? It cannot be undone.", mode=MODES[planner.mode])):
        refuse(phrase("Nothing was withdrawn."))


def _reasons(planner: Planner, given: Sequence[str]) -> dict[str, str]:
    """By language; a text without one is in the first language of the settings.

    A `=` in a text is no mark of a language, unless one of the settings' languages stands before it.
    """
    languages = planner.workspace.settings.languages
    found: dict[str, str] = {}
    for each in given:
        language, marked, text = each.partition("=")
        if not (marked and language.strip() in languages):
            language, text = languages[0], each
        if not text.strip():
            refuse(phrase("Expected why it is withdrawn after --reason, found nothing."))
        if language.strip() in found:
            refuse(phrase("--reason is given twice in `{language}`: each language has one.", language=language.strip()))
        found[language.strip()] = text.strip()
    return {language: found[language] for language in languages if language in found}


def _show(planner: Planner, done: Retracted, *, dry_run: bool) -> None:
    zone = planner.workspace.settings.timezone
    if done.kept is None:
        by = done.asked.by if done.asked else ""
        tell(
            phrase(
                "{name} is not withdrawn yet: {by} asks for it, and another approver has to confirm it:",
                name=done.name,
                by=by,
            )
        )
        tell(phrase("  communique retract {name} --as NAME", name=done.name.partition(" ")[0]))
        return
    if not done.is_new:
        when = local_time(done.kept.retraction.at, zone)
        changed = (
            phrase("The reason is said in {added} now", added=", ".join(done.added))
            if done.added
            else phrase("Nothing has changed")
        )
        tell(
            phrase(
                "Withdrawn already: {name}, {when}, by {by}. {changed}.",
                name=done.name,
                when=when,
                by=done.kept.by,
                changed=changed,
            )
        )
        return
    if dry_run:
        tell(phrase("Would withdraw: {name} ({mode} mode).", name=done.name, mode=MODES[planner.mode]))
    else:
        tell(phrase("Withdrawn: {name} ({mode} mode).", name=done.name, mode=MODES[planner.mode]))
    if done.cancelled:
        tell(phrase("{copies} had not left: cancelled.", copies=counted(done.cancelled, "copy", "copies")))
    if done.told:
        tell(phrase("To be told, rewritten or deleted by the daemon, or by a person (communique status):"))
        table((channel, counted(number, "copy", "copies")) for channel, number in sorted(done.told.items()))
    reasons = done.kept.retraction.reasons
    missing = [each for each in planner.workspace.settings.languages if each not in reasons]
    if missing:
        tell(
            phrase(
                "Readers of {missing} are told why in `{language}`.",
                missing=", ".join(missing),
                language=next(iter(reasons)),
            )
        )


def _as_json(planner: Planner, done: Retracted, *, dry_run: bool) -> dict[str, object]:
    return {
        "announcement": done.name,
        "mode": str(planner.mode),
        "withdrawn_at": instant(done.kept.retraction.at) if done.kept else None,
        "asked_by": done.asked.by if done.asked else None,
        "by": done.kept.by if done.kept else None,
        "reasons": dict(done.kept.retraction.reasons) if done.kept else dict(done.asked.reasons if done.asked else {}),
        "is_new": done.is_new,
        "dry_run": dry_run,
        "cancelled": done.cancelled,
        "told": dict(done.told),
    }
