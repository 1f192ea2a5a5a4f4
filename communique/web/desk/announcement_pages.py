"""One announcement: as its readers will see it, what is wrong with it, who has said what, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection

from communique.plan import approving, outlook
from communique.plan.approving import Approval, NotAnApproverError
from communique.plan.checks.stale_translations import check_translations
from communique.plan.checks.told_once import told_once
from communique.plan.outlook import Coming, Gone
from communique.plan.planning import Planner
from communique.plan.standing import Standing
from communique.store.announcements import corrections, notices, retractions
from communique.store.deliveries import accounts
from communique.store.desk import approvals
from communique.store.desk.officers import Duty
from communique.web.desk.asking import Ask, Reply
from communique.web.desk.changed_words import changed_words
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.edited_files import is_editable
from communique.web.desk.office import Office
from communique.web.desk.previews import choices, context, links_of, preview

_AT = "{campaign}/{announcement}/{occurrence}"
_APPROVERS = frozenset({Duty.APPROVER})
_SEE_OTHER, _GONE, _CONFLICT, _WRONG = 303, 404, 409, 422
_LONGEST_NOTE = 2000
_MOST_COPIES = 100


@dataclass(frozen=True)
class AnnouncementPages:
    """`/announcement/…`."""

    office: Office
    pages: DeskPages

    def table(self) -> list[DeskPage]:
        """Their addresses."""
        return [
            DeskPage(path=f"announcement/{_AT}", show=self.show),
            DeskPage(path=f"announcement/{_AT}/approve", act=self.approve, duties=_APPROVERS),
            DeskPage(path=f"announcement/{_AT}/changes", act=self.ask_for_changes, duties=_APPROVERS),
        ]

    def show(self, ask: Ask) -> Reply:
        """The page."""
        return self._page(ask)

    def approve(self, ask: Ask) -> Reply:
        """Exactly what was looked at, or nothing."""
        return self._say(ask, is_approval=True)

    def ask_for_changes(self, ask: Ask) -> Reply:
        """Exactly what was looked at is held back, with a word on why."""
        if not ask.visit.field("note", _LONGEST_NOTE):
            return self._page(ask, error="no_note", status=_WRONG)
        return self._say(ask, is_approval=False)

    def _say(self, ask: Ask, *, is_approval: bool) -> Reply:
        planner, now = self.office.planner_anew(), self.office.clock()
        try:
            who = approving.approver(planner, ask.who.name)
        except NotAnApproverError:
            return self._page(ask, error="not_an_approver", status=_CONFLICT)
        given = Approval(who=who, note=ask.visit.field("note", _LONGEST_NOTE), now=now)
        with self.office.database.begin() as connection:
            standing = _standing(planner, connection, ask, now)
            found = standing.preflight if standing is not None else None
            if standing is None or found is None or found.digest != ask.visit.field("digest"):
                error = "has_changed"
            elif is_approval:
                (done,) = approving.approve(planner, connection, [standing], given)
                error = "cannot_approve" if done.refused else ""
            else:
                error = "" if approving.ask_for_changes(planner, connection, standing, given) else "has_changed"
        if error:
            return self._page(ask, error=error, status=_CONFLICT)
        said = "approved" if is_approval else "asked"
        return Reply(status=_SEE_OTHER, location=f"/announcement/{_AT.format(**ask.named)}?said={said}")

    def _page(self, ask: Ask, error: str = "", status: int = 200) -> Reply:
        planner, now, held = self.office.planner(), self.office.clock(), self.office.held()
        name = (ask.named["campaign"], ask.named["announcement"])
        with self.office.database.reading() as connection:
            # The others' texts would be waited for.
            listed = self.office.at_once(
                lambda planner: outlook.coming(planner, connection, now, held=held, of=name[0]), wanted=name
            )
            coming = next((each for each in listed if _is(each, ask)), None)
            gone = next((each for each in outlook.gone_of(planner, connection, name) if _is(each, ask)), None)
            if coming is None and gone is None:
                return self._missing(ask)
            context: dict[str, object] = {
                "error": error,
                "said": ask.visit.query.get("said", ""),
                "coming": coming,
                "gone": gone,
                "each": coming or gone,
                "campaign": planner.workspace.campaigns.get(name[0]),
                "note": ask.visit.field("note", _LONGEST_NOTE),
                "at": _AT.format(**ask.named),
                "folder": f"templates/{'/'.join(name)}/",
                "texts": _by_language(self._texts(name)),
            }
            if coming is not None:
                context |= self._as_it_will_be(connection, ask, coming, now)
            if gone is not None:
                copies = accounts.copies(connection, planner.mode, announcement=name, most=_MOST_COPIES)
                mine = [copy for copy in copies if copy.delivery.occurrence == ask.named["occurrence"]]
                context |= {"copies": mine, "words": outlook.not_gone(planner, connection, name)}
                context |= _told_since(connection, planner, ask)
        return Reply(body=self.pages.fill("announcement.html", ask, context), status=status)

    def _as_it_will_be(self, connection: Connection, ask: Ask, coming: Coming, now: datetime) -> dict[str, object]:
        """Previews, checks, and what people have said. What is approved is looked at anew."""
        planner, standing = self.office.planner(), coming.standing
        occasion, own = standing.occasion, self.pages.language(ask)
        found = standing.preflight if occasion is not None else None
        seen = preview(
            planner,
            connection,
            self.office.looked_at,
            coming.name,
            now,
            occurrence=coming.occurrence,
            asked=ask.visit.query.get("as", ""),
        )
        shown: dict[str, object] = {"cards": [], "spoken": []}
        if seen is not None:
            language = seen.language(ask.visit.query.get("in", ""), own)
            links = links_of(f"/preview/{_AT.format(**ask.named)}", language, seen.seen.reader.choice)
            listed = choices(planner, connection, seen, own)
            shown = dict(context(seen, language, ask.visit.query.get("beside", ""), links, listed))
        try:
            who = approving.approver(planner, ask.who.name)
        except NotAnApproverError:
            who = ""
        objection = approving.objection(planner, connection, standing, who) if who else ""
        among = self.office.approvers(connection)
        return {
            **shown,
            "digest": found.digest if found is not None else "",
            "problems": told_once(
                [
                    *(found.problems if found is not None else seen.found.problems if seen else coming.faults),
                    *check_translations(connection, planner.workspace, standing.campaign, of=coming.name[1]),
                ]
            ),
            "said_of_it": approvals.words(connection, occasion) if occasion is not None else [],
            "changed": changed_words(connection, planner.workspace.sources, *coming.name),
            "may_approve": bool(who) and Duty.APPROVER in ask.who.duties,
            "objection": objection,
            "able": approving.still_able(planner, connection, standing, among, coming.approved_by),
            "has_approved": approvals.folded(who) in map(approvals.folded, coming.approved_by),
        }

    def _texts(self, name: tuple[str, str]) -> list[str]:
        """The files that it is made of, so far as they are edited here: its texts, then its campaign."""
        paths = self.office.planner().workspace.sources.paths(f"templates/{'/'.join(name)}")
        return [each for each in (*paths, f"campaigns/{name[0]}.yaml") if is_editable(each)]

    def _missing(self, ask: Ask) -> Reply:
        return Reply(body=self.pages.fill("notice.html", ask, {"notice": "no_announcement"}), status=_GONE)


def _by_language(paths: Sequence[str]) -> list[list[str]]:
    """Files of one folder together: each language has its own."""
    return [list(same) for _, same in groupby(paths, key=lambda path: path.rpartition("/")[0])]


def _is(each: Coming | Gone, ask: Ask) -> bool:
    named = (ask.named["campaign"], ask.named["announcement"], ask.named["occurrence"])
    return (*each.name, each.occurrence) == named


def _told_since(connection: Connection, planner: Planner, ask: Ask) -> dict[str, object]:
    """What its readers have been told since it went out."""
    rows = notices.went_out(connection, planner.mode, ask.named["campaign"], ask.named["announcement"])
    row = next((each for each in rows if each.occurrence == ask.named["occurrence"]), None)
    if row is None:
        return {"corrected": [], "withdrawn": None}
    return {"corrected": corrections.of(connection, row.id), "withdrawn": retractions.of(connection, row.id)}


def _standing(planner: Planner, connection: Connection, ask: Ask, now: datetime) -> Standing | None:
    """Where it stands while it has not gone, looked at anew; of the others only their dates."""
    for each in planner.standings(connection, now, all_texts=False, of=ask.named["campaign"]):
        named = (*each.name, each.occurrence.occurrence)
        if named == (ask.named["campaign"], ask.named["announcement"], ask.named["occurrence"]):
            if each.is_frozen or each.missed or each.occasion is None:
                return None
            return replace(each, preflight=planner.preflight(planner.workspace, planner.channels, each.occasion))
    return None
