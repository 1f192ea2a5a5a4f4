"""A workspace's files: from its folder, from a copy, or as they were at one moment."""

from pathlib import Path

import pytest

from communique.read.sources import LARGEST, Copy, Folder, copy_of, snapshot


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with two campaigns, and what does not belong to a workspace."""
    for path in (
        *("campaigns/a.yaml", "campaigns/b.yaml", "templates/a/hello/en/article.md", "templates/b/hello/en/article.md"),
        *("templates/layouts/mail.html", "config/settings.yaml", "config/notes.docx", "var/ledger.txt"),
        *("campaigns/.a.yaml.swp", "campaigns/.backup/a.yaml", "templates/a/picture.PNG"),
    ):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(path)
    return tmp_path


def test_texts_and_pictures_are_listed_and_nothing_else(root: Path) -> None:
    """Neither hidden files of editors, nor files that no part of a workspace is made of."""
    folder = Folder(root)
    assert folder.paths("campaigns") == ["campaigns/a.yaml", "campaigns/b.yaml"]
    assert folder.paths("config") == ["config/settings.yaml"]
    assert "templates/a/picture.PNG" in folder.paths("templates")
    assert folder.paths("nowhere") == []


@pytest.mark.parametrize("path", ["../outside.yaml", "/etc/hostname", "campaigns/../../outside.yaml", "link.yaml"])
def test_nothing_outside_is_read(root: Path, path: str) -> None:
    """Neither by dots, nor by a path of the machine, nor through a link."""
    (root.parent / "outside.yaml").write_text("secret")
    (root / "link.yaml").symlink_to(root.parent / "outside.yaml")
    assert Folder(root).read(path) is None


def test_no_folder_is_gone_through_that_a_link_leads_to(root: Path) -> None:
    """Neither one outside, whose names are nobody's business, nor one in a circle."""
    outside = root.parent / "elsewhere"
    outside.mkdir()
    (outside / "private.md").write_text("secret")
    (root / "templates" / "linked").symlink_to(outside)
    (root / "templates" / "round").symlink_to(root / "templates")
    before = Folder(root).paths("templates")
    assert not [path for path in before if "linked" in path or "round" in path]


@pytest.mark.parametrize("path", ["campaigns", "campaigns/none.yaml"])
def test_what_is_no_file_is_nothing(root: Path, path: str) -> None:
    """A folder, or a file that is not there."""
    assert Folder(root).read(path) is None
    assert Copy({}).read(path) is None


def test_a_change_is_noticed(root: Path) -> None:
    """A file that was edited, made or taken away changes the stamps; one outside the workspace's folders does not."""
    folder = Folder(root)
    before = folder.stamps()
    (root / "var/ledger.txt").write_text("changed")
    assert folder.stamps() == before
    (root / "campaigns/a.yaml").write_text("longer than it was before")
    edited = folder.stamps()
    (root / "campaigns/c.yaml").write_text("")
    made = folder.stamps()
    (root / "campaigns/c.yaml").unlink()
    assert edited != before
    assert made != edited
    assert folder.stamps() == edited


def test_later_edits_do_not_reach_a_snapshot(root: Path) -> None:
    """What was read stays; what was not there stays away."""
    taken = snapshot(Folder(root))
    (root / "campaigns/a.yaml").write_text("edited")
    (root / "campaigns/c.yaml").write_text("new")
    assert taken.read("campaigns/a.yaml") == b"campaigns/a.yaml"
    assert taken.read("campaigns/c.yaml") is None
    assert taken.paths("campaigns") == ["campaigns/a.yaml", "campaigns/b.yaml"]


def test_one_campaign_is_as_it_was_and_the_others_as_they_are(root: Path) -> None:
    """Its file and texts come from the copy, also when they were taken away since; all else comes from now."""
    earlier = copy_of(Folder(root))
    (root / "campaigns/a.yaml").write_text("broken")
    (root / "templates/a/hello/en/article.md").unlink()
    (root / "templates/a/new.md").write_text("half-way")
    (root / "campaigns/b.yaml").write_text("edited")
    (root / "templates/layouts/mail.html").write_text("edited")
    mixed = snapshot(Folder(root)).with_campaign("a", earlier)
    assert mixed.read("campaigns/a.yaml") == b"campaigns/a.yaml"
    assert mixed.read("templates/a/hello/en/article.md") == b"templates/a/hello/en/article.md"
    assert mixed.read("templates/a/new.md") is None
    assert mixed.read("campaigns/b.yaml") == mixed.read("templates/layouts/mail.html") == b"edited"


def test_a_copy_lists_what_is_below_a_folder_only() -> None:
    """`templates/a` is not `templates/ab`."""
    copy = Copy({"templates/a/x.md": b"", "templates/ab/x.md": b""})
    assert copy.paths("templates/a") == ["templates/a/x.md"]


def test_of_a_film_that_somebody_has_put_there_only_so_much_is_read(root: Path) -> None:
    """Whoever uses it refuses it as too large; read whole it would end the service for want of memory."""
    sound = root / "templates/a/hello/en/radio-30.wav"
    with sound.open("wb") as file:
        file.truncate(LARGEST * 30)
    data = Folder(root).read("templates/a/hello/en/radio-30.wav")
    assert data is not None
    assert len(data) == LARGEST + 1
