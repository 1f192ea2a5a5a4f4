"""Whether what announcements name is there: milestones, channels, audiences, languages, the meeting."""

from collections.abc import Iterable, Iterator

from communique.language.formatting import shorter_tag
from communique.language.weekday_check import is_known_language
from communique.phrase import phrase
from communique.problems import Problem, did_you_mean
from communique.read.campaign_draft import Draft
from communique.read.yaml_document import Path

_CHANNELS = phrase("config/settings.yaml has no such channel")
_AUDIENCES = phrase("config/settings.yaml has no such audience")


def check_announcements(draft: Draft) -> Iterator[Problem]:
    """Everything about names, announcement by announcement."""
    yield from _repeated(draft, ("languages",))
    titles = draft.at(("milestone_titles",))
    for name in titles if isinstance(titles, dict) else ():
        yield from unknown_milestone(draft, ("milestone_titles", name), name)
    for name in draft.announcements:
        path: Path = ("announcements", name)
        yield from _milestones(draft, path)
        yield from _names(draft, path)
        yield from _audience(draft, path)
        yield from _languages(draft, path)
        yield from _meetings(draft, path)
        yield from _subject(draft, path)
        for key in ("to", "through", "languages", "after"):
            yield from _repeated(draft, (*path, key))


def check_authors(draft: Draft) -> Iterator[Problem]:
    """Where two approvals are asked: who has edited it is known, and enough others are left."""
    rule = draft.settings.approvals if draft.settings else None
    if rule is None or rule.required < 2:  # noqa: PLR2004 - two pairs of eyes
        return
    named = [name for _, name in draft.words(("author",))]
    authors = named or rule.authors or ()
    if not named and rule.authors is None and draft.at(("author",)) is None:
        message = phrase(
            "expected `author`, because {required} approvals are asked and nobody approves an own edit",
            required=rule.required,
        )
        yield draft.problem(
            (),
            "missing-author",
            phrase("{message}; found none", message=message),
            phrase(
                "Add `author: NAME`; or name once who edits all campaigns, in config/settings.yaml: "
                "`authors: [NAME]` below `approvals:`, `[]` if they are edited at the desk alone, which knows who did."
            ),
            warning=True,
        )
    others = set(rule.approvers) - set(authors)
    if rule.approvers and len(others) < rule.required:
        message = phrase(
            "expected {required} approvers who do not edit this campaign, found {number}",
            required=rule.required,
            number=len(others),
        )
        hint = phrase(
            "Nothing of it could ever be approved. Name more people in config/settings.yaml, or fewer authors."
        )
        yield draft.problem(("author",), "too-few-approvers", message, hint)


def _milestones(draft: Draft, path: Path) -> Iterator[Problem]:
    for key in ("when", "not_after", "embargo"):
        when = draft.when((*path, key))
        if when and when.milestone:
            yield from unknown_milestone(draft, (*path, key), when.milestone)
    for where, name in draft.words((*path, "unless")):
        yield from unknown_milestone(draft, where, name)
    every = draft.every((*path, "every"))
    if every and every.until:
        yield from unknown_milestone(draft, (*path, "every"), every.until)


def unknown_milestone(draft: Draft, path: Path, name: str) -> Iterator[Problem]:
    """A moment counted from a milestone that the campaign does not have."""
    if name not in draft.milestones:
        message = phrase("expected a milestone of this campaign, found `{name}`", name=name)
        yield draft.problem(path, "unknown-milestone", message, did_you_mean(name, draft.milestones))


def _names(draft: Draft, path: Path) -> Iterator[Problem]:
    if draft.settings is None:
        return
    for where, word in draft.words((*path, "through")):
        if word not in draft.settings.channels:
            message = phrase("expected an open channel, found `{word}`: {channels}", word=word, channels=_CHANNELS)
            yield draft.problem(where, "unknown-channel", message, did_you_mean(word, draft.settings.channels))
    for where, word in draft.words((*path, "to")):
        if word not in draft.settings.audiences:
            message = phrase("expected an audience, found `{word}`: {audiences}", word=word, audiences=_AUDIENCES)
            yield draft.problem(where, "unknown-audience", message, did_you_mean(word, draft.settings.audiences))


def _audience(draft: Draft, path: Path) -> Iterator[Problem]:
    if draft.at((*path, "to")):
        yield from _unread(draft, path)
        return
    for where, channel in draft.words((*path, "through")):
        if draft.needs_audience(channel):
            known = sorted(draft.settings.audiences) if draft.settings else []
            hint = phrase("Say whom it is written to: `to: [{known}]`.", known=", ".join(known[:2]) or "promoters")
            message = phrase(
                "expected `to` in `{name}`, because `{channel}` writes to people one by one; found none",
                name=path[-1],
                channel=channel,
            )
            yield draft.problem(where, "no-audience", message, hint)


