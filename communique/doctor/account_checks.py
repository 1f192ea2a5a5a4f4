"""Accounts of networks: whether they let us in, whose they are, and whether we may post. Nothing is posted."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from communique.channel import ChannelError
from communique.doctor.finding import Finding, ok, problem
from communique.phrase import phrase, told_by


@runtime_checkable
class WithAccount(Protocol):
    """A channel that posts to an account."""

    def account(self) -> tuple[str, Sequence[str]]:
        """Its name as the public sees it, and permissions that posting needs and it lacks, as far as the network says.

        Raises:
            ChannelError: the network cannot be asked, or refuses the account; its words say what to do.
        """
        ...


def account(channel: str, adapter: WithAccount) -> Finding:
    """Of one channel."""
    check = phrase("account {channel}", channel=channel)
    try:
        name, lacks = adapter.account()
    except ChannelError as error:
        return problem(check, told_by(error), phrase("Until that is mended, nothing is posted through this channel."))
    if lacks:
        do = phrase(
            "Let the app have these permissions, make a new token or new keys after that, and put them in their place."
        )
        return problem(check, phrase("{name} may not {lacks}", name=name, lacks=", ".join(lacks)), do)
    return ok(check, name)
