"""An adapter for tests of dispatch: it keeps what it is given, and fails where it is told to."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from communique.channel import Form, InDoubt, Message, Reach, Receipt

Step = Callable[[Message], None]


def _nothing(_message: Message) -> None:
    pass


class RecordingChannel:
    """Takes every message; `before` and `after` happen on either side of the point of no return."""

    reach: ClassVar[Reach] = Reach.EACH
    form: ClassVar[Form] = Form.MAIL
    in_doubt: ClassVar[InDoubt] = InDoubt.STRICT
    local: ClassVar[bool] = False

    def __init__(self) -> None:
        self.taken: list[Message] = []
        self.asked: list[Message] = []  #: what was looked up
        self.before: Step = _nothing
        self.after: Step = _nothing
        self.answer: Callable[[Message], Receipt | None] = lambda _message: None
        self.receipt = Receipt(detail="250 taken")
        self.refusals: Sequence[str] = ()

    @property
    def addresses(self) -> list[str]:
        """Who has been written to, in order."""
        return [message.recipient.address for message in self.taken if message.recipient]

    def check(self, _message: Message) -> Sequence[str]:
        """What the test says."""
        return self.refusals

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Take it."""
        self.before(message)
        commit()
        self.taken.append(message)
        self.after(message)
        return self.receipt

    def lookup(self, message: Message) -> Receipt | None:
        """What the test says."""
        self.asked.append(message)
        return self.answer(message)

    def close(self) -> None:
        """Nothing is held open."""
