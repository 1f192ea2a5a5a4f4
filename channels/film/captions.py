"""When each caption is seen: with the voice, or as long as reading takes; and captions as files (SRT, WebVTT)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from channels.voice.recording import Recording, sentences_of
from communique.channel import Image, Spoken, Video

#: Letters a second that most people can follow (BBC Subtitle Guidelines: 160 to 180 words a minute, about 17).
MOST_LETTERS_A_SECOND = 21
#: However short, it takes so long to notice: and no picture changes so often that it could harm (WCAG 2.3.1).
LEAST_SECONDS = 1.0
_AT_THE_END = 1.5  #: seconds that the last picture stays


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
    return [shown for line, span in zip(video.lines, spans, strict=True) for shown in _shared(line, *span)]


def too_fast(shown: Shown) -> bool:
    """Whether it is gone before it is read."""
    return len(shown.text) > MOST_LETTERS_A_SECOND * (shown.end - shown.start)


def _paced(video: Video) -> Iterator[tuple[float, float]]:
    """At the announcer's pace, shared among the lines by their letters."""
    words = sum(len(line.said.split()) for line in video.lines)
    a_letter = 60 * words / video.words_per_minute / sum(map(_letters, video.lines))
    at = 0.0
    for line in video.lines:
        takes = max(LEAST_SECONDS * len(line.captions), a_letter * _letters(line))
        yield at, at + takes
        at += takes


def _spans(video: Video, recording: Recording) -> Iterator[tuple[float, float]]:
    """Each line from its first sentence's beginning to that of the next line."""
    counts = [max(1, len(sentences_of(line.said))) for line in video.lines]
    firsts = [sum(counts[:index]) for index in range(len(counts))]
    starts = [recording.phrases[first].start for first in firsts]
    return zip([0.0, *starts[1:]], [*starts[1:], recording.seconds + _AT_THE_END], strict=True)


def _shared(line: Spoken, start: float, end: float) -> Iterator[Shown]:
    """The time of a line, shared among its captions by their letters."""
    at = start
    for caption in line.captions:
        until = at + (end - start) * len(caption.text) / _letters(line)
        yield Shown(text=caption.text, frames=caption.frames, start=at, end=until)
        at = until


def _letters(line: Spoken) -> int:
    return sum(len(caption.text) for caption in line.captions)


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
