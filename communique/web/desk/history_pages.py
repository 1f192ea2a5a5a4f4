"""What a file has been: who changed it, when, in which words, and back to any version."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from communique.log_lines import masked
from communique.read.sources import Sources
from communique.store.database import database_fault
from communique.store.desk import file_versions
from communique.store.desk.file_versions import Version, digest_of
from communique.web.desk.asking import Ask, Reply, numeral
from communique.web.desk.changed_words import Piece, pieces
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.edited_files import EditedFiles, NotEditableError, as_text
from communique.web.desk.office import Office

_AT_ONCE = 20  #: versions on a page: each is held against the one before
_GONE, _CONFLICT = 404, 409
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Change:
    """How a version differs from the one before; of the first that was seen everything counts as known."""

    version: Version  #: number 0: it is on the disk and in no record yet
    pieces: Sequence[Piece]
    is_first: bool
    is_present: bool  #: the file is this now


@dataclass(frozen=True)
class HistoryPages:
    """`/history/…`."""

    office: Office
    pages: DeskPages
    files: EditedFiles

    def table(self) -> list[DeskPage]:
        """Their addresses."""
        return [DeskPage(path="history/{path:path}", show=self.show)]

    def show(self, ask: Ask) -> Reply:
        """The newest versions, or those until one."""
        path, until = ask.named["path"], numeral(ask.visit.query.get("until", ""))
        try:
            opened = self.files.open(path)
        except NotEditableError as error:
            status = _GONE if error.why == "not_editable" else _CONFLICT
            return Reply(body=self.pages.fill("notice.html", ask, {"notice": error.why}), status=status)
        with self.office.database.reading() as connection:
            kept = list(file_versions.of(connection, path, _AT_ONCE + 1, until))
        if until is None and opened.data is not None and (not kept or kept[0].data != opened.data):
            seen = Version(id=0, path=path, at=self.office.clock(), who="", data=opened.data)
            kept.insert(0, seen)
        older = kept[_AT_ONCE].id if len(kept) > _AT_ONCE else None
        changes = list(_changes(kept, present=opened.data))
        context = {"at": path, "changes": changes[:_AT_ONCE], "older": older}
        return Reply(body=self.pages.fill("history.html", ask, context))


def _changes(kept: Sequence[Version], present: bytes | None) -> Iterator[Change]:
    for version, earlier in zip(kept, [*kept[1:], None], strict=True):
        before = as_text(earlier.data) if earlier is not None else ""
        is_first = earlier is None
        found = [] if is_first else list(pieces(before, as_text(version.data)))
        yield Change(version, found, is_first, is_present=version is kept[0] and version.data == present)


def note_outside_changes(office: Office) -> None:
    """Keep what files are that were changed elsewhere, in any editor: seen now, by nobody that is known."""
    sources = office.installation.sources
    files = EditedFiles(office.installation.root)
    paths = [*files.listed(sources), *files.pictures(sources)]
    try:
        with office.database.reading() as connection:
            known = file_versions.latest(connection)
        # Looked at twice: whoever saves at the desk holds the ledger's pen meanwhile.
        if all(known.get(path) == digest_of(sources.read(path) or b"") for path in paths):
            return
        with office.database.begin() as connection:
            _note(connection, sources, paths, office.clock())
    except Exception as error:  # noqa: BLE001 - whatever it is, it is seen again at the next change
        _log.warning(
            "What was changed outside the desk could not be kept: %s", masked(database_fault(error) or str(error))
        )


def _note(connection: Connection, sources: Sources, paths: Sequence[str], now: datetime) -> None:
    known = file_versions.latest(connection)
    for path in paths:
        data = sources.read(path)
        if data is not None and known.get(path) != digest_of(data):
            file_versions.note(connection, path, data, who="", now=now)
