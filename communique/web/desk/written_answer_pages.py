"""Answers to a meeting in words: an officer reads each, and says what it means with one action."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from communique.answering import MOST_BY_HAND, Answer, Came, Proof
from communique.bounces.written_answers import CannotRecordError, record, set_aside
from communique.language.escaping import in_line, in_text
from communique.letters.answer_mail import is_over
from communique.plan.attendance_list import as_csv, counted
from communique.store.desk.officers import Duty
from communique.store.recipients import answers, people, written_answers
from communique.store.recipients.answers import Given
from communique.store.recipients.people import AddressError, Person
from communique.store.recipients.written_answers import Written
from communique.web.desk.asking import Ask, Reply, numeral
from communique.web.desk.desk_pages import DeskPages, words_of
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.office import Office

READERS = frozenset({Duty.EDITOR, Duty.OPERATOR})  #: of what people write, and nobody else
_SEE_OTHER, _GONE, _WRONG, _CONFLICT = 303, 404, 422, 409
_ASIDE = "aside"
_AT_ONCE = 20  #: mails on a page; the rest comes when these are settled
#: The field of a form that an error is about; else it is about the mail.
_ABOUT = {
    "no_answer": "answer",
    "nobody_known": "address",
    "no_meeting": "meeting",
    "answer_off": "meeting",
    "answer_moved": "meeting",
    "companions": "companions",
}
_LISTED = 300  #: people of a meeting on the page; the spreadsheet has all
_LONGEST_NEEDS, _LONGEST_LANGUAGE, _LONGEST_ADDRESS = 1000, 100, 320
_FIELDS = ("answer", "meeting", "address", "companions", "access_needs", "interpretation", "no_mail")


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A mail, as the page shows it."""

    mail: Written
    person: Person | None  #: whose it may be
    before: Given | None  #: what is noted of them
    filled: Mapping[str, str]  #: what stands in the form

    @property
    def is_from_elsewhere(self) -> bool:
        """Whether it says that it comes from another address than that of whose it may be."""
        return self.person is None or self.mail.sender_key != self.person.address_key


