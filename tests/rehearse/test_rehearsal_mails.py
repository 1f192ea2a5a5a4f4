"""The sink's mails held against the ledger: its word alone is not believed."""

from datetime import UTC, datetime

from communique.delivery import Delivery, State
from communique.rehearse.rehearsal_mails import agreement, by_reference
from communique.send.mail_sink import AcceptedMail
from communique.store.deliveries.accounts import Copy

MORNING = datetime(2027, 1, 18, 10, tzinfo=UTC)


def sent(reference: str) -> Copy:
    """A copy that the ledger counts as sent."""
    delivery = Delivery(
        id=1,
        campaign="c",
        announcement="a",
        occurrence="once",
        channel="email",
        language="es",
        person=4,
        state=State.SENT,
        reason="",
        reference=reference,
        created_at=MORNING,
        due_at=MORNING,
        expires_at=MORNING,
        attempts=1,
    )
    return Copy(delivery=delivery, name="", last=None)


def accepted(reference: str) -> AcceptedMail:
    """A mail in the sink."""
    return AcceptedMail("us@town.example", ("ana@example.org",), f"Message-ID: <{reference}>\r\n\r\nHi".encode())


def test_a_lost_a_doubled_and_an_unexplained_mail_are_found() -> None:
    """The ledger's word alone is not believed: each kind of disagreement with the sink is counted."""
    copies = [sent(f"{name}@t.example") for name in ("one", "two")]
    fine = by_reference([accepted("one@t.example"), accepted("two@t.example")])
    assert agreement(fine, copies).holds
    lost = agreement(by_reference([accepted("one@t.example")]), copies)
    assert (lost.lost, lost.holds) == (1, False)
    doubled = agreement(by_reference([accepted(f"{name}@t.example") for name in ("one", "two", "two")]), copies)
    assert (doubled.doubled, doubled.holds) == (1, False)
    strange = agreement(by_reference([accepted(f"{name}@t.example") for name in ("one", "two", "three")]), copies)
    assert (strange.unexplained, strange.holds) == (1, False)
