"""What must hold of a ledger at the end of every transaction, whoever wrote it: seen to at each commit of each test.

Commits of other processes are looked at from beside: `tests/ledger_watch.py`.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event

from communique.delivery import State

_RULES = {
    "planned is not the number of its deliveries": """
        SELECT id FROM occurrences AS o
        WHERE planned <> (SELECT count(*) FROM deliveries WHERE occurrence_id = o.id)""",
    "a delivery is in no state that there is": f"""
        SELECT id FROM deliveries WHERE state NOT IN ({", ".join(f"'{state.value}'" for state in State)})""",
    "a delivery is under way without a lease, or has a lease and is not": """
        SELECT id FROM deliveries
        WHERE (state IN ('sending', 'irrevocable')) <> (lease_token IS NOT NULL)""",
    "a delivery is done with and nothing says when, or is not and something does": """
        SELECT id FROM deliveries
        WHERE (state IN ('scheduled', 'sending', 'irrevocable')) <> (finished_at IS NULL)""",
    "a delivery is past the point of no return, and no attempt says so": """
        SELECT id FROM deliveries AS d WHERE state = 'irrevocable' AND NOT EXISTS (
            SELECT 1 FROM attempts WHERE delivery_id = d.id AND number = d.attempts AND outcome = 'irrevocable'
            AND irrevocable_at IS NOT NULL)""",
    "a delivery is not past the point of no return, and its attempt still is": """
        SELECT a.id FROM attempts AS a JOIN deliveries AS d ON d.id = a.delivery_id
        WHERE a.outcome = 'irrevocable' AND d.state IN ('scheduled', 'sending', 'sent', 'excluded', 'missed')""",
    "a digest carries what is not collected": """
        SELECT id FROM deliveries WHERE digest_id IS NOT NULL AND state <> 'collected'""",
    "a digest carries what was to go to somebody else, through another channel, or in another mode": """
        SELECT i.id FROM deliveries AS i JOIN deliveries AS d ON d.id = i.digest_id
        JOIN occurrences AS oi ON oi.id = i.occurrence_id JOIN occurrences AS od ON od.id = d.occurrence_id
        WHERE d.person_id <> i.person_id OR d.channel <> i.channel OR od.mode <> oi.mode""",
    "a digest that has gone carries nothing": """
        SELECT d.id FROM deliveries AS d JOIN occurrences AS o ON o.id = d.occurrence_id
        WHERE o.campaign = 'Digest' AND d.state IN ('irrevocable', 'sent', 'in_doubt')
        AND NOT EXISTS (SELECT 1 FROM deliveries WHERE digest_id = d.id)""",
    "an attempt has a number that its delivery has not reached": """
        SELECT a.id FROM attempts AS a JOIN deliveries AS d ON d.id = a.delivery_id WHERE a.number > d.attempts""",
    "a delivery counts other attempts than are on record": """
        SELECT id FROM deliveries AS d
        WHERE attempts <> (SELECT count(*) FROM attempts WHERE delivery_id = d.id)""",
}
#: Asked as one question, and of the driver: a test commits hundreds of times.
_ALL_RULES = " UNION ALL ".join(
    f"SELECT {number} AS rule, found.id FROM ({rule}) AS found" for number, rule in enumerate(_RULES.values())
)
_STATES = "SELECT id, state FROM deliveries"
LETTERS = "SELECT id, reference, state FROM deliveries"
#: What was wrong since somebody looked; a daemon lives on after an error, and a test is to fail all the same.
found: list[str] = []
_CHANGES = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM) (occurrences|deliveries|attempts)\b")
_before: WeakKeyDictionary[Connection, Mapping[int, str]] = WeakKeyDictionary()  #: the transaction under way
#: What a state may become in one transaction, besides itself.
_UNDER_WAY = {State.SCHEDULED, State.SENDING, State.IRREVOCABLE}
_LOST = {State.MISSED, State.FAILED, State.EXCLUDED, State.CANCELLED}
_NEXT: Mapping[State, set[State]] = {
    State.SCHEDULED: {State.SENDING, State.SENT, State.IN_DOUBT, *_LOST},
    State.SENDING: {State.SCHEDULED, State.IRREVOCABLE, State.IN_DOUBT, *_LOST},
    State.IRREVOCABLE: {State.SENT, State.FAILED, State.SCHEDULED, State.EXCLUDED, State.MISSED, State.IN_DOUBT},
    State.IN_DOUBT: {State.SENT, State.SCHEDULED, State.CANCELLED, State.FAILED},
    State.MISSED: {State.SCHEDULED, State.SENT, State.CANCELLED, State.EXCLUDED, State.COLLECTED},
    State.FAILED: {State.SCHEDULED, State.SENT, State.CANCELLED},
    State.EXCLUDED: {State.SCHEDULED, State.MISSED, State.COLLECTED},  # owed anew
    State.COLLECTED: {State.MISSED, State.CANCELLED},  # its time passed before the newsletter came, or it was withdrawn
    State.SENT: set(),
    State.CANCELLED: {State.SCHEDULED, State.COLLECTED},  # somebody took that back
}


def states(connection: Connection) -> dict[int, str]:
    """Of every delivery, as the database has them; asked of the driver, for they may be a thousand at each commit."""
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(_STATES)
        return dict(cursor.fetchall())


def broken_rules(cursor: Any) -> Iterator[str]:
    """What does not hold at the moment of one statement, one sentence each; `cursor` is of a driver."""
    cursor.execute(_ALL_RULES)
    broken = cursor.fetchall()
    for number, said in enumerate(_RULES):
        if ids := [row_id for rule, row_id in broken if rule == number]:
            yield f"{said}: {ids[:5]}"


def faults(connection: Connection, before: Mapping[int, str] | None = None) -> Iterator[str]:
    """What is wrong, one sentence each; `before` are the states at the last look."""
    with closing(connection.connection.cursor()) as cursor:
        yield from broken_rules(cursor)
    if before is None:
        return
    after = states(connection)
    changed = [number for number, state in after.items() if before.get(number, state) != state]
    for number in sorted(changed):
        if after[number] not in _NEXT[State(before[number])]:
            yield f"a delivery that was {before[number]} has become {after[number]}: {number}"
    if gone := before.keys() - after.keys():
        yield f"deliveries are gone: {sorted(gone)[:5]}"


def begin() -> None:
    """Look at every transaction of this process that changes what is owed; the one that breaks a rule is undone."""
    end()
    for name, listener in _LISTENERS:
        event.listen(Engine, name, listener)


def end() -> None:
    """Look no more."""
    for name, listener in _LISTENERS:
        if event.contains(Engine, name, listener):
            event.remove(Engine, name, listener)


def _remember(connection: Connection, _cursor: Any, statement: str, *_about: Any) -> None:
    if connection not in _before and _CHANGES.match(statement):
        _before[connection] = states(connection)


def _look(connection: Connection) -> None:
    before = _before.pop(connection, None)
    if before is not None and (wrong := [*faults(connection, before)]):
        found.extend(wrong)
        raise AssertionError(wrong)


def _forget(connection: Connection) -> None:
    _before.pop(connection, None)


_LISTENERS = (("before_cursor_execute", _remember), ("commit", _look), ("rollback", _forget))
