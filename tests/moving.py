"""Somebody has another address from now on."""

from datetime import timedelta

from communique.store.recipients import people, subscribers
from communique.store.recipients.requests import VALID, Kind, Request
from communique.subscription import How
from tests.workspaces import Town


def move(town: Town, name: str, address: str) -> None:
    """Both the new address and `name`@example.org have confirmed it, now."""
    with town.database.begin() as connection:
        person, now = people.by_address(connection, f"{name}@example.org"), town.clock.now
        assert person is not None
        request = Request(
            reference=name,
            kind=Kind.CHANGE,
            address=address,
            address_key=people.address_key(address),
            person=person.id,
            how=How.FORM,
            choices=subscribers.choices_of(connection, person),
            wording="",
            asked_at=now - timedelta(minutes=5),
            expires_at=now + VALID,
            confirmed_at=now,
            old_confirmed_at=now,
            done_at=None,
        )
        subscribers.change_address(connection, request, now)
