"""Letters on paper: a batch of PDFs to print, which a person posts and then says so."""

import hashlib
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import ClassVar, Literal

from channels.packs import folder_of, parts_of, receipt_of
from channels.paper.cover import Paper, cover_html
from channels.paper.envelopes import ENVELOPES, closers_of, style_of
from channels.paper.own_process import SHARED
from channels.paper.press import Press, Printed
from channels.paper.tray import LETTERS, Tray
from communique.channel import (
    ChannelError,
    Crossing,
    Form,
    InDoubt,
    Lack,
    Letter,
    Localised,
    Message,
    Outcome,
    PermanentError,
    Reach,
    Receipt,
    TemporaryError,
    Traffic,
    UnavailableError,
    UncertainError,
    in_turn,
    limit_reached,
    phrase,
)

_TO_PRINT = "to-print.pdf"
_BLANK = '<!doctype html><html lang="en"><head><title>-</title></head><body></body></html>'
_MOST = 500  #: letters of a batch: as many as can be made long before a lease ends

Window = Literal["din-5008-b", "din-5008-a", "us-10"]
#: Told which messages are about to be handed over; those that may be.
Passing = Callable[[Sequence[Message]], Sequence[Message]]


@dataclass(frozen=True)
class _Ready:
    message: Message
    letter: Letter
    printed: Printed


