"""What a message says, by the form of its channel: mails, posts, scripts, pages."""

import html
import itertools
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A file that travels with a mail."""

    filename: str
    media_type: str  #: with parameters, e.g. `text/calendar; method=REQUEST; charset=UTF-8`
    data: bytes
    inline: bool = False  #: True: an alternative of the body (RFC 6047), not a file beside it


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """One e-mail: body parts and the values of its headers, not yet encoded."""

    subject: str
    text: str
    html: str  #: a whole document
    reply_to: str = ""
    list_id: str = ""  #: RFC 2919, without the angle brackets
    unsubscribe_url: str = ""  #: https; RFC 8058 one-click
    unsubscribe_mailto: str = ""  #: address only
    archive_url: str = ""  #: RFC 2369 List-Archive
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False, weakref_slot=True)
class FormLetter:
    """A mail to many, written once: what differs per person stands in it as marks. Each is itself."""

    mail: Mail  #: its texts, addresses and calendar entries hold marks: words of ASCII letters and digits
    free: tuple[str, ...]  #: marks at which any text may stand
    tokens: tuple[str, ...]  #: marks at which only ASCII letters, digits, `-` and `_` stand: in addresses
    lines: tuple[str, ...] = ()  #: marks in calendar entries: whole lines, folded (RFC 5545 3.1), without their end


class MergedMail(NamedTuple):
    """One person's mail: a form letter, and what stands at its marks."""

    letter: FormLetter
    values: Mapping[str, str]  #: by mark, as plain text

    def whole(self) -> Mail:
        """The mail, as if it had been written for this person alone."""
        mail = self.letter.mail
        text, url = self._filled(mail.text, str), self._filled(mail.unsubscribe_url, str)
        return replace(
            mail,
            text=text,
            html=self._filled(mail.html, html_text),
            unsubscribe_url=url,
            attachments=tuple(map(self._with_lines, mail.attachments)),
        )

    def _with_lines(self, attachment: Attachment) -> Attachment:
        data = attachment.data
        for mark in self.letter.lines:
            data = data.replace(mark.encode("ascii"), self.values[mark].encode())
        return attachment if data == attachment.data else replace(attachment, data=data)

    def _filled(self, text: str, encode: Callable[[str], str]) -> str:
        for mark, value in self.values.items():
            # One kind of line end, lest a value's last and the text's next become a single one.
            text = text.replace(mark, encode(value.replace("\r\n", "\n").replace("\r", "\n")))
        return text


def html_text(value: str) -> str:
    """A value as HTML shows it, in a text or an attribute between double quotes."""
    return html.escape(value).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A letter on paper, to one person."""

    subject: str
    text: str  #: all that it says, without its head and foot
    html: str  #: a whole document, of which an envelope's window shows the element `window`
    address: tuple[str, ...]  #: the lines in the window, as the post wants them
    cover: "Cover"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cover:
    """Words of the sheet that lies on a batch of letters, for whoever prints and posts them."""

    title: str
    direction: str  #: `ltr` or `rtl`
    language: tuple[str, str]  #: the word for it, and its own name
    labels: Mapping[str, str]  #: `letters`, `pages`, `sheets`, `weight`, `postage`, `together`, `envelope`
    steps: tuple[str, ...]  #: what is to be done; the command that puts it on record follows the last one


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """A picture with the text that stands for it."""

    data: bytes
    media_type: str
    alt: str
    width: int
    height: int
    #: From the words it goes with: where they can be read, it is for networks to show and nobody else.
    drawn: bool = False
    credit: str = ""  #: who made it, where that is to be said


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """A picture that is yet to be drawn (`communique.drawing`), with the text that stands for it."""

    source: str  #: SVG, with boxes of text
    file: str  #: the layout it was made from, in the workspace
    alt: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PackSheet:
    """How the page of a post that a person makes is worded."""

    direction: str  #: `ltr` or `rtl`
    labels: Mapping[str, str]  #: those below `pack:` in the words of the language, its colon and its own name


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """One public post: the text as it is to appear, and the page it points to."""

    text: str  #: with the link in it, if the template put it there
    link: str  #: https address of the page; unique to this announcement, so a post can be recognised by it
    headline: str  #: title of the link's card
    summary: str  #: description on the link's card
    image: Image | None = None
    card: Drawing | None = None  #: what becomes its image; drawn before it crosses to a channel, which sees none
    sheet: PackSheet | None = None  #: where a person makes the post


@dataclass(frozen=True, kw_only=True, slots=True)
class Infographic:
    """Where the process stands on one sheet: as a picture, in words, and as a poster to print."""

    headline: str
    text: str  #: all that the picture says, for those who do not see it
    poster: str  #: a whole HTML document of one page
    card: Drawing | None = None  #: what becomes its image; drawn before it crosses to a channel, which sees none
    image: Image | None = None
    svg: str = ""  #: the image as outlines


@dataclass(frozen=True, kw_only=True, slots=True)
class Overlay:
    """Words that stand on the screen over a picture."""

    text: str
    lower_third: bool  #: they say who is seen: name, office
    card: Drawing | None = None  #: what becomes its image; drawn before it crosses to a channel, which sees none
    image: Image | None = None  #: the size of the screen, transparent where there are no words


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """What is seen and heard at once on television."""

    picture: str  #: what the camera shows
    written: str  #: what is heard, with numbers, dates and addresses in signs; empty: nothing is said
    sound: str  #: the same as it is spoken
    takes: float  #: seconds
    overlays: tuple[Overlay, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """What is read aloud in so many seconds."""

    seconds: int
    file: str  #: path of the text it was made from, in the workspace
    written: str  #: the text as it is filled, with numbers, dates and addresses in signs
    text: str  #: as it is spoken: numbers, dates and addresses in words
    said: str  #: the same for a voice that has to be told how names are pronounced
    words: int
    takes: float  #: seconds, as an announcer of the language reads
    shots: tuple[Shot, ...] = ()  #: of a spot for television
    recording: bytes = b""  #: a sound file in which somebody reads it; empty: a machine does

    @property
    def timed_shots(self) -> list[tuple[float, float, Shot]]:
        """Each with the seconds at which it begins and ends; the last is held until the spot is over."""
        moments = list(itertools.accumulate((shot.takes for shot in self.shots), initial=0.0))
        moments[-1] = max(moments[-1], float(self.seconds))
        return [(*span, shot) for span, shot in zip(itertools.pairwise(moments), self.shots, strict=True)]

    @property
    def paragraphs(self) -> list[str]:
        """Of the text, each on one line."""
        return [" ".join(each.split()) for each in self.text.split("\n\n") if each.strip()]


def clock(seconds: float) -> str:
    """`0:30`, as cue sheets write a length or a time in a film."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Caption:
    """Words that are read at once, and what is seen with them, by shape (`16x9`): drawn before it reaches a channel."""

    text: str
    said: str = ""  #: as a voice says it meanwhile: in words, where the text has digits or an address
    drawings: Mapping[str, Drawing] = field(default_factory=dict)
    frames: Mapping[str, Image] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """A sentence of a video."""

    said: str  #: as a voice says it
    captions: tuple[Caption, ...]  #: together as it is written


