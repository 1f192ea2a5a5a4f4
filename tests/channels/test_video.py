"""Video: the counterpart is the folder that a person uploads from; the films are decoded again."""

import array
import io
import itertools
import re
import wave
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest
import zxingcpp
from av.stream import Disposition
from lxml import etree
from PIL import Image, ImageChops

from channels.film.captions import in_lines, timed
from channels.film.reel import RATE, FlashingFilmError, film, sound_track
from channels.video import VideoChannel
from channels.voice import espeak
from channels.voice.loudness import measured
from channels.voice.own_recording import own_recording
from channels.voice.pauses import Pause
from channels.voice.recording import Phrase, Recording, record, sentences_of
from communique.channel import Caption, Form, Message, Spoken, Video
from communique.drawing.font_files import installed_fonts
from communique.drawing.pixels import outlined
from communique.drawing.typesetting import SVG, parsed
from communique.plan.checks.card import card_faults
from communique.send.messages import filmed
from communique.texts.videos import MOST_LETTERS, MOST_SAID, said_meanwhile, split_evenly
from tests.channels.contract import Bench, ChannelContract
from tests.counterparts.presence import require
from tests.drawing.test_card_shapes import LONGEST
from tests.shipped_messages import occasions, workspace

pytestmark = pytest.mark.skipif(installed_fonts() is None, reason="the Noto fonts are not installed (fonts-noto-core)")
PLACE = "network/accepted-into-ogp-tell-the-public-once/es"
SIZES = {"16x9": (1280, 720), "1x1": (720, 720), "9x16": (720, 1280)}
_STAMP = re.compile(r"(\d+):(\d+):(\d+),(\d+) --> (\d+):(\d+):(\d+),(\d+)")


def video(language: str) -> Video:
    """Of the shipped campaign, not yet drawn."""
    (occasion,) = [each for each in occasions() if each.announcement == "tell-the-public"]
    return workspace().renderer.video(occasion, workspace().routes["video"], language)


@pytest.fixture(scope="module")
def in_spanish() -> Video:
    """With its pictures; its first and its last sentence are enough, and half as long to make."""
    whole = video("es")
    return filmed(replace(whole, lines=(whole.lines[0], whole.lines[-1])))


@pytest.fixture
def message(message: Message, in_spanish: Video) -> Message:
    """A video."""
    return message._replace(content=in_spanish)


def ignore() -> None:
    """A commit that nobody looks at."""


def one_sentence(video: Video) -> Video:
    """No longer than that, in one shape: quickly made."""
    (first, *_) = video.lines
    captions = tuple(replace(each, frames={"1x1": each.frames["1x1"]}) for each in first.captions)
    return replace(video, lines=(replace(first, captions=captions),))


class TestContract(ChannelContract):
    """What every adapter promises."""

    @pytest.fixture
    def bench(self, tmp_path: Path, message: Message, in_spanish: Video) -> Bench:
        """The adapter and the folder; films of one sentence, without sound."""
        return Bench(
            make=lambda: VideoChannel(directory=tmp_path, sound=False),
            message=message._replace(content=one_sentence(in_spanish)),
            invalid=message._replace(content=replace(in_spanish, words_per_minute=300)),
            complaint="Too fast to read: “Siga cada paso y prepare sus ideas” stands for",
            accepted=lambda: len(list(tmp_path.rglob("transcript.txt"))),
        )


