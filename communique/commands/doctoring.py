"""The command that examines an installation: doctor."""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import click

from communique.channel import Equipped, Examined, Written
from communique.commands.console import PROBLEMS, Session, counted, in_words, json_option, refuse, show_json, tell
from communique.doctor.account_checks import WithAccount, account
from communique.doctor.dns_records import Records, system_resolver
from communique.doctor.finding import Finding, Level
from communique.doctor.machine_checks import libraries, machine
from communique.doctor.mail_checks import in_dns, list_headers
from communique.doctor.mailbox_checks import mailboxes
from communique.doctor.provider_checks import provider
from communique.doctor.server_checks import post, public_address, relay
from communique.language.escaping import in_line
from communique.openid.provider import provider_of
from communique.phrase import phrase
from communique.problems import Problem, Severity, errors

_VERSION = 1  #: of the JSON
_MARKS = {
    Level.OK: (phrase("ok"), "green"),
    Level.WARNING: (phrase("warning"), "yellow"),
    Level.PROBLEM: (phrase("PROBLEM"), "red"),
}


@click.command("doctor")
@click.option("--offline", is_flag=True, help="Ask nothing outside this machine but the database.")
@json_option
@click.pass_obj
def doctor_command(session: Session, *, offline: bool, as_json: bool) -> None:
    """Examine the machine, the database, the DNS of the mails, the mail server, mailboxes, accounts, the public page.

    Nothing is sent to anybody: it logs in at the mail server and at networks and leaves, and posts a probe to the page
    by which people leave a list.
    """
    workspace, faults = session.installation.read()
    if workspace is None or errors(faults):
        refuse(phrase("The workspace's files have problems; `communique check` names them. Mend those first."))
    found = []
    for each in _findings(session, offline=offline, now=session.clock()):
        found.append(each)
        if not as_json:
            _show(each)
    if as_json:
        findings = [{"check": one.check, "level": str(one.level), "found": one.found, "do": one.do} for one in found]
        show_json({"version": _VERSION, "findings": findings})
    else:
        levels = Counter(each.level for each in found)
        problems, warnings = counted(levels[Level.PROBLEM], "problem"), counted(levels[Level.WARNING], "warning")
        tell("")
        tell(phrase("{errors}, {warnings}.", errors=problems, warnings=warnings))
    sys.exit(PROBLEMS if any(each.level is Level.PROBLEM for each in found) else 0)


def _findings(session: Session, *, offline: bool, now: datetime) -> Iterator[Finding]:
    installation = session.installation
    workspace = installation.workspace()
    database = installation.database()
    try:
        yield from machine(installation, workspace, database, now)
    finally:
        database.close()
    opened = installation.channels(workspace)
    yield from (_setting(each) for each in opened.problems)
    for name, adapter in opened.adapters.items():
        if isinstance(adapter, Equipped):
            yield libraries(name, adapter)
        if isinstance(adapter, Written) and workspace.routes[name].is_newsletter:
            yield list_headers(name, adapter, now)
    if offline:
        return
    records = Records(system_resolver())
    for name, adapter in opened.adapters.items():
        if isinstance(adapter, Examined):
            yield relay(name, adapter, now)
            yield from in_dns(name, adapter.identity(), records)
        if isinstance(adapter, WithAccount):
            yield account(name, adapter)
    opened.close()
    yield from mailboxes(workspace.settings, installation.root, installation.find_secret)
    if (openid := workspace.settings.desk.openid) is not None:
        yield provider(provider_of(openid, installation.find_secret, session.clock))
    yield from public_address(workspace, post, now)


def _setting(each: Problem) -> Finding:
    level = Level.PROBLEM if each.severity is Severity.ERROR else Level.WARNING
    return Finding(check=phrase("settings"), level=level, found=each.message, do=each.hint)


def _show(each: Finding) -> None:
    mark, colour = _MARKS[each.level]
    tell(f"{in_words(mark):8}", fg=colour, nl=False)
    tell(f"{in_line(in_words(each.check))}: {in_line(in_words(each.found))}")
    if each.do:
        tell(f"{'':8}  {in_line(in_words(each.do))}")
