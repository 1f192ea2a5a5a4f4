"""`config/settings.yaml` and `config/glossary.yaml`, read, with everything that is wrong with them at once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from communique.channel import Channel, Form
from communique.language.mistyped_domains import mistyped
from communique.language.postal import postcode_fits
from communique.language.territories import country_of_zone
from communique.language.unlikely_figures import short_numbers
from communique.language.weekday_check import is_known_language, is_known_locale
from communique.phrase import phrase, told_by
from communique.problems import Problem, Severity, at_place, did_you_mean, errors, in_order
from communique.read.channel_settings import check_channel
from communique.read.curly_quotes import curly_quotes
from communique.read.desk_checks import desk_problems
from communique.read.mailbox_checks import bounce_problems, canary_problems
from communique.read.model_file import fill
from communique.read.schema import settings_schema
from communique.read.secrets_in_text import hidden, secret_problems
from communique.read.translations import is_by_language, translation_problems, untranslated
from communique.read.yaml_document import Document, Path
from communique.read.yaml_positions import read
from communique.settings import PAGES_BESIDE_TOPICS, Glossary, Settings
from communique.working_days import working_days

Kinds = Mapping[str, type[Channel]]
#: What is not for the adapter.
_OF_EVERY_KIND = {"kind", "languages", "rate", "rate_per_domain", "warm_up"}
#: Digits, what stands between them, and an extension at the end.
_PHONE = re.compile(r"\+?[\d\s().\-/]*\d[\d\s().\-/]*(?:(?:ext\.?|x|#)\s?\d+)?", re.IGNORECASE)

#: How late news may be, before it is none.
_PATIENCE = timedelta(days=7)


def read_settings(text: str | bytes, file: str, kinds: Kinds | None = None) -> tuple[Settings | None, list[Problem]]:
    """The settings, or None when a problem is an error; and all problems in the order of the file.

    Args:
        text: the file's bytes, or its text.
        file: the path below the workspace.
        kinds: the adapters; with them each channel's kind and own settings are checked, too (without secrets).
    """
    document, broken = read(text, file)
    if document is None:
        return None, hidden(broken)
    secrets = secret_problems(document)
    settings, problems = fill(Settings, document)
    if isinstance(document.data, dict):
        problems += _checked(document, kinds)
    if settings is not None:
        problems += _agreed(document, settings)
    places = {(problem.line, problem.column) for problem in secrets}
    problems = [problem for problem in problems if (problem.line, problem.column) not in places] + secrets
    problems = [*broken, *document.unmended(problems)]
    return (None if errors(problems) else settings), hidden(in_order(problems))


def read_glossary(text: str | bytes, file: str, languages: tuple[str, ...]) -> tuple[Glossary | None, list[Problem]]:
    """The glossary, or None when a problem is an error; every name in every language of the settings."""
    document, problems = read(text, file)
    if document is None:
        return None, problems
    glossary, faults = fill(Glossary, document)
    problems += document.unmended([*faults, *_untranslated(document, (), languages)])
    return (None if errors(problems) else glossary), in_order(problems)


def _checked(document: Document, kinds: Kinds | None) -> Iterator[Problem]:
    """What can be checked on a file that may be faulty elsewhere."""
    languages = document.data.get("languages")
    spoken = tuple(each for each in languages if isinstance(each, str)) if isinstance(languages, list) else ()
    if spoken:
        yield from untranslated(document, settings_schema(), spoken)
    channels = document.data.get("channels")
    for name, channel in channels.items() if isinstance(channels, dict) and kinds is not None else ():
        yield from _channel(document, name, channel, kinds or {}, spoken)


def _untranslated(document: Document, path: Path, languages: tuple[str, ...]) -> Iterator[Problem]:
    value: Any = document.data
    for step in path:
        value = value[step]
    if path and isinstance(value, dict) and is_by_language(value, languages):
        yield from translation_problems(document, path, value, languages, phrase("the website's"))
    elif isinstance(value, dict):
        for key in value:
            yield from _untranslated(document, (*path, key), languages)


def _channel(
    document: Document, name: str, channel: Any, kinds: Kinds, languages: tuple[str, ...]
) -> Iterator[Problem]:
    kind = channel.get("kind") if isinstance(channel, dict) else None
    if not isinstance(kind, str):
        return
    path: Path = ("channels", name)
    if kind not in kinds:
        message = phrase("expected a kind of channel, found `{kind}`", kind=kind)
        yield document.problem((*path, "kind"), "unknown-kind", message, hint=did_you_mean(kind, kinds))
        return
    if channel.get("rate_per_domain") and kinds[kind].form is not Form.MAIL:
        message = phrase(
            "expected `rate_per_domain` at a channel of mails, found it at one of the kind {kind}", kind=kind
        )
        yield document.problem((*path, "rate_per_domain"), "wrong-value", message, hint=phrase("Use `rate` there."))
    own = channel.get("languages")
    spoken = tuple(each for each in own if isinstance(each, str)) if isinstance(own, list) else languages
    yield from check_channel(document.part(path, without=_OF_EVERY_KIND), kinds[kind], spoken)


def _contact(document: Document, settings: Settings) -> Iterator[Problem]:
    """Whether readers can call and write to whom every mail names."""
    contact, path = settings.government.contact, ("government", "contact")
    if contact.phone and not _PHONE.fullmatch(contact.phone):
        message = phrase("expected a telephone number with the country code, found `{phone}`", phone=contact.phone)
        hint = phrase('Write digits: `"+34 955 000 000"`. Is a letter O meant as a zero?')
        yield document.problem((*path, "phone"), "wrong-value", message, hint=hint, severity=Severity.WARNING)
    elif found := next(short_numbers(contact.phone, ""), None):
        message = phrase(
            "expected a telephone number of {digits} digits, found `{found}`",
            digits="/".join(map(str, found[1])),
            found=found[0],
        )
        hint = phrase("The number of the country is not counted. Is a digit missing, or one too many?")
        yield document.problem((*path, "phone"), "wrong-value", message, hint=hint, severity=Severity.WARNING)
    if problem := mistyped(contact.email):
        line, column, source = document.place((*path, "email"))
        yield at_place(problem, file=document.file, line=line, column=column, source=source)


def _postcode(document: Document, settings: Settings) -> Iterator[Problem]:
    """Figures right before the town's name that are no postcode of the country: a leading zero or a digit was lost."""
    place, country = settings.government.place, settings.holidays.country
    for town in [place] if isinstance(place, str) else place.values():
        match = re.search(rf"^(\d[\d -]*\d) {re.escape(town)}\b", settings.government.address, re.MULTILINE)
        if match and not postcode_fits(match[1], country):
            message = phrase("expected a postcode of {country}, found `{found}`", country=country, found=match[1])
            hint = phrase("It stands on every letter and at the foot of every mail. Is a digit missing?")
            yield document.problem(
                ("government", "address"), "wrong-value", message, hint=hint, severity=Severity.WARNING
            )
            return


