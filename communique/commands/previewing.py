"""The command that shows announcements as their readers will see them, in a folder or in the browser."""

import signal
import threading
from collections.abc import Sequence
from pathlib import Path

import click

from communique.commands.console import Session, counted, misused, refuse, tell
from communique.commands.names_in_files import announcements
from communique.commands.naming import find
from communique.commands.new_folder import clear_unfinished, new_folder
from communique.phrase import phrase
from communique.preview.readers import reader
from communique.problems import did_you_mean
from communique.web.desk.office import Office, office_of
from communique.web.desk.preview_server import PORT, serving_previews
from communique.web.desk.preview_sheets import PreviewSheets


@click.command("preview")
@click.argument("what", nargs=-1, metavar="[CAMPAIGN | CAMPAIGN/ANNOUNCEMENT]...", shell_complete=announcements)
@click.option("--language", "languages", multiple=True, help="May be given again. Default: all of the announcement.")
@click.option("--as", "asked", default="", help="An address: whose mails are shown. Default: an invented person's.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="A new folder. Default: var/previews/…")
@click.option("--serve", is_flag=True, help="Show them in the browser instead, as the files are at each look.")
@click.option("--port", default=PORT, show_default=True, help="With --serve; this machine alone can ask there.")
@click.pass_obj
def preview_command(
    session: Session,
    what: Sequence[str],
    languages: Sequence[str],
    asked: str,
    out: Path | None,
    port: int,
    *,
    serve: bool,
) -> None:
    """Show what announcements will look like, in every channel and language: some, those of campaigns, or all.

    Mails and pages on a screen, on a phone, dark and with pictures off; letters as printed; posts with what their
    networks count; and beside it what the checks have found. Nothing is sent or approved.
    """
    if serve and out is not None:
        misused(phrase("Expected --serve or --out, found both: in the browser nothing is written into a folder."))
    with office_of(session.installation, session.clock) as office:
        sheets = PreviewSheets(office=office, asked=asked)
        names = _names(sheets, what)
        _must_be_spoken(office, languages)
        _must_be_known(office, asked)
        if serve:
            with serving_previews(sheets, port) as found:
                path = "/".join(names[0]) if len(names) == 1 else ""
                tell(
                    phrase(
                        "Previews: http://localhost:{found}/{path} (on this machine alone; Ctrl-C ends it)",
                        found=found,
                        path=path,
                    )
                )
                _wait_for_the_end()
            return
        root = session.installation.root.resolve()
        folder = (out or root / "var" / "previews" / f"{session.clock():%Y-%m-%d-%H%M%S}").resolve()
        clear_unfinished(root / "var" / "previews")
        with new_folder(folder):
            written = sheets.written(folder, names, languages, lambda name: tell(f"  {name}"))
    tell(
        phrase(
            "{announcements}. Look at it: {folder}",
            announcements=counted(len(written), "announcement"),
            folder=folder / "index.html",
        )
    )


def _names(sheets: PreviewSheets, what: Sequence[str]) -> list[tuple[str, str]]:
    """Of each word, in its order and once; of a campaign and one of its announcements in two words, that one."""
    if not what:
        return list(sheets.named())
    known = list(sheets.named())
    first, *others = what
    if len(others) == 1 and "/" not in first + others[0] and others[0] not in {name for name, _ in known}:
        return [find(f"{first}/{others[0]}", known)]
    return list(dict.fromkeys(one for each in what for one in sheets.named(*find(each, known))))


def _must_be_spoken(office: Office, languages: Sequence[str]) -> None:
    for each in languages:
        if each not in office.settings.languages:
            refuse(
                phrase("No language `{name}`. {hint}", name=each, hint=did_you_mean(each, office.settings.languages))
            )


def _must_be_known(office: Office, asked: str) -> None:
    with office.database.reading() as connection:
        if reader(office.planner().workspace, connection, asked, ()) is None:
            refuse(phrase("Nobody in any audience has the address {asked}: see communique people.", asked=asked))


def _wait_for_the_end() -> None:
    """Until somebody presses Ctrl-C, or the process is asked to end."""
    ended = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: ended.set())
    ended.wait()
