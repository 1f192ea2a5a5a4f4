"""Make the pictures of the documents anew: `make pictures`, or `python -m tests.document_pictures public desk`."""

import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser

from tests.counterparts.browser import running_chromium
from tests.document_pictures.city import city_on
from tests.document_pictures.photographs import WIDE, Photographer
from tests.document_pictures.working_day import working_day

_CAMPAIGNS = ("accepted-into-ogp", "co-creation-kickoff")
_DAY = datetime(2027, 1, 26, 9, tzinfo=UTC)
_WRONG = {
    "es": "El texto no es correcto.",
    "en": "The text is wrong.",
    "fr": "Le texte n’est pas correct.",
    "pt": "O texto não está correto.",
    "ar": "النص خاطئ.",
}


def public(browser: Browser, root: Path) -> None:
    """What citizens see, when the city has been accepted and has sent its invitations."""
    taken_back = ("accepted-into-ogp", "why-we-joined")
    with city_on(_DAY, root, campaigns=_CAMPAIGNS, taken_back=taken_back, reasons=_WRONG) as city:
        camera = Photographer(browser, city.address)
        camera.one("process-page", "/es/", WIDE)
        camera.pair("page-process", "/{language}/", 900, width=1000)
        camera.pair("page-event", f"/{{language}}/dates/{_CAMPAIGNS[1]}/kickoff/", 1000)
        camera.pair("page-withdrawn", f"/{{language}}/{'/'.join(taken_back)}/", 800)
        camera.pair("page-subscribe", "/subscribe?language={language}", 1440)
        camera.pair("page-answer", f"{city.link('answer')}?language={{language}}", 1440)
        camera.pair("page-preferences", f"{city.link('preferences')}?language={{language}}", 1300)


def rehearsal(browser: Browser, root: Path) -> None:
    """What `make demo` ends with."""
    from click.testing import CliRunner

    from communique.cli import group

    into = root / "rehearsal"
    result = CliRunner().invoke(group, ["rehearse", "--all", "--people", "200", "--into", str(into)])
    assert result.exit_code == 0, result.output
    Photographer(browser, into.as_uri()).one("rehearsal", "/index.html", WIDE)


def desk(browser: Browser, root: Path) -> None:
    """What officers see on a day on which something has gone wrong."""
    with working_day(root, _DAY - timedelta(days=8)) as (address, session):
        camera = Photographer(browser, address, cookies={"desk": session})
        camera.one("desk", "/", {"width": 1280, "height": 1100})


_ALL: Mapping[str, Callable[[Browser, Path], None]] = {"public": public, "rehearsal": rehearsal, "desk": desk}

with running_chromium() as chromium:
    for name in sys.argv[1:] or _ALL:
        with tempfile.TemporaryDirectory() as folder:
            _ALL[name](chromium, Path(folder))
