"""A correction before it goes: in which words, to whom, and what it still needs."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from communique.channel import Form, Letter, Mail, Post, Reach
from communique.correction import Corrected, Correction, file_of, told_as
from communique.language.placeholders import find_placeholders
from communique.occasion import Occasion, dates_of
from communique.phrase import as_phrase, phrase
from communique.plan import telling
from communique.plan.planning import Planner
from communique.plan.samples import first_role, sample_message, sample_recipient
from communique.problems import Problem, did_you_mean
from communique.routes import Route
from communique.store.announcements import corrections, declarations, notices, retractions
from communique.store.announcements.notices import Known, Line
from communique.store.recipients import meeting_terms
from communique.texts import addresses
from communique.texts.corrections import Mended, corrected, correction_notice, correction_post, through_of, wording_of
from communique.texts.notices import notice_letter, notice_mail
from communique.texts.own_address import own_address
from communique.texts.slips import find_slips
from communique.texts.templates import TemplateProblemError
from communique.texts.wording import path_of

_ALWAYS = {Form.PAGES, Form.FEED}  #: what the public reads shows every correction, whatever channels are named


class CannotCorrectError(Exception):
    """There is nothing to be corrected this way; the message says why, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A correction that has not gone: what it says, to whom, and what it still needs."""

    name: str  #: of what is corrected: `campaign/announcement`, with the occurrence of a recurring one
    row: Any  #: of what is corrected, in the ledger
    number: int  #: of the announcement's corrections
    occasion: Occasion  #: that it is approved as
    texts: Mapping[str, Corrected]  #: by language
    headlines: Mapping[str, str]  #: what its readers know the announcement by
    ways: Sequence[Line]  #: the copies that are out
    lines: Sequence[Line]  #: of these: whose it is told
    through: Sequence[str]  #: these channels alone, and the public ones; empty: all
    known: Known | None  #: who knows already, and gets none
    samples: Mapping[tuple[str, str], Mail | Letter | Post]  #: by channel and language
    problems: Sequence[Problem]
    digest: str  #: hash (SHA-256, hex) of what is said, about what, and through which channels
    approved_by: Sequence[str]
    objections: Sequence[str]  #: who asks for changes, and which
    missing: int  #: approvals

    @property
    def file(self) -> str:
        """The name of the files its words are in, one a language."""
        return file_of(self.number, self.row.occurrence)


def propose(
    planner: Planner,
    connection: Connection,
    name: tuple[str, str],
    occurrence: str = "",
    channels: Collection[str] = (),
    *,
    now: datetime,
    to_all: bool = False,
) -> Proposed:
    """The next correction of an announcement, as it is written now.

    `channels`: through these alone, and in public; where none are given, through those that its files name.

    Where the meeting that it invited to has moved, who has an invitation with the new date gets none, unless `to_all`.

    Raises:
        NothingWentOutError: the announcement has not gone out, or it is not clear which one is meant.
        CannotCorrectError: it was withdrawn; its campaign is not there any more; it did not go through a channel.
    """
    row = telling.found(planner, connection, name, occurrence, phrase("correct"))
    said = telling.name_of(row)
    if retractions.of(connection, row.id) is not None:
        raise CannotCorrectError(
            phrase("{name} was withdrawn, and whoever got it was told: there is nothing to correct.", name=said)
        )
    number = len(corrections.of(connection, row.id)) + 1
    occasion = _occasion(planner, connection, row, number, now)
    known = None if to_all else _known(occasion, row)
    ways = telling.lines(planner, connection, row, known)
    if strange := _strange(ways, channels):
        went = ", ".join(dict.fromkeys(each.channel for each in ways))
        raise CannotCorrectError(
            phrase(
                "{name} did not go out through {channels}; it did through {went}.",
                name=said,
                channels=", ".join(strange),
                went=went,
            )
        )
    problems: list[Problem] = []
    if not channels:
        channels, problems = _named_in_files(planner, occasion, number, ways)
    lines = _chosen(planner, ways, channels)
    before = dates_of(row.milestones)["milestones"]
    texts, faults = _texts(planner, occasion, number, lines, before)
    problems += faults
    headlines = telling.headlines(planner, connection, row)
    drafted = Correction(number=number, at=now, texts=texts) if texts else None
    samples, faults = _samples(planner, connection, row, occasion, lines, drafted, headlines)
    problems += faults
    digest = _digest(said, number, texts, lines, samples, to_all=known is None)
    approved = planner.terms(connection, occasion, digest, now)
    return Proposed(
        name=said,
        row=row,
        number=number,
        occasion=occasion,
        texts=texts,
        headlines=headlines,
        ways=ways,
        lines=lines,
        through=list(channels),
        known=known,
        samples=samples,
        problems=problems,
        digest=digest,
        approved_by=approved.given,
        objections=[f"{each.who}: {each.note}" for each in approved.objections],
        missing=approved.missing,
    )


def _strange(ways: Sequence[Line], channels: Collection[str]) -> list[str]:
    """Channels that it did not go through."""
    went = {each.channel for each in ways}
    return [each for each in channels if each not in went]


def _named_in_files(
    planner: Planner, occasion: Occasion, number: int, ways: Sequence[Line]
) -> tuple[list[str], list[Problem]]:
    """The channels that `through:` beside its words names, in any language; and those that it did not go through."""
    renderer, named = planner.workspace.renderer, dict[str, None]()
    problems: list[Problem] = []
    for language in dict.fromkeys(each.language for each in ways):
        with suppress(TemplateProblemError):  # said where its words are looked at
            wording = wording_of(renderer, occasion, language, number)
            through = through_of(wording)
            named |= dict.fromkeys(through)
            problems += [
                Problem(
                    code="unknown-channel",
                    message=phrase("expected a channel that it went out through, found `{name}`", name=each),
                    hint=did_you_mean(each, [way.channel for way in ways]),
                    file=wording.path,
                )
                for each in _strange(ways, through)
            ]
    return list(named), problems


def always_shows(planner: Planner, channel: str) -> bool:
    """Whether a channel shows every correction: what the public reads there is made anew."""
    route = planner.workspace.routes.get(channel)
    return route is not None and route.form in _ALWAYS


def _chosen(planner: Planner, ways: Sequence[Line], channels: Collection[str]) -> list[Line]:
    return [each for each in ways if not channels or each.channel in channels or always_shows(planner, each.channel)]


def _occasion(planner: Planner, connection: Connection, row: Any, number: int, now: datetime) -> Occasion:
    """Of the correction: with the dates that hold now."""
    campaign = planner.workspace.campaigns.get(row.campaign)
    if campaign is None or row.announcement not in campaign.announcements:
        raise CannotCorrectError(
            phrase(
                "{name} is not in the campaign files any more, or its file has a fault "
                "(communique check); a correction is written beside it. Put it back first.",
                name=telling.name_of(row),
            )
        )
    return Occasion(
        campaign=campaign,
        announcement=row.announcement,
        occurrence=told_as(row.occurrence, number),
        due_at=now,
        milestones=declarations.milestones_of(connection, campaign),
        terms=meeting_terms.as_frozen(row),
        has_page=False,
    )


def _known(occasion: Occasion, row: Any) -> Known | None:
    """Who needs no word of a meeting that has moved; None where it has not, or there is none."""
    if not row.meeting or not occasion.meeting_at or occasion.meeting_at == row.meeting_at:
        return None
    return Known(about=row.id, mode=row.mode, meeting=row.meeting, meeting_at=occasion.meeting_at)


def _texts(
    planner: Planner, occasion: Occasion, number: int, lines: Sequence[Line], before: Mapping[str, Any]
) -> tuple[dict[str, Corrected], list[Problem]]:
    """By language, in the settings' order: each in which somebody has a copy."""
    texts: dict[str, Corrected] = {}
    problems: list[Problem] = []
    spoken = {each.language for each in lines}
    renderer = planner.workspace.renderer
    for language in (each for each in planner.workspace.settings.languages if each in spoken):
        try:
            wording = wording_of(renderer, occasion, language, number)
            texts[language] = text = corrected(renderer, occasion, language, wording, before)
        except TemplateProblemError as error:
            problems += error.problems
            continue
        problems += [slip for slip in find_slips(wording) if slip.code != "empty-text"]
        for found in find_placeholders(f"{text.headline}\n{text.wrong}\n{text.right}\n{text.more}"):
            message = phrase("expected the real words, found the placeholder `{found}`", found=found)
            hint = phrase("Put in what it stands for.")
            problems.append(Problem(code="placeholder-left", message=message, hint=hint, file=wording.path))
    return texts, problems


