"""What comes back to the return path, as mail servers and people's programs write it."""

from base64 import b64encode

import pytest

from communique.bounces.consequences import verdict_of
from communique.bounces.mail_parts import MOST_BYTES
from communique.bounces.reading import read_report
from communique.bounces.report import Kind
from communique.bounces.tags import read_tag, tag_of
from communique.bounces.verdicts import Verdict, judge, status_in
from communique.bounces.written_words import UNREAD
from communique.channel import Secret
from tests.returned_reports import CORPUS, sent_back

REFERENCE = "0123456789abcdef0123456789abcdef@open.littleton.example.org"
TAG = tag_of(17, REFERENCE, Secret("key"))
_NOTHING = Verdict.NONE
#: What each is, and what it means for the address.
EXPECTED = {
    "address-with-antispam-in-it": (Kind.FAILED, Verdict.HARD),
    "amazon-ses-json-mailbox-full": (Kind.FAILED, Verdict.SOFT),
    "amazon-ses-json-suppressed": (Kind.FAILED, Verdict.HARD),
    "amazon-ses-json-unknown-user": (Kind.FAILED, Verdict.HARD),
    "amazon-ses-suppressed": (Kind.FAILED, Verdict.HARD),
    "barracuda-no-such-user": (Kind.FAILED, Verdict.HARD),
    "bilingual": (Kind.FAILED, Verdict.HARD),
    "block-list": (Kind.FAILED, Verdict.POLICY),
    "bounce-wrapped-by-a-gateway": (Kind.FAILED, Verdict.HARD),
    "challenge-earthlink": (Kind.CHALLENGE, _NOTHING),
    "challenge-in-spanish": (Kind.CHALLENGE, _NOTHING),
    "challenge-mailinblack": (Kind.CHALLENGE, _NOTHING),
    "challenge-tmda": (Kind.CHALLENGE, _NOTHING),
    "complaint-amazon-ses-json": (Kind.COMPLAINT, Verdict.COMPLAINT),
    "complaint-bluetie-many-recipients": (Kind.COMPLAINT, Verdict.COMPLAINT),
    "complaint-comment-in-type": (Kind.COMPLAINT, Verdict.COMPLAINT),
    "complaint-in-a-part-of-text": (Kind.COMPLAINT, Verdict.COMPLAINT),
    "complaint-of-an-abuse-desk": (Kind.COMPLAINT, Verdict.COMPLAINT),
    "complaint-outlook": (Kind.COMPLAINT, Verdict.COMPLAINT),
    "complaint-quoted-printable": (Kind.COMPLAINT, Verdict.COMPLAINT),
    "complaint-without-return-path": (Kind.COMPLAINT, Verdict.COMPLAINT),
    "complaint-yahoo": (Kind.COMPLAINT, Verdict.COMPLAINT),
    "courier-delayed": (Kind.DELAYED, _NOTHING),
    "courier-unknown-user": (Kind.FAILED, Verdict.HARD),
    "delayed-in-german": (Kind.DELAYED, _NOTHING),
    "domino-not-in-directory-in-spanish": (Kind.FAILED, Verdict.HARD),
    "dragonfly-dmarc": (Kind.FAILED, Verdict.POLICY),
    "dsn-two-forwards-one-full": (Kind.FAILED, Verdict.SOFT),
    "encoded-status": (Kind.FAILED, Verdict.HARD),
    "exchange-2003": (Kind.FAILED, Verdict.HARD),
    "exchange-2007-multi-alternative": (Kind.FAILED, Verdict.HARD),
    "exim-mailbox-full": (Kind.FAILED, Verdict.SOFT),
    "exim-of-old": (Kind.FAILED, Verdict.HARD),
    "exim-still-trying": (Kind.DELAYED, _NOTHING),
    "exim-two-forwards-one-full": (Kind.FAILED, Verdict.SOFT),
    "exim-unknown-user": (Kind.FAILED, Verdict.HARD),
    "exim-unrouteable": (Kind.FAILED, Verdict.HARD),
    "ezmlm-closed-list": (Kind.FAILED, Verdict.POLICY),
    "facebook-order-of-fields": (Kind.FAILED, Verdict.HARD),
    "filter-in-japanese": (Kind.FAILED, Verdict.HARD),
    "filter-that-threw-it-away": (Kind.FAILED, Verdict.POLICY),
    "forwarded-to-another-address": (Kind.FAILED, Verdict.HARD),
    "global-delivery-status": (Kind.FAILED, Verdict.HARD),
    "gmail-delay": (Kind.DELAYED, _NOTHING),
    "gmail-dmarc": (Kind.FAILED, Verdict.POLICY),
    "gmail-inactive": (Kind.FAILED, Verdict.HARD),
    "gmail-no-such-user": (Kind.FAILED, Verdict.HARD),
    "gmail-out-of-storage": (Kind.FAILED, Verdict.SOFT),
    "gmail-over-quota-inactive": (Kind.FAILED, Verdict.SOFT),
    "gmail-too-much-mail": (Kind.FAILED, Verdict.SOFT),
    "gmail-unusual-rate": (Kind.FAILED, Verdict.POLICY),
    "gmx-in-german": (Kind.FAILED, Verdict.HARD),
    "google-workspace-empty-status": (Kind.FAILED, Verdict.SOFT),
    "groupwise-unknown-user": (Kind.FAILED, Verdict.HARD),
    "hmail-unknown-user": (Kind.FAILED, Verdict.HARD),
    "hotmail-mailbox-unavailable": (Kind.FAILED, Verdict.HARD),
    "icloud-mailbox-full": (Kind.FAILED, Verdict.SOFT),
    "imail-invalid-userid": (Kind.FAILED, Verdict.HARD),
    "international-addresses": (Kind.FAILED, Verdict.HARD),
    "james-unknown-user": (Kind.FAILED, Verdict.HARD),
    "kerio-mailbox-full": (Kind.FAILED, Verdict.SOFT),
    "mail2000-part-without-headers": (Kind.FAILED, Verdict.HARD),
    "mailbox-full-in-arabic": (Kind.FAILED, Verdict.SOFT),
    "mailbox-full-in-german-html": (Kind.FAILED, Verdict.SOFT),
    "mailbox-full-in-portuguese": (Kind.FAILED, Verdict.SOFT),
    "mailbox-full-in-ukrainian": (Kind.FAILED, Verdict.SOFT),
    "mailmarshal": (Kind.FAILED, Verdict.HARD),
    "mdaemon": (Kind.FAILED, Verdict.HARD),
    "microsoft365-access-denied": (Kind.FAILED, Verdict.HARD),
    "microsoft365-edge-blocking": (Kind.FAILED, Verdict.HARD),
    "microsoft365-expired": (Kind.FAILED, Verdict.SOFT),
    "microsoft365-html-only-in-portuguese": (Kind.FAILED, Verdict.HARD),
    "microsoft365-in-spanish": (Kind.FAILED, Verdict.HARD),
    "microsoft365-mailbox-full": (Kind.FAILED, Verdict.SOFT),
    "microsoft365-relayed": (Kind.DELIVERED, _NOTHING),
    "microsoft365-restricted-group": (Kind.FAILED, Verdict.POLICY),
    "microsoft365-unknown-user": (Kind.FAILED, Verdict.HARD),
    "mimecast-network-not-allowed": (Kind.FAILED, Verdict.POLICY),
    "null-mx": (Kind.FAILED, Verdict.HARD),
    "one-of-two-forwards": (Kind.DELIVERED, _NOTHING),
    "opensmtpd-expired": (Kind.FAILED, Verdict.SOFT),
    "oracle-server-delayed": (Kind.DELAYED, _NOTHING),
    "orange-reputation": (Kind.FAILED, Verdict.POLICY),
    "orange-unknown-user": (Kind.FAILED, Verdict.HARD),
    "outlook-no-authentication": (Kind.FAILED, Verdict.POLICY),
    "postfix-delayed": (Kind.DELAYED, _NOTHING),
    "postfix-delivered": (Kind.DELIVERED, _NOTHING),
    "postfix-given-up-after-days": (Kind.FAILED, Verdict.SOFT),
    "postfix-mailbox-full": (Kind.FAILED, Verdict.SOFT),
    "postfix-no-such-domain": (Kind.FAILED, Verdict.SOFT),
    "postfix-relayed": (Kind.DELIVERED, _NOTHING),
    "postfix-unknown-user": (Kind.FAILED, Verdict.HARD),
    "postfix-unverified-address": (Kind.FAILED, Verdict.SOFT),
    "postfix-verification-greylisted": (Kind.FAILED, Verdict.SOFT),
    "powermta-inactive": (Kind.FAILED, Verdict.HARD),
    "powermta-spam": (Kind.FAILED, Verdict.POLICY),
    "qmail-given-up": (Kind.FAILED, Verdict.SOFT),
    "qmail-no-host": (Kind.FAILED, Verdict.SOFT),
    "qmail-remote-full": (Kind.FAILED, Verdict.SOFT),
    "qmail-unknown-user": (Kind.FAILED, Verdict.HARD),
    "qmail-without-a-code": (Kind.FAILED, Verdict.HARD),
    "relayed-and-expanded": (Kind.DELIVERED, _NOTHING),
    "sendgrid-expired": (Kind.FAILED, Verdict.SOFT),
    "sendmail-fields-without-mime": (Kind.FAILED, Verdict.SOFT),
    "sendmail-unknown-user": (Kind.FAILED, Verdict.HARD),
    "sendmail-warning-four-hours": (Kind.DELAYED, _NOTHING),
    "spam-with-a-code-of-an-address": (Kind.FAILED, Verdict.POLICY),
    "status-turned-into-text": (Kind.FAILED, Verdict.HARD),
    "too-large": (Kind.FAILED, Verdict.POLICY),
    "unknown-user-in-arabic": (Kind.FAILED, Verdict.HARD),
    "unknown-user-in-french": (Kind.FAILED, Verdict.HARD),
    "unknown-user-in-french-html": (Kind.FAILED, Verdict.HARD),
    "unknown-user-in-german": (Kind.FAILED, Verdict.HARD),
    "unknown-user-in-mislabelled-portuguese": (Kind.FAILED, Verdict.HARD),
    "unknown-user-in-spanish": (Kind.FAILED, Verdict.HARD),
    "unknown-user-in-ukrainian": (Kind.FAILED, Verdict.HARD),
    "unknown-user-without-a-code": (Kind.FAILED, Verdict.HARD),
    "wrong-charsets": (Kind.FAILED, Verdict.HARD),
    "yahoo-deferral-given-up": (Kind.FAILED, Verdict.POLICY),
    "yahoo-no-account": (Kind.FAILED, Verdict.HARD),
    "yandex-given-up": (Kind.FAILED, Verdict.SOFT),
    "zimbra-status-in-base64": (Kind.FAILED, Verdict.HARD),
    "zoho-invalid-address": (Kind.FAILED, Verdict.HARD),
    **dict.fromkeys(
        (
            *("abwesend-in-german", "ausencia-in-portuguese", "ausente-in-spanish", "mailman-auto-reply"),
            *("out-of-office-in-arabic", "out-of-office-outlook", "out-of-office-that-quotes-a-bounce", "read-receipt"),
            *(
                "autoresponder-of-a-host",
                "away-for-a-while-in-portuguese",
                "away-icloud",
                "away-zimbra",
                "left-the-organisation",
                "list-awaits-moderator",
                "read-receipt-outlook",
                "ticket-servicenow",
            ),
            *("away-that-quotes-a-refusal",),
            *("ticket-opened", "vacation-gmail-in-french", "vacation-in-ukrainian", "vacation-of-sieve"),
        ),
        (Kind.AUTO_REPLY, _NOTHING),
    ),
    "answer-of-a-person": (Kind.OTHER, _NOTHING),
    "answer-with-winmail": (Kind.OTHER, _NOTHING),
    "person-asks-to-leave": (Kind.OTHER, _NOTHING),
    "person-forwards-a-bounce": (Kind.OTHER, _NOTHING),
    "person-reports-junk-folder": (Kind.OTHER, _NOTHING),
    "dmarc-aggregate": (Kind.OTHER, _NOTHING),
    "dmarc-failure-netease": (Kind.OTHER, _NOTHING),
    "person-asks-why-undeliverable": (Kind.OTHER, _NOTHING),
    "person-attaches-a-bounce": (Kind.OTHER, _NOTHING),
    "person-attaches-a-complaint": (Kind.OTHER, _NOTHING),
    "tls-report": (Kind.OTHER, _NOTHING),
    "challenge-of-a-filter": (Kind.CHALLENGE, _NOTHING),
    "challenge-of-spamarrest": (Kind.CHALLENGE, _NOTHING),
    "complaint-taken-back": (Kind.OTHER, _NOTHING),
    "newsletter-of-somebody-else": (Kind.OTHER, _NOTHING),
    "report-of-failed-authentication": (Kind.OTHER, _NOTHING),
}


