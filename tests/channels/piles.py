"""Mails by the dozen, for an exchange with a server on loopback."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from channels.mail.envelope import Envelope
from channels.mail.exchange import Result
from tests.channels.mail_dialogues import MAIL


class Pile:
    """So many mails, each to somebody else; all may go, unless `commit` has an objection or raises."""

    def __init__(self, number: int, data: bytes = MAIL.data) -> None:
        self.mails = [replace(MAIL, recipient=f"person{each}@vecinas.example", data=data) for each in range(number)]
        self._left = self.mails[::-1]
        self.results: list[Result] = []
        self.crossed: list[Envelope] = []
        self.commit: Callable[[Sequence[Envelope]], Collection[Envelope]] = set
        self.halted = False

    def next(self) -> Envelope | None:
        """One of those left."""
        return self._left.pop() if self._left else None

    @property
    def taken(self) -> int:
        """How many are not left."""
        return len(self.mails) - len(self._left)

    def is_halted(self) -> bool:
        """As the test says."""
        return self.halted

    def settle(self, crossing: Sequence[Envelope], results: Sequence[Result]) -> Collection[Envelope]:
        """Keep the results, and let go whom `commit` lets go."""
        self.results += results
        allowed = self.commit(crossing)
        self.crossed += allowed
        return allowed

    def addresses(self, kind: type) -> set[str]:
        """Whose mail had such a result."""
        return {envelope.recipient for envelope, result in self.results if isinstance(result, kind)}
