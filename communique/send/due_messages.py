"""What a leased delivery says, made from the texts that were frozen with its audience."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from communique.bounces.tags import tag_of
from communique.channel import Channel, Content, Form, Message, Recipient
from communique.correction import tells_of_correction
from communique.delivery import Delivery, Mode
from communique.occasion import Occasion, dates_of
from communique.phrase import phrase
from communique.plan.owing import allowed
from communique.retraction import tells_of_retraction
from communique.send import messages
from communique.send.digest_mails import DigestMails
from communique.send.messages import Due, LastPages, Present
from communique.send.notice_messages import NeverArrivedError, NoticeMessages
from communique.settings import RETURN_TAG
from communique.store.announcements import copies, declarations
from communique.store.database import DIGEST, Database
from communique.store.deliveries import ledger
from communique.store.deliveries.leases import Lease
from communique.store.recipients import postal_addresses
from communique.texts.merging import MailMerge, mail_merge
from communique.texts.rendering import Addressee
from communique.website.process_state import Milestones
from communique.workspace import Workspace, read_workspace


class MustNotGoError(Exception):
    """The recipient must not be written to any more; the message says why."""


@dataclass
class DueMessages:
    """Makes messages for one workspace and one ledger; `clock` gives the present (aware, UTC)."""

    workspace: Workspace
    database: Database
    mode: Mode
    clock: Callable[[], datetime]
    channels: Mapping[str, Channel] = field(default_factory=dict)  #: open ones, whose files the website offers
    _merges: dict[tuple[int, str, str, str], MailMerge] = field(default_factory=dict)  #: of announcements, by `_sort`
    _tagged: dict[str, bool] = field(default_factory=dict)  #: by channel: whether each mail has its own return path
    _frozen: dict[int, tuple[Workspace, Occasion]] = field(default_factory=dict)  #: by occurrence
    _pages: LastPages = field(default_factory=LastPages)

    @cached_property
    def _digests(self) -> DigestMails:
        return DigestMails(workspace=self.workspace, database=self.database, texts=self._texts)

    @cached_property
    def _notices(self) -> NoticeMessages:
        return NoticeMessages(workspace=self.workspace, database=self.database)

    def compose(self, lease: Lease) -> Message:
        """The message, right before it goes.

        Raises:
            MustNotGoError: since the audience was frozen somebody has left, or been erased; what a notice is about did
                not reach them.
            NotYetArrivedError: what a notice is about is still on its way.
            TemplateProblemError: a text cannot be filled.
            LookupError: the frozen texts are not there.
        """
        try:
            return self._composed(lease)
        except NeverArrivedError as error:
            raise MustNotGoError(str(error)) from error

    def _composed(self, lease: Lease) -> Message:
        delivery = lease.delivery
        recipient = self._recipient(lease)
        if recipient is not None:
            if (merge := self._merges.get(_sort(lease))) is not None:  # as the one before
                return self._to(delivery, recipient, merge.to(recipient))
            write = self._letter if self._form(delivery) is Form.LETTER else self._mail
            return write(lease, recipient)
        with self.database.reading() as connection:
            shows_present = self._shows_present(delivery)
            if _is_notice(delivery) and self._form(delivery) is Form.SCRIPT:
                script = self._notices.script(connection, delivery, lease.occurrence)
                return messages.made(delivery, messages.overlaid(script))
            if _is_notice(delivery) and not shows_present:
                content, answers = self._notices.post(connection, delivery, lease.occurrence)
                return messages.made(delivery, content)._replace(answers=answers)
            texts, occasion = (
                (self.workspace, None) if shows_present else self._texts(connection, lease.occurrence, delivery)
            )
            present = Present(
                connection=connection,
                mode=self.mode,
                milestones=self._milestones(connection) if shows_present else {},
                now=self.clock(),
                last=self._pages,
                channels=self.channels,
            )
            return messages.compose(texts, Due(delivery=delivery, occasion=occasion), present)

    def _shows_present(self, delivery: Delivery) -> bool:
        """Pages and feeds are made from the ledger as it is; everything else says what was approved."""
        return self._form(delivery) in {Form.PAGES, Form.FEED}

    def _form(self, delivery: Delivery) -> Form | None:
        route = self.workspace.routes.get(delivery.channel)
        return route.form if route else None

    def _letter(self, lease: Lease, recipient: Recipient) -> Message:
        delivery = lease.delivery
        with self.database.reading() as connection:
            postal = postal_addresses.of(connection, int(recipient.id))
        if postal is None:
            raise MustNotGoError(phrase("no postal address"))
        if _is_notice(delivery):
            return self._to(delivery, recipient, self._notices.letter(lease, recipient, postal))
        with self.database.reading() as connection:
            texts, occasion = self._texts(connection, lease.occurrence, delivery)
        addressee, route = Addressee(recipient=recipient, role=lease.role), texts.routes[delivery.channel]
        return self._to(
            delivery, recipient, texts.renderer.letter(occasion, route, addressee, postal, delivery.reference)
        )

    def _mail(self, lease: Lease, recipient: Recipient) -> Message:
        delivery = lease.delivery
        if delivery.campaign == DIGEST:
            content = self._digests.to(delivery, recipient)
            if content is None:
                raise MustNotGoError(phrase("what it was to carry was withdrawn, or a later newsletter carries it"))
            return self._to(delivery, recipient, content)
        if _is_notice(delivery):
            notice, answers = self._notices.mail(lease, recipient)
            return self._to(delivery, recipient, notice, answers)
        with self.database.reading() as connection:
            texts, occasion = self._texts(connection, lease.occurrence, lease.delivery)
        merge = self._merges[_sort(lease)] = mail_merge(
            texts.renderer,
            occasion,
            texts.routes[delivery.channel],
            delivery.language,
            lease.role,
            delivery.created_at,
        )
        return self._to(delivery, recipient, merge.to(recipient))

    def _to(self, delivery: Delivery, recipient: Recipient, content: Content, answers: str = "") -> Message:
        return Message._make(  # thousands in a second: sooner than by name
            (
                delivery.key,
                delivery.reference,
                delivery.created_at,
                delivery.language,
                content,
                recipient,
                answers,
                self._return_tag(delivery),
            )
        )

    def _return_tag(self, delivery: Delivery) -> str:
        """Only where the channel's return path has a place for it: it costs a hash a mail."""
        if delivery.channel not in self._tagged:
            channel = self.workspace.settings.channels.get(delivery.channel)
            path = channel.arguments.get("envelope_sender") if channel else None
            self._tagged[delivery.channel] = RETURN_TAG in str(path)
        key = self.workspace.key
        return tag_of(delivery.id, delivery.reference, key) if key and self._tagged[delivery.channel] else ""

    def _recipient(self, lease: Lease) -> Recipient | None:
        if lease.delivery.person is None:
            return None
        person = lease.person
        if person is None:
            raise MustNotGoError(phrase("the person has been erased"))
        if lease.suppressed and not (lease.is_dead and self._form(lease.delivery) is Form.LETTER):
            raise MustNotGoError(phrase("must not be written to: {suppressed}", suppressed=lease.suppressed))
        route = self.workspace.routes.get(lease.delivery.channel)
        stays_here = route is not None and route.local
        if self.mode is Mode.TRIAL and not stays_here and person.address_key not in allowed(self.workspace):
            raise MustNotGoError(phrase("trial mode: not on the allow-list"))
        return person.as_recipient(lease.delivery.language)

    def _milestones(self, connection: Connection) -> Milestones:
        campaigns = self.workspace.campaigns
        return {name: declarations.milestones_of(connection, campaign) for name, campaign in campaigns.items()}

    def _texts(self, connection: Connection, occurrence: int, delivery: Delivery) -> tuple[Workspace, Occasion]:
        """The workspace as it was when the audience was frozen: what was approved is what is sent."""
        if occurrence not in self._frozen:
            copy = copies.kept(connection, copies.frozen(occurrence))
            texts, _ = read_workspace(copy, self.workspace.kinds, self.workspace.key) if copy else (None, [])
            if texts is None or delivery.campaign not in texts.campaigns:
                raise LookupError(phrase("the approved texts are not in the ledger, and nothing else may be said"))
            self._frozen[occurrence] = texts, _occasion(connection, texts, delivery)
        return self._frozen[occurrence]


def _sort(lease: Lease) -> tuple[int, str, str, str]:
    """What copies share that differ in nothing but the person."""
    delivery = lease.delivery
    return lease.occurrence, delivery.channel, delivery.language, lease.role


def _is_notice(delivery: Delivery) -> bool:
    return tells_of_retraction(delivery.occurrence) or tells_of_correction(delivery.occurrence)


def _occasion(connection: Connection, texts: Workspace, delivery: Delivery) -> Occasion:
    campaign = texts.campaigns[delivery.campaign]
    through = campaign.announcements[delivery.announcement].through
    kept = ledger.milestones_of(connection, delivery.id)
    return Occasion(
        campaign=campaign,
        announcement=delivery.announcement,
        occurrence=delivery.occurrence,
        due_at=delivery.due_at,
        **dates_of(kept),
        sequence=ledger.sequence_of(connection, delivery.id),
        terms=ledger.terms_of(connection, delivery.id),
        has_page=any(texts.routes[name].form is Form.PAGES for name in through if name in texts.routes),
    )
