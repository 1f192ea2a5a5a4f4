"""What those who monitor the process will look for on its page: what is there, what is missing, what comes later.

The questions are those of the inception form for local members (does a forum exist, is it multi-stakeholder, did
non-governmental members endorse the plan, was information shared before meetings, is the website online, complete and
kept up), and of the OGP Participation and Co-creation Standards of 2022, which the form follows.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from communique.channel import Form
from communique.delivery import Mode
from communique.proof import Evidence as Shown
from communique.publication import Publication
from communique.read.fact_checks import MOST_COMMITMENTS
from communique.website.freshness import freshness, in_words
from communique.website.process import KeyDate, Process, WayStatus
from communique.website.process_state import Milestones, known, process_of
from communique.website.site_pages import OPENING
from communique.workspace import PROCESS, SETTINGS, Workspace

FORM, STANDARD = "inception form", "standard {}"
#: "Meets at least every six months".
_BETWEEN_MEETINGS = timedelta(days=184)


class Standing(StrEnum):
    """How an answer would turn out today."""

    THERE = "there"
    MISSING = "missing"
    LATER = "later"  #: nobody can expect it yet


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One question of the form, and what the page has to say to it."""

    question: str
    clause: str  #: who asks
    standing: Standing
    found: str
    do: str = ""  #: what an officer can do about it; only where it is missing


@dataclass(frozen=True, kw_only=True)
class _Seen:
    workspace: Workspace
    milestones: Milestones
    process: Process
    published: Sequence[Publication]
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(self.workspace.almanac.zone).date()

    @property
    def meetings(self) -> list[KeyDate]:
        """Dates with an agenda or minutes that take place, the earliest first."""
        met = {each.milestone for each in self.workspace.outline.dates if each.agenda or each.minutes}
        found = [each for each in self.process.dates if each.id in met and not each.called_off]
        return sorted(found, key=lambda each: each.starts_at)

    def held(self) -> list[KeyDate]:
        return [each for each in self.meetings if (each.ends_at or each.starts_at) < self.now]

    def is_published(self, name: str | None) -> bool:
        return any(f"{each.campaign}/{each.announcement}" == name for each in self.published)

    def document(self, question: str, clause: str, shows: Shown, missing: str) -> Answer:
        """Whether a document that shows something is public."""
        there = {each.file for each in self.process.documents}
        shown = [each for each in self.workspace.outline.documents if each.shows is shows]
        public = [each.file for each in shown if each.file in there]
        coming = [each for each in shown if each.published > self.today]
        if coming and not public:
            return _later(question, clause, f"{coming[0].file}, from {coming[0].published} on")
        do = f"Add the document to `documents:` in {PROCESS} with `shows: {shows}`."
        return _told(question, clause, ", ".join(public), there=bool(public), missing=missing, do=do)

    def plan_is_out(self) -> bool:
        named = self.workspace.outline.commitments
        milestone = known(self.milestones, named or "")
        if milestone is None or milestone.start is None:
            return False
        start = milestone.start
        return (start.date() if isinstance(start, datetime) else start) <= self.today


def answers(
    workspace: Workspace, milestones: Milestones, published: Iterable[Publication], now: datetime
) -> list[Answer]:
    """Every question, in the order of the form. `published` is what the website has in the workspace's mode."""
    process = process_of(workspace, milestones, workspace.settings.languages[0], now)
    stands = [each for each in published if each.retraction is None]
    seen = _Seen(workspace=workspace, milestones=milestones, process=process, published=stands, now=now)
    return [answer for ask in _QUESTIONS for answer in ask(seen)]


def _told(question: str, clause: str, found: str, *, there: bool, missing: str, do: str) -> Answer:
    if there:
        return Answer(question=question, clause=clause, standing=Standing.THERE, found=found)
    return Answer(question=question, clause=clause, standing=Standing.MISSING, found=missing, do=do)


def _later(question: str, clause: str, found: str) -> Answer:
    return Answer(question=question, clause=clause, standing=Standing.LATER, found=found)


