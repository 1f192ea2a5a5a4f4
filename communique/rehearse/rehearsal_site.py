"""The website of a rehearsal once more, with links that work from a folder without a server."""

import shutil
from pathlib import Path

from communique.delivery import Mode
from communique.rehearse.rehearsal import Rehearsal
from communique.send import messages, recording
from communique.send.products import on_offer
from communique.store.announcements import publications, releases
from communique.website.site_of_workspace import as_calendars_know_it, site_of

FOLDER = "site"
#: As the website and feed adapters wrote it, for a web server.
PUBLIC = "public"
#: Shown by a server alone, so its links begin at the server's root.
_FOR_SERVERS = {"404.html", "unavailable.html", "robots.txt", "sitemap.xml"}


def write_site(rehearsal: Rehearsal) -> bool:
    """Write `site/` as the website stands at the end, with the feeds beside it; False when nothing was published."""
    workspace, channels = rehearsal.workspace, rehearsal.opened.channels
    record = recording.bring_up_to_date(workspace, rehearsal.database, Mode.LIVE, rehearsal.clock.now)
    with rehearsal.database.reading() as connection:
        published = publications.on_website(connection, Mode.LIVE)
        free = releases.free(connection, Mode.LIVE, rehearsal.clock.now, press=workspace.newsrooms)
        offered = on_offer(workspace, connection, Mode.LIVE, channels)
        milestones = rehearsal.planner.milestones(connection)
        now = rehearsal.clock.now
        shown = site_of(
            workspace, published, milestones, now, free=free, offered=offered, record=record, named_index=True
        )
        shown = as_calendars_know_it(shown, connection, Mode.LIVE, now)
    if not published:
        return False
    pages = messages.pages(shown)
    for path, data in pages.files.items():
        if path not in _FOR_SERVERS:
            _write(rehearsal.folder / FOLDER / path, data)
    for path, source in pages.copied.items():
        _write(rehearsal.folder / FOLDER / path, source.read_bytes())
    for path in (*pages.printed, *pages.bundled):  # as the adapter made them
        if (sheet := rehearsal.folder / PUBLIC / path).is_file():
            _write(rehearsal.folder / FOLDER / path, sheet.read_bytes())
    feeds = rehearsal.folder / PUBLIC / "feeds"
    if feeds.is_dir():
        shutil.copytree(feeds, rehearsal.folder / FOLDER / "feeds", dirs_exist_ok=True)
    return True


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
