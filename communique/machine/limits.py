"""What a process may not have more of, in the words of who can raise the limit."""

from communique.phrase import Phrase, phrase

_NO_THREAD = "can't start new thread"  #: of Python's RuntimeError, which has no class of its own


def limit_reached(error: BaseException) -> str:
    """Which limit, and how to raise it; empty when it is about something else."""
    if isinstance(error, MemoryError):
        if error.args and isinstance(error.args[0], Phrase):  # said by what was ended; Python itself says nothing
            return error.args[0]
        return phrase(
            "expected memory for the next step, found none left: raise the limit (`MemoryMax=` of the service, "
            "`ulimit -v`), or give the machine more"
        )
    if isinstance(error, RuntimeError) and str(error) == _NO_THREAD:
        return phrase(
            "expected to start one more thread, found that the system refuses it: raise the limit (`TasksMax=` of the "
            "service, `ulimit -u` of its user), or give the machine more memory"
        )
    return ""
