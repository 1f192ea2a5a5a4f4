"""Sends the letters that are owed, and clears away what nobody confirmed in time."""

import logging
from dataclasses import dataclass
from datetime import datetime

from communique.channel import (
    Channel,
    ChannelError,
    Mail,
    Message,
    Recipient,
    Secret,
    TemporaryError,
    UncertainError,
)
from communique.delivery import Mode
from communique.letters.answer_mail import NothingToSayError, answer_mail
from communique.letters.letter_mail import language_of, letter_mail
from communique.plan.owing import allowed
from communique.store.database import Database
from communique.store.recipients import letters, limits, requests
from communique.store.recipients.letters import Letter, LetterKind
from communique.store.recipients.people import address_key
from communique.texts import addresses
from communique.texts.templates import TemplateProblemError
from communique.workspace import Workspace

_log = logging.getLogger(__name__)
_AT_ONCE = 20  #: letters; the announcements wait so long


class _MustNotGoError(Exception):
    """Somebody else has sent it, or it is gone."""


@dataclass(frozen=True, kw_only=True)
class Posting:
    """Letters of a workspace. `channel`: the one that carries them; None when it is not open."""

    workspace: Workspace
    database: Database
    channel: Channel | None
    key: Secret

    def post(self, now: datetime) -> int:
        """Send some of what is due; the number of letters that went.

        One that cannot be sent is tried again later, until its links are void.
        """
        with self.database.reading() as connection:
            if not (letters.are_due(connection, now) or requests.are_over(connection, now)):
                return 0  # which is nearly always so: no transaction that writes
        with self.database.begin() as connection:
            limits.forget(connection, now)
            requests.forget(connection, now)
            letters.forget_about_answers(connection, now - requests.VALID, now)
            due = letters.take(connection, now, _AT_ONCE)
        return sum(self._send(letter, now) for letter in due)

    def _send(self, letter: Letter, now: datetime) -> bool:
        if self.channel is None:
            self._put_off(letter, now, "the channel for letters is not open")
            return False
        if self.workspace.settings.mode is Mode.TRIAL and address_key(letter.address) not in allowed(self.workspace):
            self._close(letter, "trial mode: not on the allow-list")
            return False
        try:
            message = self._message(letter, now)
        except NothingToSayError as error:
            self._close(letter, str(error))
            return False
        except (TemplateProblemError, KeyError) as error:
            _log.error("a letter could not be written: %s", error)
            self._put_off(letter, now, "it could not be written")
            return False
        return self._hand_over(self.channel, letter, message, now)

    def _hand_over(self, channel: Channel, letter: Letter, message: Message, now: datetime) -> bool:
        def commit() -> None:
            with self.database.begin() as connection:
                if not letters.irrevocable(connection, letter, now):
                    raise _MustNotGoError

        try:
            channel.send(message, commit)
        except TemporaryError as error:
            self._put_off(letter, now, type(error).__name__)
        except UncertainError:
            self._close(letter, "it may have gone")
        except (ChannelError, _MustNotGoError) as error:
            self._close(letter, type(error).__name__)
        else:
            self._close(letter, "sent")
            return True
        _log.warning("a letter was not sent at attempt %s", letter.attempts, extra={"letter": letter.reference})
        return False

    def _message(self, letter: Letter, now: datetime) -> Message:
        language = language_of(self.workspace, letter)
        host = addresses.host_of(self.workspace.settings.public_address)
        return Message(
            key=f"letter/{letter.kind}/{letter.reference}",
            reference=f"letter-{letter.reference}@{host}",
            created_at=letter.owed_at,
            language=language,
            content=self._mail(letter, now),
            recipient=Recipient(id="letter", address=letter.address, name="", language=language),
        )

    def _mail(self, letter: Letter, now: datetime) -> Mail:
        if letter.kind is not LetterKind.ANSWER:
            return letter_mail(self.workspace, letter, self.key)
        with self.database.reading() as connection:
            return answer_mail(self.workspace, connection, letter, self.key, now)

    def _close(self, letter: Letter, outcome: str) -> None:
        with self.database.begin() as connection:
            letters.close(connection, letter, outcome)

    def _put_off(self, letter: Letter, now: datetime, outcome: str) -> None:
        with self.database.begin() as connection:
            letters.put_off(connection, letter, now, outcome)
