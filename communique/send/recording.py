"""What went out, put on the public record once it is known; what turns out later is an entry of its own."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import Connection

from communique.correction import Correction, tells_of_correction
from communique.delivery import Mode
from communique.public_record import Entry, EntryKind, Sealed, Text, seal
from communique.retraction import Retraction, tells_of_retraction
from communique.small_numbers import shown
from communique.store.announcements import corrections, public_record, retractions
from communique.store.announcements.public_record import Gone, Said
from communique.store.database import Database
from communique.workspace import Workspace

#: So long what is tried again is waited for; what comes later is counted later.
PATIENCE = timedelta(days=1)
#: Copies of what fell due before are not counted again.
_COUNTED_AGAIN = timedelta(days=90)
#: Campaign, announcement, occurrence.
_About = tuple[str, str, str]
_ORDER = {kind: number for number, kind in enumerate(EntryKind)}


def bring_up_to_date(workspace: Workspace, database: Database, mode: Mode, now: datetime) -> Sequence[Sealed]:
    """Record what there is to record; the whole record.

    Raises:
        sqlalchemy.exc.IntegrityError: another process does the same at this moment.
    """
    with database.reading() as connection:
        record = public_record.entries(connection, mode)
        new = _sealed(_owed(connection, workspace, mode, record, now), record, now)
    if new:
        with database.begin() as connection:
            public_record.add(connection, mode, new)
    return [*record, *new]


def _sealed(owed: Sequence[Entry], record: Sequence[Sealed], now: datetime) -> list[Sealed]:
    last, new = record[-1] if record else None, list[Sealed]()
    for each in owed:
        last = seal(each, last, now)
        new.append(last)
    return new


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What the record has already."""

    record: Sequence[Sealed]
    last: dict[tuple[_About, str, str], Entry] = field(default_factory=dict)  #: by occurrence as it was sent, channel
    corrected: Counter[_About] = field(default_factory=Counter)
    withdrawn: set[_About] = field(default_factory=set)
    stopped: set[tuple[_About, str, str]] = field(default_factory=set)  #: cancelled, and not taken back; as `last`

    def __post_init__(self) -> None:
        for sealed in self.record:
            self.take(sealed.entry)

    def take(self, entry: Entry) -> None:
        """From now on it is on the record, too."""
        if entry.kind is EntryKind.WITHDRAWN:
            self.withdrawn.add(entry.about)
        elif entry.kind is EntryKind.CORRECTED:
            self.corrected[entry.about] += 1
        elif entry.kind is EntryKind.CANCELLED:
            self.stopped.add((entry.about, entry.occurrence, entry.channel))
        elif entry.kind is EntryKind.RESUMED:
            self.stopped.discard((entry.about, entry.occurrence, entry.channel))
        else:
            self.last[entry.about, entry.occurrence, entry.channel] = entry

    def is_announced(self, about: _About) -> bool:
        """Whether anything of it is on the record."""
        return any(each == about for each, _, _ in self.last)


def _owed(
    connection: Connection, workspace: Workspace, mode: Mode, record: Sequence[Sealed], now: datetime
) -> list[Entry]:
    """What is not on the record yet, in the order it came about."""
    known = _Known(record=record)
    since = now - _COUNTED_AGAIN if record else None
    said = public_record.said(connection, mode)
    gone = public_record.gone(connection, mode, since=since)
    found = list(_told(connection, workspace, gone, said, known, now))
    for each in found:
        known.take(each)
    found += _stopped(workspace, gone, known, now)
    found += _corrected(corrections.in_mode(connection, mode), said, known)
    found += _withdrawn(retractions.in_mode(connection, mode), known)
    return sorted(found, key=lambda each: (each.at, _ORDER[each.kind]))


def _told(
    connection: Connection,
    workspace: Workspace,
    gone: Sequence[Gone],
    said: Sequence[Said],
    known: _Known,
    now: datetime,
) -> Iterator[Entry]:
    """What was accepted through a channel, and how many copies there are by now."""
    least = workspace.settings.smallest_count
    for (_, channel), group in groupby(gone, key=lambda each: (each.occurrence_id, each.channel)):
        rows = list(group)
        went = [each for each in rows if each.people]
        waits = any(each.under_way for each in rows) and now < rows[0].due_at + PATIENCE
        times = [each.first_at for each in went if each.first_at is not None]
        if not times or waits:
            continue
        entry = _entry(went, workspace, min(times), least)
        before = known.last.get((entry.about, entry.occurrence, channel))
        if before is None:
            texts = _texts(connection, went, said, entry.channel_kind)
            yield replace(entry, texts=tuple(Text(language=each, sha256=texts[each]) for each in sorted(texts)))
        elif entry.kind is EntryKind.ANNOUNCED and _differs(before, entry, sum(each.people for each in went), least):
            yield replace(entry, kind=EntryKind.COUNTED, at=now)


