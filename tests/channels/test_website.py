"""The website adapter against a real directory."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from channels.paper.own_process import PressApart
from channels.website import WebsiteChannel
from communique.channel import (
    Form,
    InDoubt,
    Message,
    Pages,
    PermanentError,
    Reach,
    Removal,
    TemporaryError,
    UnavailableError,
    UncertainError,
)
from tests.channels.contract import Bench, ChannelContract

FILES = {
    "index.html": b"home",
    "es/index.html": b"process",
    "es/accepted/tell/index.html": b"announcement",
    "style.css": b"style",
    "sitemap.xml": b"map",
}


def message(files: dict[str, bytes] | None = None) -> Message:
    """The pages to publish."""
    moment = datetime(2027, 1, 19, 9, tzinfo=UTC)
    content = Pages(files=FILES if files is None else files)
    return Message(key="c/a/once/website/all/es", reference="r", created_at=moment, language="es", content=content)


def written(directory: Path) -> dict[str, bytes]:
    """Every file below the directory."""
    return {
        file.relative_to(directory).as_posix(): file.read_bytes() for file in directory.rglob("*") if file.is_file()
    }


class TestContract(ChannelContract):
    """The website keeps what every channel promises."""

    @pytest.fixture
    def bench(self, tmp_path: Path) -> Bench:
        """Accepted is what the public can open."""
        return Bench(
            make=lambda: WebsiteChannel(directory=tmp_path),
            message=message(),
            invalid=message({"es/index.html": b""}),
            complaint="no home page",
            accepted=lambda: len(list(tmp_path.glob("index.html"))),
        )


def test_what_it_says_of_itself(tmp_path: Path) -> None:
    """It reaches everybody with pages, may be written again, and its constructor touches nothing."""
    channel = WebsiteChannel(directory=tmp_path / "public")
    assert (channel.reach, channel.form, channel.in_doubt) == (Reach.ALL, Form.PAGES, InDoubt.REWRITE)
    assert channel.local
    assert not (tmp_path / "public").exists()


def test_every_file_is_written_and_nothing_else_stays(tmp_path: Path) -> None:
    """After sending, exactly the given files are there: no temporary ones."""
    commits: list[bool] = []
    receipt = WebsiteChannel(directory=tmp_path, compress=False).send(message(), lambda: commits.append(True))
    assert written(tmp_path) == FILES
    assert commits == [True]
    assert receipt.detail == "5 of 5 files written"


def test_nothing_is_seen_before_the_point_of_no_return(tmp_path: Path) -> None:
    """Until `commit` returns, the public sees the old site, though the new one is on disk."""
    channel = WebsiteChannel(directory=tmp_path, compress=False)
    channel.send(message({"index.html": b"old"}), lambda: None)
    seen: list[bytes] = []
    channel.send(message(), lambda: seen.append((tmp_path / "index.html").read_bytes()))
    assert seen == [b"old"]
    assert (tmp_path / "index.html").read_bytes() == b"home"


def test_a_commit_that_fails_leaves_everything_as_it_was(tmp_path: Path) -> None:
    """When the ledger cannot record the point of no return, nothing is published and nothing is left behind."""
    channel = WebsiteChannel(directory=tmp_path, compress=False)

    def refuse() -> None:
        raise RuntimeError("the disk of the ledger is full")

    with pytest.raises(RuntimeError):
        channel.send(message(), refuse)
    assert written(tmp_path) == {}


def test_writers_take_nothing_from_each_other_but_what_was_abandoned(tmp_path: Path) -> None:
    """Another worker publishes while one is about to; what a killed one had begun long ago is taken away."""
    channel, other = (WebsiteChannel(directory=tmp_path, compress=False) for _ in range(2))
    abandoned = tmp_path / ".writing-0.part"
    abandoned.write_bytes(b"ho")
    os.utime(abandoned, (1_000_000_000, 1_000_000_000))

    def publish_another() -> None:
        other.send(message({"index.html": b"other"}), lambda: None)

    channel.send(message(), publish_another)
    assert written(tmp_path) == FILES


def test_unchanged_files_keep_their_date(tmp_path: Path) -> None:
    """A file whose bytes are the same is not touched, so caches stay right; a changed one is replaced."""
    channel = WebsiteChannel(directory=tmp_path, compress=False)
    channel.send(message(), lambda: None)
    for path in FILES:
        os.utime(tmp_path / path, (1_000_000_000, 1_000_000_000))
    receipt = channel.send(message(FILES | {"es/index.html": b"PROCESS"}), lambda: None)
    assert (tmp_path / "style.css").stat().st_mtime == 1_000_000_000
    assert (tmp_path / "es/index.html").stat().st_mtime > 1_000_000_000
    assert receipt.detail == "1 of 5 files written"


def test_pages_come_before_what_links_to_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Style first, then the deepest pages up to the home page, the site map last."""
    order: list[str] = []
    replace = Path.replace

    def recorded(self: Path, target: Path) -> Path:
        order.append(target.relative_to(tmp_path).as_posix())
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", recorded)
    WebsiteChannel(directory=tmp_path, compress=False).send(message(), lambda: None)
    assert order == ["style.css", "es/accepted/tell/index.html", "es/index.html", "index.html", "sitemap.xml"]


