"""Pages for officers: times with their zones, values escaped, nothing left out."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from jinja2 import UndefinedError

from communique.own_pages import OurPages, money

PAGES = Path(__file__).parents[2] / "communique" / "pages"
MORNING = datetime(2027, 1, 18, 10, tzinfo=UTC)


def test_our_pages_write_times_as_officers_read_them() -> None:
    """Local times name their zone; UTC names its date where that is another day."""
    pages = OurPages("rehearsal", ZoneInfo("Europe/Madrid"))
    write = pages._environment.from_string("{{ at | day }} {{ at | clock }} {{ at | utc }}").render
    assert write(at=MORNING) == "Monday 18 January 2027 11:00 CET 10:00 UTC"
    assert write(at=datetime(2027, 7, 1, 22, 30, tzinfo=UTC)).endswith(
        "2 July 2027 00:30 CEST 22:30 UTC on 1 July 2027"
    )


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "1 minute ago"), (20, "in 1 minute"), (-20, "1 minute ago"), (7200, "in 2 hours"), (-172800, "2 days ago")],
)
def test_a_span_is_written_in_minutes_at_the_least(seconds: float, written: str) -> None:
    """“In 0 seconds” says nothing to anybody."""
    pages = OurPages("rehearsal", ZoneInfo("UTC"))
    write = pages._environment.from_string("{{ at | until(now) }}").render
    assert write(at=MORNING + timedelta(seconds=seconds), now=MORNING) == written


def test_our_pages_escape_values_and_refuse_gaps() -> None:
    """A value cannot become markup, and a page that lacks one is not written."""
    pages = OurPages("rehearsal", ZoneInfo("UTC"))
    assert pages._environment.from_string("{{ word }}").render(word="<b>") == "&lt;b&gt;"
    with pytest.raises(UndefinedError):
        pages.fill("index.html")


@pytest.mark.parametrize(("amount", "written"), [("0.200", "0.20"), ("0.015", "0.015"), ("1.2", "1.20"), ("0", "0.00")])
def test_money_is_written_exactly(amount: str, written: str) -> None:
    """Tenths of a cent are kept, and there are always two decimals."""
    assert money(Decimal(amount)) == written


def test_whatever_a_page_shows_in_a_frame_can_run_nothing_there() -> None:
    """What officers and readers wrote stands in sandboxed frames, whatever the server says of the document."""
    frames = {
        path.name: re.findall(r"<iframe[^>]*>", path.read_text(encoding="utf-8")) for path in PAGES.rglob("*.html")
    }
    frames = {name: found for name, found in frames.items() if found}
    assert {"correct.html", "previews.html", "sent.html"} <= frames.keys()
    for name, found in frames.items():
        for frame in found:
            allowed = re.search(r" sandbox(?:=\"([^\"]*)\")?(?=[ >])", frame)
            assert allowed is not None, (name, frame)
            assert set((allowed[1] or "").split()) <= {"allow-same-origin"}, (name, frame)


def _with_its_parts(page: Path) -> str:
    text = page.read_text(encoding="utf-8")
    parts = re.findall(r"{% include '([^']+)'", text)
    return "\n".join([text, *(_with_its_parts(page.with_name(each)) for each in parts)])


def test_no_page_brings_in_a_macro_that_it_does_not_use() -> None:
    """Nor do the pages that it includes, which know what it knows."""
    unused = []
    for page in PAGES.rglob("*.html"):
        text = _with_its_parts(page)
        for names in re.findall(r"{%-? from '[^']+' import (.+?)(?: with context)? -?%}", page.read_text("utf-8")):
            named = [each.rpartition(" as ")[2].strip() for each in names.split(",")]
            unused += [(page.name, name) for name in named if len(re.findall(rf"\b{name}\b", text)) < 2]
    assert unused == []
