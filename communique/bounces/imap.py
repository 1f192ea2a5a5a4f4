"""A mailbox on an IMAP server (RFC 9051 and before), read over TLS with a verified certificate."""

import base64
import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from communique.bounces.mail_parts import MOST_BYTES
from communique.bounces.sources import Found
from communique.channel import Secret
from communique.settings.mailboxes import ImapMailbox

_PATIENCE = 30  #: seconds for each answer
_LOCAL = {"localhost", "127.0.0.1", "::1"}


class Imap:
    """Reads what is not seen; what has been read is marked so, or moved."""

    def __init__(self, settings: ImapMailbox, password: Secret | None) -> None:
        self._settings = settings
        self._password = password
        self._connection: imaplib.IMAP4 | None = None
        self._abilities: frozenset[str] = frozenset()  #: of the server, as it names them once it has let us in

    def unread(self) -> Iterator[Found]:
        """The oldest first.

        Raises:
            OSError: it cannot be reached, or does not let us in; or, after all others, does not give us some messages.
        """
        try:
            connection = self._open()
            numbers = _answer(connection.uid("SEARCH", "UNSEEN"), "the search")[0] or b""
            shut: list[imaplib.IMAP4.error] = []
            for number in map(bytes.decode, numbers.split()):
                try:
                    data = _beginning(connection, number)
                except imaplib.IMAP4.abort:  # the whole mailbox is away
                    raise
                except imaplib.IMAP4.error as error:  # that one is: the others are read all the same
                    shut.append(error)
                    continue
                if data is not None:
                    yield Found(f"{self._settings.host}, {self._settings.folder}, UID {number}", number, data)
            if shut:
                raise shut[0]
        except (imaplib.IMAP4.error, ValueError) as error:
            raise OSError(f"expected the mailbox at {self._settings.host}, found: {_words(error)}") from error

    def done(self, found: Found) -> None:
        """Marked as seen, and moved where the settings say so."""
        connection = self._open()
        try:
            _answer(connection.uid("STORE", found.handle, "+FLAGS.SILENT", r"(\Seen)"), "to mark a message")
            if self._settings.move_to:
                self._move(connection, found.handle, _quoted(self._settings.move_to))
        except (imaplib.IMAP4.error, ValueError) as error:
            raise OSError(f"expected to mark a message at {self._settings.host}, found: {_words(error)}") from error

    def _move(self, connection: imaplib.IMAP4, number: str, folder: str) -> None:
        """RFC 6851, or in two steps."""
        if "MOVE" in self._abilities:
            _answer(connection.uid("MOVE", number, folder), "to move a message")
            return
        _answer(connection.uid("COPY", number, folder), "to copy a message")
        _answer(connection.uid("STORE", number, "+FLAGS.SILENT", r"(\Deleted)"), "to delete a message")
        if "UIDPLUS" in self._abilities:
            _answer(connection.uid("EXPUNGE", number), "to delete a message")

    def close(self) -> None:
        """Take leave; what was marked stays so."""
        if self._connection is not None:
            with suppress(OSError, imaplib.IMAP4.error):
                self._connection.logout()
        self._connection = None

    def _open(self) -> imaplib.IMAP4:
        if self._connection is not None:
            return self._connection
        settings = self._settings
        if self._password is None:
            raise OSError(f"expected the secret {settings.password} in the environment, found none")
        if settings.tls == "none" and settings.host not in _LOCAL:
            raise OSError(f"expected `tls` for {settings.host}: the password would go over the network in clear")
        trusted = ssl.create_default_context(cafile=settings.ca_file)
        connection: imaplib.IMAP4
        if settings.tls == "implicit":
            connection = imaplib.IMAP4_SSL(settings.host, settings.port, ssl_context=trusted, timeout=_PATIENCE)
        else:
            connection = imaplib.IMAP4(settings.host, settings.port, timeout=_PATIENCE)
        try:
            if settings.tls == "starttls":
                connection.starttls(trusted)
            connection.login(settings.username, self._password.reveal())
            # imaplib keeps those from before, which many servers name few of.
            named = _answer(connection.capability(), "what the server can do")
            self._abilities = frozenset(named[-1].decode("ascii", "replace").upper().split())
            _answer(connection.select(_quoted(settings.folder)), f"the folder {settings.folder}")
        except BaseException:
            with suppress(OSError):
                connection.shutdown()
            raise
        self._connection = connection
        return connection


def _beginning(connection: imaplib.IMAP4, number: str) -> bytes | None:
    """Of a message; None where somebody has taken it meanwhile."""
    fetched = _answer(connection.uid("FETCH", number, f"(BODY.PEEK[]<0.{MOST_BYTES}>)"), f"message {number}")
    data = next((part[1] for part in fetched if isinstance(part, tuple)), None)
    return data if isinstance(data, bytes) else None


def _answer(answered: tuple[str, Sequence[Any]], what: str) -> Sequence[Any]:
    status, data = answered
    if status != "OK":
        raise imaplib.IMAP4.error(f"{what} was refused: {_words(data[0] if data else '')}")
    return data


def _quoted(folder: str) -> str:
    """As IMAP writes a name with spaces; other letters than ASCII in modified UTF-7 (RFC 3501 5.1.3)."""

    def encoded(run: re.Match[str]) -> str:
        return "&" + base64.b64encode(run[0].encode("utf-16-be")).rstrip(b"=").decode().replace("/", ",") + "-"

    plain = re.sub(r"[^\x20-\x7e]+", encoded, folder.replace("&", "&-"))
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _words(said: object) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return " ".join(text.split())[:300]
