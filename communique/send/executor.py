"""Who carries out what is due: this process, or workers on any machine."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from communique.send.dispatch import Dispatcher


class Executor(Protocol):
    """Sees to it that due deliveries are attempted; asked again for the same ones, it changes nothing."""

    def carry_out(self, due: Mapping[str, int]) -> int:
        """How many are due, by channel, in the order in which they should go; the attempts made, or jobs deferred."""


#: Mails in a row, before others have their turn: seconds for a server near by, minutes for a slow one.
SLICE = 2_000


@dataclass(frozen=True)
class InProcess:
    """Here and now, one channel after the other; of many copies a slice in turn.

    `between` is what else is to go before the next round: an announcement to a whole city must hold up nobody who waits
    for the mail that lets them in, nor a post that falls due meanwhile. `but_for` are channels of others.
    """

    dispatcher: Dispatcher
    between: Callable[[], None] = lambda: None
    but_for: Collection[str] = ()

    def carry_out(self, due: Mapping[str, int]) -> int:
        """Everything that is due through these channels, and what falls due until that is done."""
        total = 0
        while due:
            made = [self.dispatcher.drain(channel, SLICE) for channel in due]
            total += sum(made)
            if max(made) < SLICE:
                break
            self.between()
            due = {name: copies for name, copies in self.dispatcher.due().items() if name not in self.but_for}
        return total


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
