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
from communique.joined_phrases import one_after_another
from communique.phrase import phrase
from communique.proof import Evidence as Shown
from communique.publication import Publication
from communique.read.fact_checks import MOST_COMMITMENTS
from communique.website.freshness import freshness, in_words
from communique.website.process import KeyDate, Process, WayStatus
from communique.website.process_state import Milestones, known, process_of
from communique.website.site_pages import OPENING
from communique.workspace import PROCESS, SETTINGS, Workspace

FORM = phrase("inception form")
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
            return _later(
                question, clause, phrase("{file}, from {day} on", file=coming[0].file, day=coming[0].published)
            )
        do = phrase(
            "Add the document to `documents:` in {process} with `shows: {shows}`.", process=PROCESS, shows=shows
        )
        return _told(question, clause, ", ".join(public), there=bool(public), missing=missing, do=do)

    def plan_is_out(self) -> bool:
        named = self.workspace.outline.commitments
        milestone = known(self.milestones, named or "")
        if milestone is None or milestone.start is None:
            return False
        start = milestone.start
        return (start.date() if isinstance(start, datetime) else start) <= self.today


def _standard(number: int) -> str:
    """As the answers name it."""
    return phrase("standard {number}", number=number)


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
        phrase("Is there a forum that oversees the process?"),
        FORM,
        phrase("{number} members on the process page", number=len(members)),
        there=bool(members),
        missing=phrase("no forum with members on the process page"),
        do=phrase("Write `forum:` in {process}: what it does, and its members.", process=PROCESS),
    )
    both = forum is not None and bool(forum.government) and bool(forum.non_government)
    yield _told(
        phrase("Is it multi-stakeholder?"),
        FORM,
        phrase(
            "{outside} members from outside the government, {within} from it",
            outside=len(forum.non_government),
            within=len(forum.government),
        )
        if forum
        else "",
        there=both,
        missing=phrase("members of one sector, or none"),
        do=phrase("Name members of both sectors under `forum: members:` in {process}.", process=PROCESS),
    )
    yield seen.document(
        phrase("Are its rules public?"), _standard(1), Shown.RULES, phrase("no document with the rules")
    )


def _meetings(seen: _Seen) -> Iterator[Answer]:
    question = phrase("Does it meet at least every six months?")
    days = [each.starts_at for each in seen.meetings]
    if not days:
        do = phrase("Add its meetings to `dates:` in {process} with `agenda: true`.", process=PROCESS)
        yield _told(question, _standard(1), "", there=False, missing=phrase("no meeting among the dates"), do=do)
    else:
        last = max(days)
        yield _told(
            question,
            _standard(1),
            phrase("the last one known is on {day}", day=last.date()),
            there=seen.now - last <= _BETWEEN_MEETINGS,
            missing=phrase("none since {day}", day=last.date()),
            do=phrase("Add the next one to `dates:` in {process}, and invite to it.", process=PROCESS),
        )
    for meeting in seen.meetings:
        papers = [each for each in seen.process.documents if each.meeting == meeting.id]
        before = [each.file for each in papers if each.published < meeting.starts_at.date()]
        parts = [*([phrase("its agenda")] if meeting.agenda else []), *before]
        yield _told(
            phrase("Was information shared before the meeting {meeting}?", meeting=meeting.id),
            FORM,
            one_after_another(*parts),
            there=bool(parts),
            missing=phrase("neither agenda nor documents on its page"),
            do=phrase(
                "Give it `agenda: true`, or documents with `meeting: {meeting}` dated before it, in {process}.",
                meeting=meeting.id,
                process=PROCESS,
            ),
        )
    for meeting in seen.held():
        yield _told(
            phrase("Are the minutes of {meeting} public?", meeting=meeting.id),
            _standard(1),
            meeting.minutes,
            there=seen.is_published(meeting.minutes),
            missing=phrase("{name} is not published", name=meeting.minutes)
            if meeting.minutes
            else phrase("no announcement has them"),
            do=phrase(
                "Name the announcement with its minutes as `minutes:` in {process}, and let it go out.", process=PROCESS
            ),
        )


