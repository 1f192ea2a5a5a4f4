"""Who carries out what is due: this process, or workers on any machine."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from communique.send.dispatch import Dispatcher


class Executor(Protocol):
    """Sees to it that due deliveries are attempted; asked again for the same ones, it changes nothing."""

    def carry_out(self, due: Mapping[str, int]) -> int:
        """How many are due, by channel, in the order in which they should go; the attempts made, or jobs deferred."""


@dataclass(frozen=True)
class InProcess:
    """Here and now, one channel after the other."""

    dispatcher: Dispatcher

    def carry_out(self, due: Mapping[str, int]) -> int:
        """Everything that is due through these channels."""
        return sum(self.dispatcher.drain(channel) for channel in due)


@dataclass(frozen=True)
class Divided:
    """Some channels here, and first, because pages come before the posts that point to them; the others elsewhere."""

    here: Executor
    elsewhere: Executor
    far: Collection[str]  #: channels

    def carry_out(self, due: Mapping[str, int]) -> int:
        """The attempts made here."""
        made = self.here.carry_out({channel: due[channel] for channel in due if channel not in self.far})
        self.elsewhere.carry_out({channel: due[channel] for channel in due if channel in self.far})
        return made
