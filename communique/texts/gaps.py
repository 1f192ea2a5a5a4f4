"""What a language still lacks, step by step, in the order of docs/officers/languages.md, “Add a language of your own”.

It reads files alone, so that it can be asked before a workspace says that it speaks the language.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from communique.language.formatting import locale_of
from communique.language.plurals import missing_forms, unused_forms
from communique.localisation.regional_languages import nearest, serving, strangers
from communique.phrase import Phrase, phrase
from communique.problems import Problem, ProblemsError
from communique.read.schema import Schema, process_schema, settings_schema
from communique.read.sources import Sources
from communique.read.translations import is_by_language, texts_by_language
from communique.read.yaml_document import Document, Path
from communique.read.yaml_positions import read
from communique.texts.left_untranslated import WORDS, expected_at, is_prose, lines_left, named, phrases, phrases_left

_SETTINGS, _GLOSSARY, _PROCESS = (f"config/{name}.yaml" for name in ("settings", "glossary", "process"))
_WORD = re.compile(r"\w+")
_MARKUP = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """One thing to do, and where."""

    file: str
    what: str
    line: int = 0  #: from 1; 0 where the file is not there yet
    column: int = 0
    words: int = 0  #: how many there are to translate


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One file or campaign of the way."""

    title: str
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Looking:
    sources: Sources
    language: str
    spoken: tuple[str, ...]  #: languages of the settings but this one in any country, the original first
    speak_others: frozenset[str]  #: channels that speak other languages only


def gaps_of(sources: Sources, language: str) -> list[Step]:
    """Every step of the way to a language, those without a gap included.

    Raises:
        ProblemsError: a YAML file on the way cannot be read, or settings name no language.
    """
    settings = _document(sources, _SETTINGS)
    listed = settings.data.get("languages") if isinstance(settings.data, dict) else None
    spoken = tuple(str(each) for each in listed) if isinstance(listed, list) else ()
    it = _Looking(
        sources=sources,
        language=language,
        spoken=tuple(strangers(language, spoken)),
        speak_others=frozenset(_speak_others(settings, language)),
    )
    if not spoken:
        message = phrase("expected the languages that are spoken already, found none")
        raise ProblemsError([settings.problem(("languages",), "missing-translation", message, at_key=True)])
    steps: list[tuple[Phrase, Iterator[Gap]]] = [
        (phrase("Say that you speak it"), _settings(it, settings)),
        (phrase("Official names"), _given(it, _document(sources, _GLOSSARY), _by_look(it))),
        *(
            [(phrase("The process page"), _given(it, _document(sources, _PROCESS), _by(process_schema())))]
            if sources.read(_PROCESS) is not None
            else []
        ),
        (phrase("Fixed phrases"), _phrases(it)),
    ]
    steps += [
        (phrase("Campaign {name}", name=PurePosixPath(path).stem), _campaign(it, _document(sources, path)))
        for path in sources.paths("campaigns")
        if path.endswith(".yaml")
    ]
    return [Step(title=title, gaps=tuple(gaps)) for title, gaps in steps]


def _speak_others(settings: Document, language: str) -> Iterator[str]:
    channels = settings.data.get("channels")
    for name, channel in channels.items() if isinstance(channels, dict) else ():
        listed = channel.get("languages") if isinstance(channel, dict) else None
        if isinstance(listed, list) and language not in listed:
            yield name


def _document(sources: Sources, path: str) -> Document:
    document, problems = read(sources.read(path) or b"", path)
    if document is None:
        raise ProblemsError(
            problems or [Problem(code="missing-file", message=phrase("expected a file, found none"), file=path)]
        )
    return document


def _settings(it: _Looking, settings: Document) -> Iterator[Gap]:
    yield from _listed(it, settings)
    yield from _given(it, settings, _by(settings_schema()))
    yield from _given(it, settings, _by_look(it, "channels"))  # each kind of channel has its own settings


def _listed(it: _Looking, document: Document) -> Iterator[Gap]:
    """The language in the list `languages` of settings or a campaign."""
    listed = document.data.get("languages") if isinstance(document.data, dict) else None
    if isinstance(listed, list) and it.language not in listed:
        line, column, _ = document.key_place(("languages",))
        whole = ", ".join(map(str, [*listed, it.language]))
        yield Gap(
            file=document.file, line=line, column=column, what=phrase("`languages: [{languages}]`", languages=whole)
        )


_Texts = Callable[[Document], Iterator[tuple[Path, dict[str, Any]]]]


def _by(schema: Schema) -> _Texts:
    return lambda document: texts_by_language(document, schema)


