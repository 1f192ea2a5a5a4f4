"""A picture in a text is one mistake, and is told once."""

import pytest

from tests.workspaces import Town


@pytest.mark.parametrize("address", ["map.png", "www.example.org/map.png", "../pictures/map.png"])
def test_a_picture_in_a_text_is_told_once(town: Town, address: str) -> None:
    """As a picture: that its address is none of a link is told of links alone."""
    article = "---\nheadline: Hello\nsummary: Hello.\n---\nHello, {{ recipient.name }}.\n\n"
    town.write("templates/news/hello/en/article.md", f"{article}![A map]({address}) and [words](map.html)\n")
    found = town.standing().preflight
    assert found is not None
    slips = [each.code for each in found.problems if each.line == 7]
    assert sorted(slips) == ["broken-link", "markdown-slip"]
