"""Who is written to: people, the audiences they are in, and those who must not be written to."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    FromClause,
    Integer,
    Select,
    String,
    bindparam,
    case,
    func,
    insert,
    literal,
    select,
    update,
)

from communique.answering import Only
from communique.channel import Recipient
from communique.language.address_faults import fault_of_address
from communique.language.escaping import UNSEEN
from communique.postal_address import PostalAddress
from communique.store.database import memberships, people, suppressions
from communique.store.given import ForAll, Given
from communique.store.recipients import postal_addresses
from communique.store.recipients.answer_standings import stands
from communique.store.recipients.domains import domain_of
from communique.store.recipients.ways import Way, barred, is_for, unreachable
from communique.store.recipients.wishes import COLLECTS, Waiting, Wish, wants
from communique.store.tables.subscriber import subscriptions

_AT_ONCE = 2_000  #: rows read from the database, or written to it, at once


class AddressError(ValueError):
    """Not an e-mail address; the message says why."""


class Person(NamedTuple):
    """Somebody in an audience."""

    id: int
    address: str  #: empty for those whom only letters reach
    address_key: str
    name: str
    language: str
    organisation: str

    def as_recipient(self, language: str) -> Recipient:
        """As a channel sees them, in the language a message is in."""
        number, address, _, name, _, organisation = self
        return Recipient._make((str(number), address, name, language, organisation))  # sooner than by name


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A person as imported: with an e-mail address, a postal one, or both."""

    address: str  #: empty: none
    name: str
    language: str
    organisation: str
    postal: PostalAddress | None = None
    known_key: str = field(default="", compare=False)  #: `key`, where it has been worked out before

    @property
    def key(self) -> str:
        """What tells the person from all others.

        Raises:
            AddressError: the e-mail address is none.
        """
        if self.known_key:
            return self.known_key
        if self.postal is not None and not self.address:
            return postal_addresses.post_key(self.name, self.postal)
        return address_key(self.address)


def address_key(address: str) -> str:
    """The one form by which two spellings of an address are the same: NFC, lower case, domain as A-label.

    The key of somebody who has none (`post:…`) is its own.

    Raises:
        AddressError: it is no address.
    """
    if address.startswith(postal_addresses.POST):
        return address
    from email_validator import EmailNotValidError, validate_email  # loads a resolver of names, which takes a while

    try:
        valid = validate_email(address, check_deliverability=False, allow_smtputf8=True, strict=True)
    except EmailNotValidError as error:
        raise AddressError(fault_of_address(str(error))) from None
    return f"{valid.local_part.lower()}@{valid.ascii_domain.lower()}"


def add(connection: Connection, rows: Iterable[Row], *, audience: str, basis: str, source: str, now: datetime) -> int:
    """Put people into an audience; who is known already is brought up to date. The number that is new in it.

    A language that somebody has chosen on a page stays theirs. All in one transaction; for a long list there is
    `communique.store.recipients.list_import`.
    """
    added = 0
    waiting = iter(rows)
    while some := list(islice(waiting, _AT_ONCE)):
        ids = bring_up_to_date(connection, {row.key: row for row in some}, now).values()
        added += join(connection, ids, audience=audience, basis=basis, source=source, now=now)
    return added


def join(
    connection: Connection, persons: Iterable[int], *, audience: str, basis: str, source: str, now: datetime
) -> int:
    """Put people who are known into an audience, by their ids; the number that is new in it."""
    given = [(each,) for each in persons]
    result = _JOIN.execute(connection, given, audience=audience, basis=basis, source=source, added_at=now)
    return int(result.rowcount)


def bring_up_to_date(connection: Connection, rows: Mapping[str, Row], now: datetime) -> dict[str, int]:
    """Each person of these rows as their row says; what is the same already is not written. Their ids, by key."""
    wanted = {
        key: {"address": row.address, "name": row.name, "language": row.language, "organisation": row.organisation}
        for key, row in rows.items()
    }
    ids: dict[str, int] = {}
    changed = []
    for known in _KNOWN_AMONG.execute(connection, [(key,) for key in wanted]):
        ids[known.address_key] = known.id
        values = wanted[known.address_key] | ({"language": known.language} if known.has_chosen else {})
        if {name: getattr(known, name) for name in values} != values:
            changed.append({"known": known.id, **values})
    if changed:
        connection.execute(update(people).where(people.c.id == bindparam("known")), changed)
    new = [key for key in wanted if key not in ids]
    if new:
        made = [{"address_key": key, "domain": domain_of(key), "created_at": now, **wanted[key]} for key in new]
        connection.execute(insert(people), made)
        ids |= {each.address_key: each.id for each in _KNOWN_AMONG.execute(connection, [(key,) for key in new])}
    homes = {ids[key]: row.postal for key, row in rows.items() if row.postal is not None}
    postal_addresses.keep(connection, homes)
    return ids


