"""A real Dovecot on loopback: an IMAP server with one mailbox, in clear, with STARTTLS and over TLS."""

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.counterparts import debian
from tests.counterparts.presence import require
from tests.daemon_process import wait_until

_HOST = "127.0.0.1"
_ROOT = debian.FOLDER / "usr"
#: It looks for its parts below /usr and nowhere else: so for its processes alone, what was unpacked is laid over that.
_OVER = f"mount -t overlay overlay -o lowerdir={_ROOT}:/usr /usr"
_UNDER_ITS_PATHS = ("unshare", "--mount", "sh", "-c", f'{_OVER} && exec "$@"', "sh")
#: Whom Debian's own package would make `dovecot` and `dovenull`; every Debian has these.
_OWNER, _STRANGER, _GROUP = "daemon", "nobody", "mail"

_CONFIGURATION = """\
protocols = imap
listen = {host}
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_internal_user = {owner}
default_internal_group = {group}
default_login_user = {stranger}
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain
first_valid_uid = 1
mail_location = maildir:{folder}/mail
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={folder}/home
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
{more}
"""


@dataclass(frozen=True)
class Dovecot:
    """Where it listens, and the maildir that is its user's INBOX; other folders are maildirs named `.Name` in it."""

    host: str
    port: int
    tls_port: int
    maildir: Path
    username: str = "bounces"
    password: str = "open-sesame"  #: of a server on loopback that lives as long as a test

    def put(self, data: bytes, name: str) -> None:
        """A message comes in."""
        file = self.maildir / "tmp" / name
        file.write_bytes(data)
        os.chown(file, pwd.getpwnam(_OWNER).pw_uid, grp.getgrnam(_GROUP).gr_gid)
        file.rename(self.maildir / "new" / name)


@contextmanager
def running_dovecot(certificate: Path, key: Path, more: str = "") -> Iterator[Dovecot]:
    """Start it, with a certificate and more of a configuration, and stop it."""
    debian.require_root()
    require((_ROOT / "lib" / "dovecot").is_dir(), "Dovecot is not there: run `make counterparts`.")
    can_lay_over = subprocess.run([*_UNDER_ITS_PATHS, "true"], capture_output=True, check=False)
    require(
        not can_lay_over.returncode, "Dovecot needs a place of its own below /usr, and this machine forbids mounts."
    )
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    folder.chmod(0o755)
    try:
        with socket.create_server((_HOST, 0)) as one, socket.create_server((_HOST, 0)) as other:
            port, tls_port = one.getsockname()[1], other.getsockname()[1]
        dovecot = Dovecot(host=_HOST, port=port, tls_port=tls_port, maildir=folder / "mail")
        _lay_out(folder)
        configuration = folder / "dovecot.conf"
        words = {"folder": folder, "host": _HOST, "port": port, "password": dovecot.password, "more": more}
        words |= {"tls_port": tls_port, "certificate": certificate, "key": key}
        users = {"owner": _OWNER, "group": _GROUP, "stranger": _STRANGER}
        configuration.write_text(_CONFIGURATION.format(**words, **users))
        command = [*_UNDER_ITS_PATHS, "/usr/sbin/dovecot", "-c", configuration]
        subprocess.run(command, env=debian.environment(), check=True)
        # It comes back when it listens, and says who it is a moment later.
        process = folder / "run" / "master.pid"
        wait_until(lambda: process.exists() and bool(process.read_text(encoding="ascii")), "Dovecot")
        try:
            yield dovecot
        finally:
            debian.end(process, signal.SIGTERM)
    finally:
        shutil.rmtree(folder)


def _lay_out(folder: Path) -> None:
    owner, group = pwd.getpwnam(_OWNER).pw_uid, grp.getgrnam(_GROUP).gr_gid
    for path in (folder / "state", folder / "home", folder / "mail"):
        path.mkdir()
        os.chown(path, owner, group)
    for path in (folder / "mail" / name for name in ("tmp", "new", "cur")):
        path.mkdir()
        os.chown(path, owner, group)
