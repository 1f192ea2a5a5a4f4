"""Corrections of what went out, on record: pages and feeds show them, and whoever got a copy is owed a notice."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from communique.correction import Corrected, Correction, told_as
from communique.delivery import Mode
from communique.store.announcements import notices
from communique.store.database import occurrences, publications
from communique.store.read_once import read_once
from communique.store.tables.correction import corrections

#: So long a correction is tried to be sent: a newsletter by week may carry what it is about seven days later.
_WORTH_SAYING = timedelta(days=14)


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A correction on record."""

    occurrence: int
    told_by: int
    correction: Correction
    headlines: Mapping[str, str]
    by: str

    def headline(self, language: str) -> str:
        """What was announced, in a language or in the first."""
        return self.headlines.get(language) or next(iter(self.headlines.values()), "")


def begin(
    connection: Connection,
    about: Any,
    correction: Correction,
    *,
    headlines: Mapping[str, str],
    milestones: Mapping[str, str],
    digest: str,
    by: str,
) -> int:
    """Put a correction on record, with the occurrence that tells of it; the number of that one.

    `about` is the row of what is corrected, `digest` the hash of what was approved, `milestones` are as they hold now.
    """
    now, name = correction.at, told_as(about.occurrence, correction.number)
    told_by = notices.begin(connection, about, name, now=now, lasts=_WORTH_SAYING, digest=digest, milestones=milestones)
    kept = {
        "told_by": told_by,
        "number": correction.number,
        "texts": {language: asdict(text) for language, text in correction.texts.items()},
        "headlines": dict(headlines),
        "corrected_by": by,
        "corrected_at": now,
    }
    connection.execute(insert(corrections).values(**kept))
    same = (publications.c[name] == about._mapping[name] for name in ("mode", "campaign", "announcement", "occurrence"))  # noqa: SLF001 - how SQLAlchemy names a row's columns
    connection.execute(update(publications).where(*same).values(updated_at=now))
    return told_by


def told_by(connection: Connection, occurrence: int) -> Kept | None:
    """The correction that an occurrence's deliveries tell of."""
    row = connection.execute(_kept().where(corrections.c.told_by == occurrence)).first()
    return _read(row) if row is not None else None


def of(connection: Connection, occurrence: int) -> list[Kept]:
    """The corrections of an occurrence, the first first."""
    known = read_once(connection, "corrections", lambda: _by_occurrence(connection))
    if known is not None:
        return list(known.get(occurrence, ()))
    found = _kept().where(occurrences.c.tells_of == occurrence).order_by(corrections.c.number)
    return [_read(row) for row in connection.execute(found)]


def _by_occurrence(connection: Connection) -> Mapping[int, list[Kept]]:
    found: dict[int, list[Kept]] = {}
    for row in connection.execute(_kept().order_by(corrections.c.number)):
        found.setdefault(row.tells_of, []).append(_read(row))
    return found


def in_mode(connection: Connection, mode: Mode) -> dict[tuple[str, str, str], tuple[Correction, ...]]:
    """All of them, by campaign, announcement and occurrence; the first first."""
    about = occurrences.alias("about")
    names = about.c.campaign, about.c.announcement, about.c.occurrence
    rows = connection.execute(
        _kept()
        .join(about, about.c.id == occurrences.c.tells_of)
        .add_columns(*(name.label(f"of_{name.name}") for name in names))
        .where(occurrences.c.mode == mode)
        .order_by(corrections.c.number)
    )
    found: dict[tuple[str, str, str], tuple[Correction, ...]] = {}
    for row in rows:
        key = row.of_campaign, row.of_announcement, row.of_occurrence
        found[key] = (*found.get(key, ()), _read(row).correction)
    return found


def _kept() -> Select[Any]:
    return select(corrections, occurrences.c.tells_of).join(occurrences, occurrences.c.id == corrections.c.told_by)


def _read(row: Row[Any]) -> Kept:
    texts = {language: Corrected(**text) for language, text in row.texts.items()}
    return Kept(
        occurrence=row.tells_of,
        told_by=row.told_by,
        correction=Correction(number=row.number, at=row.corrected_at, texts=texts),
        headlines=row.headlines,
        by=row.corrected_by,
    )
