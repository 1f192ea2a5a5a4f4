"""How a command ends: with an exit code and a sentence, never with a traceback for what a person can mend."""

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from communique.commands.usage import NOBODY_READS, STOPPED, WRONG_COMMAND
from communique.phrase import phrase
from communique.problems import ProblemsError

_UNWRITTEN = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}  #: of writing to what is open, which has no name


class NobodyReadsError(Exception):
    """The reader of the output has closed it."""


@contextmanager
def told_when_nobody_reads() -> Iterator[None]:
    """Around what click does: of a broken pipe itself it makes the code 1, which says something else here."""
    try:
        yield
    except BrokenPipeError as error:
        raise NobodyReadsError from error


def exit_code(run: Callable[[], object], language: str) -> int:
    """Run a command to its end and write out what it said; what went wrong is told in a language (a tag or locale)."""
    code = _ran(run, language)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return _nobody_reads()
    except OSError as error:
        _leave_output()
        return _say(_in_words(error) or str(error), language)
    return code


def _ran(run: Callable[[], object], language: str) -> int:
    code: object = None
    try:
        code = run()
    except SystemExit as ended:
        code = ended.code
    except click.ClickException as error:
        return _refused(error, language)
    except (click.Abort, KeyboardInterrupt):
        from communique.commands.console import speak, tell

        speak(language)
        tell(err=True)
        tell(phrase("Stopped."), err=True)
        return STOPPED
    except ProblemsError as error:
        from communique.commands.console import PROBLEMS, show_problems

        show_problems(error.problems)
        return PROBLEMS
    except NobodyReadsError:
        return _nobody_reads()
    except Exception as error:
        found = _in_words(error)
        if not found:
            raise
        return _say(found, language)
    return code if isinstance(code, int) else 0


def _refused(error: click.ClickException, language: str) -> int:
    """A wrong command line, or what a command refuses."""
    from communique.commands.console import speak
    from communique.commands.usage_errors import show

    speak(language)
    show(error)
    return WRONG_COMMAND if isinstance(error, click.UsageError) else error.exit_code


def _nobody_reads() -> int:
    """Whoever reads has seen enough, as `head` does."""
    _leave_output()
    return NOBODY_READS


def _say(found: str, language: str) -> int:
    from communique.commands.console import speak, tell

    speak(language)
    tell(phrase("Error: {message}", message=found), fg="red", err=True)
    return 1


def _leave_output() -> None:
    """What has not been written stays so, and nothing is said of it when the process ends."""
    sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the end of the process


def _in_words(error: Exception) -> str:
    """What an operator can do something about, in a sentence; empty for a mistake of ours."""
    from communique.machine.file_faults import file_fault
    from communique.machine.limits import limit_reached
    from communique.store.database import database_fault

    if found := file_fault(error):
        return found
    if isinstance(error, OSError) and error.errno in _UNWRITTEN:
        return phrase(
            "{reason}: what was being written, to a file or to the output, is not whole.", reason=error.strerror
        )
    return database_fault(error) or limit_reached(error)
