"""What has not left is cancelled, by channel or all of it, once whoever does so has seen how much that is."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from communique.plan.cancelling import CannotCancelError, Effect, cancel, effect, undo
from communique.store.announcements.cancellations import EACH, EVERY, Cancelled
from communique.store.desk.officers import Duty
from communique.web.desk.asking import Ask, Reply
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.office import Office

_AT = "{campaign}/{announcement}/{occurrence}"
_OPERATORS = frozenset({Duty.OPERATOR})
_SEE_OTHER, _GONE, _CONFLICT, _WRONG = 303, 404, 409, 422
_LONGEST_WHY = 1000
_SERIES = "series"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """What would become of the copies through one channel."""

    channel: str
    waiting: int
    coming: int
    under_way: int
    gone: int


@dataclass(frozen=True)
class CancelPages:
    """`/cancel/…`."""

    office: Office
    pages: DeskPages

    def table(self) -> list[DeskPage]:
        """Their addresses."""
        return [
            DeskPage(path=f"cancel/{_AT}", show=self.show, act=self.cancel, duties=_OPERATORS),
            DeskPage(path=f"cancel/{_AT}/undo", act=self.undo, duties=_OPERATORS),
        ]

    def show(self, ask: Ask) -> Reply:
        """How much would not go, and what is cancelled already."""
        return self._page(ask)

    def cancel(self, ask: Ask) -> Reply:
        """From now on nothing of it goes."""
        planner, now = self.office.planner_anew(), self.office.clock()
        why = ask.visit.field("why", _LONGEST_WHY)
        try:
            with self.office.database.begin() as connection:
                cancel(planner, connection, _what(ask), who=ask.who.name, why=why, now=now)
        except CannotCancelError as error:
            return self._refused(ask, error)
        return Reply(status=_SEE_OTHER, location=f"/cancel/{_AT.format(**ask.named)}?said=cancelled")

    def undo(self, ask: Ask) -> Reply:
        """It goes again, as far as its time lasts."""
        planner, now = self.office.planner_anew(), self.office.clock()
        try:
            with self.office.database.begin() as connection:
                undo(planner, connection, _what(ask), who=ask.who.name, now=now)
        except CannotCancelError as error:
            return self._refused(ask, error)
        return Reply(status=_SEE_OTHER, location=f"/cancel/{_AT.format(**ask.named)}?said=uncancelled")

    def _refused(self, ask: Ask, error: CannotCancelError) -> Reply:
        if error.code == "no_reason":
            return self._page(ask, error="no_why", status=_WRONG)
        return self._page(ask, error=error.code, status=_CONFLICT)

    def _page(self, ask: Ask, error: str = "", status: int = 200) -> Reply:
        planner, now = self.office.planner(), self.office.clock()
        name = ask.named["campaign"], ask.named["announcement"]
        one = Cancelled(campaign=name[0], announcement=name[1], occurrence=ask.named["occurrence"])
        try:
            with self.office.database.reading() as connection:
                found = effect(planner, connection, one, now)
        except CannotCancelError:
            return Reply(body=self.pages.fill("notice.html", ask, {"notice": "no_announcement"}), status=_GONE)
        campaign = planner.workspace.campaigns.get(name[0])
        announcement = campaign.announcements.get(name[1]) if campaign else None
        context = {
            "error": error,
            "said": ask.visit.query.get("said", ""),
            "at": _AT.format(**ask.named),
            "name": name,
            "rows": list(_rows(found)),
            "stops_something": found.stops_something,
            "held": found.held,
            "behind": found.behind,
            "is_series": announcement is not None and announcement.every is not None,
            "chosen": ask.visit.field("channel"),
            "whole_series": ask.visit.field("reach") == _SERIES,
            "typed": ask.visit.field("why", _LONGEST_WHY),
            "may_cancel": Duty.OPERATOR in ask.who.duties,
        }
        return Reply(body=self.pages.fill("cancel.html", ask, context), status=status)


def _what(ask: Ask) -> Cancelled:
    is_series = ask.visit.field("reach") == _SERIES
    return Cancelled(
        campaign=ask.named["campaign"],
        announcement=ask.named["announcement"],
        occurrence=EACH if is_series else ask.named["occurrence"],
        channel=ask.visit.field("channel") or EVERY,
    )


def _rows(found: Effect) -> Iterator[Row]:
    coming = Counter[str]()
    for line in found.coming:
        coming[line.channel] += line.recipients
    for channel in dict.fromkeys([*coming, *found.waiting, *found.under_way, *found.gone]):
        yield Row(
            channel=channel,
            waiting=found.waiting.get(channel, 0),
            coming=coming[channel],
            under_way=found.under_way.get(channel, 0),
            gone=found.gone.get(channel, 0),
        )
