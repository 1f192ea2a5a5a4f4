"""The channel behind every kind that sends e-mail."""

import contextlib
import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from channels.mail.dialogue import Dialogue
from channels.mail.exchange import Exchange
from channels.mail.mail_traffic import MailTraffic
from channels.mail.opening import open_session
from channels.mail.relay_log import RelayLog
from channels.mail.return_path import return_path
from channels.mail.senders import senders
from channels.mail.server import Patience, Protocol, Server, Tls
from channels.mail.signing import Signing
from channels.mail.writing import Writer
from channels.mail.writing_ahead import written
from communique.channel import (
    Form,
    InDoubt,
    Localised,
    Mail,
    MailIdentity,
    Message,
    PermanentError,
    Reach,
    Reached,
    Receipt,
    Secret,
    TemporaryError,
    Traffic,
    in_turn,
    phrase,
    told_by,
)

_MOST_CONNECTIONS = 200
_IMPATIENT = Patience(command=30)  #: where a person waits, and no mail


@dataclass(kw_only=True, eq=False)
class MailChannel:
    """Connections to one mail server, kept open between mails. One object per thread.

    Args:
        host: the mail server (relay) that takes our mail: a name, or the path of a Unix socket (with `tls: none`).
        protocol: `smtp`, or `lmtp` (RFC 2033) for a server that delivers itself, such as Dovecot.
        port: 25; for a provider usually 587 with `starttls`, or 465 with `implicit`.
        sender: `Name <address>`; what readers see as From. In each language, where its name differs:
            `{es: Boletín <news@town.example>, en: Newsletter <news@town.example>}`.
        tls: `starttls` and `implicit` verify the certificate; `none` is for a relay on this machine.
        username: for logging in; only over TLS, or to this machine.
        password: from the environment.
        helo_name: our own host name. Default: our address.
        envelope_sender: where returned mail goes: `bounces+{tag}@town.example`, so that each mail has an address of its
            own, by which its return is known; or one address for all. Default: the sender's address.
        connections: how many at once, when there are many mails to send.
        most_per_connection: mails after which a connection is closed and opened anew. Default: as many as there are.
        connect_timeout: seconds.
        ca_file: path of the authority that signed the server's certificate. Default: those this machine trusts.
        relay_log: where the mail server, a Postfix on this machine, writes what it took: `/var/log/mail.log`. What is
            in doubt is looked for there. Default: it cannot be looked for.
        dkim_selector: name of the key below `_domainkey` in the DNS. Default: the relay signs.
        dkim_key: private key in PEM, from the environment: RSA or Ed25519.
        dkim_domain: in whose name is signed. Default: the domain of the sender's address.
        dkim_second_selector: of a second key.
        dkim_second_key: for a second signature on each mail, with the other algorithm.

    Raises:
        ValueError: a setting makes no sense.
    """

    reach: ClassVar[Reach] = Reach.EACH
    form: ClassVar[Form] = Form.MAIL
    in_doubt: ClassVar[InDoubt] = InDoubt.RESEND
    local: ClassVar[bool] = False
    patience: ClassVar[Patience] = Patience()

    host: str
    port: int = 25
    sender: Localised
    tls: Tls = "starttls"
    protocol: Protocol = "smtp"
    username: str | None = None
    password: Secret | None = None
    helo_name: str | None = None
    envelope_sender: str | None = None
    connections: int = 5
    most_per_connection: int | None = None
    connect_timeout: float = 30
    ca_file: str | None = None
    relay_log: Path | None = None
    dkim_selector: str | None = None
    dkim_key: Secret | None = None
    dkim_domain: str | None = None
    dkim_second_selector: str | None = None
    dkim_second_key: Secret | None = None
    _dialogue: Dialogue = field(init=False, repr=False)
    _server: Server = field(init=False, repr=False)
    _writer: Writer = field(init=False, repr=False)
    _asked_for: set[str] = field(init=False, repr=False, default_factory=set)  #: once, and not found in the log

    def __post_init__(self) -> None:
        server = Server(
            host=self.host,
            port=self.port,
            tls=self.tls,
            username=self.username,
            password=self.password,
            helo_name=self.helo_name,
            connect_timeout=self.connect_timeout,
            ca_file=self.ca_file,
            protocol=self.protocol,
        )
        wrong = [*server.faults()]
        if not 0 < self.connections <= _MOST_CONNECTIONS:
            wrong.append(
                phrase(
                    "`connections` is {connections}; expected a number from 1 to {most}.",
                    connections=self.connections,
                    most=_MOST_CONNECTIONS,
                )
            )
        if self.most_per_connection is not None and self.most_per_connection < 1:
            wrong.append(
                phrase(
                    "`most_per_connection` is {most_per_connection}; expected a number from 1.",
                    most_per_connection=self.most_per_connection,
                )
            )
        try:
            sender = senders(self.sender)
            bounces = return_path(self.envelope_sender or sender.address)
        except PermanentError as error:
            raise ValueError(in_turn([*wrong, told_by(error)])) from error
        wrong += sender.faults()
        if wrong:
            raise ValueError(in_turn(wrong))
        signing = Signing(
            sender_domain=sender.domain,
            domain=self.dkim_domain,
            keys={
                "dkim_key": (self.dkim_selector, self.dkim_key),
                "dkim_second_key": (self.dkim_second_selector, self.dkim_second_key),
            },
        )
        self._writer = Writer(senders=sender, bounces=bounces, signing=signing, complete=self._completed)
        self._server = server
        self._dialogue = Dialogue(server, self.patience, self.connections, self.most_per_connection)

    def check(self, message: Message) -> Sequence[str]:
        """Why the message would be refused, one sentence each."""
        return self._writer.faults(message)

    def written(self, message: Message) -> bytes:
        """The mail as it would go over the wire; without signatures while a key that the settings name is not there.

        Raises:
            PermanentError: it cannot be carried.
        """
        draft = self._writer.draft(message)
        try:
            return self._writer.signed(message, draft).data
        except PermanentError:
            return draft.data

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Hand the mail to the mail server; sent means that the server has taken it.

        Raises:
            ChannelError: one of its three kinds.
        """
        return self._dialogue.hand_over(self._writer.envelope(message), commit)

    def send_all(self, traffic: Traffic) -> None:
        """Send many, over as many connections as the settings allow; see `communique.channel.InBulk`.

        Raises:
            ChannelError: the mail server cannot be reached.
        """
        with written(traffic.next, self._writer, os.cpu_count() or 1) as next_written:
            Exchange(self._dialogue.connections, MailTraffic(traffic, next_written)).run()

    def digest(self, message: Message) -> str:
        """SHA-256 (hex) of the mail, signatures and all: they are dated by the message and so the same each time.

        Raises:
            PermanentError: it cannot be written.
        """
        return hashlib.sha256(self._writer.envelope(message).data).hexdigest()

    def lookup(self, message: Message) -> Receipt | None:
        """What the relay's log says. Without one nothing can be found out: SMTP has no question for it.

        Raises:
            TemporaryError: the log cannot be read; or it does not have the mail, and is asked for the first time.
        """
        if self.relay_log is None:
            return None
        found = RelayLog(self.relay_log).receipt(message.reference, message.created_at)
        # A relay may still be busy with a mail when the connection to it is lost.
        if found is None and message.reference not in self._asked_for:
            self._asked_for.add(message.reference)
            raise TemporaryError(phrase("{relay_log} does not have it yet", relay_log=self.relay_log))
        self._asked_for.discard(message.reference)
        return found

    def identity(self) -> MailIdentity:
        """In whose name it sends."""
        return MailIdentity(
            sender=self._writer.senders.domain.lower(),
            bounces=self._writer.bounces.domain,
            keys=self._writer.signing.public_keys,
        )

    def reach_out(self) -> Reached:
        """Connect, encrypt, log in, and take leave.

        Raises:
            ChannelError: that fails.
        """
        session = open_session(self._server, _IMPATIENT)
        encryption, ends = session.encryption
        with contextlib.suppress(OSError):
            session.quit()
        return Reached(
            server=str(self._server),
            encryption=encryption,
            certificate_ends=ends,
            logged_in=bool(self.username),
        )

    def close(self) -> None:
        """Take leave of the mail server; the next `send` connects again."""
        self._dialogue.close()

    def _completed(self, mail: Mail) -> Mail:
        """The mail with what this channel adds to it; a `PermanentError` if the channel must not carry it."""
        return mail