def about(name: str, tag: str = TAG) -> bytes:
    """A message of the corpus, about a mail of ours."""
    return sent_back(name, tag=tag, reference=REFERENCE)


def test_each_message_of_the_corpus_is_expected_to_be_something() -> None:
    """No file without a line, no line without a file."""
    assert set(EXPECTED) == set(CORPUS)


@pytest.mark.parametrize("name", list(EXPECTED))
def test_each_is_read_as_what_it_is(name: str) -> None:
    """And its meaning for the address is the one that takes nobody off by mistake."""
    report = read_report(about(name))
    assert (report.kind, verdict_of(report)) == EXPECTED[name]


@pytest.mark.parametrize("name", list(EXPECTED))
def test_each_is_read_the_same_with_other_line_ends(name: str) -> None:
    """Mail servers write CR LF, maildirs hold LF; and it is the same message, whoever has carried it."""
    data = about(name).replace(b"\r\n", b"\n")
    one = read_report(data)
    other = read_report(b"Received: from a by b\r\nDelivered-To: x@y.example\r\n" + data.replace(b"\n", b"\r\n"))
    assert (other.kind, other.status, other.digest) == (one.kind, one.status, one.digest)


@pytest.mark.parametrize("name", [name for name, (_, verdict) in EXPECTED.items() if verdict is not _NOTHING])
def test_each_says_whose_mail_it_is_about(name: str) -> None:
    """By the tag in its return path, also in capitals; or by the Message-ID of what came back."""
    for data in (about(name), about(name, TAG.upper())):
        report = read_report(data)
        claims = [claim for tag in report.tags if (claim := read_tag(tag)) and claim.holds(REFERENCE, Secret("key"))]
        assert [claim.number for claim in claims[:1]] == [17] or REFERENCE in report.references