def _agreed(document: Document, settings: Settings) -> Iterator[Problem]:
    """What has to fit together."""
    try:
        working_days(settings.holidays)
    except ValueError as error:
        yield document.problem(
            ("holidays",), "wrong-value", phrase("expected a calendar of holidays: {error}", error=told_by(error))
        )
    yield from _zone(document, settings)
    approvals = settings.approvals
    if approvals.approvers and approvals.required > len(set(approvals.approvers)):
        message = phrase(
            "expected at least {required} different approvers, found {number}",
            required=approvals.required,
            number=len(set(approvals.approvers)),
        )
        hint = phrase("Nothing could ever be approved. Name more people, or require fewer.")
        yield document.problem(("approvals", "required"), "wrong-value", message, hint=hint)
    yield from _twice(document, approvals.approvers)
    if settings.late_window > _PATIENCE:
        message = phrase(
            "expected at most {most} days, found {found}", most=_PATIENCE.days, found=settings.late_window.days
        )
        hint = phrase("After a standstill, news that is older than that would go out. Are hours meant?")
        yield document.problem(("late_window",), "wrong-value", message, hint=hint, severity=Severity.WARNING)
    yield from _no_way_for_mails(document, settings)
    yield from _contact(document, settings)
    yield from _postcode(document, settings)
    yield from curly_quotes(document)
    for topic in PAGES_BESIDE_TOPICS.intersection(settings.subscribing.topics):
        message = phrase(
            "expected the name of a campaign, found `{topic}`: a page of the website is called so", topic=topic
        )
        hint = phrase("The topic's page would take its place. Give the campaign another name, in its file and here.")
        yield document.problem(("subscribing", "topics", topic), "reserved-name", message, hint=hint, at_key=True)
    yield from bounce_problems(document, settings)
    yield from canary_problems(document, settings)
    yield from desk_problems(document, settings)
    for language, locale in settings.locales.items():
        if not is_known_locale(locale):
            message = phrase("expected a locale such as `en-GB`, found `{locale}`", locale=locale)
            hint = phrase("It is a language and a country: dates would be written as elsewhere.")
            yield document.problem(("locales", language), "wrong-value", message, hint=hint)
    for index, language in enumerate(settings.languages):
        if not is_known_language(settings.locales.get(language, language)):
            message = phrase(
                "expected a language whose names of days and months are known, found `{language}`", language=language
            )
            hint = phrase(
                "Is it misspelt? If not, say how dates are written in it: `locales: {{{language}: en}}`.",
                language=language,
            )
            yield document.problem(("languages", index), "unknown-language", message, hint=hint)
        if language in settings.languages[:index]:
            message = phrase("expected each name once, found `{language}` again", language=language)
            yield document.problem(
                ("languages", index), "repeated-name", message, hint=phrase("Delete one of the two.")
            )


