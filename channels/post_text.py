"""The text of a post with its link: what every network counts, sends and looks for."""

import re

from communique.channel import Image, Message, PermanentError, Post, Removal, phrase


def post_of(message: Message) -> Post:
    """The post a message carries.

    Raises:
        PermanentError: it carries something else.
    """
    if refused := not_a_post(message):
        raise PermanentError(refused)
    content = message.content
    assert isinstance(content, Post)  # noqa: S101 - tells mypy what was just checked
    return content


def removal_of(message: Message) -> Removal:
    """The post that a message asks to delete.

    Raises:
        PermanentError: it carries something else, or the receipt does not name the post.
    """
    content = message.content
    if not (isinstance(content, Removal) and content.reference):
        raise PermanentError(
            phrase("Expected the number of a post to delete, found {content}.", content=f"{content!r:.80}")
        )
    return content


def not_a_post(message: Message) -> str:
    """Why this message cannot be posted at all; empty when it can."""
    if isinstance(message.content, Post):
        return ""
    return f"A network expects a post (social.txt), found content of the kind {type(message.content).__name__}."


def picture_ending(image: Image) -> str:
    """What the name of its file ends in: `.png` or `.jpg`."""
    kind = image.media_type.partition("/")[2]
    return ".jpg" if kind == "jpeg" else f".{kind}"


def text_with_link(post: Post) -> str:
    """The text, with the link on a line of its own at the end unless the text has it already."""
    if not post.link or holds_link(post.text, post.link):
        return post.text
    return f"{post.text}\n{post.link}"


def holds_link(text: str, link: str) -> bool:
    """Whether this very address stands in the text, and not just a longer one that begins like it."""
    return re.search(rf"(?<!\w){re.escape(link)}(?![\w/?#&=%+~@-]|[.,:;!][\w/?#&=%])", text) is not None


def same_link(one: str, other: str) -> bool:
    """Whether two addresses are the same to a network: some add a slash to a bare host."""
    return one.rstrip("/") == other.rstrip("/")