def test_files_the_site_no_longer_names_stay(tmp_path: Path) -> None:
    """Nothing is ever deleted: an address that was given out keeps working."""
    channel = WebsiteChannel(directory=tmp_path, compress=False)
    channel.send(message(FILES | {"es/old/index.html": b"old"}), lambda: None)
    channel.send(message(), lambda: None)
    assert (tmp_path / "es/old/index.html").read_bytes() == b"old"


def test_what_is_gone_is_there_no_more_and_is_not_found(tmp_path: Path) -> None:
    """Nor is its compressed form; until then the pages that say so are not all in place."""
    film = {"es/film.html": b"film", "film.vtt": b"words"}
    WebsiteChannel(directory=tmp_path).send(message(FILES | film), lambda: None)
    later = message()._replace(content=Pages(files=FILES, gone=["es/film.html", "film.vtt", "never/there.mp4"]))
    channel = WebsiteChannel(directory=tmp_path)
    assert channel.lookup(later) is None
    channel.send(later, lambda: None)
    assert not [path for path in written(tmp_path) if "film" in path]
    assert channel.lookup(later) is not None
    assert channel.lookup(message()._replace(content=Removal(reference="", url=""))) is None


def test_a_copy_has_the_date_of_its_original_and_is_not_written_again(tmp_path: Path) -> None:
    """A film is not read to find out that it is the same; another one of the same length is copied anew."""
    film, site = tmp_path / "film.mp4", tmp_path / "site"
    film.write_bytes(b"first")
    os.utime(film, (1_000_000_000, 1_000_000_000))
    pages = message()._replace(content=Pages(files=FILES, copied={"es/film.mp4": film}))
    channel = WebsiteChannel(directory=site, compress=False)
    assert channel.send(pages, lambda: None).detail == "6 of 6 files written"
    assert (site / "es/film.mp4").stat().st_mtime == 1_000_000_000
    assert channel.send(pages, lambda: None).detail == "0 of 5 files written"
    film.write_bytes(b"other")
    assert channel.lookup(pages) is None
    channel.send(pages, lambda: None)
    assert (site / "es/film.mp4").read_bytes() == b"other"


@pytest.mark.parametrize(
    "path",
    [
        "../out.html",
        "/etc/out.html",
        "es/../../out.html",
        "a\\..\\out.html",
        "C:/out.html",
        "",
        "es//a",
        "es/\0",
        ".git/x",
    ],
)
def test_a_path_that_leads_out_is_refused(tmp_path: Path, path: str) -> None:
    """No page can be written outside the directory, and then none is written at all."""
    channel = WebsiteChannel(directory=tmp_path / "public")
    hostile = message({"index.html": b"home", path: b"out"})
    assert "below the website's folder" in channel.check(hostile)[0]
    with pytest.raises(PermanentError):
        channel.send(hostile, lambda: None)
    assert written(tmp_path) == {}


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    """A folder that is a symbolic link to elsewhere is not written through."""
    public, elsewhere = tmp_path / "public", tmp_path / "elsewhere"
    public.mkdir()
    elsewhere.mkdir()
    (public / "es").symlink_to(elsewhere)
    with pytest.raises(PermanentError, match="leads out"):
        WebsiteChannel(directory=public).send(message(), lambda: None)
    assert written(elsewhere) == {}
    assert written(public) == {}


