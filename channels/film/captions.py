"""When each caption is seen: with the voice, or as long as reading takes; and captions as files (SRT, WebVTT)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from channels.voice.pauses import Pause, nearest
from channels.voice.recording import Phrase, Recording, sentences_of
from communique.channel import Caption, Image, Spoken, Video

#: Letters a second that most people can follow (BBC Subtitle Guidelines: 160 to 180 words a minute, about 17).
MOST_LETTERS_A_SECOND = 21
#: However short, it takes so long to notice: and no picture changes so often that it could harm (WCAG 2.3.1).
LEAST_SECONDS = 1.0
#: Letters; two of them at once (EBU-TT, BBC Subtitle Guidelines).
MOST_IN_A_LINE = 42
_FOR_A_COMMA = 12  #: letters that one line may be longer than the other, to end with one, and not with a small word
_BELONGS_TO_THE_NEXT = re.compile(r"(?:^|\s)\w{1,3}$")
_AT_THE_END = 1.5  #: seconds that the last picture stays
_PART_ENDS = re.compile(r"[,،、;؛:—–]$")
_A_LETTER = 0.5  #: so near is the same
_NEAR = 1.0  #: seconds from where the next part should begin by its letters


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A caption, its pictures by shape, and when it is seen: seconds from the beginning."""

    text: str
    frames: Mapping[str, Image]
    start: float
    end: float


def timed(video: Video, recording: Recording | None) -> list[Shown]:
    """Every caption with its time; without a recording, at the pace of an announcer, or slower."""
    spans = _spans(video, recording) if recording else _paced(video)
    quiet = recording.pauses if recording else ()
    shown: list[Shown] = []
    for line, span in zip(video.lines, spans, strict=True):
        shown += _shared(line, span, quiet, shown[-1].end if shown else 0.0)
    return shown


def too_fast(shown: Shown) -> bool:
    """Whether it is gone before it is read."""
    return len(shown.text) > MOST_LETTERS_A_SECOND * (shown.end - shown.start)


@dataclass(frozen=True, slots=True)
class _Span:
    """What is said of a line, and until when it is seen: seconds."""

    phrases: Sequence[Phrase]
    end: float


def _paced(video: Video) -> Iterator[_Span]:
    """At the announcer's pace, shared among the lines by their letters."""
    words = sum(len(line.said.split()) for line in video.lines)
    a_letter = 60 * words / video.words_per_minute / sum(map(_letters, video.lines))
    at = 0.0
    for line in video.lines:
        until = at + max(LEAST_SECONDS * len(line.captions), a_letter * _letters(line))
        yield _Span([Phrase(" ".join(map(_said, line.captions)), at, until)], until)
        at = until


def _spans(video: Video, recording: Recording) -> Iterator[_Span]:
    """Each line from its first sentence's beginning to that of the next line."""
    counts = [max(1, len(sentences_of(line.said))) for line in video.lines]
    ends = list(accumulate(counts))
    until = [*(recording.phrases[end].start for end in ends[:-1]), recording.seconds + _AT_THE_END]
    for count, end, seen in zip(counts, ends, until, strict=True):
        yield _Span(recording.phrases[end - count : end], seen)


def _shared(line: Spoken, span: _Span, quiet: Sequence[Pause], begins: float) -> Iterator[Shown]:
    """The time of a line, shared among its captions by the letters that are said; a part of it begins after a pause."""
    at, said = begins, 0.0
    of_all = sum(_count(each.text) for each in span.phrases) / _letters(line)  # 1, if both have the same words
    for number, caption in enumerate(line.captions, 1):
        until = span.end
        if number < len(line.captions):
            known, said = (said, at), said + _count(_said(caption)) * of_all
            is_part = bool(_PART_ENDS.search(_said(caption)))
            until = max(
                at, _when(said, span.phrases, known, [each for each in quiet if each.end > at], is_part=is_part)
            )
        yield Shown(text=caption.text, frames=caption.frames, start=at, end=until)
        at = until


def _when(
    letters: float, phrases: Sequence[Phrase], known: tuple[float, float], quiet: Sequence[Pause], *, is_part: bool
) -> float:
    """The second at which so many letters of some phrases have been said.

    `known` are letters that have, and when; `is_part`: what follows begins after a pause, if one is near.
    """
    begins = 0
    for phrase in phrases:
        ends = begins + _count(phrase.text)
        if letters < ends - _A_LETTER:
            said, at = max(known, (begins, phrase.start))
            if letters < said + _A_LETTER:
                return at
            until = _spoken((letters - said) / (ends - said), at, phrase.end, quiet)
            pause = nearest(until, _NEAR, [each for each in quiet if at < each.end < phrase.end]) if is_part else None
            return pause.end if pause else until
        begins = ends
    return phrases[-1].end


def _spoken(share: float, start: float, end: float, quiet: Sequence[Pause]) -> float:
    """The second at which so much of what is said between two is over: in pauses nothing is."""
    pauses = [(max(start, each.start), min(end, each.end)) for each in quiet if each.start < end and each.end > start]
    left = share * (end - start - sum(until - since for since, until in pauses))
    at = start
    for since, until in pauses:
        if left <= since - at:
            break
        left -= since - at
        at = until
    return at + left


def _said(caption: Caption) -> str:
    return caption.said or caption.text


def _letters(line: Spoken) -> int:
    return sum(_count(_said(caption)) for caption in line.captions)


def _count(text: str) -> int:
    return len("".join(text.split()))


def in_lines(text: str) -> str:
    """A caption in one line, or in two that are about as long, the first ending with a comma if one is near."""
    words = text.split(" ")
    if len(text) <= MOST_IN_A_LINE or len(words) == 1:
        return text
    cuts = [(" ".join(words[:end]), " ".join(words[end:])) for end in range(1, len(words))]
    first, second = min(cuts, key=_uneven)
    return f"{first}\n{second}"


def _uneven(lines: tuple[str, str]) -> float:
    first, second = lines
    too_long = max(0, len(first) - MOST_IN_A_LINE, len(second) - MOST_IN_A_LINE)
    belongs = bool(_BELONGS_TO_THE_NEXT.search(first))
    return abs(len(first) - len(second)) + 10 * too_long + _FOR_A_COMMA * (belongs - bool(_PART_ENDS.search(first)))


def srt(captions: Sequence[Shown]) -> str:
    """SubRip."""
    blocks = (
        f"{number}\n{_stamp(each.start, ',')} --> {_stamp(each.end, ',')}\n{in_lines(each.text)}\n"
        for number, each in enumerate(captions, 1)
    )
    return "\n".join(blocks)


def vtt(captions: Sequence[Shown]) -> str:
    """WebVTT."""
    blocks = (
        f"{_stamp(each.start, '.')} --> {_stamp(each.end, '.')}\n{_plain(in_lines(each.text))}\n" for each in captions
    )
    return "\n".join(["WEBVTT\n", *blocks])


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _stamp(seconds: float, point: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"
