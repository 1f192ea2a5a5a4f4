"""Who is measured: every sender, its command line, and how many connections it is given."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.sink import INSTALLED, ROOT

_SENDERS = ROOT / "benchmarks" / "senders"
_KEY = str(INSTALLED / "dkim.pem")


@dataclass(frozen=True)
class Sender:
    """A program that takes `NUMBER CONNECTIONS PORT [KEY]` and prints `sent`, `seconds`, `cpu`, `peak_rss` as JSON."""

    name: str
    what: str  #: for the report
    command: tuple[str, ...]
    connections: tuple[int, ...]
    delayed: bool = False  #: measured over the long wire too
    after: tuple[str, ...] = field(default=())  #: arguments behind the port

    @property
    def is_installed(self) -> bool:
        """Whether its program is there; one that could not be built is left out."""
        return Path(self.command[0]).exists()


def _python(name: str) -> tuple[str, str]:
    return str(INSTALLED / "python" / "bin" / "python"), str(_SENDERS / f"{name}.py")


_NODE = (str(INSTALLED / "bin" / "node"), str(_SENDERS / "with_nodemailer.mjs"))

OURS = Sender(
    "Communiqué",
    "ledger on disk, point of no return before each final dot",
    (sys.executable, "-m", "benchmarks.ours"),
    (10, 50),
    delayed=True,
)
OURS_SIGNING = Sender("Communiqué, DKIM", "RSA-2048", OURS.command, (10, 50), after=(_KEY,))
#: What ratios are told against: the strictest that is widely known.
YARDSTICK = Sender(
    "smtp-source -d",
    "Postfix's load generator in C, kept connections, the same bytes for everybody",
    (sys.executable, str(_SENDERS / "with_smtp_source.py")),
    (1, 10, 50),
    delayed=True,
)
LIMIT = Sender(
    "blaster",
    "our own C program, pipelined, the same bytes for everybody: what the machine allows",
    (str(INSTALLED / "bin" / "blaster"),),
    (10, 50),
    delayed=True,
)
SENDERS = (
    OURS,
    YARDSTICK,
    LIMIT,
    Sender(
        "Go net/smtp",
        "html/template, one renderer, a pool of kept connections, both cores",
        (str(INSTALLED / "bin" / "with-net-smtp"),),
        (10, 50),
        delayed=True,
    ),
    Sender("nodemailer", "its pool of kept connections", _NODE, (10, 50), delayed=True),
    Sender("smtplib", "EmailMessage, one kept connection", _python("with_smtplib"), (1,)),
    Sender("aiosmtplib", "EmailMessage, kept connections", _python("with_aiosmtplib"), (10, 50), delayed=True),
    Sender("emails", "its template, one kept connection", _python("with_emails"), (1,)),
    Sender("redmail", "its template, one kept connection", _python("with_redmail"), (1,)),
    Sender(
        "django-post_office",
        "queue in SQLite, texts filled beforehand, threads",
        _python("with_django_post_office"),
        (10,),
    ),
    OURS_SIGNING,
    Sender("nodemailer, DKIM", "RSA-2048", _NODE, (50,), after=(_KEY,)),
    Sender("emails, DKIM", "RSA-2048, dkimpy", _python("with_emails"), (1,), after=(_KEY,)),
)
#: The cheapest honest check that the harness works: one C program and ourselves.
SMOKE = (OURS, YARDSTICK)
