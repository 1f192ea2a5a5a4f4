"""Every page of the desk, asked for with what no page of ours sends: in its path, its query and each field of its form.

Whoever asks is signed in and may do everything, so what holds here holds for each link that somebody sends an officer
(CVE-2021-27909, CVE-2021-43331, CVE-2023-32235 and CVE-2025-9822 of others).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from communique.store.desk.officers import Duty
from communique.web.desk.desk_table import DeskPage
from tests.desk import Desk, Seat, desk_of
from tests.web.desk.test_desk_table import table
from tests.workspaces import build

_PAGES = Path(__file__).parents[2] / "communique" / "pages" / "desk"
_MARK = "zqx7"
HOSTILE = (
    f"\"'><script>{_MARK}</script><img src=x onerror={_MARK}>",
    f"javascript:{_MARK}//",
    f"{{{{ {_MARK}.__class__ }}}}{{% include '/etc/passwd' %}}${{7*7}}%(x)s",
    "../../../../../../etc/passwd",
    "..\\..\\..\\windows\\win.ini",
    "/etc/passwd",
    "\x00",
    "\r\nSet-Cookie: desk=evil\r\n\r\n<script>",
    "' OR '1'='1' --",
    "9" * 18,
    "-1",
    "1e999",
    "\u0661\u0662",  # digits that are none of ours
    "\u202egro.live",
    "2026-99-99T99:99",
    "//evil.example/%2e%2e",
    "once",
    "x" * 9000,
)
#: What ends this visit, or lets nobody in any more: each has tests of its own.
_ENDS = {"sign-out", "sessions", "password", "people/end", "people/duties", "people/link"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A town with a letter outside its folder."""
    folder = tmp_path_factory.mktemp("town")
    town = build(folder / "inside")
    (folder / "secret.md").write_text("the secret letter", encoding="utf-8")
    with desk_of(town) as made:
        yield made
    town.database.close()


@pytest.fixture(scope="module")
def seat(desk: Desk) -> Seat:
    """Somebody who may do everything."""
    return desk.sit(desk.hire("Eve", *Duty))


def _names(pattern: str) -> list[str]:
    return sorted({each for page in _PAGES.glob("*.html") for each in re.findall(pattern, page.read_text("utf-8"))})


FIELDS = [each for each in _names(r'name="(\w+)"') if each != "form"]  # the sign that the form is ours stays right
QUERIES = _names(r"[?&;](\w+)=")


def _paths(page: DeskPage, value: str) -> list[str]:
    """The page's address with the value in one place after the other; as it is, where it has none."""
    places = re.findall(r"\{\w+(?::\w+)?\}", page.path)
    fill = {"{campaign}": "news", "{announcement}": "hello", "{occurrence}": "once", "{channel}": "email"}
    fill |= {"{language}": "en", "{view}": "html", "{path:path}": "campaigns/news.yaml"}
    found = []
    for place in places:
        path = page.path
        for each in places:
            path = path.replace(each, quote(value, safe="") if each == place else fill.get(each, "1"))
        found.append(f"/{path}")
    return found or [f"/{page.path}"]


def _bears(answer: httpx.Response) -> None:
    """It was answered by a page of ours, in which the value is a word and nothing else."""
    assert answer.status_code < 500, answer.url
    assert "set-cookie" not in answer.headers or "evil" not in answer.headers["set-cookie"]
    assert not answer.headers.get("location", "").startswith(("//", "http", "javascript"))
    if "html" in answer.headers.get("content-type", ""):
        assert f"<script>{_MARK}" not in answer.text
        assert f"onerror={_MARK}>" not in answer.text
        assert not re.search(rf"(href|src|action)=[\"']?javascript:{_MARK}", answer.text)
    for secret in ("the secret letter", "root:x:0:0"):
        assert secret not in answer.text


every_page = pytest.mark.parametrize("page", table(), ids=lambda page: page.path or "/")


@every_page
def test_looking_with_hostile_words_is_harmless(desk: Desk, seat: Seat, page: DeskPage) -> None:
    """In the path and in each part of the query at once; nothing has changed afterwards."""
    if page.show is None or page.path in {"changes", "sign-in/openid"}:
        return
    before = desk.rows()
    for value in HOSTILE:
        query = "&".join(f"{name}={quote(value, safe='')}" for name in QUERIES)
        for path in _paths(page, value):
            _bears(seat.get(f"{path}?{query}"[:60_000]))
    assert desk.rows() == before


@every_page
def test_acting_on_hostile_words_is_refused_or_harmless(desk: Desk, seat: Seat, page: DeskPage) -> None:
    """Each field of each form with the same word; no file outside the three folders is written."""
    if page.act is None or page.path in _ENDS or page.is_open:
        return
    around = desk.town.root.parent
    before = sorted(around.iterdir())
    for value in HOSTILE:
        for path in _paths(page, value):
            _bears(seat.post(path, **dict.fromkeys(FIELDS, value)))
    assert sorted(around.iterdir()) == before
    assert (around / "secret.md").read_text(encoding="utf-8") == "the secret letter"
