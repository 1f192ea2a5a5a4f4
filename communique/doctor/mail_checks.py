"""What receivers of a channel's mails find in the DNS: MX, SPF, DKIM, DMARC, and whether they agree."""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import datetime

from communique.channel import Mail, MailIdentity, Message, Recipient, SigningKey, Written
from communique.doctor.dmarc import Dmarc, tags_of
from communique.doctor.dns_records import Records, UnansweredError
from communique.doctor.finding import Finding, ok, problem, warning
from communique.doctor.spf import spf
from communique.joined_phrases import one_after_another
from communique.phrase import as_phrase, phrase, told_by
from communique.plan.checks.leaving import header_faults

_TRY_AGAIN = phrase("Look into the DNS of the domain, and try again.")


def in_dns(identities: Mapping[str, MailIdentity], records: Records) -> Iterator[Finding]:
    """All of them, for each channel; once for those that write in the same name."""
    channels: dict[MailIdentity, list[str]] = {}
    for channel, identity in identities.items():
        channels.setdefault(identity, []).append(channel)
    for identity, named in channels.items():
        yield from _of_a_sender(", ".join(named), identity, records)


def _of_a_sender(channel: str, identity: MailIdentity, records: Records) -> Iterator[Finding]:
    for domain in dict.fromkeys((identity.sender, identity.bounces)):
        yield _mx(f"mx {channel}", domain, records)
    yield spf(records, f"spf {channel}", identity.bounces)
    if not identity.keys:
        do = phrase(
            "Sign here (`dkim_selector`), or send one mail in trial mode and look for `dkim=pass` where it arrives."
        )
        yield warning(
            f"dkim {channel}", phrase("this channel signs nothing; whether the relay does cannot be seen here"), do
        )
    for key in identity.keys:
        yield _dkim(f"dkim {channel}", key, records)
    yield from _dmarc(channel, identity, records)


def list_headers(channel: str, adapter: Written, now: datetime) -> Finding:
    """Whether a newsletter is written, and signed, as one-click leaving needs it (RFC 8058). Nothing goes out."""
    check, nobody = phrase("leaving {channel}", channel=channel), "doctor@example.org"
    issue = Message(
        key="doctor",
        reference=nobody,
        created_at=now,
        language="en",
        content=Mail(subject="-", text="-", html="<p>-", unsubscribe_url="https://example.org/leave/doctor"),
        recipient=Recipient(id="0", address=nobody, name="", language="en"),
    )
    if faults := list(header_faults(adapter, issue)):
        return problem(
            check, one_after_another(*faults), phrase("Large providers offer to leave only where these are there.")
        )
    return ok(
        check, phrase("List-Unsubscribe and List-Unsubscribe-Post are there, and signed where this channel signs")
    )


def _mx(check: str, domain: str, records: Records) -> Finding:
    try:
        servers = records.mail_servers(domain)
        reachable = servers or records.addresses(domain)
    except UnansweredError as error:
        return problem(check, told_by(error), _TRY_AGAIN)
    if not reachable or servers == ["."]:
        do = phrase("Publish an MX record, or use a domain that has one: answers and returned mail go there.")
        return problem(check, phrase("{domain} takes no mail", domain=domain), do)
    return ok(
        check, phrase("{domain}: {servers}", domain=domain, servers=", ".join(servers) or phrase("its own address"))
    )


def _dkim(check: str, key: SigningKey, records: Records) -> Finding:
    name = f"{key.selector}._domainkey.{key.domain}"
    publish = phrase("Publish the public part of the key at {name}, as docs/mail.md shows.", name=name)
    try:
        found = [tags_of(each) for each in records.texts(name)]
    except UnansweredError as error:
        return problem(check, told_by(error), _TRY_AGAIN)
    if len(found) != 1:
        return problem(
            check,
            phrase("{name} has {number} records, and must have one", name=name, number=len(found))
            if found
            else phrase("{name} has no records, and must have one", name=name),
            publish,
        )
    fault = _key_fault(found[0], key)
    if fault:
        return problem(check, phrase("{name}: {fault}", name=name, fault=as_phrase(fault)), publish)
    if "y" in found[0].get("t", "").split(":"):
        return warning(
            check,
            phrase("{name} says `t=y`: receivers take it for a trial", name=name),
            phrase("Take `t=y` out of the record."),
        )
    return ok(check, phrase("{name} is this channel's {algorithm} key", name=name, algorithm=key.algorithm))


