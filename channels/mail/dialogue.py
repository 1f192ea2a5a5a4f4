"""Handing a mail to a server, once: MAIL, RCPT, DATA, the body, `commit`, and only then the final dot.

Before the dot nothing can have gone out (RFC 5321 4.1.1.4: a server must not accept an unfinished mail), so whatever
fails is safe to try again. After the dot only an answer tells; without one the message is in doubt, and nothing here
sends it again.
"""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass

from channels.mail.opening import open_session
from channels.mail.replies import Reply, refusal, unusable
from channels.mail.server import Patience, Server
from channels.mail.session import Session
from communique.channel import PermanentError, Receipt, TemporaryError, UncertainError

_GO_AHEAD = 354


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """What goes over the wire: two addresses in wire form, and a whole mail with CR LF line ends."""

    sender: str
    recipient: str
    data: bytes

    @property
    def international(self) -> bool:
        """Whether the server must offer SMTPUTF8 (RFC 6531)."""
        return not (self.sender.isascii() and self.recipient.isascii() and self.data.isascii())


class _StaleError(Exception):
    """A kept connection turned out to be closed, before it was of any use to this mail."""


class Dialogue:
    """Speaks to one server over one connection that is kept and used again. Not for use by several threads."""

    def __init__(self, server: Server, patience: Patience) -> None:
        self._server = server
        self._patience = patience
        self._session: Session | None = None

    def hand_over(self, envelope: Envelope, commit: Callable[[], None]) -> Receipt:
        """Hand a mail over; `commit` is called once, right before the final dot.

        Raises:
            TemporaryError: put off, or the connection failed before the dot.
            PermanentError: refused for good.
            UncertainError: the dot was sent, and no answer came.
        """
        session = self._offered(envelope)
        try:
            commit()
        except BaseException:
            # Without the final dot the server must forget what it has.
            self._discard()
            raise
        return self._finish(session)

    def _offered(self, envelope: Envelope) -> Session:
        """A session that has everything but the final dot."""
        try:
            session = self._begun(envelope)
            self._give(session, envelope)
        except (TemporaryError, PermanentError):
            raise
        except smtplib.SMTPServerDisconnected as error:
            self._discard()
            raise self._broken_off(f"hung up ({error})") from error
        except BaseException:
            self._discard()
            raise
        return session

    def close(self) -> None:
        """QUIT, if there is a connection; how that ends no longer matters."""
        session, self._session = self._session, None
        if session is None:
            return
        try:
            session.ask("QUIT", within=self._server.connect_timeout)
        except OSError:
            pass
        finally:
            session.close()

    def _begun(self, envelope: Envelope) -> Session:
        """A session that has taken MAIL; a kept one that the server gave up in the meantime is replaced."""
        if self._session is not None:
            try:
                return self._begin_again(self._session, envelope)
            except _StaleError:
                self._discard()
        self._session = open_session(self._server, self._patience)
        self._expect(self._mail(self._session, envelope), "our sender address (MAIL FROM)")
        return self._session

    def _begin_again(self, session: Session, envelope: Envelope) -> Session:
        try:
            if not session.ask("RSET", within=self._patience.command).accepted:
                raise _StaleError
            answer = self._mail(session, envelope)
        except smtplib.SMTPServerDisconnected as error:
            raise _StaleError from error
        if answer.closing:
            raise _StaleError
        self._expect(answer, "our sender address (MAIL FROM)")
        return session

    def _mail(self, session: Session, envelope: Envelope) -> Reply:
        return session.ask(
            f"MAIL FROM:<{envelope.sender}>{self._parameters(session, envelope)}", within=self._patience.command
        )

    def _parameters(self, session: Session, envelope: Envelope) -> str:
        parameters = ""
        if session.has_extn("size"):
            self._check_size(session.esmtp_features["size"], len(envelope.data))
            parameters += f" SIZE={len(envelope.data)}"  # RFC 1870
        if not envelope.international:
            return parameters
        if not (session.has_extn("smtputf8") and session.has_extn("8bitmime")):
            raise PermanentError(
                f"The address {envelope.recipient} has letters outside ASCII before the @, and the mail server "
                f"{self._server} cannot carry such addresses (it does not offer SMTPUTF8). Ask the person for "
                "another address, or the operator for another server."
            )
        session.command_encoding = "utf-8"
        return f"{parameters} BODY=8BITMIME SMTPUTF8"

    def _check_size(self, offered: str, size: int) -> None:
        if offered.isdigit() and 0 < int(offered) < size:
            raise PermanentError(
                f"The mail has {size:,} bytes; the mail server {self._server} takes {int(offered):,} at most. "
                "Leave attachments out, or link to them."
            )

    def _give(self, session: Session, envelope: Envelope) -> None:
        answer = session.ask(f"RCPT TO:<{envelope.recipient}>", within=self._patience.command)
        self._expect(answer, f"the recipient {envelope.recipient}")
        answer = session.ask("DATA", within=self._patience.data)
        if answer.code != _GO_AHEAD:
            self._expect(answer, "to take the mail (DATA)")
            raise self._desynchronised(answer)
        session.give(stuffed(envelope.data), within=self._patience.block)
        if session.has_spoken():
            raise self._interrupted(session)

    def _interrupted(self, session: Session) -> TemporaryError:
        """The server spoke or hung up in the middle: better known before `commit` than in doubt after it."""
        try:
            event = f"said “{session.answer(within=self._patience.data)}”"
        except OSError:
            event = "hung up"
        self._discard()
        return self._broken_off(event)

    def _broken_off(self, event: str) -> TemporaryError:
        return unusable(self._server, f"{event} before it had the whole mail. It will be tried again.")

    def _finish(self, session: Session) -> Receipt:
        try:
            session.give(b".\r\n", within=self._patience.final)
            answer = session.answer(within=self._patience.final)
        except Exception as error:
            self._discard()
            raise UncertainError(
                f"The mail server {self._server} had the whole mail, and its answer never came ({error}). "
                "It may have gone out."
            ) from error
        except BaseException:
            self._discard()
            raise
        if not (answer.accepted or answer.refused):
            self._discard()
            raise UncertainError(
                f"The mail server {self._server} had the whole mail and answered what is no answer: {answer}. "
                "It may have gone out."
            )
        self._expect(answer, "the mail")
        return Receipt(reference=answer.queue_id, detail=str(answer))

    def _expect(self, answer: Reply, subject: str) -> None:
        if answer.closing:
            self._discard()
        if answer.refused:
            raise refusal(self._server, answer, subject)
        if not answer.accepted:
            raise self._desynchronised(answer)

    def _desynchronised(self, answer: Reply) -> TemporaryError:
        self._discard()
        return unusable(self._server, f"answered what was not asked: {answer}. It will be tried again.")

    def _discard(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()


def stuffed(data: bytes) -> bytes:
    """The mail with leading dots doubled (RFC 5321 4.5.2) and a line end at its end, without the final dot."""
    ended = data if data.endswith(b"\r\n") else data + b"\r\n"
    doubled = ended.replace(b"\r\n.", b"\r\n..")
    return b"." + doubled if doubled.startswith(b".") else doubled
