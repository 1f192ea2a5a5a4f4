"""What receivers of a channel's mails find in the DNS: MX, SPF, DKIM, DMARC, and whether they agree."""

from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime

from communique.channel import Mail, MailIdentity, Message, Recipient, SigningKey, Written
from communique.doctor.dmarc import Dmarc, tags_of
from communique.doctor.dns_records import Records, UnansweredError
from communique.doctor.finding import Finding, ok, problem, warning
from communique.doctor.spf import spf
from communique.plan.leaving_checks import header_faults

_TRY_AGAIN = "Look into the DNS of the domain, and try again."


def in_dns(channel: str, identity: MailIdentity, records: Records) -> Iterator[Finding]:
    """All of them, for one channel."""
    for domain in dict.fromkeys((identity.sender, identity.bounces)):
        yield _mx(f"mx {channel}", domain, records)
    yield spf(records, f"spf {channel}", identity.bounces)
    if not identity.keys:
        do = "Sign here (`dkim_selector`), or send one mail in trial mode and look for `dkim=pass` where it arrives."
        yield warning(f"dkim {channel}", "this channel signs nothing; whether the relay does cannot be seen here", do)
    for key in identity.keys:
        yield _dkim(f"dkim {channel}", key, records)
    yield from _dmarc(channel, identity, records)


def list_headers(channel: str, adapter: Written, now: datetime) -> Finding:
    """Whether a newsletter is written, and signed, as one-click leaving needs it (RFC 8058). Nothing goes out."""
    check, nobody = f"leaving {channel}", "doctor@example.org"
    issue = Message(
        key="doctor",
        reference=nobody,
        created_at=now,
        language="en",
        content=Mail(subject="-", text="-", html="<p>-", unsubscribe_url="https://example.org/leave/doctor"),
        recipient=Recipient(id="0", address=nobody, name="", language="en"),
    )
    if faults := list(header_faults(adapter, issue)):
        return problem(check, "; ".join(faults), "Large providers offer to leave only where these are there.")
    return ok(check, "List-Unsubscribe and List-Unsubscribe-Post are there, and signed where this channel signs")


def _mx(check: str, domain: str, records: Records) -> Finding:
    try:
        servers = records.mail_servers(domain)
        reachable = servers or records.addresses(domain)
    except UnansweredError as error:
        return problem(check, str(error), _TRY_AGAIN)
    if not reachable or servers == ["."]:
        do = "Publish an MX record, or use a domain that has one: answers and returned mail go there."
        return problem(check, f"{domain} takes no mail", do)
    return ok(check, f"{domain}: {', '.join(servers) or 'its own address'}")


def _dkim(check: str, key: SigningKey, records: Records) -> Finding:
    name = f"{key.selector}._domainkey.{key.domain}"
    publish = f"Publish the public part of the key at {name}, as docs/operators.md shows."
    try:
        found = [tags_of(each) for each in records.texts(name)]
    except UnansweredError as error:
        return problem(check, str(error), _TRY_AGAIN)
    if len(found) != 1:
        return problem(check, f"{name} has {len(found) or 'no'} records, and must have one", publish)
    fault = _key_fault(found[0], key)
    if fault:
        return problem(check, f"{name}: {fault}", publish)
    if "y" in found[0].get("t", "").split(":"):
        return warning(check, f"{name} says `t=y`: receivers take it for a trial", "Take `t=y` out of the record.")
    return ok(check, f"{name} is this channel's {key.algorithm} key")


def _key_fault(tags: dict[str, str], key: SigningKey) -> str:
    """The first that applies."""
    return next(
        (
            fault
            for fault, applies in {
                "the record is none of DKIM": tags.get("v", "DKIM1") != "DKIM1" or "p" not in tags,
                "the key is revoked": not tags.get("p"),
                f"the record is not for a key of {key.algorithm}": tags.get("k", "rsa") != key.algorithm,
                "the record does not allow sha256": "sha256" not in tags.get("h", "sha256").split(":"),
                "the record is not for mail": not {"*", "email"} & set(tags.get("s", "*").split(":")),
                "another key is published there, so no signature is good": _decoded(tags.get("p", "")) != key.public,
            }.items()
            if applies
        ),
        "",
    )


def _decoded(value: str) -> bytes | None:
    try:
        return b64decode(value, validate=True)
    except ValueError:
        return None


def _dmarc(channel: str, identity: MailIdentity, records: Records) -> Iterator[Finding]:
    check = f"dmarc {channel}"
    dmarc = Dmarc(records)
    try:
        policy = dmarc.policy(identity.sender)
        if policy is None:
            do = f"Publish a TXT record at _dmarc.{identity.sender}; begin with `v=DMARC1; p=none; rua=mailto:…`."
            yield problem(check, f"{identity.sender} has no policy; large providers ask for one", do)
            return
        yield _stated(check, policy.domain, policy.tags, own=policy.domain == identity.sender)
        spf_aligned = dmarc.aligned(identity.bounces, identity.sender, strict=policy.tags.get("aspf") == "s")
        strict = policy.tags.get("adkim") == "s"
        signed = [each for each in identity.keys if dmarc.aligned(each.domain, identity.sender, strict=strict)]
    except UnansweredError as error:
        yield problem(check, str(error), _TRY_AGAIN)
        return
    yield _alignment(f"alignment {channel}", identity, spf_aligned=spf_aligned, dkim_aligned=bool(signed))


def _stated(check: str, domain: str, tags: dict[str, str], *, own: bool) -> Finding:
    wish = tags.get("p", "none") if own else tags.get("sp", tags.get("p", "none"))
    found = f"{domain} says {wish}"
    if wish not in {"none", "quarantine", "reject"}:
        return problem(check, f"{found}, which is no policy", "Write `p=none`, `p=quarantine` or `p=reject`.")
    if wish == "none" or tags.get("t") == "y":
        do = "When reports (`rua=`) show that all of your mail passes, write `p=quarantine`, then `p=reject`."
        return warning(check, f"{found}: nobody keeps others from writing in your name", do)
    return ok(check, found)


def _alignment(check: str, identity: MailIdentity, *, spf_aligned: bool, dkim_aligned: bool) -> Finding:
    sender, bounces = identity.sender, identity.bounces
    if spf_aligned and (dkim_aligned or not identity.keys):
        return ok(check, f"From and return path agree on {sender}" + (", the signature too" if dkim_aligned else ""))
    if spf_aligned or dkim_aligned:
        by = "the return path" if spf_aligned else "the signature"
        other = f"the signature is not {sender}'s" if spf_aligned else f"the return path is {bounces}"
        return warning(check, f"{by} agrees with {sender}, but {other}", "Large providers ask for both.")
    if not identity.keys:
        do = "Set `envelope_sender` to an address there, or see to it that the relay signs for that domain."
        return warning(check, f"the return path is {bounces}, which is not {sender}'s", do)
    do = "Set `envelope_sender` or `dkim_domain` to the sender's domain."
    return problem(check, f"neither the return path ({bounces}) nor the signature agrees with {sender}", do)
