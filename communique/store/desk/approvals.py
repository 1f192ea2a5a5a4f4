"""Who agreed to what: names bound to the hash of content, audience definition and time. Any change voids them."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, select

from communique.occasion import Occasion
from communique.settings import Approvals
from communique.store.read_once import read_once
from communique.store.tables.approval import approvals


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """What somebody said of one state of an announcement."""

    who: str
    note: str
    at: datetime
    asks_for_changes: bool
    digest: str  #: of the state it is about


def approve(connection: Connection, occasion: Occasion, digest: str, *, by: str, note: str, now: datetime) -> None:
    """Write an approval down, in the place of an earlier word of the same person on exactly this."""
    _say(connection, occasion, digest, Word(who=by, note=note, at=now, asks_for_changes=False, digest=digest))


def ask_for_changes(
    connection: Connection, occasion: Occasion, digest: str, *, by: str, note: str, now: datetime
) -> None:
    """Exactly this is not to go out: it waits until the text has changed, or the same person approves it."""
    _say(connection, occasion, digest, Word(who=by, note=note, at=now, asks_for_changes=True, digest=digest))


def _say(connection: Connection, occasion: Occasion, digest: str, word: Word) -> None:
    """Somebody's last word on exactly this is the one that counts."""
    for each in words(connection, occasion):
        if each.digest == digest and folded(each.who) == folded(word.who):
            mine = (*_is(occasion), approvals.c.hash == digest, approvals.c.approved_by == each.who)
            connection.execute(delete(approvals).where(*mine))
    values = {
        "campaign": occasion.campaign.campaign,
        "announcement": occasion.announcement,
        "occurrence": occasion.occurrence,
        "hash": digest,
        "approved_by": word.who,
        "note": word.note,
        "approved_at": word.at,
        "asks_for_changes": word.asks_for_changes,
    }
    connection.execute(insert(approvals).values(**values))


def approved_by(connection: Connection, occasion: Occasion, digest: str) -> list[str]:
    """Who has approved exactly this, in the order they did; whether it still counts is not asked."""
    return [each.who for each in words(connection, occasion, digest) if not each.asks_for_changes]


def last_at(connection: Connection) -> datetime | None:
    """When anything was approved last."""
    given = select(func.max(approvals.c.approved_at)).where(~approvals.c.asks_for_changes)
    at: datetime | None = connection.execute(given).scalar()
    return at


def words(connection: Connection, occasion: Occasion, digest: str | None = None) -> list[Word]:
    """What people have said of an announcement, or of exactly this state of it, the first first."""
    known = read_once(connection, "approvals", lambda: _by_occasion(connection))
    if known is not None:
        said = known.get((occasion.campaign.campaign, occasion.announcement, occasion.occurrence), ())
        return [each for each in said if digest in {None, each.digest}]
    query = _of(occasion).order_by(approvals.c.id)
    rows = connection.execute(query if digest is None else query.where(approvals.c.hash == digest))
    return [_word(row) for row in rows]


def _by_occasion(connection: Connection) -> Mapping[tuple[str, str, str], list[Word]]:
    found: dict[tuple[str, str, str], list[Word]] = {}
    for row in connection.execute(select(approvals).order_by(approvals.c.id)):
        found.setdefault((row.campaign, row.announcement, row.occurrence), []).append(_word(row))
    return found


def _word(row: Any) -> Word:
    return Word(
        who=row.approved_by,
        note=row.note,
        at=row.approved_at,
        asks_for_changes=row.asks_for_changes,
        digest=row.hash,
    )


def folded(name: str) -> str:
    """A name as it is compared: `ines  vidal` is Inés Vidal, and not a second person."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return " ".join(plain.casefold().split())


def lacking(rule: Approvals, authors: Collection[str], given: Sequence[str]) -> int:
    """How many approvals are still missing; each person counts once, however the name is spelt.

    Where two are asked, an author's own does not count; where approvers are named, only theirs do.
    """
    counted = set(map(folded, given))
    if rule.approvers:
        counted &= set(map(folded, rule.approvers))
    if rule.required > 1:
        counted -= set(map(folded, authors))
    return max(0, rule.required - len(counted))


def _of(occasion: Occasion) -> Select[Any]:
    return select(approvals).where(*_is(occasion))


def _is(occasion: Occasion) -> tuple[ColumnElement[bool], ...]:
    return (
        approvals.c.campaign == occasion.campaign.campaign,
        approvals.c.announcement == occasion.announcement,
        approvals.c.occurrence == occasion.occurrence,
    )
