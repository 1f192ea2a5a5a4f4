"""What has left, as its reader got it: made again from the texts kept with it, and held to the hash that was kept.

Nothing of it comes from the templates of today. Public words are in the ledger in full; mails and letters are filled
anew from the frozen texts, as they were when they left, and the hash tells whether that is what left.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from communique.channel import ChannelError, Form, Letter, Mail, MergedMail, Message, Printing, Repeatable
from communique.correction import corrected_as
from communique.delivery import Mode
from communique.plan import telling
from communique.plan.planning import Planner
from communique.plan.samples import sample_letter, sample_recipient
from communique.preview.documents import BARE, DARK, LIGHT, PAPER, PICTURE, Document, pictures_of, with_pictures
from communique.preview.page_images import first_page
from communique.publication import Publication
from communique.retraction import told_of
from communique.send import messages
from communique.send.due_messages import DueMessages, MustNotGoError
from communique.send.notice_messages import NotYetArrivedError
from communique.store.announcements import publications
from communique.store.database import Database
from communique.store.deliveries import sent_copies
from communique.store.deliveries.sent_copies import Left
from communique.texts.rendering import Addressee
from communique.texts.templates import TemplateProblemError
from communique.website.site_of_workspace import page_of
from communique.workspace import Workspace

_PUBLISHED = {Form.PAGES, Form.FEED}


class Proof(StrEnum):
    """How it is known that this is what left."""

    SAME = "same"  #: made again it has the hash that was kept
    KEPT = "kept"  #: the words lie in the ledger
    OTHER = "other"  #: made again it has another hash: what the settings or the list say of the person has changed
    SHARED = "shared"  #: what it said to this person cannot be made any more: what it said to all, to an invented one
    NOTHING = "nothing"  #: only its hash is kept


@dataclass(frozen=True, kw_only=True)
class AsSent:
    """A copy that has left."""

    left: Left
    proof: Proof
    subject: str = ""
    text: str = ""
    content: Mail | Letter | Publication | None = None  #: what can be seen as a document
    message: Message | None = None  #: that a letter is printed from
    texts: Workspace | None = None  #: the frozen ones, where it is shown with these

    @property
    def has_document(self) -> bool:
        """Whether it can be seen as its reader's program shows it; what is on paper is seen as paper."""
        return isinstance(self.content, Mail | Publication)

    def is_printed(self, planner: Planner) -> bool:
        """Whether it can be seen as it was printed."""
        return self.message is not None and isinstance(planner.channels.get(self.left.delivery.channel), Printing)

    def document(self, planner: Planner, view: str) -> Document | None:
        """As it is shown in a frame, or a letter on paper; None when there is no such thing."""
        match self.content:
            case Letter() if view in {PICTURE, PAPER}:
                return self._on_paper(planner, view)
            case Mail() | Letter() if view in {LIGHT, DARK, BARE}:
                return with_pictures(self.content.html, pictures_of(self.texts or planner.workspace, []), view)
            case Publication() if self.texts is not None and view in {LIGHT, DARK, BARE}:
                page = page_of(self.texts, self.content, {})
                return with_pictures(page, pictures_of(self.texts, [self.content]), view)
            case _:
                return None

    def _on_paper(self, planner: Planner, view: str) -> Document | None:
        printer = planner.channels.get(self.left.delivery.channel)
        if self.message is None or not isinstance(printer, Printing):
            return None
        try:
            file = printer.proof(self.message)
        except ChannelError:
            return None
        if view == PAPER:
            return Document(data=file, media_type="application/pdf")
        return Document(data=first_page(file), media_type="image/png")


def as_sent(planner: Planner, database: Database, number: int, now: datetime) -> AsSent | None:
    """The copy with a number; None when there is none that has left."""
    with database.reading() as connection:
        left = sent_copies.left(connection, planner.mode, number)
        if left is None:
            return None
        route = planner.workspace.routes.get(left.delivery.channel)
        if left.delivery.person is None:
            published = route is not None and route.form in _PUBLISHED
            return _published(planner, connection, left) if published else _said_to_all(left)
    try:
        # Nothing goes out, and whoever it went to was allowed to get it then.
        due = DueMessages(workspace=planner.workspace, database=database, mode=Mode.LIVE, clock=lambda: now)
        message = due.compose(left.lease)
    except (MustNotGoError, NotYetArrivedError, TemplateProblemError, LookupError):
        with database.reading() as connection:
            return _shared(planner, connection, left)
    content = message.content.whole() if isinstance(message.content, MergedMail) else message.content
    if not isinstance(content, Mail | Letter):
        return AsSent(left=left, proof=Proof.NOTHING)
    proof = Proof.SAME if left.content_hash in _hashes(planner, left, message) else Proof.OTHER
    return AsSent(left=left, proof=proof, subject=content.subject, text=content.text, content=content, message=message)


def _hashes(planner: Planner, left: Left, message: Message) -> set[str]:
    """Of the bytes for a mail server, where the channel makes the same ones again; else of what they are made from."""
    found, sender = {messages.hash_of(message.content)}, planner.channels.get(left.delivery.channel)
    if isinstance(sender, Repeatable):
        with suppress(ChannelError):  # it could not carry it as its settings are now
            found.add(sender.digest(message))
    return found


def _said_to_all(left: Left) -> AsSent:
    kept: Mapping[str, Any] = left.content or {}
    spots = "\n\n".join(str(spot.get("text", "")) for spot in kept.get("spots", ()))
    text = str(kept.get("text") or spots)
    proof = Proof.KEPT if text else Proof.NOTHING
    return AsSent(left=left, proof=proof, subject=str(kept.get("headline", "")), text=text)


def _published(planner: Planner, connection: Connection, left: Left) -> AsSent:
    """Its page as it was published: without what has been said of it since."""
    delivery = left.delivery
    named = (delivery.campaign, delivery.announcement, told_of(corrected_as(delivery.occurrence)), delivery.language)
    for each in (*publications.on_website(connection, planner.mode), *publications.in_feed(connection, planner.mode)):
        if (each.campaign, each.announcement, each.occurrence, each.language) == named:
            is_notice = each.occurrence != delivery.occurrence
            was = each if is_notice else replace(each, corrections=(), retraction=None)
            found = telling.frozen(planner, connection, left.row)
            texts = found[0] if found else planner.workspace
            return AsSent(left=left, proof=Proof.KEPT, subject=was.headline, text=was.summary, content=was, texts=texts)
    return AsSent(left=left, proof=Proof.NOTHING)


def _shared(planner: Planner, connection: Connection, left: Left) -> AsSent:
    """To an invented person, from the frozen texts; nothing where these are not there either."""
    found = telling.frozen(planner, connection, left.row)
    if found is None:
        return AsSent(left=left, proof=Proof.NOTHING)
    (texts, occasion), delivery = found, left.delivery
    route = texts.routes.get(delivery.channel)
    if route is None or route.form not in {Form.MAIL, Form.LETTER}:
        return AsSent(left=left, proof=Proof.NOTHING)
    addressee = Addressee(recipient=sample_recipient(texts.words, delivery.language), role=left.lease.role)
    renderer = texts.renderer_with(None)  # links of nobody
    try:
        content: Mail | Letter = (
            sample_letter(renderer, occasion, route, addressee)
            if route.form is Form.LETTER
            else renderer.mail(occasion, route, addressee, delivery.created_at)
        )
    except TemplateProblemError:
        return AsSent(left=left, proof=Proof.NOTHING)
    return AsSent(left=left, proof=Proof.SHARED, subject=content.subject, text=content.text, content=content)
