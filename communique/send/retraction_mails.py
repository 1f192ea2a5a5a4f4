"""What tells those who got an announcement by mail that it was withdrawn."""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from communique.channel import FormLetter, MergedMail, Recipient
from communique.delivery import Delivery
from communique.store import retractions
from communique.store.database import Database
from communique.store.leases import Lease
from communique.store.retractions import Kept
from communique.texts.merging import form_letter, values_of
from communique.texts.retraction_notice import RetractionNotice, write_notice
from communique.workspace import Workspace


@dataclass
class RetractionMails:
    """Those of one workspace: each withdrawal is written once a channel, language and role."""

    workspace: Workspace
    database: Database
    _letters: dict[tuple[int, str, str, str], FormLetter] = field(default_factory=dict)

    def to(self, lease: Lease, recipient: Recipient) -> MergedMail | None:
        """One person's; None when it has turned out that they did not get what is withdrawn.

        Raises:
            TemplateProblemError: a layout or phrase is missing or wrong.
            LookupError: the withdrawal is not in the ledger.
        """
        delivery = lease.delivery
        with self.database.reading() as connection:
            kept = retractions.told_by(connection, lease.occurrence)
            if kept is None:
                raise LookupError("the withdrawal is not in the ledger")
            if retractions.never_arrived(connection, kept, int(recipient.id), delivery.channel):
                return None
            kind = lease.occurrence, delivery.channel, delivery.language, lease.role
            if kind not in self._letters:
                self._letters[kind] = self._letter(connection, kept, delivery, lease.role)
        letter = self._letters[kind]
        return MergedMail(letter=letter, values=values_of(self.workspace.renderer, letter, recipient))

    def _letter(self, connection: Connection, kept: Kept, delivery: Delivery, role: str) -> FormLetter:
        notice = RetractionNotice(
            headline=kept.headline(delivery.language),
            announced_at=retractions.announced_at(connection, kept),
            retraction=kept.retraction,
            path=retractions.page_of(connection, kept, delivery.language),
            chooses=self.workspace.routes[delivery.channel].is_newsletter,
        )
        renderer = self.workspace.renderer
        return form_letter(renderer, lambda anybody: write_notice(renderer, notice, anybody, role), delivery.language)
