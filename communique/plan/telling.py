"""What is said about an announcement that went out: which one is meant, what its readers know it by, who is owed word.

A withdrawal and a correction have this in common.
"""

from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from communique.channel import Form, Reach, Recipient
from communique.delivery import MODES, State
from communique.joined_phrases import any_of
from communique.occasion import Occasion, dates_of
from communique.phrase import phrase
from communique.plan.owing import references
from communique.plan.planning import Planner
from communique.routes import Route
from communique.store import epochs
from communique.store.announcements import copies, notices
from communique.store.announcements.notices import Known, Line
from communique.store.deliveries.owed import ALL, Owed, write
from communique.store.recipients import meeting_terms
from communique.store.recipients.ways import Way
from communique.texts.templates import TemplateProblemError
from communique.timeline import ONCE
from communique.workspace import Workspace, read_workspace

_CLOSED = "by hand: the channel is not open any more; tell them another way"


class NothingWentOutError(Exception):
    """There is nothing that a word could be about, or it is not clear what; the message says which, and what to do."""


def found(planner: Planner, connection: Connection, name: tuple[str, str], occurrence: str, purpose: str) -> Any:
    """The row of an occurrence that has gone out, at least in part.

    `purpose` says what it is looked for, as in `there is nothing to withdraw`; `occurrence` is empty for the only one.

    Raises:
        NothingWentOutError: there is none, or several.
    """
    rows = {row.occurrence: row for row in notices.went_out(connection, planner.mode, *name)}
    said = "/".join(name)
    if not rows:
        raise NothingWentOutError(
            phrase(
                "{name} has not gone out ({mode} mode): there is nothing to {purpose}. "
                "What is to come is changed in its file and texts, or stopped: communique cancel {name}",
                name=said,
                mode=MODES[planner.mode],
                purpose=purpose,
            )
        )
    if occurrence and occurrence not in rows:
        raise NothingWentOutError(
            phrase(
                "{name} has not gone out as `{occurrence}`; it has as {known}.",
                name=said,
                occurrence=occurrence,
                known=", ".join(rows),
            )
        )
    if not occurrence and len(rows) > 1:
        raise NothingWentOutError(
            phrase(
                "{name} has gone out more than once: say which, --occurrence {known}.",
                name=said,
                known=any_of(list(rows)),
            )
        )
    row = rows[occurrence] if occurrence else next(iter(rows.values()))
    if not notices.has_anything(connection, row.id):
        raise NothingWentOutError(
            phrase(
                "Nothing of {name} went out, nor will: there is nothing to {purpose}.",
                name=name_of(row),
                purpose=purpose,
            )
        )
    return row


def name_of(row: Any) -> str:
    """`campaign/announcement`, with the occurrence of a recurring one."""
    plain = f"{row.campaign}/{row.announcement}"
    return plain if row.occurrence == ONCE else f"{plain} #{row.occurrence}"


def frozen(planner: Planner, connection: Connection, row: Any) -> tuple[Workspace, Occasion] | None:
    """The texts that were kept with an occurrence when its audience was frozen; None when they are not there."""
    kept = copies.kept(connection, copies.frozen(row.id))
    texts, _ = read_workspace(kept, planner.workspace.kinds, planner.workspace.key) if kept else (None, [])
    if texts is None or row.campaign not in texts.campaigns:
        return None
    campaign = texts.campaigns[row.campaign]
    if row.announcement not in campaign.announcements:
        return None
    through = campaign.announcements[row.announcement].through
    return texts, Occasion(
        campaign=campaign,
        announcement=row.announcement,
        occurrence=row.occurrence,
        due_at=row.due_at,
        **dates_of(row.milestones),
        sequence=row.sequence,
        terms=meeting_terms.as_frozen(row),
        has_page=any(texts.routes[name].form is Form.PAGES for name in through if name in texts.routes),
    )


