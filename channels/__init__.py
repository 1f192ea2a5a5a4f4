"""The adapters, one module a kind, named by the word officers write in `config/settings.yaml`.

The table names modules instead of importing them: a client library is loaded when its channel is used.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module

from communique.channel import Channel

_CLASSES = {
    "email": "channels.email:EmailChannel",
    "newsletter": "channels.newsletter:NewsletterChannel",
    "press": "channels.press:PressChannel",
    "letter": "channels.letter:LetterChannel",
    "website": "channels.website:WebsiteChannel",
    "feed": "channels.feed:FeedChannel",
    "x": "channels.x:XChannel",
    "mastodon": "channels.mastodon:MastodonChannel",
    "bluesky": "channels.bluesky:BlueskyChannel",
    "telegram": "channels.telegram:TelegramChannel",
    "handoff": "channels.handoff:HandoffChannel",
    "infographic": "channels.infographic:InfographicChannel",
    "radio": "channels.radio:RadioChannel",
    "tv": "channels.tv:TelevisionChannel",
    "video": "channels.video:VideoChannel",
    "outbox": "channels.outbox:Outbox",
}


class _Kinds(Mapping[str, type[Channel]]):
    """Kind to class, loaded at first use."""

    def __getitem__(self, kind: str) -> type[Channel]:
        module, _, name = _CLASSES[kind].partition(":")
        found: type[Channel] = getattr(import_module(module), name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_CLASSES)

    def __len__(self) -> int:
        return len(_CLASSES)

    def __contains__(self, kind: object) -> bool:
        return kind in _CLASSES


KINDS: Mapping[str, type[Channel]] = _Kinds()
