"""A text that may be given in each language."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

#: A language tag (BCP 47) as far as it occurs here: `es`, `pt-BR`, `zh-Hant`.
LANGUAGE = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2}|-[0-9]{3})?$"

Language = Annotated[str, Field(pattern=LANGUAGE)]
Localised = str | Mapping[Language, str]
"""One text for all languages, or one for each."""


def said_in(text: Localised, language: str) -> str:
    """The text in one language; the first that is given where that one is lacking, which `check` says."""
    return text if isinstance(text, str) else text.get(language) or next(iter(text.values()), "")
