"""The command that puts right what went out."""

import sys
from collections.abc import Mapping, Sequence

import click

from communique.channel import Letter, Mail
from communique.commands.console import (
    PENDING,
    PROBLEMS,
    Session,
    counted,
    json_option,
    refuse,
    show_json,
    show_problems,
    table,
    tell,
)
from communique.commands.names_in_files import announcements, announcements_of_it, channels
from communique.commands.naming import find, named
from communique.commands.plans import VERSION, campaign_of, desk
from communique.commands.records import known_announcements
from communique.delivery import MODES
from communique.phrase import phrase, told_by
from communique.plan.approving import Approval, NotAnApproverError, approver
from communique.plan.correcting import Done, approve
from communique.plan.drafting import drafts
from communique.plan.moved import stale
from communique.plan.planning import Planner
from communique.plan.proposed_corrections import CannotCorrectError, Proposed, propose
from communique.plan.telling import NothingWentOutError, owed_to
from communique.store.announcements.notices import Line
from communique.texts.templates import TemplateProblemError


@click.command("correct")
@click.argument("campaign", shell_complete=announcements)
@click.argument("announcement", default="", shell_complete=announcements_of_it)
@click.argument("channels", nargs=-1, shell_complete=channels)
@click.option("--as", "who", default="", help="Who approves it, exactly as it is shown.")
@click.option("--note", default="", help="A remark for the record.")
@click.option("--occurrence", default="", help="Of a recurring one: which, by its number.")
@click.option("--all", "to_all", is_flag=True, help="Also to those who have an invitation with a meeting's new date.")
@click.option("--draft", is_flag=True, help="Write drafts, where dates that it names have moved; nothing else.")
@json_option
@click.pass_obj
def correct_command(
    session: Session,
    campaign: str,
    announcement: str,
    channels: Sequence[str],
    who: str,
    note: str,
    occurrence: str,
    *,
    to_all: bool,
    draft: bool,
    as_json: bool,
) -> None:
    """Correct CAMPAIGN/ANNOUNCEMENT (in one word or two), which went out, and tell exactly those who got it.

    Write `correction.md` beside its article, in each language: `headline:`, `wrong:` and `right:` between two lines of
    `---`, and below them what its readers should do. Without --as this shows who gets what; with it somebody approves
    exactly that. After the last approval the daemon sends it: in answer to mails and posts, as a letter, above the text
    on the website and in the feeds. Of a series each has a file of its own: `correction-of-3.md`.
    CHANNELS: through these alone; website and feeds always show it.
    With --draft the ANNOUNCEMENT may be left out: then all of the CAMPAIGN that name a date that has moved.
    """
    if "/" in campaign:
        channels = tuple(filter(None, (announcement, *channels)))
        announcement = ""
    campaign, announcement = named(campaign, announcement)
    if not announcement:
        campaign, announcement = _found(session, campaign)
    now = session.clock()
    if draft:
        _draft(session, campaign, announcement)
        return
    if not announcement:
        refuse(
            phrase(
                "Say which announcement of {campaign} is corrected; without one there are only drafts (--draft).",
                campaign=campaign,
            )
        )
    with desk(session, anew=True) as open_desk:
        planner = open_desk.planner
        try:
            given = Approval(who=approver(planner, who), note=note, now=now) if who.strip() else None
            with open_desk.database.begin() as connection:
                name = campaign, announcement
                proposed = propose(planner, connection, name, occurrence, channels, now=now, to_all=to_all)
                done = approve(planner, connection, proposed, given) if given else Done(proposed=proposed)
        except (NothingWentOutError, CannotCorrectError, NotAnApproverError) as error:
            refuse(told_by(error))
    if as_json:
        show_json({"version": VERSION, **_as_json(planner, done)})
    else:
        _show(planner, done)
    sys.exit(PROBLEMS if done.proposed.problems or done.refused else 0 if done.kept else PENDING)


def _found(session: Session, asked: str) -> tuple[str, str]:
    """Of one word: a campaign (the announcement is empty then), or an announcement alone."""
    with desk(session) as open_desk, open_desk.database.reading() as connection:
        known = known_announcements(open_desk.planner, connection)
        return find(asked, known, open_desk.planner.workspace.unread)


