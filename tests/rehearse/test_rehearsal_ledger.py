"""The ledger of a rehearsal as a spreadsheet: nothing in it runs, and nothing in it tells who somebody is."""

import csv
import io
from datetime import UTC, datetime

import pytest

from communique.delivery import Attempt, Delivery, State
from communique.language.escaping import harmless
from communique.rehearse.rehearsal_ledger import as_csv
from communique.store.deliveries.accounts import Copy

MORNING = datetime(2027, 1, 18, 10, tzinfo=UTC)


def delivery(**changes: object) -> Delivery:
    """A copy of a mail that was sent."""
    made = Delivery(
        id=1,
        campaign="c",
        announcement="a",
        occurrence="once",
        channel="email",
        language="es",
        person=4,
        state=State.SENT,
        reason="",
        reference="one@town.example",
        created_at=MORNING,
        due_at=MORNING,
        expires_at=MORNING,
        attempts=1,
    )
    return made._replace(**changes)  # type: ignore[arg-type]


def attempt(detail: str) -> Attempt:
    """The last try."""
    return Attempt(
        number=1, started_at=MORNING, finished_at=MORNING, outcome="sent", reference="", url="", detail=detail
    )


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    """What a server or an officer wrote is text to a spreadsheet, whatever it begins with."""
    assert harmless(cell) == f"'{cell}"
    copy = Copy(delivery=delivery(state=State.FAILED, reason=cell), name="Ana", last=attempt(cell))
    row = list(csv.reader(io.StringIO(as_csv([copy]).decode("utf-8-sig"), newline="")))[1]
    assert row.count(f"'{cell}") == 2
    assert harmless("a=b") == "a=b"


def test_a_servers_words_give_no_address_away() -> None:
    """A refusal that repeats the recipient's address stands in the table without it; Message-IDs stay."""
    refusal = "550 5.1.1 <ana@example.org>: no such user; see https://social.example/@town"
    copy = Copy(delivery=delivery(state=State.FAILED, reason=refusal), name="Ana", last=attempt(refusal))
    written = as_csv([copy]).decode("utf-8-sig")
    assert "ana@example.org" not in written
    assert written.count("<(address)>: no such user; see https://social.example/@town") == 2
    assert "one@town.example" in written
