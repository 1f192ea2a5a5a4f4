"""What the help of a command ends with: examples that can be typed as they are, and what each exit code says."""

from collections.abc import Callable, Mapping, Sequence

import click

WRONG_COMMAND = 64  #: exit code: the command line itself is wrong (EX_USAGE of sysexits.h); nothing was done
STOPPED = 130  #: exit code: ended by Ctrl-C (128 + SIGINT), or by leaving a question unanswered
NOBODY_READS = 141  #: exit code: who read the output has closed it, as `head` does (128 + SIGPIPE)
EXAMPLES_TITLE, CODES_TITLE = "Examples:", "Exit codes:"
#: By command: a line to type, and what it does.
EXAMPLES: Mapping[str, Sequence[tuple[str, str]]] = {
    "init": [
        ("init town", "a new workspace in the folder town"),
        ("init town --only es", "the same in Spanish alone"),
    ],
    "check": [
        ("check", "everything"),
        ("check accepted-into-ogp", "one campaign"),
        ("check --links", "and whether each linked page is there"),
    ],
    "explain": [("explain missing-fact", "what it means and how to mend it")],
    "schema": [("schema --write", "the files that editors read, into config/")],
    "language": [
        ("language uk", "what Ukrainian still lacks"),
        ("language fr --leave-out --act", "take French out of every file"),
    ],
    "plan": [
        ("plan", "all campaigns"),
        ("plan accepted-into-ogp --out plan.json", "one, kept to be approved exactly so"),
    ],
    "doctor": [("doctor", "everything"), ("doctor --offline", "this machine alone")],
    "declare": [('declare accepted-into-ogp acceptance 2026-12-01 --as "Ana Gil"', "the day has come")],
    "test-send": [("test-send news/hello --to ana@example.org --as Ana", "to somebody on the allow-list")],
    "approve": [
        ("approve news/hello --as Ana", "one announcement"),
        ("approve --plan plan.json --as Ana", "exactly what a plan holds"),
    ],
    "preview": [
        ("preview news/hello", "into a new folder below var/previews"),
        ("preview news --serve", "in the browser, as the files are at each look"),
    ],
    "rehearse": [
        ("rehearse news", "one campaign"),
        ('rehearse --all --declare "plan-published response + 60 days"', "all, with a date that nobody knows yet"),
        ('rehearse --all --outage "email for 2 hours from kickoff - 1 day"', "all, while the mail server is away"),
    ],
    "run": [("run", "the whole service"), ("run worker", "one sender of several, with PostgreSQL")],
    "status": [("status", "everything"), ("status news --json", "one campaign, for programs")],
    "log": [("log news/hello", "each copy of one announcement")],
    "reach": [("reach", "numbers that may be handed on")],
    "why": [("why ana@example.org news/hello", "what became of her copy")],
    "done": [("done letter/news-hello-once/en-1 --as Ana", "the batch is at the post")],
    "resolve": [
        ("resolve 17 sent --as Ana --note 'asked her'", "copy #17 has arrived"),
        ("resolve 17 18 21 resend --as Ana", "three go once more"),
    ],
    "retry": [("retry news/hello --as Ana --note 'the relay takes 20 MB now'", "what it had refused goes now")],
    "evidence": [
        ("evidence verify", "the ledger's own record, and the public texts"),
        ("evidence bundle evidence.zip", "what a monitoring body needs"),
    ],
    "correct": [
        ("correct news/hello", "who gets it, and how it reads"),
        ("correct news/hello --as Ana", "approve exactly that"),
    ],
    "retract": [("retract news/hello --as Ana --reason 'The meeting is off.'", "and tell those who got it")],
    "cancel": [
        ("cancel news/hello --as Ana --why 'Wrong day.'", "nothing more of it goes"),
        ("cancel news/hello --as Ana --undo", "it goes again"),
    ],
    "pause": [("pause email --as Ana", "one channel"), ("pause --as Ana", "all of them")],
    "resume": [
        ("resume email --as Ana", "one channel"),
        ("resume --as Ana", "all of them"),
        ("resume news/hello --as Ana", "an announcement of which too many mails came back"),
    ],
    "backup": [("backup town.zip", "while the daemon runs")],
    "restore": [("restore town.zip", "with the daemon stopped")],
    "completion": [("completion bash", "the script, to be kept where bash looks for it")],
    "people": [
        ("people import people.csv --audience media --basis 'asked for it' --as Ana", "a list"),
        ("people list media", "who is in an audience"),
        ("people erase ana@example.org --as Ana", "and never write to her again"),
    ],
    "answers": [
        ("answers list kickoff.meeting", "who comes"),
        ("answers add ana@example.org yes --companions 2 --as Ana", "she has said so on the telephone"),
    ],
    "bounces": [("bounces unmatched", "what is for a person to read"), ("bounces read mail.eml", "say what it is")],
    "desk": [
        ("desk invite 'Ana Gil' --role editor --as Marta", "a link that opens once"),
        ("desk people", "who works there"),
    ],
    "retention": [("retention", "what is kept, and how long"), ("retention --act --as Ana", "erase what is over")],
}
_DONE, _REFUSED = (0, "done"), (1, "refused, with what to do; nothing was changed")
#: By command, where they say more than that it was done or refused. Stable: programs may rely on them.
EXIT_CODES: Mapping[str, Sequence[tuple[int, str]]] = {
    "check": [(0, "nothing stops a message"), (1, "something does, or a file cannot be read")],
    "language": [(0, "nothing is lacking"), (1, "a file cannot be read"), (2, "something is lacking")],
    "plan": [(0, "nothing is to come"), (1, "a file has problems"), (2, "something is to come")],
    "doctor": [(0, "no problem, perhaps warnings"), (1, "a problem")],
    "approve": [(0, "approved"), (1, "something was not")],
    "rehearse": [(0, "every balance holds"), (1, "one does not, or the files have problems")],
    "status": [
        (0, "all is well"),
        (1, "something is in doubt, does not balance or is wrong in a file, or everything is held"),
    ],
    "correct": [(0, "it goes out, or has"), (1, "something is wrong"), (2, "approvals are missing")],
}


def ending(name: str, say: Callable[[str], str] = str) -> str:
    """Examples, where there are some, and exit codes; `say` puts each text into the officer's language."""
    lines = [(f"communique {typed}", say(does)) for typed, does in EXAMPLES.get(name, ())]
    width = max((len(typed) for typed, _ in lines if len(typed) < _WIDE), default=0)
    shown = [f"  {typed.ljust(width)}  {does}" for typed, does in lines]
    codes = [f"  {code:>2}  {say(says)}" for code, says in exit_codes(name)]
    parts = [["\b", say(EXAMPLES_TITLE), *shown]] if shown else []
    return "\n\n".join("\n".join(part) for part in [*parts, ["\b", say(CODES_TITLE), *codes]])


def exit_codes(name: str) -> list[tuple[int, str]]:
    """Of a command, with that of a wrong command line."""
    return [*EXIT_CODES.get(name, (_DONE, _REFUSED)), (WRONG_COMMAND, "the command line is wrong; nothing was done")]


_WIDE = 60


class Listing(click.Group):
    """A group whose help says of each command the whole first sentence."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Names and sentences."""
        with formatter.section("Commands"):
            found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
            formatter.write_dl([(name, each.get_short_help_str(200)) for name, each in found if each is not None])
