"""Everything an announcement will say, rendered for a sample recipient before anybody receives it.

What is wrong with it, and the hash that an approval is bound to.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from communique.channel import (
    Channel,
    Form,
    Infographic,
    Letter,
    Mail,
    Measure,
    Measured,
    Message,
    Post,
    Script,
)
from communique.occasion import Occasion
from communique.phrase import as_phrase, phrase
from communique.plan.checks.between_languages import check_between_languages
from communique.plan.checks.card import card_faults
from communique.plan.checks.copied_text import check_copied_text
from communique.plan.checks.document import check_document
from communique.plan.checks.fold import check_folds
from communique.plan.checks.known_names import check_known_names
from communique.plan.checks.leaving import check_leaving
from communique.plan.checks.link import check_links, links_to_others
from communique.plan.checks.mail_html import check_mail_html
from communique.plan.checks.mail_traits import check_mail_traits
from communique.plan.checks.own_addresses import check_own_addresses
from communique.plan.checks.page import check_page
from communique.plan.checks.press import check_embargo, check_quotations
from communique.plan.checks.prose import check_prose, check_top_language
from communique.plan.checks.put_together import check_put_together
from communique.plan.checks.reading import Text, check_reading, starts_of
from communique.plan.checks.screen import check_screens
from communique.plan.checks.script import check_scripts
from communique.plan.checks.sense import check_days_by_today, check_sense
from communique.plan.checks.text import check_texts, found_again
from communique.plan.checks.typed_days import check_typed_days
from communique.plan.checks.typed_times import KnownTimes, check_typed_times, known_times
from communique.plan.findings import Channels, Findings, routes_and_languages
from communique.plan.samples import Sample, sample_message, sample_of, sample_recipient, sample_to
from communique.problems import Problem, Severity, in_order
from communique.publication import Publication
from communique.routes import SUBSCRIBERS, Route
from communique.texts.articles import wants_no_picture
from communique.texts.rendering import Addressee, Renderer
from communique.texts.slips import find_slips
from communique.texts.templates import TemplateProblemError
from communique.texts.wording import Wording, path_of
from communique.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Preflight(Findings):
    """The same, with what it was found in."""

    samples: Mapping[tuple[str, str], Sample]  #: by channel and language


def preflight(workspace: Workspace, channels: Channels, occasion: Occasion) -> Preflight:
    """Render every channel and language of an occasion for a sample recipient, and check the result."""
    renderer = workspace.renderer_with(None)  # links that differ per person and key are no content
    samples: dict[tuple[str, str], Sample] = {}
    sources: dict[str, bytes] = {}
    problems: list[Problem] = []
    measures: dict[tuple[str, str], Measure] = {}
    known = known_times(occasion)
    read_through: set[tuple[str, str]] = set()  # several channels say the same text
    for route, language in routes_and_languages(workspace, occasion):
        try:
            texts = renderer.wordings(occasion, route, language)
            problems += [
                each for wording in texts for each in check_quotations(occasion, wording, is_press=route.is_press)
            ]
            for wording in texts:
                if (wording.path, language) not in read_through:
                    read_through.add((wording.path, language))
                    problems += _of_wording(workspace, occasion, known, wording, language)
            samples[route.name, language] = sample = sample_of(workspace, renderer, occasion, route, language)
        except TemplateProblemError as error:
            problems += [_placed(workspace, occasion, problem, language) for problem in error.problems]
            continue
        sources |= {wording.path: wording.raw for wording in texts}
        problems += card_faults(sample, texts[0])
        problems += _unseen_picture(occasion, route, texts[0])
        channel = channels.get(route.name)
        if channel is None or isinstance(sample, Publication):
            continue
        message = sample_message(route, occasion, sample, language)
        problems += _refusals(channel, route, message, texts[0].path)
        problems += check_leaving(workspace, occasion, route, channel, message)
        if isinstance(channel, Measured) and isinstance(sample, Post):
            measures[route.name, language] = channel.measure(message)
    variants, faults = _variants(renderer, workspace, occasion, samples)
    problems += faults
    problems += check_screens(samples)
    problems += check_embargo(workspace, occasion)
    problems += check_document(workspace, occasion)
    paths = _paths(renderer, occasion, samples, workspace)
    problems += check_texts(workspace, occasion, samples, paths)
    problems += check_folds(workspace, occasion, samples, measures, paths)
    read = {
        way: _text(renderer, occasion, workspace, way, sample, paths[way])
        for way, sample in samples.items()
        if not isinstance(sample, Infographic)  # its words are laid out, and not its officer's
    }
    problems += check_between_languages(workspace.settings.locales, read)
    pointed_at = (
        *check_reading(read),
        *check_prose(read),
        *check_links(workspace, read),
        *check_copied_text(workspace.settings, read),
        *check_sense(workspace.settings, read, occasion.due_at),
        *check_known_names(workspace.settings, occasion.campaign.facts, read, workspace.glossary.model_dump()),
        *check_own_addresses(workspace.settings, occasion.campaign.facts, read),
        *check_days_by_today({way: text for way, text in read.items() if isinstance(samples[way], Publication)}),
        *check_put_together(workspace.settings, read),
        *check_scripts(samples),
        *check_mail_traits(samples, paths),
        *check_mail_html(samples, paths, {way: text.html for way, text in read.items()}),
        *_of_the_page(workspace, occasion, samples),
    )
    problems += [_at_its_line(workspace, problem, words) for problem, words in pointed_at]
    waived = {**occasion.campaign.waive, **occasion.campaign.announcements[occasion.announcement].waive}
    return Preflight(
        digest=_digest(occasion, samples, sources, variants),
        problems=tuple(in_order(problem for problem in problems if problem.code not in waived)),
        measures=measures,
        links=tuple(dict.fromkeys(links_to_others(workspace, read.values()))),
        samples=samples,
    )


def _of_wording(
    workspace: Workspace, occasion: Occasion, known: KnownTimes, wording: Wording, language: str
) -> Iterator[Problem]:
    """What can be told of a text before it is filled, whatever channel says it."""
    yield from find_slips(wording)
    yield from check_typed_times(workspace, occasion, known, wording, language)
    yield from check_typed_days(workspace, occasion, known, wording, language)
    yield from check_top_language(wording, language)


def _text(
    renderer: Renderer, occasion: Occasion, workspace: Workspace, way: tuple[str, str], sample: Sample, file: str
) -> Text:
    """What is read of a sample, without what stands around every mail."""
    channel, language = way
    if isinstance(sample, Mail | Letter):
        article, _ = renderer.article(occasion, workspace.routes[channel], sample_recipient(renderer.words, language))
        return Text(language=language, file=file, text=article.text, html=article.html)
    html = sample.html if isinstance(sample, Publication) else ""
    return Text(language=language, file=file, text=sample.text, html=html)


def _of_the_page(
    workspace: Workspace, occasion: Occasion, samples: Mapping[tuple[str, str], Sample]
) -> Iterator[tuple[Problem, str]]:
    """In its first language: the others have the same layout."""
    page = next((each for each in samples.values() if isinstance(each, Publication)), None)
    if page is not None:
        yield from check_page(workspace, occasion, page)


def _at_its_line(workspace: Workspace, problem: Problem, words: str) -> Problem:
    """At the line that has the longest beginning of these words."""
    found = (found_again(workspace, problem, each) for each in starts_of(words))
    return next((each for each in found if each.line), problem)


def _placed(workspace: Workspace, occasion: Occasion, problem: Problem, language: str) -> Problem:
    """A text that is not there is a fault of the announcement that asks for it."""
    if problem.code != "missing-template":
        return problem
    campaign = occasion.campaign.campaign
    spoken = occasion.campaign.languages_of(occasion.announcement)
    path = _as_others_have_it(workspace, problem.file, spoken)
    name = path.rpartition("/")[2]
    others = [
        other
        for other in spoken
        if workspace.sources.read(path_of(campaign, occasion.announcement, other, name)) is not None
    ]
    return workspace.document(campaign).problem(
        ("announcements", occasion.announcement),
        "missing-translation" if others else "missing-template",
        phrase("expected a text in `{language}`, found no file {path}", language=language, path=path),
        hint=_beside(workspace, path)
        or (
            phrase("Translate the one in {others}, or say which `languages:` it has.", others=", ".join(others))
            if others
            else problem.hint
        ),
        at_key=True,
    )


def _as_others_have_it(workspace: Workspace, path: str, languages: tuple[str, ...]) -> str:
    """A path that is missing, under the name that another language's file has: `press.md` does for `article.md`."""
    announcement, language, name = path.rsplit("/", 2)
    ending = name.rpartition(".")[2]
    names = {each: _names(workspace, f"{announcement}/{each}", ending) for each in languages}
    if any(name in theirs for theirs in names.values()):
        return path
    instead = next((each for other in languages for each in names[other] if each not in names.get(language, ())), name)
    return f"{announcement}/{language}/{instead}"


