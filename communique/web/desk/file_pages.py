"""A file deleted or given another name: what would miss it is said before, and its history stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from communique.plan import outlook
from communique.plan.file_check import check_file, owner_of, worse
from communique.problems import Problem
from communique.store.desk import file_versions, journal
from communique.store.desk.file_versions import digest_of
from communique.web.desk.asking import Ask, Reply
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.edit_pages import EDITORS
from communique.web.desk.edited_files import ConflictError, EditedFiles, NotEditableError, Opened, TakenError
from communique.web.desk.office import Office

_SEE_OTHER, _GONE, _CONFLICT, _WRONG = 303, 404, 409, 422


@dataclass(frozen=True)
class FilePages:
    """`/delete/…` and `/rename/…`."""

    office: Office
    pages: DeskPages
    files: EditedFiles

    def table(self) -> list[DeskPage]:
        """Their addresses."""
        return [
            DeskPage(path="delete/{path:path}", show=self.show, act=self.delete, duties=EDITORS),
            DeskPage(path="rename/{path:path}", show=self.show, act=self.rename, duties=EDITORS),
        ]

    def show(self, ask: Ask) -> Reply:
        """What would miss the file, and the forms."""
        return self._page(ask)

    def delete(self, ask: Ask) -> Reply:
        """It is not there any more; what it was stays in its history."""
        return self._do(ask, "")

    def rename(self, ask: Ask) -> Reply:
        """The same under another name."""
        name = ask.visit.field("name")
        return self._do(ask, name) if name else self._page(ask, error="no_new_name", status=_WRONG)

    def _do(self, ask: Ask, new: str) -> Reply:
        path = ask.named["path"]
        try:
            stopping = self._change(ask, new)
        except TakenError:
            return self._page(ask, error="file_taken", status=_CONFLICT, new=new)
        except ConflictError:
            return self._page(ask, error="file_changed", status=_CONFLICT)
        except NotEditableError as error:
            if new and self.files.may_be(path) and not self.files.may_be(new):
                return self._page(ask, error="file_name", status=_WRONG)
            return self._notice(ask, error)
        if stopping:
            return self._page(ask, error="makes_worse", status=_WRONG, new=new, stopping=stopping)
        self.office.refresh()
        return Reply(status=_SEE_OTHER, location=f"/edit/{quote(new)}?said=renamed" if new else "/files?said=deleted")

    def _change(self, ask: Ask, new: str) -> list[Problem]:
        """Do it; or what would be wrong then, where nobody has agreed to that."""
        path, now, who = ask.named["path"], self.office.clock(), ask.who.name
        was = self.files.bytes_at(path)
        if was is None or digest_of(was) != ask.visit.field("opened"):
            raise ConflictError(Opened(None))
        if new and not self.files.may_be(new):
            raise NotEditableError("not_editable")
        stopping = self._missed(path, new, was)
        if stopping and ask.visit.field("anyway") != _mark(new, stopping):
            return stopping
        with self.office.database.begin() as connection:
            file_versions.note(connection, path, was, who="", now=now)
            if new:
                self.files.move(path, new, was)
                file_versions.note(connection, new, was, who=who, now=now)
            else:
                self.files.delete(path, was)
            file_versions.note(connection, path, b"", who=who, now=now)
            what = f"renamed {path} to {new}" if new else f"deleted {path}"
            journal.note(connection, who=who, what=what, now=now)
        return []

    def _missed(self, path: str, new: str, was: bytes) -> list[Problem]:
        """Errors that there would be without it."""
        before, faults_before = self.office.planner_as({})
        after, faults_after = self.office.planner_as({path: None, **({new: was} if new else {})})
        now = self.office.clock()
        then = check_file(before, path, now) if before is not None else faults_before
        since = check_file(after, path, now) if after is not None else faults_after
        return worse(then, since)

    def _page(
        self, ask: Ask, error: str = "", status: int = 200, new: str = "", stopping: Sequence[Problem] | None = None
    ) -> Reply:
        path = ask.named["path"]
        try:
            was = self.files.bytes_at(path)
            if was is None:
                return self._notice(ask, NotEditableError("not_editable"))
            if stopping is None:
                stopping = self._missed(path, new, was)
        except NotEditableError as refused:
            return self._notice(ask, refused)
        context = {
            "error": error,
            "at": path,
            "new": new,
            "opened": digest_of(was),
            "stopping": stopping,
            "anyway": _mark(new, stopping) if stopping else "",
            "ends": self._ends(path),
            "may_edit": ask.who.may(EDITORS),
            "is_text": self.files.is_text(path),
        }
        return Reply(body=self.pages.fill("file.html", ask, context), status=status)

    def _ends(self, path: str) -> int:
        """Announcements to come that would not be announced any more: those of a campaign whose file it is."""
        if not path.startswith("campaigns/"):
            return 0
        planner, name = self.office.planner(), owner_of(path).campaign
        with self.office.database.reading() as connection:
            return len(outlook.coming(planner, connection, self.office.clock(), of=name))

    def _notice(self, ask: Ask, error: NotEditableError) -> Reply:
        status = _GONE if error.why == "not_editable" else _CONFLICT
        return Reply(body=self.pages.fill("notice.html", ask, {"notice": error.why}), status=status)


def _mark(new: str, stopping: Sequence[Problem]) -> str:
    """What somebody agrees to who does it all the same: exactly these."""
    return digest_of("\n".join([new, *map(str, stopping)]).encode())