def test_the_films_show_each_caption_while_it_is_said(tmp_path: Path, message: Message, in_spanish: Video) -> None:
    """Three shapes with sound; at the middle of each caption's time its picture is seen, and no other."""
    require(espeak.is_there(), "espeak-ng is not there. On Debian or Ubuntu: sudo apt-get install espeak-ng")
    channel = VideoChannel(directory=tmp_path)
    receipt = channel.send(message, ignore)
    assert (receipt.reference, receipt.by_hand) == (PLACE, True)
    folder = tmp_path / PLACE
    assert set(channel.offered(receipt.reference)) == {"video-16x9.mp4", "captions.vtt", "thumbnail.png"}
    times = [_seconds(found) for found in _STAMP.finditer((folder / "captions.srt").read_text())]
    captions = [caption for line in in_spanish.lines for caption in line.captions]
    assert len(times) == len(captions) == 5
    assert all(end == start for (_, end), (start, _) in pairwise(times))
    for shape, size in SIZES.items():
        with av.open(str(folder / f"video-{shape}.mp4")) as film:
            assert [stream.codec_context.name for stream in film.streams] == ["h264", "aac", "mov_text"]
            assert {stream.metadata["language"] for stream in film.streams} == {"spa"}
            assert film.metadata["title"] == in_spanish.headline
            assert [bool(stream.disposition & Disposition.default) for stream in film.streams] == [True, True, False]
            beside = [bytes(each)[2:].decode() for each in film.demux(subtitles=0) if each.size > 2]
            assert beside == [in_lines(caption.text) for caption in captions]
            film.seek(0)
            assert film.duration / av.time_base == pytest.approx(times[-1][1], abs=0.2)
            assert (film.streams.video[0].width, film.streams.video[0].height) == size
            assert (
                film.streams.video[0].codec_context.colorspace,
                film.streams.video[0].codec_context.color_range,
            ) == (1, 1)
            pictures, sound, _ = film.streams
            assert 23 <= pictures.average_rate <= 60  # what Instagram takes
            assert float(pictures.duration * pictures.time_base) == pytest.approx(
                float(sound.duration * sound.time_base), abs=0.03
            )
            wanted = {
                round((start + end) / 2 * RATE): caption for (start, end), caption in zip(times, captions, strict=True)
            }
            for number, frame in enumerate(film.decode(video=0)):
                if caption := wanted.pop(number, None):
                    assert _differ(frame, caption.frames[shape].data) < 8
                    assert _band(frame.to_image()) == pytest.approx(_band(_picture(caption.frames[shape])), abs=6)
                    last = frame.to_image()
            assert wanted == {}
            assert [each.text for each in zxingcpp.read_barcodes(last)] == [
                "https://abierto.puertoclaro.example.org/es/"
            ]
        # A sentence, and a part of one, is read when it begins to be heard; the first from the beginning. Before “en
        # abierto.puertoclaro…”, the fourth, nobody pauses.
        heard = _onsets((folder / f"video-{shape}.mp4").read_bytes())
        late = [
            min((start - onset for onset in heard), key=abs) for number, (start, _) in enumerate(times) if number != 3
        ]
        assert late == pytest.approx([0] * 4, abs=0.1)
    assert (folder / "captions.vtt").read_text().startswith("WEBVTT\n\n00:00:00.000 --> ")
    assert "Buenas noticias" in (folder / "transcript.txt").read_text()
    assert Image.open(io.BytesIO((folder / "thumbnail.png").read_bytes())).size == SIZES["16x9"]


def test_a_film_is_as_loud_as_what_comes_before_and_after_it_on_a_telephone() -> None:
    """Though its voice is recorded for the radio, 7 dB quieter; no peak near full scale."""
    require(espeak.is_there(), "espeak-ng is not there. On Debian or Ubuntu: sudo apt-get install espeak-ng")
    heard = sound_track(record("Puerto Claro entra en la Alianza. Siga cada paso.", "es", 150), until=5)
    with av.open(io.BytesIO(heard)) as opened:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000)
        frames = [each for frame in opened.decode(audio=0) for each in resampler.resample(frame)]
    samples = b"".join(bytes(each.planes[0])[: 2 * each.samples] for each in frames)
    loudness = measured(samples, 48_000)
    assert loudness.integrated == pytest.approx(-16, abs=0.7)
    assert loudness.true_peak < -1


def test_the_captions_follow_a_recording_of_the_city(in_spanish: Video) -> None:
    """Half as long again as the machine's, with a moment before it and pauses of a breath: heard again, and met."""
    require(espeak.is_there(), "espeak-ng is not there. On Debian or Ubuntu: sudo apt-get install espeak-ng")
    said = "\n".join(line.said for line in in_spanish.lines)
    spoken = [espeak.speak(each, "es", 105) for each in sentences_of(said)]
    wav = io.BytesIO()
    with wave.open(wav, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(espeak.RATE)
        written.writeframes(
            b"".join(
                bytes(round(silence * espeak.RATE) * 2) + each
                for silence, each in zip((1.2, 0.4, 0.9), spoken, strict=True)
            )
        )
    shown = timed(in_spanish, own_recording(wav.getvalue(), said))
    heard = _onsets(wav.getvalue())
    late = [min((each.start - onset for onset in heard), key=abs) for each in (*shown[1:3], shown[4])]
    assert late == pytest.approx([0, 0, 0], abs=0.1)
    assert shown[2].start > 5
    assert shown[-1].end == pytest.approx(sum(map(len, spoken)) / 2 / espeak.RATE + 2.5 + 1.5, abs=0.1)


def test_a_film_that_would_flash_is_not_made(in_spanish: Video) -> None:
    """Captions of a tenth of a second, black and white in turn; those of the shipped film do no harm."""
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "black").save(picture, "PNG")
    first = next(iter(timed(in_spanish, None)))
    dark = replace(first.frames["1x1"], data=picture.getvalue())
    frames = itertools.cycle([{"1x1": first.frames["1x1"]}, {"1x1": dark}])
    quick = [replace(first, frames=next(frames), start=n / 10, end=(n + 1) / 10) for n in range(12)]
    with pytest.raises(FlashingFilmError, match=r"from second 0\.1"):
        film(quick, "1x1")


