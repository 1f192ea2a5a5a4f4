"""The ledger of a rehearsal as a table for spreadsheets: one row a delivery, and no address of anybody."""

import csv
import io
import re
from collections.abc import Iterable

from communique.language.escaping import harmless
from communique.store.deliveries.accounts import Copy

COLUMNS = (
    "campaign",
    "announcement",
    "occurrence",
    "channel",
    "language",
    "person",
    "state",
    "reason",
    "reference",
    "attempts",
    "proof",
    "finished_at_utc",
)
_ADDRESS = re.compile(r"[^\s<>\"',;:/()]+@[^\s<>\"',;:/()]+")


def as_csv(copies: Iterable[Copy]) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it (they take anything else for their own old encoding)."""
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerow(COLUMNS)
    table.writerows([harmless(cell) for cell in _row(copy)] for copy in copies)
    return written.getvalue().encode("utf-8-sig")


def proof(copy: Copy) -> list[str]:
    """The next system's word that it has taken a copy: its own words, and behind them its handle and public address."""
    last = copy.last
    if last is None:
        return []
    others = [part for part in (last.reference, last.url) if part not in last.detail]
    return [without_addresses(part) for part in (last.detail, *others) if part]


def without_addresses(text: str) -> str:
    """A server's words may repeat whom the mail was for; the ledger that is handed around does not."""
    return _ADDRESS.sub("(address)", text)


def _row(copy: Copy) -> tuple[str, ...]:
    delivery, last = copy.delivery, copy.last
    finished_at = last.finished_at if last else None
    return (
        delivery.campaign,
        delivery.announcement,
        delivery.occurrence,
        delivery.channel,
        delivery.language,
        "everyone" if delivery.person is None else str(delivery.person),
        delivery.state.value,
        without_addresses(delivery.reason),
        delivery.reference,
        str(delivery.attempts),
        " · ".join(proof(copy)),
        f"{finished_at:%Y-%m-%dT%H:%M:%SZ}" if finished_at else "",
    )