def headlines(planner: Planner, connection: Connection, row: Any) -> dict[str, str]:
    """What its readers know an occurrence by, in each of its languages: from the texts that were frozen with it."""
    found = frozen(planner, connection, row)
    if found is None:
        return {}
    texts, occasion = found
    campaign = occasion.campaign
    known: dict[str, str] = {}
    for channel in campaign.announcements[row.announcement].through:
        route = texts.routes.get(channel)
        if route is not None and route.form in {Form.MAIL, Form.LETTER, Form.PAGES, Form.FEED}:
            for language in route.spoken(campaign.languages_of(row.announcement)):
                anybody = Recipient(id="0", address="", name="", language=language)
                with suppress(TemplateProblemError):  # said without it
                    known.setdefault(language, texts.renderer.article(occasion, route, anybody)[0].headline)
    return known


def lines(planner: Planner, connection: Connection, row: Any, known: Known | None = None) -> list[Line]:
    """An occurrence's copies by channel and language: those that a word is owed for."""
    on_paper = {name for name, route in planner.workspace.routes.items() if route.form is Form.LETTER}
    found = notices.lines(connection, row.id, on_paper, known)
    return [each for each in found if each.copies or _shows_present(planner.workspace.routes.get(each.channel))]


def owe(
    planner: Planner,
    connection: Connection,
    row: Any,
    told_by: int,
    told_as: str,
    owed: Collection[Line],
    *,
    now: datetime,
    by_hand: str = "",
    known: Known | None = None,
) -> Counter[str]:
    """A notice for each of these copies, as an occurrence's own (`told_by`, named `told_as`); how many by channel.

    `by_hand`: why a person has to see to what is shown or printed; empty when the channel does. `known`:
    who knows already, and gets none.
    """
    told: Counter[str] = Counter()
    ledger = epochs.ledger_of(connection)
    each: set[str] = set()
    for line in owed:
        route = planner.workspace.routes.get(line.channel)
        named = (row.campaign, row.announcement, told_as, line.channel)
        identities = references(planner.workspace, ledger, planner.mode, named)
        if line.for_all:
            person_sees = by_hand if route is not None and _is_taken_down(route) else ""
            copy = Owed(
                channel=line.channel,
                language=line.language,
                person=ALL,
                reference=identities.to(ALL, line.language),
                state=State.IN_DOUBT if person_sees else State.SCHEDULED,
                reason=person_sees,
            )
            told[line.channel] += write(connection, told_by, [copy], now)
        elif line.channel not in each:
            each.add(line.channel)
            way = Way.POST if route is not None and route.form is Form.LETTER else Way.MAIL
            shut = "" if route is not None and route.reach is Reach.EACH else _CLOSED
            told[line.channel] += notices.owe_to_each(
                connection, row.id, told_by, line.channel, identities, way, now=now, by_hand=shut, known=known
            )
    notices.count(connection, told_by)
    return told


@dataclass(frozen=True, kw_only=True, slots=True)
class OwedTo:
    """Who gets word, in figures."""

    channel: str
    language: str
    by: str  #: `each`: every one who got it; `all`: whoever reads it there; `hand`: a person sees to it
    copies: int
    left: int  #: of these: people who left since, and get nothing
    told: int  #: of these: people who have an invitation with the new date, and get nothing


def owed_to(planner: Planner, line: Line) -> OwedTo:
    """Whom the copies of a line reached."""
    route = planner.workspace.routes.get(line.channel)
    by_hand = route is not None and (is_read_out(route) or (line.for_all and route.is_for_a_person))
    by = "hand" if by_hand else "all" if line.for_all else "each"
    return OwedTo(
        channel=line.channel, language=line.language, by=by, copies=line.copies, left=line.left, told=line.told
    )


def is_read_out(route: Route) -> bool:
    """Whether people read it aloud, show it or put it up: one of us sees to it that they know."""
    return route.form in {Form.SCRIPT, Form.VIDEO, Form.INFOGRAPHIC}


def _is_taken_down(route: Route) -> bool:
    """Whether people have to take it off the air or the wall, and there is nothing to put in its place.

    Of spots for radio and television there is: another spot.
    """
    return route.form in {Form.VIDEO, Form.INFOGRAPHIC}


def _shows_present(route: Route | None) -> bool:
    return route is not None and route.form in {Form.PAGES, Form.FEED}
