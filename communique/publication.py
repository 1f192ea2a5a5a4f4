"""What has been said in public, kept so that pages and feeds can be made again from the ledger alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from communique.channel import Drawing, Form, Image
from communique.correction import Correction
from communique.retraction import Retraction


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """One announcement as the public reads it, in one language."""

    campaign: str
    announcement: str
    occurrence: str
    language: str  #: BCP 47
    audience: str  #: `public`, or the audience whose feed it belongs to
    headline: str
    summary: str  #: plain text
    html: str  #: the body as a fragment with absolute addresses
    text: str  #: the same as plain text
    path: str  #: of its page below the website's root: `es/accepted-into-ogp/tell-the-public/`
    published_at: datetime  #: UTC
    updated_at: datetime  #: UTC; later than `published_at` once it was corrected
    picture: Image | None = None
    corrections: tuple[Correction, ...] = ()  #: the first first
    retraction: Retraction | None = None  #: it was withdrawn
    card: Drawing | None = None  #: what becomes its picture; drawn before it is kept


@dataclass(frozen=True, kw_only=True, slots=True)
class Product:
    """What a channel has made of an announcement in one language for a person to take somewhere: a spot, a video."""

    campaign: str
    announcement: str
    occurrence: str
    language: str  #: BCP 47
    form: Form
    said: Mapping[str, Any]  #: as the ledger keeps it of a `Script`, `Video` or `Infographic`
    made_at: datetime  #: UTC
    files: Mapping[str, Path]  #: those for everybody, by their names on the website


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """A release to the media in one language, as anybody may read it once its embargo is over."""

    campaign: str
    announcement: str
    occurrence: str
    language: str  #: BCP 47
    about: str  #: the announcement of the campaign that it tells newsrooms of: the pages of the two link to each other
    headline: str
    summary: str  #: plain text
    html: str  #: in the form that newsrooms know, as a fragment with absolute addresses
    text: str  #: the same as plain text
    path: str  #: of its page below the website's root: `es/press/accepted-into-ogp/tell-the-media/`
    published_at: datetime  #: UTC: when it went out, or when its embargo ends
    picture: Image | None = None
    corrections: tuple[Correction, ...] = ()  #: the first first
    retraction: Retraction | None = None  #: it was withdrawn
