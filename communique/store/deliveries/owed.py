"""Copies that are owed, written down: those to each of many people by the database itself, at the cost of a row."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, bindparam, case, cast, func, literal, null, select
from sqlalchemy.sql.dml import Insert

from communique.answering import Only
from communique.delivery import State
from communique.localisation.regional_languages import spoken_for
from communique.store.database import deliveries, memberships, people, suppressions
from communique.store.recipients.people import in_any, wishing
from communique.store.recipients.ways import Way, barred, unreachable
from communique.store.recipients.wishes import COLLECTS, Waiting, Wish

ALL = 0  #: in `person_id`: everyone at once
#: Ids gone through in one statement: none takes long, and what the database sorts stays small.
_AT_ONCE = 100_000
_KEY = ("occurrence_id", "person_id", "channel", "language")
#: What a copy is owed with; what was tried before stays on record.
_OWED = ("role", "state", "reason", "reference", "next_attempt_at", "finished_at")


@dataclass(frozen=True, kw_only=True, slots=True)
class References:
    """Identities on the wire of an announcement's copies through one channel: the same however often they are made."""

    of: str  #: what they are copies of, and through which channel
    host: str

    def to(self, person: int, language: str) -> str:
        """A copy's: a Message-ID without its angle brackets, that says nothing about whom it is for."""
        return f"{hashlib.sha256(f'{self.of}/{person}/{language}'.encode()).hexdigest()[:32]}@{self.host}"

    def in_sql(self, person: ColumnElement[int], language: ColumnElement[str], dialect: str) -> ColumnElement[str]:
        """The same, made by the database."""
        text = literal(f"{self.of}/") + cast(person, String) + "/" + language
        if dialect == "sqlite":
            digest = func.sha256_hex(text)  # ours: communique.store.engine
        else:
            digest = func.encode(func.sha256(func.convert_to(text, "UTF8")), "hex")
        return func.substr(digest, 1, 32, type_=String) + f"@{self.host}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Owed:
    """One copy to be frozen."""

    channel: str
    language: str
    person: int  #: `ALL` when the channel reaches everyone at once
    role: str = ""
    state: State = State.SCHEDULED
    reason: str = ""
    reference: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwedToEach:
    """One copy to everybody in some audiences, to be frozen: who that is, the database knows."""

    channel: str
    audiences: Sequence[str]
    roles: Sequence[str]  #: of the audiences, in their order
    languages: Sequence[str]  #: a person gets the one that they read best, else the first
    references: References
    suppressed: str  #: what stands before the reason, for those who must not be written to
    listed: Collection[str] | None = None  #: canonical addresses that may be written to; None: all of them
    unlisted: str = ""  #: why the others must not be
    wish: Wish | Waiting | None = None  #: what subscribers must have chosen to get one
    only: Only | None = None  #: how they must stand towards a meeting
    way: Way = Way.MAIL
    state: State = State.SCHEDULED  #: of all others
    reason: str = ""


def write(
    connection: Connection, occurrence: int, owed: Iterable[Owed | OwedToEach], now: datetime, *, anew: bool = False
) -> int:
    """Write copies down, in the order they are given and by id; how many. With `anew` those that are known change.

    Raises:
        sqlalchemy.exc.IntegrityError: one is known already, and this is not `anew`.
    """
    insert = _insert(connection.dialect.name, anew=anew)
    written, single = 0, list[dict[str, Any]]()
    for each in owed:
        if isinstance(each, Owed):
            single.append(_row(occurrence, each, now))
            continue
        written += _write(connection, insert, single)
        single = []
        written += _write_to_each(connection, insert, occurrence, each, now)
    return written + _write(connection, insert, single)


def _insert(dialect: str, *, anew: bool) -> Insert:
    insert = import_module(f"sqlalchemy.dialects.{dialect}").insert(deliveries)  # the other one takes a while to load
    changed: Insert = insert.on_conflict_do_update(index_elements=_KEY, set_=_anew(insert.excluded)) if anew else insert
    return changed


def _anew(excluded: Any) -> dict[str, Any]:
    return {name: excluded[name] for name in _OWED}


