"""What invented people answer to a meeting, the same every time: so that a rehearsal shows who is written to then."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from communique.answering import Answer, Came
from communique.delivery import Mode
from communique.store.recipients import answers
from communique.store.recipients.answers import Given

#: In turn, of those who are invited in a language; None: says nothing.
_TURNS = (Answer.YES, None, Answer.NO)


@dataclass
class InventedAnswers:
    """Everybody is asked once a meeting."""

    _asked: set[tuple[str, int]] = field(default_factory=set)
    _numbers: Counter[tuple[str, str]] = field(default_factory=Counter)

    def give(self, connection: Connection, now: datetime) -> None:
        """Those whose invitation has gone since the last time answer, or do not."""
        for meeting in answers.meetings(connection, Mode.LIVE):
            invited = [each.person for each in answers.attendance(connection, Mode.LIVE, meeting)]
            for person in sorted(invited, key=lambda person: person.id):
                if (meeting, person.id) in self._asked:
                    continue
                self._asked.add((meeting, person.id))
                answer = _TURNS[self._numbers[meeting, person.language] % len(_TURNS)]
                self._numbers[meeting, person.language] += 1
                if answer is not None:
                    given = Given(answer=answer, came=Came.PAGE, answered_at=now)
                    answers.give(connection, Mode.LIVE, meeting, person.id, given)
