"""`communique preview`: announcements as their readers will see them, in a folder and in the browser."""

from html import unescape
from pathlib import Path

import httpx
import pytest

from communique.web.desk.office import Office
from communique.web.desk.preview_server import serving_previews
from communique.web.desk.preview_sheets import PreviewSheets
from tests.command_line import CommandLine
from tests.workspaces import PUBLIC, build


def test_a_folder_and_the_browser_show_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every part that a page names lies beside it; a draft without a date is shown; only this machine can look."""
    town = build(tmp_path)
    town.invite("ana")
    town.campaign("when: start", "when: later")
    town.campaign("through: [email]", "through: [email, website, feed, handoff]")
    town.write("templates/news/hello/en/article.md", PUBLIC + "\n{{ recipient.name if recipient is defined }}\n")
    town.write("templates/news/hello/en/social.txt", "Hello, TBD. {{ link }}\n")
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    line = CommandLine(town.root, monkeypatch)
    out = town.root / "shown"
    said = line("preview", "news", "--as", "ana@example.org", "--out", str(out), now=town.clock.now)
    assert (said.code, "1 announcement. Look at it:" in said.text) == (0, True)
    page = unescape((out / "news.hello.en.html").read_text(encoding="utf-8"))
    assert "No date is known yet of later" in page
    assert "PREVIEW – NOT SENT" in page
    assert "found the placeholder `TBD`" in page
    parts = {path.name for path in (out / "news.hello.en").iterdir()}
    assert {f"{channel}-{view}.html" for channel in ("email", "website") for view in ("light", "dark")} <= parts
    assert all(f'src="news.hello.en/{part}"' in page for part in parts)
    assert "Ana" in (out / "news.hello.en" / "email-bare.html").read_text(encoding="utf-8")
    assert 'href="news.hello.en.html"' in (out / "index.html").read_text(encoding="utf-8")
    assert "found files in" in line("preview", "news", "--out", str(out)).errors
    assert "Did you mean `hello`?" in line("preview", "news", "helo").errors
    assert "Nobody in any audience" in line("preview", "news", "--as", "max@example.org").errors
    assert "Did you mean `hello`?" in line("preview", "news/hello", "news/helo").errors
    assert "1 announcement. Look" in line("preview", "news/hello", "news", "--out", str(town.root / "both")).text
    assert "Expected one announcement, found two" in line("approve", "news/hello", "remind", "--as", "Ana").errors

    office = Office(town.installation, town.clock)
    with serving_previews(PreviewSheets(office=office), 0) as port, httpx.Client(timeout=60) as client:
        at = f"http://127.0.0.1:{port}"
        assert "/news/hello" in client.get(f"{at}/").text
        served = client.get(f"{at}/news/hello?as=person:1").text
        assert "Alex Morgan" in served
        assert ">Ana" not in served
        assert "sandbox" in client.get(f"{at}/news/hello/email/en/dark").headers["content-security-policy"]
        assert client.get(f"{at}/news/nothing").status_code == 404
        assert client.get(at, headers={"Host": "example.org"}).status_code == 421
        assert client.post(f"{at}/news/hello").status_code == 405
    office.close()
    town.database.close()