def _seconds(found: re.Match[str]) -> tuple[float, float]:
    numbers = [int(each) for each in found.groups()]
    moments = (timedelta(hours=h, minutes=m, seconds=s, milliseconds=ms) for h, m, s, ms in (numbers[:4], numbers[4:]))
    start, end = (moment.total_seconds() for moment in moments)
    return start, end


def _onsets(file: bytes) -> list[float]:
    """The seconds at which, after a tenth of one, a voice is heard again, by the loudest sample of each hundredth."""
    with av.open(io.BytesIO(file)) as opened:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=8000)
        parts = [
            bytes(each.planes[0])[: 2 * each.samples]
            for frame in opened.decode(audio=0)
            for each in resampler.resample(frame)
        ]
    samples = array.array("h", b"".join(parts))
    loud = [max(map(abs, samples[at : at + 80])) > 300 for at in range(0, len(samples), 80)]
    return [n / 100 for n, now in enumerate(loud) if now and (n == 0 or not any(loud[max(0, n - 10) : n]))]


def _differ(frame: Any, drawn: bytes) -> float:
    """Mean difference of a decoded picture and the one it was made from, of 255."""
    seen, meant = frame.to_image().convert("L"), Image.open(io.BytesIO(drawn)).convert("L")
    histogram = ImageChops.difference(seen, meant).histogram()
    return sum(value * count for value, count in enumerate(histogram)) / sum(histogram)


def _picture(drawn: Any) -> Image.Image:
    return Image.open(io.BytesIO(drawn.data)).convert("RGB")