def _names(workspace: Workspace, folder: str, ending: str) -> list[str]:
    return [each.rpartition("/")[2] for each in workspace.sources.paths(folder) if each.endswith(f".{ending}")]


def _beside(workspace: Workspace, path: str) -> str:
    """A file that was meant to be the one at a path: capital letters, or a second ending that an editor added."""
    folder = path.rsplit("/", 2)[0]
    stem = path.lower().rpartition(".")[0]
    meant = [each for each in workspace.sources.paths(folder) if each.lower().startswith(f"{stem}.") and each != path]
    return f"Is it {meant[0]}? Rename that file: {path}." if meant else ""


def _unseen_picture(occasion: Occasion, route: Route, wording: Wording) -> list[Problem]:
    """Mails and feeds show the picture of the announcement's page: without a page they show none."""
    if (
        occasion.has_page
        or route.is_press
        or route.form is Form.POST
        or "image" not in wording.top
        or wants_no_picture(wording)
    ):
        return []
    message = phrase("expected a page of this announcement, where its picture would lie, found none: nobody sees it")
    hint = phrase("Add a website to `through:`, or take `image:` out of this text.")
    place = wording.top["image"].line, 1
    return [wording.problem(place, "picture-without-page", message, hint=hint, severity=Severity.WARNING)]


