"""Campaigns and texts edited in the browser: what is wrong stands beside them, and nothing that was typed is lost."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import quote

from communique.language.catalogue import in_language
from communique.plan.file_check import owner_of, text_to_write, worse
from communique.problems import Problem, errors
from communique.read.file_text import MOST_BYTES
from communique.read.schema import campaign_schema, dumps, process_schema
from communique.store.desk import file_versions, journal
from communique.store.desk.file_versions import Version, digest_of
from communique.store.desk.officers import Duty
from communique.timeline import ONCE
from communique.web.desk.asking import Ask, Reply, numeral
from communique.web.desk.changed_words import pieces
from communique.web.desk.desk_pages import DeskPages, findings_of
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.edited_files import (
    ConflictError,
    EditedFiles,
    NotEditableError,
    Opened,
    as_text,
    is_editable,
    with_line_feeds,
)
from communique.web.desk.file_checks import Checked, FileChecks
from communique.web.desk.office import Office

EDITORS = frozenset({Duty.EDITOR})
#: A form's letters may take three times their bytes (percent-encoding).
MOST_OF_FORM = 3 * MOST_BYTES + 16 * 1024
_SEE_OTHER, _GONE, _CONFLICT, _WRONG, _BUSY = 303, 404, 409, 422, 503
_HOUR = 3600
_SCHEMAS = {"/schema/campaign.json": campaign_schema, "/schema/process.json": process_schema}
#: By the folder, or the file, that they are of.
_SCHEMA_OF = {"campaigns": "/schema/campaign.json", "config/process.yaml": "/schema/process.json"}


@dataclass(frozen=True)
class EditPages:
    """`/files` and `/edit/…`."""

    office: Office
    pages: DeskPages
    files: EditedFiles
    _checking: threading.Lock = field(default_factory=threading.Lock)

    @property
    def _checks(self) -> FileChecks:
        return FileChecks(self.office)

    def table(self) -> list[DeskPage]:
        """Their addresses."""
        return [
            DeskPage(path="files", show=self.list_files, act=self.begin, duties=EDITORS),
            *(DeskPage(path=address.lstrip("/"), show=partial(self.schema, address)) for address in _SCHEMAS),
            DeskPage(path="check/{path:path}", act=self.check, duties=EDITORS, most_bytes=MOST_OF_FORM),
            DeskPage(path="edit/{path:path}", show=self.show, act=self.save, duties=EDITORS, most_bytes=MOST_OF_FORM),
        ]

    def list_files(self, ask: Ask, error: str = "", status: int = 200) -> Reply:
        """Every file that is edited here, by what it belongs to."""
        workspace = self.office.planner().workspace
        paths = self.files.listed(workspace.sources)
        titles = {name: each.called(self.pages.language(ask)) for name, each in workspace.campaigns.items()}
        faulty = {each.file for each in errors(self.office.problems)}
        folders: dict[str, dict[str, list[str]]] = {}
        for path in paths:
            owner = owner_of(path)
            folders.setdefault(owner.campaign, {}).setdefault(owner.announcement, []).append(path)
        shared = folders.pop("", {}).get("", [])
        layouts = [path for path in shared if path.startswith("templates/layouts/")]
        of_all = {"content": [path for path in shared if path not in layouts], "layouts": layouts}
        said = ask.visit.query.get("said", "")
        with self.office.database.reading() as connection:
            deleted = list(filter(is_editable, file_versions.gone(connection, paths)))
        context = {
            "folders": folders,
            "of_all": of_all,
            "titles": titles,
            "faulty": faulty,
            "said": said,
            "deleted": deleted,
            "error": error,
            "typed": ask.visit.field("name"),
            "may_edit": ask.who.may(EDITORS),
        }
        return Reply(body=self.pages.fill("files.html", ask, context), status=status)

    def begin(self, ask: Ask) -> Reply:
        """A file that is not there yet: saving it makes it. One that is there is opened."""
        name = ask.visit.field("name")
        if not is_editable(name):
            return self.list_files(ask, error="file_name" if name else "no_new_name", status=_WRONG)
        return Reply(status=_SEE_OTHER, location=f"/edit/{quote(name)}")

    def schema(self, address: str, ask: Ask) -> Reply:
        """What an editor completes and explains keys by, in the officer's language: each has an address of its own."""
        language = self.pages.language(ask)
        text = dumps(_SCHEMAS[address](), lambda described: in_language(described, language) or described)
        return Reply(body=text, media_type="application/json", keep_for=_HOUR)

    def check(self, ask: Ask) -> Reply:
        """What is wrong with a text that is being typed: the quick part, one at a time; changes nothing."""
        path, text = ask.named["path"], with_line_feeds(ask.visit.text("text"))
        if not self._checking.acquire(blocking=False):
            return Reply(status=_BUSY, retry_after=1, media_type="text/plain")
        try:
            opened = self.files.open(path)
            found = [each for each in self._checks.as_typed(path, opened.bytes_of(text)) if each.file == path]
        except NotEditableError as error:
            return self._notice(ask, error)
        finally:
            self._checking.release()
        words = self.pages.words(ask)["edit"]
        said = words["checked"]["none"] if not found else words["checked"]["one" if len(found) == 1 else "other"]
        ours = findings_of(self.pages.language(ask))
        problems = [_in_words(each, ours, self.pages.language(ask)) for each in found]
        answer = {"problems": problems, "said": said.format(n=len(found))}
        return Reply(body=json.dumps(answer), media_type="application/json")

    def show(self, ask: Ask) -> Reply:
        """The file as it is, and what is wrong with it."""
        try:
            opened = self.files.open(ask.named["path"])
        except NotEditableError as error:
            return self._notice(ask, error)
        version = self._version(ask)
        text = as_text(version.data) if version is not None else opened.text
        said = ask.visit.query.get("said", "")
        return self._page(ask, opened, text, self._checked(ask, opened, text), said=said, version=version)

    def save(self, ask: Ask) -> Reply:
        """What was typed, if nobody else has saved meanwhile; what makes it worse only when told so."""
        path, text = ask.named["path"], with_line_feeds(ask.visit.text("text"))
        try:
            opened = self.files.open(path)
            if len(opened.bytes_of(text)) > MOST_BYTES:
                return self._page(ask, opened, text, Checked(problems=[]), error="file_too_long", status=_WRONG)
            if opened.digest and opened.text == text:
                return self._saved(ask, "same")
            return self._save(ask, opened, text)
        except ConflictError as error:
            return self._conflict(ask, error.now, text)
        except NotEditableError as error:
            return self._notice(ask, error, text)

    def _save(self, ask: Ask, opened: Opened, text: str) -> Reply:
        path = ask.named["path"]
        if opened.digest != ask.visit.field("opened"):
            raise ConflictError(opened)
        if opened.digest:
            was, checked = self._checks.both(path, opened.bytes_of(opened.text), opened.bytes_of(text))
        else:
            was, checked = Checked(problems=[]), self._checks.now(path, opened.bytes_of(text))
        # A text that is not written yet is what comes next: an announcement and its languages are not typed at once.
        stopping = [each for each in worse(was.problems, checked.problems) if not text_to_write(each)]
        if stopping and ask.visit.field("anyway") != _mark(stopping):
            return self._page(ask, opened, text, checked, error="makes_worse", status=_WRONG, stopping=stopping)
        number = len(errors(checked.problems))
        what = f"saved {path}" + (f", which has {number} fault{'s' if number > 1 else ''}" if number else "")
        now, who = self.office.clock(), ask.who.name
        # Written within the transaction: who looks for changes made elsewhere waits for it, and finds nothing new.
        with self.office.database.begin() as connection:
            if opened.data is not None:
                file_versions.note(connection, path, opened.data, who="", now=now)
            written = self.files.save(path, text, opened.digest)
            file_versions.note(connection, path, written, who=who, now=now)
            journal.note(connection, who=who, what=what, now=now)
        return self._saved(ask, "saved")

    def _version(self, ask: Ask) -> Version | None:
        """An earlier one that is to be brought back."""
        number = numeral(ask.visit.query.get("version", ""))
        if number is None:
            return None
        with self.office.database.reading() as connection:
            return file_versions.by_id(connection, ask.named["path"], number)

    def _saved(self, ask: Ask, said: str) -> Reply:
        return Reply(status=_SEE_OTHER, location=f"/edit/{quote(ask.named['path'])}?said={said}")

    def _checked(self, ask: Ask, opened: Opened, text: str) -> Checked:
        """What `check` would say if the file were this, so far as it is known; of a file that is not there nothing.

        Of a file as it is the rest is looked at meanwhile, and an open page shows it then.
        """
        path = ask.named["path"]
        if not opened.digest and not text:
            return Checked(problems=[])
        checked = self._checks.now(path, opened.bytes_of(text))
        if not checked.is_whole and text == opened.text:
            self.office.following.begin(path, partial(self._follow, path))
        return checked

    def _follow(self, path: str) -> None:
        self.office.refresh()
        self._checks.follow(path)
        self.pages.watch.tell([path])

    def _conflict(self, ask: Ask, now: Opened, text: str) -> Reply:
        """Both texts; whoever saves again has seen the other."""
        checked = self._checked(ask, now, text)
        theirs = list(pieces(now.text, text))
        return self._page(ask, now, text, checked, error="conflict", status=_CONFLICT, theirs=now.text, diff=theirs)

    def _page(
        self,
        ask: Ask,
        opened: Opened,
        text: str,
        checked: Checked,
        *,
        status: int = 200,
        stopping: list[Problem] | None = None,
        **more: object,
    ) -> Reply:
        path, problems = ask.named["path"], checked.problems
        here = [each for each in problems if each.file == path]
        owner = owner_of(path)
        marked = {each.line: each for each in here[::-1]}
        context = {
            "at": path,
            "text": text,
            "opened": opened.digest,
            "is_new": not opened.digest,
            "here": here,
            "owner": (owner.campaign, owner.announcement),
            "announcement": self._announcement(owner.campaign, owner.announcement),
            "elsewhere": [each for each in problems if each.file != path and owner.has(each.file)],
            "lines": [(number, line, marked.get(number)) for number, line in enumerate(text.split("\n"), 1)],
            "is_whole": checked.is_whole,
            "stopping": stopping or [],
            "anyway": _mark(stopping) if stopping else "",
            "may_edit": ask.who.may(EDITORS),
            "schema": self._schema_of(path.partition("/")[0] if owner.campaign else path, ask),
            "names": self._names(path),
            "theirs": None,
            "diff": [],
            "version": None,
            **more,
        }
        return Reply(body=self.pages.fill("edit.html", ask, context), status=status)

    def _announcement(self, campaign: str, name: str) -> str:
        """Where the page of the announcement is that a text belongs to; empty for one of a series, or of none."""
        known = self.office.planner().workspace.campaigns.get(campaign)
        one = known.announcements.get(name) if known is not None else None
        return f"{campaign}/{name}/{ONCE}" if one is not None and one.every is None else ""

    def _schema_of(self, what: str, ask: Ask) -> str:
        """Where the help of a file is, in the officer's language; empty where it has none."""
        return f"{_SCHEMA_OF[what]}?language={self.pages.language(ask)}" if what in _SCHEMA_OF else ""

    def _names(self, path: str) -> dict[str, list[str]]:
        """What a campaign's file may name, by its keys."""
        if not path.startswith("campaigns/"):
            return {}
        settings = self.office.settings
        return {
            "to": sorted(settings.audiences),
            "through": sorted(settings.channels),
            "languages": [*settings.languages],
        }

    def _notice(self, ask: Ask, error: NotEditableError, typed: str = "") -> Reply:
        status = _GONE if error.why == "not_editable" else _CONFLICT
        return Reply(body=self.pages.fill("notice.html", ask, {"notice": error.why, "typed": typed}), status=status)


def _in_words(problem: Problem, ours: Mapping[str, Sequence[str]], language: str) -> dict[str, object]:
    """For the editor, in the officer's language: what it is by its code, then what exactly was found."""
    if problem.code not in ours:
        return problem.as_json()
    what, remedy = ours[problem.code]
    found = in_language(problem.message, language) or problem.message
    hint = in_language(problem.hint, language) or remedy
    return {**problem.as_json(), "message": f"{what}: {found}", "hint": hint}


def _mark(stopping: list[Problem]) -> str:
    """What somebody agrees to who saves all the same: exactly these."""
    return digest_of("\n".join(map(str, stopping)).encode())
