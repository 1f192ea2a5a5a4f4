"""Who is measured: every sender, its command line, and how many connections it is given."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.sink import INSTALLED, POSTFIX, ROOT

_SENDERS = ROOT / "benchmarks" / "senders"
KEYS: Mapping[str, str] = {each: str(INSTALLED / f"dkim-{each}.pem") for each in ("rsa", "ed25519")}


@dataclass(frozen=True)
class Sender:
    """A program that prints `sent`, `seconds` and `cpu_before` (what it had used before it began to send) as JSON.

    Words of a command may hold `{number}`, `{connections}`, `{port}`, and `{folder}` for what `prepare` leaves.
    """

    name: str
    what: str  #: for the report
    command: tuple[str, ...]
    connections: tuple[int, ...]
    delayed: tuple[int, ...] = ()  #: connections over the long wire
    prepare: tuple[str, ...] = ()  #: another program that is run before, and is not part of sending
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)
    is_silent: bool = False  #: prints nothing, and is timed from outside
    is_slow: bool = False  #: its rate is the same from hundreds of mails on, so it may send fewer

    @property
    def is_installed(self) -> bool:
        """Whether its program is there; one that could not be built is left out."""
        return Path(self.command[0]).exists()


_ORDER = ("{number}", "{connections}", "{port}")


def _python(name: str, *more: str) -> tuple[str, ...]:
    return (str(INSTALLED / "python" / "bin" / "python"), str(_SENDERS / f"{name}.py"), *_ORDER, *more)


def _node(*more: str) -> tuple[str, ...]:
    return (str(INSTALLED / "bin" / "node"), str(_SENDERS / "with_nodemailer.mjs"), *_ORDER, *more)


def _ours(name: str, what: str, *more: str, connections: tuple[int, ...], delayed: tuple[int, ...] = ()) -> Sender:
    return Sender(
        name,
        what,
        (sys.executable, "-m", "benchmarks.ours", "{folder}"),
        connections,
        delayed,
        prepare=(sys.executable, "-m", "benchmarks.town", "{folder}", *_ORDER, *more),
    )


OURS = _ours(
    "Communiqué",
    "ledger on disk, point of no return before each final dot",
    connections=(1, 10, 50, 200),
    delayed=(10, 50, 200),
)
OURS_ED25519 = _ours("Communiqué, DKIM Ed25519", "signs each mail", KEYS["ed25519"], connections=(50,))
OURS_RSA = _ours("Communiqué, DKIM RSA-2048", "signs each mail", KEYS["rsa"], connections=(50,))
#: What ratios are told against: the strictest that is widely known.
YARDSTICK = Sender(
    "smtp-source -d",
    "Postfix's load generator in C, kept connections, the same bytes for everybody",
    (
        str(POSTFIX / "sbin" / "smtp-source"),
        *("-d", "-s", "{connections}", "-m", "{number}", "-l", "5720"),  # with its envelope, as many bytes as our mail
        *("-f", "open@littleton.example.org", "-t", "reader@example.org", "127.0.0.1:{port}"),
    ),
    (1, 10, 50, 200),
    (50,),
    environment={"LD_LIBRARY_PATH": str(POSTFIX / "lib" / "postfix")},
    is_silent=True,
)
LIMIT = Sender(
    "blaster",
    "our own C program, pipelined, the same bytes for everybody: what the sink allows",
    (str(INSTALLED / "bin" / "blaster"), *_ORDER),
    (10, 50, 200),
    (10, 50, 200),
)
NODEMAILER = Sender("nodemailer", "its pool of kept connections", _node(), (1, 10, 50), (10, 50, 200), is_slow=True)
EMAILS = Sender("emails", "its template, one kept connection", _python("with_emails"), (1,), is_slow=True)
#: Everybody who sends as fast as they can, to a sink beside them.
SENDERS = (
    OURS,
    YARDSTICK,
    LIMIT,
    Sender(
        "Go net/smtp",
        "html/template, one renderer, a pool of kept connections, both cores",
        (str(INSTALLED / "bin" / "with-net-smtp"), *_ORDER),
        (10, 50),
        (50,),
    ),
    Sender(
        "lettre",
        "Rust, its pool of kept connections, a thread for each; it cannot set TCP_NODELAY",
        (str(INSTALLED / "bin" / "with-lettre"), *_ORDER),
        (10, 50, 200),  # the more, the less it waits for acknowledgements that are held back
        is_slow=True,
    ),
    NODEMAILER,
    Sender("smtplib", "EmailMessage, one kept connection", _python("with_smtplib"), (1,), is_slow=True),
    Sender("aiosmtplib", "EmailMessage, kept connections", _python("with_aiosmtplib"), (10, 50), is_slow=True),
    EMAILS,
    Sender("redmail", "its template, one kept connection", _python("with_redmail"), (1,), is_slow=True),
    Sender(
        "django-post_office",
        "queue in SQLite, texts filled beforehand, threads",
        _python("with_django_post_office"),
        (10,),
        is_slow=True,
    ),
)
#: The same with a signature, and ourselves without, to compare with.
SIGNING = (
    OURS,
    OURS_ED25519,
    OURS_RSA,
    Sender("nodemailer, DKIM RSA-2048", "signs each mail", _node(KEYS["rsa"]), (50,), is_slow=True),
    Sender("emails, DKIM RSA-2048", "dkimpy signs each mail", _python("with_emails", KEYS["rsa"]), (1,), is_slow=True),
)
#: The cheapest honest check that the harness works: one C program and ourselves.
SMOKE = (OURS, YARDSTICK)
