"""What a channel may raise: the kind says what becomes of the message.

::

    ChannelError
    ├── TemporaryError    nothing went out; a later attempt may succeed
    │   └── UnavailableError    the same, whatever the message: the channel rests when it comes again and again
    ├── PermanentError    nothing went out; no attempt will succeed
    └── UncertainError    it may have gone out; `lookup` first
"""

from datetime import timedelta


class ChannelError(Exception):
    """A message was not accepted; the subclass says what that means."""

    reply: str = ""  #: of the mail server that has refused the message: `550 5.1.1 …`
    about_recipient: bool = False  #: it is the recipient that it has refused (RCPT)
    server: str = ""  #: the host that has refused it


class TemporaryError(ChannelError):
    """Nothing went out; a later attempt may succeed."""

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UnavailableError(TemporaryError):
    """Nothing went out, nor would another message. The channel rests: so long, or when it comes again and again."""


class PermanentError(ChannelError):
    """Nothing went out, and no attempt with the same message will succeed."""


class UncertainError(ChannelError):
    """The message may have gone out: the answer was lost after the point of no return."""