def _band(picture: Image.Image) -> tuple[int, ...]:
    """The city's colour, at the upper edge."""
    return tuple(picture.getpixel((picture.width // 2, 4)))  # type: ignore[arg-type]


def test_an_upright_film_is_clear_of_what_networks_lay_over_it() -> None:
    """15 % at the top, 35 % at the bottom, 6 % at the left, 17.5 % at the right; a code has white around it."""
    made = video("es")
    scenes = {each.drawings["9x16"].source for line in made.lines for each in line.captions}
    assert len(scenes) > 3
    for source in scenes:
        root = parsed(source)
        for each in root.iter(*(f"{{{SVG}}}{name}" for name in ("text", "image"))):
            x, y, width, height = (float(each.get(name, "0")) for name in ("x", "y", "width", "height"))
            border = width * 0.09 if each.tag.endswith("image") else 0
            assert 0.15 * 1280 <= y <= 0.65 * 1280 - height, etree.tostring(each)
            assert 0.06 * 720 <= x + border <= 0.825 * 720 - width + 2 * border, etree.tostring(each)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_longest_name_has_room_in_each_scene(language: str) -> None:
    """In each shape, nothing is cut."""
    ours = str(workspace().settings.government.name[language])  # type: ignore[index]
    drawings = [
        each.drawings
        for line in video(language).lines
        for each in line.captions[:1]  # the others of a sentence differ in their words alone
    ]
    sources = [each[shape].source for each in drawings for shape in SIZES]
    assert all(ours in each for each in sources)
    assert [cut for each in sources for cut in outlined(each.replace(ours, LONGEST[language])).cut] == []


@pytest.mark.parametrize("language", ["es", "pt", "ar"])
def test_a_caption_is_no_longer_there_than_a_breath(language: str) -> None:
    """An address and a telephone number take long to say: what has a comma is divided there."""
    captions = [each for line in video(language).lines for each in line.captions]
    longest = max(captions, key=lambda each: len(each.said or each.text))
    assert len(longest.said or longest.text) <= MOST_SAID
    assert [each.text for each in captions][-1].endswith("+34 955 000 000.")
    assert "example.org" not in captions[-1].text


@pytest.mark.parametrize("language", ["es", "fr", "ar"])
def test_a_caption_has_two_lines_at_most_and_none_is_long(language: str) -> None:
    """In the files that players show; nothing is lost."""
    for caption in timed(video(language), None):
        lines = in_lines(caption.text).split("\n")
        assert (len(lines) <= 2, max(map(len, lines)) <= 42) == (True, True)  # EBU-TT
        assert " ".join(lines) == caption.text


def test_a_part_of_a_sentence_is_read_when_it_is_heard_though_nobody_pauses() -> None:
    """Pauses before and after it are not taken for words."""
    words = [Phrase("uno dos tres, cuatro cinco.", 0, 6), Phrase("seis siete ocho.", 7, 10)]
    captions = [
        Caption(text=text, said=text, drawings={}) for text in ("uno", "dos tres, cuatro", "cinco. seis", "siete ocho.")
    ]
    line = Spoken(said="uno dos tres, cuatro cinco. seis siete ocho.", captions=tuple(captions))
    shown = timed(
        replace(video("es"), lines=(line,)),
        Recording(bytes(2 * 48_000 * 10), 48_000, tuple(words), (Pause(2, 4), Pause(5.8, 7.2))),
    )
    assert [each.start for each in shown] == pytest.approx([0, 0.5, 4.81, 8], abs=0.05)


def test_captions_keep_telephone_numbers_in_order() -> None:
    """In files that players show: among Arabic letters a number without its mark would be read from its end."""
    made = video("ar")
    captions = [each.text for each in timed(made, None) if "+34" in each.text]
    assert captions
    assert all("\u200e+34 955 000 000" in each for each in (*captions, made.text))


@pytest.mark.parametrize("language", ["ar", "fr", "en", "pt"])
def test_every_language_has_time_to_be_read(language: str) -> None:
    """At the announcer's pace, without a voice: nothing too fast, no more than two lines at once, and room for them."""
    made = video(language)
    assert VideoChannel(directory=Path(), sound=False).check(_message(made, language)) == []
    assert all(len(each.text) <= MOST_LETTERS for each in timed(made, None))
    shown = " ".join(each.text for each in timed(made, None))
    assert shown.split() == made.text.replace("https://", "").split()
    assert all(each.end - each.start >= 1 for each in timed(made, None))
    (occasion,) = [each for each in occasions() if each.announcement == "tell-the-public"]
    wording = workspace().renderer.wordings(occasion, workspace().routes["video"], language)[-1]
    assert card_faults(made, wording) == []
    *lines, last = made.lines
    caption = max(last.captions, key=lambda each: len(each.text))
    written = caption.text.replace("\u200e", "")
    drawings = {
        name: replace(each, source=each.source.replace(written, written * 20))
        for name, each in caption.drawings.items()
    }
    too_long = replace(caption, text=caption.text * 20, drawings=drawings)
    (found,) = card_faults(replace(made, lines=(*lines, replace(last, captions=(too_long,)))), wording)
    assert (found.code, found.file) == ("card-cut", wording.path)


def _message(content: Video, language: str) -> Message:
    key = f"accepted-into-ogp/tell-the-public/once/network/all/{language}"
    (occasion,) = [each for each in occasions() if each.announcement == "tell-the-public"]
    return Message(key=key, reference="x@y", created_at=occasion.due_at, language=language, content=content)


def test_long_sentences_are_split_evenly_and_whole() -> None:
    """No caption of one word after one of two full lines; nothing is lost."""
    text = "one two three four five six seven eight nine ten eleven twelve"
    pieces = split_evenly(text, 40)
    assert " ".join(pieces) == text
    assert [len(piece) <= 40 for piece in pieces] == [True, True]
    assert min(map(len, pieces)) > 25
    assert split_evenly("", 40) == []
    assert split_evenly("one two three, four five six seven eight", 26) == [
        "one two three,",
        "four five six seven eight",
    ]
    assert split_evenly("Puerto Claro está elaborando su plan de acción de gobierno", 34) == [
        "Puerto Claro está elaborando",  # and not “su plan de”: a small word begins what follows
        "su plan de acción de gobierno",
    ]


def test_what_is_said_is_divided_as_what_is_written() -> None:
    """Though an address takes longer to say than to read, and a number that is cut in two is shared by its words."""
    said = "ideas en abierto punto org, o llame al nueve cinco cinco, cero cero"
    assert said_meanwhile(["ideas en abierto.org,", "o llame al +34 955"], said) == [
        "ideas en abierto punto org,",
        "o llame al nueve cinco cinco, cero cero",
    ]
    assert said_meanwhile(["o llame al 955", "000."], "o llame al nueve cinco cinco, cero cero cero.") == [
        "o llame al nueve cinco cinco,",
        "cero cero cero.",
    ]
    assert said_meanwhile([], "") == []


def test_the_channel_of_the_settings_makes_videos() -> None:
    """A person takes what it writes."""
    route = workspace().routes["video"]
    assert (route.form, route.is_for_a_person) == (Form.VIDEO, True)
