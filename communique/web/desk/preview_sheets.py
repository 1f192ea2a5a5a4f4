"""Previews away from the desk: the same pages in a folder, or served on this machine to whoever sits at it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from communique.campaign import Campaign
from communique.preview.documents import Document, document
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.file_watch import FileWatch
from communique.web.desk.office import Office
from communique.web.desk.previews import Links, Preview, choices, context, preview

STYLE = "style.css"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An announcement in the list of what can be looked at."""

    campaign: Campaign
    announcement: str
    due_at: datetime
    address: str
    problems: int


@dataclass(frozen=True, kw_only=True)
class PreviewSheets:
    """Of one installation's files as they are; nothing is sent, approved or written into the ledger."""

    office: Office
    asked: str = ""  #: whose eyes it is seen with (`communique.preview.readers`)

    @property
    def pages(self) -> DeskPages:
        """The desk's own."""
        return DeskPages(self.office, FileWatch(self.office.installation.root))  # nobody listens here

    def of(self, connection: Connection, name: tuple[str, str], asked: str = "") -> Preview | None:
        """The next occurrence of an announcement; None when there is no such announcement."""
        planner, now = self.office.planner(), self.office.clock()
        return preview(planner, connection, self.office.looked_at, name, now, asked=asked or self.asked)

    def named(self, campaign: str = "", announcement: str = "") -> Iterator[tuple[str, str]]:
        """Every announcement; or those of a campaign, or one."""
        for name, each in self.office.planner().workspace.campaigns.items():
            for one in each.announcements:
                if campaign in {"", name} and announcement in {"", one}:
                    yield name, one

    def page(
        self, connection: Connection, it: Preview, shown_in: str, beside: str, links: Links, style: str, *, choose: bool
    ) -> str:
        """One announcement in one language, as HTML."""
        own = self.own_language(shown_in)
        # Who only opens a page of this machine has not signed in: names of people are for the desk.
        found = choices(self.office.planner(), connection, it, own) if choose else []
        listed = [replace(each, people=()) for each in found]
        filled = {
            **context(it, shown_in, beside, links, listed),
            "title": it.shown.occasion.announcement,
            "campaign": it.shown.occasion.campaign,
            "due_at": it.shown.occasion.due_at,
            "problems": it.found.problems,
            "style": style,
            "is_editable": lambda _path: False,
        }
        return self.pages.fill_in(own, "preview.html", filled)

    def contents(self, entries: Sequence[Entry], style: str, language: str) -> str:
        """The list of announcements, as HTML."""
        own = self.own_language(language)
        by_campaign: dict[str, list[Entry]] = {}
        for each in sorted(entries, key=lambda entry: entry.due_at):
            by_campaign.setdefault(each.campaign.called(own), []).append(each)
        filled = {"campaigns": by_campaign, "style": style}
        return self.pages.fill_in(own, "preview-list.html", filled)

    def own_language(self, shown_in: str) -> str:
        """That of the words around what is shown."""
        return shown_in if shown_in in self.pages.languages else self.pages.languages[0]

    def written(
        self, folder: Path, names: Sequence[tuple[str, str]], languages: Sequence[str], say: Callable[[str], None]
    ) -> list[Entry]:
        """A page for each announcement and language in a new folder, with all that its frames show."""
        (folder / STYLE).write_text(self.pages.style(), encoding="utf-8")
        entries = []
        with self.office.database.reading() as connection:
            for name in names:
                it = self.of(connection, name)
                if it is None:
                    continue
                spoken = [each for each in it.languages if not languages or each in languages]
                for language in spoken:
                    self._write(connection, folder, it, language, spoken)
                if spoken:
                    entries.append(entry_of(it, _file(name, spoken[0])))
                    say("/".join(name))
        index = self.contents(entries, STYLE, languages[0] if languages else "")
        (folder / "index.html").write_text(index, encoding="utf-8")
        return entries

    def _write(self, connection: Connection, folder: Path, it: Preview, language: str, spoken: Sequence[str]) -> None:
        occasion = it.shown.occasion
        name = occasion.campaign.campaign, occasion.announcement
        parts = f"{'.'.join(name)}.{language}"

        def part(channel: str, view: str) -> str:
            made: Document | None = document(it.seen, channel, language, view)
            if made is None:
                return ""
            (folder / parts).mkdir(exist_ok=True)
            path = f"{parts}/{channel}-{view}.{made.ending}"
            (folder / path).write_bytes(made.data)
            return path

        links = Links(document=part, page=lambda shown_in, _: _file(name, shown_in) if shown_in in spoken else "")
        page = self.page(connection, it, language, "", links, STYLE, choose=False)
        (folder / _file(name, language)).write_text(page, encoding="utf-8")


def entry_of(it: Preview, address: str) -> Entry:
    """An announcement's line in the list."""
    occasion = it.shown.occasion
    return Entry(
        campaign=occasion.campaign,
        announcement=occasion.announcement,
        due_at=occasion.due_at,
        address=address,
        problems=len(it.found.problems),
    )


def _file(name: tuple[str, str], language: str) -> str:
    return f"{'.'.join(name)}.{language}.html"
