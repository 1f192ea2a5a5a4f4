"""One delivery in a tiny town: how it fails, and where it stands."""

from collections.abc import Callable

from communique.channel import Message
from communique.delivery import Delivery, Mode
from communique.store.deliveries import leases
from communique.store.deliveries.leases import Crossing, Lease, LeaseLostError
from tests.workspaces import Town


class StoppedError(BaseException):
    """The process ends here: nothing of the dispatcher may run any more."""


def failing(error: BaseException, *, times: int | None = None) -> Callable[[Message], None]:
    """A step that fails, always or so many times."""
    left = [times]

    def step(_message: Message) -> None:
        if left[0] == 0:
            return
        if left[0] is not None:
            left[0] -= 1
        raise error

    return step


def only(town: Town) -> Delivery:
    """The one delivery there is."""
    (copy,) = town.copies()
    return copy.delivery


def in_doubt(town: Town, policy: str) -> None:
    """The policy of the announcement."""
    town.campaign("through: [email]", f"through: [email]\n    in_doubt: {policy}")


def claim(town: Town, owner: str) -> Lease:
    """Take the one delivery that is due."""
    with town.database.begin() as connection:
        (lease,) = leases.claim(connection, Mode.LIVE, "email", owner=owner, now=town.clock.now, most=1)
    return lease


def cross(town: Town, lease: Lease) -> None:
    """Pass the point of no return."""
    with town.database.begin() as connection:
        if not leases.cross(connection, [Crossing(lease=lease, content_hash="")], town.clock.now):
            raise LeaseLostError