@dataclass(frozen=True, kw_only=True, slots=True)
class Video:
    """An announcement to watch, sentence by sentence."""

    headline: str
    text: str  #: all that is said, as it is written
    file: str  #: path of the text it was made from, in the workspace
    lines: tuple[Spoken, ...]
    voice: str  #: of a speech synthesiser (espeak-ng)
    words_per_minute: int
    recording: bytes = b""  #: a sound file in which somebody says all of it; empty: a machine does
    cover: Drawing | None = None  #: what becomes its thumbnail
    thumbnail: Image | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CueSheet:
    """What a station has to know beside the script."""

    direction: str  #: `ltr` or `rtl`
    labels: Mapping[str, str]  #: those below `cue_sheet:` in the words of the language
    sender: str  #: the government's name
    contact: tuple[str, ...]  #: whom to ask: name, telephone, e-mail
    not_before: str  #: date and time, as the language writes them
    pronunciation: Mapping[str, str]  #: of names in the spots
    #: How the language writes seconds: the pattern (`{0} s`) and the mark before tenths.
    seconds: tuple[str, str]
    first: str = ""  #: what it has to know before all else: that it is not to air what it has

    def in_seconds(self, length: float) -> str:
        """A length to the tenth, as the language writes it: `12,3 s`."""
        pattern, mark = self.seconds
        return pattern.format(f"{length:.1f}".replace(".", mark))


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """An announcement as it is read aloud, in one length or several."""

    headline: str
    spots: tuple[Spot, ...]  #: the shortest first
    voice: str  #: of a speech synthesiser (espeak-ng)
    words_per_minute: int
    sheet: CueSheet
    document: str = ""  #: for television: the two columns on the letterhead, as a whole HTML document

    @property
    def text(self) -> str:
        """All of it as it was written."""
        return "\n\n".join(each.written for each in self.spots)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pages:
    """Files of the website, by path below its root: a pure function of what is published."""

    files: Mapping[str, bytes]
    printed: Mapping[str, str] = field(default_factory=dict)  #: whole HTML documents that are published as PDF
    #: Files that other channels have written, by path: the website has a copy of each.
    copied: Mapping[str, Path] = field(default_factory=dict)
    #: ZIP files: what is in each, by its name there: the path of a file that is published, or a text of its own.
    bundled: Mapping[str, Mapping[str, str | bytes]] = field(default_factory=dict)
    gone: Collection[str] = ()  #: paths of files that were there and are to be there no more


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One announcement in a feed."""

    id: str  #: `tag:` URI (RFC 4151); never changes, never used again
    title: str
    summary: str  #: plain text
    html: str  #: the full text, as a fragment with absolute addresses
    link: str
    published_at: datetime
    updated_at: datetime
    categories: tuple[str, ...] = ()
    withdrawn: str = ""  #: why it was taken back, at `updated_at`; title, summary and text then say so, too


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """The feed of one audience in one language, newest entry first."""

    audience: str
    language: str
    title: str
    description: str
    home: str  #: the page the feed stands for
    base: str  #: public address below which the feed's files lie, with a slash at the end
    author_name: str
    author_email: str
    entries: tuple[Entry, ...]
    topics: tuple["Feed", ...] = ()  #: the same for those who follow one topic only: each has an audience of its own


@dataclass(frozen=True, kw_only=True, slots=True)
class Removal:
    """A post that is to be deleted, as the receipt of its publication names it."""

    reference: str  #: the network's own handle
    url: str  #: where the public can see it


Content = Mail | MergedMail | Letter | Post | Script | Infographic | Video | Pages | Feed | Removal
