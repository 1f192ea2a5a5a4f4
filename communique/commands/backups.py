"""Commands that copy an installation to one file, and put it back."""

import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import chain, count
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import click

from communique import environment
from communique.channel import Secret
from communique.commands.console import Session, counted, refuse, tell
from communique.commands.written_files import told_when_not_written
from communique.installation import Installation
from communique.machine.file_exchange import Exchange
from communique.phrase import Phrase, phrase
from communique.rehearse.rehearsal_ledger import without_addresses
from communique.send.lead import Lead
from communique.store.backup import check_ledger, copy_ledger
from communique.store.database import open_database, sqlite_url
from communique.store.engine import DatabaseError
from communique.store.recipients import erasure, put_back
from communique.texts import tokens

_TEXTS = ("campaigns", "templates", "config")
_LEDGER, _KEY = "var/communique.sqlite", "var/secret.key"
_COPY = "backup."  #: begins the name of the folder in which a copy is made; then the process, and a name of its own
_MADE = ".communique-backup."  #: in the name of a file that is being written, whatever it will be called
_PROCESS = re.compile(r"\.(\d+)(?:\.\w+)?$")
#: What reading a zip file raises that is cut off, or in which a byte is another one.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError)
_WHOLE = (*_TEXTS, _LEDGER, f"{_LEDGER}-wal", f"{_LEDGER}-shm", _KEY)


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup_command(session: Session, file: Path) -> None:
    """Copy ledger, campaigns, templates, settings and the key of links into FILE (zip), while the daemon runs.

    FILE holds people's addresses and is readable by its owner only. It is whole or not there at all. An earlier backup
    of that name is replaced; any other file is left alone.
    """
    root = session.installation.root
    if _is_something_else(file):
        refuse(
            phrase(
                "{file} is there, and is not a backup: it is left as it is. Name another file, or delete it.", file=file
            )
        )
    _sweep(root / "var", f"{_COPY}*")
    _sweep(file.parent, f".*{_MADE}*")
    with (
        told_when_not_written(file),
        closing(session.installation.database()) as database,
        TemporaryDirectory(prefix=f"{_COPY}{os.getpid()}.", dir=root / "var") as folder,
    ):
        ledger = Path(folder) / "ledger"
        copy_ledger(database, ledger, session.clock())
        files = {_LEDGER: ledger, **{str(each.relative_to(root)): each for each in _texts(root)}}
        if (root / _KEY).is_file():
            files[_KEY] = root / _KEY
        _pack(files, file)
    tell(phrase("{file}: the ledger and {files}.", file=file, files=counted(len(files) - 1, "file")))


def _is_something_else(file: Path) -> bool:
    """Whether a file is there that no backup has written. One that is damaged is none of these."""
    try:
        with zipfile.ZipFile(file) as archive:
            return not _is_backup(archive)
    except _DAMAGE:
        with file.open("rb") as raw:
            return raw.read(2) not in {b"", b"PK"}
    except OSError:
        return False  # it is not there; or what is wrong with it is told when it is written


def _sweep(folder: Path, pattern: str) -> None:
    """Copies of the ledger that killed backups have left: the process in their name is no more."""
    for left in folder.glob(pattern):
        found = _PROCESS.search(left.name)
        if found is None or Path("/proc", found[1]).exists():
            continue
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _texts(root: Path) -> Iterator[Path]:
    for top in _TEXTS:
        yield from (each for each in sorted((root / top).rglob("*")) if each.is_file())


