"""Links by which officers sign in at the desk, mailed to whoever asked for one.

Its words come with the program, as the desk's pages do, and not from the workspace: whoever edits texts must not be
able to make this mail hand its link on.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from communique.channel import Channel, ChannelError, Mail, Message, Recipient, Secret, TemporaryError
from communique.own_pages import OurPages
from communique.store.database import Database
from communique.store.desk import officers
from communique.store.desk.officers import DueLink
from communique.texts import addresses, tokens
from communique.workspace import Workspace

#: When a mail is tried again whose server was away, or whose sender died.
_AGAIN = timedelta(minutes=2)
_LANGUAGES = {"en": "en-GB", "es": "es-ES"}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class SignInLinks:
    """Of a workspace. `channel`: the one that carries them; None when it is not open."""

    workspace: Workspace
    database: Database
    channel: Channel | None
    key: Secret

    def post(self, now: datetime) -> None:
        """Mail what is due. What fails for the time being is tried again while the link is good."""
        if self.channel is None or self.workspace.settings.desk.address is None:
            return
        with self.database.begin() as connection:
            due = officers.links_to_mail(connection, now, _AGAIN)
        for each in due:
            try:
                self.channel.send(self._message(each, now), lambda: None)
            except TemporaryError:
                continue
            except ChannelError as error:
                _log.warning("a link to sign in was not sent: %s", type(error).__name__)
            with self.database.begin() as connection:
                officers.mailed(connection, each.reference)

    def _message(self, due: DueLink, now: datetime) -> Message:
        base = (self.workspace.settings.desk.address or "").rstrip("/")
        link = f"{base}/begin/{tokens.sign(tokens.DESK, due.reference, self.key)}"
        language = due.officer.language if due.officer.language in _LANGUAGES else next(iter(_LANGUAGES))
        digest = tokens.digests(tokens.DESK, f"mail {due.reference}", self.key)[0][:32]
        return Message(
            key=f"desk/{digest}",
            reference=f"desk-{digest}@{addresses.host_of(self.workspace.settings.public_address)}",
            created_at=now,
            language=language,
            content=self._mail(due, link, language),
            recipient=Recipient(id="desk", address=due.officer.address, name=due.officer.name, language=language),
        )

    def _mail(self, due: DueLink, link: str, language: str) -> Mail:
        settings = self.workspace.settings
        pages = OurPages("desk", settings.timezone, _LANGUAGES[language])
        subject, _, text = pages.fill(f"sign-in-mail.{language}.txt", link=link, until=due.expires_at).partition("\n")
        paragraphs = text.strip().split("\n\n")
        html = pages.fill("sign-in-mail.html", language=language, subject=subject, paragraphs=paragraphs, link=link)
        return Mail(subject=subject, text=text, html=html, reply_to=settings.government.contact.email)