def test_a_folder_that_cannot_be_written_is_a_temporary_fault(tmp_path: Path) -> None:
    """When the folder is in fact a file, nothing went out, and the officer reads what to look at."""
    (tmp_path / "public").write_bytes(b"")
    with pytest.raises(TemporaryError, match="may write there"):
        WebsiteChannel(directory=tmp_path / "public").send(message(), lambda: None)


def test_a_fault_half_way_is_in_doubt_and_mended_by_writing_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails after the point of no return leaves whole files only; the next try completes the site."""
    channel = WebsiteChannel(directory=tmp_path, compress=False)
    replace = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if target.name == "index.html":
            raise OSError(5, "Input/output error")
        return replace(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", failing)
        with pytest.raises(UncertainError):
            channel.send(message(), lambda: None)
    assert written(tmp_path) == {"style.css": b"style"}
    assert channel.lookup(message()) is None
    channel.send(message(), lambda: None)
    assert written(tmp_path) == FILES
    assert channel.lookup(message()) is not None


def test_a_web_server_may_read_the_files(tmp_path: Path) -> None:
    """Files are readable by other accounts, which temporary files by themselves are not."""
    WebsiteChannel(directory=tmp_path, compress=False).send(message(), lambda: None)
    assert (tmp_path / "index.html").stat().st_mode & 0o777 == 0o644


def test_a_site_without_home_page_is_refused(tmp_path: Path) -> None:
    """Pages without `index.html` are a mistake of ours, said before anything is written."""
    assert "home page" in WebsiteChannel(directory=tmp_path, compress=False).check(message({"es/index.html": b""}))[0]


SHEET = '<!doctype html><html lang="en"><head><title>Agenda</title></head><body><h1>{}</h1></body></html>'


def test_what_is_to_be_printed_lies_there_as_pdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tagged, with its title; the same sheet gives the same bytes, also after a new start, and another one others."""
    pages = Pages(files=FILES, printed={"es/agenda.pdf": SHEET.format("Agenda")})
    sheet = message()._replace(content=pages)
    channel = WebsiteChannel(directory=tmp_path)
    assert "without" not in channel.send(sheet, lambda: None).detail
    document = PdfReader(tmp_path / "es/agenda.pdf")
    assert document.metadata is not None
    assert document.metadata.title == "Agenda"
    assert "/StructTreeRoot" in document.trailer["/Root"]
    with monkeypatch.context() as patched:
        patched.setattr(PressApart, "print", _must_not)
        assert WebsiteChannel(directory=tmp_path).lookup(sheet) is not None
    changed = sheet._replace(content=replace(pages, printed={"es/agenda.pdf": SHEET.format("Other")}))
    assert channel.lookup(changed) is None
    assert channel.check(sheet._replace(content=replace(pages, printed={"../a.pdf": ""})))


def _must_not(*_: object) -> None:
    raise AssertionError("It was printed already.")


def test_a_machine_that_cannot_print_publishes_the_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says what is not there."""

    def unable(*_: object) -> None:
        raise UnavailableError("Letters need Pango")

    monkeypatch.setattr(PressApart, "print", unable)
    sheet = message()._replace(content=Pages(files=FILES, printed={"es/agenda.pdf": SHEET}))
    assert (
        WebsiteChannel(directory=tmp_path).send(sheet, lambda: None).detail.endswith("without PDFs: Letters need Pango")
    )
    assert "es/agenda.pdf" not in written(tmp_path)
    assert "es/index.html" in written(tmp_path)


def test_a_sheet_that_asks_for_an_address_keeps_no_page_back(tmp_path: Path) -> None:
    """Nothing is fetched to print it; the others are printed, and the receipt names the one that is not there."""
    asking = SHEET.replace("{}", '<img src="https://elsewhere.example.org/x.png" alt="">')
    printed = {"es/minutes.pdf": asking, "es/agenda.pdf": SHEET.format("Agenda")}
    sheet = message()._replace(content=Pages(files=FILES, printed=printed))
    assert "without PDFs: es/minutes.pdf" in WebsiteChannel(directory=tmp_path).send(sheet, lambda: None).detail
    assert {"es/index.html", "es/agenda.pdf"} <= written(tmp_path).keys()
    assert "es/minutes.pdf" not in written(tmp_path)
