"""Commands about people: import a list, see who is in an audience, stop writing to somebody, export and erase."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click

from communique.commands.console import (
    JSON_VERSION,
    PROBLEMS,
    Session,
    as_option,
    counted,
    in_words,
    json_option,
    refuse,
    show_json,
    table,
    tell,
)
from communique.commands.left_behind import left_behind
from communique.commands.list_problems import show_list_problems
from communique.commands.names_in_files import audiences
from communique.commands.personal_record import as_csv, as_json
from communique.commands.plans import desk
from communique.commands.restoring import restore_command
from communique.commands.terminal import may_write_over
from communique.commands.usage import Listing
from communique.localisation.localised import localise
from communique.phrase import phrase, told_by
from communique.problems import did_you_mean, errors
from communique.rehearse.rehearsal_ledger import without_addresses
from communique.send.open_channels import printed_folders
from communique.store.desk import journal
from communique.store.recipients import erasure, mentions, people, returns, suppression_list, written_answers
from communique.store.recipients.list_import import ListImport
from communique.store.recipients.people import AddressError
from communique.store.recipients.people_file import MOST_BYTES, read_people
from communique.store.turns import Turns
from communique.texts import tokens

_IN_SIGHT = 5_000  #: rows after which a terminal shows how far it is


@click.group("people", cls=Listing)
def people_group() -> None:
    """Import lists of people, see who is in an audience, stop writing to somebody, export and erase."""


@people_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--audience", required=True, help="The audience they belong to (config/settings.yaml).", shell_complete=audiences
)
@click.option("--basis", required=True, help="Why we may write to them, in words for the record.")
@click.option("--skip-bad-rows", is_flag=True, help="Import the good rows of a file that has bad ones.")
@as_option("Who imports.")
@click.pass_obj
def import_command(session: Session, file: Path, audience: str, basis: str, who: str, *, skip_bad_rows: bool) -> None:
    """Import a CSV FILE with the columns address, name, and perhaps language, organisation.

    Those whom letters are to reach have the columns street, postcode, city, and perhaps region, country; who has these
    needs no e-mail address (`people list` then shows `post:…` in its place, which the other commands take).

    Every bad row is reported at once, and none of the file is imported unless --skip-bad-rows says so. Addresses that
    must not be written to stay so, whoever imports them.
    """
    if file.stat().st_size > MOST_BYTES:
        refuse(phrase("{file}: expected at most 64 MB.", file=file))
    with desk(session) as open_desk:
        settings = open_desk.planner.workspace.settings
        if audience not in settings.audiences:
            refuse(
                phrase(
                    "No audience `{audience}` in config/settings.yaml. {hint}",
                    audience=audience,
                    hint=did_you_mean(audience, settings.audiences),
                )
            )
        with _told_when_stopped(file):
            _say_anew(phrase("  reading {file} …", file=file.name))
            found = read_people(file.read_bytes(), str(file), settings.languages, settings.holidays.country)
            _say_anew()
        if found.problems:
            show_list_problems(found.problems)
            if errors(found.problems) and (not skip_bad_rows or not found.rows):
                tell(phrase("Nothing was imported. Mend the file, or import its good rows with --skip-bad-rows."))
                sys.exit(PROBLEMS)
        now = session.clock()
        turns = Turns(open_desk.database)
        writing = ListImport(turns, found.rows, partial(_digests, session), now)
        with _told_when_stopped(file, writing.take_back):
            _in_sight(writing.write(), len(found.rows))
            with turns.begin() as connection:
                added = writing.join(connection, audience=audience, basis=basis, source=file.name)
                people_in_all = counted(writing.number, "person", "people")
                what = f"imported {people_in_all} into {audience} ({added} new): {basis}"
                journal.note(connection, who=who, what=what, now=now)
        left_out = len({row.key for row in found.rows}) - writing.number
        with open_desk.database.reading() as connection:
            known = suppression_list.suppressed_among(connection, writing.keys)
    tell(
        phrase(
            "{people} read; {added} new in {audience}.",
            people=counted(len(found.rows), "person", "people"),
            added=added,
            audience=audience,
        )
    )
    if left_out:
        tell(phrase("{left_out} of them asked to be erased, and must not be written to: left out.", left_out=left_out))
    if known:
        tell(
            phrase(
                "{numbers} not written to, until they ask for it themselves:",
                numbers=counted(len(known), "of them is", "of them are"),
            )
        )
        table(sorted(known.items()))


@people_group.command("list")
@click.argument("audience", required=False, shell_complete=audiences)
@json_option
@click.pass_obj
def list_command(session: Session, audience: str | None, *, as_json: bool) -> None:
    """Show how many are in each audience, or who is in AUDIENCE."""
    with desk(session) as open_desk, open_desk.database.reading() as connection:
        settings = open_desk.planner.workspace.settings
        if audience is None:
            languages = settings.languages
            rows = [
                (name, people.size(connection, name), str(localise(each.title, languages[0], languages)))
                for name, each in settings.audiences.items()
            ]
            if as_json:
                sizes = [{"audience": name, "people": number, "title": title} for name, number, title in rows]
                show_json({"version": JSON_VERSION, "audiences": sizes})
            else:
                table((name, str(number), title) for name, number, title in rows)
            return
        if audience not in settings.audiences:
            refuse(
                phrase(
                    "No audience `{audience}`. {hint}",
                    audience=audience,
                    hint=did_you_mean(audience, settings.audiences),
                )
            )
        members = [
            {
                "address": person.address or person.address_key,
                "name": person.name,
                "language": person.language,
                "suppressed": suppressed,
            }
            for person, _, suppressed, _ in people.members(connection, (audience,))
        ]
        if as_json:
            show_json({"version": JSON_VERSION, "audience": audience, "people": members})
        else:
            table(tuple(each.values()) for each in members)


@people_group.command("suppress")
@click.argument("address")
@click.option("--reason", required=True, help="Why nothing may be written to this address any more.")
@as_option("Who says so.")
@click.pass_obj
def suppress_command(session: Session, address: str, reason: str, who: str) -> None:
    """Never write to ADDRESS again, through any list, whoever imports it."""
    now = session.clock()
    key = _key(address)
    with desk(session) as open_desk, open_desk.database.begin() as connection:
        suppression_list.suppress(connection, key, reason=reason, now=now)
        journal.note(connection, who=who, what=f"suppressed an address: {reason}", now=now)
    tell(phrase("Nothing will be written to {address} any more.", address=address))


@people_group.command("export")
@click.argument("address")
@click.option(
    "--format", "form", type=click.Choice(["json", "csv"]), default="json", help="For programs or spreadsheets."
)
@click.pass_obj
def export_command(session: Session, address: str, form: str) -> None:
    """Print everything that is held about whoever has ADDRESS, to be given to them."""
    key = _key(address)
    with desk(session) as open_desk, open_desk.database.reading() as connection:
        found = erasure.record(connection, key)
    if not found:
        refuse(phrase("Nothing is held about {address}.", address=address))
    tell(as_json(found) if form == "json" else as_csv(found), nl=form == "json")


@people_group.command("erase")
@click.argument("address")
@as_option("Who does it.")
@click.pass_obj
def erase_command(session: Session, address: str, who: str) -> None:
    """Erase whoever has ADDRESS, and never write to it again.

    A keyed hash of the address is kept, which shows it to nobody and knows it again: an import leaves it out, and
    `communique restore` erases it once more. Backups and the mail server's own log are not touched.
    """
    key, now = _key(address), session.clock()
    digest = tokens.digests(tokens.ERASED, key, session.installation.key)[0]
    with desk(session) as open_desk:
        with open_desk.database.begin() as connection:
            known = people.by_address(connection, key)
            mails = written_answers.places(connection, known.id if known else 0, key)
            came_back = returns.places(connection, known.id if known else 0, key)
            names = mentions.names_of(connection, key)
            was_named = mentions.mask(connection, key) > 0
            was_known = erasure.erase(connection, key, digest, without_addresses, now)
            journal.note(connection, who=who, what="erased a person", now=now)
        erasure.scrub(open_desk.database)
        printed = printed_folders(open_desk.planner.workspace, session.installation.root)
    held = "" if was_known or was_named else phrase(" Nothing was held about it.")
    tell(phrase("{address} is erased, and will not be written to.{held}", address=address, held=held))
    for folder in printed:
        for letter in sorted(folder.glob(f"*/*/*/letters/{known.id}.pdf")) if known is not None else ():
            tell(
                phrase(
                    "{folder} holds a printed letter to this address: delete it once it is posted.",
                    folder=letter.parents[1],
                )
            )
    for place in mails:
        tell(phrase("{place} holds a mail that they have written: delete it.", place=place))
    for place in dict.fromkeys(came_back):
        tell(phrase("{place} holds a mail that came back from them, or names them: delete it.", place=place))
    told = {*mails, *came_back}
    for left in left_behind(session.installation.root / "var", names):
        if str(left) not in told:
            tell(phrase("{place} still has their address or name in it: delete it.", place=left))
    for kept in sorted((session.installation.root / "var").glob("before-restore-*")):
        tell(
            phrase(
                "{kept} holds the ledger as it was before a restore, with this address if it was known: delete it.",
                kept=kept,
            )
        )


def _nothing() -> None:
    pass


@contextmanager
def _told_when_stopped(file: Path, take_back: Callable[[], None] = _nothing) -> Iterator[None]:
    """Whoever presses Ctrl-C is told where it stands."""
    try:
        yield
    except KeyboardInterrupt:
        take_back()
        _say_anew()
        stands = phrase("Nothing of {file} was imported; every list is as it was.", file=file.name)
        tell(f"\n{in_words(stands)}", err=True)
        raise


def _in_sight(pieces: Iterable[int], number: int) -> None:
    """Go through them; on a terminal, with how far it is."""
    said = 0
    for done in pieces:
        if done >= said + _IN_SIGHT and done < number:
            said = done
            _say_anew(phrase("    {done} of {number} …", done=done, number=number))
    _say_anew()


def _say_anew(text: str = "") -> None:
    """In the place of what was said so before, on a terminal."""
    if may_write_over(os.environ):
        tell(f"\r\x1b[K{in_words(text)}", nl=False)


def _digests(session: Session, key: str) -> Sequence[str]:
    """Of an address, as they are kept of who was erased: one a line of the key."""
    return tokens.digests(tokens.ERASED, key, session.installation.key)


def _key(address: str) -> str:
    try:
        return people.address_key(address)
    except AddressError as error:
        refuse(phrase("{address}: {error}", address=address, error=told_by(error)))


people_group.add_command(restore_command)
