"""What is said on one connection to a mail server, without a socket: bytes in, bytes out.

A mail goes in two steps. `begin` offers it (MAIL, RCPT, DATA), and nothing can have gone out: a server must not accept
an unfinished mail (RFC 5321 4.1.1.4). When the server has said 354 the mail is `ready`: it waits for its final dot, on
this side or, if it is long, on the server's; after `finish` only an answer tells what became of it. Where the server
offers PIPELINING (RFC 2920) the offer of the next mail travels with the end of the one before, so that a mail costs one
round trip; elsewhere each command waits for its answer.
"""

import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from channels.mail.envelope import Envelope, stuffed
from channels.mail.replies import Reply, read_reply
from channels.mail.server import Patience
from communique.channel import phrase

_LONGEST_ANSWER = 65_536
#: Bytes of a mail that go in one piece with its final dot. A longer one goes ahead of it: what takes its time on the
#: wire must not do so after the point of no return, where a crash leaves it in doubt.
_IN_ONE_PIECE = 16_384
_LONGEST_ID = 100  # RFC 3461 4.4
_GO_AHEAD = 354
_ANSWER = re.compile(rb"[0-9]{3}([ -]|\r?$)")  # RFC 5321 4.2
Step = Literal["RSET", "MAIL", "RCPT", "DATA", "."]
_OFFER: tuple[Step, ...] = ("MAIL", "RCPT", "DATA")
#: How nearly every answer begins whose words say no more.
_PLAIN_YES: Mapping[Step, bytes] = {"RSET": b"250 ", "MAIL": b"250 ", "RCPT": b"250 ", "DATA": b"354 "}


class BrokenError(Exception):
    """The server says what is no answer to what was asked; the connection is of no more use."""


@dataclass(eq=False, slots=True)
class Transaction:
    """One mail on its way."""

    envelope: Envelope
    refusal: tuple[Step, Reply] | None = None  #: the first answer that was no yes
    accepted: Reply | None = None  #: what the server said to the final dot
    crossed: bool = False  #: it is on disk that its final dot may go
    finished: bool = False  #: the final dot is among the bytes to be written
    has_ended: bool = False  #: it has come to an outcome, though answers to it may still be owed
    dot_at: int = 0  #: how many bytes of the connection come before the end of the final dot


