"""Tells the officers by mail what needs a person: when it begins (or changes), and when it is settled."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime

from communique.alerts.alert_mail import alert_mail
from communique.alerts.causes import LASTING, Sighting, in_ledger
from communique.channel import Channel, ChannelError, Mail, Message, Recipient, TemporaryError
from communique.store.database import Database
from communique.store.deliveries import concerns
from communique.store.deliveries.concerns import Alert
from communique.store.desk import officers
from communique.texts import addresses
from communique.texts.templates import TemplateProblemError
from communique.workspace import Workspace

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Alerting:
    """Alerts of a workspace. `channel`: the one that carries them; None when it is not open."""

    workspace: Workspace
    database: Database
    channel: Channel | None

    def look(self, seen: Sighting, now: datetime) -> None:
        """Write down what is so, by what was seen and what the ledger says, and tell what is to be told.

        An alert that cannot be sent is logged and tried again later; there are no alerts about alerts.
        """
        mode = self.workspace.settings.mode
        with self.database.reading() as connection:
            every = [*seen.concerns(now), *in_ledger(connection, self.workspace, mode, now)]
        causes = seen.causes
        found = [each for each in every if each.cause in causes]
        with self.database.begin() as connection:
            concerns.observe(connection, mode, causes, found, lasting=LASTING, now=now)
            alerts = concerns.take(connection, mode, now)
        for alert in alerts:
            try:
                reached = self._tell(alert, now)
            except TemporaryError:
                return  # the others would wait for the same server
            if reached:
                with self.database.begin() as connection:
                    concerns.told(connection, mode, alert, now)

    def _tell(self, alert: Alert, now: datetime) -> bool:
        """Whether it reached anybody.

        Raises:
            TemporaryError: nobody, and the last of them may be reached later.
        """
        if self.channel is None:
            _log.error("no alert about %s could be sent: the channel for alerts is not open", alert.cause)
            return False
        languages = self._languages()
        try:
            contents = {each: alert_mail(self.workspace, alert, each) for each in set(languages.values())}
        except (TemplateProblemError, KeyError) as error:
            _log.error("an alert about %s could not be written: %s", alert.cause, error)
            return False
        sent = 0
        fault: ChannelError | None = None
        for number, (address, language) in enumerate(languages.items(), start=1):
            try:
                self.channel.send(self._message(alert, address, contents[language], language, now), lambda: None)
                sent += 1
            except ChannelError as error:
                fault = error
                _log.error(
                    "an alert about %s was not sent to address %s: %s", alert.cause, number, type(error).__name__
                )
        if not sent and isinstance(fault, TemporaryError):
            raise fault
        return sent > 0

    def _languages(self) -> dict[str, str]:
        """In which language each address is written to: that of whoever was invited to the desk with it, else ours."""
        spoken = self.workspace.settings.languages
        with self.database.reading() as connection:
            known = {each: officers.by_address(connection, each) for each in self.workspace.settings.alerts.to}
        return {
            address: officer.language if officer is not None and officer.language in spoken else spoken[0]
            for address, officer in known.items()
        }

    def _message(self, alert: Alert, address: str, content: Mail, language: str, now: datetime) -> Message:
        key = f"alert/{self.workspace.settings.mode}/{alert.cause}/{now.isoformat()}"
        digest = hashlib.sha256(f"{key}/{address}".encode()).hexdigest()[:32]
        return Message(
            key=key,
            reference=f"alert-{digest}@{addresses.host_of(self.workspace.settings.public_address)}",
            created_at=now,
            language=language,
            content=content,
            recipient=Recipient(id="alerts", address=address, name="", language=language),
        )
