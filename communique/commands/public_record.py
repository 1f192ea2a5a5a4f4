"""Commands about the public record: whether it holds, and what a monitoring body takes away."""

import csv
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from communique.commands.console import JSON_VERSION, PROBLEMS, Session, counted, json_option, refuse, show_json, tell
from communique.commands.plans import desk
from communique.commands.usage import Listing
from communique.commands.written_files import write_whole
from communique.phrase import phrase
from communique.plan.gathered_evidence import gathered
from communique.public_record import FORMAT, HASH, Sealed, break_in, canonical
from communique.store.announcements import public_record
from communique.store.announcements.public_record import Said
from communique.website.evidence_bundle import bundle_files, zipped


@click.group("evidence", cls=Listing)
def evidence_group() -> None:
    """Check the public record of what was announced, and pack it for those who monitor the process."""


@evidence_group.command("verify")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_obj
def verify_command(session: Session, file: Path | None, *, as_json: bool) -> None:
    """Say whether the public record holds, and where it breaks.

    FILE is a record.json or record.csv that was published: each entry against its hash, the chain, and then every entry
    against the ledger's. Without FILE: the ledger's own record, and whether the public texts are those on it.
    Exit code 0 when everything holds, 1 when something does not.
    """
    with desk(session) as open_desk, open_desk.database.reading() as connection:
        mode = open_desk.planner.mode
        own = public_record.entries(connection, mode)
        said = public_record.said(connection, mode)
    faults: list[str] = []
    holding: list[str] = []
    if file is not None:
        published = _read(file)
        if broken := break_in(published):
            faults.append(f"{file}: {broken}")
        else:
            number = counted(len(published), "entry", "entries")
            holding.append(phrase("{file}: the chain of {entries} holds.", file=file, entries=number))
            faults += _against_ledger(published, own)
    if broken := break_in(own):
        faults.append(phrase("The ledger: {broken}", broken=broken))
    else:
        number = counted(len(own), "entry", "entries")
        holding.append(phrase("The ledger: the chain of {entries} holds.", entries=number))
        if own:
            holding.append(phrase("The last one has the hash {hash}.", hash=own[-1].hash))
    if file is None:
        faults += _texts_off_record(own, said)
        holding += _not_recorded_yet(own, said)
    if as_json:
        last = own[-1].hash if own else None
        show_json(
            {"version": JSON_VERSION, "holds": not faults, "entries": len(own), "last_hash": last, "faults": faults}
        )
        sys.exit(PROBLEMS if faults else 0)
    for each in holding:
        tell(each)
    for fault in faults:
        tell(fault, fg="red")
    sys.exit(PROBLEMS if faults else 0)


@evidence_group.command("bundle")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def bundle_command(session: Session, file: Path) -> None:
    """Pack what a monitoring body needs into FILE (zip): record, public texts, documents, and how requirements stand.

    It names nobody who was written to. An index.html in it leads through the rest. The same state gives the same bytes
    on the same day.
    """
    now = session.clock()
    with desk(session) as open_desk, open_desk.database.reading() as connection:
        evidence = gathered(open_desk.planner, connection, now)
    if broken := break_in(evidence.record):
        refuse(phrase("The ledger: {broken} Nothing was packed.", broken=broken))
    files = bundle_files(evidence)
    write_whole(file, zipped(files))
    tell(
        phrase(
            "Written: {file} ({files}; the record has {number} entries).",
            file=file,
            files=counted(len(files), "file"),
            number=len(evidence.record),
        )
    )
    if evidence.record:
        tell(phrase("The last one has the hash {hash}.", hash=evidence.record[-1].hash))


def _against_ledger(published: Sequence[Sealed], own: Sequence[Sealed]) -> list[str]:
    """Where a published record is another one than the ledger's; later entries of the ledger are no fault."""
    for theirs, ours in zip(published, own, strict=False):
        if theirs.hash != ours.hash:
            names = sorted(name for name in ours.values if theirs.values.get(name) != ours.values[name])
            return [
                phrase(
                    "Entry {number} is another one in the ledger: {names} differ.",
                    number=ours.number,
                    names=", ".join(names),
                )
            ]
    if len(published) > len(own):
        missing = phrase(
            "entry {number} is not in the ledger. Was an older copy of the ledger put back?", number=len(own) + 1
        )
        return [
            phrase(
                "The file has {entries}, the ledger {number}: {missing}",
                entries=counted(len(published), "entry", "entries"),
                number=len(own),
                missing=missing,
            )
        ]
    return []


def _texts_off_record(own: Sequence[Sealed], said: Sequence[Said]) -> list[str]:
    """Public texts that are not those on the record, nor follow from them by corrections that are to come there."""
    known = _recorded(own)
    return [
        phrase(
            "{name}: the public text is not the one on the record. Somebody has changed it in the ledger.",
            name=_named(each),
        )
        for each in said
        if known.get((each.about, each.language), each.sha256) not in each.hashes
    ]


def _not_recorded_yet(own: Sequence[Sealed], said: Sequence[Said]) -> list[str]:
    """Public texts that were corrected since the last entry: the daemon looks once an hour what there is to record."""
    known = _recorded(own)
    found: list[str] = []
    for each in said:
        recorded = known.get((each.about, each.language), each.sha256)
        if recorded in each.hashes[:-1]:
            number = len(each.hashes) - 1 - each.hashes.index(recorded)
            what = phrase("not on the record yet: {corrections}", corrections=counted(number, "correction"))
            found.append(
                phrase(
                    "{name}: {what}; within an hour the daemon puts it there. What it corrects is as it was.",
                    name=_named(each),
                    what=what,
                )
            )
    return found


def _recorded(own: Sequence[Sealed]) -> dict[tuple[tuple[str, str, str], str], str]:
    """The hash that each public text has by the last entry about it."""
    known: dict[tuple[tuple[str, str, str], str], str] = {}
    for each in own:
        if each.entry.channel_kind in {"", "feed", "website"}:
            known |= {(each.entry.about, text.language): text.sha256 for text in each.entry.texts}
    return known


def _named(each: Said) -> str:
    return f"{'/'.join(each.about[:2])} ({each.language})"


def _read(file: Path) -> list[Sealed]:
    """The entries of a published file, as they stand there."""
    text = file.read_text(encoding="utf-8-sig")
    try:
        return _of_csv(text) if file.suffix.lower() == ".csv" else _of_json(text)
    except (ValueError, KeyError, TypeError) as error:
        refuse(
            phrase(
                "{file}: expected a record as it was published ({format}), found something else: {error}.",
                file=file,
                format=FORMAT,
                error=error,
            )
        )


def _of_json(text: str) -> list[Sealed]:
    entries = json.loads(text, object_pairs_hook=_once)["entries"]
    return [Sealed(canonical({name: each[name] for name in each if name != HASH}), each[HASH]) for each in entries]


def _of_csv(text: str) -> list[Sealed]:
    return [
        Sealed(canonical(json.loads(row["entry"], object_pairs_hook=_once)), row[HASH])
        for row in csv.DictReader(io.StringIO(text, newline=""))
    ]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """What stands twice in an entry could be read in two ways."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(phrase("a name stands twice in one entry"))
    return found
