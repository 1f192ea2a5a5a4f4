"""Commands about mail that came back: read it by hand, see what is for a person."""

from collections.abc import Iterator
from pathlib import Path

import click

from communique.bounces.consequences import Effect, Finding, follow, foresee
from communique.bounces.reading import read_report
from communique.bounces.report import Kind
from communique.commands.console import (
    JSON_VERSION,
    Session,
    acting,
    counted,
    json_option,
    local_time,
    show_json,
    table,
    tell,
)
from communique.commands.plans import desk
from communique.commands.usage import Listing
from communique.phrase import phrase
from communique.store.desk import journal
from communique.store.recipients import returns
from communique.store.recipients.returns import Return


@click.group("bounces", cls=Listing)
def bounces_group() -> None:
    """See what came back and is for a person to read; read returned mail by hand."""


@bounces_group.command("read")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--act", is_flag=True, help="Do what follows; otherwise it is only shown.")
@click.option("--answers", is_flag=True, help="They came to the address for answers: what a person wrote is one.")
@click.option("--as", "who", default="", help="Who reads; needed with --act.")
@click.pass_obj
def read_command(session: Session, path: Path, who: str, *, act: bool, answers: bool) -> None:
    """Read one message, or all in a folder or maildir: say what each is, whose mail came back, what follows.

    Nothing is changed without --act, and the files stay as they are. Reading a message twice changes nothing.
    """
    if act:
        who = acting(who)
    found = []
    with desk(session) as open_desk:
        rules, key = open_desk.planner.workspace.settings.bounces, session.installation.key
        for file in _files(path):
            with file.open("rb") as opened:
                report = read_report(opened.read())
            now = session.clock()
            if not act:
                with open_desk.database.reading() as connection:
                    found.append((file, foresee(connection, report, key, rules, now, is_to_answers=answers)))
                continue
            with open_desk.database.begin() as connection:
                done = follow(connection, report, key, rules, place=str(file.resolve()), now=now, is_to_answers=answers)
                found.append((file, done))
        if act:
            with open_desk.database.begin() as connection:
                what = f"read {counted(len(found), 'message')} of returned mail by hand"
                journal.note(connection, who=who, what=what, now=session.clock())
    table(_row(file, each) for file, each in found)
    stopped = sum(each.effect is Effect.SUPPRESSED for _, each in found)
    messages = counted(len(found), "message")
    told = (
        phrase(
            "{messages}; {people} not written to any more",
            messages=messages,
            people=counted(stopped, "person", "people"),
        )
        if stopped
        else phrase("{messages}; everybody is written to as before", messages=messages)
    )
    tell(
        phrase("{said}.", said=told)
        if act
        else phrase("{told}, if this is done (--act). Nothing has been changed.", told=told)
    )


def _files(path: Path) -> Iterator[Path]:
    """The file; or those of a folder, and of `new` and `cur` in a maildir."""
    if path.is_file():
        yield path
        return
    for folder in (path, path / "new", path / "cur"):
        if folder.is_dir():
            yield from sorted(each for each in folder.iterdir() if each.is_file() and not each.name.startswith("."))


def _row(file: Path, found: Finding) -> tuple[str, ...]:
    report = found.report
    whose = f"#{found.delivery}" if found.delivery else ""
    return (file.name, report.kind, report.status, whose, found.effect, report.words or report.subject)


@bounces_group.command("unmatched")
@click.option("--most", "-n", type=click.IntRange(min=1), default=50, show_default=True, help="How many at the most.")
@json_option
@click.pass_obj
def unmatched_command(session: Session, most: int, *, as_json: bool) -> None:
    """List what was read and could not be assigned to a mail of ours: forged, garbled, or written by a person.

    It has changed nothing. The last column says where the message lies.
    """
    with desk(session) as open_desk, open_desk.database.reading() as connection:
        zone = open_desk.planner.workspace.settings.timezone
        found = returns.unmatched(connection, most)
    if as_json:
        mails = [
            {
                "at": f"{each.at:%Y-%m-%dT%H:%M:%SZ}",
                "kind": str(each.kind),
                "status": each.status,
                "subject": each.subject,
                "words": each.words,
                "place": each.place,
            }
            for each in found
        ]
        show_json({"version": JSON_VERSION, "mails": mails})
        return
    if not found:
        tell(phrase("Nothing waits for a person."))
    table((local_time(each.at, zone), each.kind, each.status, _said(each), each.place) for each in found)


def _said(each: Return) -> str:
    """Of a calendar's answer what it says, and why that does not count; a subject says enough of all others."""
    return each.words if each.kind == Kind.REPLY else each.subject or each.words
