"""What goes out now: how far it is, what is paused, what only a person can settle, and why somebody did not get it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from communique.campaign import Campaign
from communique.correction import corrected_as, number_of
from communique.delivery import Delivery
from communique.plan import outlook, pausing, trying_again
from communique.plan.outlook import Gone, Sign
from communique.plan.pausing import NotPausedError, UnknownChannelError
from communique.plan.planning import Planner
from communique.plan.reasons import why
from communique.plan.settling import DECISIONS, RESEND, CannotSettleError, settle
from communique.plan.trying_again import NoneFailedError
from communique.retraction import told_of
from communique.send.open_channels import folders_of
from communique.store.announcements import retractions
from communique.store.deliveries import accounts, packs, pauses, rests, stops
from communique.store.deliveries.accounts import Copy
from communique.store.desk.officers import Duty
from communique.store.recipients import people
from communique.store.recipients.people import AddressError
from communique.web.desk.asking import Ask, Reply
from communique.web.desk.desk_pages import DeskPages
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.office import Office

_OPERATORS = frozenset({Duty.OPERATOR})
POSTING = frozenset({Duty.EDITOR, Duty.OPERATOR})  #: who writes the texts takes the packs to the networks
_SEE_OTHER, _WRONG, _CONFLICT = 303, 422, 409
_LONGEST_WORDS = 1000
_DROPPED = "cancelled"  #: a decision on what nobody is going to do
_AT_ONCE = 20  #: copies in doubt on the page; the others come when these are settled
_RECENT = 8  #: announcements whose refusals are grouped


@dataclass(frozen=True)
class DeliveryPages:
    """`/live`."""

    office: Office
    pages: DeskPages

    def table(self) -> list[DeskPage]:
        """Their addresses."""
        return [
            DeskPage(path="live", show=self.show),
            DeskPage(path="live/pause", act=self.pause, duties=_OPERATORS),
            DeskPage(path="live/resume", act=self.resume, duties=_OPERATORS),
            DeskPage(path="live/resume-announcement", act=self.resume_announcement, duties=_OPERATORS),
            DeskPage(path="live/settle", act=self.settle, duties=_OPERATORS),
            DeskPage(path="live/again", act=self.try_again, duties=_OPERATORS),
            DeskPage(path="live/done", act=self.done, duties=POSTING),
        ]

    def show(self, ask: Ask) -> Reply:
        """The page; where scripts run it shows what is new while something goes out, and never while somebody types."""
        return self._page(ask)

    def pause(self, ask: Ask) -> Reply:
        """Let a channel wait, or all of them."""
        channel, note = ask.visit.field("channel"), ask.visit.field("why", _LONGEST_WORDS)
        planner, now = self.office.planner(), self.office.clock()
        try:
            with self.office.database.begin() as connection:
                paused = pausing.pause(planner, connection, channel, who=ask.who.name, why=note, now=now)
        except UnknownChannelError:
            return self._page(ask, error="no_channel", status=_WRONG)
        return _back("paused" if paused.is_new else "paused_before")

    def resume(self, ask: Ask) -> Reply:
        """Let it go on."""
        planner, channel, now = self.office.planner(), ask.visit.field("channel"), self.office.clock()
        try:
            with self.office.database.begin() as connection:
                done = pausing.resume(planner, connection, channel, who=ask.who.name, now=now)
        except UnknownChannelError:
            return self._page(ask, error="no_channel", status=_WRONG)
        except NotPausedError:
            return self._page(ask, error="not_paused", status=_CONFLICT)
        if done.tries_now:
            return _back("tries_now")
        return _back("still_paused" if done.still else "resumed")

    def resume_announcement(self, ask: Ask) -> Reply:
        """Let go on what was stopped because too many of its mails came back."""
        planner, now = self.office.planner(), self.office.clock()
        campaign, _, name = ask.visit.field("announcement").partition("/")
        try:
            with self.office.database.begin() as connection:
                pausing.resume_announcement(planner, connection, (campaign, name), who=ask.who.name, now=now)
        except NotPausedError:
            return self._page(ask, error="not_stopped", status=_CONFLICT)
        return _back("resumed")

    def settle(self, ask: Ask) -> Reply:
        """A person's word on a copy that may have gone: it arrived, it did not, or it is to be sent again."""
        decision, number, now = ask.visit.field("decision"), ask.number("number"), self.office.clock()
        if decision not in DECISIONS or number is None:
            return self._page(ask, error="no_copy", status=_WRONG)
        until = ask.visit.field("until").replace("T", " ") if decision == RESEND else ""  # as browsers write it
        note, who, planner = ask.visit.field("note", _LONGEST_WORDS), ask.who.name, self.office.planner()
        try:
            with self.office.database.begin() as connection:
                settle(planner, connection, number, decision, who=who, note=note, until=until, now=now)
        except CannotSettleError as error:
            return self._page(ask, error=error.code, status=_CONFLICT)
        return _back("settled_again" if decision == RESEND else "settled")

    def try_again(self, ask: Ask) -> Reply:
        """Copies that failed and of which the same was said, now that it is put right."""
        planner, now = self.office.planner(), self.office.clock()
        campaign, _, name = ask.visit.field("announcement").partition("/")
        channel, about = ask.visit.field("channel"), (campaign, name)
        try:
            with self.office.database.reading() as connection:
                words = trying_again.words_of(planner, connection, about, channel, ask.visit.field("words"))
                if words is None:
                    return self._page(ask, error="none_failed", status=_CONFLICT)
                found = trying_again.foreseen(planner, connection, about, now, channel=channel, words=words)
        except NoneFailedError:
            return self._page(ask, error="not_again", status=_CONFLICT)
        note = ask.visit.field("note", _LONGEST_WORDS)
        trying_again.try_again(planner, found, who=ask.who.name, note=note, now=now)
        return _back("again_in_part" if found.left else "again")

    def done(self, ask: Ask) -> Reply:
        """A person's word that a pack is posted, as `communique done` takes it; or that nobody will."""
        is_done = ask.visit.field("decision") != _DROPPED
        planner, pack = self.office.planner(), ask.visit.field("pack", _LONGEST_WORDS)
        with self.office.database.begin() as connection:
            waiting = packs.waiting(connection, planner.mode, planner.workspace.for_a_person)
            if pack in waiting:
                note, now, who = ask.visit.field("note", _LONGEST_WORDS), self.office.clock(), ask.who.name
                if is_done:
                    packs.done(connection, pack, waiting[pack], who=who, note=note, now=now)
                else:
                    for copy in waiting[pack]:
                        settle(planner, connection, copy.delivery.id, _DROPPED, who=who, note=note, now=now)
        return (
            _back("done" if is_done else "dropped")
            if pack in waiting
            else self._page(ask, error="no_pack", status=_CONFLICT)
        )

    def _page(self, ask: Ask, error: str = "", status: int = 200) -> Reply:
        planner, now = self.office.planner(), self.office.clock()
        with self.office.database.reading() as connection:
            gone = outlook.gone_lately(planner, connection, now, least=_RECENT)
            under_way = [each for each in gone if each.sign in {Sign.UNDER_WAY, Sign.HELD}]
            refused = [
                (each, outlook.not_gone(planner, connection, each.name))
                for each in gone[:_RECENT]
                if each.sign is not Sign.SENT
            ]
            handed = planner.workspace.for_a_person
            waiting = accounts.waiting_for_a_person(connection, planner.mode)
            doubtful = [copy for copy in waiting if copy.delivery.channel not in handed]
            context = {
                "error": error,
                "said": ask.visit.query.get("said", ""),
                "refresh": any(each.sign is Sign.UNDER_WAY for each in under_way) and not error,
                "held": self.office.held(),
                "under_way": under_way,
                "doubtful": doubtful[:_AT_ONCE],
                "all_doubtful": len(doubtful),
                "packs": (to_do := packs.waiting(connection, planner.mode, handed)),
                "corrected": _corrected(to_do),
                "taken_back": _taken_back(to_do, retractions.in_mode(connection, planner.mode)),
                "folders": folders_of(planner.workspace, self.office.installation.root, planner.mode),
                "paused": pauses.paused(connection),
                "resting": rests.resting(connection),
                "stopped": stops.stopped(connection, planner.mode),
                "channels": list(planner.workspace.routes),
                "paces": {
                    name: str(pace.rate) for name, pace in planner.workspace.settings.paces().items() if pace.rate
                },
                "refused": [(each, words) for each, words in refused if words],
                "address": ask.visit.query.get("address", ""),
                "asked": ask.visit.query.get("announcement", ""),
                "lately": (lately := _lately(planner, gone)),
                "announcements": [
                    (name, one.called(self.pages.language(ask)), [*_others(one, lately)])
                    for name, one in planner.workspace.campaigns.items()
                ],
                "answer": self._why(connection, planner, ask, now),
            }
        return Reply(body=self.pages.fill("live.html", ask, context), status=status)

    def _why(self, connection: Connection, planner: Planner, ask: Ask, now: datetime) -> str:
        """Why somebody did or did not get it; empty when nobody has asked."""
        address = ask.visit.query.get("address", "").strip()
        campaign, _, name = ask.visit.query.get("announcement", "").partition("/")
        known = planner.workspace.campaigns.get(campaign)
        if not address or known is None or name not in known.announcements:
            return ""
        try:
            person = people.by_address(connection, address)
        except AddressError as error:
            return f"{address}: {error}"
        return why(planner, connection, person, address, (campaign, name), now)


