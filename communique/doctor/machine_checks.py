"""This machine: Python, time zones, room, files, database."""

import importlib.metadata
import os
import sys
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from email import policy
from pathlib import Path
from tempfile import TemporaryFile

from communique.channel import Equipped
from communique.doctor.finding import Finding, ok, problem, warning
from communique.installation import Installation
from communique.machine.file_faults import SecretFileError
from communique.phrase import phrase, told_by
from communique.retention import past_retention
from communique.send.disk_reserve import MEGABYTE
from communique.store.condition import condition
from communique.store.database import Database
from communique.store.recipients import traces
from communique.workspace import Workspace

#: Further apart, signatures and certificates begin to be refused, and "on time" is not.
_WRONG_CLOCK = timedelta(seconds=60)
#: The daemon looks once an hour, and waits while announcements go out.
_OVERDUE = timedelta(days=2)
_NETWORKED = {"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p"}


def machine(
    installation: Installation, workspace: Workspace | None, database: Database | str, now: datetime
) -> Iterator[Finding]:
    """All that can be seen without leaving it (but for the database); `database`: or why it cannot be opened."""
    yield python(policy.default)
    yield time_zones(_zones_version(), now)
    if objection := installation.clock_objection:
        yield problem(phrase("clock"), objection, phrase("See which of the two is so, and do it."))
    opened = None if isinstance(database, str) else database
    if workspace is not None:
        if not workspace.settings.alerts.to:
            do = phrase("Write `alerts: {to: [you@town.example]}` into the settings.")
            yield warning(phrase("alerts"), phrase("nobody is told by mail when something needs a person"), do)
        yield from _room(installation, workspace, opened)
        yield from secret_files(installation, workspace)
    if isinstance(database, str):
        do = phrase("Mend that first: nothing goes out without the ledger, and what it would show was not looked at.")
        yield problem(phrase("ledger"), database, do)
        return
    yield from ledger(database, now)
    if workspace is not None:
        yield kept_no_longer(installation, workspace, database, now)
    yield file_system(database.folder, Path("/proc/mounts"))


def python(headers: object) -> Finding:
    """Whether `email` refuses a line end in a header: seen by what it has, as distributions mend old versions."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    if hasattr(headers, "verify_generated_headers"):
        return ok("python", version)
    found = phrase("{version} has CVE-2024-6923; our own check of every header stands in for it", version=version)
    return warning(
        "python", found, phrase("Update to 3.11.10, 3.12.5, 3.13 or newer, or to your distribution's patched one.")
    )


def time_zones(version: str, now: datetime) -> Finding:
    """`version` of the tz database, as `2026a`: rules of daylight saving time change at short notice."""
    year = version[:4]
    if not year.isdigit():
        return warning(
            phrase("time zones"),
            phrase("the version of the tz database is unknown"),
            phrase("Update the package `tzdata`."),
        )
    if int(year) < now.year - 1:
        return warning(
            phrase("time zones"),
            phrase("the tz database is of {version}", version=version),
            phrase("Update the package `tzdata`."),
        )
    return ok(phrase("time zones"), phrase("tz database {version}", version=version))


def _zones_version() -> str:
    """Of what `zoneinfo` reads: the system's files come first."""
    for folder in zoneinfo.TZPATH:
        file = Path(folder) / "tzdata.zi"
        if file.is_file():
            with file.open(encoding="utf-8") as lines:
                return lines.readline().removeprefix("# version ").strip()
        if Path(folder).is_dir():
            return ""
    return importlib.metadata.version("tzdata").replace(".", "")