def _write(connection: Connection, insert: Insert, rows: Sequence[dict[str, Any]]) -> int:
    if rows:
        connection.execute(insert, rows)
    return len(rows)


def _row(occurrence: int, owed: Owed, now: datetime) -> dict[str, Any]:
    return {
        "occurrence_id": occurrence,
        "channel": owed.channel,
        "person_id": owed.person,
        "language": owed.language,
        "role": owed.role,
        "state": owed.state,
        "reason": owed.reason,
        "reference": owed.reference,
        "next_attempt_at": now,
        "finished_at": None if owed.state is State.SCHEDULED else now,
    }


def _write_to_each(connection: Connection, insert: Insert, occurrence: int, owed: OwedToEach, now: datetime) -> int:
    ends = select(func.min(memberships.c.person_id), func.max(memberships.c.person_id))
    first, last = connection.execute(ends.where(memberships.c.audience.in_(owed.audiences))).one()
    if first is None:
        return 0
    copies = _copies(connection.dialect.name, occurrence, owed, _read_best(connection, owed.languages), now)
    names = [column.name for column in copies.selected_columns]
    statement = insert.from_select(names, copies, include_defaults=False).execution_options(preserve_rowcount=True)
    return sum(
        connection.execute(statement, {"first": begin, "last": begin + _AT_ONCE - 1}).rowcount
        for begin in range(first, last + 1, _AT_ONCE)
    )


def _read_best(connection: Connection, languages: Sequence[str]) -> Mapping[str, str]:
    """By languages of people that are none of these: the one that they read, `es` for `es-MX`."""
    others = connection.execute(select(people.c.language).distinct().where(people.c.language.not_in(languages)))
    found = {own: spoken_for(own, languages) for own in sorted(others.scalars())}
    return {own: best for own, best in found.items() if best}


def _copies(
    dialect: str, occurrence: int, owed: OwedToEach, read_best: Mapping[str, str], now: datetime
) -> Select[Any]:
    """The rows of people whose ids are from `first` to `last`."""
    among = in_any(owed.audiences, memberships.c.person_id.between(bindparam("first"), bindparam("last")))
    person, suppressed = people, barred(owed.way)
    no_way = unreachable(owed.way)
    must_not = [(suppressed != "", literal(owed.suppressed) + suppressed), (no_way != "", no_way)]
    if owed.listed is not None:
        must_not.append((person.c.address_key.not_in(owed.listed), literal(owed.unlisted)))

    def by_whether(excluded: Callable[[Any], Any], otherwise: Any, collected: Any) -> ColumnElement[Any]:
        # What is about to go, and is a newsletter's, waits for those who want it by day or week.
        waits = [(COLLECTS, collected)] if isinstance(owed.wish, Wish) and owed.state is State.SCHEDULED else []
        return case(*((condition, excluded(words)) for condition, words in must_not), *waits, else_=otherwise)

    language = case(
        (person.c.language.in_(owed.languages), person.c.language),
        *((person.c.language == own, literal(best, String)) for own, best in read_best.items()),
        else_=literal(owed.languages[0], String),
    )
    at = literal(now, deliveries.c.finished_at.type)
    values: dict[str, ColumnElement[Any]] = {
        "occurrence_id": literal(occurrence),
        "channel": literal(owed.channel),
        "person_id": among.c.person_id,
        "language": language,
        "role": case(dict(enumerate(owed.roles)), value=among.c.nth, else_=""),
        "state": by_whether(
            lambda _: literal(str(State.EXCLUDED)), literal(str(owed.state)), literal(str(State.COLLECTED))
        ),
        "reason": by_whether(lambda words: words, literal(owed.reason), literal("")),
        "reference": owed.references.in_sql(among.c.person_id, language, dialect),
        "attempts": literal(0),
        "resends": literal(0),
        "next_attempt_at": at,
        "finished_at": by_whether(lambda _: at, null() if owed.state is State.SCHEDULED else at, at),
    }
    found = (
        select(*(value.label(name) for name, value in values.items()))
        .select_from(among.join(person, person.c.id == among.c.person_id))
        .outerjoin(suppressions, suppressions.c.address_key == person.c.address_key)
        .order_by(among.c.person_id)
    )
    return wishing(found, owed.wish, owed.only, owed.way)