class Conversation:
    """One connection after its opening. `features` are the extensions offered in EHLO, in lower case."""

    def __init__(self, features: Mapping[str, str], patience: Patience) -> None:
        self.outgoing = bytearray()
        self.offered: Transaction | None = None  #: has been asked for, with 354
        self.ended: list[Transaction] = []  #: what has come to an outcome; taken out by the caller
        self.written = 0  #: bytes that have left `outgoing`
        self.answers = 0  #: that the server has given
        self.closing = False  #: the server has said that it hangs up (421)
        self._features = features
        self._pipelining = "pipelining" in features
        self._patience = patience
        self._heard = b""
        self._words: list[bytes] = []
        self._length = 0  #: bytes of the answer that is being given
        self._asked: deque[tuple[Step, Transaction]] = deque()
        self._reset = False  #: the server may still hold an envelope
        self._content = b""  #: of the mail that is offered, where it waits for its final dot

    @property
    def features(self) -> Mapping[str, str]:
        """The server's extensions."""
        return self._features

    @property
    def ready(self) -> Transaction | None:
        """The mail that is with the server but for its end, and waits for `finish`."""
        return None if self.outgoing else self.offered

    @property
    def is_free(self) -> bool:
        """Whether another mail can begin now."""
        return not self._asked and self.offered is None and not self.closing

    @property
    def under_way(self) -> list[Transaction]:
        """Mails that have not come to an outcome."""
        found = list(dict.fromkeys(transaction for _, transaction in self._asked if not transaction.has_ended))
        return [*found, self.offered] if self.offered else found

    @property
    def patience(self) -> float:
        """Seconds the next answer may take."""
        step = self._asked[0][0] if self._asked else "MAIL"
        if step == ".":
            return self._patience.final
        return self._patience.data if step == "DATA" else self._patience.command

    def begin(self, envelope: Envelope) -> None:
        """Offer a mail."""
        transaction = Transaction(envelope)
        if not self._pipelining:
            self._ask("RSET" if self._reset else "MAIL", transaction)
        else:
            if self._reset:
                self._ask("RSET", transaction)
            self.outgoing += _offer(envelope, self._features)
            self._asked += [(step, transaction) for step in _OFFER]
        self._reset = False

    def finish(self, following: Envelope | None = None) -> None:
        """Give the mail that is ready to its end, and offer the one that follows."""
        transaction = self.ready
        if transaction is None:
            raise RuntimeError(phrase("no mail is ready"))
        self.offered = None
        self.outgoing += self._content
        self.outgoing += b".\r\n"
        self._content = b""
        transaction.finished = True
        transaction.dot_at = self.written + len(self.outgoing)
        self._asked.append((".", transaction))
        if following is not None and self._pipelining:
            self.begin(following)

    @property
    def takes_following(self) -> bool:
        """Whether `finish` may offer another mail."""
        return self._pipelining

    def wrote(self, count: int) -> None:
        """So many bytes are with the kernel now."""
        del self.outgoing[:count]
        self.written += count

    def heard(self, data: bytes) -> None:
        """What the server said.

        Raises:
            BrokenError: it is no answer.
        """
        *lines, self._heard = (self._heard + data).split(b"\n")
        asked = self._asked
        for line in lines:
            if self.closing:  # who hangs up may say so to each command of a pipeline; the mail has ended at the first
                break
            if asked and not self._words and line[:4] == _PLAIN_YES.get(asked[0][0]):
                step, transaction = asked.popleft()
                self.answers += 1
                if step == "DATA" or not self._pipelining:  # else the next one is asked already
                    self._yes(step, transaction)
            else:
                self._line(line)
        if self._heard:
            self._is_bearable(len(self._heard))

    def _line(self, line: bytes) -> None:
        self._length += len(line) + 1
        self._is_bearable(0)
        if not _ANSWER.match(line):
            raise BrokenError(phrase("answered what is no answer: “{reply}”", reply=read_reply((-1, line.strip()))))
        self._words.append(line[4:].rstrip())
        if line[3:4] == b"-":
            return
        reply, self._words, self._length = read_reply((int(line[:3]), b"\n".join(self._words))), [], 0
        if not self._asked:
            raise BrokenError(phrase("said without being asked: “{reply}”", reply=reply))
        step, transaction = self._asked.popleft()
        try:
            self._answer(step, transaction, reply)
        except BrokenError:
            self._asked.appendleft((step, transaction))  # still without an outcome
            raise

    def _is_bearable(self, more: int) -> None:
        if self._length + more > _LONGEST_ANSWER:
            raise BrokenError(phrase("gave an answer without an end"))

    def _yes(self, step: Step, transaction: Transaction) -> None:
        if step == "DATA":
            self._go_ahead(transaction)
        elif not self._pipelining and transaction.refusal is None:
            self._ask(_NEXT[step], transaction)

    def _go_ahead(self, transaction: Transaction) -> None:
        if transaction.refusal is None:
            self.offered = transaction
            content = stuffed(transaction.envelope.data)
            if len(content) > _IN_ONE_PIECE:
                self.outgoing += content
            else:
                self._content = content
            return
        # RFC 2920 3.1: whoever was given no recipient is told so by an end without a mail.
        self.outgoing += b".\r\n"
        self._asked.appendleft((".", transaction))

    def _answer(self, step: Step, transaction: Transaction, reply: Reply) -> None:
        self.answers += 1
        if reply.closing:
            self.closing = True
        if step == ".":
            self._outcome(transaction, reply)
        elif step == "RSET":
            if not reply.accepted:
                raise BrokenError(phrase("refused to begin anew: “{reply}”", reply=reply))
            self._yes(step, transaction)
        elif step == "DATA" and reply.code == _GO_AHEAD:
            self._go_ahead(transaction)
        elif reply.accepted and step != "DATA":
            self._yes(step, transaction)
        elif reply.refused:
            self._refused(step, transaction, reply)
        else:
            raise BrokenError(phrase("answered what was not asked: “{reply}”", reply=reply))

    def _refused(self, step: Step, transaction: Transaction, reply: Reply) -> None:
        transaction.refusal = transaction.refusal or (step, reply)
        if self._pipelining and step != "DATA" and not self.closing:
            return
        self._reset = True
        self._end(transaction)

    def _outcome(self, transaction: Transaction, reply: Reply) -> None:
        if transaction.refusal is not None:  # the end without a mail
            self._end(transaction)
            return
        if self.written < transaction.dot_at:
            raise BrokenError(phrase("answered before it had the whole mail: “{reply}”", reply=reply))
        if not (reply.accepted or reply.refused):
            raise BrokenError(phrase("had the whole mail and answered what is no answer: “{reply}”", reply=reply))
        if reply.accepted:
            transaction.accepted = reply
        else:
            transaction.refusal = (".", reply)
        self._end(transaction)

    def _end(self, transaction: Transaction) -> None:
        transaction.has_ended = True
        self.ended.append(transaction)

    def _ask(self, step: Step, transaction: Transaction) -> None:
        self.outgoing += _COMMANDS[step](transaction.envelope, self._features)
        self._asked.append((step, transaction))


def _offer(envelope: Envelope, features: Mapping[str, str]) -> bytes:
    return b"%bRCPT TO:<%b>\r\nDATA\r\n" % (_mail(envelope, features), envelope.recipient.encode())


def _mail(envelope: Envelope, features: Mapping[str, str]) -> bytes:
    parameters = f" SIZE={len(envelope.data)}" if "size" in features else ""  # RFC 1870
    if envelope.international:
        parameters += " BODY=8BITMIME SMTPUTF8"  # RFC 6531
    if "dsn" in features:
        parameters += " RET=HDRS"  # RFC 3461: what bounces comes back without its body
        if 0 < len(envelope.id) <= _LONGEST_ID:
            parameters += f" ENVID={_xtext(envelope.id)}"
    return f"MAIL FROM:<{envelope.sender}>{parameters}\r\n".encode()


def _xtext(value: str) -> str:
    """RFC 3461 4."""
    return value.replace("+", "+2B").replace("=", "+3D")


def _rcpt(envelope: Envelope, _features: Mapping[str, str]) -> bytes:
    return f"RCPT TO:<{envelope.recipient}>\r\n".encode()


_NEXT: Mapping[Step, Step] = {"RSET": "MAIL", "MAIL": "RCPT", "RCPT": "DATA"}
_COMMANDS: Mapping[Step, Callable[[Envelope, Mapping[str, str]], bytes]] = {
    "RSET": lambda _envelope, _features: b"RSET\r\n",
    "MAIL": _mail,
    "RCPT": _rcpt,
    "DATA": lambda _envelope, _features: b"DATA\r\n",
}
