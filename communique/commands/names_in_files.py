"""What Tab completes: names of campaigns, announcements, milestones, channels and audiences, out of the files.

Only keys are looked for, line by line: Tab is answered at once, and a file with a fault completes what it has.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from communique.installation import nearest_workspace

_KEY = re.compile(r"(\s+)([\w-]+):(\s|$)")
_SETTINGS = "config/settings.yaml"


def campaigns(context: click.Context, _asked: click.Parameter, begun: str) -> list[str]:
    """Campaigns alone."""
    return [name for name, _ in _files(context) if name.startswith(begun)]


def announcements(context: click.Context, _asked: click.Parameter, begun: str) -> list[str]:
    """As a command takes them: a campaign, one of its announcements, or an announcement alone.

    Where nothing is typed yet, campaigns: all of them together would be a wall.
    """
    own = [(name, each) for name, file in _files(context) for each in _keys(file, "announcements")]
    names = [name for name, _ in _files(context)]
    if begun:
        names += [f"{name}/{each}" for name, each in own] + [each for _, each in own]
    return _begun(names, begun)


def announcements_of_it(context: click.Context, _asked: click.Parameter, begun: str) -> list[str]:
    """Of the campaign that stands before it."""
    return _begun(_of_it(context, "announcements"), begun)


def milestones_of_it(context: click.Context, _asked: click.Parameter, begun: str) -> list[str]:
    """Of the campaign that stands before it."""
    return _begun(_of_it(context, "milestones"), begun)


def channels(context: click.Context, _asked: click.Parameter, begun: str) -> list[str]:
    """Those of the settings."""
    return _begun(list(_keys(_root(context) / _SETTINGS, "channels")), begun)


def audiences(context: click.Context, _asked: click.Parameter, begun: str) -> list[str]:
    """Those of the settings."""
    return _begun(list(_keys(_root(context) / _SETTINGS, "audiences")), begun)


def _begun(names: list[str], begun: str) -> list[str]:
    return [name for name in dict.fromkeys(names) if name.startswith(begun)]


def _of_it(context: click.Context, section: str) -> list[str]:
    campaign = context.params.get("campaign")
    return [each for name, file in _files(context) if name == campaign for each in _keys(file, section)]


def _root(context: click.Context) -> Path:
    return context.find_root().params.get("workspace") or nearest_workspace()


def _files(context: click.Context) -> list[tuple[str, Path]]:
    """A campaign's file has its name."""
    return [(file.stem, file) for file in sorted((_root(context) / "campaigns").glob("*.yaml"))]


def _keys(file: Path, section: str) -> Iterator[str]:
    """What stands directly below a part of a file."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    is_inside, indent = False, ""
    for line in lines:
        if line[:1].strip(" \t#"):
            is_inside, indent = line.startswith(f"{section}:"), ""
        elif is_inside and (found := _KEY.match(line)) is not None:
            indent = indent or found[1]
            if found[1] == indent:
                yield found[2]
