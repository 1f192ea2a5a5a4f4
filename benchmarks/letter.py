"""The letter that the others send, taken from ours: `python -m benchmarks.letter` writes `senders/letter.*`."""

import email
import email.policy
import tempfile
from pathlib import Path

from benchmarks.ours import prepared, send
from benchmarks.senders.workload import Reader, readers
from benchmarks.town import ROOT, Town
from communique.send.mail_sink import LocalSink

_SENDERS = ROOT / "benchmarks" / "senders"


def letter() -> dict[str, str]:
    """Our mail's text and HTML by their file names, with placeholders where people differ."""
    with tempfile.TemporaryDirectory() as folder, LocalSink() as receiver:
        prepared(Path(folder), 1, 1, receiver.port)
        town = Town(Path(folder))
        send(town)
        town.close()
        [mail] = receiver.accepted
    parsed = email.message_from_bytes(mail.data, policy=email.policy.default)
    leave = parsed["List-Unsubscribe"].partition(">")[0].removeprefix("<")
    [reader] = readers(1)
    parts = {"letter.html": parsed.get_body(("html",)), "letter.txt": parsed.get_body(("plain",))}
    return {name: _cut(part.get_content(), reader, leave) for name, part in parts.items() if part is not None}


def _cut(text: str, reader: Reader, leave: str) -> str:
    greeted = text.replace("\r\n", "\n").replace(f"Dear {reader.name},", "Dear {{ name }},")
    return greeted.replace(leave, "{{ unsubscribe }}").strip() + "\n"


if __name__ == "__main__":
    for name, text in letter().items():
        (_SENDERS / name).write_text(text, encoding="utf-8")
