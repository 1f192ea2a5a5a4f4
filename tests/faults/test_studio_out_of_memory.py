"""The system ends what makes films, recordings or pictures: the daemon and everything else go on."""

import contextlib
import os
from collections import Counter
from pathlib import Path

import pytest

from channels.film.captions import Shown
from channels.film.reel import About
from channels.studio import Reading, Studio
from communique.channel import Image, TemporaryError
from communique.delivery import State
from communique.drawing import own_process
from communique.drawing.font_files import installed_fonts
from communique.drawing.own_process import Drawer, DrawerEndedError
from communique.drawing.pixels import png as drawn
from communique.send.mail_sink import LocalSink
from tests.channels.test_radio import sound
from tests.daemon_process import wait_until
from tests.drawn_pictures import png
from tests.ended_children import no_memory_for
from tests.unattended import unattended
from tests.workspaces import Town, build

STUDIO, DRAWER = "channels.studio", "communique.drawing.own_process"
RADIO = "channels:\n  radio: {kind: radio, directory: var/radio, formats: [wav]}\n"
SPOT = "Hello from the town of Littleton. " * 4
MORE = "  more:\n    when: start\n    to: [friends]\n    through: [email]\n"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_makes_recordings_is_ended_and_everything_else_goes_on(town: Town) -> None:
    """No start anew, no spot fails, mails go; once there is memory the folder is there, and once."""
    town.settings("channels:\n", RADIO)
    town.campaign("through: [email]", "through: [radio]")
    town.say_to_nobody_in_particular()
    town.write("templates/news/hello/en/radio-15.txt", SPOT)
    (town.root / "templates/news/hello/en/radio-15.wav").write_bytes(sound(9))
    town.invite("ana")
    with LocalSink() as sink, unattended(town.root) as daemons:
        town.settings("port: 25", f"port: {sink.port}")
        daemon = daemons.start()
        with no_memory_for(STUDIO, daemon.pid) as ended:
            wait_until(lambda: any("was ended (-9)" in reason for reason in reasons(town)), "a spot that is put off")
            town.add(MORE)
            wait_until(lambda: len(sink.accepted) == 1, "the mail of another announcement, by the same daemon")
            assert (daemon.poll(), len(ended) >= 1) == (None, True)
        daemon.terminate()
        assert daemon.wait(timeout=60) == 0
    town.clock.turn(minutes=3)  # the spot's time to try again
    town.run()
    assert [each.name for each in (town.root / "var/radio").rglob("*.wav")] == ["radio-15.wav"]
    assert states(town) == Counter({State.IN_DOUBT: 1, State.SENT: 1})


def reasons(town: Town) -> list[str]:
    """Why copies wait."""
    return [each.delivery.reason for each in town.copies()]


def states(town: Town) -> Counter[State]:
    """Of all copies."""
    return Counter(each.delivery.state for each in town.copies())


def test_the_next_film_has_a_new_studio() -> None:
    """The one in it is put off, and that is no fault of it."""
    picture = Image(data=png(64, 64), media_type="image/png", alt="", width=64, height=64)
    captions = [Shown(text="Good day", frames={"1x1": picture}, start=0, end=2)]
    with contextlib.closing(Studio()) as studio:
        heard = studio.heard(Reading("Good day", sound(2), "", 0))
        assert heard.seconds == pytest.approx(2, abs=0.1)
        with no_memory_for(STUDIO, os.getpid()), pytest.raises(TemporaryError, match=r"was ended \(-9\)"):
            studio.films(captions, ["1x1"], heard, About("A film", "eng"))
        films = studio.films(captions, ["1x1"], heard, About("A film", "eng"))
        assert films["1x1"][4:8] == b"ftyp"


@pytest.mark.skipif(installed_fonts() is None, reason="the Noto fonts are not installed (fonts-noto-core)")
def test_what_draws_is_ended_and_no_text_is_blamed(tmp_path: Path) -> None:
    """A post waits a minute, and its reason names the limit; then it goes, with its picture."""
    town = build(tmp_path)
    town.campaign("through: [email]", "through: [handoff]")
    town.say_to_nobody_in_particular()
    town.draw_cards()
    own_process.SHARED.close()
    drawn.cache_clear()
    with no_memory_for(DRAWER, os.getpid(), most=0):
        town.run()
        (copy,) = town.copies()
        assert copy.delivery.state is State.SCHEDULED
        assert copy.delivery.reason.startswith("put off: what draws pictures was ended (-9): most often there is not")
    town.clock.turn(minutes=1)
    town.run()
    (copy,) = town.copies()
    assert copy.delivery.state is State.IN_DOUBT
    assert [each.suffix for each in (town.root / "var").rglob("*.png")] == [".png"]
    town.database.close()


def test_the_next_picture_has_a_new_drawer() -> None:
    """What one drawing takes it does not take from another."""
    square = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="20" height="10"/></svg>'
    with contextlib.closing(Drawer()) as drawer:
        with no_memory_for(DRAWER, os.getpid(), most=0), pytest.raises(DrawerEndedError):
            drawer.png(square)
        assert drawer.png(square).startswith(b"\x89PNG")
        with pytest.raises(ValueError, match="unknown token"):
            drawer.png("not an svg")


def test_a_fork_has_a_drawer_of_its_own() -> None:
    """Two that ask one process would read each other's answers; the one of the first is left to it."""
    square = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"/>'
    with contextlib.closing(Drawer()) as drawer:
        picture, begun = drawer.png(square), drawer.pid
        fork = os.fork()
        if not fork:
            os._exit(0 if (drawer.png(square), drawer.pid != begun) == (picture, True) else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(fork, 0)[1]) == 0
        assert (drawer.png(square), drawer.pid) == (picture, begun)
