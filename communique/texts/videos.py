"""Videos: what is said, in captions short enough to read, each with the picture that is seen meanwhile.

A paragraph of the script is a scene: the first shows the headline, the last how to take part, those between them the
meeting, if there is one, or else the summary.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import partial
from itertools import accumulate, pairwise
from typing import Any

from communique.channel import Caption, Drawing, Script, Spoken, Video
from communique.language.escaping import unwrapped
from communique.language.telephone_numbers import in_order
from communique.texts.cards import Cards

#: By the name of the drawing without `video-`: width to height.
SHAPES = ("16x9", "1x1", "9x16")
#: Of a caption: two lines, as broadcasters have it (BBC Subtitle Guidelines), of 32 letters: in an upright picture
#: there is no room for more between its edge and the buttons of networks.
MOST_LETTERS = 64
_SCHEME = re.compile(r"\bhttps?://")
_SENTENCE_ENDS = re.compile(r"(?<=[.!?؟…])\s+")
_PARAGRAPH_ENDS = re.compile(r"\n\s*\n")
_PART_ENDS = re.compile(r"[,،、;؛:—–]$")
#: So many letters further from the middle a caption may end, to end where a voice pauses.
_FOR_A_PAUSE = 30
#: Of what is said meanwhile: some seven seconds, longer than which no caption should stand (BBC Subtitle Guidelines).
#: An address or a telephone number has many more letters when it is said.
MOST_SAID = 100
#: An article, a preposition or a number belongs to what follows (BBC Subtitle Guidelines, line breaks).
_BELONGS_TO_THE_NEXT = re.compile(r"(?:^|\s)\w{1,3}$")
_FOR_THE_NEXT = 14  #: so many letters nearer to the middle is worth as much


def video_of(script: Script, cards: Cards, shown: Mapping[str, Any]) -> Video:
    """A video from the shortest spot that tells a story, or the only one; `shown` is what its drawings may show.

    Raises:
        TemplateProblemError: a drawing cannot be filled.
    """
    from communique.texts.paper import code_of  # loads what draws codes, for who draws one

    shown = {**shown, "code": code_of(shown["pages"]["process"])}
    spot = min(script.spots, key=lambda each: (each.seconds < _STORY, each.seconds))
    written, said = (_PARAGRAPH_ENDS.split(text.strip()) for text in (spot.written, spot.said))
    scenes = _scenes(len(written), has_meeting=bool(shown["meeting"]))
    lines = tuple(
        Spoken(said=voice, captions=tuple(_captions(words, voice, scene, cards, shown)))
        for scene, paragraph, spoken in zip(scenes, written, said, strict=True)
        for words, voice in _sentences(paragraph, spoken)
    )
    return Video(
        headline=script.headline,
        text=in_order(spot.written),
        file=spot.file,
        lines=lines,
        cover=cards.drawing(f"video-{SHAPES[0]}", {**shown, "scene": "title", "caption": ""}),
        voice=script.voice,
        words_per_minute=script.words_per_minute,
        recording=spot.recording,
    )


#: A video needs time for a title, a middle and an end.
_STORY = 20


def _scenes(count: int, *, has_meeting: bool) -> list[str]:
    middle = "meeting" if has_meeting else "summary"
    return ["title", *[middle] * (count - 2), "join"][:count] if count > 1 else ["title"]


def _sentences(written: str, said: str) -> list[tuple[str, str]]:
    """A paragraph's sentences, as they are written and said; the whole paragraph where the two do not match."""
    pairs = [_SENTENCE_ENDS.split(unwrapped(text)) for text in (written, said)]
    if len(pairs[0]) != len(pairs[1]):
        pairs = [[unwrapped(text)] for text in (written, said)]
    return list(zip(*pairs, strict=True))


def _captions(words: str, voice: str, scene: str, cards: Cards, shown: Mapping[str, Any]) -> Iterator[Caption]:
    pieces = split_evenly(_SCHEME.sub("", words), MOST_LETTERS)
    pieces = list(_no_longer_than(MOST_SAID, pieces, said_meanwhile(pieces, voice)))
    for text, said in zip(pieces, said_meanwhile(pieces, voice), strict=True):
        frames: dict[str, Drawing] = {}
        for shape in SHAPES:
            if drawing := cards.drawing(f"video-{shape}", {**shown, "scene": scene, "caption": text}):
                frames[shape] = drawing
        yield Caption(text=in_order(text), said=said, drawings=frames)


def _no_longer_than(most: int, pieces: Sequence[str], said: Sequence[str]) -> Iterator[str]:
    """Pieces that take longer to say are divided after the comma that is nearest to the middle, if they have one."""
    for piece, voice in zip(pieces, said, strict=True):
        words = _words(piece)
        ends = [number for number, word in enumerate(words[:-1], 1) if _PART_ENDS.search(word)]
        if len(voice) <= most or not ends:
            yield piece
            continue
        halves = [(" ".join(words[:end]), " ".join(words[end:])) for end in ends]
        spoken = [(half, said_meanwhile(half, voice)) for half in halves]
        (half, parts) = min(spoken, key=lambda each: max(map(len, each[1])))
        yield from _no_longer_than(most, half, parts)


def said_meanwhile(pieces: Sequence[str], voice: str) -> list[str]:
    """What a voice says of a sentence, in pieces as those in which it is written.

    Words that are written and said alike show which belong together; what is said otherwise lies between them.
    """
    written, said = [word for piece in pieces for word in _words(piece)], _words(voice)
    alike = SequenceMatcher(None, written, said, autojunk=False).get_opcodes()

    def until(count: int) -> int:
        for _, start, end, said_from, said_to in alike:
            if start < count <= end:
                return said_from + round((said_to - said_from) * (count - start) / (end - start))
        return 0

    ends = [0, *map(until, accumulate(len(_words(piece)) for piece in pieces[:-1])), len(said)]
    return [" ".join(said[start:end]) for start, end in pairwise(ends)] if pieces else []


def split_evenly(text: str, most: int) -> list[str]:
    """A text in as few pieces as it takes, of about the same length and of whole words; a longer word stays whole.

    A piece ends at a comma or colon if one is near: there a voice pauses, and a reader does, too. It does not end with
    a short word, if a longer one is near.
    """
    words, pieces = _words(text), list[str]()
    while (rest := " ".join(words)) and len(rest) > most and len(words) > 1:
        piece = min((" ".join(words[:number]) for number in range(1, len(words))), key=partial(_uneven, rest, most))
        pieces.append(piece)
        words = words[len(_words(piece)) :]
    return [*pieces, rest] if rest else pieces


def _words(text: str) -> list[str]:
    """What may stand at the end of a caption; a French sign and the word before it go together."""
    return [word for word in re.split(r"[^\S\u00a0\u202f]", text) if word]


def _uneven(text: str, most: int, piece: str) -> float:
    """How badly a text is divided by its first piece: in letters that are too many or too few."""
    count = -(-len(text) // most)
    without_room = max(len(piece), (len(text) - len(piece) - 1) / (count - 1)) > most
    return (
        abs(len(piece) - len(text) / count)
        - _FOR_A_PAUSE * bool(_PART_ENDS.search(piece))
        + _FOR_THE_NEXT * bool(_BELONGS_TO_THE_NEXT.search(piece))
        + without_room * len(text)
    )
