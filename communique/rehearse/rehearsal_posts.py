"""Posts of a rehearsal as cards: what would have stood on each network, counted by the network's own rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from communique.channel import Channel, Image, Measure, Measured, Message, Post
from communique.rehearse.rehearsed import Rehearsed
from communique.store.deliveries.accounts import Copy

FOLDER = "posts"


@dataclass(frozen=True, kw_only=True, slots=True)
class PostCard:
    """One post, as its readers would see it."""

    channel: str
    language: str
    text: str  #: with the link in it
    headline: str  #: of the link's card
    summary: str
    link: str
    host: str
    measure: Measure | None
    file: str  #: below the rehearsal's folder: what the outbox or the handoff wrote; empty when there is none
    picture: str  #: beside that file; empty when there is none
    alt: str

    @property
    def share(self) -> int:
        """How full the post is, in per cent."""
        return round(100 * self.measure.length / self.measure.limit) if self.measure else 0


def cards_of(folder: Path, rehearsed: Rehearsed, adapters: Mapping[str, Channel]) -> list[PostCard]:
    """A card for each post that went out, in the officer's order; `adapters` count as their networks do."""
    return [
        _card(folder, copy, rehearsed.posts[copy.delivery.id], adapters.get(copy.delivery.channel))
        for copy in rehearsed.first_sent()
        if copy.delivery.id in rehearsed.posts
    ]


def _card(folder: Path, copy: Copy, kept: Mapping[str, Any], channel: Channel | None) -> PostCard:
    file = _file(folder, copy)
    picture = _picture(folder, file) if kept["image"] else ""
    image = _image(folder / picture, kept["image"]) if picture else None
    post = Post(text=kept["text"], link=kept["link"], headline=kept["headline"], summary=kept["summary"], image=image)
    return PostCard(
        channel=copy.delivery.channel,
        language=copy.delivery.language,
        text=post.text if post.link in post.text else f"{post.text}\n{post.link}",
        headline=post.headline,
        summary=post.summary,
        link=post.link,
        host=urlsplit(post.link).hostname or "",
        measure=_measure(channel, copy, post),
        file=file,
        picture=picture,
        alt=image.alt if image else "",
    )


def _picture(folder: Path, file: str) -> str:
    beside = (str(PurePosixPath(file).with_suffix(ending)) for ending in (".png", ".jpg"))
    return next((path for path in beside if file and (folder / path).is_file()), "")


def _image(file: Path, kept: Mapping[str, Any]) -> Image:
    described = {name: value for name, value in kept.items() if name != "sha256"}
    return Image(data=file.read_bytes(), **described)


def _measure(channel: Channel | None, copy: Copy, post: Post) -> Measure | None:
    if not isinstance(channel, Measured):
        return None
    delivery = copy.delivery
    return channel.measure(
        Message(
            key=delivery.key,
            reference=delivery.reference,
            created_at=delivery.created_at,
            language=delivery.language,
            content=post,
        )
    )


def _file(folder: Path, copy: Copy) -> str:
    """Where the outbox or the handoff wrote it: their receipt names it below a folder of their own."""
    reference = copy.last.reference if copy.last else ""
    places = (f"{FOLDER}/{reference}", f"{FOLDER}/{copy.delivery.channel}/{reference}")
    return next((place for place in places if reference and (folder / place).is_file()), "")
