"""What an announcement's readers will see, for a sample recipient: a card a channel, and documents in frames."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from communique.channel import Letter, Mail, Measure, Post, Script, Video
from communique.plan.preflight import Preflight
from communique.publication import Publication

#: A document in a frame: no script, no form, nothing loaded, and shown by the desk alone. Mails bring their own styles.
FRAMED = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; base-uri 'none'; frame-ancestors 'self'"
)
#: Bytes of HTML after which Gmail hides the rest of a mail behind a link.
GMAIL_CLIPS = 102 * 1024
_SHELL = Markup(
    '<!doctype html><html lang="{}" dir="{}"><head><meta charset="utf-8"><title>{}</title><style>'
    "body{{font:1.0625rem/1.6 system-ui,sans-serif;margin:1.5rem;max-width:42rem}}"
    "h1{{font-size:1.75rem;line-height:1.2}}img{{max-width:100%}}.lead{{font-size:1.125rem;color:#4d565f}}"
    '</style></head><body><h1>{}</h1><p class="lead">{}</p>{}</body></html>'
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """One channel in one language."""

    channel: str
    form: str  #: `mail`, `letter`, `post`, `page`, `script` or `sheet` (an infographic)
    headline: str
    text: str
    link: str = ""
    summary: str = ""
    alt: str = ""  #: of the picture
    measure: Measure | None = None
    size: int = 0  #: bytes of its HTML
    files: Sequence[str] = ()

    @property
    def is_framed(self) -> bool:
        """Whether it is a document."""
        return self.form in {"mail", "letter", "page"}

    @property
    def is_clipped(self) -> bool:
        """Whether Gmail would hide its end."""
        return self.form == "mail" and self.size > GMAIL_CLIPS

    @property
    def share(self) -> int:
        """Of the length that its network takes: per cent."""
        return min(100, round(100 * self.measure.length / self.measure.limit)) if self.measure else 0


def cards(found: Preflight, language: str) -> Iterator[Card]:
    """In one language, in the order of the announcement's channels."""
    for (channel, spoken), sample in found.samples.items():
        if spoken != language:
            continue
        if isinstance(sample, Mail):
            files = [each.filename for each in sample.attachments if not each.inline]
            size = len(sample.html.encode())
            yield Card(channel=channel, form="mail", headline=sample.subject, text=sample.text, size=size, files=files)
        elif isinstance(sample, Letter):
            yield Card(channel=channel, form="letter", headline=sample.subject, text=sample.text)
        elif isinstance(sample, Post):
            picture = sample.image or sample.card
            yield Card(
                channel=channel,
                form="post",
                headline=sample.headline,
                text=sample.text,
                link=sample.link,
                summary=sample.summary,
                alt=picture.alt if picture else "",
                measure=found.measures.get((channel, spoken)),
            )
        elif isinstance(sample, Publication):
            yield Card(channel=channel, form="page", headline=sample.headline, text=sample.text, summary=sample.summary)
        else:
            form = "script" if isinstance(sample, Script | Video) else "sheet"
            yield Card(channel=channel, form=form, headline=sample.headline, text=sample.text)


def document(found: Preflight, channel: str, language: str, direction: str) -> str | None:
    """What stands in a frame; None when there is no such document."""
    sample = found.samples.get((channel, language))
    if isinstance(sample, Mail | Letter):
        return sample.html
    if not isinstance(sample, Publication):
        return None
    body = Markup(sample.html)  # noqa: S704 - made by markdown.to_html, where raw HTML is text
    filled = _SHELL.format(language, direction, sample.headline, sample.headline, sample.summary, body)
    return str(filled)