def _key_fault(tags: dict[str, str], key: SigningKey) -> str:
    """The first that applies."""
    return next(
        (
            fault
            for fault, applies in {
                phrase("the record is none of DKIM"): tags.get("v", "DKIM1") != "DKIM1" or "p" not in tags,
                phrase("the key is revoked"): not tags.get("p"),
                phrase("the record is not for a key of {algorithm}", algorithm=key.algorithm): tags.get("k", "rsa")
                != key.algorithm,
                phrase("the record does not allow sha256"): "sha256" not in tags.get("h", "sha256").split(":"),
                phrase("the record is not for mail"): not {"*", "email"} & set(tags.get("s", "*").split(":")),
                phrase("another key is published there, so no signature is good"): _decoded(tags.get("p", ""))
                != key.public,
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
            do = phrase(
                "Publish a TXT record at _dmarc.{sender}; begin with `v=DMARC1; p=none; rua=mailto:…`.",
                sender=identity.sender,
            )
            yield problem(
                check, phrase("{sender} has no policy; large providers ask for one", sender=identity.sender), do
            )
            return
        yield _stated(check, policy.domain, policy.tags, own=policy.domain == identity.sender)
        spf_aligned = dmarc.aligned(identity.bounces, identity.sender, strict=policy.tags.get("aspf") == "s")
        strict = policy.tags.get("adkim") == "s"
        signed = [each for each in identity.keys if dmarc.aligned(each.domain, identity.sender, strict=strict)]
    except UnansweredError as error:
        yield problem(check, told_by(error), _TRY_AGAIN)
        return
    yield _alignment(
        phrase("alignment {channel}", channel=channel), identity, spf_aligned=spf_aligned, dkim_aligned=bool(signed)
    )


def _stated(check: str, domain: str, tags: dict[str, str], *, own: bool) -> Finding:
    wish = tags.get("p", "none") if own else tags.get("sp", tags.get("p", "none"))
    found = phrase("{domain} says {wish}", domain=domain, wish=wish)
    if wish not in {"none", "quarantine", "reject"}:
        return problem(
            check,
            phrase("{found}, which is no policy", found=found),
            phrase("Write `p=none`, `p=quarantine` or `p=reject`."),
        )
    if wish == "none" or tags.get("t") == "y":
        do = phrase("When reports (`rua=`) show that all of your mail passes, write `p=quarantine`, then `p=reject`.")
        return warning(check, phrase("{found}: nobody keeps others from writing in your name", found=found), do)
    return ok(check, found)


def _alignment(check: str, identity: MailIdentity, *, spf_aligned: bool, dkim_aligned: bool) -> Finding:
    sender, bounces = identity.sender, identity.bounces
    if spf_aligned and (dkim_aligned or not identity.keys):
        if dkim_aligned:
            return ok(check, phrase("From, return path and signature agree on {sender}", sender=sender))
        return ok(check, phrase("From and return path agree on {sender}", sender=sender))
    if spf_aligned or dkim_aligned:
        by, other = phrase("the return path"), phrase("the signature is not {sender}'s", sender=sender)
        if not spf_aligned:
            by, other = phrase("the signature"), phrase("the return path is {bounces}", bounces=bounces)
        return warning(
            check,
            phrase("{by} agrees with {sender}, but {other}", by=by, sender=sender, other=other),
            phrase("Large providers ask for both."),
        )
    if not identity.keys:
        do = phrase("Set `envelope_sender` to an address there, or see to it that the relay signs for that domain.")
        return warning(
            check, phrase("the return path is {bounces}, which is not {sender}'s", bounces=bounces, sender=sender), do
        )
    do = phrase("Set `envelope_sender` or `dkim_domain` to the sender's domain.")
    return problem(
        check,
        phrase(
            "neither the return path ({bounces}) nor the signature agrees with {sender}", bounces=bounces, sender=sender
        ),
        do,
    )
