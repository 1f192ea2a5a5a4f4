"""Radio: the counterpart is the folder that a person takes to the stations."""

import io
import math
import wave
from dataclasses import replace
from pathlib import Path

import av
import pytest

from channels.radio import RadioChannel
from channels.voice import espeak
from channels.voice.encoding import FORMATS
from channels.voice.loudness import measured
from channels.voice.recording import record, sentences_of
from communique.channel import CueSheet, Equipped, Message, Script, Spot, UnavailableError
from tests.channels.contract import Bench, ChannelContract
from tests.counterparts.presence import require
from tests.shipped_messages import workspace

PLACE = "network/accepted-into-ogp-tell-the-public-once/es"
TEXT = "Puerto Claro entra en la OGP.\n\n¿Tiene ideas? Escriba a abierto arroba example punto org."


@pytest.fixture
def message(message: Message) -> Message:
    """A script of one spot, which takes nearly all of its seconds."""
    spot = Spot(
        seconds=15,
        file="templates/news/hello/es/radio-15.txt",
        written=TEXT,
        text=TEXT,
        said=TEXT.replace("OGP", "o ge pe"),
        words=16,
        takes=9.6,
    )
    sheet = CueSheet(
        direction="ltr",
        labels={**workspace().words.of("es")["cue_sheet"], "colon": ":"},
        sender="Ayuntamiento de Puerto Claro",
        contact=("Inés Vidal", "+34 955 000 000"),
        not_before="19 de enero de 2027, 10:00 (CET)",
        pronunciation={"OGP": "o ge pe"},
        seconds=("{0} s", ","),
    )
    script = Script(headline="Entramos", spots=(spot,), voice="es", words_per_minute=100, sheet=sheet)
    return message._replace(content=script)


def longer(message: Message, takes: float) -> Message:
    """The same, but its spot takes another time."""
    assert isinstance(message.content, Script)
    spots = (replace(message.content.spots[0], takes=takes),)
    return message._replace(content=replace(message.content, spots=spots))


class TestContract(ChannelContract):
    """What every adapter promises."""

    @pytest.fixture
    def bench(self, tmp_path: Path, message: Message) -> Bench:
        """The adapter and the folder, without recordings."""
        return Bench(
            make=lambda: RadioChannel(directory=tmp_path, formats=()),
            message=message,
            invalid=longer(message, 15.6),
            complaint="Too long for 15 seconds: 15.6 seconds (16 words, of which 25 fit at 100 a minute)",
            accepted=lambda: len(list(tmp_path.rglob("cue-sheet.html"))),
        )


def ignore() -> None:
    """A commit that nobody looks at."""


def test_a_station_finds_all_it_needs_in_one_folder(tmp_path: Path, message: Message) -> None:
    """Script, recordings as long as the announcer takes, a cue sheet that says so, and a transcript to listen along."""
    require(espeak.is_there(), "espeak-ng is not there. On Debian or Ubuntu: sudo apt-get install espeak-ng")
    channel = RadioChannel(
        directory=tmp_path,
        stations={"Radio Puerto Claro": {"en": "half past eight", "es": "8:30"}},
        formats=("wav", "mp3", "ogg"),
    )
    receipt = channel.send(message, ignore)

    assert (receipt.reference, receipt.by_hand) == (PLACE, True)
    folder = tmp_path / PLACE
    assert channel.offered(receipt.reference) == {"radio-15.mp3": folder / "radio-15.mp3"}
    assert (folder / "radio-15.txt").read_text() == f"{TEXT}\n"
    with wave.open(io.BytesIO((folder / "radio-15.wav").read_bytes())) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (48_000, 1, 2)
        seconds = sound.getnframes() / 48_000
    assert seconds == pytest.approx(9.6, rel=0.05)
    for ending in ("mp3", "ogg"):
        with av.open(str(folder / f"radio-15.{ending}")) as played:
            assert played.duration / av.time_base == pytest.approx(seconds, abs=0.1)
    sheet = (folder / "cue-sheet.html").read_text()
    for words in (
        "Radio Puerto Claro: 8:30",
        "Puerto Claro entra en la …",
        "… abierto arroba example punto org.",
        f"{seconds:.1f} s".replace(".", ","),
        "<bdi>9,6 s</bdi><br><bdi>16 palabras</bdi><br><bdi>100 palabras por minuto</bdi>",
        "OGP: o ge pe",
        "19 de enero de 2027, 10:00 (CET)",
        "+34 955 000 000",
        f"communique done {PLACE} --as NAME",
    ):
        assert words in sheet
    assert "radio-15.mp3" in (folder / "transcript.html").read_text()


def test_a_recording_is_as_loud_as_broadcasters_want_it_and_says_when_what_is_said() -> None:
    """EBU R 128: -23 LUFS, and no peak above -1 dBTP; phrases follow each other up to the end."""
    require(espeak.is_there(), "espeak-ng is not there. On Debian or Ubuntu: sudo apt-get install espeak-ng")
    recording = record(TEXT, "es", 140)
    loudness = measured(recording.samples, recording.rate)
    assert loudness.integrated == pytest.approx(-23, abs=0.5)
    assert loudness.true_peak < -1
    assert [each.text for each in recording.phrases] == sentences_of(TEXT)
    assert recording.phrases[-1].end == pytest.approx(recording.seconds, abs=0.05)
    words = [word for phrase in recording.phrases for word in phrase.words()]
    assert [word for word, _, _ in words] == TEXT.split()
    assert all(start < end for _, start, end in words)
    with pytest.raises(UnavailableError, match="voice `no-such`"):
        espeak.speak("Hola.", "no-such", 140)


