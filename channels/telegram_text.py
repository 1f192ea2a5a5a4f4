"""What stands in a Telegram message: its text, and below a photo the words for those who do not see it."""

from channels.post_text import text_with_link
from communique.channel import Post


def units(text: str) -> int:
    """The length as Telegram counts it: UTF-16 units (core.telegram.org/api/entities)."""
    return len(text.encode("utf-16-le")) // 2


def caption_of(post: Post) -> tuple[str, list[dict[str, object]]]:
    """The text, and its entities: what stands for a photo is a quotation that can be unfolded."""
    text = text_with_link(post)
    described = post.image.alt.strip() if post.image else ""
    if not described:
        return text, []
    before = f"{text}\n\n"
    entity = {"type": "expandable_blockquote", "offset": units(before), "length": units(described)}
    return before + described, [entity]
