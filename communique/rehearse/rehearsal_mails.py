"""The mails that a rehearsal's sink accepted: held against the ledger, and one sample a language taken apart.

What is shown is what came over the wire, never what was meant to be sent.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path

from communique.delivery import State
from communique.rehearse.rehearsal_site import FOLDER as SITE
from communique.rehearse.rehearsed import Rehearsed
from communique.send.mail_sink import AcceptedMail
from communique.store.deliveries.accounts import Copy

#: Headers that change what a reader's mail program offers, in the order they are shown.
SHOWN = ("From", "To", "Reply-To", "Date", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Archive")
FOLDER = "mails"


@dataclass(frozen=True, kw_only=True, slots=True)
class Enclosed:
    """A file that came with a mail."""

    name: str
    media_type: str
    file: str  #: below the rehearsal's folder
    size: int  #: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class MailSample:
    """One mail as its recipient got it."""

    channel: str
    language: str
    copies: int  #: that went out in the same words
    recipient: str  #: name of the invented person
    subject: str
    headers: Sequence[tuple[str, str]]
    text: str
    stem: str  #: path below the rehearsal's folder: with `.eml`, `.html`, `.txt` at its end
    size: int  #: bytes, as they went over the wire
    enclosed: Sequence[Enclosed]


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """The ledger held against the sink."""

    accepted: int  #: mails the sink answered for
    sent: int  #: mails the ledger says were sent
    lost: int  #: sent by the ledger's word, unknown to the sink
    doubled: int  #: mails under one Message-ID beyond the attempts that the ledger knows of
    again: int  #: mails handed over again, by the ledger's word: nobody could know whether they had gone
    unexplained: int  #: in the sink, and neither sent nor in doubt by the ledger's word
    in_doubt: int  #: in the sink, and in doubt by the ledger's word

    @property
    def holds(self) -> bool:
        """Whether both say the same, mail by mail."""
        return not (self.lost or self.doubled or self.unexplained)


def by_reference(accepted: Iterable[AcceptedMail]) -> dict[str, list[AcceptedMail]]:
    """Mails by Message-ID without brackets: a delivery's reference."""
    found: dict[str, list[AcceptedMail]] = {}
    for mail in accepted:
        header = BytesHeaderParser(policy=policy.compat32).parsebytes(mail.data)["Message-ID"]
        found.setdefault(str(header or "").strip().strip("<>"), []).append(mail)
    return found


def agreement(mails: Mapping[str, Sequence[AcceptedMail]], copies: Iterable[Copy]) -> Agreement:
    """Hold every mail against the copies of mail channels."""
    known = {copy.delivery.reference: copy.delivery for copy in copies}
    sent = Counter(each.reference for each in known.values() if each.state is State.SENT)
    doubtful = {each.reference for each in known.values() if each.state is State.IN_DOUBT}
    tried = {
        reference: min(len(same), known[reference].attempts if reference in known else 1)
        for reference, same in mails.items()
    }
    return Agreement(
        accepted=sum(map(len, mails.values())),
        sent=sent.total(),
        lost=sum(reference not in mails for reference in sent),
        doubled=sum(len(same) - max(1, tried[reference]) for reference, same in mails.items()),
        again=sum(max(1, number) - 1 for number in tried.values()),
        unexplained=sum(reference not in sent and reference not in doubtful for reference in mails),
        in_doubt=sum(reference in mails for reference in doubtful),
    )


def write_samples(
    folder: Path, rehearsed: Rehearsed, mails: Mapping[str, Sequence[AcceptedMail]], address: str
) -> list[MailSample]:
    """Write one mail for each channel and language below `folder/mails`, and describe them.

    In what is shown, pictures that lie on the website at `address` come from the rehearsal's own website.
    """
    sent = Counter(
        (copy.delivery.channel, copy.delivery.language)
        for copy in rehearsed.copies
        if copy.delivery.state is State.SENT
    )
    found = []
    for copy in rehearsed.first_sent():
        delivery = copy.delivery
        if same := mails.get(delivery.reference):
            name = Path(rehearsed.page).stem
            stem = f"{FOLDER}/{name}-{delivery.channel}-{delivery.language}"
            sample = _write(folder, stem, copy, same[0].data, sent[delivery.channel, delivery.language])
            _show_pictures(folder / f"{stem}.html", address)
            found.append(sample)
    return found


def _show_pictures(file: Path, address: str) -> None:
    html = file.read_text(encoding="utf-8").replace(f'src="{address.rstrip("/")}/', f'src="../{SITE}/')
    file.write_text(html, encoding="utf-8", newline="\n")


def _write(folder: Path, stem: str, copy: Copy, data: bytes, copies: int) -> MailSample:
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what policy.default makes
    text, html = _body(message, "plain"), _body(message, "html")
    (folder / FOLDER).mkdir(exist_ok=True)
    (folder / f"{stem}.eml").write_bytes(data)
    (folder / f"{stem}.txt").write_text(text, encoding="utf-8", newline="\n")
    (folder / f"{stem}.html").write_text(html, encoding="utf-8", newline="\n")
    return MailSample(
        channel=copy.delivery.channel,
        language=copy.delivery.language,
        copies=copies,
        recipient=copy.name,
        subject=str(message["Subject"] or ""),
        headers=[(name, " ".join(str(message[name]).split())) for name in SHOWN if message[name]],
        text=text,
        stem=stem,
        size=len(data),
        enclosed=list(_enclosed(folder, stem, message)),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""


def _enclosed(folder: Path, stem: str, message: EmailMessage) -> Iterator[Enclosed]:
    """Files beside the text, written; an invitation among the alternatives is the same file once more."""
    for part in message.walk():
        name = part.get_filename()
        if part.is_multipart() or not name:
            continue
        data = part.get_payload(decode=True)
        file = f"{stem}-{_plain(name)}"
        if isinstance(data, bytes):
            (folder / file).write_bytes(data)
            yield Enclosed(name=name, media_type=part.get_content_type(), file=file, size=len(data))


def _plain(name: str) -> str:
    """A name that is safe in a folder and in a link."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).lstrip(".") or "file"
