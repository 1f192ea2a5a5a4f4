"""A delivery made into the message its channel carries."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from markupsafe import Markup, escape
from sqlalchemy import Connection

from communique.channel import (
    Caption,
    Channel,
    Content,
    Entry,
    Feed,
    Form,
    Infographic,
    Message,
    Overlay,
    Pages,
    Post,
    Script,
    Video,
)
from communique.delivery import Delivery, Mode
from communique.language.formatting import direction
from communique.localisation.localised import localise
from communique.occasion import Occasion
from communique.publication import Publication
from communique.send.products import on_offer
from communique.store.announcements import public_record, publications, releases
from communique.texts import addresses, markdown
from communique.texts.cards import DrawnWhenSeen, drawn, outlines
from communique.website.infographics import infographic_of
from communique.website.process_state import Milestones
from communique.website.site import Site, build_bundles, build_copies, build_sheets, build_site
from communique.website.site_gone import gone_from
from communique.website.site_of_workspace import as_calendars_know_it, site_of
from communique.workspace import Workspace

_Pictured = TypeVar("_Pictured", Post, Infographic)


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A delivery to everyone at once, with what it is about."""

    delivery: Delivery
    occasion: Occasion | None  #: None for pages and feeds, which show what the ledger says


@dataclass(frozen=True, kw_only=True, slots=True)
class Present:
    """What the ledger says now; pages and feeds show it."""

    connection: Connection
    mode: Mode
    milestones: Milestones  #: by campaign, as they hold
    now: datetime
    last: "LastPages"
    channels: Mapping[str, Channel] = field(default_factory=dict)  #: open ones, whose files the website offers


@dataclass
class LastPages:
    """The website as it was made last: an announcement in five languages asks five times for the same pages."""

    _last: tuple[Workspace, Site, Pages] | None = None

    def of(self, workspace: Workspace, site: Site) -> Pages:
        """The pages of a site that a workspace's layouts show."""
        last = self._last
        if last is None or last[0] is not workspace or last[1] != site:
            self._last = last = workspace, site, pages(site)
        return last[2]


def compose(workspace: Workspace, due: Due, present: Present) -> Message:
    """The message of a delivery; the same delivery gives the same message, but for pages, which show the present.

    Raises:
        TemplateProblemError: a text cannot be filled.
    """
    return made(due.delivery, _content(workspace, due, present))


def made(delivery: Delivery, content: Content) -> Message:
    """What a delivery to everyone at once says."""
    return Message(
        key=delivery.key,
        reference=delivery.reference,
        created_at=delivery.created_at,
        language=delivery.language,
        content=content,
    )


def _content(workspace: Workspace, due: Due, present: Present) -> Content:
    delivery, route = due.delivery, workspace.routes[due.delivery.channel]
    if due.occasion is not None:
        if route.form is Form.VIDEO:
            return filmed(workspace.renderer.video(due.occasion, route, delivery.language))
        if route.form is Form.INFOGRAPHIC:
            return as_sent(infographic_of(workspace, due.occasion, route, delivery.language))
        if route.form is Form.SCRIPT:
            return overlaid(workspace.renderer.script(due.occasion, route, delivery.language))
        return as_sent(workspace.renderer.post(due.occasion, route, delivery.language))
    if route.form is Form.FEED:
        return feed(workspace, publications.in_feed(present.connection, present.mode), delivery.language)
    published = publications.on_website(present.connection, present.mode)
    free = releases.free(present.connection, present.mode, present.now, press=workspace.newsrooms)
    offered = on_offer(workspace, present.connection, present.mode, present.channels)
    record = public_record.entries(present.connection, present.mode)
    site = site_of(workspace, published, present.milestones, present.now, free=free, offered=offered, record=record)
    known = as_calendars_know_it(site, present.connection, present.mode, present.now)
    return present.last.of(workspace, known)


def as_sent(said: _Pictured) -> _Pictured:
    """With its card drawn, as channels take it."""
    if said.card is None:
        return said
    if isinstance(said, Infographic):
        return replace(said, image=drawn(said.card), svg=_described(outlines(said.card), said.text), card=None)
    return replace(said, image=drawn(said.card), card=None)


def _described(svg: str, text: str) -> str:
    """With all that it shows in words: its letters are outlines, and who opens the file alone has no text beside it."""
    return svg.replace("</title>", f"</title>\n<desc>{escape(text)}</desc>", 1)


def overlaid(script: Script) -> Script:
    """With the words on the screen drawn, if it is for television."""
    return _with_overlays(script, lambda each: replace(each, image=drawn(each.card) if each.card else None, card=None))


def _with_overlays(script: Script, change: Callable[[Overlay], Overlay]) -> Script:
    spots = (
        replace(spot, shots=tuple(replace(shot, overlays=tuple(map(change, shot.overlays))) for shot in spot.shots))
        for spot in script.spots
    )
    return replace(script, spots=tuple(spots))


def filmed(video: Video) -> Video:
    """With its pictures drawn."""
    lines = tuple(replace(line, captions=tuple(_seen(each) for each in line.captions)) for line in video.lines)
    return replace(video, lines=lines, thumbnail=drawn(video.cover) if video.cover else None, cover=None)


def _seen(caption: Caption) -> Caption:
    return replace(caption, drawings={}, frames=DrawnWhenSeen(caption.drawings))


def pages(site: Site) -> Pages:
    """The files of a website, what is made from it (PDF, copies, archives), and what is taken off it."""
    return Pages(
        files=build_site(site),
        printed=build_sheets(site),
        copied=build_copies(site),
        bundled=build_bundles(site),
        gone=tuple(gone_from(site)),
    )


