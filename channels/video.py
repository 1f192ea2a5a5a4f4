"""Videos with captions, in three shapes, made of drawings and a voice; for a person to upload."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import ClassVar, Literal

from channels.atomic_files import unchanged, write_files
from channels.film.captions import Shown, srt, timed, too_fast, vtt
from channels.film.reel import About, FlashingFilmError
from channels.film.track_language import track_language
from channels.packs import place_of, receipt_of
from channels.studio import SHARED, Reading, by_a_person
from channels.voice import espeak
from channels.voice.own_recording import UnfitRecordingError
from channels.voice.recording import Recording
from communique.channel import (
    Form,
    InDoubt,
    Lack,
    Message,
    PermanentError,
    Reach,
    Receipt,
    TemporaryError,
    Video,
    in_turn,
    phrase,
    told_by,
)

_SHAPES = ("16x9", "1x1", "9x16")
_CAPTIONS, _THUMBNAIL, _LAST = "captions.vtt", "thumbnail.png", "transcript.txt"
_NO_PICTURES = phrase(
    "There are no pictures. They are drawn from templates/layouts/cards/video-*.svg, and need the Noto fonts "
    "(Debian: fonts-noto-core)."
)
_DOES = phrase("uploads it")


@dataclass(kw_only=True)
class VideoChannel:
    """Writes a folder for each announcement and language: `video/CAMPAIGN-ANNOUNCEMENT-once/es`.

    Args:
        directory: where the folders are written.
        sound: whether a voice is heard, where the machine has one; the captions say the same.
        shapes: which films there are.
    """

    reach: ClassVar[Reach] = Reach.ALL
    form: ClassVar[Form] = Form.VIDEO
    in_doubt: ClassVar[InDoubt] = InDoubt.REWRITE
    local: ClassVar[bool] = True

    directory: Path
    sound: bool = True
    shapes: tuple[Literal["16x9", "1x1", "9x16"], ...] = ("16x9", "1x1", "9x16")

    def __post_init__(self) -> None:
        if not self.shapes or set(self.shapes) - set(_SHAPES):
            raise ValueError(
                phrase(
                    "`shapes` expects some of {shapes}; found {found}.",
                    shapes=", ".join(_SHAPES),
                    found=", ".join(self.shapes) or phrase("none"),
                )
            )

    def check(self, message: Message) -> Sequence[str]:
        """Refused are captions that are gone before they are read, and what has no pictures."""
        video = message.content
        if not isinstance(video, Video):
            return [f"A video was expected, found {type(video).__name__}."]
        if not all(caption.drawings or caption.frames for line in video.lines for caption in line.captions):
            return [_NO_PICTURES]
        name = PurePosixPath(video.file).name
        try:
            recording = by_a_person(video.recording, _all_said(video)) if video.recording else None
        except UnfitRecordingError as error:
            return [phrase("Of the recording beside {name}: {why}.", name=name, why=error.args[0])]
        except TemporaryError:  # no fault of the recording: who writes the folder hears of it
            return []
        return [
            phrase(
                "Too fast to read: “{text}” stands for {seconds:.1f} seconds. Say it in fewer words in {name}.",
                text=caption.text,
                seconds=caption.end - caption.start,
                name=name,
            )
            for caption in timed(video, recording)
            if too_fast(caption)
        ]

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Write the folder; a person uploads what is in it, and says so."""
        if refused := self.check(message):
            raise PermanentError(in_turn(refused))
        video, place = _video(message), place_of(message)
        recording = self._recorded(video)
        captions = timed(video, recording)
        about = About(video.headline, track_language(message.language))
        try:
            made = SHARED.films(captions, self._drawn(captions), recording, about)
        except FlashingFilmError as error:
            raise PermanentError(phrase("The film would flash: {error} (WCAG 2.3.1).", error=told_by(error))) from error
        films = {f"{place}/video-{shape}.mp4": each for shape, each in made.items()}
        write_files(Path(self.directory), {**films, **_texts(place, video, captions)}, commit)
        return receipt_of(place_of(message), _DOES)

    def lookup(self, message: Message) -> Receipt | None:
        """Found when the transcript, which is written last, is as this message makes it."""
        place = place_of(message)
        transcript = {f"{place}/{_LAST}": _transcript(_video(message))}
        return receipt_of(place_of(message), _DOES) if unchanged(Path(self.directory), transcript) else None

    def offered(self, reference: str) -> Mapping[str, Path]:
        """The wide film, or the first there is, with captions and a thumbnail."""
        folder = Path(self.directory) / reference
        films = [f"video-{shape}.mp4" for shape in _SHAPES if (folder / f"video-{shape}.mp4").is_file()]
        beside = [name for name in (_CAPTIONS, _THUMBNAIL) if films and (folder / name).is_file()]
        return {name: folder / name for name in (*films[:1], *beside)}

    def lacks(self) -> Lack | None:
        """The synthesiser, where it is not installed: films are silent, and captions say it all."""
        return None if espeak.is_there() or not self.sound else Lack(espeak.MISSING, stops=False)

    def close(self) -> None:
        """Nothing is held open."""

    def _drawn(self, captions: Sequence[Shown]) -> list[str]:
        return [shape for shape in self.shapes if shape in captions[0].frames]

    def _recorded(self, video: Video) -> Recording | None:
        """The voice, a person's first; none where the machine cannot speak, because the captions say it all."""
        if self.sound and video.recording:
            return by_a_person(video.recording, _all_said(video))
        if not self.sound or not espeak.is_there():
            return None
        return SHARED.heard(Reading(_all_said(video), b"", video.voice, video.words_per_minute))


def _all_said(video: Video) -> str:
    return "\n".join(line.said for line in video.lines)


def _texts(place: str, video: Video, captions: Sequence[Shown]) -> Mapping[str, bytes]:
    cover = {f"{place}/{_THUMBNAIL}": video.thumbnail.data} if video.thumbnail else {}
    return {
        **cover,
        f"{place}/captions.srt": srt(captions).encode(),
        f"{place}/{_CAPTIONS}": vtt(captions).encode(),
        f"{place}/{_LAST}": _transcript(video),
    }


def _transcript(video: Video) -> bytes:
    return f"{video.headline}\n\n{video.text}\n".encode()


def _video(message: Message) -> Video:
    if not isinstance(message.content, Video):
        raise PermanentError(phrase("A video was expected."))
    return message.content
