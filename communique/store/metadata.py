"""What every table of the ledger's database has in common: names of constraints, and instants in UTC."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, DateTime, Index, MetaData, TypeDecorator, text

#: Constraints have names, so that a later version can change them.
_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """Aware instants in UTC: SQLite would forget the offset, so naive values are refused on the way in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """To UTC; without the offset where the database cannot keep it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("expected an aware instant, found a naive one")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        """Aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(naming_convention=_NAMES)


def partial_index(name: str, *columns: str, where: str) -> Index:
    """An index of those rows alone for which a condition holds: what is done with costs nothing."""
    return Index(name, *columns, info={"where": where})


def complete(tables: MetaData) -> MetaData:
    """With the conditions of partial indexes, for whoever makes the tables.

    SQLAlchemy keeps them for each database by itself, and would load PostgreSQL's dialect whenever a table is named.
    """
    for index in (each for table in tables.tables.values() for each in table.indexes if "where" in each.info):
        for dialect in ("sqlite", "postgresql"):
            index.dialect_options[dialect]["where"] = text(index.info["where"])
    return tables


def leave_room(connection: Connection) -> None:
    """In PostgreSQL each attempt is written twice; with room in its page no index hears of the second time."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ALTER TABLE IF EXISTS attempts SET (fillfactor = 45)")
