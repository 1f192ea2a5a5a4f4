"""Channels opened for a mode: in trial nothing leaves this machine but mail to the allow-list."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from communique.channel import Channel, Form, Secret
from communique.delivery import Mode
from communique.problems import Problem, Severity
from communique.read.channel_settings import channel_arguments, refused_settings
from communique.workspace import Workspace

#: Changes a channel's settings before it is opened: (name, its class, arguments) to arguments.
Redirect = Callable[[str, type[Channel], dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PublicFolder:
    """A folder that a channel writes for a web server."""

    directory: Path
    hub: str  #: address of the WebSub hub that the channel names; empty without one


@dataclass(frozen=True, kw_only=True)
class OpenChannels:
    """The channels by name, and what keeps some from being open."""

    adapters: Mapping[str, Channel]  #: as the settings have them: they check and count, in trial too
    channels: Mapping[str, Channel]  #: what messages go through: in trial, an outbox for each network
    problems: tuple[Problem, ...]

    def close(self) -> None:
        """Close all of them."""
        for channel in self.channels.values():
            channel.close()


def open_channels(
    workspace: Workspace, root: Path, find_secret: Callable[[str], Secret | None], mode: Mode
) -> OpenChannels:
    """The channels of the settings, in a mode.

    In trial, channels that write files do so below `var/trial`, and networks are replaced by an outbox beside them.
    """
    trial = _trial(root)

    def redirect(_name: str, kind: type[Channel], arguments: dict[str, Any]) -> dict[str, Any]:
        if mode is Mode.LIVE or not kind.local:
            return arguments
        return {**arguments, "directory": trial / _below_var(arguments["directory"], root)}

    opened = open_redirected(workspace, root, find_secret, redirect, strict=mode is Mode.LIVE)
    if mode is Mode.LIVE:
        return opened
    return replace(opened, channels=boxed(workspace, opened.channels, trial / "outbox"))


def public_folders(workspace: Workspace, root: Path) -> tuple[PublicFolder, ...]:
    """Where website and feeds lie in the workspace's mode, each once, in the order of the settings."""
    found: dict[PublicFolder, None] = {}
    for route in workspace.routes.values():
        arguments = workspace.settings.channels[route.name].arguments
        if route.form in {Form.PAGES, Form.FEED} and "directory" in arguments:
            directory = root / str(arguments["directory"])
            if workspace.settings.mode is not Mode.LIVE:
                directory = _trial(root) / _below_var(directory, root)
            found[PublicFolder(directory, str(arguments.get("hub", "")))] = None
    # A feed's own folder first, because it knows the hub.
    return tuple(sorted(found, key=lambda each: not each.hub))


def printed_folders(workspace: Workspace, root: Path) -> list[Path]:
    """Where letters lie, real ones and those of a trial."""
    letters = [name for name, route in workspace.routes.items() if route.form is Form.LETTER]
    folders = [root / str(workspace.settings.channels[name].arguments["directory"]) for name in letters]
    return [each for folder in folders for each in (folder, _trial(root) / _below_var(folder, root))]


def folders_of(workspace: Workspace, root: Path, mode: Mode) -> dict[str, Path]:
    """Where what a channel writes lies, in a mode, as seen from the workspace."""
    below = PurePosixPath("var") / "trial"
    return {
        name: Path(folder if mode is Mode.LIVE else below / _below_var(root / folder, root))
        for name, settings in workspace.settings.channels.items()
        if (folder := str(settings.arguments.get("directory", "")))
    }


def open_redirected(
    workspace: Workspace,
    root: Path,
    find_secret: Callable[[str], Secret | None],
    redirect: Redirect,
    *,
    strict: bool,
) -> OpenChannels:
    """The channels with changed settings; with `strict` a missing secret is an error and the channel stays shut."""
    channels: dict[str, Channel] = {}
    problems: list[Problem] = []
    severity = Severity.ERROR if strict else Severity.WARNING
    for name, settings in workspace.settings.channels.items():
        kind = workspace.kinds.get(settings.kind)
        if kind is None:
            continue
        arguments, faults = channel_arguments(kind, name, settings, find_secret, root, severity)
        problems += faults
        if arguments is None:
            continue
        try:
            channels[name] = kind(**redirect(name, kind, arguments))
        except ValueError as error:
            problems.append(refused_settings(name, settings, error, root))
    return OpenChannels(adapters=channels, channels=channels, problems=tuple(problems))


def boxed(workspace: Workspace, channels: Mapping[str, Channel], outbox: Path) -> dict[str, Channel]:
    """The same, with all but mail that would leave this machine going to a folder that shows it."""
    kind: Any = workspace.kinds["outbox"]
    return {
        name: kind(directory=outbox / name, inner=channel, name=name)
        if channel.form is not Form.MAIL and not channel.local
        else channel
        for name, channel in channels.items()
    }


def _trial(root: Path) -> Path:
    return root / "var" / "trial"


def _below_var(directory: Path, root: Path) -> PurePosixPath:
    """A folder's path without the root and `var` in front. No `..` is left in it that could lead out of a trial."""
    directory, root = directory.resolve(), root.resolve()
    relative = directory.relative_to(root) if directory.is_relative_to(root) else Path(*directory.parts[1:])
    parts = relative.parts[1:] if relative.parts[:1] == ("var",) else relative.parts
    return PurePosixPath(*parts)