def _by_look(it: _Looking, within: str = "") -> _Texts:
    """Where no schema says what is given per language: what has mostly languages for its keys, below a key or all."""

    def found(value: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
        if path and isinstance(value, dict) and is_by_language(value, (*it.spoken, it.language)):
            yield path, value
            return
        steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for step, each in steps:
            yield from found(each, (*path, step))

    if within:
        return lambda document: found(document.data.get(within), (within,))
    return lambda document: found(document.data, ())


def _given(it: _Looking, document: Document, texts: _Texts) -> Iterator[Gap]:
    """Texts that a YAML file gives per language, and not in this one, or in it as in another."""
    for path, by_language in texts(document):
        line, column, _ = document.key_place(path)
        own = nearest(it.language, by_language)
        if own is None:
            original = next((by_language[each] for each in it.spoken if each in by_language), "")
            what = phrase(
                "`{language}:` below `{path}`, for “{text}”",
                language=it.language,
                path=named(path),
                text=_short(original),
            )
            yield Gap(file=document.file, line=line, column=column, what=what, words=_count(original))
            continue
        said = str(by_language[own])
        other = next((each for each in it.spoken if str(by_language.get(each, "")) == said), None)
        if other is not None and is_prose(said) and not _is_name(said):
            what = phrase(
                "`{name}` is still as in `{other}`: “{text}”", name=named(path), other=other, text=_short(said)
            )
            yield Gap(file=document.file, line=line, column=column, what=what, words=_count(said))


def _is_name(said: str) -> bool:
    return all(word[0].isupper() for word in said.split())


def _phrases(it: _Looking) -> Iterator[Gap]:
    path = f"{WORDS}/{it.language}.yaml"
    mains = [each for tag in serving(it.language)[1:] if it.sources.read(each := f"{WORDS}/{tag}.yaml") is not None]
    if it.sources.read(path) is None:
        if mains:
            return
        copied = next((each for other in it.spoken if it.sources.read(each := f"{WORDS}/{other}.yaml") is not None), "")
        what = phrase(
            "not there: copy `{copied}`, or that of a language nearer to it, and translate what is behind each colon",
            copied=copied,
        )
        yield Gap(file=path, what=what, words=_count(_text(it, copied)))
        return
    document = _document(it.sources, path)
    documents = [document, *(_document(it.sources, each) for each in mains)]
    own = {expected_at(each) for one in documents for each in phrases(one)}
    for at, (other, said) in _expected(it).items():
        if at not in own:
            line, _, _ = other.key_place(at)
            what = phrase(
                "no phrase `{name}`, for “{text}” (`{file}:{line}`)",
                name=named(at),
                text=_short(said),
                file=other.file,
                line=line,
            )
            yield Gap(file=path, line=1, column=1, what=what, words=_count(said))
    for left in phrases_left(it.sources, it.language, it.spoken):
        what = phrase(
            "`{name}` is still as in `{other}`: “{text}”", name=left.what, other=left.other, text=_short(left.said)
        )
        yield Gap(file=path, line=left.line, column=left.column, what=what, words=_count(left.said))
    counted = document.data.get("counted") if isinstance(document.data, dict) else None
    for name, forms in counted.items() if isinstance(counted, dict) else ():
        if missing := missing_forms(forms, locale_of(it.language, {})):
            line, column, _ = document.key_place(("counted", name))
            what = phrase("`counted: {name}` has no form for {missing}", name=name, missing=missing)
            yield Gap(file=path, line=line, column=column, what=what, words=1)
        if isinstance(forms, dict) and (unused := unused_forms(forms, locale_of(it.language, {}))):
            line, column, _ = document.key_place(("counted", name))
            what = phrase("`counted: {name}` has {forms}, which no number asks for here", name=name, forms=unused)
            yield Gap(file=path, line=line, column=column, what=what)


def _expected(it: _Looking) -> dict[Path, tuple[Document, Any]]:
    """Phrases that the other languages have, each with a file to take it from; rules of a language are its own."""
    found: dict[Path, tuple[Document, Any]] = {}
    for language in it.spoken:
        path = f"{WORDS}/{language}.yaml"
        if it.sources.read(path) is not None:
            document = _document(it.sources, path)
            for each, said in phrases(document).items():
                if at := expected_at(each):
                    found.setdefault(at, (document, said))
    return found


def _campaign(it: _Looking, document: Document) -> Iterator[Gap]:
    """Its list of languages, its facts, and the texts of its announcements."""
    yield from _listed(it, document)
    yield from _given(it, document, _read_by_the_public(_by_look(it)))
    data = document.data if isinstance(document.data, dict) else {}
    announcements = data.get("announcements")
    for name, announcement in announcements.items() if isinstance(announcements, dict) else ():
        own = announcement.get("languages") if isinstance(announcement, dict) else None
        if own is None or it.language in own:
            yield from _texts(it, f"templates/{data.get('campaign')}/{name}")


def _read_by_the_public(texts: _Texts) -> _Texts:
    """Without titles of the campaign, its milestones and its announcements, which officers read."""
    return lambda document: (
        each
        for each in texts(document)
        if each[0][0] not in {"title", "milestone_titles"} and (each[0][0] != "announcements" or each[0][-1] != "title")
    )


def _texts(it: _Looking, folder: str) -> Iterator[Gap]:
    paths = it.sources.paths(folder)
    by_language = {each: [path for path in paths if path.startswith(f"{folder}/{each}/")] for each in it.spoken}
    original = next((by_language[each] for each in it.spoken if by_language[each]), [])
    for path in original:
        if PurePosixPath(path).stem in it.speak_others:
            continue
        known = [f"{folder}/{tag}/{PurePosixPath(path).name}" for tag in serving(it.language)]
        own = next((each for each in known if each in paths), known[0])
        if own not in paths:
            yield Gap(file=own, what=phrase("not there: translate `{path}`", path=path), words=_count(_text(it, path)))
            continue
        if left := list(lines_left(it.sources, own, it.spoken)):
            first, *more = left
            what = phrase("still as in `{other}`: “{text}”", other=first.other, text=_short(first.said))
            if more:
                what = phrase("{what}; further lines like it: {number}", what=what, number=len(more))
            words = sum(_count(each.said) for each in left)
            yield Gap(file=own, line=first.line, column=first.column, what=what, words=words)


def _text(it: _Looking, path: str) -> str:
    return (it.sources.read(path) or b"").decode("utf-8-sig", "replace")


def _count(text: Any) -> int:
    return len(_WORD.findall(_MARKUP.sub(" ", str(text))))


def _short(text: Any) -> str:
    said = " ".join(str(text).split())
    return said if len(said) <= 48 else f"{said[:47].rstrip()}…"  # noqa: PLR2004 - as much as fits on a line