class Member(NamedTuple):
    """Somebody in one of several audiences."""

    person: Person
    audience: str  #: the first one, in the order given, that has them
    suppressed: str  #: why they must not be written to; empty when they may
    unreachable: str = ""  #: why they cannot be


def members(
    connection: Connection,
    audiences: Sequence[str],
    wish: Wish | Waiting | None = None,
    only: Only | None = None,
    way: Way = Way.MAIL,
) -> Iterator[Member]:
    """Everybody in these audiences, each once, by id; read as they are asked for, whatever their number.

    With `wish`, those subscribers only who have it; with `only`, those who stand so towards a meeting.
    """
    within = in_any(audiences)
    found = (
        select(*(people.c[name] for name in Person._fields), within.c.nth, barred(way), unreachable(way))
        .join(within, within.c.person_id == people.c.id)
        .outerjoin(suppressions, suppressions.c.address_key == people.c.address_key)
        .order_by(within.c.person_id)
        .execution_options(yield_per=_AT_ONCE)
    )
    with connection.execute(wishing(found, wish, only, way)) as rows:
        for *known, nth, reason, no_way in rows:
            yield Member(Person._make(known), audiences[nth], reason, no_way)


class Group(NamedTuple):
    """Members of audiences who have this in common, and their number."""

    language: str
    suppressed: str  #: as of a `Member`
    unreachable: str  #: as of a `Member`
    listed: bool  #: whether their addresses are among those asked about
    number: int
    collected: bool = False  #: whether they want it by day or week


def groups(
    connection: Connection,
    audiences: Sequence[str],
    addresses: Collection[str] = (),
    wish: Wish | Waiting | None = None,
    only: Only | None = None,
    way: Way = Way.MAIL,
) -> list[Group]:
    """The `members` counted, and how many of them have one of these canonical addresses."""
    within = in_any(audiences)
    among = people.c.address_key.in_(addresses) if addresses else literal(value=False)
    collected = COLLECTS if wish else literal(value=False)
    columns = (
        people.c.language,
        barred(way).label("barred"),  # not `reason`: PostgreSQL would group by the column of that name
        unreachable(way).label("unreachable"),
        among.label("among"),
    )
    alike = "language", "barred", "unreachable", "among", "collected"
    counted = (
        select(*columns, func.count(), collected.label("collected"))
        .select_from(people)
        .join(within, within.c.person_id == people.c.id)
        .outerjoin(suppressions, suppressions.c.address_key == people.c.address_key)
        .group_by(*alike)
        .order_by(*alike)
    )
    return [Group(*row) for row in connection.execute(wishing(counted, wish, only, way))]


def wishing(
    found: Select[Any], wish: Wish | Waiting | None, only: Only | None = None, way: Way = Way.MAIL
) -> Select[Any]:
    """Of rows of `people`, those who have the wish, stand towards a meeting as is asked for, and are written to so."""
    if (meant := is_for(way)) is not None:
        found = found.where(meant)
    if only is not None:
        found = found.where(stands(only))
    if wish is None:
        return found
    return found.outerjoin(subscriptions, subscriptions.c.person_id == people.c.id).where(wants(wish))


class Kind(NamedTuple):
    """Members of audiences who may be written to, and whose mails say the same but for values."""

    language: str
    audience: str  #: as of a `Member`
    example: int  #: id of the first of them


def kinds(
    connection: Connection,
    audiences: Sequence[str],
    addresses: Collection[str] | None = None,
    wish: Wish | Waiting | None = None,
    only: Only | None = None,
    way: Way = Way.MAIL,
) -> list[Kind]:
    """What `members` there are to write to, by language, audience, and whether they have a name and an organisation.

    With `addresses` (canonical ones) of these alone.
    """
    within = in_any(audiences)
    differing = (
        people.c.language,
        within.c.nth,
        *(_appearance(people.c[name], connection.dialect.name) for name in ("name", "organisation")),
    )
    example = func.min(people.c.id).label("example")
    found = (
        select(people.c.language, within.c.nth, example)
        .join(within, within.c.person_id == people.c.id)
        .outerjoin(suppressions, suppressions.c.address_key == people.c.address_key)
        .where(barred(way) == "", unreachable(way) == "")
        .group_by(*differing)
        .order_by(example)
    )
    if addresses is not None:
        found = found.where(people.c.address_key.in_(addresses))
    rows = connection.execute(wishing(found, wish, only, way))
    return [Kind(row.language, audiences[row.nth], row.example) for row in rows]


