"""What an officer is told, as data: an English sentence with places, and what stands in them."""

from collections.abc import Callable, Mapping
from typing import Any, Self

#: Places in which a text from the ledger may stand.
ON_RECORD = frozenset({"detail", "reason", "refused", "why", "words"})


class Phrase(str):
    """English, wherever a text is wanted; and still what it was made of, for whoever speaks another language.

    `pattern` is the key of a catalogue (`communique.language.catalogue`). A value that is a phrase is said in the
    language, too; any other stays as it was written.
    """

    __slots__ = ("pattern", "values")
    pattern: str
    values: Mapping[str, Any]

    def __new__(cls, text: str, pattern: str = "", values: Mapping[str, Any] | None = None) -> Self:
        """The text in English, its pattern (the text itself by default), and what stands in the places."""
        made = super().__new__(cls, text)
        made.pattern, made.values = pattern or text, values or {}
        return made

    def with_values(self, values: Mapping[str, Any]) -> "Phrase":
        """The same sentence about something else."""
        return Phrase(self.pattern.format(**values) if values else str(self), self.pattern, values)

    def as_data(self) -> dict[str, object]:
        """For JSON: the pattern and the values."""
        values = {name: data_of(value) for name, value in self.values.items()}
        return {"pattern": self.pattern, "values": values}


def phrase(pattern: str, /, **values: object) -> Phrase:
    """A sentence with `{places}`; without values, braces are braces."""
    kept = {name: value if isinstance(value, str | int | float) else str(value) for name, value in values.items()}
    return Phrase(pattern.format(**kept) if kept else pattern, pattern, kept)


def as_phrase(text: str) -> Phrase:
    """A text that may be a phrase; anything else is somebody's own words, and what it is a part of stays English."""
    return text if isinstance(text, Phrase) else Phrase(text)


def told_by(error: BaseException) -> Phrase:
    """What an error was raised with: a phrase as it is; anything else (a library's words) stays English."""
    told = error.args[0] if error.args else ""
    return told if isinstance(told, Phrase) else as_phrase(str(error) or type(error).__name__)


def data_of(value: object) -> object:
    """A text or phrase (or a value of one) for JSON."""
    return value.as_data() if isinstance(value, Phrase) else value


def from_data(data: Any) -> Any:
    """What `data_of` was made from."""
    if not isinstance(data, Mapping):
        return data
    return phrase(data["pattern"], **{name: from_data(value) for name, value in data["values"].items()})


def said_with(
    text: str,
    translate: Callable[[str], str | None],
    recognise: Callable[[str], str | None] = lambda _: None,
    figure: Callable[[float], object] = lambda number: number,
) -> str | None:
    """A phrase in the words of a catalogue; None when it, or a part of it, has none there.

    `recognise` says a plain text in a place for what was put on record, if it is a sentence of ours; `figure` makes a
    number one that is written as the language has it, where its place asks for a form.
    """
    if not isinstance(text, Phrase):
        return None
    ours = translate(text.pattern)
    if ours is None:
        return None
    values: dict[str, Any] = {}
    for name, value in text.values.items():
        said = said_with(value, translate, recognise, figure) if isinstance(value, Phrase) else value
        if said is None:
            return None
        on_record = name in ON_RECORD and type(said) is str and not isinstance(value, Phrase)
        values[name] = (
            figure(said) if isinstance(said, int | float) else (recognise(said) if on_record else None) or said
        )
    return ours.format(**values) if values else ours
