"""What is written for a person to take away: where it lies below its channel's directory, and the receipt for it."""

from communique.channel import Message, PermanentError, Receipt, phrase


def parts_of(message: Message) -> list[str]:
    """Campaign, announcement, occurrence, channel, person and language, as `communique.channel` describes the key.

    Raises:
        PermanentError: the key is another one.
    """
    parts = message.key.split("/")
    if len(parts) != 6:  # noqa: PLR2004 - those above
        raise PermanentError(phrase("A key of six parts was expected, found `{key}`.", key=message.key))
    return parts


def folder_of(message: Message) -> str:
    """For everything of an occurrence that goes through the channel."""
    campaign, announcement, occurrence, channel, _, _ = parts_of(message)
    return f"{channel}/{campaign}-{announcement}-{occurrence}"


def place_of(message: Message) -> str:
    """In that folder, for the message's language: what `communique done` is told."""
    return f"{folder_of(message)}/{parts_of(message)[-1]}"


def receipt_of(place: str, does: str, *, pack: str = "PACK") -> Receipt:
    """That it lies there for somebody who `does` something with it."""
    detail = phrase("written for a person, who {does} and then says so: communique done {pack}", does=does, pack=pack)
    return Receipt(reference=place, detail=detail, by_hand=True)