@pytest.mark.parametrize("name", [name for name, (kind, _) in EXPECTED.items() if kind is Kind.FAILED])
def test_the_words_of_the_refusing_server_are_kept(name: str) -> None:
    """For whoever asks why; on one line."""
    words = read_report(about(name)).words
    assert words.isprintable()
    assert 0 < len(words) <= 500


def test_a_part_that_only_outlook_reads_is_said_not_to_be_read() -> None:
    """Something may be missing from what an officer sees."""
    report = read_report(about("answer-with-winmail"))
    assert report.body == "We come, the two of us. See the attachment.\n[winmail.dat]"
    assert UNREAD not in read_report(about("answer-of-a-person")).body


def test_only_amazon_is_believed_to_be_amazon() -> None:
    """Somebody may ask us what such a notice means; and what is no notice is a mail like another."""
    notice = about("amazon-ses-json-unknown-user")
    assert read_report(notice.replace(b"no-reply@sns.amazonaws.com", b"ana@example.org")).kind is Kind.OTHER
    for broken in (
        b'{"notificationType":"Bounce","bounce":[1],"mail":"x"}',
        b"[" * 9000,
        b'{"Message":"{"}',
        b"{}",
        b"\xff",
    ):
        head = notice.partition(b"\n\n")[0]
        assert read_report(head + b"\n\n" + broken).kind in {Kind.OTHER, Kind.FAILED}
    assert (read_report(notice).status, read_report(notice).words[:9]) == ("5.1.1", "550 5.1.1")


