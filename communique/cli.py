"""The command line: puts the pieces together, and lets each command load what it needs."""

import gc
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import click

_OBJECTS_AT_ONCE = 50_000  #: more than there were, before Python looks for garbage among them
#: Command to where it is; loaded when it is called, so that `--help` is quick.
_COMMANDS = {
    "init": ("checks:init_command", "Make a workspace: three campaigns, their texts, settings to fill in."),
    "check": ("checks:check_command", "Find every problem, without sending or writing anything."),
    "explain": ("checks:explain_command", "Explain a problem's code."),
    "schema": ("checks:schema_command", "Print the JSON Schema of campaign files, for editors."),
    "language": ("languages:language_command", "Say what a language still lacks, step by step, with file and line."),
    "plan": ("plans:plan_command", "Show every message to come; and every one that will NOT go, and why."),
    "doctor": ("doctoring:doctor_command", "Examine machine, database, DNS, mail server and public address."),
    "declare": ("plans:declare_command", "Set a milestone without editing a file."),
    "test-send": ("testing:test_send_command", "Send the mails of an announcement to somebody who is to look at them."),
    "approve": ("approving:approve_command", "Approve what will be said, to whom and when."),
    "preview": ("previewing:preview_command", "Show what announcements will look like to their readers."),
    "rehearse": ("rehearsing:rehearse_command", "Play campaigns under a virtual clock, on this machine alone."),
    "run": ("runs:run_command", "Run the daemon."),
    "status": ("records:status_command", "Show the balance of every announcement that has fallen due."),
    "log": ("records:log_command", "Show what became of every copy, and what people did."),
    "reach": ("reaching:reach_command", "Say how many people were reached and subscribe, in numbers to hand on."),
    "why": ("records:why_command", "Say why somebody did or did not get an announcement."),
    "done": ("done:done_command", "Put on record that a person has posted letters, or a pack."),
    "resolve": ("records:resolve_command", "Settle by hand what is in doubt or was handed over."),
    "retry": ("trying_again:retry_command", "Try again what failed, once what was in the way is put right."),
    "evidence": (
        "public_record:evidence_group",
        "Check the public record, and pack it for those who monitor the process.",
    ),
    "correct": ("correcting:correct_command", "Correct an announcement that went out, and tell those who got it."),
    "retract": ("retracting:retract_command", "Withdraw an announcement that went out, and tell those who got it."),
    "cancel": ("cancelling:cancel_command", "Cancel what of an announcement has not left, or take that back."),
    "pause": ("pausing:pause_command", "Let a channel, or everything, wait."),
    "resume": ("resuming:resume_command", "Let messages go again, after a pause or a restore."),
    "backup": ("backups:backup_command", "Copy ledger and files into one file, while the daemon runs."),
    "restore": ("backups:restore_command", "Put a backup back; nothing goes out until somebody has decided."),
    "desk": ("officers:desk_group", "Let people in at the officers' desk, see who works there, end it."),
    "bounces": ("bounces:bounces_group", "See what came back and is for a person to read; read returned mail by hand."),
    "answers": ("answers:answers_group", "See who comes to a meeting, export the list, note an answer."),
    "people": ("people:people_group", "Import lists of people, see audiences, stop writing to somebody."),
    "completion": ("completion:completion_command", "Let Tab complete commands, options and names in your shell."),
    "retention": ("retention:retention_command", "Show how long what is about people is kept, and erase what is over."),
}
#: What the list of commands is divided into, in the order of an announcement's way.
_SECTIONS = {
    "Begin and write": ("init", "check", "explain", "schema", "language"),
    "See what will go out": ("plan", "preview", "rehearse", "test-send", "declare"),
    "Approve and send": ("approve", "run", "pause", "resume", "cancel"),
    "See what became of it": ("status", "log", "why", "reach", "evidence"),
    "Put right": ("correct", "retract", "done", "resolve", "retry"),
    "People": ("people", "answers", "bounces", "retention", "desk"),
    "Look after the machine": ("doctor", "backup", "restore", "completion"),
}


_PROGRAM = "communique"  #: however Python found it: what help says can be typed
_LANGUAGE = "communique.language"  #: of help, in what contexts share
_OWN = "en"  #: in which commands are written


