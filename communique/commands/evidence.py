"""`communique check --evidence`: what those who monitor the process would find on its page today."""

import sys
from collections.abc import Sequence

import click

from communique.commands.console import JSON_VERSION, PROBLEMS, Session, counted, in_words, show_json, tell
from communique.language.escaping import in_line
from communique.phrase import phrase
from communique.store.announcements import publications
from communique.website.evidence import Answer, Standing, answers

_SHOWN = {
    Standing.THERE: (phrase("there"), "green"),
    Standing.MISSING: (phrase("missing"), "red"),
    Standing.LATER: (phrase("later"), "yellow"),
}


def show_evidence(session: Session, *, as_json: bool) -> None:
    """Each question with its answer, then how many are open; ends with 1 when something is missing."""
    found = _answers(session)
    if as_json:
        show_json({"version": JSON_VERSION, "questions": [_as_json(each) for each in found]})
    else:
        _show(found)
    sys.exit(PROBLEMS if any(each.standing is Standing.MISSING for each in found) else 0)


def _answers(session: Session) -> list[Answer]:
    installation = session.installation
    workspace = installation.workspace()
    opened = installation.channels(workspace)
    database = installation.database()
    try:
        planner = installation.planner(workspace, database, opened)
        with database.reading() as connection:
            milestones = planner.milestones(connection)
            published = publications.on_website(connection, workspace.settings.mode)
        return answers(workspace, milestones, published, session.clock())
    finally:
        opened.close()
        database.close()


def _show(found: Sequence[Answer]) -> None:
    for each in found:
        standing, colour = _SHOWN[each.standing]
        tell(click.style(f"{in_words(standing):<8}", fg=colour) + in_line(in_words(each.question)))
        tell(f"        {in_line(in_words(each.found))}  ({in_words(each.clause)})")
        if each.do:
            tell(f"        {in_line(in_words(each.do))}")
    by = {standing: sum(each.standing is standing for each in found) for standing in Standing}
    missing = counted(by[Standing.MISSING], "is missing", "are missing")
    tell(
        phrase(
            "\n{there} of {number} are there, {missing}, {later} come later.",
            there=by[Standing.THERE],
            number=len(found),
            missing=missing,
            later=by[Standing.LATER],
        )
    )


def _as_json(answer: Answer) -> dict[str, str]:
    return {
        "question": answer.question,
        "clause": answer.clause,
        "standing": str(answer.standing),
        "found": answer.found,
        "do": answer.do,
    }