@dataclass(frozen=True)
class WrittenAnswerPages:
    """`/answers`."""

    office: Office
    pages: DeskPages

    def table(self) -> list[DeskPage]:
        """Their addresses."""
        return [
            DeskPage(path="answers", show=self.show, to_see=READERS),
            DeskPage(path="answers/{meeting}.csv", show=self.export, to_see=READERS),
            DeskPage(path="answers/settle", act=self.settle, duties=READERS, to_see=READERS),
        ]

    def show(self, ask: Ask) -> Reply:
        """What waits, the oldest first."""
        return self._page(ask)

    def export(self, ask: Ask) -> Reply:
        """Who comes to a meeting, for a spreadsheet."""
        mode, meeting = self.office.settings.mode, ask.named["meeting"]
        with self.office.database.reading() as connection:
            if meeting not in self._meetings(connection):
                return Reply(body=self.pages.fill("notice.html", ask, {"notice": "no_announcement"}), status=_GONE)
            found = list(answers.attendance(connection, mode, meeting))
        words = words_of(self.pages.language(ask))["attendance_list"]
        # With the mark by which spreadsheets know UTF-8: without it accents are lost in them.
        return Reply(body=f"\ufeff{as_csv(found, words)}", media_type="text/csv; charset=utf-8")

    def settle(self, ask: Ask) -> Reply:
        """Put down what one means, or that it is no answer."""
        filled = {name: ask.visit.field(name, _LONGEST_NEEDS) for name in _FIELDS}
        number, said = ask.number("mail"), filled["answer"]
        if said not in {*Answer, _ASIDE}:
            return self._page(ask, error="no_answer", status=_WRONG, at=number, filled=filled)
        who, now, mode = ask.who.name, self.office.clock(), self.office.settings.mode
        workspace = self.office.planner().workspace
        owed = False
        with self.office.database.begin() as connection:
            mail = written_answers.find(connection, mode, number) if number is not None else None
            if mail is None:
                return self._page(ask, error="nothing_to_settle", status=_CONFLICT)
            if said == _ASIDE:
                set_aside(connection, mail, who=who, now=now)
                return Reply(status=_SEE_OTHER, location="/answers?said=aside")
            error, person = self._wrong(connection, mail, filled)
            if person is not None and not error:
                over = is_over(workspace, connection, mode, filled["meeting"], now)
                try:
                    owed = record(
                        connection,
                        mode,
                        mail,
                        person,
                        filled["meeting"],
                        _given(mail, filled),
                        who=who,
                        key=self.office.key,
                        now=now,
                        confirms=not (over or filled["no_mail"]),
                    )
                except CannotRecordError as obstacle:
                    error = f"answer_{obstacle.obstacle.name.lower()}"
        if error:
            return self._page(ask, error=error, status=_CONFLICT, at=number, filled=filled)
        return Reply(status=_SEE_OTHER, location=f"/answers?said={'noted' if owed else 'noted_only'}")

    def _wrong(self, connection: Connection, mail: Written, filled: Mapping[str, str]) -> tuple[str, Person | None]:
        """The first thing that is wrong with a form, and whose answer it is."""
        person = people.by_id(connection, mail.person or 0)
        if filled["address"]:
            try:
                person = people.by_address(connection, filled["address"])
            except AddressError:
                person = None
        count = filled["companions"] and numeral(filled["companions"])
        if person is None:
            return "nobody_known", None
        if filled["meeting"] not in self._meetings(connection):
            return "no_meeting", person
        return ("companions" if count is None or int(count or 0) > MOST_BY_HAND else ""), person

    def _called(self, language: str) -> Mapping[str, str]:
        """Meetings by their titles; one that no campaign has any more keeps its name."""
        named = [each.meetings(language) for each in self.office.planner().workspace.campaigns.values()]
        return {meeting: title for titles in reversed(named) for meeting, title in titles.items()}

    def _meetings(self, connection: Connection) -> Sequence[str]:
        return answers.meetings(connection, self.office.settings.mode)

    def _page(
        self,
        ask: Ask,
        *,
        error: str = "",
        status: int = 200,
        at: int | None = None,
        filled: Mapping[str, str] | None = None,
    ) -> Reply:
        mode = self.office.settings.mode
        with self.office.database.reading() as connection:
            found = written_answers.waiting(connection, mode)
            meetings = self._meetings(connection)
            attendance = {each: list(answers.attendance(connection, mode, each)) for each in meetings}
            shown = []
            for mail in found[:_AT_ONCE]:
                person = people.by_id(connection, mail.person or 0)
                meeting = mail.meeting or (meetings[0] if len(meetings) == 1 else "")
                typed = (
                    filled
                    if filled is not None and mail.id == at
                    else {**dict.fromkeys(_FIELDS, ""), "meeting": meeting}
                )
                before = answers.find(connection, mode, meeting, person.id) if person and meeting else None
                shown.append(Shown(mail=mail, person=person, before=before, filled=typed))
        context = {
            "error": error,
            "said": ask.visit.query.get("said", ""),
            "at": f"{_ABOUT.get(error, 'mail')}-{at}" if any(each.mail.id == at for each in shown) else "main",
            "shown": shown,
            "more": len(found) - len(shown),
            "meetings": meetings,
            "called_meeting": self._called(self.pages.language(ask)),
            "attendance": [(each, counted(listed), listed[:_LISTED]) for each, listed in attendance.items()],
            "answers": [*Answer],
            "is_proven": lambda proof: proof in {Proof.TAG, Proof.REPLY},
            "most_companions": MOST_BY_HAND,
            "longest": {
                "access_needs": _LONGEST_NEEDS,
                "interpretation": _LONGEST_LANGUAGE,
                "address": _LONGEST_ADDRESS,
            },
        }
        return Reply(body=self.pages.fill("written-answers.html", ask, context), status=status)


def _given(mail: Written, filled: Mapping[str, str]) -> Given:
    """Who does not come needs nothing."""
    comes = filled["answer"] != Answer.NO
    return Given(
        answer=Answer(filled["answer"]),
        companions=int(filled["companions"] or 0) if comes else 0,
        access_needs=in_text(filled["access_needs"]).strip() if comes else "",
        interpretation=in_line(filled["interpretation"])[:_LONGEST_LANGUAGE].strip() if comes else "",
        came=Came.HAND,
        answered_at=mail.at,
    )
