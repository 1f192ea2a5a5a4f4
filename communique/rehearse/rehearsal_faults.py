"""The chapter of a rehearsal in which something went wrong: who got what late, or not, and what is left to do."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from communique.bounces.consequences import GIVEN_UP
from communique.delivery import State
from communique.rehearse.faults import Outage
from communique.rehearse.rehearsal import Rehearsal
from communique.rehearse.rehearsed import Rehearsed
from communique.store.deliveries.accounts import Copy

PAGE, DRAFTS = "what-went-wrong.html", "drafts"
#: A copy that took no longer waited for nothing.
_AT_ONCE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Waited:
    """What an outage did to one announcement."""

    rehearsed: Rehearsed
    late: int  #: copies that went after it
    longest: timedelta  #: that one of them waited
    tries: int  #: that came to nothing
    by_state: Counter[State]  #: of the copies that did not go
    reasons: Sequence[str]


def faults_of(rehearsal: Rehearsal, rehearsed: Sequence[Rehearsed], again: int) -> dict[str, Any]:
    """What the chapter shows; drafts of corrections are written beside it. `again`: mails handed over twice."""
    troubles = rehearsal.troubles
    copies = [(each, copy) for each in rehearsed for copy in each.copies]
    dead = [(each, copy) for each, copy in copies if copy.delivery.state is State.EXCLUDED and _is_dead(copy)]
    return {
        "outages": [(outage, list(_waited(outage, rehearsed))) for outage in troubles.faults.outages],
        "bounce": troubles.faults.bounce,
        "gone": len(troubles.returned.gone),
        "came_back": troubles.returned.came_back,
        "returns_are_read": rehearsal.workspace.settings.bounces.are_read,
        "not_written_to": Counter(each.page for each, _ in dead),
        "by_page": {each.page: each for each in rehearsed},
        "moved": troubles.moved,
        "drafts": {path: _draft(rehearsal.folder, path, words) for path, words in _drafted(rehearsal)},
        "killed": troubles.killed,
        "again": again,
        "in_doubt": Counter(
            each.page
            for each, copy in copies
            if copy.delivery.state is State.IN_DOUBT and copy.delivery.person is not None
        ),
        "told": troubles.drawer.mails,
        "officers": list(rehearsal.workspace.settings.alerts.to),
    }


def _waited(outage: Outage, rehearsed: Sequence[Rehearsed]) -> Iterator[Waited]:
    for each in rehearsed:
        owed = [copy for copy in each.copies if copy.delivery.channel == outage.channel and _meets(copy, outage)]
        late = [_delay(copy) for copy in owed if copy.delivery.state is State.SENT and _delay(copy) > _AT_ONCE]
        stayed = [copy for copy in owed if copy.delivery.state in {State.MISSED, State.FAILED, State.IN_DOUBT}]
        if late or stayed:
            yield Waited(
                rehearsed=each,
                late=len(late),
                longest=max(late, default=timedelta()),
                tries=sum(max(0, copy.delivery.attempts - 1) for copy in owed),
                by_state=Counter(copy.delivery.state for copy in stayed),
                reasons=list(dict.fromkeys(copy.delivery.reason for copy in stayed)),
            )


def _meets(copy: Copy, outage: Outage) -> bool:
    """Whether it was owed while the channel was away."""
    return copy.delivery.due_at < outage.ends and _ended(copy) >= outage.begins


def _ended(copy: Copy) -> datetime:
    if copy.last is not None:
        return copy.last.finished_at or copy.last.started_at
    return copy.delivery.expires_at


def _delay(copy: Copy) -> timedelta:
    return _ended(copy) - copy.delivery.due_at


def _is_dead(copy: Copy) -> bool:
    return any(words in copy.delivery.reason for words in GIVEN_UP)


def _drafted(rehearsal: Rehearsal) -> Iterator[tuple[str, str]]:
    for moved in rehearsal.troubles.moved:
        for old in moved.old_dates:
            yield from old.drafted.items()


def _draft(folder: Path, path: str, words: str) -> str:
    """Written below the rehearsal's folder; where."""
    file = f"{DRAFTS}/{path}"
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(words, encoding="utf-8", newline="\n")
    return file
