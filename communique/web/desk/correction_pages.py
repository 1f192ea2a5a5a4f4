"""An announcement that went out put right: in which words, to whom it goes, with whose approval."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection

from communique.channel import Letter, Mail
from communique.correction import Corrected
from communique.moments import Milestone
from communique.plan import approving, correcting, telling
from communique.plan.approving import Approval, NotAnApproverError
from communique.plan.drafting import drafts
from communique.plan.moved import stale
from communique.plan.planning import Planner
from communique.plan.proposed_corrections import CannotCorrectError, Proposed, always_shows, propose
from communique.plan.telling import NothingWentOutError
from communique.preview.documents import FRAMED
from communique.store.announcements import corrections
from communique.store.desk import approvals, file_versions, journal
from communique.store.desk.officers import Duty
from communique.texts.corrections import as_written, written
from communique.texts.templates import TemplateProblemError
from communique.texts.wording import path_of
from communique.web.desk.asking import Ask, Reply
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.edited_files import ConflictError, EditedFiles, NotEditableError
from communique.web.desk.office import Office

#: By milestone: as readers know it, and as it is.
Moved = Mapping[str, tuple[Milestone, Milestone]]

_AT = "{campaign}/{announcement}/{occurrence}"
_APPROVERS, _EDITORS = frozenset({Duty.APPROVER}), frozenset({Duty.EDITOR})
_SEE_OTHER, _GONE, _CONFLICT, _WRONG = 303, 404, 409, 422
_LONGEST_NOTE = 2000
_MOST_OF_FORM = 512 * 1024  #: bytes: a text of some pages in each of a dozen languages
_FIELDS = ("headline", "wrong", "right", "more")


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """A channel that somebody can have a correction go through."""

    channel: str
    by: str  #: as `telling.OwedTo` has it
    copies: int
    always: bool  #: it shows every correction
    is_chosen: bool


@dataclass(frozen=True)
class CorrectionPages:
    """`/correct/…`."""

    office: Office
    pages: DeskPages

    def table(self) -> list[DeskPage]:
        """Their addresses."""
        return [
            DeskPage(path=f"correct/{_AT}", show=self.show),
            DeskPage(path=f"correct/{_AT}/words", act=self.write, duties=_EDITORS, most_bytes=_MOST_OF_FORM),
            DeskPage(path=f"correct/{_AT}/approve", act=self.approve, duties=_APPROVERS),
            DeskPage(path=f"correct/{_AT}/changes", act=self.ask_for_changes, duties=_APPROVERS),
            DeskPage(path=f"correct/{_AT}/preview/{{channel}}/{{language}}", show=self.preview),
        ]

    def show(self, ask: Ask) -> Reply:
        """The page."""
        return self._page(ask)

    def preview(self, ask: Ask) -> Reply:
        """A mail or a letter, for a frame."""
        with self.office.database.reading() as connection:
            proposed = _proposed(self.office.planner_anew(), connection, ask, self.office)
        sample = proposed.samples.get((ask.named["channel"], ask.named["language"])) if proposed else None
        if not isinstance(sample, Mail | Letter):
            return self._missing(ask)
        return Reply(body=sample.html, policy=FRAMED)

    def write(self, ask: Ask) -> Reply:
        """Its words in each language, into the files beside the article."""
        planner, files = self.office.planner_anew(), EditedFiles(self.office.installation.root)
        with self.office.database.reading() as connection:
            proposed = _proposed(planner, connection, ask, self.office)
        if proposed is None:
            return self._missing(ask)
        typed = {language: _typed(ask, language) for language in _languages(proposed, planner)}
        through = _ticked(planner, proposed, ask)
        who, now = ask.who.name, self.office.clock()
        try:
            with self.office.database.begin() as connection:
                for language, text in typed.items():
                    path = _path(proposed, language)
                    data = files.save(path, written(text, through), ask.visit.field(f"opened-{language}"))
                    file_versions.note(connection, path, data, who=who, now=now)
                what = f"wrote correction {proposed.number} of {proposed.name}"
                journal.note(connection, who=who, what=what, now=now)
        except (ConflictError, NotEditableError):
            return self._page(ask, error="not_saved", status=_CONFLICT, typed=typed, through=through)
        return Reply(status=_SEE_OTHER, location=f"/correct/{_AT.format(**ask.named)}?said=words_saved")

    def approve(self, ask: Ask) -> Reply:
        """Exactly what was looked at; with the last approval it goes."""

        def act(planner: Planner, connection: Connection, proposed: Proposed, given: Approval) -> tuple[str, str]:
            done = correcting.approve(planner, connection, proposed, given)
            return ("cannot_approve" if done.refused else ""), ("corrected" if done.kept else "approved")

        return self._say(ask, act)

    def ask_for_changes(self, ask: Ask) -> Reply:
        """Exactly what was looked at is held back, with a word on why."""

        def act(_planner: Planner, connection: Connection, proposed: Proposed, given: Approval) -> tuple[str, str]:
            correcting.ask_for_changes(connection, proposed, given)
            return "", "asked"

        if not ask.visit.field("note", _LONGEST_NOTE):
            return self._page(ask, error="no_note", status=_WRONG)
        return self._say(ask, act)

    def _say(self, ask: Ask, act: Callable[[Planner, Connection, Proposed, Approval], tuple[str, str]]) -> Reply:
        planner, now = self.office.planner_anew(), self.office.clock()
        try:
            who = approving.approver(planner, ask.who.name)
        except NotAnApproverError:
            return self._page(ask, error="not_an_approver", status=_CONFLICT)
        given = Approval(who=who, note=ask.visit.field("note", _LONGEST_NOTE), now=now)
        with self.office.database.begin() as connection:
            proposed = _proposed(planner, connection, ask, self.office)
            if proposed is None:
                return self._missing(ask)
            error, said = "has_changed", ""
            if proposed.digest == ask.visit.field("digest"):
                error, said = act(planner, connection, proposed, given)
        if error:
            return self._page(ask, error=error, status=_CONFLICT)
        where = "announcement" if said == "corrected" else "correct"
        return Reply(status=_SEE_OTHER, location=f"/{where}/{_AT.format(**ask.named)}?said={said}")

    def _page(
        self,
        ask: Ask,
        error: str = "",
        status: int = 200,
        typed: dict[str, Corrected] | None = None,
        through: Sequence[str] | None = None,
    ) -> Reply:
        planner = self.office.planner_anew()
        with self.office.database.reading() as connection:
            proposed = _proposed(planner, connection, ask, self.office)
            if proposed is None:
                return self._missing(ask)
            said_of_it = approvals.words(connection, proposed.occasion)
            earlier = corrections.of(connection, proposed.row.id)
            try:
                who = approving.approver(planner, ask.who.name)
            except NotAnApproverError:
                who = ""
            objection = correcting.objection(planner, connection, proposed, who) if who else ""
            moved, drafted = _drafted(planner, connection, proposed)
        languages = _languages(proposed, planner)
        files = {each: EditedFiles(self.office.installation.root).open(_path(proposed, each)) for each in languages}
        shown = next(
            (each for each in (ask.visit.query.get("in", ""), self.pages.language(ask)) if each in languages), ""
        )
        context = {
            "error": error,
            "said": ask.visit.query.get("said", ""),
            "at": _AT.format(**ask.named),
            "name": (proposed.row.campaign, proposed.row.announcement),
            "proposed": proposed,
            "earlier": earlier,
            "ways": _ways(planner, proposed, proposed.through if through is None else through),
            "owed": [telling.owed_to(planner, each) for each in proposed.lines],
            "spoken": [(each, planner.workspace.words.of(each).get("language_name", each)) for each in languages],
            "words": typed or {each: as_written(drafted.get(each, opened.text)) for each, opened in files.items()},
            "is_drafted": bool(drafted) and not typed,
            "moved": moved,
            "opened": {each: opened.digest for each, opened in files.items()},
            "is_written": any(opened.digest for opened in files.values()),
            "said_of_it": said_of_it,
            "digest": proposed.digest,
            "note": ask.visit.field("note", _LONGEST_NOTE),
            "language_shown": shown or (languages[0] if languages else ""),
            "may_write": ask.who.may(_EDITORS),
            "may_approve": bool(who) and Duty.APPROVER in ask.who.duties,
            "objection": objection,
            "has_approved": approvals.folded(who) in map(approvals.folded, proposed.approved_by),
        }
        return Reply(body=self.pages.fill("correct.html", ask, context), status=status)

    def _missing(self, ask: Ask) -> Reply:
        return Reply(body=self.pages.fill("notice.html", ask, {"notice": "nothing_to_correct"}), status=_GONE)


def _proposed(planner: Planner, connection: Connection, ask: Ask, office: Office) -> Proposed | None:
    name = ask.named["campaign"], ask.named["announcement"]
    try:
        return propose(planner, connection, name, ask.named["occurrence"], now=office.clock())
    except (NothingWentOutError, CannotCorrectError):
        return None


def _drafted(planner: Planner, connection: Connection, proposed: Proposed) -> tuple[Moved, dict[str, str]]:
    """Dates that have moved; and by language what they would have it say, where nobody has written anything yet."""
    campaign = proposed.occasion.campaign
    found = next((each for each in stale(planner, connection, campaign) if each.row.id == proposed.row.id), None)
    if found is None:
        return {}, {}
    with suppress(TemplateProblemError):  # `check` says what is wrong with the layout
        files = drafts(planner, connection, campaign, found)
        paths = {each: _path(proposed, each) for each in _languages(proposed, planner)}
        return found.moved, {each: files[path] for each, path in paths.items() if path in files}
    return found.moved, {}


def _languages(proposed: Proposed, planner: Planner) -> list[str]:
    """Those in which somebody has a copy, in the settings' order."""
    spoken = {each.language for each in proposed.ways}
    return [each for each in planner.workspace.settings.languages if each in spoken]


