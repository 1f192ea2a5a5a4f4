"""Everything the database holds about one person: told to them (GDPR Art. 15, 20), and taken out of it (Art. 17)."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    Table,
    and_,
    delete,
    func,
    insert,
    not_,
    or_,
    select,
    text,
    update,
)

from communique.store.by_index import of_person
from communique.store.database import (
    Database,
    attempts,
    concerns,
    deliveries,
    journal,
    memberships,
    occurrences,
    people,
    returns,
    suppressions,
)
from communique.store.engine import DatabaseError
from communique.store.given import ForAll
from communique.store.recipients import answers, letters, mentions, traces, written_answers
from communique.store.recipients.domains import NOWHERE
from communique.store.tables.answer import answers as answers_table
from communique.store.tables.answer import written_answers as written_table
from communique.store.tables.approval import approvals
from communique.store.tables.cancellation import cancellations
from communique.store.tables.postal import postal_addresses
from communique.store.tables.subscriber import (
    consents,
    erasures,
    requests,
    subscription_topics,
    subscriptions,
    wordings,
)
from communique.store.tables.subscriber import (
    letters as letters_table,
)

#: Tables with addresses, or with rows that name a person by number.
_OF_PEOPLE = (
    *(people, postal_addresses, memberships, suppressions, requests, letters_table),
    *(consents, subscriptions, answers_table, written_table, returns),
    *(journal, approvals, cancellations, concerns),  # words that name them (communique.store.recipients.mentions)
)
_ATTEMPTED = (deliveries, attempts)
PATIENCE = 30.0  #: seconds that somebody may go on reading
_STILL_READ = (
    "the person is erased, but traces are left in the ledger's files: expected to write them anew, "
    "found another program reading them. Give the same command again when nothing is being sent"
)


def record(connection: Connection, address_key: str) -> dict[str, list[dict[str, Any]]]:
    """What is held about whoever has an address, by table; nothing where there is nothing."""
    found = {
        "person": _rows(connection, people, people.c.address_key == address_key),
        "suppression": _rows(connection, suppressions, suppressions.c.address_key == address_key),
    }
    known = found["person"][0]["id"] if found["person"] else 0
    asked = or_(requests.c.address_key == address_key, requests.c.person_id == (known or -1))
    found["requests"] = _rows(connection, requests, asked)
    found["written_answers"] = _rows(connection, written_table, written_answers.of_somebody(known, address_key))
    for person in found["person"]:
        mine = person["id"]
        found["postal_address"] = _rows(connection, postal_addresses, postal_addresses.c.person_id == mine)
        found["audiences"] = _rows(connection, memberships, memberships.c.person_id == mine)
        found["subscription"] = _rows(connection, subscriptions, subscriptions.c.person_id == mine)
        found["topics"] = _rows(connection, subscription_topics, subscription_topics.c.person_id == mine)
        proofs = select(consents, wordings.c.text).join(wordings).where(consents.c.person_id == mine)
        found["consents"] = [dict(row) for row in connection.execute(proofs).mappings()]
        found["answers"] = _rows(connection, answers_table, answers_table.c.person_id == mine)
        sent = (
            select(
                occurrences.c.mode,
                occurrences.c.campaign,
                occurrences.c.announcement,
                occurrences.c.occurrence,
                deliveries.c.channel,
                deliveries.c.language,
                deliveries.c.state,
                deliveries.c.reason,
                deliveries.c.finished_at,
            )
            .join(occurrences, occurrences.c.id == deliveries.c.occurrence_id)
            .where(of_person(mine))
            .order_by(deliveries.c.id)
        )
        found["messages"] = [dict(row) for row in connection.execute(sent).mappings()]
        came_back = (
            select(
                returns.c.kind, returns.c.verdict, returns.c.status, returns.c.words, returns.c.subject, returns.c.at
            )
            .join(deliveries, deliveries.c.id == returns.c.delivery_id)
            .where(of_person(mine))
        )
        found["returned_mail"] = [dict(row) for row in connection.execute(came_back).mappings()]
        found["said_of_messages"] = _said(connection, mine)
    found["letters"] = _rows(connection, letters_table, _letters_to(known or -1, address_key))
    found["mentions"] = mentions.of_somebody(connection, address_key)
    return {name: rows for name, rows in found.items() if rows}


def _letters_to(person: int, address_key: str) -> ColumnElement[bool]:
    """Of what was asked for, each address was mailed its own letter; what is about an answer went to the person."""
    to_former = letters_table.c.kind == letters.LetterKind.CHANGE_OLD
    of_person = select(requests.c.reference).where(requests.c.person_id == person)
    of_address = select(requests.c.reference).where(requests.c.address_key == address_key)
    return or_(
        letters_table.c.person_id == person,
        and_(to_former, letters_table.c.request.in_(of_person)),
        and_(not_(to_former), letters_table.c.request.in_(of_address)),
    )


def _said(connection: Connection, person: int) -> list[dict[str, Any]]:
    """What mail servers answered to what was sent to somebody."""
    said = (
        select(attempts.c.started_at, attempts.c.outcome, attempts.c.detail)
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .where(of_person(person), attempts.c.detail != "")
    )
    return [dict(row) for row in connection.execute(said.order_by(attempts.c.id)).mappings()]


def erase(
    connection: Connection, address_key: str, digest: str, without_addresses: Callable[[str], str], now: datetime
) -> bool:
    """Take a person out, and keep the digest of the address, so that nobody writes to it again; whether there was one.

    Deliveries keep a number that names nobody any more, so that the balance holds; what is still to go is left out.
    Without a digest nothing is kept.
    """
    known = connection.execute(select(people.c.id).where(people.c.address_key == address_key)).scalar()
    asked = or_(requests.c.address_key == address_key, requests.c.person_id == (known or 0))
    letters.forget(connection, select(requests.c.reference).where(asked))
    gone = connection.execute(delete(requests).where(asked)).rowcount
    gone += connection.execute(delete(suppressions).where(suppressions.c.address_key == address_key)).rowcount
    gone += connection.execute(
        delete(written_table).where(written_answers.of_somebody(known or 0, address_key))
    ).rowcount
    if known is not None:
        mask(connection, list(_ids(connection, int(known))), without_addresses)
        letters.forget_person(connection, int(known))
        answers.forget(connection, int(known))
        sorted_in = update(deliveries).where(of_person(known), deliveries.c.domain > "")
        connection.execute(sorted_in.values(domain=NOWHERE))
        returned = update(returns).where(returns.c.delivery_id.in_(list(_ids(connection, int(known)))))
        connection.execute(returned.values(domain=NOWHERE, system="", doubted=""))
        for table in (subscription_topics, subscriptions, consents, memberships, postal_addresses):
            connection.execute(delete(table).where(table.c.person_id == known))
        connection.execute(delete(people).where(people.c.id == known))
    traces.leave(connection, now)
    if digest and not is_erased(connection, [digest]):
        connection.execute(insert(erasures).values(digest=digest, since=now))
    return known is not None or gone > 0


def is_erased(connection: Connection, digests: Sequence[str]) -> bool:
    """Whether an address was erased; by its digests, one a line of the key."""
    found = select(func.count()).select_from(erasures).where(erasures.c.digest.in_(digests))
    return bool(connection.execute(found).scalar_one())


def erased_among(connection: Connection, digests: Sequence[str]) -> set[str]:
    """Which of these were erased."""
    return set(_ERASED_AMONG.execute(connection, [(each,) for each in digests]).scalars())


_ERASED_AMONG = ForAll(
    lambda given: select(erasures.c.digest).where(
        erasures.c.digest.in_(select(given.column(0, String())).select_from(given.of))
    )
)


def come_back(connection: Connection, digests: Sequence[str]) -> None:
    """The owner of the address has subscribed anew."""
    connection.execute(delete(erasures).where(erasures.c.digest.in_(digests)))


def scrub(database: Database, patience: float | None = None) -> None:
    """Take what was deleted out of the files, too: the database's own and its write-ahead log.

    `patience`: seconds that somebody may go on reading; `PATIENCE` unless given.

    On PostgreSQL, whose log is its server's business, the tables are written anew; those of deliveries only cleared.

    Raises:
        DatabaseError: somebody reads it for too long.
    """
    with database.reading() as connection:
        left = traces.left_at(connection)
    _write_anew(database, PATIENCE if patience is None else patience)
    if left is not None:
        with database.begin() as connection:
            traces.are_wiped(connection, left)


def _write_anew(database: Database, patience: float) -> None:
    url = database.engine.url
    if url.get_backend_name() == "sqlite":
        database.close()
        with closing(sqlite3.connect(str(url.database), timeout=patience, isolation_level=None)) as connection:
            try:
                connection.execute("VACUUM")
                busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            except sqlite3.OperationalError:
                busy = 1
        if busy:
            raise DatabaseError(_STILL_READ)
        return
    with database.by_statement() as connection:
        for table in _OF_PEOPLE:
            connection.execute(text(f"VACUUM FULL {table.name}"))
        for table in _ATTEMPTED:
            connection.execute(text(f"VACUUM {table.name}"))


def mask(connection: Connection, numbers: Sequence[int], changed: Callable[[str], str]) -> None:
    """What servers said about these deliveries may repeat whom a mail was for."""
    for table, column, of in (
        (deliveries, deliveries.c.reason, deliveries.c.id),
        (attempts, attempts.c.detail, attempts.c.delivery_id),
        (returns, returns.c.words, returns.c.delivery_id),
        (returns, returns.c.subject, returns.c.delivery_id),
    ):
        rows = connection.execute(select(table.c.id, column).where(of.in_(numbers))).all() if numbers else []
        for number, words in rows:
            if changed(words) != words:
                connection.execute(update(table).where(table.c.id == number).values({column: changed(words)}))


def _ids(connection: Connection, person: int) -> Iterator[int]:
    yield from connection.execute(select(deliveries.c.id).where(of_person(person))).scalars()


def _rows(connection: Connection, table: Table, where: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(select(table).where(where)).mappings()]
