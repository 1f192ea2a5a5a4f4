"""A real Postfix on loopback: it queues what it takes, and hands it on to a mail server of the test's."""

import grp
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.counterparts import debian
from tests.daemon_process import wait_until

_HOST = "127.0.0.1"
_PROGRAMS = debian.FOLDER / "usr" / "lib" / "postfix" / "sbin"
#: Postfix wants a user and a group that nothing else of it belongs to; every Debian has these.
_OWNER, _GROUP = "daemon", "mail"
_QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace")
_TIME_TO_SAY = 30  # seconds; it takes milliseconds

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = {root}/usr/sbin
daemon_directory = {programs}
import_environment = MAIL_CONFIG MAIL_LOGTAG LD_LIBRARY_PATH={libraries}
mail_owner = {owner}
setgid_group = {group}
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
myhostname = relay.example
inet_interfaces = {host}
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
relayhost = [{host}]:{next_port}
minimal_backoff_time = 1s
smtpd_milters = {milter}
transport_maps = inline:{{ {transports} }}
milter_default_action = tempfail
"""

_MASTER = """\
{host}:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """Where it listens, and what it writes down."""

    host: str
    port: int
    log: Path
    folder: Path

    def start(self) -> None:
        """Comes back when it listens. After a stop its children may have the port for another moment."""
        command = [_PROGRAMS / "master", "-c", self.folder / "etc", "-w"]
        wait_until(lambda: not subprocess.run(command, env=debian.environment(), check=False).returncode, "Postfix")

    def stop(self) -> None:
        """As `postfix stop` does; what is under way is broken off."""
        debian.end(self.folder / "queue" / "pid" / "master.pid", signal.SIGTERM)

    def set(self, **settings: str) -> None:
        """Other settings in main.cf, from its next start on."""
        with (self.folder / "etc" / "main.cf").open("a") as file:
            file.writelines(f"{name} = {value}\n" for name, value in settings.items())

    def said(self, pattern: str) -> re.Match[str]:
        """The first match of a pattern in the log, from its beginning; waits until the line is there."""
        follow = ["timeout", str(_TIME_TO_SAY), "tail", "-n", "+1", "-F", str(self.log)]
        with subprocess.Popen(follow, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as tail:
            assert tail.stdout
            try:
                for line in tail.stdout:
                    if found := re.search(pattern, line):
                        return found
            finally:
                tail.terminate()
        raise AssertionError(f"Postfix never said {pattern!r}:\n{self.log.read_text(encoding='utf-8')}")

    def queue_id(self, message_id: str) -> str:
        """Under which a mail was queued; `message_id` without brackets."""
        return self.said(rf"cleanup\[\d+\]: (\w+): message-id=<{re.escape(message_id)}>")[1]


@contextmanager
def running_postfix(
    next_host: tuple[str, int], *, milter: str = "", transports: Mapping[str, str] | None = None
) -> Iterator[Postfix]:
    """Start it, and stop it.

    Args:
        next_host: where it hands mails to, as soon as it has them: an address on loopback and a port.
        milter: a filter that sees mails before they are queued, such as `inet:127.0.0.1:8891`.
        transports: where it hands mails for some domains to instead: `lmtp:inet:127.0.0.1:8024`.
    """
    debian.require_root()
    folder = Path(tempfile.mkdtemp(prefix="postfix-"))
    try:
        port = _free_port()
        _lay_out(folder)
        configuration = folder / "etc"
        configuration.mkdir()
        words = {"folder": folder, "host": _HOST, "port": port, "next_port": next_host[1], "milter": milter}
        others = {"unused.invalid": "smtp:", **(transports or {})}
        words["transports"] = ", ".join(f"{domain}={way}" for domain, way in others.items())
        fixed = {"root": debian.FOLDER, "programs": _PROGRAMS, "libraries": debian.library_path()}
        for name, text in (("main.cf", _MAIN), ("master.cf", _MASTER)):
            (configuration / name).write_text(text.format(**words, **fixed, owner=_OWNER, group=_GROUP))
        made = Postfix(host=_HOST, port=port, log=folder / "mail.log", folder=folder)
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder)


def _lay_out(folder: Path) -> None:
    """The folders of its queue, each with the owner that its own installation gives it."""
    owner, group = pwd.getpwnam(_OWNER).pw_uid, grp.getgrnam(_GROUP).gr_gid
    folder.chmod(0o755)
    queue = folder / "queue"
    (queue / "pid").mkdir(parents=True)
    for path in (folder / "data", *(queue / name for name in _QUEUES)):
        path.mkdir(mode=0o700)
        os.chown(path, owner, -1)
    for name, mode in (("maildrop", 0o1730), ("public", 0o2710)):
        path = queue / name
        path.mkdir()
        os.chown(path, owner, group)
        path.chmod(mode)


def _free_port() -> int:
    with socket.create_server((_HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
    return port
