"""Documents of the website, put into the workspace from the browser: a plan, minutes, the rules of the forum."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from communique.localisation.localised import localise
from communique.read.process_file import MOST_BYTES
from communique.read.process_outline import DOCUMENT_KINDS, DOCUMENTS, OutlinedDocument
from communique.store.desk import file_versions, journal
from communique.web.desk import uploads
from communique.web.desk.asking import Ask, Reply
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.edit_pages import EDITORS
from communique.web.desk.edited_files import (
    ConflictError,
    EditedFiles,
    NotEditableError,
    TakenError,
    fit_name,
    is_document,
)
from communique.web.desk.office import Office

_SEE_OTHER, _CONFLICT, _WRONG = 303, 409, 422
_NOON = time(12)
_MOST_OF_FORM = MOST_BYTES + 64 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """A document, and what the process page says of it."""

    path: str
    name: str
    size: int  #: bytes
    titles: Sequence[str] = ()  #: in the officer's language; empty: it is not named there, and so not on the website
    public_from: datetime | None = None  #: some time on that day
    is_public: bool = False  #: today


@dataclass(frozen=True)
class DocumentPages:
    """`/documents`."""

    office: Office
    pages: DeskPages
    files: EditedFiles

    def table(self) -> list[DeskPage]:
        """Its address."""
        return [
            DeskPage(
                path="documents",
                show=self.show,
                act=self.put,
                duties=EDITORS,
                most_bytes=_MOST_OF_FORM,
                takes_files=True,
            )
        ]

    def show(self, ask: Ask) -> Reply:
        """What there is, and a form for another."""
        return self._page(ask)

    def put(self, ask: Ask) -> Reply:
        """Keep it under a name that nothing has, or in the place of what has it; the process page says what it is."""
        sent = ask.visit.files.get("document")
        data = sent.data if sent is not None else b""
        path = DOCUMENTS + fit_name(ask.visit.field("name") or (sent.name if sent is not None else ""))
        if wrong := _fault(path, data):
            return self._page(ask, wrong, _WRONG)
        try:
            self._keep(ask, path, data)
        except (TakenError, ConflictError) as error:
            return self._page(ask, "file_taken" if isinstance(error, TakenError) else "file_changed", _CONFLICT)
        except NotEditableError as error:
            return Reply(body=self.pages.fill("notice.html", ask, {"notice": error.why}), status=_CONFLICT)
        self.office.refresh()
        return Reply(status=_SEE_OTHER, location="/documents?said=document")

    def _keep(self, ask: Ask, path: str, data: bytes) -> None:
        now, who = self.office.clock(), ask.who.name
        with self.office.database.begin() as connection:
            replaced = uploads.put(
                connection, self.files, path, data, instead=bool(ask.visit.field("instead")), who=who, now=now
            )
            what = f"put another document in the place of {path}" if replaced else f"put {path} there"
            journal.note(connection, who=who, what=what, now=now)

    def _page(self, ask: Ask, error: str = "", status: int = 200) -> Reply:
        paths = self.files.documents()
        with self.office.database.reading() as connection:
            deleted = [path for path in file_versions.gone(connection, paths) if is_document(path)]
        context = {
            "error": error,
            "said": ask.visit.query.get("said", ""),
            "kept": [self._kept(path, self.pages.language(ask)) for path in paths],
            "deleted": deleted,
            "kinds": DOCUMENT_KINDS,
            "most": MOST_BYTES // 1_000_000,
            "today": self._today(),
            "first_language": self.office.settings.languages[0],
            "instead": bool(ask.visit.field("instead")),
            "may_edit": ask.who.may(EDITORS),
        }
        return Reply(body=self.pages.fill("documents.html", ask, context), status=status)

    def _kept(self, path: str, language: str) -> Kept:
        name, spoken = path.removeprefix(DOCUMENTS), self.office.settings.languages
        named: list[OutlinedDocument] = [
            each for each in self.office.planner().workspace.outline.documents if each.file == name
        ]
        read_in = language if language in spoken else spoken[0]
        published = min((each.published for each in named), default=None)
        return Kept(
            path=path,
            name=name,
            size=(self.files.root / path).stat().st_size,
            titles=[str(localise(each.title, read_in, spoken)) for each in named],
            public_from=datetime.combine(published, _NOON, self.office.settings.timezone) if published else None,
            is_public=published is not None and published <= self._today(),
        )

    def _today(self) -> date:
        return self.office.clock().astimezone(self.office.settings.timezone).date()


def _fault(path: str, data: bytes) -> str:
    """What is wrong with what was sent; empty: nothing."""
    if not data:
        return "no_document"
    if len(data) > MOST_BYTES:
        return "document_too_large"
    return "" if is_document(path) else "document_name"
