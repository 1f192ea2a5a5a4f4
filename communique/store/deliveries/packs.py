"""What is written for a person to take away, and that person's word that it is done."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from communique.delivery import Mode, State
from communique.store.deliveries import accounts, ledger
from communique.store.deliveries.accounts import Copy
from communique.store.desk import journal

_IN_A_BATCH = "/letters/"


def pack_of(copy: Copy) -> str:
    """What a person takes in hand for a copy, by its name on disk: a batch of letters, or the files of one post.

    Where nothing lies on disk (a post is to be taken down), it is the copy's own name.
    """
    reference = copy.last.reference if copy.last else ""
    return reference.partition(_IN_A_BATCH)[0].removesuffix(".txt") or copy.delivery.key


def waiting(connection: Connection, mode: Mode, channels: Collection[str]) -> Mapping[str, Sequence[Copy]]:
    """The copies of each pack of these channels that nobody has said to be done, by its name."""
    found: dict[str, list[Copy]] = {}
    for copy in accounts.waiting_for_a_person(connection, mode):
        if copy.delivery.channel in channels:
            found.setdefault(pack_of(copy), []).append(copy)
    return found


def posted(connection: Connection, mode: Mode, pack: str) -> Copy | None:
    """A copy of a pack that is settled already; None where there is none, or it waits."""
    found = accounts.copy_by_receipt(connection, mode, pack, f"{pack}{_IN_A_BATCH}")
    return found if found is not None and found.delivery.state is not State.IN_DOUBT else None


def done(connection: Connection, pack: str, copies: Sequence[Copy], *, who: str, note: str, now: datetime) -> str:
    """Put on record that somebody has posted a pack; how the record says it."""
    reason = f"posted by {who}" + (f": {note}" if note else "")
    for copy in copies:
        ledger.settle_by_hand(connection, copy.delivery.id, State.SENT, reason=reason, now=now)
    what = f"{pack}, {len(copies)} {'copy' if len(copies) == 1 else 'copies'}: {reason}"
    journal.note(connection, who=who, what=what, now=now)
    return what