def _pack(files: dict[str, Path], into: Path) -> None:
    made = into.with_name(f".{into.name}{_MADE}{os.getpid()}")
    try:
        with os.fdopen(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, source in files.items():
                    archive.write(source, name)
            raw.flush()
            os.fsync(raw.fileno())
        made.replace(into)
    except BaseException:
        with suppress(OSError):
            made.unlink()
        raise


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def restore_command(session: Session, file: Path) -> None:
    """Put the backup FILE back into the workspace; the daemon must be stopped.

    What is there now is kept in `var/before-restore-…`. Who has left, moved to another address, or was erased since the
    backup, as the ledger that is there knows it, stays so. A backup does not know what was sent after it was made: the
    daemon holds everything until `communique resume --after-restore`.
    """
    installation = session.installation
    if environment.secret(installation.variables, "DATABASE_URL"):
        refuse(phrase("DATABASE_URL is set: this ledger is put back with pg_restore (docs/operators.md)."))
    root, lead = installation.root, Lead(installation.root / "var" / "daemon.lock", "restore")
    (root / "var").mkdir(exist_ok=True)
    exchange = Exchange(root)
    with closing(lead):
        if not lead.take():
            refuse(phrase("A daemon is running on this workspace: stop it first."))
        if exchange.is_broken_off():
            tell(
                phrase("The restore that was broken off is ended; what was there is in {kept}.", kept=exchange.go_on())
            )
        kept = _free(root / "var" / f"before-restore-{session.clock():%Y-%m-%d-%H%M%S}")
        with told_when_not_written(root), ExitStack() as stack:
            stack.callback(exchange.leave)
            exchange.begin()
            _unpack(file, exchange.new)
            # Before anything is moved: a restore that is broken off must let nobody come back, either.
            said = _keep_to_wishes(installation, exchange.new, kept, session.clock())
            exchange.carry_out(_WHOLE, kept, needed=[_KEY])
    tell(phrase("{file} is in place; what was there is in {kept}.", file=file, kept=kept))
    for each in said:
        tell(each)
    tell(phrase("Nothing goes out before: communique resume --after-restore in-doubt|send --as NAME"))


def _free(folder: Path) -> Path:
    """One that is not there yet."""
    names = (folder.with_name(f"{folder.name}-{number}") for number in count(2))
    return next(each for each in chain([folder], names) if not each.exists())


def _keep_to_wishes(installation: Installation, new: Path, kept: Path, now: datetime) -> list[Phrase]:
    """Let nobody come back who has left or was erased since the backup; what is to be said of that."""
    there = installation.root / _LEDGER
    if not there.is_file():
        return [phrase("No ledger was there: suppress and erase again whoever asked for it since the backup was made.")]
    # The key may be another one than the backup's: what it has hashed is known by it alone.
    key = installation.key
    new_key = replace(installation, root=new).key if (new / _KEY).is_file() else key
    try:
        with (
            closing(open_database(sqlite_url(there))) as earlier,
            closing(open_database(sqlite_url(new / _LEDGER))) as restored,
        ):
            with earlier.reading() as reading, restored.begin() as connection:
                digests = partial(tokens.digests, tokens.ERASED, key=key)
                digest = partial(_digest, key=new_key)
                learnt = put_back.keep_to_wishes(reading, connection, digests, digest, without_addresses, now)
            if learnt.erased:
                erasure.scrub(restored)
    except DatabaseError as error:
        return [
            phrase("Who has left or was erased since the backup is not known: {error}", error=error),
            phrase("Suppress and erase again whoever asked for it since."),
        ]
    said = []
    if learnt.moved:
        addresses = counted(learnt.moved, "address was", "addresses were")
        said.append(phrase("Since the backup: {addresses} changed, and stay so.", addresses=addresses))
    if learnt.left or learnt.erased:
        left = counted(learnt.left, "address that left", "addresses that left")
        said.append(
            phrase(
                "Since the backup: {left} stay so, {people} erased once again.",
                left=left,
                people=counted(learnt.erased, "person", "people"),
            )
        )
    return [*said, phrase("{parent} holds people's addresses: delete it when it is not needed any more.", parent=kept)]


def _digest(address: str, key: Secret) -> str:
    return tokens.digests(tokens.ERASED, address, key)[0]


def _unpack(file: Path, into: Path) -> None:
    """All of it, checked, before anything is moved."""
    try:
        with zipfile.ZipFile(file) as archive:
            if not _is_backup(archive):
                refuse(
                    phrase(
                        "{file}: expected a file that `communique backup` has written, found another zip file.",
                        file=file,
                    )
                )
            archive.extractall(into)
    except _DAMAGE as error:
        refuse(
            phrase(
                "{file}: expected a file that `communique backup` has written, found something else, or a part or a "
                "damaged copy of one ({error}). Copy it once more from where it was made, or take an earlier one.",
                file=file,
                error=error,
            )
        )
    if (into / _KEY).exists():
        (into / _KEY).chmod(0o600)
    check_ledger(into / _LEDGER)


def _is_backup(archive: zipfile.ZipFile) -> bool:
    """By its names, and by how they are packed."""
    names = archive.namelist()
    packed = {each.compress_type for each in archive.infolist()}
    return _LEDGER in names and all(_is_ours(name) for name in names) and packed <= {zipfile.ZIP_DEFLATED}


def _is_ours(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name in {_LEDGER, _KEY} or (parts[0] in _TEXTS and ".." not in parts)
