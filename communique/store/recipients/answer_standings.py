"""Of rows of `people`, who stands towards a meeting as an announcement asks for."""

from sqlalchemy import ColumnElement, not_, select

from communique.answering import Answer, AnswerStanding, Only
from communique.delivery import State
from communique.occasion import REQUEST
from communique.store.database import deliveries, occurrences, people
from communique.store.recipients.meeting_revisions import holds, is_on
from communique.store.tables.answer import answers

#: An invitation that is in one of these may be in somebody's hands, or is about to be.
_GONE = (State.SENDING, State.IRREVOCABLE, State.SENT, State.IN_DOUBT)


def stands(only: Only) -> ColumnElement[bool]:
    """Of rows of `people`: whether they stand so towards a meeting.

    Nobody comes to a meeting that is called off, and nobody is reminded of it; an answer from before it was moved is
    none any more.
    """
    on, now = is_on(only.mode, only.meeting), holds(only.mode, only.meeting)
    mine = select(answers.c.person_id).where(
        answers.c.person_id == people.c.id, answers.c.mode == only.mode, answers.c.meeting == only.meeting
    )
    if only.standing is AnswerStanding.COMING:
        return on & mine.where(answers.c.answer == Answer.YES, now).exists()
    if only.standing is AnswerStanding.NOT_ANSWERED:
        return on & not_(mine.where(answers.c.answer.in_([Answer.YES, Answer.NO]), now).exists())
    invited = (
        select(deliveries.c.person_id)
        .join(occurrences, occurrences.c.id == deliveries.c.occurrence_id)
        .where(
            occurrences.c.mode == only.mode,
            occurrences.c.meeting == only.meeting,
            occurrences.c.method == REQUEST,
            deliveries.c.state.in_(_GONE),
        )
    )
    return people.c.id.in_(invited)