def _lately(planner: Planner, gone: Sequence[Gone]) -> list[tuple[str, str]]:
    """What has gone last, by campaign and name: people ask why they did not get that."""
    campaigns = planner.workspace.campaigns
    names = dict.fromkeys(each.name for each in gone)
    return [name for name in names if name[0] in campaigns and name[1] in campaigns[name[0]].announcements]


def _others(campaign: Campaign, lately: Sequence[tuple[str, str]]) -> Iterator[str]:
    return (name for name in campaign.announcements if (campaign.campaign, name) not in lately)


def _corrected(waiting: Mapping[str, Sequence[Copy]]) -> set[str]:
    """Of these packs, those that have a correction among them: the earlier text must not go out alone any more."""
    owed = {pack: copies[0].delivery for pack, copies in waiting.items()}
    ways = {(*_announced(each), each.channel, each.language) for each in owed.values() if number_of(each.occurrence)}
    return {
        pack
        for pack, each in owed.items()
        if each.occurrence == told_of(corrected_as(each.occurrence))
        and (*_announced(each), each.channel, each.language) in ways
    }


def _taken_back(waiting: Mapping[str, Sequence[Copy]], withdrawn: Collection[tuple[str, str, str]]) -> set[str]:
    """Of these packs, those that say what was withdrawn, or correct it; not those that say that it is."""
    owed = {pack: copies[0].delivery for pack, copies in waiting.items()}
    return {
        pack
        for pack, each in owed.items()
        if _announced(each) in withdrawn
        and (number_of(each.occurrence) or (each.campaign, each.announcement, each.occurrence) == _announced(each))
    }


def _announced(delivery: Delivery) -> tuple[str, str, str]:
    """Campaign, announcement and occurrence that a copy is of, or that its notice is about."""
    return delivery.campaign, delivery.announcement, told_of(corrected_as(delivery.occurrence))


def _back(said: str) -> Reply:
    return Reply(status=_SEE_OTHER, location=f"/live?said={said}")
