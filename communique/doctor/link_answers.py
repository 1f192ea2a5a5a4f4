"""Whether what texts link to answers: asked over the network, and only when somebody wants to know.

A text may name any address, also one of a machine behind the town hall's firewall. Such a one is never asked: every
name is looked up first, also behind a redirect, and the connection goes to the very number that was looked at.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import httpx

from communique.phrase import phrase
from communique.plan.checks.text import found_again
from communique.problems import Problem, Severity
from communique.workspace import Workspace

CODE = "dead-link"
_AT_ONCE = 8
_PATIENCE = 10  #: seconds, for a server that says nothing
_MOST_REDIRECTS = 5
_GONE = {404, 410}
#: A page that is for some, or for no program, is there: who asked is turned away, not the reader.
_THERE = {401, 402, 403, 405, 406, 407, 429, 451, 999}

#: NAT64 (RFC 6052, RFC 8215): the last 32 bits are an IPv4 address, to which a gateway leads.
_TRANSLATED = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48")))

Numbers = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of asking."""

    fault: str = ""  #: in words; empty when a page is there
    is_for_good: bool = False  #: a server that does not answer today may answer tomorrow


def is_public(number: Numbers) -> bool:
    """Whether everybody on the internet means the same machine by it, also by an address that it stands for."""
    return all(each.is_global and not each.is_multicast for each in (number, *_within(number)))


def _within(number: Numbers) -> Iterator[ipaddress.IPv4Address]:
    """The IPv4 addresses that one of IPv6 carries, and to which what is sent there may be passed on."""
    if isinstance(number, ipaddress.IPv4Address):
        return
    if any(number in each for each in _TRANSLATED):
        yield ipaddress.IPv4Address(number.packed[-4:])
    found = (number.ipv4_mapped, number.sixtofour, *(number.teredo or ()))
    yield from (each for each in found if each is not None)


def answer_of(address: str, may_ask: Callable[[Numbers], bool] = is_public) -> Answered:
    """Ask for a page, and for those that its server sends on to. Of what is there nothing is read."""
    url = httpx.URL(address)
    for _ in range(_MOST_REDIRECTS + 1):
        answer = _ask(url, may_ask)
        if isinstance(answer, Answered):
            return answer
        where = answer.headers.get("location", "")
        if not (answer.is_redirect and where):
            return _judged(answer.status_code)
        try:
            url = url.join(where)
        except httpx.InvalidURL:
            return Answered(phrase("is sent on to {where}, which is no address", where=f"{where!a}"))
    return Answered(phrase("is sent on more than {most} times", most=_MOST_REDIRECTS))


def _judged(status: int) -> Answered:
    if status < httpx.codes.BAD_REQUEST or status in _THERE:
        return Answered()
    return Answered(phrase("answers {status}", status=status), is_for_good=status in _GONE)


def _ask(url: httpx.URL, may_ask: Callable[[Numbers], bool]) -> httpx.Response | Answered:
    if url.scheme not in {"http", "https"} or not url.host:
        return Answered(phrase("leads to {url}, which is no page of the web", url=url))
    try:
        found = socket.getaddrinfo(
            url.host, url.port or (443 if url.scheme == "https" else 80), type=socket.SOCK_STREAM
        )
    except OSError:
        return Answered(phrase("leads to {host}, which nobody knows", host=url.host), is_for_good=True)
    numbers = [ipaddress.ip_address(each[4][0]) for each in found]
    if not all(map(may_ask, numbers)):
        return Answered(
            phrase("leads to {host}, a machine that is not on the public internet; it was not asked", host=url.host)
        )
    fault = ""
    for number in dict.fromkeys(numbers):
        try:
            return _ask_at(url, number)
        except httpx.ConnectError as error:
            fault = phrase("does not answer: {error}", error=error)
        except (httpx.HTTPError, ValueError) as error:
            return Answered(phrase("does not answer: {error}", error=error or type(error).__name__))
    return Answered(fault)


def _ask_at(url: httpx.URL, number: Numbers) -> httpx.Response:
    """Raises httpx.HTTPError: no answer."""
    headers = {"Host": url.netloc.decode(), "User-Agent": "communique check --links"}
    asked = url.copy_with(host=str(number))
    names = {"sni_hostname": url.host}
    with (
        httpx.Client(timeout=_PATIENCE, follow_redirects=False, trust_env=False) as client,
        client.stream("GET", asked, headers=headers, extensions=names) as answer,
    ):
        return answer


def dead_links(
    workspace: Workspace, links: Iterable[tuple[str, str]], ask: Callable[[str], Answered] = answer_of
) -> Iterator[Problem]:
    """Of addresses with the files they stand in, those that lead to nothing; each address is asked once."""
    files: dict[str, dict[str, None]] = {}
    for address, file in links:
        files.setdefault(address.partition("#")[0], {})[file] = None
    with ThreadPoolExecutor(_AT_ONCE, "links") as pool:
        answers = dict(zip(files, pool.map(partial(_asked, ask), files), strict=True))
    for address, answer in answers.items():
        for file in files[address] if answer.fault else ():
            problem = Problem(
                code=CODE,
                message=phrase("expected a page at {address}, which {fault}", address=address, fault=answer.fault),
                hint=phrase("Open it: correct the address, or link another page.")
                if answer.is_for_good
                else phrase("Open it: it may be for today only, or the address has changed."),
                severity=Severity.ERROR if answer.is_for_good else Severity.WARNING,
                file=file,
            )
            yield found_again(workspace, problem, address)


def _asked(ask: Callable[[str], Answered], address: str) -> Answered:
    try:
        return ask(address)
    except (httpx.InvalidURL, UnicodeError) as error:
        return Answered(phrase("is no address: {error}", error=error), is_for_good=True)
