"""The picture that a text names: found in the workspace, and fit for mails, pages and networks."""

import base64
import functools
from collections.abc import Sequence
from pathlib import PurePosixPath

from communique.channel import Image
from communique.phrase import phrase, told_by
from communique.problems import Problem, did_you_mean
from communique.read.picture_header import NotAPictureError, PictureHeader, read_header
from communique.read.picture_metadata import Cleaned, without_metadata
from communique.read.sources import Sources, is_picture

#: What the strictest network takes (Bluesky), and as much as a reader on the move should have to load.
MOST_BYTES = 1_000_000
#: On the longer side: screens show no more, and a small file may unfold into a huge picture.
MOST_PIXELS = 4096
_PNG = b"\x89PNG"
_SMALLER = "Make it smaller: 1600 pixels wide, saved as JPEG, is enough for every channel."
_KIND = "Save it as PNG or JPEG: mail programs and networks do not show other kinds."


class UnfitPictureError(Exception):
    """The picture cannot be used; `problem` says why, without its place."""

    def __init__(self, *, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.problem = Problem(code=code, message=message, hint=hint)


def find_picture(sources: Sources, text: str, name: str, alt: str) -> Image:
    """The picture `name` of the text at path `text`: beside it, or in `templates/<campaign>/images/`.

    Raises:
        UnfitPictureError: there is none, or it cannot be shown everywhere.
    """
    campaign = "/".join(PurePosixPath(text).parts[:2])
    return read_picture(sources, (str(PurePosixPath(text).parent), f"{campaign}/images"), name, alt)


def read_picture(sources: Sources, folders: Sequence[str], name: str, alt: str) -> Image:
    """The picture of this name in the first of the folders that has it.

    Raises:
        UnfitPictureError: there is none, or it cannot be shown everywhere.
    """
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise UnfitPictureError(
            code="picture-outside",
            message=phrase(
                "expected the name of a file in {folders}, found `{name}`", folders=" or ".join(folders), name=name
            ),
            hint=phrase("Put the picture there, and write its name alone."),
        )
    if not is_picture(name):
        raise UnfitPictureError(
            code="picture-kind",
            message=phrase("expected the name of a PNG or JPEG, found `{name}`", name=name),
            hint=_KIND,
        )
    for folder in folders:
        if (data := sources.read(f"{folder}/{name}")) is not None:
            header = header_of(data)
            public = for_everybody(data).data
            return Image(data=public, media_type=header.media_type, alt=alt, width=header.width, height=header.height)
    known = [found.removeprefix(f"{folder}/") for folder in folders for found in sources.paths(folder)]
    raise UnfitPictureError(
        code="picture-missing",
        message=phrase(
            "expected the picture `{name}` in {folders}, found no such file", name=name, folders=" or ".join(folders)
        ),
        hint=did_you_mean(name, filter(is_picture, known)),
    )


@functools.lru_cache(maxsize=8)  # it keeps the bytes
def header_of(data: bytes) -> PictureHeader:
    """Kind and size of a picture that every channel takes; the same bytes are looked at once.

    Raises:
        UnfitPictureError: it is no PNG or JPEG, broken, or too large.
    """
    try:
        header = read_header(data)
    except NotAPictureError as error:
        message = phrase("expected a PNG or JPEG, found {error}", error=told_by(error))
        raise UnfitPictureError(code="picture-kind", message=message, hint=_KIND) from error
    if len(data) > MOST_BYTES:
        message = phrase("expected a picture of 1 MB at the most, found {data:.1f} MB", data=len(data) / 1000000)
        raise UnfitPictureError(code="picture-too-large", message=message, hint=_SMALLER)
    if not (0 < header.width <= MOST_PIXELS and 0 < header.height <= MOST_PIXELS):
        message = phrase(
            "expected 1 to {most_pixels} pixels a side, found {width} × {height}",
            most_pixels=MOST_PIXELS,
            width=header.width,
            height=header.height,
        )
        raise UnfitPictureError(code="picture-too-large", message=message, hint=_SMALLER)
    return header


@functools.lru_cache(maxsize=8)  # it keeps the bytes
def for_everybody(data: bytes) -> Cleaned:
    """The picture as it goes out: nothing in it says where, by whom or with what it was taken."""
    return without_metadata(data)


def logo_of(sources: Sources, name: str | None) -> bytes | None:
    """The logo that `look:` of the settings names, as it goes out; None where there is none."""
    data = sources.read(f"config/{name}") if name else None
    return for_everybody(data).data if data is not None else None


def as_address(picture: bytes) -> str:
    """A PNG or JPEG as a `data:` address, for what fetches nothing."""
    kind = "png" if picture.startswith(_PNG) else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode('ascii')}"
