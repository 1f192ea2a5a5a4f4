"""Who agreed to what: names bound to the hash of content, audience definition and time. Any change voids them."""

import unicodedata
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select

from communique.occasion import Occasion
from communique.settings import Approvals
from communique.store.database import approvals


def approve(connection: Connection, occasion: Occasion, digest: str, *, by: str, note: str, now: datetime) -> bool:
    """Write an approval down; False when the same person has already approved exactly this."""
    if folded(by) in map(folded, approved_by(connection, occasion, digest)):
        return False
    values = {
        "campaign": occasion.campaign.campaign,
        "announcement": occasion.announcement,
        "occurrence": occasion.occurrence,
        "hash": digest,
        "approved_by": by,
        "note": note,
        "approved_at": now,
    }
    connection.execute(insert(approvals).values(**values))
    return True


def approved_by(connection: Connection, occasion: Occasion, digest: str) -> list[str]:
    """Who has approved exactly this, in the order they did."""
    rows = connection.execute(_of(occasion).where(approvals.c.hash == digest).order_by(approvals.c.id))
    return [row.approved_by for row in rows]


def was_approved(connection: Connection, occasion: Occasion) -> bool:
    """Whether anybody approved an earlier state of it."""
    return connection.execute(_of(occasion)).first() is not None


def folded(name: str) -> str:
    """A name as it is compared: `ines  vidal` is Inés Vidal, and not a second person."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return " ".join(plain.casefold().split())


def lacking(rule: Approvals, authors: Collection[str], given: Sequence[str]) -> int:
    """How many approvals are still missing; each person counts once, however the name is spelt.

    Where two are asked, an author's own does not count; where approvers are named, only theirs do.
    """
    counted = set(map(folded, given))
    if rule.approvers:
        counted &= set(map(folded, rule.approvers))
    if rule.required > 1:
        counted -= set(map(folded, authors))
    return max(0, rule.required - len(counted))


def _of(occasion: Occasion) -> Select[Any]:
    return select(approvals).where(
        approvals.c.campaign == occasion.campaign.campaign,
        approvals.c.announcement == occasion.announcement,
        approvals.c.occurrence == occasion.occurrence,
    )
