"""What a monitoring body takes away: the public record, what it is about, and how each requirement stands.

Nothing in it is about anybody who was written to. The same state gives the same bytes on the same day.
"""

import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from communique.language.catalogue import in_language, spoken
from communique.localisation.localised import localise
from communique.own_pages import OurPages
from communique.public_record import Sealed
from communique.store.announcements.public_record import Said
from communique.texts import addresses
from communique.website.evidence import Answer
from communique.website.process_record import documents_of
from communique.website.record_files import JSON, PROGRAM, record_files
from communique.workspace import Workspace

INDEX, ANSWERS, SUMS = "index.html", "requirements.json", "SHA256SUMS"
_LOCALES = {"en": "en-GB", "es": "es-ES"}
_STILL = (1980, 1, 1, 0, 0, 0)  #: the earliest that a zip file knows
_READABLE = 0o644 << 16


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What the bundle is made from."""

    workspace: Workspace
    record: Sequence[Sealed]
    said: Sequence[Said]
    answers: Sequence[Answer]
    now: datetime


def bundle_files(evidence: Evidence) -> dict[str, bytes]:
    """By path. `SHA256SUMS` has the hash of each other one, as `sha256sum --check` reads it."""
    workspace, settings = evidence.workspace, evidence.workspace.settings
    languages = settings.languages
    texts = {text_path(each): each.text.encode() for each in evidence.said}
    documents = {
        addresses.document_path(each.file): each
        for language in languages
        for each in documents_of(workspace, language, evidence.now)
    }
    files = {
        **record_files(
            evidence.record,
            settings,
            lambda name, language, context: workspace.templates.fill_layout(name, {**context, "language": language}),
        ),
        **texts,
        **{path: each.data for path, each in documents.items()},
        ANSWERS: _answers_json(evidence.answers).encode(),
    }
    language = spoken(languages[0])  # that of the town: who runs the command changes no byte
    files[INDEX] = (
        OurPages("bundle", settings.timezone, _LOCALES[language])
        .fill(
            INDEX,
            government=str(localise(settings.government.name, languages[0], languages)),
            site=settings.public_address,
            mode=str(settings.mode),
            today=evidence.now,
            record=evidence.record,
            last=evidence.record[-1] if evidence.record else None,
            record_file=addresses.record_file(JSON),
            program=addresses.record_file(PROGRAM),
            said=[(each, text_path(each)) for each in evidence.said],
            documents=[(each, path, hashlib.sha256(each.data).hexdigest()) for path, each in documents.items()],
            answers=evidence.answers,
            standings=Counter(str(each.standing) for each in evidence.answers),
            answers_file=ANSWERS,
            least=settings.smallest_count,
            kinds=workspace.words.of(language)["record"]["kinds"] if language in languages else {},
            in_words=lambda text: in_language(text, language) or text,
        )
        .encode()
    )
    files[SUMS] = "".join(f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files)).encode()
    return files


def zipped(files: Mapping[str, bytes]) -> bytes:
    """One file: the same files give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(files):
            about = zipfile.ZipInfo(path, _STILL)
            about.create_system, about.external_attr, about.compress_type = 3, _READABLE, zipfile.ZIP_DEFLATED
            archive.writestr(about, files[path])
    return packed.getvalue()


def text_path(said: Said) -> str:
    """Of a public text: its bytes have the hash that stands on the record."""
    campaign, announcement, occurrence = said.about
    return f"announcements/{campaign}/{announcement}/{occurrence}.{said.language}.txt"


def _answers_json(answers: Sequence[Answer]) -> str:
    found = [
        {
            "question": each.question,
            "clause": each.clause,
            "standing": str(each.standing),
            "found": each.found,
            "do": each.do,
        }
        for each in answers
    ]
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"
