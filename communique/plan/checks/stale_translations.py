"""Translations that stayed as they were while the text they were made from changed.

A file's time says nothing (copying a folder or cloning a repository sets it anew), so the texts are held against those
that were last approved: whoever approves has read all languages, and begins anew.
"""

import difflib
from collections.abc import Iterator

from sqlalchemy import Connection

from communique.campaign import Campaign
from communique.localisation.regional_languages import serving
from communique.phrase import phrase
from communique.problems import Problem, Severity
from communique.read.sources import Copy, Sources
from communique.store.announcements import copies
from communique.workspace import Workspace

CODE = "stale-translation"


def check_translations(
    connection: Connection, workspace: Workspace, campaign: Campaign, of: str = ""
) -> Iterator[Problem]:
    """Of every announcement that somebody has approved once, or `of` one."""
    for name, announcement in campaign.announcements.items():
        if of not in {"", name}:
            continue
        approved = copies.kept(connection, copies.approved_texts(campaign.campaign, name))
        if approved and CODE not in {**campaign.waive, **announcement.waive}:
            original, *others = campaign.languages_of(name)
            for language in others:
                yield from _stale(workspace.sources, approved, f"{campaign.campaign}/{name}", original, language)


def _stale(sources: Sources, approved: Copy, folder: str, original: str, language: str) -> Iterator[Problem]:
    under = f"templates/{folder}/{original}/"
    for path in approved.paths(under.rstrip("/")):
        known = [f"templates/{folder}/{tag}/{path.removeprefix(under)}" for tag in serving(language)]
        translation = next((each for each in known if sources.read(each) is not None), known[0])
        then, now = _lines(approved, path), _lines(sources, path)
        as_it_was = _lines(approved, translation)
        if now and then != now and as_it_was and as_it_was == _lines(sources, translation):
            line = _first_change(then, now)
            yield Problem(
                code=CODE,
                message=phrase(
                    "expected a translation of {path} as it is now, found one from before line {line} changed",
                    path=path,
                    line=line,
                ),
                hint=phrase(
                    "Translate what has changed. If it needs no change, approve it as it is, or `waive:` this check."
                ),
                severity=Severity.WARNING,
                file=translation,
                line=1,
                column=1,
            )


def _lines(sources: Sources, path: str) -> list[str]:
    """What the file says, whatever ends its lines and stands behind them; nothing when it is not there."""
    text = (sources.read(path) or b"").decode("utf-8-sig", "replace")
    return [line.rstrip() for line in text.strip().splitlines()]


def _first_change(then: list[str], now: list[str]) -> int:
    """The line of the present text, from 1."""
    changes = difflib.SequenceMatcher(None, then, now, autojunk=False).get_opcodes()
    return next(min(start + 1, len(now)) for kind, _, _, start, _ in changes if kind != "equal")
