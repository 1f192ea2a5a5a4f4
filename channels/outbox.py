"""What would have gone out, as files: the way of every public channel in trial mode."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from channels.atomic_files import unchanged, unsafe_paths, write_files
from channels.post_text import picture_ending, removal_of
from communique.channel import (
    Channel,
    Form,
    InDoubt,
    Measured,
    Message,
    PermanentError,
    Post,
    Reach,
    Receipt,
    in_turn,
    phrase,
)


class Outbox:
    """Stands in for another channel: checks and counts as it does, and writes a JSON file instead of sending.

    A picture lies beside it.

    Without an inner channel it is a kind of its own, which takes posts.
    """

    reach: ClassVar[Reach] = Reach.ALL
    form: ClassVar[Form] = Form.POST
    in_doubt: ClassVar[InDoubt] = InDoubt.REWRITE
    local: ClassVar[bool] = True

    def __init__(self, *, directory: Path, inner: Channel | None = None, name: str = "outbox") -> None:
        self._directory = Path(directory)
        self._inner = inner
        self._name = name
        if inner:
            # Planning asks whom it reaches, rendering what it carries: here the class cannot know, the instance does.
            vars(self).update(reach=inner.reach, form=inner.form)

    def check(self, message: Message) -> Sequence[str]:
        """What the inner channel has against it: a trial finds what live would refuse."""
        return self._inner.check(message) if self._inner else ()

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Write the file, and the picture."""
        if refused := self.check(message):
            raise PermanentError(in_turn(refused))
        write_files(self._directory, self._files(message), commit)
        return self._receipt(message)

    def retract(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Delete the file that stands for the post, and its picture."""
        name = removal_of(message).reference
        if unsafe_paths([name]):
            raise PermanentError(phrase("Expected a file of the outbox, found {name}.", name=f"{name!r}"))
        commit()
        file = self._directory / name
        for each in file.parent.glob(f"{file.stem}.*"):
            each.unlink(missing_ok=True)
        return Receipt(detail=phrase("trial: taken out of the outbox"))

    def lookup(self, message: Message) -> Receipt | None:
        """Found when the files are as this message makes them."""
        return self._receipt(message) if unchanged(self._directory, self._files(message)) else None

    def close(self) -> None:
        """Close the inner channel, which has done nothing."""
        if self._inner:
            self._inner.close()

    def _path(self, message: Message, ending: str = ".json") -> str:
        return f"{self._name}/{message.key.replace('/', '-')}{ending}"

    def _files(self, message: Message) -> Mapping[str, bytes]:
        written = {"channel": self._name, "message": _plain(message), "measure": self._counted(message)}
        files = {self._path(message): json.dumps(written, ensure_ascii=False, indent=2).encode() + b"\n"}
        image = message.content.image if isinstance(message.content, Post) else None
        picture = {self._path(message, picture_ending(image)): image.data} if image else {}
        return {**picture, **files}

    def _counted(self, message: Message) -> object:
        return _plain(self._inner.measure(message)) if isinstance(self._inner, Measured) else None

    def _receipt(self, message: Message) -> Receipt:
        return Receipt(reference=self._path(message), detail=phrase("trial: written to the outbox, not sent"))


def _plain(value: Any) -> Any:
    """What JSON can hold: of bytes how many there are, of numbers with decimals their text."""
    if (named := _named(value)) is not None:
        return {key: _plain(item) for key, item in named.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _named(value: Any) -> Mapping[str, Any] | None:
    """What a value consists of, by name; None where its parts have none."""
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):  # as a message is
        return dict(value._asdict())
    return {str(key): item for key, item in value.items()} if isinstance(value, Mapping) else None
