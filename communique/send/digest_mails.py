"""What a newsletter by day or week says: the announcements it carries, each as it was frozen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from communique.channel import FormLetter, Mail, MergedMail, Recipient
from communique.delivery import Delivery
from communique.occasion import Occasion
from communique.plan.owing import spoken_to
from communique.routes import SUBSCRIBERS
from communique.store.database import Database
from communique.store.deliveries import digests
from communique.store.deliveries.digests import Carried
from communique.subscription import Frequency
from communique.texts.digest import Digest, Piece, piece_of, write_digest
from communique.texts.merging import form_letter, is_for_anybody, values_of
from communique.workspace import Workspace


@dataclass
class DigestMails:
    """Those of one workspace. `texts`: the workspace as it was when an occurrence was frozen, and its occasion."""

    workspace: Workspace
    database: Database
    texts: Callable[[Connection, int, Delivery], tuple[Workspace, Occasion]]
    #: By what they carry, channel and language: those in which nothing differs but the links.
    _letters: dict[tuple[tuple[int, ...], str, str, str], FormLetter | None] = field(default_factory=dict)

    def to(self, delivery: Delivery, recipient: Recipient) -> Mail | MergedMail | None:
        """One person's; None when it carries nothing any more.

        Raises:
            TemplateProblemError: a text cannot be filled.
            LookupError: the frozen texts are not there.
        """
        with self.database.reading() as connection:
            carried = digests.carried(connection, delivery.id)
            if not carried:
                return None
            kind = tuple(each.occurrence for each in carried), delivery.channel, delivery.language, delivery.occurrence
            if kind not in self._letters:
                self._letters[kind] = self._letter(connection, delivery, carried)
            letter = self._letters[kind]
            if letter is None:
                return self._mail(connection, delivery, carried, recipient)
        return MergedMail(letter=letter, values=values_of(self.workspace.renderer, letter, recipient))

    def _letter(self, connection: Connection, delivery: Delivery, carried: Sequence[Carried]) -> FormLetter | None:
        """One for everybody; None when a text says something else to each."""
        for each in carried:
            texts, occasion, language = self._said(connection, delivery, each)
            if not is_for_anybody(texts.renderer, occasion, texts.routes[delivery.channel], language):
                return None
        return form_letter(
            self.workspace.renderer,
            lambda anybody: self._mail(connection, delivery, carried, anybody),
            delivery.language,
        )

    def _mail(
        self, connection: Connection, delivery: Delivery, carried: Sequence[Carried], recipient: Recipient
    ) -> Mail:
        pieces = [self._piece(connection, delivery, each, recipient) for each in carried]
        digest = Digest(frequency=Frequency(delivery.announcement), due_at=delivery.due_at, pieces=pieces)
        return write_digest(self.workspace.renderer, digest, recipient, SUBSCRIBERS)

    def _piece(self, connection: Connection, delivery: Delivery, each: Carried, recipient: Recipient) -> Piece:
        texts, occasion, language = self._said(connection, delivery, each)
        return piece_of(texts.renderer, occasion, texts.routes[delivery.channel], language, recipient)

    def _said(self, connection: Connection, delivery: Delivery, each: Carried) -> tuple[Workspace, Occasion, str]:
        texts, occasion = self.texts(connection, each.occurrence, each.delivery)
        languages = occasion.campaign.languages_of(occasion.announcement)
        return texts, occasion, spoken_to(delivery.language, texts.routes[delivery.channel].spoken(languages))
