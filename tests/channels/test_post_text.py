"""The text of a post and its link."""

import pytest

from channels.post_text import holds_link, text_with_link
from communique.channel import Post

LINK = "https://a.example.org/es"


@pytest.mark.parametrize(
    ("text", "held"),
    [
        (f"Lea {LINK}", True),
        (f"Lea {LINK}.", True),
        (f"({LINK}), por favor", True),
        (f"Lea {LINK}\nmañana", True),
        (f"Lea {LINK}/otra", False),
        (f"Lea {LINK}?c=1", False),
        (f"Lea {LINK}2", False),
        (f"Lea {LINK}.html", False),
        ("Lea", False),
    ],
)
def test_only_this_very_link_counts(text: str, held: bool) -> None:  # noqa: FBT001 - an expected value
    """A longer address that begins alike is another page, and the post would go out without its own."""
    assert holds_link(text, LINK) is held


def test_a_post_without_a_link_is_its_text() -> None:
    """No empty line is added."""
    assert text_with_link(Post(text="Hola", link="", headline="", summary="")) == "Hola"
