"""Letters in the place of mails that came back: owed as soon as an address is known to be dead."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, case, insert, literal, select, update

from communique.delivery import State
from communique.store.database import deliveries, occurrences, people, suppressions
from communique.store.deliveries.owed import References
from communique.store.metadata import UTCDateTime
from communique.store.tables.postal import postal_addresses

#: A mail that came back was sent, or may have been; one that was refused at once has failed.
_TRIED = (State.SENT, State.IN_DOUBT, State.FAILED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Instead:
    """A letter to each whose address has died since an occurrence was frozen, and who has a postal one."""

    occurrence: Any  #: the row of what they did not get
    channel: str  #: of the letters
    instead_of: Collection[str]  #: channels of the mails
    spoken: Sequence[str]  #: the languages of the letters, the first for readers of the others
    references: References  #: of the letters
    now: datetime  #: UTC


def are_owed(connection: Connection, letters: Instead) -> bool:
    """Whether there are any, asked without writing."""
    return connection.execute(_owed(connection, letters).limit(1)).first() is not None


def owe(connection: Connection, letters: Instead) -> int:
    """Write them down; how many."""
    owed = _owed(connection, letters)
    names = [column.name for column in owed.selected_columns]
    statement = insert(deliveries).from_select(names, owed, include_defaults=False)
    number = connection.execute(statement.execution_options(preserve_rowcount=True)).rowcount
    own = occurrences.c.id == letters.occurrence.id
    connection.execute(update(occurrences).where(own).values(planned=occurrences.c.planned + number))
    return number


def _owed(connection: Connection, letters: Instead) -> Select[Any]:
    occurrence, spoken = letters.occurrence, letters.spoken
    mailed, letter = deliveries.alias("mailed"), deliveries.alias("letter")
    language = case((mailed.c.language.in_(spoken), mailed.c.language), else_=literal(spoken[0]))
    values: dict[str, Any] = {
        "occurrence_id": literal(occurrence.id),
        "channel": literal(letters.channel),
        "person_id": mailed.c.person_id,
        "language": language,
        "role": mailed.c.role,
        "state": literal(str(State.SCHEDULED)),
        "reason": literal(""),
        "reference": letters.references.in_sql(mailed.c.person_id, language, connection.dialect.name),
        "attempts": literal(0),
        "resends": literal(0),
        "next_attempt_at": literal(letters.now, UTCDateTime()),
    }
    has_letter = select(letter.c.id).where(
        letter.c.occurrence_id == occurrence.id, letter.c.person_id == people.c.id, letter.c.channel == letters.channel
    )
    return (
        select(*(value.label(name) for name, value in values.items()))
        .distinct()
        .select_from(suppressions)
        .join(people, people.c.address_key == suppressions.c.address_key)
        .join(postal_addresses, postal_addresses.c.person_id == people.c.id)
        .join(
            mailed,
            and_(
                mailed.c.occurrence_id == occurrence.id,
                mailed.c.person_id == people.c.id,
                mailed.c.channel.in_(letters.instead_of),
            ),
        )
        .where(
            suppressions.c.is_dead,
            suppressions.c.since >= occurrence.frozen_at,
            mailed.c.state.in_(_TRIED),
            ~has_letter.exists(),
        )
    )
