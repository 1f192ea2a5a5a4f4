"""Where somebody's address or name stands in words of others: reasons that officers type, replies of servers.

Rows about a person go with them (`communique.store.recipients.erasure`); these stay, and name nobody any more.
"""

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Connection, func, or_, select, update

from communique.store.database import attempts, concerns, deliveries, journal, people, returns, suppressions
from communique.store.tables.approval import approvals
from communique.store.tables.cancellation import cancellations

#: What people type, and what strangers write.
_WORDS = (
    *(journal.c.what, approvals.c.note, cancellations.c.why, suppressions.c.reason),
    *(concerns.c.detail, concerns.c.told),
    *(returns.c.words, returns.c.subject, attempts.c.detail, deliveries.c.reason),
)
_NOBODY, _OTHER = "(erased)", "(another address)"
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")


def mask(connection: Connection, address_key: str) -> int:
    """Take whoever has an address out of the words of others; how many rows have changed."""
    names, changed = names_of(connection, address_key), 0
    for column, row, words in _found(connection, names):
        masked = _pattern(names).sub(_NOBODY, words)
        if masked != words:
            of = [key == row[key.name] for key in column.table.primary_key]
            # What strangers write calls them by other names, too.
            others = {"subject": _NOBODY} if column is returns.c.words else {}
            connection.execute(update(column.table).where(*of).values({column.name: masked, **others}))
            changed += 1
    return changed


def of_somebody(connection: Connection, address_key: str) -> list[dict[str, Any]]:
    """The same words, to be shown to them; addresses of others are not."""
    names = names_of(connection, address_key)
    mine = _pattern(names)
    found = ((column.table.name, words) for column, _, words in _found(connection, names) if mine.search(words))
    return [{"where": where, "words": _ADDRESS.sub(lambda each: _own(each, mine), words)} for where, words in found]


def _own(found: re.Match[str], mine: re.Pattern[str]) -> str:
    return found[0] if mine.search(found[0]) else _OTHER


def names_of(connection: Connection, address_key: str) -> list[str]:
    """What they are called: the address in both spellings, and a name of several words; one word is anybody's."""
    known = select(people.c.address, people.c.name).where(people.c.address_key == address_key)
    row = connection.execute(known).first()
    spellings = [address_key, row.address, row.name if " " in row.name.strip() else ""] if row else [address_key]
    return list(dict.fromkeys(each.strip() for each in spellings if each.strip()))


def _found(connection: Connection, names: list[str]) -> Iterator[tuple[Column[Any], dict[str, Any], str]]:
    """Each column with the key of its row and its words. A database folds the case of ASCII alone."""
    for column in _WORDS:
        spelt = [column.contains(name, autoescape=True) for name in names]
        spelt += [func.lower(column).contains(name.lower(), autoescape=True) for name in names]
        keys = list(column.table.primary_key)
        for row in connection.execute(select(column.label("said_in_words"), *keys).where(or_(*spelt))).mappings().all():
            yield column, {key.name: row[key] for key in keys}, row["said_in_words"]


def _pattern(names: list[str]) -> re.Pattern[str]:
    """`ana@example.org` is not in `mariana@example.org`, nor in `ana@example.org.uk`."""
    alike = "|".join(map(re.escape, names))
    return re.compile(rf"(?<![\w.+%-])(?:{alike})(?![\w-]|\.\w)", re.IGNORECASE)
