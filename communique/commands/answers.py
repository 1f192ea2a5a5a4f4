"""Commands about answers to meetings: who comes, on screen and in a spreadsheet; what came by mail or telephone."""

from collections.abc import Sequence

import click

from communique.answering import Answer, Came
from communique.commands.asked_meeting import (
    asked_meeting,
    given_by_hand,
    known_person,
    said_of_mail,
    with_details,
    without_mail,
)
from communique.commands.console import (
    JSON_VERSION,
    Session,
    as_option,
    counted,
    in_words,
    json_option,
    local_time,
    show_json,
    table,
    tell,
)
from communique.commands.plans import desk
from communique.commands.usage import Listing
from communique.commands.written_answers import settle_command, written_command
from communique.language.escaping import in_line
from communique.letters.answer_mail import is_over
from communique.phrase import phrase
from communique.plan import attendance_list
from communique.plan.attendance_list import as_csv
from communique.store.desk import journal
from communique.store.recipients import answers, confirmations, written_answers
from communique.store.recipients.answers import Attendance, Given
from communique.store.recipients.people import Person

_CAME = {
    Came.PAGE: phrase("page"),
    Came.CALENDAR: phrase("calendar"),
    Came.HAND: phrase("by hand"),
}
_SAID = {
    Answer.YES: phrase("comes"),
    Answer.MAYBE: phrase("may come"),
    Answer.NO: phrase("does not come"),
    None: phrase("has not answered"),
}


@click.group("answers", cls=Listing)
def answers_group() -> None:
    """See who comes to a meeting, export the list, note an answer that came by mail or telephone."""


@answers_group.command("list")
@click.argument("meeting", required=False)
@json_option
@click.pass_obj
def list_command(session: Session, meeting: str | None, *, as_json: bool) -> None:
    """Show who comes to MEETING, and how many have answered."""
    with desk(session) as open_desk, open_desk.database.reading() as connection:
        workspace = open_desk.planner.workspace
        name = asked_meeting(workspace, connection, meeting, session.clock())
        found = list(answers.attendance(connection, workspace.settings.mode, name))
        to_read = written_answers.count(connection, workspace.settings.mode)
    if as_json:
        people = [_as_json(person, given) for person, given in found]
        show_json({"version": JSON_VERSION, "meeting": name, "to_read": to_read, "people": people})
        return
    tell(f"{name}: {in_words(_sum(found))}")
    if to_read:
        tell(
            phrase(
                "{mails} with an answer in words to be read: communique answers written",
                mails=counted(to_read, "mail"),
            )
        )
    zone = workspace.settings.timezone
    table(
        (
            _SAID[given.answer if given else None],
            person.name,
            person.address,
            f"+{given.companions}" if given and given.companions else "",
            _one_line(given.access_needs) if given else "",
            given.interpretation if given else "",
            f"{local_time(given.answered_at, zone)}, {in_words(_CAME[given.came])}" if given else "",
        )
        for person, given in found
    )


@answers_group.command("export")
@click.argument("meeting", required=False)
@click.pass_obj
def export_command(session: Session, meeting: str | None) -> None:
    """Print the list of MEETING as CSV for a spreadsheet, moments in UTC. No cell is a formula."""
    with desk(session) as open_desk, open_desk.database.reading() as connection:
        workspace = open_desk.planner.workspace
        name = asked_meeting(workspace, connection, meeting, session.clock())
        found = list(answers.attendance(connection, workspace.settings.mode, name))
    tell(as_csv(found), nl=False)


@answers_group.command("add")
@click.argument("address")
@click.argument("answer", type=click.Choice([str(each) for each in Answer]))
@click.option("--meeting", default=None, help="To which meeting, where there are several: `kickoff.meeting`.")
@with_details
@without_mail
@as_option("Who notes it.")
@click.pass_obj
def add_command(
    session: Session,
    address: str,
    answer: str,
    meeting: str | None,
    companions: int,
    access_needs: str,
    interpretation: str,
    no_mail: bool,  # noqa: FBT001 - click hands it over
    who: str,
) -> None:
    """Note that whoever has ADDRESS has answered: yes, no, or maybe. It takes the place of an earlier answer.

    A mail confirms it to them before the meeting, unless you say --no-mail.
    """
    now, key = session.clock(), session.installation.key
    with desk(session) as open_desk, open_desk.database.begin() as connection:
        workspace = open_desk.planner.workspace
        mode = workspace.settings.mode
        name = asked_meeting(workspace, connection, meeting, session.clock())
        person = known_person(connection, address)
        before = answers.find(connection, mode, name, person.id)
        at = max(now, before.answered_at) if before else now
        given = given_by_hand(answer, companions, access_needs, interpretation, at)
        answers.give(connection, mode, name, person.id, given)
        over = is_over(workspace, connection, mode, name, now)
        confirms = not (over or no_mail)
        owed = confirms and confirmations.owe(connection, person, name, person.language, key, now)
        journal.note(connection, who=who, what=f"noted an answer to {name}", now=now)
    earlier = phrase(" Before: {said}.", said=_SAID[before.answer]) if before else ""
    tell(
        phrase(
            "Noted: {address} {said} ({name}).{earlier}{said_of_mail}",
            address=address,
            said=_SAID[given.answer],
            name=name,
            earlier=earlier,
            said_of_mail=said_of_mail(owed=owed, meeting_is_over=over),
        )
    )


def _sum(found: Sequence[Attendance]) -> str:
    number = attendance_list.counted(found)
    with_others = (
        phrase(" ({people} in all)", people=counted(number.in_all, "person", "people"))
        if number.in_all > number.coming
        else ""
    )
    return phrase(
        "{people}; {coming} coming{with_others}, {perhaps} perhaps, {not_coming} not "
        "coming, {silent} without an answer.",
        people=counted(number.invited, "person", "people"),
        coming=number.coming,
        with_others=with_others,
        perhaps=number.perhaps,
        not_coming=number.not_coming,
        silent=number.silent,
    )


def _as_json(person: Person, given: Given | None) -> dict[str, object]:
    return {
        "address": person.address,
        "name": person.name,
        "answer": str(given.answer) if given else None,
        "companions": given.companions if given else 0,
        "access_needs": given.access_needs if given else "",
        "interpretation": given.interpretation if given else "",
        "answered_at": f"{given.answered_at:%Y-%m-%dT%H:%M:%SZ}" if given else None,
        "came": str(given.came) if given else "",
    }


def _one_line(text: str) -> str:
    return in_line(text.replace("\n", " "))


answers_group.add_command(written_command)
answers_group.add_command(settle_command)
