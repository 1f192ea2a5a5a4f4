"""Networks that let no program in: a text to paste and a sheet that says where, for a person."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import ClassVar, Literal

from channels.atomic_files import unchanged, write_files
from channels.bluesky_record import graphemes
from channels.handoff_networks import NETWORKS
from channels.handoff_sheet import sheet
from channels.packs import folder_of, parts_of, receipt_of
from channels.post_text import not_a_post, picture_ending, post_of, text_with_link
from communique.channel import (
    Form,
    InDoubt,
    Measure,
    Message,
    PackSheet,
    PermanentError,
    Reach,
    Receipt,
    in_turn,
    phrase,
)

_DOES = phrase("posts it")


class HandoffChannel:
    """Writes the files of each post: the text and nothing else, a page beside it, and the picture if there is one."""

    reach: ClassVar[Reach] = Reach.ALL
    form: ClassVar[Form] = Form.POST
    in_doubt: ClassVar[InDoubt] = InDoubt.REWRITE
    local: ClassVar[bool] = True
    card: ClassVar[str] = "wide"

    def __init__(
        self,
        *,
        directory: Path,
        network: Literal["facebook", "linkedin", "whatsapp", "other"] = "other",
        limit: int | None = None,
        card: Literal["wide", "square", "tall"] = "wide",
    ) -> None:
        if limit is None and network == "other":
            names = ", ".join(NETWORKS)
            raise ValueError(
                phrase(
                    "A network of which we do not know ({names}) needs a `limit`: how many characters it takes.",
                    names=names,
                )
            )
        if limit is not None and limit < 1:
            raise ValueError(
                phrase(
                    "`limit` expects how many characters the network takes, such as 3000; found {limit}.", limit=limit
                )
            )
        del card  # the picture comes with the post; planning reads from the settings which one it is
        self._directory = Path(directory)
        self._known = NETWORKS.get(network)
        self._limit = limit

    def check(self, message: Message) -> Sequence[str]:
        """Refused are posts that are too long, and those of which the network would show something else."""
        if refused := not_a_post(message):
            return [refused]
        measure, post = self.measure(message), post_of(message)
        refusals: list[str] = list(self._known.faults(text_with_link(post), post.link)) if self._known else []
        if measure.length > measure.limit:
            counts = {"network": self._name(message), "length": measure.length, "limit": measure.limit}
            too_long = phrase("Too long for {network}: {length} of {limit} characters. Shorten social.txt.", **counts)
            if post.image and self._known and self._known.limit_of_caption:
                too_long = phrase(
                    "Too long for {network}: {length} of {limit} characters with a picture. Shorten social.txt.",
                    **counts,
                )
            refusals.append(too_long)
        return refusals

    def measure(self, message: Message) -> Measure:
        """In graphemes, the nearest to what these networks count."""
        post = post_of(message)
        length = graphemes(text_with_link(post))
        most = self._known.most(has_picture=post.image is not None) if self._known else 0
        shown, folds = (self._known.shown, self._known.folds) if self._known else (0, 0)
        return Measure(length=length, limit=self._limit or most, unit=phrase("characters"), shown=shown, folds=folds)

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Write the files; a person does the rest and says so."""
        if refused := self.check(message):
            raise PermanentError(in_turn(refused))
        write_files(self._directory, self._files(message), commit)
        return receipt_of(f"{_stem(message)}.txt", _DOES)

    def lookup(self, message: Message) -> Receipt | None:
        """Found when the files are as this message makes them."""
        return receipt_of(f"{_stem(message)}.txt", _DOES) if unchanged(self._directory, self._files(message)) else None

    def close(self) -> None:
        """Nothing is held open."""

    def _files(self, message: Message) -> Mapping[str, bytes]:
        stem, post = _stem(message), post_of(message)
        text = text_with_link(post)
        files = {f"{stem}.txt": text.encode()}
        if post.sheet:
            files[f"{stem}.html"] = self._page(message, text, post.sheet).encode()
        return {**files, stem + picture_ending(post.image): post.image.data} if post.image else files

    def _page(self, message: Message, text: str, wording: PackSheet) -> str:
        post, measure, said = post_of(message), self.measure(message), wording.labels
        stem = _stem(message)
        name = stem.rpartition("/")[2]
        paste = f"{escape(said['paste'])} <code>{escape(name)}.txt</code>."
        if message.answers:
            paste = f"{escape(said['answer'])} <code>{escape(message.answers)}</code>."
        steps = [
            escape(said["open"].replace("#", self._name(message))),
            *(escape(said[each]) for each in (self._known.advice if self._known else ())),
            paste,
            f"{escape(said['done'])} <code>communique done {escape(stem)} --as NAME</code>.",
        ]
        return sheet(
            wording,
            network=self._name(message),
            language=message.language,
            steps=steps,
            text=text,
            beginning=measure.beginning(text),
            picture=(name + picture_ending(post.image), post.image.alt) if post.image else None,
            rows={
                "language": said["language_name"],
                "headline": post.headline,
                "link": post.link,
                "length": said["length_of"].format(length=measure.length, limit=measure.limit),
            },
        )

    def _name(self, message: Message) -> str:
        return self._known.name if self._known else _network(message)


def _network(message: Message) -> str:
    """The channel's name in the settings: what officers call the network."""
    return parts_of(message)[3]


def _stem(message: Message) -> str:
    return f"{folder_of(message)}-{parts_of(message)[-1]}"
