"""Which mail server is spoken to, how, and how long it is waited for."""

import ipaddress
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from communique.channel import Secret, phrase

Tls = Literal["none", "starttls", "implicit"]
Protocol = Literal["smtp", "lmtp"]

_HOST = re.compile(r"[A-Za-z0-9.:_-]+")
_HELO_NAME = re.compile(r"[A-Za-z0-9.-]+|\[[A-Za-z0-9:.]+\]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """Seconds to wait for the server, step by step: the least that RFC 5321 4.5.3.2 allows.

    Waiting less for the answer to the final dot makes second copies (RFC 1047).
    """

    command: float = 300  #: greeting, EHLO, AUTH, MAIL, RCPT
    data: float = 120  #: DATA
    block: float = 180  #: 64 kB of the mail
    final: float = 600  #: the final dot


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A mail server and the way to it."""

    host: str
    port: int
    tls: Tls
    username: str | None
    password: Secret | None
    helo_name: str | None  #: None: the address of our end as a literal (RFC 5321 4.1.3)
    connect_timeout: float  #: seconds
    ca_file: str | None  #: None: the authorities this machine trusts
    protocol: Protocol = "smtp"

    @property
    def is_socket(self) -> bool:
        """Whether `host` is the path of a Unix socket."""
        return self.host.startswith("/")

    @property
    def is_loopback(self) -> bool:
        """Whether what is said to it stays on this machine."""
        if self.is_socket:
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def faults(self) -> Iterator[str]:
        """Why these settings make no sense, one sentence each."""
        if not (self.is_socket or _HOST.fullmatch(self.host)):
            yield f"`host` is {self.host!a}; expected the name of a mail server such as mail.town.example."
        if self.is_socket and self.tls != "none":
            yield f"`host` is the socket {self.host}, where nobody listens in; set `tls: none`."
        if self.protocol not in get_args(Protocol):
            yield f"`protocol` is {self.protocol!a}; expected one of {', '.join(get_args(Protocol))}."
        if not 0 < self.port < 65_536:  # noqa: PLR2004 (a TCP port has 16 bits)
            yield f"`port` is {self.port}; expected a number from 1 to 65535, mostly 25, 465 or 587."
        if self.tls not in get_args(Tls):
            yield f"`tls` is {self.tls!a}; expected one of {', '.join(get_args(Tls))}."
        if self.helo_name is not None and not _HELO_NAME.fullmatch(self.helo_name):
            yield f"`helo_name` is {self.helo_name!a}; expected a host name such as city.town.example."
        if self.username and self.tls == "none" and not self.is_loopback:
            yield (
                f"`username` with `tls: none` would show the password to everyone between here and {self.host}; "
                "set `tls: starttls` or `tls: implicit`."
            )

    def context(self) -> ssl.SSLContext:
        """Certificates are always verified; there is no setting against it."""
        if self.ca_file is not None and not Path(self.ca_file).is_file():
            raise FileNotFoundError(phrase("the file of `ca_file`, {ca_file}, is not there", ca_file=self.ca_file))
        return ssl.create_default_context(cafile=self.ca_file)

    def __str__(self) -> str:
        return self.host if self.is_socket else f"{self.host}:{self.port}"