def _website(seen: _Seen) -> Iterator[Answer]:
    settings, routes = seen.workspace.settings, seen.workspace.routes.values()
    has_site = any(route.form is Form.PAGES for route in routes)
    is_live = has_site and settings.mode is Mode.LIVE
    why, do = phrase("no channel of the kind website is open"), phrase("Open one in {settings}.", settings=SETTINGS)
    if is_live:
        why, do = (
            phrase("nothing is published on it yet"),
            phrase("Approve the announcement `{name}`, and let it go out.", name=OPENING),
        )
    elif has_site:
        why, do = (
            phrase("trial mode: nobody but you sees it"),
            phrase("Set `mode: live` in {settings} when you are ready.", settings=SETTINGS),
        )
    yield _told(
        phrase("Is the website online, without barriers to access?"),
        FORM,
        # Said by the files alone: nothing here asks the network.
        phrase(
            "{address}: no account, no script, no cookies; `communique doctor` asks whether it answers",
            address=settings.public_address,
        ),
        there=is_live and bool(seen.published),
        missing=why,
        do=do,
    )
    opened = {each.language for each in seen.published if each.announcement == OPENING}
    silent = [each for each in settings.languages if each not in opened]
    yield _told(
        phrase("Does it inform about the OGP Local process?"),
        FORM,
        phrase(
            "introduction in {languages}, {number} stages",
            languages=", ".join(settings.languages),
            number=len(seen.process.stages),
        ),
        there=not silent and bool(seen.process.stages),
        missing=phrase("no introduction in {languages}", languages=", ".join(silent))
        if silent
        else phrase("no stages"),
        do=phrase(
            "Let the announcement `{name}` go out in every language, and write `stages:` in {process}.",
            name=OPENING,
            process=PROCESS,
        ),
    )
    last = max((each.published_at for each in seen.published), default=None)
    fresh = freshness(seen.workspace, seen.milestones, last, seen.now)
    yield _told(
        phrase("Is information published at least every four months?"),
        FORM,
        in_words(fresh, seen.workspace.almanac.zone) if fresh else "",
        there=fresh is not None and not fresh.is_over,
        missing=in_words(fresh, seen.workspace.almanac.zone) if fresh else phrase("nothing published yet"),
        do=phrase("Let a progress update go out: `every:` in the campaign repeats one."),
    )
    contact = settings.government.contact
    yield _told(
        phrase("Is the point of contact named, with ways to reach them?"),
        FORM,
        f"{contact.name}: {contact.email}, {contact.phone}",
        there=bool(contact.phone),
        missing=phrase("{name}: {address}, but no telephone", name=contact.name, address=contact.email),
        do=phrase("Add `phone:` to the contact in {settings}.", settings=SETTINGS),
    )
    yield _repository(seen)


def _repository(seen: _Seen) -> Answer:
    question, clause = phrase("Is there a repository of documents?"), _standard(2)
    coming = [each.published for each in seen.workspace.outline.documents if each.published > seen.today]
    number = len(seen.process.documents)
    if coming and not number:
        return _later(question, clause, phrase("the first is public from {day} on", day=min(coming)))
    return _told(
        question,
        clause,
        phrase("1 document") if number == 1 else phrase("{number} documents", number=number),
        there=number > 0,
        missing=phrase("no document is public"),
        do=phrase("Put files into config/documents/ and name them under `documents:` in {process}.", process=PROCESS),
    )


def _participation(seen: _Seen) -> Iterator[Answer]:
    ways = seen.process.ways
    is_open = sum(each.status is WayStatus.OPEN for each in ways)
    undated = sum(each.status is WayStatus.UNDATED for each in ways)
    yield _told(
        phrase("Can anybody take part, and know how and until when?"),
        _standard(3),
        phrase(
            "{number} ways, {open_now} of them open today, {undated} without days",
            number=len(ways),
            open_now=is_open,
            undated=undated,
        )
        if undated
        else phrase("{number} ways, {open_now} of them open today", number=len(ways), open_now=is_open),
        there=bool(ways) and bool(seen.process.dates),
        missing=phrase("no ways to take part, or no dates"),
        do=phrase("Write `ways:` and `dates:` in {process}.", process=PROCESS),
    )
    question, response = (
        phrase("Does every proposal get a reasoned response?"),
        seen.workspace.outline.reasoned_response,
    )
    closing = [each for each in seen.workspace.outline.ways if each.closes and known(seen.milestones, each.closes)]
    closed = [way for way in ways if way.status is WayStatus.CLOSED]
    if response and not seen.is_published(response) and closing and not closed:
        yield _later(question, _standard(4), phrase("{name}, after proposals close", name=response))
        return
    yield _told(
        question,
        _standard(4),
        response or "",
        there=seen.is_published(response),
        missing=phrase("{name} is not published", name=response) if response else phrase("no announcement has it"),
        do=phrase("Name it as `reasoned_response:` in {process}, and let it go out.", process=PROCESS),
    )


def _plan(seen: _Seen) -> Iterator[Answer]:
    backed, is_out = (
        phrase("Did non-governmental members endorse the plan before it was submitted?"),
        seen.plan_is_out(),
    )
    kept, body = phrase("Is it said how far each commitment is?"), seen.process.monitoring
    if not is_out:
        yield _later(backed, FORM, phrase("the plan is not published yet"))
        yield _later(kept, _standard(5), phrase("the plan is not published yet"))
    else:
        yield seen.document(backed, FORM, Shown.ENDORSEMENT, phrase("no document says so"))
        yield seen.document(
            phrase("Is the plan public?"), FORM, Shown.PLAN, phrase("the plan is not among the documents")
        )
        said = [each for each in seen.process.commitments if each.status]
        yield _told(
            kept,
            _standard(5),
            phrase("{number} commitments with their status", number=len(said)),
            there=0 < len(said) == len(seen.process.commitments) <= MOST_COMMITMENTS,
            missing=phrase(
                "{told} of {number} commitments have a status", told=len(said), number=len(seen.process.commitments)
            ),
            do=phrase("Give each of the fact `commitments` a `status:` in the campaign, five at most."),
        )
    yield _told(
        phrase("Is there an independent local monitoring body?"),
        FORM,
        body.name if body else "",
        there=body is not None,
        missing=phrase("none is named"),
        do=phrase("Write `monitoring:` in {process}.", process=PROCESS),
    )


_QUESTIONS: tuple[Callable[[_Seen], Iterator[Answer]], ...] = (_forum, _meetings, _website, _participation, _plan)
