"""The command that examines an installation: doctor."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from itertools import chain

import click

from communique.channel import Equipped, Examined, Written
from communique.commands.console import PROBLEMS, Session, counted, in_words, json_option, show_json, tell
from communique.doctor.account_checks import WithAccount, account
from communique.doctor.dns_records import Records, system_resolver
from communique.doctor.finding import Finding, Level, problem
from communique.doctor.machine_checks import libraries, machine
from communique.doctor.mail_checks import in_dns, list_headers
from communique.doctor.mailbox_checks import mailboxes
from communique.doctor.provider_checks import provider
from communique.doctor.server_checks import post, public_address, relays
from communique.language.escaping import in_line
from communique.openid.provider import provider_of
from communique.phrase import as_phrase, phrase
from communique.problems import Problem, ProblemsError, Severity, errors, in_order
from communique.send.open_channels import OpenChannels
from communique.store.engine import DatabaseError
from communique.workspace import Workspace

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
    installation = session.installation
    if elsewhere := installation.is_elsewhere():
        raise ProblemsError([elsewhere])
    workspace, faults = installation.read()
    found: list[Finding] = []
    broken = map(_file, in_order(errors(faults)))
    for each in chain(broken, _findings(session, workspace, offline=offline, now=session.clock())):
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


def _findings(session: Session, workspace: Workspace | None, *, offline: bool, now: datetime) -> Iterator[Finding]:
    """Without settings that can be read, what does not need them."""
    installation = session.installation
    try:
        database = installation.database()
    except DatabaseError as error:
        yield from machine(installation, workspace, str(error), now)
    else:
        with closing(database):
            yield from machine(installation, workspace, database, now)
    if workspace is None:
        return
    with closing(installation.channels(workspace)) as opened:
        yield from _channels(session, workspace, opened, offline=offline, now=now)


def _channels(
    session: Session, workspace: Workspace, opened: OpenChannels, *, offline: bool, now: datetime
) -> Iterator[Finding]:
    installation = session.installation
    yield from (_setting(each) for each in opened.problems)
    for name, adapter in opened.adapters.items():
        if isinstance(adapter, Equipped):
            yield libraries(name, adapter)
        if isinstance(adapter, Written) and workspace.routes[name].is_newsletter:
            yield list_headers(name, adapter, now)
    if offline:
        return
    mails = {name: adapter for name, adapter in opened.adapters.items() if isinstance(adapter, Examined)}
    yield from relays(mails, now)
    yield from in_dns({name: adapter.identity() for name, adapter in mails.items()}, Records(system_resolver()))
    for name, adapter in opened.adapters.items():
        if isinstance(adapter, WithAccount):
            yield account(name, adapter)
    yield from mailboxes(workspace.settings, installation.root, installation.find_secret)
    if (openid := workspace.settings.desk.openid) is not None:
        yield provider(provider_of(openid, installation.find_secret, session.clock))
    yield from public_address(workspace, post, now)


def _file(each: Problem) -> Finding:
    place = ":".join(str(part) for part in (each.file, each.line, each.column) if part)
    found = phrase("{place}: {message}", place=place, message=as_phrase(each.message)) if place else each.message
    return problem(phrase("files"), found, each.hint or phrase("`communique check` shows the line."))


def _setting(each: Problem) -> Finding:
    level = Level.PROBLEM if each.severity is Severity.ERROR else Level.WARNING
    return Finding(check=phrase("settings"), level=level, found=each.message, do=each.hint)


def _show(each: Finding) -> None:
    mark, colour = _MARKS[each.level]
    tell(f"{in_words(mark):8}", fg=colour, nl=False)
    tell(f"{in_line(in_words(each.check))}: {in_line(in_words(each.found))}")
    if each.do:
        tell(f"{'':8}  {in_line(in_words(each.do))}")
