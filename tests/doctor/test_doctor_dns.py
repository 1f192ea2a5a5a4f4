"""What receivers find in the DNS, asked of a real name server on loopback."""

from base64 import b64encode

import pytest

from channels.email import EmailChannel
from communique.channel import MailIdentity, SigningKey
from communique.doctor.dmarc import Dmarc
from communique.doctor.dns_records import Records
from communique.doctor.finding import Finding, Level
from communique.doctor.mail_checks import in_dns
from communique.doctor.spf import spf
from tests.channels import dkim_keys
from tests.name_server import Zone, name_server

_KEY = SigningKey(selector="s1", domain="town.example", algorithm="ed25519", public=b"0" * 32)
_GOOD = {
    "town.example": ["MX 10 mail.town.example.", "TXT v=spf1 mx ip4:192.0.2.1 -all", "TXT something else"],
    "mail.town.example": ["A 192.0.2.1"],
    "_dmarc.town.example": ["TXT v=DMARC1; p=reject; rua=mailto:d@town.example"],
    "s1._domainkey.town.example": [f"TXT v=DKIM1; k=ed25519; p={b64encode(b'0' * 32).decode()}"],
}


def examined(
    zone: Zone, *, sender: str = "town.example", bounces: str = "town.example", keys: tuple[SigningKey, ...] = (_KEY,)
) -> dict[str, Finding]:
    """The findings about one channel, by check."""
    with name_server(zone) as resolver:
        identity = MailIdentity(sender=sender, bounces=bounces, keys=keys)
        found = list(in_dns({"email": identity}, Records(resolver)))
    return {each.check.partition(" ")[0]: each for each in found}


def levels(zone: Zone, **changed: object) -> dict[str, Level]:
    """How bad each is."""
    return {check: each.level for check, each in examined(zone, **changed).items()}  # type: ignore[arg-type]


def spf_of(**records: str) -> Finding:
    """Of `a.example`; the others by their first label."""
    zone = {f"{name}.example": [f"TXT {record}", "A 192.0.2.1"] for name, record in records.items()}
    with name_server(zone) as resolver:
        return spf(Records(resolver), "spf", "a.example")


def test_a_domain_in_order_has_nothing_to_do() -> None:
    """Every check is good."""
    assert set(levels(_GOOD).values()) == {Level.OK}


def test_an_unknown_domain_is_told_everything_that_is_missing() -> None:
    """With what to publish."""
    found = examined({})
    assert {check: each.level for check, each in found.items()} == dict.fromkeys(
        ("mx", "spf", "dkim", "dmarc"), Level.PROBLEM
    )
    assert all(each.do for each in found.values())


def test_a_silent_dns_is_not_taken_for_an_empty_one() -> None:
    """Nobody is told to publish what may be there."""
    found = examined({}, sender="silent.example", bounces="silent.example", keys=())
    assert all("no answer" in each.found for check, each in found.items() if check != "dkim")


@pytest.mark.parametrize("number", [10, 11])
def test_spf_is_counted_with_everything_it_includes(number: int) -> None:
    """Ten look-ups are allowed, eleven are not (RFC 7208 4.6.4): nine or ten below the include."""
    found = spf_of(a="v=spf1 include:b.example -all", b=f"v=spf1 {'a:a.example ' * (number - 1)}-all")
    assert found.level is (Level.OK if number == 10 else Level.PROBLEM)
    assert str(number) in found.found


@pytest.mark.parametrize(
    ("record", "level", "word"),
    [
        ("v=spf1 +all", Level.WARNING, "everybody"),
        ("v=spf1 ptr -all", Level.WARNING, "ptr"),
        ("v=spf1 a:x.example a:y.example a:z.example -all", Level.PROBLEM, "do not exist"),
        ("v=spf1 includes:b.example -all", Level.PROBLEM, "no term"),
        ("v=spf1 include:b.example -all", Level.PROBLEM, "b.example has no SPF"),
        ("v=spf1 include:a.example -all", Level.PROBLEM, "includes itself"),
        ("v=spf1 exists:%{i}.x.example unknown=thing -all", Level.OK, "1 of 10"),
        ("v=spf1 a/24 mx//64 ip6:2001:db8::/32 ~all", Level.OK, "2 of 10"),
        ("v=spf10 -all", Level.PROBLEM, "no SPF"),
    ],
)
def test_spf_is_read_as_receivers_read_it(record: str, level: Level, word: str) -> None:
    """Term by term."""
    found = spf_of(a=record)
    assert found.level is level
    assert word in found.found


def test_two_spf_records_are_none() -> None:
    """RFC 7208 4.5."""
    zone = {**_GOOD, "town.example": [*_GOOD["town.example"], "TXT v=spf1 -all"]}
    assert "2 SPF records" in examined(zone)["spf"].found


