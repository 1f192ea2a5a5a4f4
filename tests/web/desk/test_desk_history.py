"""Every version of what is edited is kept, with who made it, and can be brought back."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from communique.store.backup import copy_ledger
from communique.store.database import open_database, sqlite_url
from communique.store.desk import file_versions
from communique.store.desk.officers import Duty
from communique.web.desk.asking import Ask
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.edited_files import EditedFiles
from communique.web.desk.file_watch import FileWatch
from communique.web.desk.history_pages import HistoryPages, note_outside_changes
from communique.web.desk.office import Office
from communique.web.visits import Visit
from tests.desk import Desk, desk_of
from tests.desk_forms import field, typed
from tests.workspaces import Town, build

ARTICLE = "templates/news/hello/en/article.md"


@pytest.fixture
def desk(town: Town) -> Iterator[Desk]:
    """A town with its desk."""
    with desk_of(town) as made:
        yield made


def visit_of_nobody() -> Visit:
    """A request that says nothing."""
    return Visit(token="", query={}, languages=[], peer="", forwarded_for=[], origin="", fetch_site="", form={})


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_version_is_kept_with_who_made_it(desk: Desk) -> None:
    """Edits made elsewhere are seen as such; an earlier text is brought back by saving it like any other."""
    path, ana = "templates/news/hello/es/article.md", desk.sit(desk.hire("Ana Gil", Duty.EDITOR))
    before = desk.on_disk(path)
    opened = field(ana.get(f"/edit/{path}").text, "opened")
    assert ana.post(f"/edit/{path}", text=before.replace("Hola", "Buenos días"), opened=opened).status_code == 303
    desk.town.edit(path, "Buenos días", "Saludos")
    note_outside_changes(desk.office)
    note_outside_changes(desk.office)
    page = ana.get(f"/history/{path}").text
    assert re.search(r"<del>.*Buenos días.*</del><ins>.*Saludos", page)
    assert re.findall(r"<p><strong>([^<]+)</strong></p>", page) == [
        "Changed outside the desk",
        "Ana Gil",
        "As it was found",
    ]
    oldest = max(re.findall(r"version=(\d+)", page), key=lambda number: -int(number))
    back = ana.get(f"/edit/{path}?version={oldest}").text
    assert typed(back) == before
    assert "an earlier version, and not saved yet" in back
    assert desk.on_disk(path) != before
    assert ana.post(f"/edit/{path}", text=typed(back), opened=field(back, "opened")).status_code == 303
    assert desk.on_disk(path) == before
    assert ana.get(f"/edit/{path}?version={'9' * 30}").status_code == 200
    copy = desk.town.root / "var" / "copy.sqlite"
    copy_ledger(desk.town.database, copy, desk.town.clock.now)
    with closing(open_database(sqlite_url(copy))) as copied, copied.reading() as connection:
        assert [each.who for each in file_versions.of(connection, path, 9)] == ["Ana Gil", "", "Ana Gil", ""]


def test_what_nobody_has_kept_yet_is_shown_and_not_written(tmp_path: Path) -> None:
    """Looking at the history of a file that has just been changed elsewhere, before the desk has seen it."""
    town = build(tmp_path)
    office = Office(town.installation, town.clock)
    note_outside_changes(office)
    town.edit(ARTICLE, "hello.", "good day.")
    files, nobody = EditedFiles(town.root), visit_of_nobody()
    page = HistoryPages(office, DeskPages(office, FileWatch(town.root)), files).show(
        Ask(visit=nobody, path="", named={"path": ARTICLE})
    )
    assert "Seen just now" in str(page.body)
    assert "good" in str(page.body)
    with town.database.reading() as connection:
        assert len(file_versions.of(connection, ARTICLE, 9)) == 1
    office.close()
    town.database.close()