@dataclass(kw_only=True)
class LetterChannel:
    """Letters as PDF, in batches to print.

    Args:
        directory: where batches are written, each a folder: `letter/CAMPAIGN-ANNOUNCEMENT-once/es-1`.
        window: the envelope: `din-5008-b`, `din-5008-a` or `us-10`.
        batch: how many letters there are in a batch at most.
        both_sides: whether the printer prints on both sides of the paper.
        paper: what a square metre of it weighs, in grams.
        envelope: what one weighs, in grams.
        postage: what the post calls a letter up to so many grams: `{20: Normal, 50: Plus}`.

    Raises:
        ValueError: a setting makes no sense.
    """

    reach: ClassVar[Reach] = Reach.EACH
    form: ClassVar[Form] = Form.LETTER
    in_doubt: ClassVar[InDoubt] = InDoubt.REWRITE
    local: ClassVar[bool] = True

    directory: Path
    window: Window = "din-5008-b"
    batch: int = 200
    both_sides: bool = True
    paper: int = 80
    envelope: int = 5
    postage: Mapping[int, Localised] | None = None

    def __post_init__(self) -> None:
        wrong = []
        if self.window not in ENVELOPES:
            wrong.append(
                phrase(
                    "`window` expects one of {envelopes}; found {window}.",
                    envelopes=", ".join(ENVELOPES),
                    window=self.window,
                )
            )
        if not 0 < self.batch <= _MOST:
            wrong.append(
                phrase(
                    "`batch` expects how many letters are printed at once, from 1 to {most}; found {batch}.",
                    most=_MOST,
                    batch=self.batch,
                )
            )
        if self.paper < 1 or self.envelope < 0:
            wrong.append(phrase("`paper` and `envelope` expect what they weigh in grams."))
        if wrong:
            raise ValueError(in_turn(wrong))
        self._envelope = ENVELOPES[self.window]
        self._style = style_of(self._envelope)
        self._press = SHARED
        self._paper = Paper(
            envelope=self._envelope,
            grams_per_square_metre=self.paper,
            envelope_grams=self.envelope,
            both_sides=self.both_sides,
            postage=self.postage or {},
        )

    def check(self, message: Message) -> Sequence[str]:
        """Refused are addresses that do not fit the window."""
        if not isinstance(message.content, Letter):
            return [f"A letter was expected, found {type(message.content).__name__}."]
        lines = sum(math.ceil(len(line) / self._envelope.line_length) for line in message.content.address)
        if lines > self._envelope.most_lines:
            return [
                phrase(
                    "The address takes {lines} lines; the window has {most}. Shorten it.",
                    lines=lines,
                    most=self._envelope.most_lines,
                )
            ]
        return []

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Write a batch of this letter alone; a person does the rest and says so."""

        def committed(messages: Sequence[Message]) -> Sequence[Message]:
            commit()
            return messages

        self._hand_over([self._printed(message)], committed)
        receipt = self.lookup(message)
        if receipt is None:
            raise UncertainError(phrase("the batch is not where it was put"))
        return receipt

    def send_all(self, traffic: Traffic) -> None:
        """Write batches until there is no more; see `communique.channel.InBulk`.

        A receipt would say that the letters are in the post. That only a person can: so each is in doubt, and looking
        it up finds in which batch it lies.

        Raises:
            ChannelError: no letter can be made at present.
        """
        while waiting := list(self._taken(traffic)):
            by_batch = sorted(waiting, key=lambda each: (folder_of(each.message), each.message.language))
            for _, together in groupby(by_batch, key=lambda each: (folder_of(each.message), each.message.language)):
                _Handing(self, traffic).over(list(together))

    def lookup(self, message: Message) -> Receipt | None:
        """Found when a batch has it."""
        found = self._tray(message).holding(_file(message))
        if found is None:
            return None
        return receipt_of(found, phrase("prints and posts it"), pack="BATCH")

    def proof(self, message: Message) -> bytes:
        """As it is printed, without its batch."""
        return self._printed(message).printed.data

    def lacks(self) -> Lack | None:
        """Pango, where it is not installed."""
        return Press().lacks()

    def close(self) -> None:
        """Nothing is held open."""

    def _taken(self, traffic: Traffic) -> Iterator[_Ready]:
        for _ in range(self.batch):
            message = None if traffic.is_halted() else traffic.next()
            if message is None:
                return
            try:
                printed = self._printed(message)
            except UnavailableError:
                raise
            except ChannelError as error:
                traffic.settle((), [Outcome(message=message, result=error)])
            except Exception as error:  # noqa: BLE001 - one letter that breaks the press must not stop the others
                what = phrase("unexpected: {kind}: {error}", kind=type(error).__name__, error=error)
                broken = TemporaryError(limit_reached(error) or what)
                traffic.settle((), [Outcome(message=message, result=broken)])
            else:
                yield printed

    def _printed(self, message: Message) -> _Ready:
        letter = message.content
        if (refused := self.check(message)) or not isinstance(letter, Letter):
            raise PermanentError(in_turn(refused))
        return _Ready(message, letter, self._press.print(letter.html, self._style, closers_of(letter.html)))

    def _hand_over(self, printed: Sequence[_Ready], passing: Passing) -> None:
        """One batch, of those letters that may pass."""
        tray, going = self._tray(printed[0].message), printed
        while going:
            name = tray.next_name
            with tray.staged(self._files(going, name)) as staging:
                if going is printed:
                    passed = {message.key for message in passing([each.message for each in printed])}
                    if len(passed) < len(printed):
                        going = [each for each in printed if each.message.key in passed]
                        continue  # nobody is to get a letter who must not: the batch is bound anew
                tray.put_out(staging, name)
                return

    def _files(self, printed: Sequence[_Ready], name: str) -> Mapping[str, bytes]:
        letters = {f"{LETTERS}/{_file(each.message)}": each.printed.data for each in printed}
        return {
            **letters,
            _TO_PRINT: self._press.bind(self._bound(printed, name)),
        }

    def _bound(self, printed: Sequence[_Ready], name: str) -> Iterator[Printed]:
        """The cover and all letters; on both sides, each begins on a sheet of its own."""
        first = printed[0]
        command = ("communique", "done", f"{folder_of(first.message)}/{name}", "--as ...")
        pages = [each.printed.pages for each in printed]
        cover = cover_html(first.letter.cover, self._paper, pages, command, first.message.language)
        blank = self._press.print(_BLANK, self._page)
        for document in (self._press.print(cover, self._page), *(each.printed for each in printed)):
            yield document
            if self.both_sides and document.pages % 2:
                yield blank

    @property
    def _page(self) -> str:
        width, height = self._envelope.page
        return f"@page {{ size: {width:.2f}mm {height:.2f}mm; margin: 25mm 20mm; }}"

    def _tray(self, message: Message) -> Tray:
        return Tray(Path(self.directory), folder_of(message), message.language)


class _Handing:
    """One batch, handed over within a stream."""

    def __init__(self, channel: LetterChannel, traffic: Traffic) -> None:
        self._channel = channel
        self._traffic = traffic
        self._passed: Collection[str] | None = None  #: references of those past the point of no return

    def over(self, printed: Sequence[_Ready]) -> None:
        """Write it, and say of each letter what became of it."""
        result: ChannelError = UncertainError(phrase("written for a person, who has yet to post it"))
        try:
            self._channel._hand_over(printed, self._passing)  # noqa: SLF001 - a part of it
        except ChannelError as error:
            result = error if self._passed is None else UncertainError(str(error))
        messages = [each.message for each in printed]
        if self._passed is not None:  # of the others the ledger knows why they stay
            messages = [each for each in messages if each.reference in self._passed]
        self._traffic.settle((), [Outcome(message=message, result=result) for message in messages])

    def _passing(self, messages: Sequence[Message]) -> Sequence[Message]:
        crossing = [Crossing(message=each, digest=_digest(each)) for each in messages]
        self._passed = self._traffic.settle(crossing, ())
        return [each for each in messages if each.reference in self._passed]


def _digest(message: Message) -> str:
    return hashlib.sha256(repr(message.content).encode()).hexdigest()


def _file(message: Message) -> str:
    return f"{parts_of(message)[4]}.pdf"
