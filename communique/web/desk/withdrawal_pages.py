"""An announcement that went out taken back: why, who is told, and where two are asked, by one and then another."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from communique.plan import approving, telling
from communique.plan.approving import NotAnApproverError
from communique.plan.planning import Planner
from communique.plan.retracting import NeedsReasonError, notices_of, retract
from communique.plan.telling import NothingWentOutError
from communique.retraction import Retraction
from communique.store.announcements import retractions
from communique.store.desk import approvals
from communique.store.desk.officers import Duty
from communique.texts import markdown
from communique.web.desk.asking import Ask, Reply
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.office import Office

_AT = "{campaign}/{announcement}/{occurrence}"
_APPROVERS = frozenset({Duty.APPROVER})
_SEE_OTHER, _GONE, _CONFLICT, _WRONG = 303, 404, 409, 422
_LONGEST_REASON = 2000


@dataclass(frozen=True)
class WithdrawalPages:
    """`/withdraw/…`."""

    office: Office
    pages: DeskPages

    def table(self) -> list[DeskPage]:
        """Their addresses."""
        return [
            DeskPage(path=f"withdraw/{_AT}", show=self.show, act=self.withdraw, duties=_APPROVERS),
            DeskPage(path=f"withdraw/{_AT}/look", act=self.look, duties=_APPROVERS),
        ]

    def show(self, ask: Ask) -> Reply:
        """The page, with what somebody else has asked for."""
        return self._page(ask, {})

    def look(self, ask: Ask) -> Reply:
        """What readers would be told, before anything is done."""
        reasons = self._typed(ask)
        return self._page(ask, reasons) if reasons else self._page(ask, {}, error="no_reason", status=_WRONG)

    def withdraw(self, ask: Ask) -> Reply:
        """For good; or, where two are asked and nobody has said the same before, as a wish."""
        planner, now = self.office.planner_anew(), self.office.clock()
        reasons = self._typed(ask)
        if not reasons:
            return self._page(ask, {}, error="no_reason", status=_WRONG)
        name = ask.named["campaign"], ask.named["announcement"]
        retraction = Retraction(at=now, reasons=reasons)
        try:
            with self.office.database.begin() as connection:
                done = retract(planner, connection, name, ask.named["occurrence"], retraction, by=ask.who.name)
        except NotAnApproverError:
            return self._page(ask, reasons, error="not_an_approver", status=_CONFLICT)
        except (NothingWentOutError, NeedsReasonError):
            return self._missing(ask)
        at = _AT.format(**ask.named)
        where = (
            f"/announcement/{at}?said=withdrawn" if done.kept is not None else f"/withdraw/{at}?said=asked_to_withdraw"
        )
        return Reply(status=_SEE_OTHER, location=where)

    def _typed(self, ask: Ask) -> dict[str, str]:
        languages = self.office.settings.languages
        typed = {each: ask.visit.field(f"reason-{each}", _LONGEST_REASON) for each in languages}
        return {language: reason for language, reason in typed.items() if reason}

    def _page(self, ask: Ask, reasons: dict[str, str], error: str = "", status: int = 200) -> Reply:
        planner = self.office.planner_anew()
        with self.office.database.reading() as connection:
            row = _row(planner, connection, ask)
            if row is None:
                return self._missing(ask)
            kept, asked = retractions.of(connection, row.id), retractions.asked(connection, row.id)
            known = kept.retraction.reasons if kept else asked.reasons if asked else {}
            said = reasons or dict(known)
            owed = telling.lines(planner, connection, row)
            spoken = {each.language for each in owed}
            languages = [each for each in planner.workspace.settings.languages if each in spoken]
            retraction = Retraction(at=self.office.clock(), reasons=said)
            told = notices_of(planner, connection, row, retraction, languages) if said else {}
        try:
            who = approving.approver(planner, ask.who.name)
        except NotAnApproverError:
            who = ""
        context = {
            "error": error,
            "said": ask.visit.query.get("said", ""),
            "at": _AT.format(**ask.named),
            "name": (row.campaign, row.announcement),
            "owed": [telling.owed_to(planner, each) for each in owed],
            "spoken": [(each, planner.workspace.words.of(each).get("language_name", each)) for each in languages],
            "reasons": said,
            "told": {each: (notice.subject, markdown.to_text(notice.body)) for each, notice in told.items()},
            "kept": kept,
            "asked": asked,
            "is_same": asked is not None and said == dict(asked.reasons),
            "is_mine": asked is not None and approvals.folded(asked.by) == approvals.folded(who),
            "takes_two": planner.workspace.settings.approvals.required > 1,
            "may_withdraw": bool(who) and Duty.APPROVER in ask.who.duties,
        }
        return Reply(body=self.pages.fill("withdraw.html", ask, context), status=status)

    def _missing(self, ask: Ask) -> Reply:
        return Reply(body=self.pages.fill("notice.html", ask, {"notice": "nothing_to_correct"}), status=_GONE)


def _row(planner: Planner, connection: Connection, ask: Ask) -> Any | None:
    name = ask.named["campaign"], ask.named["announcement"]
    try:
        return telling.found(planner, connection, name, ask.named["occurrence"], "withdraw")
    except NothingWentOutError:
        return None
