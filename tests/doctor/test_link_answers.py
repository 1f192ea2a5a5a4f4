"""`check --links`: what answers at the addresses that texts link to, and which addresses are never asked."""

import ipaddress
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from communique.doctor.link_answers import Answered, Numbers, answer_of, dead_links, is_public
from communique.problems import Severity
from tests.command_line import CommandLine
from tests.workspaces import START, Town

ARTICLE = "templates/news/hello/en/article.md"
#: Where a path leads: a status, or another address.
PATHS: dict[str, int | str] = {
    "/there": 200,
    "/for-some": 403,
    "/gone": 404,
    "/broken": 503,
    "/moved": "/there",
    "/moved-and-gone": "/gone",
    "/round": "/round",
    "/inside": "http://127.0.0.2:{port}/secret",
    "/file": "file:///etc/passwd",
}


class Pages(ThreadingHTTPServer):
    """Some pages, and which were asked for, by the name that was asked."""

    asked: list[tuple[str, str]]


class _Page(BaseHTTPRequestHandler):
    server: Pages

    def do_GET(self) -> None:
        self.server.asked.append((str(self.headers["Host"]), self.path))
        what = PATHS.get(self.path, 404)
        self.send_response(what if isinstance(what, int) else 302)
        if isinstance(what, str):
            self.send_header("Location", what.format(port=self.server.server_port))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    """A server on every address of this machine."""
    with Pages(("0.0.0.0", 0), _Page) as server:
        server.asked = []
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def one_of_ours(number: Numbers) -> bool:
    """The machine of the test stands in for the internet."""
    return str(number) == "127.0.0.1"


@pytest.mark.parametrize(
    ("path", "words", "for_good"),
    [
        ("/there", "", False),
        ("/for-some", "", False),
        ("/moved", "", False),
        ("/gone", "answers 404", True),
        ("/moved-and-gone", "answers 404", True),
        ("/broken", "answers 503", False),
        ("/round", "more than 5 times", False),
        ("/inside", "not on the public internet", False),
        ("/file", "no page of the web", False),
    ],
)
def test_what_a_page_answers_is_judged(pages: Pages, path: str, words: str, for_good: bool) -> None:  # noqa: FBT001
    """Gone is gone; what is broken today may be well tomorrow; and no redirect leads behind a firewall."""
    found = answer_of(f"http://127.0.0.1:{pages.server_port}{path}", one_of_ours)
    assert (found.is_for_good, bool(found.fault)) == (for_good, bool(words))
    assert words in found.fault
    assert all(host == f"127.0.0.1:{pages.server_port}" for host, _ in pages.asked)


def test_names_that_lead_to_nothing_or_inside_are_not_asked(pages: Pages) -> None:
    """Neither by number nor by name, whatever form the number has."""
    before = len(pages.asked)
    for host in ("localhost", "127.0.0.1", "0x7f000001", "2130706433", "[::ffff:127.0.0.1]", "0.0.0.0"):
        assert answer_of(f"http://{host}:{pages.server_port}/there").fault, host
    assert len(pages.asked) == before
    assert answer_of("http://nobody.invalid/").is_for_good
    private = ("10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "::1", "fe80::1", "fd00::1", "224.0.0.1")
    assert not any(is_public(ipaddress.ip_address(each)) for each in private)
    assert is_public(ipaddress.ip_address("93.184.215.14"))


@pytest.mark.parametrize("number", ["64:ff9b::7f00:1", "64:ff9b:1::a01:203", "2002:7f00:1::", "2002:c0a8:1::1"])
def test_a_number_that_carries_an_inner_one_is_no_public_one(number: str) -> None:
    """To a gateway (NAT64, 6to4) it is the machine inside, whatever Python says of the number itself."""
    assert not is_public(ipaddress.ip_address(number))
    assert is_public(ipaddress.ip_address("64:ff9b::5db8:d70e"))


def test_a_name_that_changes_its_number_leads_nowhere_else(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: whoever asks comes to the number looked at; a name with one inner number is not asked."""
    asked: list[str] = []

    def known(numbers: list[list[str]]) -> None:
        def look_up(host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
            asked.append(host)
            found = numbers.pop(0) if host == "rebinds.example" else [host]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)

    address = f"http://rebinds.example:{pages.server_port}/there"
    known([["127.0.0.1"], ["127.0.0.2"]])
    assert answer_of(address, one_of_ours) == Answered()
    assert asked.count("rebinds.example") == 1
    assert pages.asked[-1] == (f"rebinds.example:{pages.server_port}", "/there")
    before = len(pages.asked)
    known([["127.0.0.1", "127.0.0.2"]])
    assert "not on the public internet" in answer_of(address, one_of_ours).fault
    assert len(pages.asked) == before


def test_no_proxy_of_the_environment_asks_in_its_place(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would look the name up anew, inside the town hall."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert answer_of(f"http://127.0.0.1:{pages.server_port}/there", one_of_ours) == Answered()


def test_a_server_that_is_not_there_is_a_warning() -> None:
    """Nobody listens there."""
    found = answer_of("http://127.0.0.1:9/", one_of_ours)
    assert found.fault.startswith("does not answer")
    assert not found.is_for_good


def test_a_dead_link_is_pointed_at_at_its_line(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only when asked; each address once, and our own pages never: they may not be there yet."""
    links = "[one](https://one.example.org/a#b), [two](https://one.example.org/a)"
    ours = "[us](https://open.littleton.example.org/en/)"
    town.edit(ARTICLE, "hello.", f"hello.\n\nSee {links} and {ours}.")
    town.settings("mode: live", "mode: trial")
    asked: list[str] = []

    def ask(address: str) -> Answered:
        asked.append(address)
        return Answered("answers 404", is_for_good=True)

    standing = town.standing()
    assert standing.preflight is not None
    (problem,) = dead_links(town.workspace, standing.preflight.links, ask)
    assert asked == ["https://one.example.org/a"]
    assert (problem.code, problem.severity, problem.file) == ("dead-link", Severity.ERROR, ARTICLE)
    assert "one.example.org" in problem.source

    line = CommandLine(town.root, monkeypatch)
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    assert "dead-link" not in line("check", now=START).text
    monkeypatch.setattr("communique.doctor.link_answers.socket.getaddrinfo", _nobody)
    said = line("check", "--links")
    assert said.code == 1
    assert f"{ARTICLE}:7" in said.text
    assert "one.example.org, which nobody knows" in said.text


def _nobody(*_: object, **__: object) -> None:
    raise OSError
