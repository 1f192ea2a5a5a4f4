"""Answering to a meeting by the link of an invitation: GET shows, POST answers, until it begins."""

from dataclasses import asdict, dataclass, replace

from sqlalchemy import Connection

from communique.answering import Answer, Came
from communique.delivery import Mode
from communique.language.escaping import in_line, in_text
from communique.letters.answer_mail import known_meeting
from communique.store.recipients import answers, confirmations, meeting_revisions
from communique.store.recipients.answers import Given
from communique.store.recipients.people import Person
from communique.texts import tokens
from communique.texts.answer_addresses import named_by_link
from communique.texts.meetings import Meeting
from communique.web.leave import person_numbered
from communique.web.masking import shortened
from communique.web.public_pages import PublicPages
from communique.web.route_table import Answer as Response
from communique.web.route_table import PublicPage
from communique.web.visits import Visit

MOST_COMPANIONS = 20
_LONGEST_NEEDS, _LONGEST_LANGUAGE = 1000, 100
_GONE, _WRONG = 404, 422
_OFFERED = (Answer.YES, Answer.NO)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """Who answers, and to what."""

    mode: Mode  #: in which they were invited
    person: Person
    meeting: Meeting
    given: Given | None
    is_off: bool  #: called off
    is_over: bool

    @property
    def is_closed(self) -> bool:
        """Whether nobody can answer any more."""
        return self.is_off or self.is_over


@dataclass(frozen=True, kw_only=True)
class _Filled:
    """What stands in the form."""

    answer: str = ""
    companions: str = ""
    access_needs: str = ""
    interpretation: str = ""
    error: str = ""  #: a phrase of `words.forms.errors`
    at: str = ""  #: the field it is about


@dataclass(frozen=True)
class AnswerPages:
    """`/answer/TOKEN`."""

    pages: PublicPages

    def table(self) -> list[PublicPage]:
        """Their address."""
        return [PublicPage(path="answer/{token}", show=self.show, act=self.act)]

    def show(self, visit: Visit) -> Response:
        """The meeting, and the answer as it stands."""
        with self.pages.database.reading() as connection:
            asked = self._asked(connection, visit)
        return self._page(visit, asked, _as_given(asked.given if asked else None))

    def act(self, visit: Visit) -> Response:
        """Answer, and owe a mail that says so."""
        filled = _filled(visit)
        with self.pages.database.begin() as connection:
            asked = self._asked(connection, visit)
            if asked is None or asked.is_closed or filled.error:
                return self._page(visit, asked, filled)
            given = self._given(filled)
            # A clock that was set back does not make it an older one.
            if asked.given is not None and asked.given.answered_at > given.answered_at:
                given = replace(given, answered_at=asked.given.answered_at)
            answers.give(connection, asked.mode, asked.meeting.id, asked.person.id, given)
            self._confirm(connection, visit, asked)
            asked = self._asked(connection, visit)
        return self._page(visit, asked, _as_given(given), saved=True)

    def _confirm(self, connection: Connection, visit: Visit, asked: _Asked) -> None:
        language = self._language(visit, asked.person)
        confirmations.owe(connection, asked.person, asked.meeting.id, language, self.pages.key, self.pages.clock())

    def _given(self, filled: _Filled) -> Given:
        comes = filled.answer == Answer.YES
        return Given(
            answer=Answer(filled.answer),
            companions=int(filled.companions or 0) if comes else 0,
            access_needs=filled.access_needs if comes else "",
            interpretation=filled.interpretation if comes else "",
            came=Came.PAGE,
            answered_at=self.pages.clock(),
        )

    def _asked(self, connection: Connection, visit: Visit) -> _Asked | None:
        """None when it is no link of ours, the person has been erased, or no campaign has the meeting any more."""
        value = tokens.verify(tokens.ANSWER, visit.token, self.pages.key) or ""
        mode, number, name = named_by_link(value)
        person = person_numbered(connection, number)
        if person is None:
            return None
        language = self._language(visit, person)
        meeting = known_meeting(self.pages.workspace, connection, mode, name, language, self.pages.clock())
        if meeting is None:
            return None
        given = answers.find(connection, mode, name, person.id)
        return _Asked(
            mode=mode,
            person=person,
            meeting=meeting,
            given=given,
            is_off=meeting_revisions.latest(connection, mode, name).is_off,
            is_over=meeting.start <= self.pages.clock(),
        )

    def _language(self, visit: Visit, person: Person | None) -> str:
        own = person.language if person is not None else ""
        return self.pages.language(visit.query.get("language", ""), visit.languages, own)

    def _page(self, visit: Visit, asked: _Asked | None, filled: _Filled, *, saved: bool = False) -> Response:
        language = self._language(visit, asked.person if asked else None)
        if asked is None:
            html = self.pages.fill("notice", language, {"notice": "no_meeting", "languages": []}, at="")
            return Response(body=html, language=language, status=_GONE)
        context = {
            "meeting": asdict(asked.meeting),
            "address": shortened(asked.person.address),
            "offered": [str(each) for each in _OFFERED],
            "filled": asdict(filled),
            "given": str(asked.given.answer) if asked.given else "",
            "is_off": asked.is_off,
            "is_over": asked.is_over,
            "saved": saved,
            "error": filled.error,
            "error_at": filled.at,
            "most_companions": MOST_COMPANIONS,
            "longest": {"access_needs": _LONGEST_NEEDS, "interpretation": _LONGEST_LANGUAGE},
        }
        html = self.pages.fill("answer", language, context, at=f"answer/{visit.token}")
        return Response(body=html, language=language, status=_WRONG if filled.error else 200)


def _filled(visit: Visit) -> _Filled:
    """What was filled in, and the first thing that is wrong with it."""
    filled = _Filled(
        answer=visit.field("answer"),
        companions=visit.field("companions", longest=10),
        access_needs=in_text(visit.field("access_needs", longest=_LONGEST_NEEDS)).strip(),
        interpretation=in_line(visit.field("interpretation", longest=_LONGEST_LANGUAGE)).strip(),
    )
    if filled.answer not in _OFFERED:
        return replace(filled, answer="", error="no_answer", at="answer-yes")
    count = filled.companions
    if count and not (count.isdecimal() and int(count) <= MOST_COMPANIONS):  # `٣` is a number, too
        return replace(filled, error="companions", at="companions")
    return filled


def _as_given(given: Given | None) -> _Filled:
    if given is None:
        return _Filled()
    return _Filled(
        answer=str(given.answer),
        companions=str(given.companions) if given.companions else "",
        access_needs=given.access_needs,
        interpretation=given.interpretation,
    )
