"""X: one post, text and link, with its picture; without one the card of the linked page shows."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from channels.post_text import not_a_post, post_of, removal_of, text_with_link
from channels.web_service import base_address
from communique.channel import Form, InDoubt, Measure, Message, PermanentError, Reach, Receipt, Secret, in_turn, phrase

if TYPE_CHECKING:
    from channels.x_account import XAccount

#: docs.x.com, "Counting characters": weighted, an address counts 23, an emoji 2.
LIMIT = 280
#: docs.x.com, "Pricing", April 2026: US dollars for one post, and for one with an address in it.
PRICE, PRICE_WITH_LINK = Decimal("0.015"), Decimal("0.200")
#: The same, for the words of a picture.
PRICE_OF_ALT = Decimal("0.005")
#: docs.x.com, "Media": bytes of a picture, and characters of its words.
PICTURE_BYTES, ALT = 5_000_000, 1000


class XChannel:
    """Posts to one account of X.

    X knows no idempotency key, so what is in doubt is looked for on the account's own timeline, by its link.
    """

    reach: ClassVar[Reach] = Reach.ALL
    form: ClassVar[Form] = Form.POST
    in_doubt: ClassVar[InDoubt] = InDoubt.STRICT
    local: ClassVar[bool] = False
    card: ClassVar[str] = "screen"

    def __init__(
        self,
        *,
        consumer_key: Secret | None = None,
        consumer_secret: Secret | None = None,
        access_token: Secret | None = None,
        access_token_secret: Secret | None = None,
        base_url: str = "https://api.twitter.com",
        timeout: float = 30,
    ) -> None:
        self._keys = {
            "consumer_key": consumer_key,
            "consumer_secret": consumer_secret,
            "access_token": access_token,
            "access_token_secret": access_token_secret,
        }
        self._address = base_address(base_url, "base_url")
        self._timeout = timeout

    def check(self, message: Message) -> Sequence[str]:
        """Refused are posts over 280 weighted characters, characters that X does not take, and pictures over 5 MB."""
        if refused := not_a_post(message):
            return [refused]
        from channels.x_length import parse_tweet  # its regular expressions take a while

        image = post_of(message).image
        if image and len(image.data) > PICTURE_BYTES:
            return [
                phrase(
                    "The picture is too large for {network}: at most {most} bytes. Make it smaller.",
                    network="X",
                    most=PICTURE_BYTES,
                )
            ]
        if image and len(image.alt) > ALT:
            return [
                phrase(
                    "The words of the picture are too long for {network}: {length} of {limit} characters. "
                    "Shorten `alt:`.",
                    network="X",
                    length=len(image.alt),
                    limit=ALT,
                )
            ]
        counted = parse_tweet(text_with_link(post_of(message)))
        if counted.weightedLength > LIMIT:
            return [
                phrase(
                    "Too long for {network}: {length} of {limit} weighted characters. Shorten social.txt.",
                    network="X",
                    length=counted.weightedLength,
                    limit=LIMIT,
                )
            ]
        return (
            [] if counted.valid else [phrase("X refuses this text: it is empty or holds invisible control characters.")]
        )

    def measure(self, message: Message) -> Measure:
        """In weighted characters; a post with a link costs thirteen times one without."""
        from channels.x_length import extract_urls, parse_tweet  # as above

        text = text_with_link(post_of(message))
        price = PRICE_WITH_LINK if extract_urls(text) else PRICE
        return Measure(
            length=parse_tweet(text).weightedLength,
            limit=LIMIT,
            unit=phrase("weighted characters"),
            price=price + PRICE_OF_ALT if post_of(message).image else price,
        )

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Upload the picture, commit, post.

        A refusal as duplicate means that an earlier attempt got through: that post is the receipt.
        """
        if refused := self.check(message):
            raise PermanentError(in_turn(refused))
        return self._account.post(message, commit)

    def retract(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Commit, delete the post; one that is gone counts as deleted."""
        return self._account.delete(removal_of(message).reference, commit)

    def lookup(self, message: Message) -> Receipt | None:
        """The post of the account that holds the link, among those since the message was made.

        Raises:
            TemporaryError: X could not be asked.
            PermanentError: X does not let us ask.
        """
        return self._account.lookup(message)

    def account(self) -> tuple[str, tuple[str, ...]]:
        """Whose the keys are, and which permissions they lack.

        Raises:
            ChannelError: X cannot be reached, or refuses the keys.
        """
        return self._account.who()

    def close(self) -> None:
        """Nothing is held open: a connection that has gone stale unnoticed would leave a post in doubt."""

    @cached_property
    def _account(self) -> "XAccount":
        from channels.x_account import XAccount  # tweepy is loaded by those who post

        return XAccount(self._keys, self._address, self._timeout)
