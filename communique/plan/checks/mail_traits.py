"""What of a mail makes programs hide its end, filters mistrust it, or readers wait: warnings only."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from communique.channel import Mail
from communique.language.prefilter import Prefiltered
from communique.phrase import phrase
from communique.problems import Problem, Severity
from communique.publication import Publication

#: Bytes of HTML after which Gmail hides the rest of a mail behind a link.
GMAIL_CLIPS = 102 * 1024
#: Bytes of a picture: three seconds on a phone with a poor connection (1.6 Mbit/s).
_HEAVY = 600 * 1024
#: A subject of fewer letters may be an abbreviation.
_SHOUTED = 12
_MOST_MARKS = 1
_ATTACHED = re.compile(
    r"\b(?:is|are|find|see|please find) (?:the )?attached|\battached (?:to this|herewith|you will find|please find)|"
    r"\bthe attached (?:file|document|PDF|agenda|form|invitation)\b|"
    r"\bse adjunta\w*|\b(?:archivo|documento|PDF|formulario|orden del día) adjunto\b|\b(?:invitación|agenda) adjunta\b|"
    r"\b(?:fichier|document|PDF|formulaire) joint\b|\b(?:ficheiro|arquivo|documento|PDF|formulário) (?:em )?anexo\b|"
    r"\badjunt(?:o|amos|a|os) (?:a este|encontrar|le|les|el|la|los|las)\b|\bci-jointe?s?\b|"
    r"\bpièces? jointes?\b|\bem anexo\b|"
    r"\bу вкладенні|مرفق(?:ًا|ا)?(?: بهذه الرسالة|[.،]|\Z)",
    re.IGNORECASE,
)
_MAY_BE_ATTACHED = Prefiltered(
    pattern=_ATTACHED,
    words=("attached", "adjunt", "joint", "anexo", "у вкладенні", "مرفق"),
)
#: Letters of a subject: a phone shows 40 of them, a list of mails on a screen 70, and nothing shows more than 100.
_LONGEST_SUBJECT = 100


_OF_A_REPLY = re.compile(r"(?:re|rv|fwd?|tr|enc|res|rép)\s?: ", re.IGNORECASE)
_TRIED = re.compile(r"(?:test|testing|prueba|essai|teste|asdf\w*|no subject|sin asunto|تجربة)\W*", re.IGNORECASE)


def check_mail_traits(
    samples: Mapping[tuple[str, str], Any], paths: Mapping[tuple[str, str], str]
) -> Iterator[tuple[Problem, str]]:
    """Everything that can be seen in the mails and pages among the samples, with words of the line where it is."""
    for way, sample in samples.items():
        if isinstance(sample, Mail):
            yield from _mail(sample, paths[way])
        elif isinstance(sample, Publication) and sample.picture and len(sample.picture.data) > _HEAVY:
            size = round(len(sample.picture.data) / 1024)
            message = phrase(
                "expected a picture of {heavy} KB at the most, found one of {size} KB", heavy=_HEAVY // 1024, size=size
            )
            hint = phrase("Save it anew as JPEG, 1200 pixels wide: who reads on a phone waits for it, and pays for it.")
            yield _warning("heavy-picture", message, hint, paths[way]), "image:"


def _mail(mail: Mail, file: str) -> Iterator[tuple[Problem, str]]:
    size, subject = len(mail.html.encode()), mail.subject
    if size > GMAIL_CLIPS:
        message = phrase(
            "expected a mail of {gmail_clips} KB of HTML at the most, found {round} KB",
            gmail_clips=GMAIL_CLIPS // 1024,
            round=round(size / 1024),
        )
        hint = phrase(
            "Gmail hides its end, and with it the way to unsubscribe: put the details on the page, and link it."
        )
        yield _warning("mail-clipped", message, hint, file), ""
    if len(subject) > _LONGEST_SUBJECT:
        message = phrase(
            "expected a subject of {longest_subject} letters at the most, found one of {number}: {subject}",
            longest_subject=_LONGEST_SUBJECT,
            number=len(subject),
            subject=subject,
        )
        hint = phrase("Phones show the first 40: begin with what matters, and leave the rest to the text.")
        yield _warning("long-subject", message, hint, file), "subject:"
    if match := _OF_A_REPLY.match(subject):
        message = phrase(
            "expected a subject of its own, found `{found}`, as of a mail that was answered", found=match[0]
        )
        yield (
            _warning("pasted-words", message, phrase("Delete it: readers look for what they wrote before."), file),
            match[0],
        )
    if _TRIED.fullmatch(subject.strip()):
        message = phrase("expected the real words, found the placeholder `{found}`", found=subject)
        yield _warning("placeholder-left", message, phrase("Put in what it stands for."), file), subject
    letters = [each for each in subject if each.isalpha()]
    if not letters and subject.strip():
        message = phrase("expected a subject with words, found `{subject}`", subject=subject)
        hint = phrase("Who hears it, and who searches for it later, needs words. Filters mistrust it, too.")
        yield _warning("wordless-subject", message, hint, file), subject
    if not mail.attachments and (match := _MAY_BE_ATTACHED.search(mail.text)):
        message = phrase("expected an attachment, as the text says (“{found}”), found none", found=match[0])
        hint = phrase("A mail carries an invitation (`invite:`) alone: publish the document, and link it.")
        yield _warning("no-attachment", message, hint, file), match[0]
    if len(letters) >= _SHOUTED and subject == subject.upper() != subject.lower():
        message = phrase("expected a subject in small letters, found all capitals: {subject}", subject=subject)
        yield (
            _warning("shouting-subject", message, phrase("Filters count it as spam; write it as a sentence."), file),
            subject,
        )
    marks = sum(subject.count(each) for each in "!！")
    if marks > _MOST_MARKS:
        message = phrase(
            "expected a calm subject, found {marks} exclamation marks: {subject}", marks=marks, subject=subject
        )
        yield (
            _warning("shouting-subject", message, phrase("Filters count them as spam; end it with none."), file),
            subject,
        )


def _warning(code: str, message: str, hint: str, file: str) -> Problem:
    return Problem(code=code, message=message, hint=hint, severity=Severity.WARNING, file=file)
