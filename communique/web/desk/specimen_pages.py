"""Mails of an announcement, as they are now, to somebody on the allow-list who is to look at them in a mailbox."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from communique.occasion import Occasion
from communique.plan.planning import Planner
from communique.preview.readers import reader
from communique.send.asked_specimens import Asked, CannotBeSentError, mail_ways, occasion_of, send_asked
from communique.send.specimens import Specimen, Viewer
from communique.store.desk.officers import Duty
from communique.store.recipients import people
from communique.web.desk.asking import Ask, Reply, numeral
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.office import Office

_AT = "{campaign}/{announcement}/{occurrence}"
_SEE_OTHER, _GONE, _CONFLICT, _WRONG = 303, 404, 409, 422
_LONGEST = 200  #: of a name


@dataclass(frozen=True)
class SpecimenPages:
    """`/test/…`."""

    office: Office
    pages: DeskPages
    #: One after another: a mail server may take its time, and pages have other work.
    _sending: threading.Lock = field(default_factory=threading.Lock)

    def table(self) -> list[DeskPage]:
        """Their addresses."""
        return [DeskPage(path=f"test/{_AT}", show=self.show, act=self.send, duties=frozenset(Duty))]

    def show(self, ask: Ask) -> Reply:
        """To whom, in which language, and to whom it is written."""
        return self._page(ask)

    def send(self, ask: Ask) -> Reply:
        """Send them now; what the server said, where it did not take one."""
        planner = self.office.planner_anew()
        if ask.named["announcement"] not in _announcements(planner, ask):
            return self._missing(ask)
        if not self._sending.acquire(blocking=False):
            return self._page(ask, error="test_busy", status=_CONFLICT)
        try:
            sent = send_asked(planner, _asked(ask), who=ask.who.name, now=self.office.clock())
        except CannotBeSentError as error:
            status = _WRONG if error.code == "not_allowed" else _CONFLICT
            return self._page(ask, error=f"test_{error.code}", status=status)
        finally:
            self._sending.release()
        if any(each.refused for each in sent):
            return self._page(ask, error="test_refused", status=_CONFLICT, sent=sent)
        return Reply(status=_SEE_OTHER, location=f"/test/{_AT.format(**ask.named)}?said=tested&mails={len(sent)}")

    def _page(self, ask: Ask, error: str = "", status: int = 200, sent: Sequence[Specimen] = ()) -> Reply:
        planner = self.office.planner()
        if ask.named["announcement"] not in _announcements(planner, ask):
            return self._missing(ask)
        with self.office.database.reading() as connection:
            try:
                occasion = occasion_of(planner, connection, _asked(ask), self.office.clock())
            except CannotBeSentError:
                return self._missing(ask)
            name, organisation = _written_to(planner, connection, ask, occasion)
        ways = mail_ways(planner, occasion)
        languages = list(dict.fromkeys(language for _, language in ways))
        words = planner.workspace.words
        own = ask.who.address
        context = {
            "error": error,
            "said": ask.visit.query.get("said", ""),
            "at": _AT.format(**ask.named),
            "name": (ask.named["campaign"], ask.named["announcement"]),
            "sent": sent,
            "mails": numeral(ask.visit.query.get("mails", "")) or 0,
            "viewers": planner.workspace.settings.allow_list,
            "viewer": ask.visit.field("to") or own,
            "channels": list(dict.fromkeys(route.name for route, _ in ways)),
            "chosen": ask.visit.field("channel"),
            "written_in": [(code, words.of(code).get("language_name", code)) for code in languages],
            "language_chosen": ask.visit.field("language") or ask.visit.query.get("in", ""),
            "written_to": ask.visit.field("name", _LONGEST) or name,
            "organisation": ask.visit.field("organisation", _LONGEST) or organisation,
        }
        return Reply(body=self.pages.fill("test_send.html", ask, context), status=status)

    def _missing(self, ask: Ask) -> Reply:
        return Reply(body=self.pages.fill("notice.html", ask, {"notice": "no_announcement"}), status=_GONE)


def _announcements(planner: Planner, ask: Ask) -> Sequence[str]:
    campaign = planner.workspace.campaigns.get(ask.named["campaign"])
    return list(campaign.announcements) if campaign is not None else []


def _asked(ask: Ask) -> Asked:
    channel, language = ask.visit.field("channel"), ask.visit.field("language")
    return Asked(
        campaign=ask.named["campaign"],
        announcement=ask.named["announcement"],
        occurrence=ask.named["occurrence"],
        channels=[channel] if channel else (),
        languages=[language] if language else (),
        viewer=Viewer(
            address=ask.visit.field("to"),
            name=ask.visit.field("name", _LONGEST),
            organisation=ask.visit.field("organisation", _LONGEST),
        ),
    )


def _written_to(planner: Planner, connection: Connection, ask: Ask, occasion: Occasion) -> tuple[str, str]:
    """Name and organisation of the person with whose eyes the preview was looked at; empty for an invented one."""
    to = occasion.campaign.announcements[occasion.announcement].to
    whose = reader(planner.workspace, connection, ask.visit.query.get("as", ""), to)
    person: people.Person | None = whose.person if whose is not None else None
    return (person.name, person.organisation) if person is not None else ("", "")