class _Commands(click.Group):
    """Lists every command by its one-line help, loads one when it is called."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Help is asked for before an option is read: its language is known first."""
        ctx.meta[_LANGUAGE] = language = _spoken(asked_language(args, os.environ))
        if language != _OWN:
            from communique.commands.spoken_help import formatter_of

            ctx.formatter_class = formatter_of(language)
        return super().parse_args(ctx, args)

    def make_context(self, *arguments: Any, **named: Any) -> click.Context:
        """Help is printed here."""
        from communique.commands.ending import told_when_nobody_reads

        with told_when_nobody_reads():
            return super().make_context(*arguments, **named)

    def invoke(self, ctx: click.Context) -> Any:
        """Everything else."""
        from communique.commands.ending import told_when_nobody_reads

        with told_when_nobody_reads():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A slip is told with the name that was meant."""
        if args[0] not in _COMMANDS:
            from difflib import get_close_matches

            near = get_close_matches(args[0], _COMMANDS, n=1)
            if near:
                ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Without loading a command for the line that is shown beside its name."""
        from click.shell_completion import CompletionItem

        say = _sayer(ctx.meta.get(_LANGUAGE, _OWN))
        known = ((name, says) for name, (_, says) in _COMMANDS.items() if name.startswith(incomplete))
        found = [CompletionItem(name, help=say(says)) for name, says in known]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name][0].partition(":")
        from communique.commands.usage import ending

        command: click.Command = getattr(import_module(f"communique.commands.{module}"), name)
        language = ctx.meta.get(_LANGUAGE, _OWN)
        if language != _OWN:
            from communique.commands.spoken_help import spoken_command

            command = spoken_command(command, language)
        command.epilog = ending(cmd_name, _sayer(language))
        return command

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """In the language that was asked for."""
        language, said = ctx.meta.get(_LANGUAGE, _OWN), self
        if language != _OWN:
            from communique.commands.spoken_help import spoken_command

            said = cast("_Commands", spoken_command(self, language))
        super(_Commands, said).format_help(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width, say = max(map(len, _COMMANDS)), _sayer(ctx.meta.get(_LANGUAGE, _OWN))
        for title, names in _SECTIONS.items():
            with formatter.section(say(title)):
                formatter.write_dl([(name.ljust(width), say(_COMMANDS[name][1])) for name in names])


def sections() -> Iterator[str]:
    """What the list of commands says: titles, and a line for each."""
    yield from _SECTIONS
    yield from (line for _, line in _COMMANDS.values())


def _spoken(tag: str) -> str:
    from communique.language.catalogue import spoken

    return spoken(tag)


def _sayer(language: str) -> Callable[[str], str]:
    if language == _OWN:
        return str
    from communique.commands.spoken_help import say

    return lambda text: say(text, language)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--workspace",
    "-w",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="COMMUNIQUE_WORKSPACE",
    help="Folder with campaigns/, templates/ and config/. Default: COMMUNIQUE_WORKSPACE, or the current folder or the "
    "nearest above it that is one.",
)
@click.option(
    "--language",
    envvar="COMMUNIQUE_LANGUAGE",
    default="",
    help="Language of what is said: en or es. Default: COMMUNIQUE_LANGUAGE, or that of the terminal (LC_ALL, LANG).",
)
@click.version_option(package_name="communique")
@click.pass_context
def group(context: click.Context, workspace: Path | None, language: str) -> None:
    """Announce once, in every language, through every channel, exactly as approved, with proof.

    A campaign file says what is announced, when, to whom and through what. The usual way:
    check, plan, rehearse, approve, and the daemon (run) does the rest.
    """
    import channels
    import scheduler
    from communique.commands.console import Session, speak
    from communique.installation import Installation, nearest_workspace

    speak(language or asked_language((), os.environ))
    root = nearest_workspace() if workspace is None else workspace
    installation = Installation(
        root=root, variables=os.environ, kinds=channels.KINDS, machine_clock=scheduler.machine_clock()
    )
    if context.invoked_subcommand != "restore":
        installation.is_whole()  # before its files are read: half of them may be away
    context.obj = Session(installation=installation, clock=scheduler.now, run_daemon=scheduler.run)


def main() -> None:
    """Entry point; mistakes in files end with a list, never with a traceback."""
    from communique import log_lines
    from communique.commands.ending import exit_code
    from communique.commands.terminal import colours

    look_for_garbage_seldom()
    log_lines.begin(sys.stderr, as_json=False)
    colour = colours(os.environ)
    with click.Context(group, color=colour):  # also for what is said after a command has ended
        run = partial(group, prog_name=_PROGRAM, standalone_mode=False, color=colour)
        sys.exit(exit_code(run, asked_language(sys.argv, os.environ)))


def asked_language(words: Sequence[str], environment: Mapping[str, str]) -> str:
    """By the option, before a command is known; else by the environment, as POSIX finds the locale of messages."""
    for word, following in pairwise([*words, ""]):
        if word == "--language" or word.startswith("--language="):
            return word.partition("=")[2] or following
    names = ("COMMUNIQUE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    return next((found for name in names if (found := environment.get(name))), "")


def look_for_garbage_seldom() -> None:
    """What a command loads and reads stays to its end: to look through it again and again took a tenth of its time."""
    gc.set_threshold(_OBJECTS_AT_ONCE)
