"""What a reading transaction has read whole is not asked for again.

Who looks at every announcement asks the same of each: whether it has fallen due, who has approved it, which dates hold.
Asked one by one, a page would need more statements with each announcement that was ever written. A transaction that
writes reads each time anew, and only what it needs.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

from sqlalchemy import Connection

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
_OPTION = "communique_read_once"


def options() -> dict[str, Any]:
    """Of a connection that is for one reading transaction: what it has read."""
    return {_OPTION: {}}


def read_once(
    connection: Connection, what: Hashable, read: Callable[[], Mapping[Key, Value]]
) -> Mapping[Key, Value] | None:
    """All of something, by what it is asked for; None where the transaction may write."""
    known: dict[Hashable, Mapping[Key, Value]] | None = connection.get_execution_options().get(_OPTION)
    if known is None:
        return None
    if what not in known:
        known[what] = read()
    return known[what]
