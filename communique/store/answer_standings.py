"""Of rows of `people`, who stands towards a meeting as an announcement asks for."""

from sqlalchemy import ColumnElement, not_, select

from communique.answering import Answer, AnswerStanding, Only
from communique.delivery import State
from communique.store.answer_tables import answers
from communique.store.database import deliveries, occurrences, people

#: An invitation that is in one of these may be in somebody's hands.
_GONE = (State.IRREVOCABLE, State.SENT, State.IN_DOUBT)


def stands(only: Only) -> ColumnElement[bool]:
    """Of rows of `people`: whether they stand so towards a meeting."""
    mine = select(answers.c.person_id).where(
        answers.c.person_id == people.c.id, answers.c.mode == only.mode, answers.c.meeting == only.meeting
    )
    if only.standing is AnswerStanding.COMING:
        return mine.where(answers.c.answer == Answer.YES).exists()
    if only.standing is AnswerStanding.NOT_ANSWERED:
        return not_(mine.where(answers.c.answer.in_([Answer.YES, Answer.NO])).exists())
    invited = (
        select(deliveries.c.person_id)
        .join(occurrences, occurrences.c.id == deliveries.c.occurrence_id)
        .where(occurrences.c.mode == only.mode, occurrences.c.meeting == only.meeting, deliveries.c.state.in_(_GONE))
    )
    return people.c.id.in_(invited)
