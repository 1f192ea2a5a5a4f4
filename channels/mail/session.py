"""A connection to a mail server: commands out, answers in."""

import ipaddress
import smtplib
import socket
import ssl
from datetime import UTC, datetime

from channels.mail.replies import Reply, read_reply
from channels.mail.server import Patience, Server
from communique.channel import phrase, told_by

_LONGEST_ANSWER = 65_536


class Session(smtplib.SMTP):
    """The primitives of `smtplib` over a buffer of our own; its `sendmail`, `login` and `starttls` are never used.

    The buffer shows what `smtplib` hides: an answer that nobody asked for. Taken for the answer to the final dot, it
    would become a receipt for a message that was never accepted.
    """

    sock: socket.socket | None

    def __init__(self, server: Server, patience: Patience) -> None:
        # A name of our own keeps smtplib from asking the name service for one.
        super().__init__(local_hostname=server.helo_name or "localhost", timeout=server.connect_timeout)
        if server.protocol == "lmtp":
            self.ehlo_msg = "lhlo"  # RFC 2033 4.1; a mail has one recipient, so the final dot has one answer there, too
        self._server = server
        self._patience = patience
        self._heard = bytearray()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        if self._server.is_socket:
            return self._unix_socket(host, timeout)
        connection = socket.create_connection((host, port), timeout)
        # Without it the final dot waits for the other end's delayed acknowledgement.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(self._patience.command)
        return self._encrypted(connection) if self._server.tls == "implicit" else connection

    def _unix_socket(self, path: str, timeout: float) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(timeout)
            connection.connect(path)
        except OSError:
            connection.close()
            raise
        connection.settimeout(self._patience.command)
        return connection

    def start_encryption(self) -> None:
        """The rest under TLS. What was said in clear after STARTTLS came from somebody in between (CVE-2011-0411).

        Raises:
            ssl.SSLError: the certificate is not good.
        """
        if self._heard:
            raise self._hung_up(phrase("somebody spoke in clear after STARTTLS"))
        self.sock = self._encrypted(self._open_socket())

    def _encrypted(self, connection: socket.socket) -> ssl.SSLSocket:
        try:
            return self._server.context().wrap_socket(connection, server_hostname=self._server.host)
        except BaseException:
            connection.close()
            raise

    @property
    def encryption(self) -> tuple[str, datetime | None]:
        """The version of TLS, and when the server's certificate ends; empty and None in clear."""
        connection = self._open_socket()
        if not isinstance(connection, ssl.SSLSocket):
            return "", None
        ends = (connection.getpeercert() or {}).get("notAfter")
        moment = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(ends)), UTC) if ends else None
        return connection.version() or "TLS", moment

    def own_literal(self) -> str:
        """The address of our end, as EHLO takes it (RFC 5321 4.1.3)."""
        if self._server.is_socket:
            return "localhost"
        address: str = self._open_socket().getsockname()[0]
        return f"[IPv6:{address}]" if ":" in address else f"[{address}]"

    def is_on_this_machine(self) -> bool:
        """Whether the other end is."""
        return self._server.is_socket or ipaddress.ip_address(self._open_socket().getpeername()[0]).is_loopback

    def ask(self, command: str, *, within: float) -> Reply:
        """The answer to a command.

        Raises:
            smtplib.SMTPServerDisconnected: no whole answer came within so many seconds.
        """
        self._open_socket().settimeout(within)
        return read_reply(self.docmd(command))

    def getreply(self) -> tuple[int, bytes]:
        """As in `smtplib`, but a server that never comes to an end is hung up on."""
        words: list[bytes] = []
        left = _LONGEST_ANSWER
        while True:
            line = self._line(left)
            left -= len(line)
            words.append(line[4:].rstrip())
            if not line[:3].isdigit():
                return -1, line.strip()
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(words)

    def _line(self, longest: int) -> bytes:
        while b"\n" not in self._heard:
            if len(self._heard) > longest:
                break
            try:
                more = self._open_socket().recv(4096)
            except OSError as error:
                raise self._hung_up(told_by(error)) from error
            if not more:
                raise self._hung_up(phrase("the server closed the connection"))
            self._heard += more
        line, _, rest = self._heard.partition(b"\n")
        if len(line) > longest:
            raise self._hung_up(phrase("an answer without an end"))
        self._heard = rest
        return bytes(line)

    def _hung_up(self, why: str) -> smtplib.SMTPServerDisconnected:
        self.close()
        return smtplib.SMTPServerDisconnected(why)

    def _open_socket(self) -> socket.socket:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        return self.sock

    @property
    def unasked(self) -> bytes:
        """What the server said beyond its last answer."""
        return bytes(self._heard)
