"""Bluesky: a record under a key of its own, so that writing it again changes nothing."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from channels.bluesky_record import BYTES, GRAPHEMES, PICTURE_BYTES, graphemes
from channels.post_text import not_a_post, post_of, removal_of, text_with_link
from channels.web_service import base_address
from communique.channel import Form, InDoubt, Measure, Message, PermanentError, Reach, Receipt, Secret, in_turn, phrase

if TYPE_CHECKING:
    from channels.bluesky_account import BlueskyAccount


class BlueskyChannel:
    """Posts to one account: text with clickable links and tags, and its picture, or else a card of the linked page.

    A drawn picture is shown on the card, where it leads to the page.

    The key of the record is derived from the message. Written twice, the same record is one post; another record under
    its key is refused, so that nothing said is ever changed by accident.
    """

    reach: ClassVar[Reach] = Reach.ALL
    form: ClassVar[Form] = Form.POST
    in_doubt: ClassVar[InDoubt] = InDoubt.REWRITE
    local: ClassVar[bool] = False
    card: ClassVar[str] = "wide"

    def __init__(
        self,
        *,
        handle: str,
        app_password: Secret | None = None,
        service: str = "https://bsky.social",
        session_file: Path | None = None,
        timeout: float = 30,
    ) -> None:
        self._address = base_address(service, "service")
        self._handle = handle.removeprefix("@")  # as people write it
        self._password = app_password
        self._file = Path(session_file) if session_file else None
        self._timeout = timeout

    def check(self, message: Message) -> Sequence[str]:
        """Refused are posts over 300 graphemes or 3000 bytes, and pictures over a million bytes."""
        if refused := not_a_post(message):
            return [refused]
        post = post_of(message)
        text = text_with_link(post)
        size = len(text.encode())
        refusals = [
            (
                not text.strip(),
                phrase("{network} refuses a post without text: social.txt is empty.", network="Bluesky"),
            ),
            (
                graphemes(text) > GRAPHEMES,
                phrase(
                    "Too long for {network}: {length} of {limit} characters. Shorten social.txt.",
                    network="Bluesky",
                    length=graphemes(text),
                    limit=GRAPHEMES,
                ),
            ),
            (
                size > BYTES,
                phrase(
                    "Too long for {network}: {length} of {limit} bytes; emoji take many. Shorten social.txt.",
                    network="Bluesky",
                    length=size,
                    limit=BYTES,
                ),
            ),
            (
                bool(post.image and len(post.image.data) > PICTURE_BYTES),
                phrase(
                    "The picture is too large for {network}: at most {most} bytes. Make it smaller.",
                    network="Bluesky",
                    most=PICTURE_BYTES,
                ),
            ),
        ]
        return [words for refused, words in refusals if refused]

    def measure(self, message: Message) -> Measure:
        """In graphemes; addresses count in full."""
        length = graphemes(text_with_link(post_of(message)))
        return Measure(length=length, limit=GRAPHEMES, unit=phrase("graphemes"))

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Confirm the session, upload the picture, commit, write the record."""
        if refused := self.check(message):
            raise PermanentError(in_turn(refused))
        return self._account.post(message, commit)

    def retract(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Confirm the session, commit, delete the record; one that is gone counts as deleted."""
        return self._account.delete(removal_of(message).reference, commit)

    def lookup(self, message: Message) -> Receipt | None:
        """The record under the message's key.

        Raises:
            TemporaryError: the server could not be asked.
            PermanentError: it does not let us ask.
        """
        return self._account.lookup(message)

    def account(self) -> tuple[str, tuple[str, ...]]:
        """Whose it is, signing in when no session is kept; no permission is lacking.

        Raises:
            ChannelError: the server cannot be reached, or refuses handle and password.
        """
        return self._account.who()

    def close(self) -> None:
        """Close the connections; the session is kept, because signing in is rationed."""
        if "_account" in vars(self):
            self._account.close()

    @cached_property
    def _account(self) -> "BlueskyAccount":
        from channels.bluesky_account import BlueskyAccount  # atproto takes most of a second to load

        return BlueskyAccount(self._address, self._handle, self._password, self._file, self._timeout)
