"""What a picture or a document has been, version by version; brought back, deleted or replaced as it may be."""

from dataclasses import dataclass

from communique.read.picture_header import NotAPictureError, read_header
from communique.read.sources import is_picture
from communique.store.desk import file_versions, journal
from communique.web.desk import uploads
from communique.web.desk.asking import Ask, Reply, numeral
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.edit_pages import EDITORS
from communique.web.desk.edited_files import ConflictError, EditedFiles, NotEditableError, TakenError, is_document
from communique.web.desk.office import Office

_SEE_OTHER, _GONE, _CONFLICT = 303, 404, 409
_MOST = 50  #: versions on the page
#: What a browser saves and does not open: a document may be anything.
_HANDED_OVER = "application/octet-stream"
#: A picture alone: whatever else its bytes may be taken for, it runs nothing and loads nothing.
_ALONE = "default-src 'none'; sandbox; frame-ancestors 'none'"


@dataclass(frozen=True)
class UploadHistoryPages:
    """`/upload/…` and `/upload-history/…`."""

    office: Office
    pages: DeskPages
    files: EditedFiles

    def table(self) -> list[DeskPage]:
        """Their addresses."""
        return [
            DeskPage(path="upload/{path:path}", show=self.upload),
            DeskPage(path="upload-history/{path:path}", show=self.show, act=self.bring_back, duties=EDITORS),
        ]

    def upload(self, ask: Ask) -> Reply:
        """Its bytes, as it is or as a version was. A picture is shown; a document is handed over, whatever it is."""
        path, number = ask.named["path"], numeral(ask.visit.query.get("version", ""))
        data = None
        if self._is_one(path):
            try:
                data = self.files.bytes_at(path) if number is None else self._version(path, number)
            except NotEditableError:
                data = None
        kind = _HANDED_OVER
        if not is_document(path):
            try:
                kind = read_header(data or b"").media_type
            except NotAPictureError:
                data = None
        if not data:
            return self._notice(ask, "not_editable", _GONE)
        return Reply(body=data, media_type=kind, policy=_ALONE)

    def show(self, ask: Ask) -> Reply:
        """The newest version first, and a button to bring an earlier one back."""
        return self._page(ask)

    def bring_back(self, ask: Ask) -> Reply:
        """It is as it was then; what it is now stays among its versions."""
        path, number = ask.named["path"], ask.number("version")
        data = self._version(path, number) if number is not None and self._is_one(path) else None
        if not data:
            return self._notice(ask, "not_editable", _GONE)
        now, who = self.office.clock(), ask.who.name
        try:
            with self.office.database.begin() as connection:
                uploads.put(connection, self.files, path, data, instead=True, who=who, now=now)
                journal.note(connection, who=who, what=f"brought back {path}", now=now)
        except (ConflictError, TakenError):
            return self._page(ask, error="file_changed", status=_CONFLICT)
        except NotEditableError as error:
            return self._notice(ask, error.why, _CONFLICT)
        self.office.refresh()
        back = (
            "/documents?said=document_back"
            if is_document(path)
            else f"/pictures/{path.split('/')[1]}?said=picture_back"
        )
        return Reply(status=_SEE_OTHER, location=back)

    def _page(self, ask: Ask, error: str = "", status: int = 200) -> Reply:
        path = ask.named["path"]
        if not self._is_one(path):
            return self._notice(ask, "not_editable", _GONE)
        try:
            present = self.files.bytes_at(path)
        except NotEditableError as refused:
            return self._notice(ask, refused.why, _CONFLICT)
        with self.office.database.reading() as connection:
            versions = file_versions.of(connection, path, _MOST)
        context = {
            "error": error,
            "at": path,
            "campaign": "" if is_document(path) else path.split("/")[1],
            "present": present,
            "versions": versions,
            "is_seen": bool(versions) and versions[0].data == (present or b""),
            "may_edit": ask.who.may(EDITORS),
        }
        return Reply(body=self.pages.fill("upload_history.html", ask, context), status=status)

    def _is_one(self, path: str) -> bool:
        return (is_picture(path) or is_document(path)) and self.files.may_be(path)

    def _version(self, path: str, number: int) -> bytes | None:
        with self.office.database.reading() as connection:
            found = file_versions.by_id(connection, path, number)
        return found.data if found is not None else None

    def _notice(self, ask: Ask, name: str, status: int) -> Reply:
        return Reply(body=self.pages.fill("notice.html", ask, {"notice": name}), status=status)