def _entry(went: Sequence[Gone], workspace: Workspace, at: datetime, least: int) -> Entry:
    first = went[0]
    campaign, announcement, occurrence = first.about
    route = workspace.routes.get(first.channel)
    number = None if first.for_all else shown(sum(each.people for each in went), least)
    return Entry(
        kind=_kind_of(occurrence),
        campaign=campaign,
        announcement=announcement,
        occurrence=occurrence,
        at=at,
        channel=first.channel,
        channel_kind=route.kind if route else "",
        to=() if first.for_all else tuple(sorted({each.role for each in went})),
        people=number.number if number else None,
        fewer_than=least if number and number.number is None else None,
        languages=tuple(sorted({each.language for each in went})),
        approved=first.approved,
    )


def _kind_of(occurrence: str) -> EntryKind:
    if tells_of_retraction(occurrence):
        return EntryKind.WITHDRAWAL_TOLD
    return EntryKind.CORRECTION_TOLD if tells_of_correction(occurrence) else EntryKind.ANNOUNCED


def _differs(before: Entry, now: Entry, people: int, least: int) -> bool:
    """Whether a number is another one by so many people that none of them could be recognised by the difference."""
    if now.to == ():
        return False
    if before.people is None:
        return now.people is not None
    return abs(before.people - people) >= least


def _texts(connection: Connection, went: Sequence[Gone], said: Sequence[Said], kind: str) -> Mapping[str, str]:
    """Hashes by language of what the public can read; of what went to people it has none."""
    first = went[0]
    if not first.for_all or _kind_of(first.about[2]) is not EntryKind.ANNOUNCED:
        return {}
    if _shows_present(kind):
        languages = {each.language for each in went}
        return {
            each.language: each.hashes[0] for each in said if each.about == first.about and each.language in languages
        }
    return public_record.posted(connection, first.occurrence_id, first.channel)


def _shows_present(kind: str) -> bool:
    """Whether a kind of channel shows what was published as it is now."""
    return kind in {"feed", "website"}


def _stopped(workspace: Workspace, gone: Sequence[Gone], known: _Known, now: datetime) -> Iterator[Entry]:
    """What was cancelled while it was going out, by channel. Of what had not begun to, nobody has heard."""
    for (_, channel), group in groupby(gone, key=lambda each: (each.occurrence_id, each.channel)):
        rows = list(group)
        campaign, announcement, occurrence = rows[0].about
        route = workspace.routes.get(channel)
        entry = Entry(
            kind=EntryKind.CANCELLED,
            campaign=campaign,
            announcement=announcement,
            occurrence=occurrence,
            at=now,
            channel=channel,
            channel_kind=route.kind if route else "",
        )
        at = max((each.cancelled_at for each in rows if each.cancelled_at is not None), default=None)
        was_stopped = (entry.about, occurrence, channel) in known.stopped
        if at is not None and not was_stopped and known.is_announced(entry.about):
            yield replace(entry, at=at)
        elif at is None and was_stopped:
            yield replace(entry, kind=EntryKind.RESUMED)


def _corrected(found: Mapping[_About, Sequence[Correction]], said: Sequence[Said], known: _Known) -> Iterator[Entry]:
    """What was put right after it had gone out, with the hashes of the public text from then on."""
    for about, corrected in found.items():
        campaign, announcement, occurrence = about
        for each in corrected[known.corrected[about] :] if known.is_announced(about) else ():
            public = {text.language: text.hashes[each.number] for text in said if text.about == about}
            yield Entry(
                kind=EntryKind.CORRECTED,
                campaign=campaign,
                announcement=announcement,
                occurrence=occurrence,
                at=each.at,
                languages=tuple(sorted(each.texts)),
                texts=tuple(Text(language=language, sha256=public[language]) for language in sorted(public)),
            )


def _withdrawn(found: Mapping[_About, Retraction], known: _Known) -> Iterator[Entry]:
    """What was taken back after it had gone out. Why stands on its page, and in no entry."""
    for about, retraction in found.items():
        if about not in known.withdrawn and known.is_announced(about):
            campaign, announcement, occurrence = about
            yield Entry(
                kind=EntryKind.WITHDRAWN,
                campaign=campaign,
                announcement=announcement,
                occurrence=occurrence,
                at=retraction.at,
            )
