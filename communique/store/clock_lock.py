"""Which of several clocks leads: the one whose connection holds an advisory lock of the ledger's database."""

from sqlalchemy import Connection, func, select

from communique.store.database import Database

_CLOCK = 0x6F67706D  #: beside the writers' lock (`communique.store.engine`)


class ClockLock:
    """The lead of all clocks of one ledger on PostgreSQL; it is lost with the connection, whoever cuts that."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Whether it is held now; asked before every tick, because it may have gone with the connection.

        Raises:
            SQLAlchemyError: the database does not answer; the lock is another's from now on.
        """
        try:
            if self._connection is not None:
                self._connection.execute(select(1))
                return True
            # In no transaction, which would be ended for standing still.
            options = {"isolation_level": "AUTOCOMMIT", "communique_reading": True}
            connection = self._engine.connect().execution_options(**options)
            if connection.execute(select(func.pg_try_advisory_lock(_CLOCK))).scalar():
                self._connection = connection
            else:
                connection.close()
        except BaseException:
            self.close()
            raise
        return self._connection is not None

    def close(self) -> None:
        """Let another one lead."""
        if self._connection is not None:
            # Not back into the pool: the lock would live there.
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