def _room(installation: Installation, workspace: Workspace, database: Database | None) -> Iterator[Finding]:
    reserve = installation.reserve(workspace, database)
    folders = [*reserve.folders, *reserve.published]
    if short := reserve.objection() or reserve.shortage():
        yield problem(phrase("disk"), short, phrase("Make room."))
    else:
        least = min(reserve.free(folder) for folder in folders)
        found = phrase("{free} MB free, {least} needed", free=least // MEGABYTE, least=reserve.least // MEGABYTE)
        narrow = least < 4 * reserve.least
        yield (
            warning(phrase("disk"), found, phrase("Make room before it is short."))
            if narrow
            else ok(phrase("disk"), found)
        )
    for folder in dict.fromkeys(each for each in folders if each.is_dir()):
        try:
            with TemporaryFile(dir=folder):
                pass
        except OSError as error:
            do = phrase("Let the user that runs the daemon write there; run this command as that user.")
            yield problem(
                phrase("files"),
                phrase("nothing can be written to {folder}: {why}", folder=folder, why=error.strerror),
                do,
            )


def secret_files(installation: Installation, workspace: Workspace) -> Iterator[Finding]:
    """Files that hold secrets, and who may read them."""
    named = {"COMMUNIQUE_KEY", "DATABASE_URL"}
    for channel in workspace.settings.channels.values():
        named |= {value for value in channel.arguments.values() if isinstance(value, str)}
    files = [Path(file) for name in sorted(named) if (file := installation.variables.get(f"{name}_FILE"))]
    unread = list(_unread_secrets(installation, named))
    yield from unread
    files.append(installation.root / "var" / "secret.key")
    open_ones = [file for file in files if file.is_file() and file.stat().st_mode & 0o077]
    for each in open_ones:
        mode = f"{each.stat().st_mode & 0o777:o}"
        yield warning(
            phrase("secrets"),
            phrase("{file} can be read by others ({mode})", file=each, mode=mode),
            phrase("chmod 600 {file}", file=each),
        )
    if not open_ones and not unread:
        yield ok(phrase("secrets"), phrase("their files are for their owner only"))


def _unread_secrets(installation: Installation, names: Iterable[str]) -> Iterator[Finding]:
    for name in sorted(names):
        try:
            installation.read_secret(name)
        except SecretFileError as error:
            do = phrase("Run this as the user of the daemon, and let that user read the file, and nobody else.")
            yield problem(phrase("secrets"), told_by(error), do)


def ledger(database: Database, now: datetime) -> Iterator[Finding]:
    """Whether it can be read whole, what is committed stays, and whose clock is right."""
    with database.reading() as connection:
        found = condition(connection)
    if found.damage:
        do = phrase("Stop the daemon, and put a backup back (docs/operators.md, “Back up”).")
        yield problem(
            phrase("ledger"),
            phrase("{product}, and the file is damaged: {damage}", product=found.product, damage=found.damage),
            do,
        )
    elif found.is_durable:
        yield ok(phrase("ledger"), f"{found.product}, {found.details}")
    else:
        do = phrase("Set them on: without that the point of no return may be forgotten, and a mail goes twice.")
        yield problem(phrase("ledger"), f"{found.product}: {found.details}", do)
    if found.now is not None:
        yield clock(phrase("clock of the database"), found.now, now)


def kept_no_longer(installation: Installation, workspace: Workspace, database: Database, now: datetime) -> Finding:
    """Whether what is about people is erased when the settings say, and can be seen in no file afterwards."""
    past = past_retention(installation, workspace, database)
    if number := sum(past.counted(now - _OVERDUE).values()):
        do = phrase(
            "The daemon erases it once an hour: is it running? Or do it now: `communique retention --act --as NAME`."
        )
        return warning(
            phrase("retention"),
            phrase("{number} of what is about people are kept longer than the settings say", number=number),
            do,
        )
    with database.reading() as connection:
        left_at = traces.left_at(connection)
    if left_at is not None and left_at < now - _OVERDUE:
        do = phrase("Make room on the disk, or run `communique retention --act --as NAME` when nothing is being sent.")
        return warning(phrase("retention"), phrase("what was erased can still be seen in the ledger's files"), do)
    return ok(phrase("retention"), phrase("nothing about people is kept longer than the settings say"))


def clock(check: str, theirs: datetime, ours: datetime) -> Finding:
    """Whether two clocks agree."""
    apart = abs(theirs - ours)
    if apart <= _WRONG_CLOCK:
        return ok(check, phrase("agrees with this machine's"))
    do = phrase("See which of the two is wrong, and let it follow a time server (`timedatectl`).")
    return problem(check, phrase("{seconds} seconds from this machine's", seconds=int(apart.total_seconds())), do)


def libraries(channel: str, equipped: Equipped) -> Finding:
    """Whether a channel finds the libraries of the machine that it needs."""
    check, lack = phrase("libraries {channel}", channel=channel), equipped.lacks()
    if lack is None:
        return ok(check, phrase("all are there"))
    if lack.stops:
        return problem(check, lack.what, phrase("Install them: until then nothing goes through this channel."))
    return warning(check, lack.what, phrase("Install them, if you want that part: everything else goes."))


def file_system(folder: Path | None, mounts: Path) -> Finding:
    """Whether locks hold where the ledger lies: SQLite's do not on network file systems."""
    kinds = _mounted(mounts)
    above = [] if folder is None else [folder.resolve(), *folder.resolve().parents]
    kind = next((kinds[str(each)] for each in above if str(each) in kinds), "")
    if kind in _NETWORKED:
        do = phrase("Put the workspace's `var` on a local disk, or the ledger into PostgreSQL.")
        return problem(phrase("locks"), phrase("the ledger lies on {kind}, where locks do not hold", kind=kind), do)
    return ok(
        phrase("locks"),
        phrase("the ledger lies on {kind}", kind=kind) if kind else phrase("the ledger lies on a server"),
    )


def _mounted(mounts: Path) -> Mapping[str, str]:
    if not mounts.is_file():
        return {}
    lines = [line.split() for line in mounts.read_text(encoding="utf-8").splitlines()]
    return {os.fsdecode(line[1]): line[2] for line in lines}
