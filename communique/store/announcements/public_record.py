"""The public record in the ledger, and what it is made from: numbers and hashes of what went out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, case, func, insert, select

from communique.correction import Correction
from communique.delivery import Mode, State
from communique.public_record import Sealed, as_hashed, hash_of
from communique.store.announcements import corrections
from communique.store.announcements.reach import accepted, arrived
from communique.store.database import DIGEST, attempts, deliveries, occurrences, publications
from communique.store.deliveries.owed import ALL
from communique.store.deliveries.owed_anew import is_cancelled_with_all
from communique.store.tables.public_record import public_record
from communique.texts.addresses import PUBLIC

_UNDER_WAY = (State.SCHEDULED, State.SENDING, State.IRREVOCABLE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Gone:
    """Copies of an announcement through one channel, in one language, to those of one role."""

    occurrence_id: int
    about: tuple[str, str, str]  #: campaign, announcement, occurrence
    due_at: datetime
    approved: str
    channel: str
    language: str
    role: str
    for_all: bool
    people: int  #: whose copy was accepted, and did not come back; 1 for everybody at once
    under_way: int
    first_at: datetime | None  #: when the first of them was accepted
    cancelled_at: datetime | None  #: when the last of those was cancelled that were stopped before they left


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A public text as it is now."""

    about: tuple[str, str, str]
    language: str
    headline: str
    path: str  #: of its page; empty without one
    text: str  #: as it is hashed
    hashes: tuple[str, ...]  #: as it was first, and with each correction

    @property
    def sha256(self) -> str:
        """Of the text as it is now."""
        return self.hashes[-1]


def entries(connection: Connection, mode: Mode) -> list[Sealed]:
    """All of them, the first first."""
    found = select(public_record.c.entry, public_record.c.hash).where(public_record.c.mode == mode)
    return [Sealed(row.entry, row.hash) for row in connection.execute(found.order_by(public_record.c.number))]


def add(connection: Connection, mode: Mode, sealed: Sequence[Sealed]) -> None:
    """Put them behind the last one.

    Raises:
        sqlalchemy.exc.IntegrityError: another process has recorded something since they were sealed.
    """
    rows = [{"mode": mode, "number": each.number, "entry": each.text, "hash": each.hash} for each in sealed]
    if rows:
        connection.execute(insert(public_record), rows)


def gone(connection: Connection, mode: Mode, *, since: datetime | None) -> list[Gone]:
    """What fell due from an instant on (None: ever), and of which something was accepted."""
    carrier = deliveries.alias()
    went, came = accepted(carrier), arrived(carrier)
    finished = case((deliveries.c.state == State.COLLECTED, carrier.c.finished_at), else_=deliveries.c.finished_at)
    for_all = (deliveries.c.person_id == ALL).label("for_all")
    meant = select(occurrences.c.id).where(occurrences.c.mode == mode, occurrences.c.campaign != DIGEST)
    if since is not None:
        meant = meant.where(occurrences.c.due_at >= since)
    # By number first: a million rows sorted by the names of what they are of take three times as long.
    each = (*(deliveries.c[name] for name in ("occurrence_id", "channel", "language", "role")), for_all)
    counted = (
        select(
            *each,
            func.count(came.distinct()).label("people"),
            func.sum(case((deliveries.c.state.in_(_UNDER_WAY), 1), else_=0)).label("under_way"),
            func.min(case((went, finished))).label("first_at"),
            func.max(case((is_cancelled_with_all(), deliveries.c.finished_at))).label("cancelled_at"),
        )
        .outerjoin_from(deliveries, carrier, carrier.c.id == deliveries.c.digest_id)
        .where(deliveries.c.occurrence_id.in_(meant))
        .group_by(*each)
        .subquery()
    )
    named = (occurrences.c[name] for name in ("id", "campaign", "announcement", "occurrence", "due_at", "hash"))
    query = (
        select(*named, counted)
        .join_from(counted, occurrences, counted.c.occurrence_id == occurrences.c.id)
        .order_by(occurrences.c.due_at, occurrences.c.id, counted.c.channel, counted.c.language)
    )
    return [_gone(row) for row in connection.execute(query)]


def _gone(row: Any) -> Gone:
    return Gone(
        occurrence_id=row.id,
        about=(row.campaign, row.announcement, row.occurrence),
        due_at=row.due_at,
        approved=row.hash,
        channel=row.channel,
        language=row.language,
        role=row.role,
        for_all=bool(row.for_all),
        people=row.people,
        under_way=int(row.under_way),
        first_at=row.first_at,
        cancelled_at=row.cancelled_at,
    )


def said(connection: Connection, mode: Mode) -> list[Said]:
    """Every public text as it is now, in the order they were published."""
    rows = connection.execute(
        select(publications)
        .where(publications.c.mode == mode, publications.c.audience == PUBLIC)
        .order_by(publications.c.published_at, publications.c.path)
    )
    corrected = corrections.in_mode(connection, mode)
    return [_said(row, corrected.get((row.campaign, row.announcement, row.occurrence), ())) for row in rows]


def _said(row: Any, corrected: Sequence[Correction]) -> Said:
    parts = [row.headline, row.summary, row.text]
    texts = [as_hashed(*parts)]
    for each in corrected:
        said, _ = each.said(row.language)
        parts += [said.headline, said.wrong, said.right, said.more]
        texts.append(as_hashed(*parts))
    return Said(
        about=(row.campaign, row.announcement, row.occurrence),
        language=row.language,
        headline=row.headline,
        path=row.path if row.on_website else "",
        text=texts[-1],
        hashes=tuple(map(hash_of, texts)),
    )


def posted(connection: Connection, occurrence: int, channel: str) -> dict[str, str]:
    """By language: hash of the text that went to a network; nothing for what has no text of its own."""
    query = (
        select(deliveries.c.language, attempts.c.content)
        .join(attempts, attempts.c.delivery_id == deliveries.c.id)
        .where(
            and_(deliveries.c.occurrence_id == occurrence, deliveries.c.channel == channel),
            deliveries.c.person_id == ALL,
            attempts.c.outcome == State.SENT,
        )
        .order_by(attempts.c.number)
    )
    texts = ((row.language, row.content.get("text") if row.content else None) for row in connection.execute(query))
    return {language: hash_of(text) for language, text in texts if isinstance(text, str) and text}
