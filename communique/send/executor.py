"""Who carries out what is due: this process, or workers on any machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from communique.send.dispatch import Dispatcher


class Executor(Protocol):
    """Sees to it that due deliveries are attempted; asked again for the same ones, it changes nothing."""

    def carry_out(self, due: Mapping[str, int]) -> int:
        """How many are due, by channel, in the order they should go; the attempts made, or jobs deferred."""
        ...


@dataclass(frozen=True)
class InProcess:
    """Here and now, one channel after the other."""

    dispatcher: Dispatcher

    def carry_out(self, due: Mapping[str, int]) -> int:
        """Everything that is due through these channels; the attempts made."""
        return sum(self.dispatcher.drain(channel) for channel in due)
