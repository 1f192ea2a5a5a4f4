"""A real OpenDKIM on loopback: a filter for Postfix that writes into each mail what it thinks of its signatures."""

import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.counterparts import debian

#: Who speaks in its `Authentication-Results`.
AUTHORITY = "filter.example"

_CONFIGURATION = """\
Mode v
Socket inet:{port}@127.0.0.1
PidFile {folder}/opendkim.pid
AuthservID {authority}
AlwaysAddARHeader yes
InternalHosts {folder}/nobody
TestPublicKeys {folder}/records
Syslog no
"""


@contextmanager
def running_opendkim(records: Mapping[str, str]) -> Iterator[str]:
    """Start it, give its address as Postfix's `smtpd_milters` takes it, and stop it.

    Args:
        records: the DNS: name to TXT record.
    """
    debian.require_root()
    folder = Path(tempfile.mkdtemp(prefix="opendkim-"))
    try:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        # Hosts that it takes for internal are never verified, and by default this machine is.
        (folder / "nobody").write_text("192.0.2.1\n")
        (folder / "records").write_text("".join(f"{name} {record}\n" for name, record in records.items()))
        settings = folder / "opendkim.conf"
        settings.write_text(_CONFIGURATION.format(folder=folder, port=port, authority=AUTHORITY))
        # It comes back when it listens.
        program = debian.FOLDER / "usr" / "sbin" / "opendkim"
        subprocess.run([program, "-x", settings], env=debian.environment(), check=True)
        try:
            yield f"inet:127.0.0.1:{port}"
        finally:
            debian.end(folder / "opendkim.pid", signal.SIGKILL)  # it has nothing to lose, and else takes seconds
    finally:
        shutil.rmtree(folder)
