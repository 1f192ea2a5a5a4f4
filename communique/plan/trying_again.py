"""Copies that failed, tried again at an officer's word: what was in the way has been put right."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from communique.channel import Form
from communique.joined_phrases import all_of
from communique.phrase import phrase
from communique.plan.planning import Planner
from communique.problems import did_you_mean
from communique.store.deliveries import tried_again, troubles
from communique.store.deliveries.tried_again import Failed, Kept
from communique.store.desk import journal
from communique.store.turns import Turns

_PIECE = 1_000  #: copies in a transaction: some hundredths of a second
#: Why some are left as they are.
REASONS: Mapping[Kept, str] = {
    Kept.LATE: phrase("their time has passed"),
    Kept.WITHDRAWN: phrase("what they say was withdrawn"),
    Kept.CLOSED: phrase("their channel is not in the settings any more"),
    Kept.DOUBTED: phrase("they may have gone out, or somebody has said what became of them"),
    Kept.ERASED: phrase("whom they were for has been erased"),
    Kept.SUPPRESSED: phrase("who has left or must not be written to, or has an address that is given up"),
}


class NoneFailedError(Exception):
    """Nothing of it may be tried again; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Again:
    """What may be tried again, and what may not."""

    which: Failed
    copies: Mapping[str, int]  #: by channel
    left: Mapping[Kept, int]

    @property
    def number(self) -> int:
        """How many may be."""
        return sum(self.copies.values())


def foreseen(
    planner: Planner,
    connection: Connection,
    name: tuple[str, str],
    now: datetime,
    *,
    channel: str = "",
    words: str | None = None,
) -> Again:
    """What failed of an announcement, of a channel or of all, and of some words or of any. Changes nothing.

    Raises:
        NoneFailedError: nothing of it may be tried again.
    """
    routes = planner.workspace.routes
    letters = [each for each, route in routes.items() if route.form is Form.LETTER]
    which = Failed(
        mode=planner.mode, name=name, open_channels=list(routes), letters=letters, channel=channel, words=words
    )
    copies: Counter[str] = Counter()
    left: Counter[Kept] = Counter()
    for (through, kept), number in tried_again.counted(connection, which, now).items():
        if kept is Kept.NOT_KEPT:
            copies[through] += number
        else:
            left[kept] += number
    if copies:
        return Again(which=which, copies=copies, left=left)
    if left:
        why = all_of([REASONS[kept] for kept, _ in left.most_common()])
        raise NoneFailedError(phrase("None of the copies that failed can be tried again: {why}.", why=why))
    if channel and channel not in routes:
        hint = did_you_mean(channel, routes)
        raise NoneFailedError(phrase("No channel `{channel}`. {hint}", channel=channel, hint=hint))
    raise NoneFailedError(phrase("No copy of {name} has failed.", name="/".join(name)))


def try_again(planner: Planner, found: Again, *, who: str, note: str = "", now: datetime) -> int:
    """Put them back on their way, and put on record who did; how many. What has changed since `found` is respected."""
    turns, done = Turns(planner.database), 0
    reason = (
        phrase("tried again, decided by {who}: {note}", who=who, note=note)
        if note
        else phrase("tried again, decided by {who}", who=who)
    )
    name, through = "/".join(found.which.name), ", ".join(found.copies)
    what = f"tried again what had failed of {name} through {through} ({found.number})" + (f": {note}" if note else "")
    with planner.database.reading() as connection:
        numbers = tried_again.may_go(connection, found.which, now)
    with turns.begin() as connection:  # first: should this be killed in between, it is on record who wanted it
        journal.note(connection, who=who, what=what, now=now)
    for begin in range(0, len(numbers), _PIECE):
        some = numbers[begin : begin + _PIECE]
        with turns.begin() as connection:
            done += tried_again.put_back(connection, found.which, some, reason=reason, now=now)
    return done


def words_of(planner: Planner, connection: Connection, name: tuple[str, str], channel: str, key: str) -> str | None:
    """What was said of copies that failed, by the `SameWords.key` of it; None where nothing of that kind failed."""
    said = troubles.by_words(connection, planner.mode, name)
    return next((each.words for each in said if each.channel == channel and each.has_failed and each.key == key), None)
