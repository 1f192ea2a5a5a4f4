"""What SQLAlchemy has compiled serves each ledger of a process: tests open thousands, and ask all of them the same.

By itself each engine compiles each statement anew, with a dialect of its own.
"""

from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.util import LRUCache

_SHARED: dict[
    type[Dialect], tuple[Dialect, LRUCache]
] = {}  #: by the class of a dialect: its first one, and its statements


def share() -> None:
    """From now on, in this process."""
    if not event.contains(Engine, "engine_connect", _adopt):
        event.listen(Engine, "engine_connect", _adopt)


def _adopt(connection: Connection) -> None:
    """The first dialect of its class that has met a server."""
    engine = connection.engine
    dialect, statements = _SHARED.setdefault(type(engine.dialect), (engine.dialect, LRUCache(2000)))
    if engine._compiled_cache is not statements:
        engine.dialect, engine._compiled_cache = dialect, statements
    connection.dialect = dialect