def test_a_recording_keeps_within_its_seconds_and_ends_with_the_last_word() -> None:
    """A spot that is counted to fill its slot is said a little faster, if need be; no pause of the voice follows."""
    require(espeak.is_there(), "espeak-ng is not there. On Debian or Ubuntu: sudo apt-get install espeak-ng")
    free = record(TEXT, "es", 140)
    most = free.seconds - 0.05  # so near that it would be let pass
    held = record(TEXT, "es", 140, most=most)
    assert most - 0.4 < held.seconds <= most
    assert held.seconds - held.pauses[-1].start == pytest.approx(0.1, abs=0.05)


def test_an_mp3_is_as_loud_as_the_recording() -> None:
    """Though its coder makes all a little quieter."""
    require(espeak.is_there(), "espeak-ng is not there. On Debian or Ubuntu: sudo apt-get install espeak-ng")
    recording = record(TEXT, "es", 140)
    with av.open(io.BytesIO(FORMATS["mp3"](recording))) as played:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=recording.rate)
        frames = [each for frame in played.decode(audio=0) for each in resampler.resample(frame)]
    decoded = b"".join(bytes(each.planes[0])[: 2 * each.samples] for each in frames)
    loudness = measured(recording.samples, recording.rate).integrated
    assert measured(decoded, recording.rate).integrated == pytest.approx(loudness, abs=0.1)


def sound(seconds: float, loud: float = 0.3) -> bytes:
    """A tone, as a WAV file of 44,100 samples a second in two channels."""
    file = io.BytesIO()
    tone = (int(32_767 * loud * math.sin(n / 20)) for n in range(int(44_100 * seconds)))
    with wave.open(file, "wb") as written:
        written.setnchannels(2)
        written.setsampwidth(2)
        written.setframerate(44_100)
        written.writeframes(b"".join(2 * value.to_bytes(2, "little", signed=True) for value in tone))
    return file.getvalue()


def silence(minutes: int) -> bytes:
    """A small file (FLAC) that lasts long."""
    file = io.BytesIO()
    with av.open(file, "w", format="flac") as output:
        stream = output.add_stream("flac", rate=8_000, layout="mono")
        for number in range(minutes):
            frame = av.AudioFrame(format="s16", layout="mono", samples=60 * 8_000)
            frame.sample_rate, frame.pts = 8_000, number * 60 * 8_000
            frame.planes[0].update(bytes(2 * 60 * 8_000))
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return file.getvalue()


def with_recording(message: Message, data: bytes) -> Message:
    """The same, read by somebody."""
    assert isinstance(message.content, Script)
    spots = (replace(message.content.spots[0], recording=data),)
    return message._replace(content=replace(message.content, spots=spots))


def test_a_person_s_recording_takes_the_place_of_the_machine_s(tmp_path: Path, message: Message) -> None:
    """At a broadcaster's loudness and rate; what is too long, hardly heard or no sound is refused."""
    channel = RadioChannel(directory=tmp_path, formats=("wav",))
    own = with_recording(message, sound(3))
    assert channel.check(own) == []
    channel.send(own, ignore)
    with wave.open(str(tmp_path / PLACE / "radio-15.wav")) as made:
        assert (made.getframerate(), made.getnchannels()) == (48_000, 1)
        samples = made.readframes(made.getnframes())
    assert len(samples) / 2 / 48_000 == pytest.approx(3, abs=0.05)
    assert measured(samples, 48_000).integrated == pytest.approx(-23, abs=0.5)
    for data, words in (
        (sound(15.5), "the recording beside radio-15.txt takes 15.5. Record it anew, or shorten it."),
        (sound(3, loud=0.003), "expected speech of at least -43 LUFS, found -5"),
        (silence(minutes=22), "expected at most 20 minutes of speech, found more"),
        (bytes(100_000_001), "expected a sound file of at most 100 MB, found a larger one"),
        (b"no sound", "expected a sound file (WAV, MP3, Ogg, M4A), found something else"),
    ):
        (refused,) = channel.check(with_recording(message, data))
        assert words in refused


def test_a_text_is_cut_at_its_sentences_alone() -> None:
    """An address, a time or an initial is no end of a sentence; Arabic question marks are."""
    assert sentences_of("Uno: dos. ¿Tres? open.example.org va.\n\nهل؟ نعم.") == [
        "Uno:",
        "dos.",
        "¿Tres?",
        "open.example.org va.",
        "هل؟",
        "نعم.",
    ]


def test_without_a_voice_there_is_the_script(tmp_path: Path, message: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without espeak-ng writes everything else, says so on the sheet, and what to install to who asks."""
    monkeypatch.setattr(espeak, "is_there", lambda: False)
    channel = RadioChannel(directory=tmp_path)
    assert isinstance(channel, Equipped)
    lack = channel.lacks()
    assert lack is not None
    assert "sudo apt-get install espeak-ng" in lack.what
    assert not lack.stops
    channel.send(message, ignore)
    assert sorted(file.name for file in (tmp_path / PLACE).iterdir()) == [
        "cue-sheet.html",
        "radio-15.txt",
        "transcript.html",
    ]
    assert "este equipo no tiene voz" in (tmp_path / PLACE / "cue-sheet.html").read_text()


def test_a_format_that_nobody_writes_is_named() -> None:
    """With those there are."""
    with pytest.raises(ValueError, match="some of wav, mp3, ogg; found aiff"):
        RadioChannel(directory=Path(), formats=("aiff",))  # type: ignore[arg-type]
    assert set(FORMATS) == {"wav", "mp3", "ogg"}
