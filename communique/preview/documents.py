"""What stands in a preview's frames and pictures: documents that load nothing, in light or dark, pictures on or off.

A reader's program chooses light or dark and whether it loads pictures; here that choice is written into the document,
so that everybody who looks sees the same. Pictures of ours are put into it; nothing else is loaded.
"""

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from communique.channel import ChannelError, Image, Infographic, Letter, Mail, Post, Printing, Video
from communique.plan.samples import sample_message
from communique.preview.as_read import AsRead
from communique.preview.page_images import first_page
from communique.publication import Publication
from communique.texts import addresses
from communique.texts.cards import drawn
from communique.website.site_of_workspace import page_of
from communique.workspace import Workspace

#: What of a channel is shown.
LIGHT, DARK, BARE, PICTURE, PAPER = "light", "dark", "bare", "picture", "paper"
#: Of a document in a frame: no script, no form, nothing loaded, shown by the desk alone. Mails bring their own styles.
FRAMED = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; base-uri 'none'; frame-ancestors 'self'"
)
_PREFERS = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)")
_SCHEMES = re.compile(r"\b(color-scheme\"?\s*(?::|content=\"))\s*light dark")
_SOURCE = re.compile(r'(<img\b[^>]*?\bsrc=")([^"]*)(")', re.IGNORECASE)
_ALWAYS, _NEVER = "(min-width: 0)", "(max-width: 0)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """As it is served, or written."""

    data: bytes
    media_type: str

    @property
    def ending(self) -> str:
        """Of its file's name."""
        return {"text/html": "html", "image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}[self.media_type]


def has_picture(seen: AsRead, channel: str, language: str) -> bool:
    """Whether `document` can show one, without drawing it."""
    sample = seen.samples[channel, language]
    match sample:
        case Letter():
            return isinstance(seen.channels.get(channel), Printing)
        case Post():
            return bool(sample.image or sample.card)
        case Infographic():
            return sample.card is not None
        case Video():
            return sample.cover is not None
        case _:
            return False


def document(seen: AsRead, channel: str, language: str, view: str) -> Document | None:
    """What is to be seen; None when there is no such thing."""
    sample = seen.samples.get((channel, language))
    if sample is None:
        return None
    if view in {PICTURE, PAPER}:
        return _picture(seen, channel, language, view)
    if view not in {LIGHT, DARK, BARE}:
        return None
    match sample:
        case Mail() | Letter():
            html = sample.html
        case Publication():
            html = page_of(seen.workspace, sample, {seen.occasion.campaign.campaign: seen.occasion.milestones})
        case _:
            return None
    return with_pictures(html, _pictures(seen, language), view)


def with_pictures(html: str, pictures: Mapping[str, str], view: str) -> Document:
    """A document in light, dark, or bare of pictures; `pictures`: ours, as data by their public address."""
    shown = None if view == BARE else pictures
    html = _SOURCE.sub(lambda found: _source(found, shown), html)
    return Document(data=_in_scheme(html, is_dark=view == DARK).encode(), media_type="text/html")


def _picture(seen: AsRead, channel: str, language: str, view: str) -> Document | None:
    sample = seen.samples[channel, language]
    image: Image | None = None
    match sample:
        case Letter():
            return _on_paper(seen, channel, language, sample, view)
        case Post():
            image = sample.image or (drawn(sample.card) if sample.card else None)
        case Infographic():
            image = drawn(sample.card) if sample.card else None
        case Video():
            image = drawn(sample.cover) if sample.cover else None
        case _:
            pass
    return Document(data=image.data, media_type=image.media_type) if image and view == PICTURE else None


def _on_paper(seen: AsRead, channel: str, language: str, letter: Letter, view: str) -> Document | None:
    """As its printer prints it: the whole file, or a picture of its first page."""
    printer = seen.channels.get(channel)
    if not isinstance(printer, Printing):
        return None
    message = sample_message(seen.route(channel), seen.occasion, letter, language)
    try:
        file = printer.proof(message._replace(recipient=seen.reader.recipient(seen.workspace.words, language)))
    except ChannelError:  # the machine lacks what it takes, or the address does not fit: preflight and doctor say so
        return None
    if view == PAPER:
        return Document(data=file, media_type="application/pdf")
    return Document(data=first_page(file), media_type="image/png")


def _pictures(seen: AsRead, language: str) -> Mapping[str, str]:
    """Ours that lie on the website, by their public address, as data."""
    shown = [each for (_, spoken), each in seen.samples.items() if spoken == language and isinstance(each, Publication)]
    return pictures_of(seen.workspace, shown)


def pictures_of(workspace: Workspace, shown: Iterable[Publication]) -> dict[str, str]:
    """The logo and the pictures of what is published, by their public address, as data."""
    settings, found = workspace.settings, {}
    if settings.look.logo and (data := workspace.sources.read(f"config/{settings.look.logo}")):
        kind = "image/jpeg" if data.startswith(b"\xff\xd8") else "image/png"
        found[addresses.logo_path(settings.look.logo)] = _data(data, kind)
    for each in shown:
        if each.picture:
            found[addresses.picture_path(each.picture)] = _data(each.picture.data, each.picture.media_type)
    return found


def _source(found: re.Match[str], pictures: Mapping[str, str] | None) -> str:
    """An image with its picture in it; without pictures, as a program shows it that loads none."""
    before, address, after = found.groups()
    if pictures is None:
        return f"{before}{after}"
    if address.startswith("data:"):
        return found[0]
    shown = next((data for path, data in pictures.items() if address.endswith(f"/{path}") or address == path), "")
    return f"{before}{shown}{after}"


def _data(data: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def _in_scheme(html: str, *, is_dark: bool) -> str:
    """With the reader's choice between light and dark written in."""
    wanted = "dark" if is_dark else "light"
    html = _PREFERS.sub(lambda found: _ALWAYS if found[1] == wanted else _NEVER, html)
    return _SCHEMES.sub(rf"\1{wanted}", html)
