"""The desk served: at a port of its own, which no web server passes the public to."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from starlette.applications import Starlette
from starlette.types import ASGIApp

from communique.installation import Installation
from communique.store.desk import officers
from communique.web.desk.announcement_pages import AnnouncementPages
from communique.web.desk.calendar_pages import CalendarPages
from communique.web.desk.cancel_pages import CancelPages
from communique.web.desk.change_pages import ChangePages
from communique.web.desk.correction_pages import CorrectionPages
from communique.web.desk.delivery_pages import DeliveryPages
from communique.web.desk.desk_files import DeskFiles
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.desk_table import DeskTable
from communique.web.desk.document_pages import DocumentPages
from communique.web.desk.edit_pages import EditPages
from communique.web.desk.edited_files import EditedFiles
from communique.web.desk.evidence_pages import EvidencePages
from communique.web.desk.file_pages import FilePages
from communique.web.desk.file_watch import FileWatch
from communique.web.desk.help_page import HelpPage
from communique.web.desk.history_pages import HistoryPages, note_outside_changes
from communique.web.desk.milestone_pages import MilestonePages
from communique.web.desk.office import Office
from communique.web.desk.openid_pages import OpenIDPages
from communique.web.desk.people_pages import PeoplePages
from communique.web.desk.picture_pages import PicturePages
from communique.web.desk.preview_pages import PreviewPages
from communique.web.desk.sent_pages import SentPages
from communique.web.desk.session_pages import SessionPages
from communique.web.desk.sign_in_pages import SignInPages, invitation
from communique.web.desk.specimen_pages import SpecimenPages
from communique.web.desk.timeline_pages import TimelinePages
from communique.web.desk.upload_history_pages import UploadHistoryPages
from communique.web.desk.withdrawal_pages import WithdrawalPages
from communique.web.desk.written_answer_pages import WrittenAnswerPages
from communique.web.listening import listened_to

_log = logging.getLogger(__name__)


def desk_table(office: Office, watch: FileWatch | None = None) -> DeskTable:
    """Every page of the desk, by its address."""
    watch = watch or FileWatch(office.installation.root)
    pages, files = DeskPages(office, watch), EditedFiles(office.installation.root)
    openid = OpenIDPages(office, pages)
    made = (
        SignInPages(office, pages, openid),
        openid,
        SessionPages(office, pages),
        TimelinePages(office, pages),
        AnnouncementPages(office, pages),
        PreviewPages(office, pages),
        SentPages(office, pages),
        SpecimenPages(office, pages),
        CalendarPages(office, pages),
        DeliveryPages(office, pages),
        CancelPages(office, pages),
        CorrectionPages(office, pages),
        WithdrawalPages(office, pages),
        WrittenAnswerPages(office, pages),
        EditPages(office, pages, files),
        MilestonePages(office, pages),
        HistoryPages(office, pages, files),
        FilePages(office, pages, files),
        PicturePages(office, pages, files),
        DocumentPages(office, pages, files),
        UploadHistoryPages(office, pages, files),
        PeoplePages(office, pages),
        EvidencePages(office, pages),
        HelpPage(pages),
        ChangePages(office, watch),
        DeskFiles(pages),
    )
    return DeskTable(office=office, pages=pages, table=[page for each in made for page in each.table()])


def desk_application(office: Office, watch: FileWatch | None = None) -> ASGIApp:
    """The pages."""
    table = desk_table(office, watch)
    handlers = {404: table.missing, 405: table.missing, 500: table.failed}
    made = Starlette(routes=table.routes, exception_handlers=handlers)
    made.router.redirect_slashes = False  # it would name the host that the visitor named
    return made


@contextmanager
def serving_desk(
    installation: Installation,
    clock: Callable[[], datetime],
    port: int,
    *,
    host: str = "127.0.0.1",
    say: Callable[[str], None],
    looks_ahead: bool = False,
) -> Iterator[int]:
    """Serve it until the block ends; the port. To `say`: the link by which the first officer begins.

    With `looks_ahead` it looks at every announcement before anybody asks.

    Raises:
        OSError: nobody can listen there.
    """
    office, watch = Office(installation, clock), FileWatch(installation.root)
    try:
        desk = desk_application(office, watch)
        with listened_to(desk, host, port, name="desk", option="--desk-port", unserved="no desk") as found:
            office.serves_at(found)
            note_outside_changes(office)
            _invite_the_first(office, say)
            office.ahead.is_enabled = looks_ahead
            office.ahead.look(installation.sources.stamps())
            # Ended before the server is: it waits for whoever still listens.
            with watch.running(partial(_note_changes, office)):
                yield found
    finally:
        office.close()


def _note_changes(office: Office) -> None:
    note_outside_changes(office)
    office.ahead.look(office.installation.sources.stamps())


def _invite_the_first(office: Office, say: Callable[[str], None]) -> None:
    with office.database.begin() as connection:
        if not officers.are_there_any(connection):
            link = invitation(connection, office, None)
            say(f"Nobody works at the desk yet. Whoever opens this link is the first: {link}")
