"""What files have been, by whom and since when: kept in the ledger, so that backups have it and all machines see it."""

import hashlib
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from communique.store.tables.file import file_versions


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """A file as it was from a moment on."""

    id: int
    path: str
    at: datetime
    who: str  #: empty: changed outside the desk; `at` is when it was seen
    data: bytes


@dataclass(frozen=True, slots=True)
class Edit:
    """Somebody has saved a file at the desk."""

    id: int  #: of the version it made
    path: str
    who: str


def digest_of(data: bytes) -> str:
    """SHA-256, hex: by which a file is known as it was."""
    return hashlib.sha256(data).hexdigest()


def note(connection: Connection, path: str, data: bytes, *, who: str, now: datetime) -> bool:
    """A file is this now; False when it was this before."""
    mine = select(file_versions.c.sha256).where(file_versions.c.path == path).order_by(file_versions.c.id.desc())
    digest = digest_of(data)
    if connection.execute(mine.limit(1)).scalar() == digest:
        return False
    values = {"path": path, "at": now, "who": who, "sha256": digest, "packed": zlib.compress(data)}
    connection.execute(insert(file_versions).values(values))
    return True


def latest(connection: Connection) -> dict[str, str]:
    """The digest of every file as it was last seen."""
    last = select(func.max(file_versions.c.id)).group_by(file_versions.c.path)
    rows = connection.execute(select(file_versions.c.path, file_versions.c.sha256).where(file_versions.c.id.in_(last)))
    return {row.path: row.sha256 for row in rows}


def gone(connection: Connection, present: Collection[str]) -> list[str]:
    """Files that were seen once and are not among those there are; in the order of their names."""
    return sorted(latest(connection).keys() - present)


def of(connection: Connection, path: str, most: int, until: int | None = None) -> Sequence[Version]:
    """The last versions of a file, or the last until one, the newest first."""
    mine = select(file_versions).where(file_versions.c.path == path).order_by(file_versions.c.id.desc()).limit(most)
    rows = connection.execute(mine if until is None else mine.where(file_versions.c.id <= until))
    return [_version(row) for row in rows]


def by_id(connection: Connection, path: str, number: int) -> Version | None:
    """One version of a file."""
    mine = select(file_versions).where(file_versions.c.id == number, file_versions.c.path == path)
    row = connection.execute(mine).first()
    return _version(row) if row is not None else None


def edits_since(connection: Connection, since: datetime | None) -> Sequence[Edit]:
    """What people have saved at the desk since a moment, or ever, the first first."""
    query = select(file_versions.c.id, file_versions.c.path, file_versions.c.who).where(file_versions.c.who != "")
    query = query if since is None else query.where(file_versions.c.at >= since)
    return [Edit(row.id, row.path, row.who) for row in connection.execute(query.order_by(file_versions.c.id))]


def before(connection: Connection, path: str, number: int) -> Version | None:
    """What a file was before a version of it; None when nobody has seen it."""
    earlier = (file_versions.c.path == path, file_versions.c.id < number)
    row = connection.execute(select(file_versions).where(*earlier).order_by(file_versions.c.id.desc()).limit(1)).first()
    return _version(row) if row is not None else None


def _version(row: Any) -> Version:
    return Version(id=row.id, path=row.path, at=row.at, who=row.who, data=zlib.decompress(row.packed))
