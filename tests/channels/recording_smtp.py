"""A real mail server on loopback that notes what it accepted, and fails where it is told to."""

import asyncio
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from communique.send.mail_sink import LocalSink


@dataclass
class Fault:
    """What happens instead of an answer, and how many times (None: from now on)."""

    reply: bytes | None = None
    hang_up: bool = False
    silent: bool = False
    accept_first: bool = False
    late: threading.Event | None = None  #: what an answer waits for
    times: int | None = None


class FaultySmtp(SMTP):
    """aiosmtpd's server with the faults of its recorder in front of every command."""

    def __init__(self, recorder: "RecordingSmtp", **options: Any) -> None:
        super().__init__(recorder, **options)
        self._recorder = recorder
        self._mails = 0
        self._smtp_methods = {name: partial(self._watched, name, do) for name, do in self._smtp_methods.items()}

    async def _handle_client(self) -> None:
        self._recorder.connections += 1
        self._recorder.open += 1
        try:
            if fault := self._recorder.fault_at("CONNECT") or self._recorder.too_many():
                await self.show(fault)
            await super()._handle_client()
        finally:
            self._recorder.open -= 1

    async def _watched(self, name: str, do: Any, argument: str | None) -> None:
        self._recorder.commands.append(f"{name} {argument or ''}".rstrip())
        self._mails += name == "MAIL"
        fault = self._recorder.fault_at(name) or self._recorder.worn_out(self._mails)
        body_fault = self._recorder.fault_at("BODY") if name == "DATA" else None
        if fault:
            await self.show(fault)
        elif body_fault:
            # In one segment, so that the sender has it before it can have finished.
            interruption = b"" if body_fault.reply is None else b"\r\n" + body_fault.reply
            await self.show(replace(body_fault, reply=b"354 Go ahead" + interruption))
        else:
            await do(argument)

    async def show(self, fault: Fault) -> None:
        """Fail as asked."""
        if fault.reply is not None:
            await self.push(fault.reply)
        if fault.hang_up:
            self.transport.close()
        if fault.hang_up or fault.silent:
            await asyncio.Event().wait()  # until the connection is gone, which cancels this


class RecordingSmtp(LocalSink):
    """As `LocalSink`; commands are named as in SMTP, with CONNECT, BODY (in the middle of the mail) and `.` besides.

    Args:
        starttls: what STARTTLS is offered with; None: it is not offered.
        implicit_tls: TLS from the first byte.
        logins: user names and passwords; none: AUTH is not offered.
        largest: bytes of a mail, as SIZE says; None: no limit.
        without: an AUTH mechanism that is not offered.
        international: whether SMTPUTF8 is offered.
        pipelining: whether PIPELINING is offered.
        most_connections: how many at once; None: no limit.
        mails_each: how many mails a connection may carry; None: no limit.
    """

    def __init__(
        self,
        *,
        starttls: ssl.SSLContext | None = None,
        implicit_tls: ssl.SSLContext | None = None,
        logins: Mapping[str, str] | None = None,
        without: str = "",
        largest: int | None = None,
        international: bool = True,
        pipelining: bool = False,
        most_connections: int | None = None,
        mails_each: int | None = None,
    ) -> None:
        super().__init__()
        self.commands: list[str] = []
        self.connections = 0  #: that have been made
        self.open = 0  #: connections there are
        self.most_open = 0
        self._pipelining = pipelining
        self._most_connections = most_connections
        self._mails_each = mails_each
        self.logged_in: list[str] = []
        self._faults: dict[str, Fault] = {}
        self._logins = logins or {}
        self._implicit_tls = implicit_tls
        self._options = {
            "hostname": "localhost",
            "tls_context": starttls,
            "data_size_limit": largest,
            "enable_SMTPUTF8": international,
            "auth_require_tls": False,
            "authenticator": self._authenticate,
            "auth_exclude_mechanism": [without] if logins else ["LOGIN", "PLAIN"],
        }

    def refuse(self, command: str, reply: str, *, times: int | None = None) -> Self:
        """Answer with a reply of the test's own; a 421 closes the connection as well."""
        self._faults[command] = Fault(reply=reply.encode(), hang_up=reply.startswith("421"), times=times)
        return self

    def hang_up(self, command: str, *, times: int | None = None) -> Self:
        """Close the connection instead of an answer."""
        self._faults[command] = Fault(hang_up=True, times=times)
        return self

    def fall_silent(self, command: str) -> Self:
        """Never answer."""
        self._faults[command] = Fault(silent=True)
        return self

    def lose_answer(self, *, silent: bool = False, reply: bytes | None = None, times: int | None = None) -> Self:
        """Accept a mail, and then hang up, fall silent, or answer nonsense."""
        self._faults["."] = Fault(
            reply=reply, hang_up=not silent and reply is None, silent=silent, accept_first=True, times=times
        )
        return self

    def answer_late(self, release: threading.Event, *, times: int | None = None) -> Self:
        """Accept a mail, and say so when the test lets it."""
        self._faults["."] = Fault(reply=b"250 2.0.0 At last", accept_first=True, late=release, times=times)
        return self

    def heal(self) -> None:
        """No faults from now on."""
        self._faults.clear()

    def fault_at(self, command: str) -> Fault | None:
        """The fault to show now, counted."""
        fault = self._faults.get(command)
        if fault is not None and fault.times is not None:
            fault.times -= 1
            if fault.times == 0:
                del self._faults[command]
        return fault

    def too_many(self) -> Fault | None:
        """What a connection hears that is one too many."""
        if self._most_connections is not None and self.open > self._most_connections:
            return Fault(reply=b"421 4.7.0 Too many connections", hang_up=True)
        self.most_open = max(self.most_open, self.open)
        return None

    def worn_out(self, mails: int) -> Fault | None:
        """What a connection hears that has carried enough."""
        if self._mails_each is not None and mails > self._mails_each:
            return Fault(reply=b"421 4.7.0 Enough mails on this connection", hang_up=True)
        return None

    async def handle_EHLO(  # noqa: N802 - a name of aiosmtpd
        self,
        server: FaultySmtp,  # noqa: ARG002
        session: Any,
        envelope: Any,  # noqa: ARG002
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """What is offered."""
        session.host_name = hostname
        return [*responses[:-1], *(["250-PIPELINING"] if self._pipelining else []), responses[-1]]

    async def handle_DATA(self, server: FaultySmtp, session: Any, envelope: Any) -> str | bytes:  # noqa: ARG002, N802
        """The final dot has come."""
        fault = self.fault_at(".")
        if fault is None:
            return self.accept(envelope)
        if fault.accept_first:
            self.accept(envelope)
        if (fault.hang_up and fault.reply is None) or fault.silent:
            await server.show(fault)
        while fault.late is not None and not fault.late.is_set():  # noqa: ASYNC110 - it is set in another thread
            await asyncio.sleep(0.01)
        return fault.reply or b""

    async def _listen(self, loop: asyncio.AbstractEventLoop) -> asyncio.Server:
        return await loop.create_server(self._connected, self.host, 0, ssl=self._implicit_tls)

    def _protocol(self) -> SMTP:
        return FaultySmtp(self, **self._options)

    def _authenticate(self, *details: Any) -> AuthResult:
        login = details[-1]
        assert isinstance(login, LoginPassword)
        name = login.login.decode()
        known = self._logins.get(name) == login.password.decode()
        if known:
            self.logged_in.append(name)
        return AuthResult(success=known)
