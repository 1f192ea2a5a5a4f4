"""Who works at the desk: invite, give a new link, change duties, let out; and what everybody has done."""

from dataclasses import dataclass

from communique.store.desk import journal, officers
from communique.store.desk.approvals import folded
from communique.store.desk.officers import Duty, Officer, TakenError
from communique.web.desk.asking import Ask, Reply
from communique.web.desk.desk_pages import LANGUAGES, DeskPages
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.office import Office
from communique.web.desk.sign_in_pages import invitation

_OPERATORS = frozenset({Duty.OPERATOR})
_SEE_OTHER, _WRONG, _CONFLICT = 303, 422, 409
_MOST_LINES = 200


@dataclass(frozen=True)
class PeoplePages:
    """`/people` and `/journal`."""

    office: Office
    pages: DeskPages

    def table(self) -> list[DeskPage]:
        """Their addresses."""
        return [
            DeskPage(path="people", show=self.show, act=self.invite, duties=_OPERATORS),
            DeskPage(path="people/link", act=self.give_link, duties=_OPERATORS),
            DeskPage(path="people/duties", act=self.change_duties, duties=_OPERATORS),
            DeskPage(path="people/end", act=self.end, duties=_OPERATORS),
            DeskPage(path="journal", show=self.journal),
        ]

    def show(self, ask: Ask) -> Reply:
        """Who works here, and as what."""
        return self._page(ask)

    def invite(self, ask: Ask) -> Reply:
        """Somebody more; the link is shown once, to be handed over."""
        now, name, duties = self.office.clock(), ask.visit.field("name", 200), _duties(ask)
        if not name or not duties:
            return self._page(ask, error="no_name" if not name else "no_duty", status=_WRONG)
        with self.office.database.begin() as connection:
            try:
                officer = officers.invite(
                    connection,
                    name,
                    duties,
                    address=ask.visit.field("address", 320),
                    language=next((each for each in LANGUAGES if each == ask.visit.field("language")), LANGUAGES[0]),
                    now=now,
                )
            except TakenError:
                return self._page(ask, error="taken", status=_CONFLICT)
            what = f"invited {officer.name} to the desk as {', '.join(sorted(duties))}"
            journal.note(connection, who=ask.who.name, what=what, now=now)
            link = invitation(connection, self.office, officer)
        return self._page(ask, link=link, invited=officer)

    def give_link(self, ask: Ask) -> Reply:
        """For a lost password, or a lost link."""
        now = self.office.clock()
        with self.office.database.begin() as connection:
            officer = self._named(ask)
            if officer is None:
                return self._page(ask, error="nobody", status=_CONFLICT)
            journal.note(connection, who=ask.who.name, what=f"gave {officer.name} a link to the desk", now=now)
            link = invitation(connection, self.office, officer)
        return self._page(ask, link=link, invited=officer)

    def change_duties(self, ask: Ask) -> Reply:
        """Somebody always stays who can let others in."""
        officer, duties, now = self._named(ask), _duties(ask), self.office.clock()
        if officer is None or not duties:
            return self._page(ask, error="nobody" if officer is None else "no_duty", status=_WRONG)
        with self.office.database.begin() as connection:
            last = Duty.OPERATOR in officer.duties and officers.count(connection, Duty.OPERATOR) == 1
            if last and Duty.OPERATOR not in duties:
                return self._page(ask, error="last_operator", status=_CONFLICT)
            officers.set_duties(connection, officer, duties)
            what = f"made {officer.name} {', '.join(sorted(duties))} at the desk"
            journal.note(connection, who=ask.who.name, what=what, now=now)
        return Reply(status=_SEE_OTHER, location="/people?said=duties")

    def end(self, ask: Ask) -> Reply:
        """Signed out everywhere, at once."""
        officer, now = self._named(ask), self.office.clock()
        if officer is None:
            return self._page(ask, error="nobody", status=_CONFLICT)
        with self.office.database.begin() as connection:
            if Duty.OPERATOR in officer.duties and officers.count(connection, Duty.OPERATOR) == 1:
                return self._page(ask, error="last_operator", status=_CONFLICT)
            officers.end(connection, officer, now)
            journal.note(connection, who=ask.who.name, what=f"let {officer.name} out of the desk", now=now)
        return Reply(status=_SEE_OTHER, location="/people?said=ended")

    def journal(self, ask: Ask) -> Reply:
        """What everybody has done, here and on the command line, the newest first."""
        with self.office.database.reading() as connection:
            lines = journal.latest(connection, _MOST_LINES)
        return Reply(body=self.pages.fill("journal.html", ask, {"lines": lines}))

    def _named(self, ask: Ask) -> Officer | None:
        number = ask.number("officer")
        with self.office.database.reading() as connection:
            return officers.by_id(connection, number) if number is not None else None

    def _cannot_approve(self, officer: Officer) -> bool:
        """Who has the duty, while the settings name others: an approval of theirs would be refused."""
        named = set(map(folded, self.office.settings.approvals.approvers))
        return Duty.APPROVER in officer.duties and bool(named) and folded(officer.name) not in named

    def _page(
        self, ask: Ask, *, error: str = "", status: int = 200, link: str = "", invited: Officer | None = None
    ) -> Reply:
        with self.office.database.reading() as connection:
            everybody = officers.everybody(connection)
        context = {
            "everybody": everybody,
            "cannot_approve": {each.id for each in everybody if self._cannot_approve(each)},
            "error": error,
            "said": ask.visit.query.get("said", ""),
            "link": link,
            "invited": invited,
            "days": officers.INVITED_FOR.days,
            "name": ask.visit.field("name", 200) if error else "",
            "address": ask.visit.field("address", 320) if error else "",
        }
        return Reply(body=self.pages.fill("people.html", ask, context), status=status)


def _duties(ask: Ask) -> list[Duty]:
    return [duty for duty in Duty if str(duty) in ask.visit.form.get("duty", ())]
