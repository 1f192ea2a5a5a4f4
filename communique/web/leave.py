"""The way out of a list: GET shows a page, POST acts (RFC 8058), so that no link scanner takes anybody off.

The answer is the same for every link, good or not, so that nobody learns who is on a list.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from communique.phrase import phrase
from communique.store.recipients import people, suppression_list
from communique.store.recipients.people import Person
from communique.texts import tokens
from communique.web.public_pages import PublicPages
from communique.web.route_table import Answer, PublicPage
from communique.web.visits import Visit

_LONGEST_ID = 18  # digits; what a database takes for a number


@dataclass(frozen=True)
class LeavePages:
    """`/leave/TOKEN`, for people with the link of a mail."""

    pages: PublicPages

    def table(self) -> list[PublicPage]:
        """The body of a POST (multipart or urlencoded) says nothing that the link does not; it is not read."""
        return [PublicPage(path="leave/{token}", show=self.show, act=self.act, from_anywhere=True)]

    def show(self, visit: Visit) -> Answer:
        """The page with the button."""
        return self._page(visit, person_of(self.pages, tokens.LEAVE, visit.token), done=False)

    def act(self, visit: Visit) -> Answer:
        """Off all lists, whatever state the files are in."""
        person = person_of(self.pages, tokens.LEAVE, visit.token)
        if person is not None:
            with self.pages.database.begin() as connection:
                reason = phrase("left by the link in a mail")
                suppression_list.suppress(connection, person.address_key, reason=reason, now=self.pages.clock())
        return self._page(visit, person, done=True)

    def _page(self, visit: Visit, person: Person | None, *, done: bool) -> Answer:
        own = person.language if person is not None else ""
        # What the browser asks for would tell good links from others.
        language = self.pages.language(visit.query.get("language", ""), (), own)
        html = self.pages.fill("leave", language, {"done": done, "languages": []}, at="")
        return Answer(body=html, language=language)


def person_of(pages: PublicPages, purpose: str, token: str) -> Person | None:
    """Whose link it is; nobody's when we have not signed it, or the person has been erased."""
    value = tokens.verify(purpose, token, pages.key)
    with pages.database.reading() as connection:
        return person_numbered(connection, value or "")


def person_numbered(connection: Connection, value: str) -> Person | None:
    """Who has the number that a token carries; nobody when it is none, or the person has been erased."""
    if not (value.isascii() and value.isdecimal() and len(value) <= _LONGEST_ID):
        return None
    return people.by_id(connection, int(value))
