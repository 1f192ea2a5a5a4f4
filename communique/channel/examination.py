"""What `communique doctor` asks of a channel."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Lack:
    """What a channel needs of the machine, and does not find."""

    what: str  #: and how to get it
    stops: bool  #: nothing goes through the channel until it is there; else only a part is left out


@dataclass(frozen=True, kw_only=True, slots=True)
class SigningKey:
    """A key that signs a channel's mails, as the DNS should have it."""

    selector: str
    domain: str
    algorithm: str  #: `rsa` or `ed25519`
    public: bytes  #: what stands in `p=` (RFC 6376 3.6.1, RFC 8463 4), decoded


@dataclass(frozen=True, kw_only=True, slots=True)
class MailIdentity:
    """In whose name a channel's mails go out: what receivers hold against the DNS."""

    sender: str  #: domain of From
    bounces: str  #: domain of the return path
    keys: tuple[SigningKey, ...]  #: empty: the relay signs, or nobody


@dataclass(frozen=True, kw_only=True, slots=True)
class Reached:
    """A server that was spoken to, without a mail."""

    server: str
    encryption: str  #: `TLSv1.3`; empty: in clear
    certificate_ends: datetime | None
    logged_in: bool


@runtime_checkable
class Examined(Protocol):
    """A channel of mails that `communique doctor` can examine."""

    def identity(self) -> MailIdentity:
        """In whose name it sends. No I/O."""
        ...

    def reach_out(self) -> Reached:
        """Connect, encrypt and log in as for a mail, and take leave.

        Raises:
            ChannelError: that fails; its words say what to do.
        """
        ...