def _forum(seen: _Seen) -> Iterator[Answer]:
    forum = seen.process.forum
    members = forum.government + forum.non_government if forum else ()
    yield _told(
        "Is there a forum that oversees the process?",
        FORM,
        f"{len(members)} members on the process page",
        there=bool(members),
        missing="no forum with members on the process page",
        do=f"Write `forum:` in {PROCESS}: what it does, and its members.",
    )
    both = forum is not None and bool(forum.government) and bool(forum.non_government)
    yield _told(
        "Is it multi-stakeholder?",
        FORM,
        f"{len(forum.non_government)} members from outside the government, {len(forum.government)} from it"
        if forum
        else "",
        there=both,
        missing="members of one sector, or none",
        do=f"Name members of both sectors under `forum: members:` in {PROCESS}.",
    )
    yield seen.document("Are its rules public?", STANDARD.format(1), Shown.RULES, "no document with the rules")


def _meetings(seen: _Seen) -> Iterator[Answer]:
    question = "Does it meet at least every six months?"
    days = [each.starts_at for each in seen.meetings]
    if not days:
        do = f"Add its meetings to `dates:` in {PROCESS} with `agenda: true`."
        yield _told(question, STANDARD.format(1), "", there=False, missing="no meeting among the dates", do=do)
    else:
        last = max(days)
        yield _told(
            question,
            STANDARD.format(1),
            f"the last one known is on {last.date()}",
            there=seen.now - last <= _BETWEEN_MEETINGS,
            missing=f"none since {last.date()}",
            do=f"Add the next one to `dates:` in {PROCESS}, and invite to it.",
        )
    for meeting in seen.meetings:
        papers = [each for each in seen.process.documents if each.meeting == meeting.id]
        before = [each.file for each in papers if each.published < meeting.starts_at.date()]
        parts = [*(["its agenda"] if meeting.agenda else []), *before]
        yield _told(
            f"Was information shared before the meeting {meeting.id}?",
            FORM,
            ", ".join(parts),
            there=bool(parts),
            missing="neither agenda nor documents on its page",
            do=f"Give it `agenda: true`, or documents with `meeting: {meeting.id}` dated before it, in {PROCESS}.",
        )
    for meeting in seen.held():
        yield _told(
            f"Are the minutes of {meeting.id} public?",
            STANDARD.format(1),
            meeting.minutes,
            there=seen.is_published(meeting.minutes),
            missing=f"{meeting.minutes} is not published" if meeting.minutes else "no announcement has them",
            do=f"Name the announcement with its minutes as `minutes:` in {PROCESS}, and let it go out.",
        )


def _website(seen: _Seen) -> Iterator[Answer]:
    settings, routes = seen.workspace.settings, seen.workspace.routes.values()
    has_site = any(route.form is Form.PAGES for route in routes)
    is_live = has_site and settings.mode is Mode.LIVE
    why, do = "no channel of the kind website is open", f"Open one in {SETTINGS}."
    if is_live:
        why, do = "nothing is published on it yet", f"Approve the announcement `{OPENING}`, and let it go out."
    elif has_site:
        why, do = "trial mode: nobody but you sees it", f"Set `mode: live` in {SETTINGS} when you are ready."
    yield _told(
        "Is the website online, without barriers to access?",
        FORM,
        # Said by the files alone: nothing here asks the network.
        f"{settings.public_address}: no account, no script, no cookies; `communique doctor` asks whether it answers",
        there=is_live and bool(seen.published),
        missing=why,
        do=do,
    )
    opened = {each.language for each in seen.published if each.announcement == OPENING}
    silent = [each for each in settings.languages if each not in opened]
    yield _told(
        "Does it inform about the OGP Local process?",
        FORM,
        f"introduction in {', '.join(settings.languages)}, {len(seen.process.stages)} stages",
        there=not silent and bool(seen.process.stages),
        missing=f"no introduction in {', '.join(silent)}" if silent else "no stages",
        do=f"Let the announcement `{OPENING}` go out in every language, and write `stages:` in {PROCESS}.",
    )
    last = max((each.published_at for each in seen.published), default=None)
    fresh = freshness(seen.workspace, seen.milestones, last, seen.now)
    yield _told(
        "Is information published at least every four months?",
        FORM,
        in_words(fresh, seen.workspace.almanac.zone) if fresh else "",
        there=fresh is not None and not fresh.is_over,
        missing=in_words(fresh, seen.workspace.almanac.zone) if fresh else "nothing published yet",
        do="Let a progress update go out: `every:` in the campaign repeats one.",
    )
    contact = settings.government.contact
    yield _told(
        "Is the point of contact named, with ways to reach them?",
        FORM,
        f"{contact.name}: {contact.email}, {contact.phone}",
        there=bool(contact.phone),
        missing=f"{contact.name}: {contact.email}, but no telephone",
        do=f"Add `phone:` to the contact in {SETTINGS}.",
    )
    yield _repository(seen)