def _refusals(channel: Channel, route: Route, message: Message, path: str) -> list[Problem]:
    """What the channel itself would refuse; of a script, each length at its own text."""
    if isinstance(message.content, Script) and len(message.content.spots) > 1:
        apart = [(spot, replace(message.content, spots=(spot,))) for spot in message.content.spots]
        return [
            refusal
            for spot, script in apart
            for refusal in _refusals(channel, route, message._replace(content=script), spot.file)
        ]
    hints = {
        Form.POST: phrase("Shorten it, or write one for this channel alone: {name}.txt beside it.", name=route.name),
        Form.SCRIPT: phrase(
            "Shorten it, or delete it where the other lengths are enough. Is the name of the place long? "
            "`short_place` below `government` in config/settings.yaml is said in its stead."
        ),
    }
    return [
        Problem(
            code="refused-by-channel",
            message=phrase("{name} would refuse this: {refusal}", name=route.name, refusal=as_phrase(refusal)),
            hint=hints.get(route.form, ""),
            file=path,
            line=1,
            column=1,
        )
        for refusal in channel.check(message)
    ]


def _paths(
    renderer: Renderer, occasion: Occasion, samples: Mapping[tuple[str, str], Sample], workspace: Workspace
) -> dict[tuple[str, str], str]:
    return {
        (channel, language): renderer.wordings(occasion, workspace.routes[channel], language)[0].path
        for channel, language in samples
    }


def _variants(
    renderer: Renderer, workspace: Workspace, occasion: Occasion, samples: Mapping[tuple[str, str], Sample]
) -> tuple[list[str], list[Problem]]:
    """What is said to those whom the sample does not stand for: people of other audiences, and of no organisation.

    Hashes of mails and letters, and what keeps some from being written.
    """
    audiences = workspace.settings.audiences
    named = occasion.campaign.announcements[occasion.announcement].to
    roles = sorted({str(audiences[name].role) for name in named if name in audiences})
    said: list[str] = []
    problems: list[Problem] = []
    for channel, language in sorted(each for each, sample in samples.items() if isinstance(sample, Mail | Letter)):
        route = workspace.routes[channel]
        for role in [SUBSCRIBERS] if route.is_newsletter else roles:
            recipient = sample_recipient(renderer.words, language)._replace(organisation="")
            try:
                written = sample_to(renderer, occasion, route, Addressee(recipient=recipient, role=role))
                said.append(hashlib.sha256(repr(written).encode()).hexdigest())
            except TemplateProblemError as error:
                problems += error.problems
    return said, problems


def _digest(
    occasion: Occasion,
    samples: Mapping[tuple[str, str], Sample],
    sources: Mapping[str, bytes],
    variants: Sequence[str],
) -> str:
    announcement = occasion.campaign.announcements[occasion.announcement]
    said = {
        "occasion": [occasion.campaign.campaign, occasion.announcement, occasion.occurrence],
        "to": announcement.to,
        "only": dict(announcement.only),
        "cancel": announcement.cancel,
        "through": announcement.through,
        "due_at": occasion.due_at.isoformat(),
        "not_after": str(announcement.not_after or ""),
        **({"unless": announcement.unless} if announcement.unless else {}),
        **({"after": sorted(announcement.gates)} if announcement.gates else {}),
        **({"embargo": str(announcement.embargo)} if announcement.embargo else {}),
        "samples": {"/".join(each): _plain(asdict(sample)) for each, sample in sorted(samples.items())},
        "variants": variants,
        # Wording that depends on the person is not all in the samples.
        "sources": {path: hashlib.sha256(raw).hexdigest() for path, raw in sorted(sources.items())},
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value