def _path(proposed: Proposed, language: str) -> str:
    return path_of(proposed.row.campaign, proposed.row.announcement, language, proposed.file)


def _ways(planner: Planner, proposed: Proposed, through: Sequence[str]) -> list[Way]:
    """The channels that it went out through, each once."""
    found: dict[str, Way] = {}
    for owed in (telling.owed_to(planner, each) for each in proposed.ways):
        earlier = found.get(owed.channel)
        always = always_shows(planner, owed.channel)
        found[owed.channel] = Way(
            channel=owed.channel,
            by=owed.by,
            copies=owed.copies + (earlier.copies if earlier else 0),
            always=always,
            is_chosen=always or not through or owed.channel in through,
        )
    return list(found.values())


def _ticked(planner: Planner, proposed: Proposed, ask: Ask) -> list[str]:
    """The channels that somebody has chosen in the form; none where it is all of them, as files leave it out then."""
    ways = _ways(planner, proposed, ())
    ticked = [each.channel for each in ways if ask.visit.field(f"through-{each.channel}")]
    left_out = [each for each in ways if not each.always and each.channel not in ticked]
    return (ticked or [each.channel for each in ways if each.always]) if left_out else []


def _typed(ask: Ask, language: str) -> Corrected:
    headline, wrong, right, more = (ask.visit.text(f"{name}-{language}") for name in _FIELDS)
    return Corrected(headline=headline, wrong=wrong, right=right, more=more)