def _zone(document: Document, settings: Settings) -> Iterator[Problem]:
    """A zone of another country than that of the holidays: every hour would be another one."""
    country = settings.holidays.country
    there = country_of_zone(str(settings.timezone))
    if there and there != country:
        message = phrase(
            "expected a zone of the country of `holidays:` ({country}), found {zone}",
            country=country,
            zone=settings.timezone,
        )
        hint = phrase("All hours in campaigns are meant in this zone. Correct it, or the country.")
        yield document.problem(("timezone",), "wrong-value", message, hint=hint, severity=Severity.WARNING)


def _twice(document: Document, approvers: Sequence[str]) -> Iterator[Problem]:
    for index, name in enumerate(approvers):
        if name in approvers[:index]:
            message = phrase("expected each name once, found `{language}` again", language=name)
            hint = phrase("Delete one of the two.")
            yield document.problem(("approvals", "approvers", index), "repeated-name", message, hint=hint)


def _no_way_for_mails(document: Document, settings: Settings) -> Iterator[Problem]:
    """Mails of our own that no channel of the kind email carries."""
    has_newsletter = any(each.kind == "newsletter" for each in settings.channels.values())
    for part, through, what in (
        ("alerts", settings.alerts.through if settings.alerts.to else "", phrase("carry alerts")),
        # Without one, nobody can subscribe to a newsletter.
        ("subscribing", settings.subscribing.through if has_newsletter else "", phrase("ask addresses to confirm")),
        ("canary", settings.canary.through if settings.canary else "", phrase("carry the canary")),
    ):
        channel = settings.channels.get(through)
        if through and part in document.data and (channel is None or channel.kind != "email"):
            message = phrase(
                "expected a channel of the kind email to {what}, found `{through}`", what=what, through=through
            )
            hint = did_you_mean(through, [name for name, each in settings.channels.items() if each.kind == "email"])
            place = (part, "through") if "through" in document.data[part] else (part,)
            yield document.problem(place, "wrong-value", message, hint=hint)
