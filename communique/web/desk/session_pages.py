"""Where somebody is signed in, and the end of it: for a browser that was left open in another room."""

from dataclasses import dataclass

from communique.store.desk import journal, officers
from communique.web.desk.asking import Ask, Reply
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.office import Office

_SEE_OTHER = 303


@dataclass(frozen=True)
class SessionPages:
    """`/sessions`."""

    office: Office
    pages: DeskPages

    def table(self) -> list[DeskPage]:
        """Its address."""
        return [DeskPage(path="sessions", show=self.show, act=self.end_others)]

    def show(self, ask: Ask) -> Reply:
        """One's own, and nobody else's."""
        with self.office.database.reading() as connection:
            found = officers.sessions_of(connection, ask.who, self.office.clock())
        context = {
            "sessions": found,
            "own": officers.digest_of(ask.session),
            "said": "sessions" if ask.visit.query.get("said") == "sessions" else "",
        }
        return Reply(body=self.pages.fill("sessions.html", ask, context))

    def end_others(self, ask: Ask) -> Reply:
        """At once: the next click in those browsers leads to the sign-in page."""
        with self.office.database.begin() as connection:
            ended = officers.end_other_sessions(connection, ask.who, ask.session)
            if ended:
                what = f"ended {ended} of their other sessions at the desk"
                journal.note(connection, who=ask.who.name, what=what, now=self.office.clock())
        return Reply(status=_SEE_OTHER, location="/sessions?said=sessions")
