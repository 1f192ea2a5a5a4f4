"""A mail server without a socket: it reads what a client wrote and answers as a test says, one answer a step."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from channels.mail.conversation import BrokenError, Conversation, Transaction
from channels.mail.envelope import Envelope
from channels.mail.server import Patience

YES, LINES, LATER, NEVER, CLOSING, NONSENSE, GONE = "yes", "lines", "later", "never", "closing", "nonsense", "gone"
SHUT = "shut"  #: it closes, too, but says so to each command that it has been given
ANSWERS = (YES, LINES, LATER, NEVER, CLOSING, SHUT, NONSENSE, GONE)

_WORDS = {
    YES: b"%d 2.0.0 Ok\r\n",
    LINES: b"%d-2.0.0 Well\r\n%d 2.0.0 Ok\r\n",
    LATER: b"450 4.2.0 Later\r\n",
    NEVER: b"550 5.1.1 Never\r\n",
    CLOSING: b"421 4.3.2 Closing\r\n",
    SHUT: b"421 4.3.2 Shut\r\n",
    NONSENSE: b"Welcome to the machine\r\n",
    GONE: b"",
}


@dataclass
class ScriptedSmtp:
    """`answers` are what it says to each command and final dot, in order; when they have run out it says yes."""

    answers: Iterator[str]
    accepted: list[bytes] = field(default_factory=list)  #: mails it took with a yes, as they came over the wire
    gone: bool = False
    _shut: bool = False
    _unread: bytes = b""
    _in_mail: bool = False

    def hear(self, data: bytes) -> bytes:
        """The answers to what a client wrote."""
        self._unread += data
        said = b""
        while not self.gone:
            end = b"\r\n.\r\n" if self._in_mail else b"\r\n"
            # An end without a mail comes right after the 354.
            if self._in_mail and self._unread.startswith(b".\r\n"):
                content, self._unread = b"", self._unread[3:]
            elif end in self._unread:
                content, _, self._unread = self._unread.partition(end)
            else:
                break
            said += self._answer(content)
        self.gone = self.gone or self._shut
        return said

    def _answer(self, content: bytes) -> bytes:
        step = "." if self._in_mail else content.split(b" ")[0].decode()
        kind = SHUT if self._shut else next(self.answers, YES)
        if step == ".":
            self._in_mail = False
            if kind in {YES, LINES} and content:
                self.accepted.append(content + b"\r\n")
        elif step == "DATA" and kind in {YES, LINES}:
            self._in_mail = True
        self.gone, self._shut = kind in {GONE, CLOSING}, kind == SHUT
        code = 354 if step == "DATA" else 250
        words = _WORDS[kind]
        return words % ((code,) * words.count(b"%d"))


@dataclass
class Talk:
    """What one connection brought: each envelope's outcome, and all that was written."""

    outcomes: list[tuple[Envelope, str]] = field(default_factory=list)
    wire: bytes = b""


def talk(
    server: ScriptedSmtp, envelopes: Iterable[Envelope], *, features: Iterable[str] = (), cut: int | None = None
) -> Talk:
    """Offer envelopes until there are no more or the connection ends; `cut`: bytes of the answers heard at a time."""
    conversation = Conversation(dict.fromkeys(features, ""), Patience())
    left = iter(envelopes)
    result = Talk()
    try:
        while conversation.is_free and (envelope := next(left, None)) is not None:
            conversation.begin(envelope)
            while not conversation.is_free:
                _exchange(conversation, server, result, cut)
                if conversation.closing:
                    break
                if conversation.ready:
                    conversation.finish(next(left, None) if conversation.takes_following else None)
    except (BrokenError, ConnectionError):
        pass
    result.outcomes += [(each.envelope, _named(each)) for each in conversation.ended]
    for each in conversation.under_way:
        in_doubt = each.finished and conversation.written >= each.dot_at
        result.outcomes.append((each.envelope, "in doubt" if in_doubt else "safe"))
    return result


def _exchange(conversation: Conversation, server: ScriptedSmtp, result: Talk, cut: int | None) -> None:
    written = bytes(conversation.outgoing)
    conversation.wrote(len(written))
    result.wire += written
    said = server.hear(written)
    for start in range(0, len(said), cut or len(said) or 1):
        conversation.heard(said[start : start + (cut or len(said))])
    if not said and not conversation.ready:
        raise ConnectionResetError


def _named(transaction: Transaction) -> str:
    return "accepted" if transaction.accepted else "refused"
