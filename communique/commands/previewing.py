"""The command that shows announcements as their readers will see them, in a folder or in the browser."""

import shutil
import signal
import threading
from collections.abc import Sequence
from pathlib import Path

import click

from communique.commands.console import Session, counted, named, refuse
from communique.preview.readers import reader
from communique.problems import did_you_mean
from communique.web.desk.office import Office, office_of
from communique.web.desk.preview_server import PORT, serving_previews
from communique.web.desk.preview_sheets import PreviewSheets


@click.command("preview")
@click.argument("campaign", required=False)
@click.argument("announcement", required=False)
@click.option("--language", "languages", multiple=True, help="May be given again. Default: all of the announcement.")
@click.option("--as", "asked", default="", help="An address: whose mails are shown. Default: an invented person's.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="A new folder. Default: var/previews/…")
@click.option("--serve", is_flag=True, help="Show them in the browser instead, as the files are at each look.")
@click.option("--port", default=PORT, show_default=True, help="With --serve; this machine alone can ask there.")
@click.pass_obj
def preview_command(
    session: Session,
    campaign: str | None,
    announcement: str | None,
    languages: Sequence[str],
    asked: str,
    out: Path | None,
    port: int,
    *,
    serve: bool,
) -> None:
    """Show what CAMPAIGN (or one of it, CAMPAIGN/ANNOUNCEMENT; or all) will look like, in every channel and language.

    Mails and pages on a screen, on a phone, dark and with pictures off; letters as printed; posts with what their
    networks count; and beside it what the checks have found. Nothing is sent or approved.
    """
    if campaign is not None:
        campaign, announcement = named(campaign, announcement or "")
    with office_of(session.installation, session.clock) as office:
        sheets = PreviewSheets(office=office, asked=asked)
        names = _names(sheets, campaign, announcement)
        _must_be_spoken(office, languages)
        _must_be_known(office, asked)
        if serve:
            with serving_previews(sheets, port) as found:
                path = "/".join(filter(None, (campaign, announcement))) if announcement else ""
                click.echo(f"Previews: http://localhost:{found}/{path} (on this machine alone; Ctrl-C ends it)")
                _wait_for_the_end()
            return
        root = session.installation.root.resolve()
        folder = (out or root / "var" / "previews" / f"{session.clock():%Y-%m-%d-%H%M%S}").resolve()
        if folder.exists() and any(folder.iterdir()):
            refuse(f"{folder} is not empty: choose another one.")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        written = sheets.written(folder, names, languages, lambda name: click.echo(f"  {name}"))
    click.echo(f"{counted(len(written), 'announcement')}. Look at it: {folder / 'index.html'}")


def _names(sheets: PreviewSheets, campaign: str | None, announcement: str | None) -> list[tuple[str, str]]:
    found = list(sheets.named(campaign or "", announcement or ""))
    if not found:
        campaigns = {name for name, _ in sheets.named()}
        if campaign not in campaigns:
            refuse(f"No campaign `{campaign}`. {did_you_mean(str(campaign), campaigns)}")
        known = [name for _, name in sheets.named(str(campaign))]
        refuse(f"No announcement `{announcement}`. {did_you_mean(str(announcement), known)}")
    return found


def _must_be_spoken(office: Office, languages: Sequence[str]) -> None:
    for each in languages:
        if each not in office.settings.languages:
            refuse(f"No language `{each}`. {did_you_mean(each, office.settings.languages)}")


def _must_be_known(office: Office, asked: str) -> None:
    with office.database.reading() as connection:
        if reader(office.planner().workspace, connection, asked, ()) is None:
            refuse(f"Nobody in any audience has the address {asked}: see communique people.")


def _wait_for_the_end() -> None:
    """Until somebody presses Ctrl-C, or the process is asked to end."""
    ended = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: ended.set())
    ended.wait()
