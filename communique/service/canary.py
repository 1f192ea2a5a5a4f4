"""The canary: a mail now and then to a mailbox of our own, and a look whether it arrived.

"Accepted" is the next system's word. Whether mails come to people at all, past filters and full queues, is seen where
one of them is to arrive.
"""

import email.parser
import email.policy
import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from communique.bounces.imap import Imap
from communique.bounces.sources import Maildir, Source
from communique.channel import Channel, ChannelError, Message, Recipient, Secret, UncertainError
from communique.log_lines import masked
from communique.service_mail import service_mail
from communique.settings.mailboxes import Canary as CanarySettings
from communique.store.database import Database, database_fault
from communique.store.deliveries import canaries
from communique.store.deliveries.canaries import Canary
from communique.texts import addresses
from communique.texts.templates import TemplateProblemError
from communique.workspace import Workspace

_LOOKED_FOR_EVERY = timedelta(minutes=1)
_AT_ONCE = 500  #: messages of the mailbox in one look
_OURS = re.compile(r"<canary-([0-9a-f]{32})@")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class CanaryPost:
    """Sends it. `channel`: the one that it looks after; None when that is not open."""

    workspace: Workspace
    database: Database
    channel: Channel | None

    def send(self, settings: CanarySettings, now: datetime) -> bool:
        """Send one if it is time; whether one was accepted."""
        if self.channel is None:
            return False
        with self.database.begin() as connection:
            due = canaries.next_due(connection, settings.through, settings.every, now)
        if due is None:
            return False
        why = self._hand_over(due, settings)
        with self.database.begin() as connection:
            if why:
                canaries.not_accepted(connection, due.reference, why)
            else:
                canaries.accepted(connection, due.reference, now)
        if why:
            _log.warning("the canary was not accepted: %s", why, extra={"channel": settings.through})
        return not why

    def _hand_over(self, due: Canary, settings: CanarySettings) -> str:
        """Why it was not accepted; it is waited for when nobody knows whether it was."""
        assert self.channel is not None  # noqa: S101 - `send` has looked
        try:
            self.channel.send(self._message(due, settings), lambda: None)
        except UncertainError:
            return ""
        except ChannelError as error:
            return masked(str(error)) or type(error).__name__
        except (TemplateProblemError, KeyError) as error:
            return f"it could not be written: {error}"
        return ""

    def _message(self, due: Canary, settings: CanarySettings) -> Message:
        workspace = self.workspace
        language = workspace.settings.languages[0]
        subject = workspace.words.of(language)["canary"]["subject"]
        begun = due.begun_at.astimezone(workspace.settings.timezone)
        content = service_mail(workspace, language, "canary.md", subject, {"begun": begun}, role="alerts")
        host = addresses.host_of(workspace.settings.public_address)
        return Message(
            key=f"canary/{due.reference}",
            reference=f"canary-{due.reference}@{host}",
            created_at=due.begun_at,
            language=language,
            content=content,
            recipient=Recipient(id="canary", address=settings.address, name="", language=language),
        )


@dataclass
class CanaryWatch:
    """Looks into its mailbox, in a thread of its own: neither sending nor a tick waits for a mailbox."""

    root: Path  #: of the workspace, which a maildir's path may begin at
    find_secret: Callable[[str], Secret | None]
    clock: Callable[[], datetime]
    fault: str = ""  #: why the mailbox could not be read at the last look
    _thread: threading.Thread | None = None
    _looked_at: datetime | None = None

    def begin(self, settings: CanarySettings | None, database: Database) -> None:
        """Look, unless somebody is looking or has looked just now."""
        if settings is None:
            self.fault = ""
        now = self.clock()
        early = self._looked_at is not None and abs(now - self._looked_at) < _LOOKED_FOR_EVERY
        if settings is None or early or (self._thread is not None and self._thread.is_alive()):
            return
        self._looked_at = now
        source = self._source(settings)
        self._thread = threading.Thread(target=self._look, args=(source, database), name="canary", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Until the look that is under way is over."""
        if self._thread is not None:
            self._thread.join()

    def _source(self, settings: CanarySettings) -> Source:
        if settings.imap is not None:
            return Imap(settings.imap, self.find_secret(settings.imap.password))
        return Maildir(self.root / (settings.maildir or ""))

    def _look(self, source: Source, database: Database) -> None:
        try:
            for found in islice(source.unread(), _AT_ONCE):
                self._found(found.data, database)
                source.done(found)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next look tries again
            why = masked(database_fault(error) or (str(error) if isinstance(error, OSError) else ""))
            self.fault = why or "a mistake in the program"
            _log.error("the canary's mailbox could not be read: %s", self.fault, exc_info=not why)
        else:
            self.fault = ""
        finally:
            source.close()

    def _found(self, data: bytes, database: Database) -> None:
        """Mails of others in the mailbox say nothing."""
        headers = email.parser.BytesHeaderParser(policy=email.policy.compat32).parsebytes(data)
        ours = _OURS.match(str(headers.get("Message-ID", "")).strip())
        if ours is None:
            return
        now = self.clock()
        with database.begin() as connection:
            canary = canaries.arrived(connection, ours[1], now)
        if canary is not None:
            took = max(timedelta(), now - canary.begun_at)
            _log.info("the canary has arrived", extra={"channel": canary.channel, "seconds": took.total_seconds()})
