"""Telegram: one message in a channel or group, text and link, with its picture; through the Bot API."""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from channels.post_text import not_a_post, post_of, removal_of, text_with_link
from channels.telegram_text import caption_of, units
from channels.web_service import base_address, reveal
from communique.channel import (
    Form,
    Image,
    InDoubt,
    Measure,
    Message,
    PermanentError,
    Reach,
    Receipt,
    Secret,
    in_turn,
    phrase,
)

if TYPE_CHECKING:
    from channels.telegram_bot import TelegramBot

#: core.telegram.org/bots/api, "sendMessage" and "sendPhoto": characters, counted in UTF-16 units.
TEXT, CAPTION = 4096, 1024
#: The same, "sendPhoto": bytes of a picture, its width and height together, and one against the other.
PICTURE_BYTES, PICTURE_SIDES, PICTURE_RATIO = 10_000_000, 10_000, 20
_CHAT = re.compile(r"@[A-Za-z]\w{3,31}|-[0-9]{5,20}")


class TelegramChannel:
    """Posts to one channel or group, as a bot that is its administrator.

    Telegram has no alternative texts. So a post without its own picture gets none that is drawn: the preview of its
    page shows that, with title and description as text. What stands for a photo is folded up below the words.

    A bot cannot read what it has posted, so what is in doubt is left to a person.
    """

    reach: ClassVar[Reach] = Reach.ALL
    form: ClassVar[Form] = Form.POST
    in_doubt: ClassVar[InDoubt] = InDoubt.STRICT
    local: ClassVar[bool] = False

    def __init__(
        self,
        *,
        chat: str,
        token: Secret | None = None,
        base_url: str = "https://api.telegram.org",
        timeout: float = 30,
    ) -> None:
        if not _CHAT.fullmatch(chat):
            raise ValueError(
                phrase(
                    "`chat` expects the channel's public name such as @puertoclaro, or its number such as "
                    "-1001234567890; found `{chat}`.",
                    chat=chat,
                )
            )
        self._chat = chat
        self._token = token
        self._address = base_address(base_url, "base_url")
        self._timeout = timeout

    def check(self, message: Message) -> Sequence[str]:
        """Refused are texts that are empty or too long (for a caption, when there is a picture), and odd pictures."""
        if refused := not_a_post(message):
            return [refused]
        post, measure = post_of(message), self.measure(message)
        if measure.length > measure.limit:
            said = phrase(
                "Too long for {network}: {length} of {limit} characters. Shorten social.txt.",
                network="Telegram",
                length=measure.length,
                limit=measure.limit,
            )
            if post.image:
                said = phrase("{said} A message without a picture may have more; its `alt` counts.", said=said)
            return [said]
        if not text_with_link(post).strip():
            return [phrase("{network} refuses a post without text: social.txt is empty.", network="Telegram")]
        return _objections(post.image) if post.image else []

    def measure(self, message: Message) -> Measure:
        """In UTF-16 units: an emoji counts 2 or more."""
        post = post_of(message)
        return Measure(
            length=units(caption_of(post)[0]), limit=CAPTION if post.image else TEXT, unit=phrase("characters")
        )

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Ask for the chat, which shows that it can be reached; commit; post."""
        if refused := self.check(message):
            raise PermanentError(in_turn(refused))
        with self._bot() as bot:
            chat = bot.chat()
            commit()
            return bot.post(post_of(message), chat, message.answers)

    def retract(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Delete a message; Telegram lets a bot do so for 48 hours, unless it may delete messages ("deleteMessage")."""
        number = removal_of(message).reference
        with self._bot() as bot:
            commit()
            return bot.delete(number)

    def lookup(self, message: Message) -> Receipt | None:  # noqa: ARG002 - there is nothing to be looked for
        """Telegram shows a bot nothing of what it has posted."""
        return None

    def account(self) -> tuple[str, tuple[str, ...]]:
        """Which bot it is and where it posts, and the right that it lacks.

        Raises:
            ChannelError: Telegram cannot be reached, or refuses the token.
        """
        with self._bot() as bot:
            return bot.who()

    def close(self) -> None:
        """Nothing is held open: a connection that has gone stale unnoticed would leave a post in doubt."""

    def _bot(self) -> "TelegramBot":
        from channels.telegram_bot import TelegramBot  # requests is loaded by those who post

        return TelegramBot(self._address, reveal(self._token, "token"), self._chat, self._timeout)


def _objections(image: Image) -> list[str]:
    if len(image.data) > PICTURE_BYTES:
        return [
            phrase(
                "The picture is too large for {network}: at most {most} bytes. Make it smaller.",
                network="Telegram",
                most=PICTURE_BYTES,
            )
        ]
    sides = sorted((image.width, image.height))
    if sum(sides) > PICTURE_SIDES or sides[0] * PICTURE_RATIO < sides[1]:
        return [
            phrase(
                "Telegram refuses the picture: expected width and height of {sides} pixels together at most, one "
                "at most {ratio} times the other; found {width} × {height}.",
                sides=PICTURE_SIDES,
                ratio=PICTURE_RATIO,
                width=image.width,
                height=image.height,
            )
        ]
    return []
