"""When each caption is seen: with the voice, or as long as reading takes; and captions as files (SRT, WebVTT)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from channels.voice.pauses import Pause, nearest
from channels.voice.recording import Recording, sentences_of
from communique.channel import Caption, Image, Spoken, Video

#: Letters a second that most people can follow (BBC Subtitle Guidelines: 160 to 180 words a minute, about 17).
MOST_LETTERS_A_SECOND = 21
#: However short, it takes so long to notice: and no picture changes so often that it could harm (WCAG 2.3.1).
LEAST_SECONDS = 1.0
_AT_THE_END = 1.5  #: seconds that the last picture stays
_PART_ENDS = re.compile(r"[,،、;؛:—–]$")
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
    return [shown for line, span in zip(video.lines, spans, strict=True) for shown in _shared(line, span, quiet)]


def too_fast(shown: Shown) -> bool:
    """Whether it is gone before it is read."""
    return len(shown.text) > MOST_LETTERS_A_SECOND * (shown.end - shown.start)


@dataclass(frozen=True, slots=True)
class _Span:
    """When a line is said, and until when it is seen: seconds."""

    start: float
    spoken: float
    end: float


def _paced(video: Video) -> Iterator[_Span]:
    """At the announcer's pace, shared among the lines by their letters."""
    words = sum(len(line.said.split()) for line in video.lines)
    a_letter = 60 * words / video.words_per_minute / sum(map(_letters, video.lines))
    at = 0.0
    for line in video.lines:
        until = at + max(LEAST_SECONDS * len(line.captions), a_letter * _letters(line))
        yield _Span(at, until, until)
        at = until


def _spans(video: Video, recording: Recording) -> Iterator[_Span]:
    """Each line from its first sentence's beginning to that of the next line."""
    counts = [max(1, len(sentences_of(line.said))) for line in video.lines]
    ends = list(accumulate(counts))
    starts = [0.0, *(recording.phrases[end].start for end in ends[:-1]), recording.seconds + _AT_THE_END]
    for end, (start, until) in zip(ends, pairwise(starts), strict=True):
        yield _Span(start, recording.phrases[end - 1].end, until)


def _shared(line: Spoken, span: _Span, quiet: Sequence[Pause]) -> Iterator[Shown]:
    """The time of a line, shared among its captions by the letters that are said; a part of it begins after a pause."""
    a_letter = (span.spoken - span.start) / _letters(line)
    at, said = span.start, 0
    for number, caption in enumerate(line.captions, 1):
        said += len(_said(caption))
        until = span.start + a_letter * said
        if number == len(line.captions):
            until = span.end
        elif _PART_ENDS.search(_said(caption)):
            between = [each for each in quiet if at < each.end < span.spoken]
            pause = nearest(until, _NEAR, between)
            until = pause.end if pause else until
        yield Shown(text=caption.text, frames=caption.frames, start=at, end=until)
        at = until


def _said(caption: Caption) -> str:
    return caption.said or caption.text


def _letters(line: Spoken) -> int:
    return sum(len(_said(caption)) for caption in line.captions)


def srt(captions: Sequence[Shown]) -> str:
    """SubRip."""
    blocks = (
        f"{number}\n{_stamp(each.start, ',')} --> {_stamp(each.end, ',')}\n{each.text}\n"
        for number, each in enumerate(captions, 1)
    )
    return "\n".join(blocks)


def vtt(captions: Sequence[Shown]) -> str:
    """WebVTT."""
    blocks = (f"{_stamp(each.start, '.')} --> {_stamp(each.end, '.')}\n{_plain(each.text)}\n" for each in captions)
    return "\n".join(["WEBVTT\n", *blocks])


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _stamp(seconds: float, point: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"
