"""`docs/products.md`: every message a local government owes, and the shipped announcement that makes it."""

import re
from pathlib import Path

import pytest

from tests.shipped_messages import workspace

PAGE = (Path(__file__).parents[2] / "docs" / "products.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([ABP]\d+) \| (.+?) \| `(.+?)/(.+?)` \| (.+?) \| (.+?) \| `(.+?)` \|$", re.MULTILINE)
ROWS = ROW.findall(PAGE)
#: Of the study of the field.
OWED = {
    *(f"A{number}" for number in range(1, 15)),
    *(f"B{number}" for number in range(1, 12)),
    *(f"P{number}" for number in range(1, 7)),
}


def test_every_row_is_made() -> None:
    """None is left out, and no line of the tables is misread."""
    assert {row[0] for row in ROWS} >= OWED
    assert len(ROWS) == len(re.findall(r"^\| [ABP]\d", PAGE, re.MULTILINE))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[3]}")
def test_a_row_is_as_the_campaign_has_it(row: tuple[str, ...]) -> None:
    """To whom, through what and when: what the page says is what will go."""
    _, _, campaign, name, to, through, when = row
    announcement = workspace().campaigns[campaign].announcements[name]
    assert tuple(re.findall(r"`(.+?)`", to)) == announcement.to
    assert set(through.split(", ")) <= set(announcement.through)
    said = str(announcement.when) + (f", every {announcement.every}" if announcement.every else "")
    assert when == said
