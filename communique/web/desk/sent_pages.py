"""What of an announcement has left, as its readers got it, and how it is known that it is that."""

from dataclasses import dataclass

from sqlalchemy import Connection

from communique.plan.planning import Planner
from communique.preview.as_sent import AsSent, as_sent
from communique.preview.documents import BARE, DARK, FRAMED, LIGHT, PAPER, PICTURE
from communique.store.deliveries import accounts, sent_copies
from communique.store.recipients import people
from communique.store.recipients.people import AddressError
from communique.web.desk.asking import Ask, Reply, numeral
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.office import Office

_AT = "{campaign}/{announcement}/{occurrence}"
_GONE = 404


@dataclass(frozen=True)
class SentPages:
    """`/sent/…`."""

    office: Office
    pages: DeskPages

    def table(self) -> list[DeskPage]:
        """Their addresses."""
        return [
            DeskPage(path=f"sent/{_AT}", show=self.show),
            DeskPage(path=f"sent/{_AT}/{{number}}/{{view}}", show=self.document),
        ]

    def show(self, ask: Ask) -> Reply:
        """One copy, and how to come to the others: by channel and language, by address, by number."""
        planner, address = self.office.planner(), ask.visit.query.get("address", "").strip()
        name, occurrence = (ask.named["campaign"], ask.named["announcement"]), ask.named["occurrence"]
        with self.office.database.reading() as connection:
            ways = sent_copies.first_ones(connection, planner.mode, name, occurrence)
            theirs = _of(planner, connection, ask, address) if address else []
            asked = numeral(ask.visit.query.get("copy", ""))
            number = asked if asked is not None else next(iter(theirs), ways[0][2] if ways else 0)
            copy = accounts.copy_of(connection, number)
        shown = self._of(ask, number)
        if not ways:
            return Reply(body=self.pages.fill("notice.html", ask, {"notice": "nothing_sent"}), status=_GONE)
        context = {
            "at": _AT.format(**ask.named),
            "name": name,
            "occurrence": occurrence,
            "ways": ways,
            "address": address,
            "is_unknown": bool(address) and not theirs,
            "theirs": theirs,
            "shown": shown,
            "copy": copy if shown is not None else None,
            "views": _views(planner, shown) if shown is not None else [],
            "LIGHT": LIGHT,
        }
        return Reply(body=self.pages.fill("sent.html", ask, context), status=200 if shown is not None else _GONE)

    def document(self, ask: Ask) -> Reply:
        """A mail, a page, a letter or its picture, for a frame."""
        number = numeral(ask.named["number"])
        shown = self._of(ask, number) if number is not None else None
        made = shown.document(self.office.planner(), ask.named["view"]) if shown is not None else None
        if made is None:
            return Reply(body=self.pages.fill("notice.html", ask, {"notice": "nothing_sent"}), status=_GONE)
        return Reply(body=made.data, media_type=made.media_type, policy=FRAMED)

    def _of(self, ask: Ask, number: int) -> AsSent | None:
        """None where the copy is of something else, or has not left."""
        found = as_sent(self.office.planner(), self.office.database, number, self.office.clock())
        if found is None:
            return None
        of = found.left.delivery
        named = (ask.named["campaign"], ask.named["announcement"], ask.named["occurrence"])
        return found if (of.campaign, of.announcement, of.occurrence) == named else None


def _of(planner: Planner, connection: Connection, ask: Ask, address: str) -> list[int]:
    """The numbers of somebody's copies."""
    try:
        person = people.by_address(connection, address)
    except AddressError:
        return []
    if person is None:
        return []
    name, occurrence = (ask.named["campaign"], ask.named["announcement"]), ask.named["occurrence"]
    return list(sent_copies.of_person(connection, planner.mode, name, occurrence, person.id))


def _views(planner: Planner, shown: AsSent) -> list[str]:
    """In which ways it can be seen as a document."""
    if shown.is_printed(planner) and not shown.has_document:
        return [PICTURE, PAPER]
    return [LIGHT, DARK, BARE] if shown.content is not None else []
