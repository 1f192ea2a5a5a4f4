"""A text that may be given in each language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from communique.localisation.french_spaces import spaced
from communique.localisation.regional_languages import nearest, serving_any

#: A language tag (BCP 47) as far as it occurs here: `es`, `pt-BR`, `zh-Hant`.
LANGUAGE = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2}|-[0-9]{3})?$"


@dataclass(frozen=True, slots=True)
class _Matching:
    """What pydantic's Field says as `pattern`: adapters have this module, and no command waits for pydantic to load."""

    pattern: str

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Any]) -> Any:
        """The same schema, with the pattern."""
        return {**handler(source), "pattern": self.pattern}


Language = Annotated[str, _Matching(LANGUAGE)]
Localised = str | Mapping[Language, str]
"""One text for all languages, or one for each."""


def said_in(text: Localised, language: str) -> str:
    """The text in one language; the first that is given where that one is lacking, which `check` says."""
    return text if isinstance(text, str) else text.get(language) or next(iter(text.values()), "")


def localise(value: Any, language: str, languages: tuple[str, ...]) -> Any:
    """The value in one language: a mapping keyed by languages gives its entry, everything else is walked.

    A regional language that has no entry says what its main one does. Texts in French get the spaces that French has
    before its signs.

    Raises:
        KeyError: the mapping is keyed by languages, but by none that serves this one.
    """
    if isinstance(value, str):  # nearly all there is
        return spaced(value, language)
    if isinstance(value, dict | Mapping):
        if value and value.keys() <= serving_any(languages):
            found = language if language in value else nearest(language, value) or language
            return localise(value[found], language, languages)
        return {key: localise(item, language, languages) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [localise(item, language, languages) for item in value]
    return value
