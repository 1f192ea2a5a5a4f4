"""The command that carries campaigns out."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from communique import log_lines
from communique.commands.console import Session, refuse
from communique.machine.limits import limit_reached
from communique.phrase import phrase
from communique.problems import ProblemsError

if TYPE_CHECKING:
    from communique.service.service import Service


@click.command("run")
@click.argument("part", type=click.Choice(["clock", "worker", "web"]), required=False)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8025,
    show_default=True,
    help="Of the public pages, /healthz, /readyz and /metrics; 0 for no pages.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address at which the pages are served.")
@click.option(
    "--desk-port",
    type=click.IntRange(0, 65535),
    default=8024,
    show_default=True,
    help="Of the officers' desk; 0 for none. There is none either without pages, or besides a worker or web.",
)
@click.option("--desk-host", default="127.0.0.1", show_default=True, help="Address at which the desk is served.")
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    help="Of the log, on standard error. Default: text on a terminal, else one JSON object a line (docs/json.md).",
)
@click.pass_obj
def run_command(
    session: Session,
    part: str | None,
    port: int,
    host: str,
    desk_port: int,
    desk_host: str,
    *,
    once: bool,
    log_format: str | None,
) -> None:
    """Run the daemon: send what is due and approved, on time, once, and account for every copy.

    It reads changed files by itself; a broken file keeps its last approved version going, and is loud. SIGTERM (or
    Ctrl-C) finishes what is in flight. A second daemon on the same workspace (on another port) stands by.

    With a ledger on PostgreSQL it may run in PARTs, on many machines: clocks plan, workers send, web shows pages.
    """
    elsewhere = session.installation.is_elsewhere()
    if elsewhere is not None and not (session.installation.root / "var").exists():  # whose files are gone goes on
        raise ProblemsError([elsewhere])
    kind = _kind(session, part)
    chosen = log_format or ("text" if sys.stderr.isatty() else "json")
    log_lines.begin_unattended(sys.stderr, as_json=chosen == "json")
    desk = {"desk_port": (desk_port if port else 0) or None, "desk_host": desk_host}
    try:
        code = session.run_daemon(session.installation, port=port or None, host=host, **desk, once=once, **kind)
    except (RuntimeError, MemoryError) as error:
        if not (lacking := limit_reached(error)):
            raise
        refuse(phrase("communique run has ended: {lacking}.", lacking=lacking))
    sys.exit(code)


def _kind(session: Session, part: str | None) -> Mapping[str, type["Service"]]:
    if part is None:
        return {}
    if reason := session.installation.unfit_for_parts:
        refuse(phrase("communique run {part}: {reason}.", part=part, reason=reason))
    try:
        from communique.service.machines import PARTS
    except ImportError as error:
        refuse(
            phrase(
                "communique run {part}: {name} is missing: pip install 'communique[postgresql]'.",
                part=part,
                name=error.name,
            )
        )
    return {"kind": PARTS[part]}