def _appearance(value: ColumnElement[str], dialect: str) -> ColumnElement[int]:
    """0: there is none, 1: `in_line` leaves nothing of it, 2: something is seen; most are told by their first one."""
    first = func.unicode(value) if dialect == "sqlite" else func.ascii(value)
    shown = first.not_in(list(map(ord, UNSEEN)))
    return case((value == "", 0), (shown, 2), (func.trim(value, UNSEEN) == "", 1), else_=2)


def in_any(audiences: Sequence[str], *also: ColumnElement[bool]) -> FromClause:
    """`person_id` of everybody in these, with the place of the first one that has them (`nth`).

    `also`: what else must be true of their memberships.
    """
    places = [(memberships.c.audience == audience, place) for place, audience in enumerate(audiences)]
    chosen = memberships.c.audience.in_(audiences), *also
    if len(places) == 1:  # read as it stands in the table, by id
        return select(memberships.c.person_id, literal(0).label("nth")).where(*chosen).subquery()
    nth = func.min(case(*places) if places else literal(0)).label("nth")
    return select(memberships.c.person_id, nth).where(*chosen).group_by(memberships.c.person_id).subquery()


def size(connection: Connection, audience: str) -> int:
    """How many are in an audience."""
    counted = select(func.count()).select_from(memberships).where(memberships.c.audience == audience)
    return int(connection.execute(counted).scalar_one())


def by_id(connection: Connection, person: int) -> Person | None:
    """A person, if still known."""
    row = connection.execute(select(people).where(people.c.id == person)).first()
    return _person(row) if row else None


def erased_among(connection: Connection, ids: Collection[int]) -> set[int]:
    """Which of these people are known no more."""
    return {*ids} - {*_IDS_AMONG.execute(connection, [(each,) for each in ids]).scalars()}


def by_address(connection: Connection, address: str) -> Person | None:
    """A person by any spelling of the address.

    Raises:
        AddressError: it is no address.
    """
    row = connection.execute(select(people).where(people.c.address_key == address_key(address))).first()
    return _person(row) if row else None


def audiences_of(connection: Connection, person: int) -> list[str]:
    """The audiences somebody is in, by name."""
    rows = connection.execute(
        select(memberships.c.audience).where(memberships.c.person_id == person).order_by(memberships.c.audience)
    )
    return [row.audience for row in rows]


_KNOWN_AMONG = ForAll(
    lambda given: (
        select(
            *(people.c[name] for name in ("id", "address_key", "address", "name", "language", "organisation")),
            subscriptions.c.person_id.is_not(None).label("has_chosen"),
        )
        .outerjoin_from(people, subscriptions, subscriptions.c.person_id == people.c.id)
        .where(people.c.address_key.in_(select(given.column(0, String())).select_from(given.of)))
    )
)
_IDS_AMONG = ForAll(
    lambda given: select(people.c.id).where(people.c.id.in_(select(given.column(0, Integer())).select_from(given.of)))
)


def _joining(given: Given) -> Executable:
    number = given.column(0, Integer())
    is_in = select(memberships.c.person_id).where(
        memberships.c.audience == bindparam("audience"), memberships.c.person_id == people.c.id
    )
    values = {
        "audience": bindparam("audience", type_=String()),
        "person_id": people.c.id,
        "basis": bindparam("basis", type_=String()),
        "source": bindparam("source", type_=String()),
        "added_at": bindparam("added_at", type_=memberships.c.added_at.type),
    }
    new = (
        select(*values.values())
        .select_from(people)
        .where(people.c.id.in_(select(number).select_from(given.of)), ~is_in.exists())
        .order_by(people.c.id)
    )
    return insert(memberships).from_select(list(values), new).execution_options(preserve_rowcount=True)


_JOIN = ForAll(_joining)


def _person(row: Any) -> Person:
    return Person._make(getattr(row, name) for name in Person._fields)
