"""The noticeboard: the example of docs/adding-a-channel.md, a folder that the screen in the town hall shows."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from channels.atomic_files import unchanged, write_files
from communique.channel import Form, InDoubt, Message, PermanentError, Post, Reach, Receipt


class NoticeboardChannel:
    """Writes each post as one text file below `directory`; the screen shows at most `lines` lines."""

    reach: ClassVar[Reach] = Reach.ALL
    form: ClassVar[Form] = Form.POST
    in_doubt: ClassVar[InDoubt] = InDoubt.REWRITE
    local: ClassVar[bool] = True

    def __init__(self, *, directory: Path, lines: int = 12) -> None:
        if lines < 1:
            raise ValueError(f"`lines` expects how many lines the screen shows, 1 or more; found {lines}.")
        self._directory = Path(directory)
        self._lines = lines

    def check(self, message: Message) -> Sequence[str]:
        """Refused are posts with more lines than the screen has."""
        if not isinstance(message.content, Post):
            return [f"The noticeboard expects a post, found {type(message.content).__name__}."]
        found = len(message.content.text.splitlines())
        if found > self._lines:
            return [f"Too long for the noticeboard: {found} of {self._lines} lines. Shorten social.txt."]
        return []

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Write the file; `write_files` calls `commit` right before it takes its name."""
        if refused := self.check(message):
            raise PermanentError(" ".join(refused))
        write_files(self._directory, _files(message), commit)
        return _receipt(message)

    def lookup(self, message: Message) -> Receipt | None:
        """Found when the file is as this message makes it."""
        return _receipt(message) if unchanged(self._directory, _files(message)) else None

    def close(self) -> None:
        """Nothing is held open."""


def _files(message: Message) -> Mapping[str, bytes]:
    text = message.content.text if isinstance(message.content, Post) else ""
    return {_name(message): f"{text}\n".encode()}


def _name(message: Message) -> str:
    return f"{message.key.replace('/', '-')}.txt"


def _receipt(message: Message) -> Receipt:
    return Receipt(reference=_name(message), detail="written for the screen")
