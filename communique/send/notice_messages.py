"""What tells those who got an announcement what is said about it since: by mail, on paper, in answer to a post."""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from communique.channel import Content, FormLetter, MergedMail, Post, Recipient, Removal, Script
from communique.correction import corrected_as, tells_of_correction
from communique.delivery import Delivery
from communique.phrase import phrase
from communique.postal_address import PostalAddress
from communique.retraction import tells_of_retraction
from communique.store.announcements import corrections, notices, retractions
from communique.store.announcements.notices import Arrival, Original
from communique.store.database import Database
from communique.store.deliveries.leases import Lease
from communique.store.deliveries.owed import ALL
from communique.texts import addresses
from communique.texts.corrections import Mended, correction_notice, correction_post
from communique.texts.merging import form_letter, values_of
from communique.texts.notice_scripts import correction_script, retraction_script
from communique.texts.notices import Notice, notice_letter, notice_mail
from communique.texts.retraction_notice import Withdrawn, retraction_notice
from communique.workspace import Workspace


class NeverArrivedError(Exception):
    """It has turned out that what a notice is about did not reach somebody after all: they need none."""


class NotYetArrivedError(Exception):
    """What a notice is about is still under way to somebody: it goes after that, or not at all."""


@dataclass
class NoticeMessages:
    """Those of one workspace: each notice is written once a channel, language and role."""

    workspace: Workspace
    database: Database
    _letters: dict[tuple[int, str, str, str], FormLetter] = field(default_factory=dict)

    def mail(self, lease: Lease, recipient: Recipient) -> tuple[MergedMail, str]:
        """One person's mail, and the Message-ID (without brackets) of the one that it answers.

        Raises:
            NeverArrivedError: what it is about did not reach them.
            NotYetArrivedError: it is still on its way.
            TemplateProblemError: a layout or phrase is missing or wrong.
            LookupError: what it says is not in the ledger.
        """
        delivery = lease.delivery
        with self.database.reading() as connection:
            original = self._original(connection, lease)
            kind = lease.occurrence, delivery.channel, delivery.language, lease.role
            if kind not in self._letters:
                notice = self._notice(connection, lease.occurrence, delivery, on_paper=False)
                self._letters[kind] = self._form_letter(notice, delivery, lease.role)
        letter = self._letters[kind]
        return MergedMail(letter=letter, values=values_of(self.workspace.renderer, letter, recipient)), original

    def letter(self, lease: Lease, recipient: Recipient, postal: PostalAddress) -> Content:
        """One person's letter on paper; raises as `mail`."""
        delivery = lease.delivery
        with self.database.reading() as connection:
            self._original(connection, lease)
            notice = self._notice(connection, lease.occurrence, delivery, on_paper=True)
        renderer = self.workspace.renderer
        return notice_letter(renderer, notice, recipient, postal, delivery.reference, delivery.due_at)

    def post(self, connection: Connection, delivery: Delivery, occurrence: int) -> tuple[Post | Removal, str]:
        """A post in answer to the announcement's, and what the network calls that; its deletion if it was withdrawn.

        Raises: as `mail`.
        """
        about = notices.about(connection, occurrence)
        reference, url = notices.receipt_of(connection, about, delivery.channel, delivery.language)
        if tells_of_retraction(delivery.occurrence):
            return Removal(reference=reference, url=url), ""
        _arrived(notices.original(connection, about, ALL, delivery.channel, delivery.language))
        mended = self._mended(connection, occurrence, delivery)
        route = self.workspace.routes[delivery.channel]
        return correction_post(self.workspace.renderer, mended, route, delivery.language), reference

    def script(self, connection: Connection, delivery: Delivery, occurrence: int) -> Script:
        """A spot for the stations that have the announcement's; raises as `mail`."""
        renderer, language, on_screen = self.workspace.renderer, delivery.language, self._on_screen(delivery)
        about = notices.about(connection, occurrence)
        _arrived(notices.original(connection, about, ALL, delivery.channel, language))
        if tells_of_correction(delivery.occurrence):
            mended = self._mended(connection, occurrence, delivery)
            return correction_script(renderer, mended, language, delivery.due_at, on_screen=on_screen)
        withdrawn = self._withdrawn(connection, occurrence, delivery)
        return retraction_script(renderer, withdrawn, language, delivery.due_at, on_screen=on_screen)

    def _on_screen(self, delivery: Delivery) -> bool:
        return self.workspace.routes[delivery.channel].is_television

    def _original(self, connection: Connection, lease: Lease) -> str:
        delivery = lease.delivery
        about = notices.about(connection, lease.occurrence)
        found = notices.original(connection, about, delivery.person or ALL, delivery.channel, delivery.language)
        return _arrived(found)

    def _notice(self, connection: Connection, occurrence: int, delivery: Delivery, *, on_paper: bool) -> Notice:
        renderer, language = self.workspace.renderer, delivery.language
        if tells_of_correction(delivery.occurrence):
            mended = self._mended(connection, occurrence, delivery)
            return correction_notice(renderer, mended, language, on_paper=on_paper)
        withdrawn = self._withdrawn(connection, occurrence, delivery)
        return retraction_notice(renderer, withdrawn, language, on_paper=on_paper)

    def _withdrawn(self, connection: Connection, occurrence: int, delivery: Delivery) -> Withdrawn:
        kept = retractions.told_by(connection, occurrence)
        if kept is None:
            raise LookupError(phrase("the withdrawal is not in the ledger"))
        return Withdrawn(
            headline=kept.headline(delivery.language),
            announced_at=notices.announced_at(connection, kept.occurrence),
            retraction=kept.retraction,
            path=notices.page_of(connection, kept.occurrence, delivery.language),
        )

    def _mended(self, connection: Connection, occurrence: int, delivery: Delivery) -> Mended:
        kept = corrections.told_by(connection, occurrence)
        if kept is None:
            raise LookupError(phrase("the correction is not in the ledger"))
        has_page = bool(notices.page_of(connection, kept.occurrence, delivery.language))
        names = delivery.campaign, delivery.announcement, corrected_as(delivery.occurrence)
        base = self.workspace.settings.public_address
        return Mended(
            headline=kept.headline(delivery.language),
            announced_at=notices.announced_at(connection, kept.occurrence),
            correction=kept.correction,
            link=addresses.post_link(base, delivery.language, *names, has_page=has_page),
            has_page=has_page,
        )

    def _form_letter(self, notice: Notice, delivery: Delivery, role: str) -> FormLetter:
        renderer, chooses = self.workspace.renderer, self.workspace.routes[delivery.channel].is_newsletter
        return form_letter(
            renderer,
            lambda anybody: notice_mail(renderer, notice, anybody, role, chooses=chooses),
            delivery.language,
        )


def _arrived(original: Original) -> str:
    if original.arrival is Arrival.NEVER:
        raise NeverArrivedError(phrase("what it is about did not reach them"))
    if original.arrival is Arrival.UNDER_WAY:
        raise NotYetArrivedError(phrase("what it is about is still on its way to them"))
    return original.reference
