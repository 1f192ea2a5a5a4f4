"""What a post is on Bluesky: its record, its key, its length. A pure function of the message."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import regex

from channels.post_text import post_of, text_with_link
from communique.channel import Message, Post

COLLECTION = "app.bsky.feed.post"
#: Lexicon app.bsky.feed.post: 300 graphemes, and 3000 bytes of UTF-8.
GRAPHEMES, BYTES = 300, 3000
#: Lexicon app.bsky.embed.images: bytes of a picture.
PICTURE_BYTES = 1_000_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: The sortable alphabet of record keys (atproto.com/specs/tid).
_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"


def graphemes(text: str) -> int:
    """The length as Bluesky counts it (UAX #29)."""
    return len(regex.findall(r"\X", text))


def record_key(message: Message) -> str:
    """A TID of 13 characters, the same for the same message: 53 bits of microseconds, then 10 of a clock's name.

    All messages of an announcement are made in one instant, and ten bits would let one of a thousand pairs of
    languages share a key; so twenty bits of the message's own key are added to the microseconds (at most a second),
    ten more stand for the clock.
    """
    digest = int.from_bytes(hashlib.sha256(message.key.encode()).digest()[:4])
    since = message.created_at - _EPOCH
    microseconds = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    number = ((microseconds + (digest >> 12)) & (2**53 - 1)) << 10 | digest & 0x3FF
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(60, -1, -5))


def record(message: Message, blob: Any = None, parent: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The record to be written; `blob` is the picture, once uploaded, `parent` (`uri`, `cid`) the post it answers.

    A post holds a picture or a card. A picture of its own comes first: a card has no room for its alternative text, and
    the link stands in the text anyway. One that was drawn says what title and description say: it goes on the card.

    The same bytes on every attempt: its date is the message's, not the attempt's.
    """
    # Here, because lengths are asked for by many who never post, and atproto takes most of a second to load.
    from atproto_client.models.utils import get_model_as_dict
    from atproto_client.utils.facet_detection import detect_facets

    text = text_with_link(post_of(message))
    facets = [get_model_as_dict(facet) for facet in detect_facets(text)]
    created_at = message.created_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    embedded = _picture(message, blob) if blob and not _goes_on_card(post_of(message)) else _card(message, blob)
    return {
        "$type": COLLECTION,
        "text": text,
        "createdAt": created_at,
        "langs": [message.language],
        **({"facets": facets} if facets else {}),
        **({"embed": embedded} if embedded else {}),
        **({"reply": {"root": dict(parent), "parent": dict(parent)}} if parent else {}),
    }


def _picture(message: Message, blob: Any) -> dict[str, Any] | None:
    image = post_of(message).image
    if image is None:
        return None
    size = {"width": image.width, "height": image.height}
    return {"$type": "app.bsky.embed.images", "images": [{"image": blob, "alt": image.alt, "aspectRatio": size}]}


def _goes_on_card(post: Post) -> bool:
    return bool(post.link and post.image and post.image.drawn)


def _card(message: Message, blob: Any) -> dict[str, Any] | None:
    post = post_of(message)
    if not post.link:
        return None
    external = {"uri": post.link, "title": post.headline, "description": post.summary}
    if blob:
        external["thumb"] = blob
    return {"$type": "app.bsky.embed.external", "external": external}
