"""The infographic: a picture for networks, pages and slides, its words, and a poster to print; for a person to use."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from channels.atomic_files import unchanged, write_files
from channels.packs import place_of, receipt_of
from channels.paper.own_process import SHARED
from channels.paper.press import Press
from communique.channel import (
    Form,
    InDoubt,
    Infographic,
    Lack,
    Message,
    PermanentError,
    Reach,
    Receipt,
    in_turn,
    phrase,
)

_PICTURE, _OUTLINES, _POSTER = "infographic.png", "infographic.svg", "poster.pdf"
_NO_PICTURE = phrase(
    "There is no picture. It is drawn from templates/layouts/cards/infographic.svg, and needs the Noto fonts "
    "(Debian: fonts-noto-core)."
)
#: Of the poster's letters, in points: as large as lets it have one page.
_SIZES = (15.0, 13.0, 11.5, 10.5, 9.5, 8.5)
_DOES = phrase("shows and prints it")


@dataclass(kw_only=True)
class InfographicChannel:
    """Writes a folder for each announcement and language: `infographic/CAMPAIGN-ANNOUNCEMENT-once/es`.

    Args:
        directory: where the folders are written.
        poster: whether there is a poster (A4, PDF) among the files.
    """

    reach: ClassVar[Reach] = Reach.ALL
    form: ClassVar[Form] = Form.INFOGRAPHIC
    in_doubt: ClassVar[InDoubt] = InDoubt.REWRITE
    local: ClassVar[bool] = True

    directory: Path
    poster: bool = True

    def __post_init__(self) -> None:
        self._press = SHARED

    def check(self, message: Message) -> Sequence[str]:
        """Refused is what has no picture: a workspace without the drawing, or a machine without fonts."""
        content = message.content
        if not isinstance(content, Infographic):
            return [f"An infographic was expected, found {type(content).__name__}."]
        if content.image is None:
            return [_NO_PICTURE]
        return []

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Write the folder; a person shows and prints what is in it, and says so."""
        if refused := self.check(message):
            raise PermanentError(in_turn(refused))
        files = dict(_files(message))
        if self.poster:
            files[f"{place_of(message)}/{_POSTER}"] = self._printed(_content(message).poster)
        write_files(Path(self.directory), files, commit)
        return receipt_of(place_of(message), _DOES)

    def _printed(self, poster: str) -> bytes:
        printed = (self._press.print(poster, f"html {{ font-size: {size}pt; }}") for size in _SIZES)
        made = next(printed)
        while made.pages > 1 and (smaller := next(printed, None)):
            made = smaller
        return made.data

    def lookup(self, message: Message) -> Receipt | None:
        """Found when the pictures are as this message makes them, and the poster is there if there is to be one."""
        root = Path(self.directory)
        printed = not self.poster or (root / place_of(message) / _POSTER).is_file()
        return receipt_of(place_of(message), _DOES) if printed and unchanged(root, _files(message)) else None

    def offered(self, reference: str) -> Mapping[str, Path]:
        """The picture, as pixels and as outlines, and the poster."""
        folder = Path(self.directory) / reference
        return {name: folder / name for name in (_PICTURE, _OUTLINES, _POSTER) if (folder / name).is_file()}

    def lacks(self) -> Lack | None:
        """Pango for the poster, where it is not installed."""
        return Press().lacks() if self.poster else None

    def close(self) -> None:
        """Nothing is held open."""


def _content(message: Message) -> Infographic:
    if not isinstance(message.content, Infographic):
        raise PermanentError(phrase("An infographic was expected."))
    return message.content


def _files(message: Message) -> Mapping[str, bytes]:
    place, content = place_of(message), _content(message)
    image = content.image
    words = f"{image.alt if image else ''}\n\n---\n\n{content.text}\n"
    return {
        f"{place}/{_OUTLINES}": content.svg.encode(),
        f"{place}/{_PICTURE}": image.data if image else b"",
        f"{place}/description.txt": words.encode(),
    }