def _samples(
    planner: Planner,
    connection: Connection,
    row: Any,
    occasion: Occasion,
    lines: Sequence[Line],
    correction: Correction | None,
    headlines: Mapping[str, str],
) -> tuple[dict[tuple[str, str], Mail | Letter | Post], list[Problem]]:
    """What each channel would carry, and why one would refuse it."""
    samples: dict[tuple[str, str], Mail | Letter | Post] = {}
    problems: list[Problem] = []
    for line in lines:
        route = planner.workspace.routes.get(line.channel)
        if route is None or correction is None or line.language not in correction.texts:
            continue
        headline = headlines.get(line.language) or next(iter(headlines.values()), "")
        mended = mended_of(planner, connection, row, correction, headline, line.language)
        try:
            sample = _sample(planner, route, occasion, mended, line.language)
        except TemplateProblemError as error:
            problems += error.problems
            continue
        if sample is not None:
            samples[line.channel, line.language] = sample
            problems += _refusals(
                planner, route, occasion, sample, line.language, file_of(correction.number, row.occurrence)
            )
    return samples, problems


def mended_of(
    planner: Planner, connection: Connection, row: Any, correction: Correction, headline: str, language: str
) -> Mended:
    """What is corrected, as notices in a language speak of it."""
    has_page = bool(notices.page_of(connection, row.id, language))
    base, names = planner.workspace.settings.public_address, (row.campaign, row.announcement, row.occurrence)
    return Mended(
        headline=headline,
        announced_at=row.due_at,
        correction=correction,
        link=addresses.post_link(base, language, *names, has_page=has_page),
        has_page=has_page,
    )


