"""Mastodon and what speaks its language, through Mastodon.py."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from channels.mastodon_limits import Limits
from channels.post_text import not_a_post, post_of, removal_of, text_with_link
from channels.web_service import base_address, reveal
from communique.channel import Form, InDoubt, Measure, Message, PermanentError, Reach, Receipt, Secret, in_turn, phrase

if TYPE_CHECKING:
    from channels.mastodon_account import MastodonAccount

#: Characters of the words of a picture (Mastodon, app/models/media_attachment.rb).
ALT = 1500


class MastodonChannel:
    """Posts to one account.

    Each post carries an Idempotency-Key, which Mastodon remembers for an hour and others (GoToSocial) ignore; so
    what is in doubt is looked for among the account's own posts first.
    """

    reach: ClassVar[Reach] = Reach.ALL
    form: ClassVar[Form] = Form.POST
    in_doubt: ClassVar[InDoubt] = InDoubt.RESEND
    local: ClassVar[bool] = False
    card: ClassVar[str] = "screen"

    def __init__(
        self,
        *,
        instance: str,
        access_token: Secret | None = None,
        visibility: Literal["public", "unlisted", "private"] = "public",
        timeout: float = 30,
    ) -> None:
        self._address = base_address(instance, "instance")
        self._token = access_token
        self._visibility = visibility
        self._timeout = timeout
        self._limits: Limits | None = None

    def check(self, message: Message) -> Sequence[str]:
        """Refused are posts that are too long; for a server not yet asked, by Mastodon's own limits."""
        if refused := not_a_post(message):
            return [refused]
        text, limits = text_with_link(post_of(message)), self._limits or Limits()
        if (length := limits.count(text)) > limits.characters:
            return [
                phrase(
                    "Too long for {network}: {length} of {limit} characters. Shorten social.txt.",
                    network=self._address,
                    length=length,
                    limit=limits.characters,
                )
            ]
        image = post_of(message).image
        if image and len(image.alt) > ALT:
            return [
                phrase(
                    "The words of the picture are too long for {network}: {length} of {limit} characters. "
                    "Shorten `alt:`.",
                    network=self._address,
                    length=len(image.alt),
                    limit=ALT,
                )
            ]
        return (
            []
            if text.strip()
            else [phrase("{network} refuses a post without text: social.txt is empty.", network="Mastodon")]
        )

    def measure(self, message: Message) -> Measure:
        """In graphemes, addresses at the instance's flat rate."""
        limits = self._limits or Limits()
        length = limits.count(text_with_link(post_of(message)))
        return Measure(length=length, limit=limits.characters, unit=phrase("characters"))

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Read the limits if that was not done yet, upload the picture, commit, post."""
        image = post_of(message).image
        with self._account() as account:
            self._limits = self._limits or account.limits()
            if refused := self.check(message):
                raise PermanentError(in_turn(refused))
            media = [account.upload(image)] if image else []
            return account.post(message, media, self._visibility, commit)

    def retract(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Commit, delete the status; one that is gone counts as deleted."""
        with self._account() as account:
            return account.delete(removal_of(message).reference, commit)

    def lookup(self, message: Message) -> Receipt | None:
        """The account's post that holds the link, among those since the message was made.

        Raises:
            TemporaryError: the instance could not be asked.
            PermanentError: it does not let us ask.
        """
        with self._account() as account:
            return account.lookup(message)

    def account(self) -> tuple[str, tuple[str, ...]]:
        """Whose the token is, and which scopes it lacks where the instance says so (Mastodon 4.3).

        Raises:
            ChannelError: the instance cannot be reached, or refuses the token.
        """
        with self._account() as account:
            return account.who()

    def close(self) -> None:
        """Nothing is held open: a connection that has gone stale unnoticed would leave a post in doubt."""

    def _account(self) -> "MastodonAccount":
        from channels.mastodon_account import MastodonAccount  # Mastodon.py is loaded by those who post

        return MastodonAccount(self._address, reveal(self._token, "access_token"), self._timeout)
