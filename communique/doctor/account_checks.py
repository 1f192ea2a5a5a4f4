"""Accounts of networks: whether they let us in, whose they are, and whether we may post. Nothing is posted."""

from communique.channel import ChannelError, WithAccount
from communique.doctor.finding import Finding, ok, problem


def account(channel: str, adapter: WithAccount) -> Finding:
    """Of one channel."""
    check = f"account {channel}"
    try:
        found = adapter.account()
    except ChannelError as error:
        return problem(check, str(error), "Until that is mended, nothing is posted through this channel.")
    if found.lacks:
        do = "Let the app have these permissions, make a new token or new keys after that, and put them in their place."
        return problem(check, f"{found.name} may not {', '.join(found.lacks)}", do)
    return ok(check, found.name)
