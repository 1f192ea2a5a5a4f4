"""From nothing to a connection that is encrypted and logged in. Whatever fails here concerns no message."""

import smtplib
import ssl
from base64 import b64encode

from channels.mail.replies import Reply, read_reply, unusable
from channels.mail.server import Patience, Server
from channels.mail.session import Session
from communique.channel import PermanentError, UnavailableError, phrase

_GREETING = 220
_CONTINUES = 334  # RFC 4954 4


def open_session(server: Server, patience: Patience) -> Session:
    """A connection ready for MAIL.

    Raises:
        UnavailableError: anything the server, the network or a certificate did.
        PermanentError: the settings name a user, but there is no password.
    """
    password = _password(server)
    session = Session(server, patience)
    try:
        _connect(session, server)
        if server.tls == "starttls":
            _encrypt(session, server, patience)
        if server.username:
            _log_in(session, server, password, patience)
    except ssl.SSLError as error:
        session.close()
        hint = _CERTIFICATE_HINT if isinstance(error, ssl.SSLCertVerificationError) else _TLS_HINT
        raise unusable(
            server,
            phrase(
                "could not be trusted or spoken to in secret ({error}). {certificate_hint}",
                error=error,
                certificate_hint=hint,
            ),
        ) from error
    except OSError as error:  # the errors of smtplib are among them
        session.close()
        raise unusable(server, phrase("could not be reached: {error}.", error=error)) from error
    except BaseException:
        session.close()
        raise
    return session


_CERTIFICATE_HINT = phrase(
    "Expected a valid certificate made out to that name. Ask its operator, or correct `host` in the channel's settings."
)
_TLS_HINT = phrase(
    "Expected TLS from the first byte on, as `tls: implicit` has it (often port 465). If that port begins in clear "
    "(587 and 25 do), write `tls: starttls`; or correct `port`."
)
_SILENT = phrase(
    "takes the connection and says nothing. Expected the greeting of a mail server: is it another kind of server, or "
    "one that wants TLS from the first byte on? Correct `port`, or write `tls: implicit` (often port 465)."
)


def _password(server: Server) -> str:
    if server.username and server.password is None:
        raise PermanentError(
            phrase(
                "The channel logs in at {server} as {username}, but its `password` is not set. Name the "
                "environment variable that holds it in the channel's settings, and set that variable.",
                server=server,
                username=server.username,
            )
        )
    return server.password.reveal() if server.password else ""


def _connect(session: Session, server: Server) -> None:
    try:
        answer = read_reply(session.connect(server.host, server.port))
    except smtplib.SMTPServerDisconnected as error:
        if isinstance(error.__cause__, TimeoutError):  # over a connection that there is
            raise unusable(server, _SILENT) from error
        raise
    if answer.code != _GREETING:
        raise unusable(server, phrase("turned the connection away: “{answer}”.", answer=answer))
    _introduce(session, server)


def _introduce(session: Session, server: Server) -> None:
    answer = read_reply(session.ehlo(server.helo_name or session.own_literal()))
    if not answer.accepted:
        raise unusable(server, phrase("did not greet us back (EHLO): “{answer}”.", answer=answer))


def _encrypt(session: Session, server: Server, patience: Patience) -> None:
    if not session.has_extn("starttls"):
        raise unusable(
            server,
            phrase(
                "does not offer encryption (STARTTLS), which the channel's settings ask for; nothing was "
                "sent. Ask its operator. Only for a relay on this machine, write `tls: none`."
            ),
        )
    answer = session.ask("STARTTLS", within=patience.command)
    if answer.code != _GREETING:
        raise unusable(server, phrase("refused to encrypt: {answer}", answer=answer))
    session.start_encryption()
    _introduce(session, server)


def _log_in(session: Session, server: Server, password: str, patience: Patience) -> None:
    if server.tls == "none" and not session.is_on_this_machine():
        raise unusable(server, phrase("would get the password in clear text; nothing was sent. Set `tls: starttls`."))
    offered = session.esmtp_features.get("auth", "").upper().split()
    if "PLAIN" in offered:
        answer = _plain(session, server, password, patience)
    elif "LOGIN" in offered:
        answer = _login(session, server, password, patience)
    else:
        raise unusable(
            server,
            phrase(
                "offers no way to log in that we know (PLAIN, LOGIN), but: {ways}.",
                ways=" ".join(offered) or phrase("none"),
            ),
        )
    if not answer.accepted:
        raise _login_refused(server, answer)


def _plain(session: Session, server: Server, password: str, patience: Patience) -> Reply:
    """RFC 4616."""
    return session.ask(
        f"AUTH PLAIN {_encoded(f'{chr(0)}{server.username}{chr(0)}{password}')}", within=patience.command
    )


def _login(session: Session, server: Server, password: str, patience: Patience) -> Reply:
    answer = session.ask("AUTH LOGIN", within=patience.command)
    for word in (server.username or "", password):
        if answer.code != _CONTINUES:
            return answer
        answer = session.ask(_encoded(word), within=patience.command)
    return answer


def _encoded(word: str) -> str:
    return b64encode(word.encode()).decode("ascii")


def _login_refused(server: Server, answer: Reply) -> UnavailableError:
    # Its words are left out: some servers repeat the command they refuse, and with it the password.
    return unusable(
        server,
        phrase(
            "refused the login as {username} (code {code}). Check `username` and the password.",
            username=server.username,
            code=answer.code,
        ),
    )