def _sample(
    planner: Planner, route: Route, occasion: Occasion, mended: Mended, language: str
) -> Mail | Letter | Post | None:
    renderer = planner.workspace.renderer_with(None)  # links that differ per person and key are no content
    if route.form is Form.POST:
        return correction_post(renderer, mended, route, language)
    if route.reach is not Reach.EACH:
        return None
    recipient = sample_recipient(planner.workspace.words, language)
    if route.form is Form.LETTER:
        notice = correction_notice(renderer, mended, language, on_paper=True)
        home = own_address(renderer.facts.settings)
        return notice_letter(renderer, notice, recipient, home, "0" * 8, mended.correction.at)
    notice = correction_notice(renderer, mended, language)
    return notice_mail(renderer, notice, recipient, first_role(renderer, occasion, route), chooses=route.is_newsletter)


def _refusals(
    planner: Planner, route: Route, occasion: Occasion, sample: Mail | Letter | Post, language: str, file: str
) -> Iterator[Problem]:
    channel = planner.channels.get(route.name)
    if channel is None:
        return
    campaign, announcement = occasion.campaign.campaign, occasion.announcement
    for refusal in channel.check(sample_message(route, occasion, sample, language)):
        yield Problem(
            code="refused-by-channel",
            message=phrase("{name} would refuse this: {refusal}", name=route.name, refusal=as_phrase(refusal)),
            hint=phrase("What is posted is made of `right:`: shorten that.") if isinstance(sample, Post) else "",
            file=path_of(campaign, announcement, language, file),
        )


def _digest(
    said: str,
    number: int,
    texts: Mapping[str, Corrected],
    lines: Sequence[Line],
    samples: Mapping[tuple[str, str], Mail | Letter | Post],
    *,
    to_all: bool,
) -> str:
    """Of whom it is for no more than `to_all`: they are who got the announcement, and nobody can be added."""
    content = {
        "corrects": said,
        "number": number,
        "to_all": to_all,
        "texts": {language: asdict(text) for language, text in texts.items()},
        "through": sorted({each.channel for each in lines}),
        "posts": {"/".join(each): asdict(sample) for each, sample in samples.items() if isinstance(sample, Post)},
        "mails": {"/".join(each): sample.text for each, sample in samples.items() if isinstance(sample, Mail | Letter)},
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
