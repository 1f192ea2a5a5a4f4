"""What stands in the forms of a desk's pages."""

import re
from html import unescape


def field(page: str, name: str) -> str:
    """What stands in a form's field: of the hidden ones, or a button's."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def typed(page: str, name: str = "text") -> str:
    """What stands in a text field, as a browser reads it: without the line end after the tag."""
    found = re.search(rf'<textarea id="{name}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return unescape(found[1])