@pytest.mark.parametrize(
    ("record", "level", "word"),
    [
        ("v=DKIM1; k=ed25519; p=", Level.PROBLEM, "revoked"),
        ("v=DKIM1; k=ed25519; p=MDEy", Level.PROBLEM, "another key"),
        ("v=DKIM1; k=ed25519; p=!", Level.PROBLEM, "another key"),
        (f"v=DKIM1; p={b64encode(b'0' * 32).decode()}", Level.PROBLEM, "not for a key of ed25519"),
        (f"v=DKIM1; k=ed25519; h=sha1; p={b64encode(b'0' * 32).decode()}", Level.PROBLEM, "sha256"),
        (f"v=DKIM1; k=ed25519; s=tlsrpt; p={b64encode(b'0' * 32).decode()}", Level.PROBLEM, "not for mail"),
        (f"k=ed25519; t=y; p={b64encode(b'0' * 32).decode()}", Level.WARNING, "t=y"),
    ],
)
def test_a_key_in_the_dns_is_held_against_ours(record: str, level: Level, word: str) -> None:
    """As RFC 6376 3.6.1 and RFC 8463 have it."""
    found = examined({**_GOOD, "s1._domainkey.town.example": [f"TXT {record}"]})["dkim"]
    assert found.level is level
    assert word in found.found


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
def test_the_key_of_a_channel_is_known_as_the_dns_has_it(algorithm: str) -> None:
    """The identity of a real channel, and the record with which verifiers of other make find its key."""
    made = dkim_keys.key(algorithm)
    channel = EmailChannel(
        host="localhost", tls="none", sender="Town <a@Town.example>", dkim_selector="s1", dkim_key=made.pem
    )
    identity = channel.identity()
    found = examined({**_GOOD, "s1._domainkey.town.example": [f"TXT {made.record}"]}, keys=identity.keys)
    assert (identity.sender, identity.bounces) == ("town.example", "town.example")
    assert found["dkim"].level is Level.OK


def test_channels_that_write_in_one_name_are_examined_together() -> None:
    """Three channels of one domain have one answer to read; another's has its own."""
    ours = MailIdentity(sender="town.example", bounces="town.example", keys=(_KEY,))
    others = MailIdentity(sender="news.town.example", bounces="town.example", keys=(_KEY,))
    with name_server(_GOOD) as resolver:
        found = list(in_dns({"email": ours, "alerts": others, "press": ours}, Records(resolver)))
    assert [each.check for each in found if each.check.startswith("spf")] == ["spf email, press", "spf alerts"]


def test_the_policy_of_an_organisation_counts_for_what_is_below() -> None:
    """Found by walking up; a relaxed return path on another branch agrees, a strict one does not."""
    zone = {**_GOOD, "news.town.example": ["MX 1 mail.town.example."], "b.town.example": _GOOD["town.example"]}
    found = examined(zone, sender="news.town.example", bounces="b.town.example")
    assert (found["dmarc"].level, found["alignment"].level) == (Level.OK, Level.OK)
    strict = {**zone, "_dmarc.town.example": ["TXT v=DMARC1; p=reject; aspf=s; adkim=s"]}
    assert examined(strict, sender="news.town.example", bounces="b.town.example")["alignment"].level is Level.PROBLEM


@pytest.mark.parametrize(
    ("record", "sender", "level"),
    [
        ("v=DMARC1; p=none", "town.example", Level.WARNING),
        ("v=DMARC1; p=reject; sp=none", "news.town.example", Level.WARNING),
        ("v=DMARC1; p=quarantine; t=y", "town.example", Level.WARNING),
        ("v=DMARC1; p=nothing", "town.example", Level.PROBLEM),
        ("v=DMARC2; p=reject", "town.example", Level.PROBLEM),
    ],
)
def test_a_policy_is_told_by_what_it_does(record: str, sender: str, level: Level) -> None:
    """`p=none` and a trial keep nobody from writing in our name."""
    assert examined({**_GOOD, "_dmarc.town.example": [f"TXT {record}"]}, sender=sender)["dmarc"].level is level


def test_a_foreign_return_path_is_told() -> None:
    """With a signature of ours it is a warning, without one nobody can say."""
    zone = {**_GOOD, "relay.example": _GOOD["town.example"]}
    assert levels(zone, bounces="relay.example")["alignment"] is Level.WARNING
    assert levels(zone, bounces="relay.example", keys=())["alignment"] is Level.WARNING


@pytest.mark.parametrize(
    ("zone", "domain", "organisation"),
    [
        ({}, "a.b.example", "a.b.example"),
        ({"_dmarc.b.example": "v=DMARC1; p=none"}, "a.b.example", "b.example"),
        (
            {"_dmarc.b.example": "v=DMARC1; p=none", "_dmarc.a.b.example": "v=DMARC1; p=none"},
            "a.b.example",
            "b.example",
        ),
        ({"_dmarc.example": "v=DMARC1; psd=y; p=none"}, "a.b.example", "b.example"),
        (
            {"_dmarc.example": "v=DMARC1; p=none", "_dmarc.a.b.example": "v=DMARC1; psd=n; p=none"},
            "x.a.b.example",
            "a.b.example",
        ),
        ({"_dmarc.h.example": "v=DMARC1; p=none"}, "a.b.c.d.e.f.g.h.example", "h.example"),
        (
            {"_dmarc.b.c.d.e.f.g.h.i.example": "v=DMARC1; p=none"},
            "a.b.c.d.e.f.g.h.i.example",
            "a.b.c.d.e.f.g.h.i.example",
        ),
    ],
)
def test_the_organisation_of_a_domain_is_found_by_the_tree_walk(
    zone: dict[str, str], domain: str, organisation: str
) -> None:
    """RFC 9989 4.10: the shortest name with a record, unless one says otherwise; long names are cut to seven labels."""
    with name_server({name: [f"TXT {record}"] for name, record in zone.items()}) as resolver:
        assert Dmarc(Records(resolver)).organisation(domain) == organisation