def test_a_mail_that_was_sent_back_in_base64_is_looked_into() -> None:
    """Outlook's complaints come so from some gateways; MIME does not allow it."""
    mail = f"X-HmXmrOriginalRecipient: ana@example.org\nReturn-Path: <bounces+{TAG}@littleton.example.org>\n\nHello\n"
    part = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
    whole = "From: staff@hotmail.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
    report = read_report((whole + part + b64encode(mail.encode()).decode() + "\n--b--\n").encode())
    assert (report.kind, report.tags[0]) == (Kind.COMPLAINT, TAG)
    assert read_report((whole + part + "not base64 at all\n--b--\n").encode()).kind is Kind.OTHER


@pytest.mark.parametrize(
    ("status", "words", "about_address", "verdict"),
    [
        ("5.1.1", "550 5.1.1 user unknown", True, Verdict.HARD),
        ("", "550 no", True, Verdict.HARD),
        ("", "550 no", False, Verdict.SOFT),
        ("", "554 no", True, Verdict.SOFT),
        ("", "550 mailbox is full", True, Verdict.SOFT),
        ("", "550 Relay access denied", True, Verdict.POLICY),
        ("5.7.1", "550 5.7.1 user unknown", True, Verdict.POLICY),
        ("5.7.17", "550 5.7.17 the mailbox has another owner", True, Verdict.HARD),
        ("5.1.8", "550 5.1.8 sender domain does not exist", False, Verdict.POLICY),
        ("5.2.2", "552 5.2.2 over quota", True, Verdict.SOFT),
        ("4.2.2", "452 4.2.2 over quota", True, Verdict.SOFT),
        ("5.4.1", "550 5.4.1 no answer from host", False, Verdict.SOFT),
        ("", "", False, Verdict.SOFT),
    ],
)
def test_codes_and_words(status: str, words: str, verdict: Verdict, *, about_address: bool) -> None:
    """Where they disagree, or say little, nobody is taken off."""
    assert judge(status, words, about_address=about_address) is verdict


