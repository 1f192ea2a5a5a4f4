"""Fixed phrases of pages and mails: `templates/layouts/words/<language>.yaml`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from communique.language.formatting import locale_of
from communique.language.plurals import missing_forms
from communique.language.weekday_check import is_known_language
from communique.localisation.french_spaces import spaced
from communique.localisation.regional_languages import serving
from communique.phrase import phrase
from communique.problems import Problem, Severity
from communique.read.sources import Sources
from communique.read.yaml_document import Document
from communique.read.yaml_positions import read
from communique.texts.left_untranslated import RULES, WORDS, expected_at, named, phrases
from communique.texts.newer_phrases import has_older_phrases, newer_phrases, shipped_phrases
from communique.texts.templates import TemplateProblemError

_FORMS = frozenset({"zero", "one", "two", "few", "many", "other"})  #: of what is counted (Unicode's CLDR)


#: For officers and operators alone: where a town's file is older than the program, theirs are the program's.
_ALERTS = "alerts"


class Phrases(dict[str, Any]):
    """Fixed phrases by name, some in groups. One that is missing is named with its file and the group it belongs to."""

    def __init__(self, phrases: Mapping[str, Any], file: str, group: str = "") -> None:
        super().__init__(
            {
                name: Phrases(value, file, f"{group}{name}: ") if isinstance(value, Mapping) else value
                for name, value in phrases.items()
            }
        )
        self._file, self._group = file, group

    def __missing__(self, name: str) -> NoReturn:
        """A town's words are its own, and may be older than the program.

        Raises:
            TemplateProblemError: always.
        """
        message = phrase("expected the phrase `{name}`, found none", name=f"{self._group}{name}")
        hint = phrase("It came with a newer version: `communique language TAG --phrases --act` adds it to the file.")
        raise TemplateProblemError(Problem(code="missing-translation", message=message, hint=hint, file=self._file))


@dataclass(frozen=True)
class Words:
    """The phrases of each language, read once."""

    sources: Sources
    _read: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _problems: dict[tuple[str, ...], list[Problem]] = field(default_factory=dict)  #: every announcement's check asks

    def of(self, language: str) -> Mapping[str, Any]:
        """A language's phrases; of its main language (`pt` for `pt-BR`) where its own file has none."""
        if language not in self._read:
            paths = self._paths(language)
            said: Mapping[str, Any] = {}
            for path in reversed(paths):
                document, _ = read(self.sources.read(path) or b"", path)
                own = document.data if document is not None and isinstance(document.data, Mapping) else {}
                said = _over(said, own)
            said = _spaced(self._with_all_alerts(said, language), language)
            self._read[language] = Phrases(said, paths[0] if paths else _file(language))
        return self._read[language]

    def _with_all_alerts(self, said: Mapping[str, Any], language: str) -> Mapping[str, Any]:
        """An alert is never kept back for want of a phrase: those that the town does not have are the program's."""
        own = said.get(_ALERTS)
        if not isinstance(own, Mapping) or has_older_phrases(self.sources, language):
            alerts = shipped_phrases(language).get(_ALERTS, {})
            return {**said, _ALERTS: _over(alerts, own) if isinstance(own, Mapping) else alerts}
        return said

    def problems(self, languages: tuple[str, ...]) -> list[Problem]:
        """Languages without phrases, and phrases that some language lacks."""
        if languages not in self._problems:
            self._problems[languages] = self._found(languages)
        return self._problems[languages]

    def _found(self, languages: tuple[str, ...]) -> list[Problem]:
        found = [problem for language in languages for problem in self._file_problems(language)]
        own = {language: self._names(language) for language in languages}
        known = dict.fromkeys(name for names in own.values() for name in names)
        for language, names in own.items():
            missing = [name for name in known if name not in names]
            if missing and names:
                message = phrase(
                    "expected the same phrases in every language, found none for {missing}", missing=", ".join(missing)
                )
                hint = phrase(
                    "`communique language {language}` says where another language has them.", language=language
                )
                file = next(iter(self._paths(language)), "")
                found.append(Problem(code="missing-translation", message=message, hint=hint, file=file))
        return found

    def older(self, languages: tuple[str, ...]) -> Iterator[Problem]:
        """What a new version has brought, and the town's files do not have yet."""
        for newer in newer_phrases(self.sources, languages):
            message = phrase(
                "expected every phrase that this version of the program has, found none for {missing}",
                missing=", ".join(newer.names),
            )
            hint = phrase(
                "`communique language {language} --phrases` shows them, and with `--act` adds them and nothing else.",
                language=newer.document.file.rpartition("/")[2].removesuffix(".yaml"),
            )
            yield Problem(
                code="missing-translation",
                message=message,
                hint=hint,
                file=newer.document.file,
                severity=Severity.WARNING,
            )

    def _names(self, language: str) -> Mapping[str, None]:
        """Every phrase by its name, those in groups included; rules of a language are its own."""
        documents = [read(self.sources.read(path) or b"", path)[0] for path in self._paths(language)]
        found = (path for document in documents for path in phrases(document))
        return dict.fromkeys(named(at) for path in found if (at := expected_at(path)))

    def _file_problems(self, language: str) -> list[Problem]:
        paths = self._paths(language)
        if not paths:
            message = phrase(
                "expected the fixed phrases of pages and mails in `{language}`, found no such file", language=language
            )
            hint = phrase("Copy the file of a language you know, and translate it.")
            return [Problem(code="missing-translation", message=message, hint=hint, file=_file(language))]
        found: list[Problem] = []
        for path in paths:
            document, problems = read(self.sources.read(path) or b"", path)
            found += problems
            if document is not None:
                found += _missing_forms(document, language)
        return found

    def _paths(self, language: str) -> list[str]:
        """Its own file and those of the languages that serve it, as far as they are there."""
        return [path for tag in serving(language) if self.sources.read(path := _file(tag)) is not None]


def _file(language: str) -> str:
    return f"{WORDS}/{language}.yaml"


def _over(below: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Phrases of one language laid over another's, group by group; how a thing is counted or said goes as a whole."""
    found = dict(below)
    for name, value in own.items():
        under = found.get(name)
        is_group = isinstance(value, Mapping) and isinstance(under, Mapping) and not all(map(_is_form, under))
        found[name] = _over(under, value) if is_group else value  # type: ignore[arg-type] # two mappings
    return found


def _is_form(name: object) -> bool:
    return str(name).isdigit() or name in _FORMS


def _spaced(said: Any, language: str) -> Any:
    """Phrases with the spaces of French; how it speaks is nothing to read."""
    if isinstance(said, Mapping):
        return {name: value if name in RULES else _spaced(value, language) for name, value in said.items()}
    if isinstance(said, list):
        return [_spaced(each, language) for each in said]
    return spaced(said, language) if isinstance(said, str) else said


def _missing_forms(document: Document, language: str) -> Iterator[Problem]:
    """What the language counts in a form of its own, and a phrase below `counted:` does not."""
    phrases = document.data.get("counted") if isinstance(document.data, Mapping) else None
    if not isinstance(phrases, Mapping) or not is_known_language(language):
        return
    for name, forms in phrases.items():
        if missing := missing_forms(forms, locale_of(language, {})):
            message = phrase(
                "expected a form of `{name}` for every number that `{language}` counts with, found none for {missing}",
                name=name,
                language=language,
                missing=missing,
            )
            hint = phrase('`#` stands for the number: `one: "# commitment"`. A form may do without it.')
            yield document.problem(("counted", name), "missing-translation", message, hint=hint)
