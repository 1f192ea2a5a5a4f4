"""The channel behind every kind that sends e-mail."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from channels.mail.address import Mailbox, parse_mailbox, wire_address
from channels.mail.composition import compose, inlined
from channels.mail.dialogue import Dialogue
from channels.mail.envelope import Envelope
from channels.mail.header_guard import faults
from channels.mail.headers import header_faults, recipient_mailbox
from channels.mail.server import Patience, Server, Tls
from channels.mail.signing import Signing
from communique.channel import Form, InDoubt, Mail, Message, PermanentError, Reach, Receipt, Recipient, Secret

#: Gmail shows no more of a mail, and hides the unsubscribe link at its foot.
_LONGEST_HTML = 102_000
_LONGEST_NAME = 200


@dataclass(kw_only=True, eq=False)
class MailChannel:
    """One connection to one mail server, kept open between mails. One object per thread.

    Args:
        host: the mail server (relay) that takes our mail.
        port: 25; for a provider usually 587 with `starttls`, or 465 with `implicit`.
        sender: `Name <address>`; what readers see as From.
        tls: `starttls` and `implicit` verify the certificate; `none` is for a relay on this machine.
        username: for logging in; only over TLS, or to this machine.
        password: from the environment.
        helo_name: our own host name. Default: our address.
        envelope_sender: where returned mail goes. Default: the sender's address.
        connect_timeout: seconds.
        ca_file: path of the authority that signed the server's certificate. Default: those this machine trusts.
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
    sender: str
    tls: Tls = "starttls"
    username: str | None = None
    password: Secret | None = None
    helo_name: str | None = None
    envelope_sender: str | None = None
    connect_timeout: float = 30
    ca_file: str | None = None
    dkim_selector: str | None = None
    dkim_key: Secret | None = None
    dkim_domain: str | None = None
    dkim_second_selector: str | None = None
    dkim_second_key: Secret | None = None
    _from: Mailbox = field(init=False, repr=False)
    _bounces: str = field(init=False, repr=False)
    _signing: Signing = field(init=False, repr=False)
    _dialogue: Dialogue = field(init=False, repr=False)

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
        )
        wrong = [*server.faults()]
        try:
            self._from = parse_mailbox(self.sender, "`sender`")
            self._bounces = wire_address(self.envelope_sender or self._from.address, "`envelope_sender`")
        except PermanentError as error:
            wrong.append(str(error))
        else:
            wrong += faults("The name in `sender`", self._from.name, longest=_LONGEST_NAME)
        if wrong:
            raise ValueError(" ".join(wrong))
        self._signing = Signing(
            sender_domain=self._from.address.rpartition("@")[2],
            domain=self.dkim_domain,
            keys={
                "dkim_key": (self.dkim_selector, self.dkim_key),
                "dkim_second_key": (self.dkim_second_selector, self.dkim_second_key),
            },
        )
        self._dialogue = Dialogue(server, self.patience)

    def check(self, message: Message) -> Sequence[str]:
        """Why the message would be refused, one sentence each."""
        try:
            mail, recipient = self._parts(message)
            found = [*header_faults(message, mail), *self._body_faults(mail)]
            if not found:
                compose(message, mail, sender=self._from, recipient=recipient_mailbox(recipient))
        except PermanentError as error:
            return [str(error)]
        return found

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Hand the mail to the mail server; sent means that the server has taken it.

        Raises:
            ChannelError: one of its three kinds.
        """
        return self._dialogue.hand_over(self._envelope(message), commit)

    def lookup(self, message: Message) -> Receipt | None:  # noqa: ARG002 (the protocol's signature)
        """Nothing can be found out: SMTP has no question for it."""
        return None

    def close(self) -> None:
        """Take leave of the mail server; the next `send` connects again."""
        self._dialogue.close()

    def _envelope(self, message: Message) -> Envelope:
        mail, recipient = self._parts(message)
        mailbox = recipient_mailbox(recipient)
        data = compose(message, mail, sender=self._from, recipient=mailbox)
        data = self._signing.signed(data, message.created_at)
        return Envelope(sender=self._bounces, recipient=mailbox.address, data=data)

    def _parts(self, message: Message) -> tuple[Mail, Recipient]:
        if not isinstance(message.content, Mail) or message.recipient is None:
            raise PermanentError(
                f"{message.key}: expected a mail to one person, found {type(message.content).__name__} to "
                f"{'one person' if message.recipient else 'everyone'}. Send it through another channel."
            )
        return self._completed(message.content), message.recipient

    def _completed(self, mail: Mail) -> Mail:
        """The mail with what this channel adds to it; a `PermanentError` if the channel must not carry it."""
        return mail

    def _body_faults(self, mail: Mail) -> Iterator[str]:
        if not mail.text.strip():
            yield "The mail has no plain text, which some readers and every spam filter need; write it."
        size = len(inlined(mail.html).encode()) if mail.html else 0
        if size > _LONGEST_HTML:
            yield (
                f"The HTML text has {size:,} bytes; Gmail cuts a mail off at {_LONGEST_HTML:,}, and the link to "
                "unsubscribe with it. Shorten the text, or link to the page."
            )