#: Refusals as large providers and filters word them: whose fault, and the code where it says something.
_SAID = {
    Verdict.HARD: """
        550 No such person at this address
        host mx.example.org[192.0.2.9] said: 550 User unknown (in reply to RCPT TO command)
        550 #5.1.0 Address rejected.
        550 5.1.351 Remote server returned unknown recipient or mailbox unavailable -> 550 no such user
        550 5.2.1 This mailbox has been blocked due to inactivity
        El usuario ana no figura en el Directorio de Domino
        Lo siento, no existe ningún buzón con ese nombre. (#5.1.1)
        550 Invalid Recipient - https://community.example.com/docs/DOC-1369#550
        550 5.0.350 Remote server returned an error -> 550 5.1.1 User Unknown
        550 5.4.1 All recipient addresses rejected : Access denied
        Benutzer ana (ana@example.org) nicht im Domino-Verzeichnis aufgef=FChrt
        Domain example.org does not accept mail (nullMX)
        554 delivery error: dd This user doesn't have a yahoo.com account
        unrouteable mail domain "example.org"
        550 El usuario no existe
        550 Adresse d au moins un destinataire invalide. Invalid recipient. OFR204_416
        550 Der Empfänger ist unbekannt
        550 Conta inexistente
        550 صندوق البريد غير موجود
        550 This account has been deleted
        550 Usuário não encontrado
        550 Невідомий користувач
        550 Немає такої скриньки
        550 Користувача не знайдено
    """,
    Verdict.SOFT: """
        554 Service unavailable; host mx.example.org is down
        lost connection with mx.example.org while receiving the initial server greeting
        552 Requested mail action aborted: exceeded storage allocation
        550 5.4.300 Message expired -> 451 4.7.500 Server busy. Please try again later
        554 5.4.14 Hop count exceeded - possible mail loop
        550 Recipient address rejected: Greylisted, the user is unknown to us, try again later
        554 la casilla está llena
        550 boîte du destinataire pleine
        550 The account has been temporarily disabled
        554 transaction failed
        550 5.4.310 DNS domain littleton.example does not exist [Message=InfoDomainNonexistent]
        550 5.4.4 Host or domain name not found. Name service error for name=example.org type=MX
        550 Unknown host example.org
        550 <ana@example.org>: domain example.org not found
        550 The domain example.org does not exist
        550 5.1.2 Sorry, I couldn't find any host named example.org
        550 5.1.1 <ana@example.org>: Recipient address rejected: unverified address: Connection timed out
        550 Поштова скринька переповнена
    """,
    Verdict.POLICY: """
        550-Verification failed for <open@littleton.example.org> 550-Callout verification failed
        550 permanent failure for one or more recipients (ana@example.org:blocked)
        550 Administrative prohibition - envelope blocked - https://community.example.com/docs/DOC-1369#550
        554 Blocked - see https://ipcheck.example.com/?ip=192.0.2.10
        554 IP=192.0.2.10 - A problem occurred. (Ask your postmaster for help)
        550 Rejected by header based Anti-Spoofing policy: open@littleton.example.org
        550 5.7.515 Access denied, sending domain doesn't meet the required authentication level
        550 Mail from 192.0.2.10 is listed by SORBS; unknown user
        553 5.1.8 Domain of sender address does not exist
        550 5.1.1 Message rejected: littleton.example.org fails DMARC
        550 mensaje rechazado: está en una lista negra
        421 4.7.0 [TSS04] Messages from 192.0.2.10 temporarily deferred due to unexpected volume or user complaints
        450 4.7.1 Client host rejected: cannot find your reverse hostname
        554 Host network not allowed
        550 Mail rejete. Mail rejected. OFR_506 [506]
        552 Message size exceeds limit
        550 You are sending too many mails
        550 Відхилено: спам
    """,
}


