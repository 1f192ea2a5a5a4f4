"""Networks that let no program in: a text to paste and a sheet that says where, for a person."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Literal

from channels.atomic_files import unchanged, write_files
from channels.bluesky_record import graphemes
from channels.packs import folder_of, parts_of, receipt_of
from channels.post_text import not_a_post, picture_ending, post_of, text_with_link
from communique.channel import Form, InDoubt, Measure, Message, PermanentError, Reach, Receipt

_DOES = "posts it"


class HandoffChannel:
    """Writes the files of each post: the text and nothing else, a sheet beside it, and the picture if there is one."""

    reach: ClassVar[Reach] = Reach.ALL
    form: ClassVar[Form] = Form.POST
    in_doubt: ClassVar[InDoubt] = InDoubt.REWRITE
    local: ClassVar[bool] = True
    card: ClassVar[str] = "wide"

    def __init__(self, *, directory: Path, limit: int, card: Literal["wide", "square", "tall"] = "wide") -> None:
        if limit < 1:
            raise ValueError(f"`limit` expects how many characters the network takes, such as 3000; found {limit}.")
        del card  # the picture comes with the post; planning reads from the settings which one it is
        self._directory = Path(directory)
        self._limit = limit

    def check(self, message: Message) -> Sequence[str]:
        """Refused are posts longer than the limit in the settings."""
        if refused := not_a_post(message):
            return [refused]
        length = self.measure(message).length
        if length > self._limit:
            return [f"Too long for {_network(message)}: {length} of {self._limit} characters. Shorten social.txt."]
        return []

    def measure(self, message: Message) -> Measure:
        """In graphemes, the nearest to what these networks count."""
        length = graphemes(text_with_link(post_of(message)))
        return Measure(length=length, limit=self._limit, unit="characters")

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Write the files; a person does the rest and says so."""
        if refused := self.check(message):
            raise PermanentError(" ".join(refused))
        write_files(self._directory, self._files(message), commit)
        return receipt_of(f"{_stem(message)}.txt", _DOES)

    def lookup(self, message: Message) -> Receipt | None:
        """Found when the files are as this message makes them."""
        return receipt_of(f"{_stem(message)}.txt", _DOES) if unchanged(self._directory, self._files(message)) else None

    def close(self) -> None:
        """Nothing is held open."""

    def _files(self, message: Message) -> Mapping[str, bytes]:
        stem = _stem(message)
        text = text_with_link(post_of(message))
        files = {f"{stem}.txt": text.encode(), f"{stem}.md": self._sheet(message).encode()}
        image = post_of(message).image
        return {**files, stem + picture_ending(image): image.data} if image else files

    def _sheet(self, message: Message) -> str:
        post, measure = post_of(message), self.measure(message)
        rows = {
            "Network": _network(message),
            "Language": message.language,
            "Headline": post.headline,
            "Link": post.link,
            "Length": f"{measure.length} of {measure.limit} {measure.unit}",
        }
        if post.image:
            picture = _stem(message).rpartition("/")[2] + picture_ending(post.image)
            rows |= {"Picture": picture, "Alternative text": post.image.alt}
        paste = (
            f"2. Answer the post that was made of `{message.answers}` with the whole of `{{}}.txt`."
            if message.answers
            else "2. Paste the whole of `{}.txt`."
        )
        lines = [f"- {name}: {value}" for name, value in rows.items() if value]
        name = _stem(message).rpartition("/")[2]
        return "\n".join(
            [
                f"# To post by hand: {_network(message)}",
                "",
                f"1. Open {_network(message)} as the government's account.",
                paste.format(name),
                f"3. Say that it is done: `communique done {_stem(message)} --as NAME`.",
                "",
                *lines,
                "",
            ]
        )


def _network(message: Message) -> str:
    """The channel's name in the settings: what officers call the network."""
    return parts_of(message)[3]


def _stem(message: Message) -> str:
    return f"{folder_of(message)}-{parts_of(message)[-1]}"
