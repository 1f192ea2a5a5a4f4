"""Messages written as mails, ready for the wire; a form letter only once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

from channels.mail.address import Mailbox
from channels.mail.composition import compose, inlined
from channels.mail.envelope import Envelope
from channels.mail.header_guard import faults
from channels.mail.headers import LONGEST_NAME, RECIPIENT, header_faults, recipient_mailbox
from channels.mail.pattern import Pattern
from channels.mail.return_path import ReturnPath
from channels.mail.senders import Senders
from channels.mail.signing import Signing
from communique.channel import (
    FormLetter,
    Mail,
    MergedMail,
    Message,
    PermanentError,
    Recipient,
    in_turn,
    phrase,
    told_by,
)

#: Gmail shows no more of a mail, and hides the unsubscribe link at its foot.
_LONGEST_HTML = 102_000


@dataclass(kw_only=True)
class Writer:
    """Writes the mails of one channel. `complete` adds to a mail what the channel's kind adds to it."""

    senders: Senders
    bounces: ReturnPath
    signing: Signing
    complete: Callable[[Mail], Mail]
    #: Patterns by letter; None where a letter has to be composed for each.
    _patterns: WeakKeyDictionary[FormLetter, Pattern | None] = field(default_factory=WeakKeyDictionary)
    _latest: tuple[FormLetter, Pattern | None] | None = None

    def faults(self, message: Message) -> list[str]:
        """Why a message cannot be carried, one sentence each."""
        try:
            mail, recipient = self._parts(message)
            found = [*header_faults(message, mail), *_body_faults(mail)]
            if not found:
                compose(message, mail, sender=self.senders.of(message.language), recipient=recipient_mailbox(recipient))
        except PermanentError as error:
            return [told_by(error)]
        return found

    def envelope(self, message: Message) -> Envelope:
        """The mail, ready to be handed over.

        Raises:
            PermanentError: it cannot be carried.
        """
        return self.signed(message, self.draft(message))

    def signed(self, message: Message, draft: Envelope) -> Envelope:
        """The mail with the channel's signatures; may be called in several threads at once.

        Raises:
            PermanentError: a key that the settings name is not there.
        """
        data = self.signing.signed(draft.data, message.created_at)
        return draft if data is draft.data else replace(draft, data=data)

    def draft(self, message: Message) -> Envelope:
        """The mail without signatures.

        Raises:
            PermanentError: it cannot be carried.
        """
        recipient = _recipient(message)
        to = recipient_mailbox(recipient)
        data = self._filled(message, recipient, to) or self._composed(message, to)
        return Envelope(sender=self.bounces.of(message), recipient=to.address, data=data, id=message.reference)

    def _filled(self, message: Message, recipient: Recipient, to: Mailbox) -> bytes | None:
        """From the pattern of the form letter; None when there is none."""
        merged = message.content
        if not isinstance(merged, MergedMail) or (pattern := self._pattern(message, merged, to)) is None:
            return None
        if wrong := faults(RECIPIENT, recipient.name, longest=LONGEST_NAME):
            raise PermanentError(in_turn(wrong))
        return pattern.fill(message, merged.values, to)

    def _composed(self, message: Message, to: Mailbox) -> bytes:
        mail, _ = self._parts(message)
        if wrong := [*_body_faults(mail)]:
            raise PermanentError(in_turn(wrong))
        return compose(message, mail, sender=self.senders.of(message.language), recipient=to)

    def _pattern(self, message: Message, merged: MergedMail, to: Mailbox) -> Pattern | None:
        letter = merged.letter
        if self._latest is not None and self._latest[0] is letter:  # nearly always: sooner than asking for it
            return self._latest[1]
        try:
            pattern = self._patterns[letter]
        except KeyError:
            pattern = self._patterns[letter] = self._tried(message, letter, to)
        self._latest = letter, pattern
        return pattern

    def _tried(self, message: Message, letter: FormLetter, to: Mailbox) -> Pattern | None:
        try:
            mail = self.complete(letter.mail)
            return (
                None if [*_body_faults(mail)] else Pattern(letter, message, mail, self.senders.of(message.language), to)
            )
        except PermanentError:
            return None  # composed for each, it is refused for each with the reason, or it goes

    def _parts(self, message: Message) -> tuple[Mail, Recipient]:
        recipient = _recipient(message)
        mail = message.content.whole() if isinstance(message.content, MergedMail) else message.content
        if not isinstance(mail, Mail):
            raise _misdirected(message)
        return self.complete(mail), recipient


def _recipient(message: Message) -> Recipient:
    if message.recipient is None:
        raise _misdirected(message)
    return message.recipient


def _misdirected(message: Message) -> PermanentError:
    return PermanentError(
        phrase(
            "{key}: expected a mail to one person, found {kind}. Send it through another channel.",
            key=message.key,
            kind=type(message.content).__name__ if message.recipient else phrase("one to everyone"),
        )
    )


def _body_faults(mail: Mail) -> Iterator[str]:
    if not mail.text.strip():
        yield phrase("The mail has no plain text, which some readers and every spam filter need; write it.")
    size = len(inlined(mail.html).encode()) if mail.html else 0
    if size > _LONGEST_HTML:
        yield phrase(
            "The HTML text has {size:,} bytes; Gmail cuts a mail off at {most:,}, and the link to "
            "unsubscribe with it. Shorten the text, or link to the page.",
            size=size,
            most=_LONGEST_HTML,
        )