def _repository(seen: _Seen) -> Answer:
    question, clause = "Is there a repository of documents?", STANDARD.format(2)
    coming = [each.published for each in seen.workspace.outline.documents if each.published > seen.today]
    number = len(seen.process.documents)
    if coming and not number:
        return _later(question, clause, f"the first is public from {min(coming)} on")
    return _told(
        question,
        clause,
        f"{number} document{'s' if number > 1 else ''}",
        there=number > 0,
        missing="no document is public",
        do=f"Put files into config/documents/ and name them under `documents:` in {PROCESS}.",
    )


def _participation(seen: _Seen) -> Iterator[Answer]:
    ways = seen.process.ways
    yield _told(
        "Can anybody take part, and know how and until when?",
        STANDARD.format(3),
        f"{len(ways)} ways, {sum(each.status is WayStatus.OPEN for each in ways)} of them open today",
        there=bool(ways) and bool(seen.process.dates),
        missing="no ways to take part, or no dates",
        do=f"Write `ways:` and `dates:` in {PROCESS}.",
    )
    question, response = "Does every proposal get a reasoned response?", seen.workspace.outline.reasoned_response
    closing = [each for each in seen.workspace.outline.ways if each.closes and known(seen.milestones, each.closes)]
    closed = [way for way in ways if way.status is WayStatus.CLOSED]
    if response and not seen.is_published(response) and closing and not closed:
        yield _later(question, STANDARD.format(4), f"{response}, after proposals close")
        return
    yield _told(
        question,
        STANDARD.format(4),
        response or "",
        there=seen.is_published(response),
        missing=f"{response} is not published" if response else "no announcement has it",
        do=f"Name it as `reasoned_response:` in {PROCESS}, and let it go out.",
    )


def _plan(seen: _Seen) -> Iterator[Answer]:
    backed, is_out = "Did non-governmental members endorse the plan before it was submitted?", seen.plan_is_out()
    kept, body = "Is it said how far each commitment is?", seen.process.monitoring
    if not is_out:
        yield _later(backed, FORM, "the plan is not published yet")
        yield _later(kept, STANDARD.format(5), "the plan is not published yet")
    else:
        yield seen.document(backed, FORM, Shown.ENDORSEMENT, "no document says so")
        yield seen.document("Is the plan public?", FORM, Shown.PLAN, "the plan is not among the documents")
        said = [each for each in seen.process.commitments if each.status]
        yield _told(
            kept,
            STANDARD.format(5),
            f"{len(said)} commitments with their status",
            there=0 < len(said) == len(seen.process.commitments) <= MOST_COMMITMENTS,
            missing=f"{len(said)} of {len(seen.process.commitments)} commitments have a status",
            do="Give each of the fact `commitments` a `status:` in the campaign, five at most.",
        )
    yield _told(
        "Is there an independent local monitoring body?",
        FORM,
        body.name if body else "",
        there=body is not None,
        missing="none is named",
        do=f"Write `monitoring:` in {PROCESS}.",
    )


_QUESTIONS: tuple[Callable[[_Seen], Iterator[Answer]], ...] = (_forum, _meetings, _website, _participation, _plan)