def _draft(session: Session, campaign: str, announcement: str) -> None:
    """Write what a person is to read, into files that are not there yet."""
    with desk(session, anew=True) as open_desk, open_desk.database.reading() as connection:
        planner, known = open_desk.planner, campaign_of(open_desk.planner, campaign)
        asked = {announcement} if announcement else set(known.announcements)
        found = [one for one in stale(planner, connection, known) if one.row.announcement in asked]
        if not found:
            named = (
                f"{campaign}/{announcement}" if announcement else phrase("anything of {campaign}", campaign=campaign)
            )
            refuse(phrase("No date that {named} named has moved since: write correction.md yourself.", named=named))
        try:
            files = {path: text for one in found for path, text in drafts(planner, connection, known, one).items()}
        except TemplateProblemError as error:
            show_problems(error.problems)
            sys.exit(PROBLEMS)
    for path, text in files.items():
        file = session.installation.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        tell(phrase("Written: {path}", path=path))
    if not files:
        tell(phrase("Its correction is written already; read it."))
    for name in dict.fromkeys(one.row.announcement for one in found):
        tell(phrase("Read them, then: communique correct {campaign}/{name}", campaign=campaign, name=name))


def _show(planner: Planner, done: Done) -> None:
    proposed = done.proposed
    tell(
        phrase(
            "Correction {number} of {name} ({mode} mode)",
            number=proposed.number,
            name=proposed.name,
            mode=MODES[planner.mode],
        ),
        bold=True,
    )
    for language, text in proposed.texts.items():
        tell(f"\n{language}: {text.headline}")
        tell(phrase("  wrong: {wrong}", wrong=text.wrong))
        tell(phrase("  right: {right}", right=text.right))
    tell(phrase("\nWho gets it:"))
    table(_row(planner, each) for each in proposed.lines)
    if proposed.problems:
        tell()
        show_problems(proposed.problems)
        return
    _show_mail(proposed)
    tell()
    if done.refused:
        tell(phrase("NOT approved: {refused}", refused=done.refused), fg="red")
    elif done.kept is not None:
        owed = counted(sum((done.told or {}).values()), "copy", "copies")
        tell(phrase("Approved by {by}. The daemon sends it: {owed}.", by=done.kept.by, owed=owed))
    else:
        _show_standing(proposed)


def _show_mail(proposed: Proposed) -> None:
    mail = next((each for each in proposed.samples.values() if isinstance(each, Mail | Letter)), None)
    if mail is not None:
        tell(f"\n{mail.subject}", bold=True)
        tell(mail.text.strip())


def _show_standing(proposed: Proposed) -> None:
    if proposed.approved_by:
        tell(phrase("Approved by {approved_by}.", approved_by=", ".join(proposed.approved_by)))
    for each in proposed.objections:
        tell(phrase("Asked for changes: {name}", name=each), fg="yellow")
    missing = (
        phrase("; {approvals} missing", approvals=counted(proposed.missing, "approval")) if proposed.missing else ""
    )
    campaign, announcement = proposed.row.campaign, proposed.row.announcement
    tell(
        phrase(
            "It does not go yet{missing}: communique correct {campaign}/{announcement} --as NAME",
            missing=missing,
            campaign=campaign,
            announcement=announcement,
        )
    )


def _row(planner: Planner, line: Line) -> tuple[str, str, str]:
    owed = owed_to(planner, line)
    left = phrase("; {left} of them left since, and get nothing", left=owed.left) if owed.left else ""
    told = (
        phrase("; {told} of them have an invitation with the new date, and get nothing", told=owed.told)
        if owed.told
        else ""
    )
    said = {
        "hand": phrase("by hand: listed for a person (communique status)"),
        "all": phrase("all who read it"),
        "each": phrase(
            "{people} who got it{left}{told}",
            people=counted(owed.copies, "person", "people"),
            left=left,
            told=told,
        ),
    }
    return owed.channel, owed.language, said[owed.by]


def _as_json(planner: Planner, done: Done) -> Mapping[str, object]:
    proposed = done.proposed
    return {
        "announcement": proposed.name,
        "mode": str(planner.mode),
        "number": proposed.number,
        "hash": proposed.digest,
        "texts": {
            language: {"headline": text.headline, "wrong": text.wrong, "right": text.right, "more": text.more}
            for language, text in proposed.texts.items()
        },
        "to": [
            {
                "channel": each.channel,
                "language": each.language,
                "copies": each.copies,
                "left": each.left,
                "told": each.told,
            }
            for each in proposed.lines
        ],
        "approved_by": list(proposed.approved_by),
        "asked_for_changes": list(proposed.objections),
        "missing": proposed.missing,
        "refused": done.refused,
        "goes_out": done.kept is not None,
        "told": dict(done.told or {}),
        "problems": [each.as_json() for each in proposed.problems],
    }