def feed(workspace: Workspace, published: Sequence[Publication], language: str) -> Feed:
    """The public feed in a language, with those of its topics."""
    settings = workspace.settings
    base = settings.public_address
    government = settings.government
    name = str(localise(government.name, language, settings.languages))
    words = workspace.words.of(language)
    said = [each for each in published if each.language == language]
    entries = {id(each): _entry(each, base, words) for each in said}
    of_all = Feed(
        audience=addresses.PUBLIC,
        language=language,
        title=f"{words['feed_title']}: {name}",
        description=str(words["feed_description"]),
        home=addresses.process_page(base, language),
        base=f"{base.rstrip('/')}/",
        author_name=name,
        author_email=government.contact.email,
        entries=tuple(entries.values()),
    )
    of_topics = (
        replace(
            of_all,
            audience=addresses.topic_audience(campaign),
            title=f"{title}: {name}",
            description=str(words["topic_description"]),
            home=addresses.page(base, addresses.topic_path(language, campaign)),
            entries=tuple(entries[id(each)] for each in said if each.campaign == campaign),
        )
        for campaign, title in settings.topics_in(language).items()
    )
    return replace(of_all, topics=tuple(of_topics))


def _entry(publication: Publication, base: str, words: Mapping[str, Any]) -> Entry:
    corrected = _corrections(publication, words["correction"])
    entry = Entry(
        id=addresses.entry_id(base, publication.path, publication.published_at),
        title=publication.headline,
        summary=_summary(publication, words["correction"]),
        html=_directed(publication.language, corrected + _picture(publication, base) + publication.html),
        link=addresses.page(base, publication.path),
        published_at=publication.published_at,
        updated_at=publication.updated_at,
    )
    return _withdrawn(entry, publication, words["retraction"]) if publication.retraction else entry


def _summary(publication: Publication, words: Mapping[str, str]) -> str:
    if not publication.corrections:
        return publication.summary
    last, _ = publication.corrections[-1].said(publication.language)
    return f"{words['title']}: {last.right} {publication.summary}"


def _corrections(publication: Publication, words: Mapping[str, str]) -> str:
    """What stands before the text, the last one first."""
    shown = Markup('<p lang="{}" dir="{}"><strong>{}: {}</strong><br>{} {}<br>{} {}</p>\n')
    html = ""
    for each in reversed(publication.corrections):
        text, said_in = each.said(publication.language)
        parts = (words["title"], text.headline, words["wrong"], text.wrong, words["right"], text.right)
        # As plain text: `Markup` would escape what is put behind it.
        html += str(shown.format(said_in, direction(said_in), *parts)) + markdown.to_html(text.more)
    return html


def _withdrawn(entry: Entry, publication: Publication, words: Mapping[str, str]) -> Entry:
    """Word of the withdrawal in the place of the text, under the same identity."""
    assert publication.retraction is not None  # noqa: S101 - the caller has looked
    reason, said_in = publication.retraction.reason(publication.language)
    shown = Markup('<p><strong>{}</strong></p>\n<p lang="{}" dir="{}">{}</p>\n')
    html = str(shown.format(words["notice"], said_in, direction(said_in), reason))
    return replace(
        entry,
        title=f"{words['title']}: {publication.headline}",
        summary=f"{words['notice']} {reason}",
        html=_directed(publication.language, html),
        updated_at=publication.retraction.at,
        withdrawn=reason,
    )


def _directed(language: str, html: str) -> str:
    """Readers that show entries of many feeds know no direction but the entry's own."""
    return f'<div dir="rtl" lang="{language}">\n{html}</div>\n' if direction(language) == "rtl" else html


def _picture(publication: Publication, base: str) -> str:
    """What stands before the text in a feed: the picture lies on the website."""
    image = publication.picture
    if image is None or image.drawn:
        return ""
    shown = Markup('<p><img src="{}" alt="{}" width="{}" height="{}"></p>\n')
    # As plain text: `Markup` would escape the text that is put behind it.
    return str(shown.format(addresses.page(base, addresses.picture_path(image)), image.alt, image.width, image.height))


def as_kept(content: Content) -> dict[str, Any] | None:
    """What is said to everybody at once for the ledger, a picture by its hash; of the rest the hash alone is kept."""
    if isinstance(content, Video):
        return {"headline": content.headline, "text": content.text, "video": True}
    if not isinstance(content, Post | Script | Infographic):
        return None
    if isinstance(content, Script):
        content = _with_overlays(content, lambda each: replace(each, image=None, card=None))
    kept = asdict(content)
    for spot in kept.get("spots", ()):
        spot["by_a_person"] = bool(spot.pop("recording"))
    for made in ("card", "poster", "svg", "document", "sheet"):  # of what is drawn and printed there is the folder
        kept.pop(made, None)
    if isinstance(content, Post | Infographic) and content.image:
        kept["image"]["sha256"] = hashlib.sha256(kept["image"].pop("data")).hexdigest()
    return kept


def hash_of(content: Content) -> str:
    """SHA-256 (hex) of what is sent.

    Of a website file by file, because its documents may be large; of what it has copies of, by size.
    """
    if not isinstance(content, Pages):
        return hashlib.sha256(repr(content).encode()).hexdigest()
    printed = ((path, html.encode()) for path, html in content.printed.items())
    copied = ((path, str(source.stat().st_size).encode()) for path, source in content.copied.items())
    bundled = ((path, repr(sorted(inside.items())).encode()) for path, inside in content.bundled.items())
    digest = hashlib.sha256()
    for path, data in sorted([*content.files.items(), *printed, *copied, *bundled]):
        digest.update(f"{path}\n{hashlib.sha256(data).hexdigest()}\n".encode())
    return digest.hexdigest()