@pytest.mark.parametrize(
    ("verdict", "said"),
    [(verdict, each.strip()) for verdict, said in _SAID.items() for each in said.strip().splitlines()],
)
def test_words_of_providers(verdict: Verdict, said: str) -> None:
    """Whose fault it is decides who is told, in whatever language it is said."""
    assert judge(status_in(said), said) is verdict


#: How a program begins the subject when it answers, and how a person may.
_BY_ITSELF = """
    Automatic reply: Hello|Réponse automatique : Bonjour|Resposta automàtica: Hola|Erantzun automatikoa: Kaixo
    Balasan otomatis: Halo|Otomatik yanıt: Merhaba|Trả lời tự động: Chào|Automatski odgovor: Zdravo
    Răspuns automat: Salut
    Автоматична відповідь: Вітаємо|Αυτόματη απάντηση: Γεια|ავტომატური პასუხი: გამარჯობა|Absence du bureau : Bonjour
    Vacaciones hasta el lunes|Vacation|رد تلقائي: مرحبا
"""
_BY_PEOPLE = """
    Absence of a ramp at the town hall|Re: Away from old habits|Re: A challenge for our town|Vacation homes in the plan
    Ausencia de rampas en la sala|Out of the box ideas
"""


@pytest.mark.parametrize(
    ("kind", "subjects"), [(Kind.AUTO_REPLY, _BY_ITSELF), (Kind.OTHER, _BY_PEOPLE)], ids=["a program", "a person"]
)
def test_a_subject_says_who_answers(kind: Kind, subjects: str) -> None:
    """What a person writes is kept for a person, also when its first word is one that programs begin with."""
    found = {
        subject: read_report(f"From: Ana <ana@example.org>\nSubject: {subject}\n\nHello\n".encode()).kind
        for line in subjects.strip().splitlines()
        for subject in line.strip().split("|")
    }
    assert found == dict.fromkeys(found, kind)


def test_a_report_with_a_whole_mail_of_many_megabytes_behind_it_is_read_by_its_beginning() -> None:
    """Some servers send everything back."""
    data = about("postfix-unknown-user") + b"x" * 76 * 300_000
    assert len(data) > 20 * MOST_BYTES
    assert verdict_of(read_report(data)) is Verdict.HARD
