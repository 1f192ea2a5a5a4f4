"""Files deleted, renamed and put there at the desk: what would miss them is said before; nothing is lost or reached."""

import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest

from communique.drawing.pixels import png
from communique.store.desk.officers import Duty
from communique.web.desk.history_pages import note_outside_changes
from communique.web.desk.picture_pages import showing
from tests.desk import Desk, Seat, desk_of
from tests.desk_forms import field
from tests.read.test_picture_metadata import SECRETS, photo
from tests.workspaces import Town

ARTICLE = "templates/news/hello/en/article.md"
UNUSED = "templates/news/hello/es/article.md"
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
PICTURE = png('<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="20" height="10"/></svg>')


@pytest.fixture
def desk(town: Town) -> Iterator[Desk]:
    """A town with its desk, a day before the start."""
    town.clock.turn(days=-1)
    with desk_of(town) as made:
        yield made


@pytest.fixture
def ana(desk: Desk) -> Seat:
    """An editor."""
    return desk.sit(desk.hire("Ana Gil", Duty.EDITOR))


def put(seat: Seat, name: str, data: bytes, **fields: str) -> httpx.Response:
    """Send a picture as the form does."""
    form = {"form": seat.office.form_token(seat.session), **fields}
    return seat.client.post(
        "/pictures/news", data=form, files={"picture": (name, data, "image/png")}, headers={"Origin": seat.origin}
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_something_needs_is_deleted_only_when_told_so(desk: Desk, ana: Seat) -> None:
    """The page says what would miss it; it comes back from its history, and both stand in the journal."""
    before = (desk.town.root / ARTICLE).read_text()
    page = ana.get(f"/delete/{ARTICLE}").text
    assert "Without it there would be 1 fault." in page
    opened, anyway = field(page, "opened"), field(page, "anyway")
    assert ana.post(f"/delete/{ARTICLE}", opened=opened).status_code == 422
    assert ana.post(f"/delete/{ARTICLE}", opened="0" * 64, anyway=anyway).status_code == 409
    assert (desk.town.root / ARTICLE).exists()
    done = ana.post(f"/delete/{ARTICLE}", opened=opened, anyway=anyway)
    assert (done.status_code, done.headers["location"]) == (303, "/files?said=deleted")
    assert not (desk.town.root / ARTICLE).exists()
    assert desk.journal()[0] == f"Ana Gil: deleted {ARTICLE}"
    history = ana.get(f"/history/{ARTICLE}").text
    assert "From here on it was deleted" in history
    version = history.rpartition("?version=")[2].partition('"')[0]
    page = ana.get(f"/edit/{ARTICLE}?version={version}").text
    assert unescape(before) in unescape(page)
    assert ana.post(f"/edit/{ARTICLE}", text=before, opened="").status_code == 303
    assert (desk.town.root / ARTICLE).read_text() == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_gets_another_name_that_nothing_has(desk: Desk, ana: Seat) -> None:
    """Within the folders of texts, and never over another; who may not edit may look."""
    root, at = desk.town.root, f"/rename/{UNUSED}"
    approver = desk.sit(desk.hire("Ben", Duty.APPROVER))
    page = ana.get(at).text
    assert "Nothing needs it." in page
    opened = field(page, "opened")
    for bad in ("../../etc/cron.md", "/etc/x.md", "config/settings.yaml", "templates/news/x.exe", "templates/../x.md"):
        assert ana.post(at, opened=opened, name=bad).status_code == 422, bad
    taken = UNUSED.replace("article", "SOCIAL").replace(".md", ".txt")
    assert ana.post(at, opened=opened, name=taken).status_code == 409
    assert ana.post(at, opened=opened, name="").status_code == 422
    assert approver.get(at).status_code == 200
    assert approver.post(at, opened=opened, name=f"{UNUSED}.md").status_code == 403
    new = "templates/news/hello/es/other.md"
    assert ana.post(at, opened=opened, name=new).headers["location"] == f"/edit/{new}?said=renamed"
    assert ((root / UNUSED).exists(), (root / new).exists()) == (False, True)
    assert ana.get("/delete/config/settings.yaml").status_code == 404
    assert ana.get("/delete/templates/news/hello/../../../config/settings.yaml").status_code == 404
    campaign = ana.get("/delete/campaigns/news.yaml").text
    assert "1 announcement to come would not be announced any more." in campaign


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_picture_is_put_there_with_what_it_shows(desk: Desk, ana: Seat) -> None:
    """Its name becomes one that can stand in texts; the announcement shows it; what is no picture is refused."""
    root, town = desk.town.root, desk.town
    assert put(ana, "a.png", PICTURE, announcement="hello").status_code == 422
    assert put(ana, "a.png", b"GIF89a", announcement="").status_code == 422
    assert put(ana, "a.svg", PICTURE).status_code == 422
    assert put(ana, "a.png", PICTURE + b"0" * 1_100_000).status_code == 413
    words = {"announcement": "hello", "alt-en": 'A "blue" town'}
    done = put(ana, "../../Town hall caf\u00e9.png", PICTURE, **words)
    assert done.headers["location"] == "/pictures/news?said=picture"
    (kept,) = (root / "templates/news/images").iterdir()
    assert kept.read_bytes() == PICTURE
    assert f'image: {kept.name}\nalt: "A \\"blue\\" town"\n---\n' in (root / ARTICLE).read_text()
    assert put(ana, kept.name.upper().replace("PNG", "png"), PICTURE).status_code == 409
    assert kept.name in ana.get("/pictures/news").text
    assert town.standing().preflight is not None
    assert not [each for each in town.workspace.problems_of("news") if "picture" in each.code]
    assert put(ana, "c.jpg", photo()).headers["location"] == "/pictures/news?said=picture_place"
    assert not [secret for secret in SECRETS if secret in (root / "templates/news/images/c.jpg").read_bytes()]
    assert "Where it was taken stood in it" in ana.get("/pictures/news?said=picture_place").text
    outsider = desk.sit(desk.hire("Ben", Duty.APPROVER))
    assert put(outsider, "b.png", PICTURE).status_code == 403


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_document_is_put_there_and_public_once_it_is_named(desk: Desk, ana: Seat) -> None:
    """Until then the page shows the lines to write. What was replaced comes back; what is no document stays out."""
    root, at = desk.town.root, "config/documents/Acta-1.pdf"
    outline = root / "config" / "process.yaml"

    def hand_in(name: str, data: bytes, seat: Seat = ana, **fields: str) -> httpx.Response:
        form = {"form": seat.office.form_token(seat.session), **fields}
        return seat.client.post(
            "/documents", data=form, files={"document": (name, data)}, headers={"Origin": seat.origin}
        )

    for bad in ("run.exe", "page.html", ".pdf", "plan.svg"):
        assert hand_in(bad, b"%PDF-1").status_code == 422, bad
    assert hand_in("Acta-1.pdf", b"").status_code == 422
    assert hand_in("big.pdf", b"0" * 21_000_000).status_code == 413
    assert not (root / "config/documents").exists()
    assert hand_in("C:\\Mis actas\\Acta 1.pdf", b"%PDF-1").headers["location"] == "/documents?said=document"
    assert (root / at).read_bytes() == b"%PDF-1"
    page = ana.get("/documents").text
    assert "Not on the website yet." in page
    assert "file: Acta-1.pdf" in page
    outline.write_text(
        "documents:\n  - {file: Acta-1.pdf, title: Minutes of the forum, published: 2020-01-02, language: en}\n"
    )
    desk.office.refresh()
    page = ana.get("/documents").text
    assert "Minutes of the forum" in page
    assert "Public since" in page
    assert hand_in("acta-1.pdf", b"%PDF-2").status_code == 409
    assert hand_in("Acta-1.pdf", b"%PDF-2", instead="yes").status_code == 303
    history = ana.get(f"/upload-history/{at}").text
    (version,) = re.findall(r'name="version" value="(\d+)"', history)
    earlier = ana.get(f"/upload/{at}?version={version}")
    assert (earlier.content, earlier.headers["content-type"]) == (b"%PDF-1", "application/octet-stream")
    _is_alone(earlier)
    opened = field(ana.get(f"/delete/{at}").text, "opened")
    assert ana.post(f"/delete/{at}", opened=opened).status_code == 303
    assert f"/upload-history/{at}" in ana.get("/documents").text
    assert ana.post(f"/upload-history/{at}", version=version).headers["location"] == "/documents?said=document_back"
    assert (root / at).read_bytes() == b"%PDF-1"
    assert ana.get("/upload/config/settings.yaml").status_code == 404
    outsider = desk.sit(desk.hire("Ben", Duty.APPROVER))
    assert hand_in("b.pdf", b"%PDF-1", outsider).status_code == 403


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_picture_that_was_deleted_or_replaced_comes_back(desk: Desk, ana: Seat) -> None:
    """Whoever replaced or deleted it, here or in a folder: it is seen, and brought back by a button."""
    file = desk.town.root / "templates/news/images/a.png"
    path = "templates/news/images/a.png"
    history, other = f"/upload-history/{path}", png(SQUARE)
    assert put(ana, "a.png", PICTURE).status_code == 303
    assert put(ana, "a.png", other).status_code == 409
    assert put(ana, "a.png", other, instead="yes").status_code == 303
    assert file.read_bytes() == other
    page = ana.get(history).text
    versions = re.findall(r'name="version" value="(\d+)"', page)
    assert len(versions) == 1
    shown = ana.get(f"/upload/{path}?version={versions[0]}")
    assert (shown.content, shown.headers["content-type"]) == (PICTURE, "image/png")
    _is_alone(shown)
    opened = field(ana.get(f"/delete/{path}").text, "opened")
    assert ana.post(f"/delete/{path}", opened=opened).status_code == 303
    assert history in ana.get("/pictures/news").text
    assert ana.get(f"/upload/{path}").status_code == 404
    assert ana.post(history, version=versions[0]).headers["location"] == "/pictures/news?said=picture_back"
    assert file.read_bytes() == PICTURE
    file.write_bytes(other)
    note_outside_changes(desk.office)
    file.unlink()
    assert len(re.findall(r'name="version"', ana.get(history).text)) == 4
    assert ana.post("/upload-history/config/settings.yaml", version=versions[0]).status_code == 404
    assert ana.post(history, version="0").status_code == 404
    assert desk.sit(desk.hire("Ben", Duty.APPROVER)).post(history, version=versions[0]).status_code == 403
    assert desk.journal()[0] == f"Ana Gil: brought back {path}"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_page_that_is_named_like_a_picture_is_not_shown(desk: Desk, ana: Seat) -> None:
    """Whoever can write into the folder shows nothing at the desk but pictures: what it is say its bytes."""
    page = b"<!doctype html><script>alert(1)</script>"
    folder = desk.town.root / "templates/news/images"
    folder.mkdir()
    (folder / "page.png").write_bytes(page)
    answer = ana.get("/upload/templates/news/images/page.png")
    assert (answer.status_code, page in answer.content) == (404, False)


def _is_alone(shown: httpx.Response) -> None:
    """Whatever its bytes may be taken for: it runs nothing, loads nothing, and stands in nobody's frame."""
    policy = set(shown.headers["content-security-policy"].split("; "))
    assert policy == {"default-src 'none'", "sandbox", "frame-ancestors 'none'"}
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_deleted_is_found_again(desk: Desk, ana: Seat) -> None:
    """In the list of texts, whose history brings it back."""
    opened = field(ana.get(f"/delete/{UNUSED}").text, "opened")
    assert ana.post(f"/delete/{UNUSED}", opened=opened).status_code == 303
    assert f'<a href="/history/{UNUSED}">' in ana.get("/files").text


def test_a_picture_takes_the_place_of_another() -> None:
    """With its words; the rest of the head stays as it was, and a text without a head gets one."""
    text = "---\nheadline: Hello\nimage: old.png\nalt: >\n  Two\n  lines\nsummary: Yes\n---\nBody\n---\nmore\n"
    assert showing(text, "new.png", "What") == (
        '---\nheadline: Hello\nsummary: Yes\nimage: new.png\nalt: "What"\n---\nBody\n---\nmore\n'
    )
    assert showing("Body\n", "new.png", "What") == '---\nimage: new.png\nalt: "What"\n---\nBody\n'
