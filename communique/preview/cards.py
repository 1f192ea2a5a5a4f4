"""A card for each channel of an announcement in one language: what its readers will see, and what is counted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

from communique.channel import Form, Infographic, Letter, Mail, Measure, Post, Script, Spot, Video
from communique.plan.checks.mail_traits import GMAIL_CLIPS
from communique.preview.as_read import AsRead
from communique.preview.documents import BARE, DARK, LIGHT, has_picture
from communique.publication import Publication

#: How a document can be seen, the usual way first, by the form of its card.
_SHAPES = {
    "mail": ("html", "phone", "dark", "bare", "text"),
    "release": ("html", "phone", "dark", "text"),
    "page": ("html", "phone", "dark"),
    "letter": ("html",),
}
_DOCUMENTS = {"html": LIGHT, "phone": LIGHT, "dark": DARK, "bare": BARE}


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """One channel in one language."""

    channel: str
    form: str  #: `mail`, `release`, `letter`, `post`, `page`, `entry`, `script`, `video` or `sheet` (an infographic)
    headline: str
    text: str
    summary: str = ""
    link: str = ""
    alt: str = ""  #: of its picture
    sender: str = ""
    measure: Measure | None = None
    size: int = 0  #: bytes of its HTML
    files: Sequence[str] = ()
    spots: Sequence[Spot] = ()
    picture: bool = False  #: it has one to show

    @property
    def shapes(self) -> Mapping[str, str]:
        """How its document can be seen, and which view (`communique.preview.documents`) that is; empty for its text."""
        return {shape: _DOCUMENTS.get(shape, "") for shape in _SHAPES.get(self.form, ())}

    @property
    def is_clipped(self) -> bool:
        """Whether Gmail would hide its end."""
        return self.size > GMAIL_CLIPS

    @property
    def share(self) -> int:
        """Of the length that its network takes: per cent."""
        return min(100, round(100 * self.measure.length / self.measure.limit)) if self.measure else 0

    @property
    def price(self) -> Decimal | None:
        """US dollars; None where publishing is free, or has no price that anybody states."""
        return self.measure.price if self.measure else None

    @property
    def host(self) -> str:
        """Of its link."""
        return urlsplit(self.link).hostname or ""


def cards(seen: AsRead, language: str) -> Iterator[Card]:
    """In one language, in the order of the announcement's channels."""
    for channel, spoken in seen.samples:
        if spoken == language:
            yield _card(seen, channel, language)


def _card(seen: AsRead, channel: str, language: str) -> Card:  # noqa: PLR0911 - one for each form
    sample, route = seen.samples[channel, language], seen.route(channel)
    picture = has_picture(seen, channel, language)
    match sample:
        case Mail():
            return Card(
                channel=channel,
                form="release" if route.is_press else "mail",
                headline=sample.subject,
                text=sample.text,
                size=len(sample.html.encode()),
                files=[each.filename for each in sample.attachments if not each.inline],
            )
        case Letter():
            return Card(
                channel=channel,
                form="letter",
                headline=sample.subject,
                text=sample.text,
                picture=picture,
            )
        case Post():
            image = sample.image or sample.card
            return Card(
                channel=channel,
                form="post",
                headline=sample.headline,
                text=sample.text,
                link=sample.link,
                summary=sample.summary,
                alt=image.alt if image else "",
                measure=seen.measures.get((channel, language)),
                picture=picture,
            )
        case Publication():
            return Card(
                channel=channel,
                form="entry" if route.form is Form.FEED else "page",
                headline=sample.headline,
                text=sample.text,
                summary=sample.summary,
                link=sample.path,
            )
        case Script():
            return Card(channel=channel, form="script", headline=sample.headline, text=sample.text, spots=sample.spots)
        case Video():
            return Card(channel=channel, form="video", headline=sample.headline, text=sample.text, picture=picture)
        case Infographic():
            alt = sample.card.alt if sample.card else ""
            return Card(
                channel=channel, form="sheet", headline=sample.headline, text=sample.text, alt=alt, picture=picture
            )
