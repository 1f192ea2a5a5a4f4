"""A real name server on loopback, with the records a test gives it."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset

#: Name to records: `{"town.example": ["TXT v=spf1 -all", "MX 10 mail.town.example."]}`.
Zone = Mapping[str, list[str]]


@contextmanager
def name_server(zone: Zone) -> Iterator[dns.resolver.Resolver]:
    """A resolver that asks it; a name that ends in `silent.example` gets SERVFAIL."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, channel = self.request
            channel.sendto(_answer(dns.message.from_wire(data), zone).to_wire(), self.client_address)

    with socketserver.UDPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = server.server_address[1]
        resolver.lifetime = 5
        yield resolver
        server.shutdown()
        thread.join()


def _answer(query: dns.message.Message, zone: Zone) -> dns.message.Message:
    response = dns.message.make_response(query)
    response.flags |= dns.flags.AA | dns.flags.RA
    question = query.question[0]
    name = question.name.to_text(omit_final_dot=True).lower()
    kind = dns.rdatatype.to_text(question.rdtype)
    if name.endswith("silent.example"):
        response.set_rcode(dns.rcode.SERVFAIL)
    elif name not in zone:
        response.set_rcode(dns.rcode.NXDOMAIN)
    else:
        values = [value for each in zone[name] for of, _, value in [each.partition(" ")] if of == kind]
        written = [_quoted(each) if kind == "TXT" else each for each in values]
        if written:
            response.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", kind, written))
    return response


def _quoted(text: str) -> str:
    """In strings of 255 bytes at most, as a long key must be."""
    return " ".join(f'"{text[start : start + 255]}"' for start in range(0, len(text), 255))