def _unread(draft: Draft, path: Path) -> Iterator[Problem]:
    """An audience beside channels of which none writes to anybody."""
    writing = [name for name in (draft.settings.channels if draft.settings else ()) if draft.needs_audience(name)]
    channels = [word for _, word in draft.words((*path, "through"))]
    if writing and channels and draft.settings and set(channels) <= draft.settings.channels.keys() - set(writing):
        message = phrase(
            "expected a channel that writes to people, because `to` names some; found {channels}",
            channels=", ".join(channels),
        )
        hint = phrase(
            "Nobody in `to` would get a message. Add one of {writing} to `through`, or delete `to`.",
            writing=", ".join(writing),
        )
        yield draft.problem((*path, "to"), "audience-not-written-to", message, hint, warning=True, at_key=True)


def _languages(draft: Draft, path: Path) -> Iterator[Problem]:
    for where, word in draft.words((*path, "languages")):
        if word not in draft.languages:
            message = phrase("expected one of the campaign's languages, found `{word}`", word=word)
            hint = phrase(
                "{guess} Or add it to `languages` at the top of the file.",
                guess=did_you_mean(word, draft.languages),
            )
            yield draft.problem(where, "unknown-language", message, hint)


def check_pages(draft: Draft) -> Iterator[Problem]:
    """Languages of the campaign that nobody can write dates in, or that the website does not have."""
    known = draft.settings.locales if draft.settings else {}
    for where, word in draft.words(("languages",)):
        if shorter := shorter_tag(word):
            message = phrase("expected a language as its shortest tag, found `{word}`", word=word)
            yield draft.problem(
                where, "unknown-language", message, phrase("Did you mean `{shorter}`?", shorter=shorter)
            )
        elif not is_known_language(known.get(word, word)):
            message = phrase("expected a language whose names of days and months are known, found `{word}`", word=word)
            hint = phrase(
                "Is it misspelt? If not, say in config/settings.yaml how dates are written: `locales: {{{word}: en}}`.",
                word=word,
            )
            yield draft.problem(where, "unknown-language", message, hint)
        elif draft.settings and word not in draft.settings.languages:
            message = phrase("expected one of the website's languages, found `{word}`", word=word)
            hint = phrase(
                "config/settings.yaml has {languages}; texts in `{word}` get no page.",
                languages=", ".join(draft.settings.languages),
                word=word,
            )
            yield draft.problem(where, "language-without-pages", message, hint, warning=True)


def _meetings(draft: Draft, path: Path) -> Iterator[Problem]:
    """Facts that are to be meetings."""
    for key in ("invite", "cancel"):
        name = draft.at((*path, key))
        if isinstance(name, str):
            yield from _meeting(draft, (*path, key), name)
    if draft.at((*path, "invite")) and draft.at((*path, "cancel")):
        message = phrase("expected an invitation or a cancellation, found both")
        hint = phrase("A meeting that moves needs `invite` alone: calendars take the new time.")
        yield draft.problem((*path, "cancel"), "wrong-value", message, hint)
    only = draft.at((*path, "only"))
    for each in only if isinstance(only, dict) else ():
        yield from _meeting(draft, (*path, "only", each), each)
    if only and not draft.at((*path, "to")):
        message = phrase("expected `to`, because `only` chooses among the people in it; found none")
        yield draft.problem((*path, "only"), "no-audience", message, phrase("Add `to:` with the audiences it is for."))


def _meeting(draft: Draft, path: Path, name: str) -> Iterator[Problem]:
    fact = draft.facts.get(name)
    meetings = [each for each, value in draft.facts.items() if isinstance(value, dict) and "at" in value]
    if name not in draft.facts:
        message = phrase("expected the name of a meeting in `facts`, found `{name}`", name=name)
        yield draft.problem(path, "missing-fact", message, did_you_mean(name, meetings))
    elif not isinstance(fact, dict) or "at" not in fact:
        message = phrase("expected a fact that is a meeting, found `{name}`, which has no `at`", name=name)
        hint = phrase(
            "Add `at: MILESTONE` to facts.{name}. {meetings}",
            name=name,
            meetings=did_you_mean(name, meetings) if meetings else "",
        ).strip()
        yield draft.problem(path, "not-a-meeting", message, hint)


def _subject(draft: Draft, path: Path) -> Iterator[Problem]:
    """What a release tells newsrooms of."""
    about = draft.at((*path, "about"))
    if isinstance(about, str) and about not in draft.announcements:
        message = phrase("expected an announcement of this campaign, found `{about}`", about=about)
        yield draft.problem((*path, "about"), "unknown-announcement", message, did_you_mean(about, draft.announcements))


def _repeated(draft: Draft, path: Path) -> Iterator[Problem]:
    for where, word in _again(draft.words(path)):
        message = phrase("expected each name once, found `{word}` again", word=word)
        yield draft.problem(where, "repeated-name", message, phrase("Delete one of the two."))


def _again(words: Iterable[tuple[Path, str]]) -> Iterator[tuple[Path, str]]:
    seen: set[str] = set()
    for where, word in words:
        if word in seen:
            yield where, word
        seen.add(word)
