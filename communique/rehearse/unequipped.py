"""Channels that this machine cannot use: a rehearsal says so at once, and goes on without them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from communique.channel import Channel, Equipped, Message, PermanentError, Receipt


class _Unequipped:
    """In the place of a channel: what would go through it fails, and says what the machine lacks.

    Tried again and again, as a daemon does until somebody has installed it, letters would take an hour of a rehearsal.
    """

    def __init__(self, inner: Channel, lacking: str) -> None:
        self.reach, self.form, self.in_doubt, self.local = inner.reach, inner.form, inner.in_doubt, inner.local
        self._inner = inner
        self._lacking = lacking

    def check(self, message: Message) -> Sequence[str]:
        """As the channel itself."""
        return self._inner.check(message)

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Nothing goes out."""
        del message, commit
        raise PermanentError(self._lacking)

    def lookup(self, message: Message) -> None:
        """Nothing went out."""
        del message

    def close(self) -> None:
        """Let go of what the channel holds."""
        self._inner.close()


def lacking(channels: Mapping[str, Channel]) -> dict[str, str]:
    """By channel, of those that nothing goes through on this machine: what it lacks, and how to get it."""
    lacks = {name: each.lacks() for name, each in channels.items() if isinstance(each, Equipped)}
    return {name: lack.what for name, lack in lacks.items() if lack is not None and lack.stops}


def replaced(channels: Mapping[str, Channel], lacks: Mapping[str, str]) -> dict[str, Channel]:
    """All channels, with those that cannot be used replaced."""
    return {
        name: cast("Channel", cast("Any", _Unequipped(channel, lacks[name]))) if name in lacks else channel
        for name, channel in channels.items()
    }
