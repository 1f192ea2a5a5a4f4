"""What is said on a connection, without a socket: whatever a server answers, no mail is lost, doubled or invented."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail.conversation import BrokenError, Conversation
from channels.mail.envelope import Envelope, stuffed
from channels.mail.server import Patience
from tests.channels.mail_dialogues import MAIL
from tests.channels.scripted_smtp import ANSWERS, LATER, LINES, NEVER, YES, ScriptedSmtp, talk

MAILS = [replace(MAIL, recipient=f"person{number}@vecinas.example", data=b".%d\r\n" % number) for number in range(4)]
PIPELINING = ("pipelining",)
OFFERS = st.sampled_from([(), PIPELINING])
SCRIPTS = st.lists(st.sampled_from(ANSWERS), max_size=20)
#: Mostly yes, so that talks become long.
LONG_SCRIPTS = st.lists(st.sampled_from((*(YES,) * 12, *ANSWERS)), max_size=24)


@given(answers=SCRIPTS | LONG_SCRIPTS, features=OFFERS)
def test_every_mail_has_one_outcome_and_it_is_true(answers: list[str], features: tuple[str, ...]) -> None:
    """Accepted is what the server took with a yes to its own dot; safe to repeat is what it cannot have taken."""
    server = ScriptedSmtp(iter(answers))
    outcomes = talk(server, MAILS, features=features).outcomes
    assert max(Counter(envelope for envelope, _ in outcomes).values()) == 1
    assert [envelope for envelope, _ in outcomes] == MAILS[: len(outcomes)]
    taken = {data: envelope for data in server.accepted for envelope in MAILS if stuffed(envelope.data) == data}
    assert len(taken) == len(server.accepted)
    for envelope, outcome in outcomes:
        assert (outcome == "accepted") <= (envelope in taken.values())
        assert (envelope in taken.values()) <= (outcome in {"accepted", "in doubt"})
    assert sum(outcome == "in doubt" for _, outcome in outcomes) <= 1
    assert len(outcomes) == len(MAILS) or server.gone or outcomes[-1][1] in {"in doubt", "safe"}


@given(answers=LONG_SCRIPTS, features=OFFERS, cut=st.integers(1, 40))
def test_how_the_bytes_arrive_does_not_matter(answers: list[str], features: tuple[str, ...], cut: int) -> None:
    """One at a time or all at once: the same outcomes, and the same bytes back."""
    whole = talk(ScriptedSmtp(iter(answers)), MAILS, features=features)
    in_pieces = talk(ScriptedSmtp(iter(answers)), MAILS, features=features, cut=cut)
    assert in_pieces == whole


@given(verdicts=st.lists(st.sampled_from((YES, LINES, LATER, NEVER)), min_size=4, max_size=4))
def test_pipelining_changes_no_outcome(verdicts: list[str]) -> None:
    """By whom a recipient is refused does not depend on how many commands travel at once."""

    class Choosy(ScriptedSmtp):
        def _answer(self, content: bytes) -> bytes:
            if content.startswith(b"RCPT"):
                self.answers = iter([verdicts[int(content.split(b"@")[0][-1:])]])
            return super()._answer(content)

    plain, pipelined = Choosy(iter(())), Choosy(iter(()))
    expected = [
        (mail, "accepted" if word in {YES, LINES} else "refused") for mail, word in zip(MAILS, verdicts, strict=True)
    ]
    assert talk(plain, MAILS).outcomes == expected
    assert talk(pipelined, MAILS, features=PIPELINING).outcomes == expected
    assert pipelined.accepted == plain.accepted


def test_one_mail_without_extensions() -> None:
    """Command by command; dots doubled, and the end alone."""
    talked = talk(ScriptedSmtp(iter(())), [MAIL])
    assert talked.wire == (
        b"MAIL FROM:<boletin@puertoclaro.example>\r\nRCPT TO:<ines@vecinas.example>\r\nDATA\r\n"
        b"Subject: x\r\n\r\n..\r\n...two\r\nthree\r\n..\r\n.\r\n"
    )


def writes_of(server: ScriptedSmtp) -> list[bytes]:
    """What the server will hear, a write each."""
    writes: list[bytes] = []
    hear = server.hear
    server.hear = lambda data: (writes.append(data) if data else None, hear(data))[1]  # type: ignore[method-assign]
    return writes


def test_two_mails_in_a_pipeline() -> None:
    """The offer of the second travels behind the first and its end, in the same write."""
    server = ScriptedSmtp(iter(()))
    writes = writes_of(server)
    first, second = (replace(mail, id=f"a+b={number}@x") for number, mail in enumerate(MAILS[:2]))
    talk(server, [first, second], features=("pipelining", "size", "dsn"))
    offer = (
        b"MAIL FROM:<boletin@puertoclaro.example> SIZE=4 RET=HDRS ENVID=a+2Bb+3D%d@x\r\n"
        b"RCPT TO:<person%d@vecinas.example>\r\nDATA\r\n"
    )
    assert writes == [offer % (0, 0), b"..0\r\n.\r\n" + offer % (1, 1), b"..1\r\n.\r\n"]


def test_a_long_mail_is_with_the_server_before_the_point_of_no_return() -> None:
    """What takes its time on the wire does not do so where a crash leaves it in doubt: only its dot waits."""
    server = ScriptedSmtp(iter(()))
    writes = writes_of(server)
    letter = b"Subject: x\r\n\r\n" + b"long\r\n" * 4000
    talk(server, [replace(MAIL, data=letter)])
    assert writes[-2:] == [letter, b".\r\n"]


def test_an_identity_too_long_for_the_envelope_stays_out_of_it() -> None:
    """RFC 3461 4.4 and 5.4: ENVID holds at most 100 characters; servers refuse the mail for more."""
    talked = talk(ScriptedSmtp(iter(())), [replace(MAIL, id="i" * 101)], features=("dsn",))
    assert b"RET=HDRS\r\n" in talked.wire


@pytest.mark.parametrize("said", [b"250 Ok\r\n", b"550 No\r\n", b"421 Bye\r\n"])
def test_an_answer_before_the_end_is_none(said: bytes) -> None:
    """What came before the last byte of the mail had left cannot be an answer to it: nothing is out."""
    conversation = offered(MAIL)
    conversation.finish()
    conversation.wrote(2)
    with pytest.raises(BrokenError):
        conversation.heard(said)
    (transaction,) = conversation.under_way
    assert conversation.ended == []
    assert conversation.written < transaction.dot_at


@pytest.mark.parametrize(
    "said", [b"25\r\n", b"2500 Ok\r\n", b"250_Ok\r\n", b"\r\n", b"+OK\r\n", b"250\xa0Ok\r\n", b"999 Ok\r\n"]
)
@pytest.mark.parametrize("step", ["MAIL", "."])
def test_what_only_looks_like_an_answer_is_none(said: bytes, step: str) -> None:
    """RFC 5321 4.2: three digits, and a space, a hyphen or the end."""
    if step == "MAIL":
        conversation = Conversation({}, Patience())
        conversation.begin(MAIL)
    else:
        conversation = offered(MAIL)
        conversation.finish()
    conversation.wrote(len(conversation.outgoing))
    with pytest.raises(BrokenError):
        conversation.heard(said)
    assert conversation.ended == []


def offered(envelope: Envelope) -> Conversation:
    """A conversation in which a mail is ready."""
    conversation = Conversation({}, Patience())
    conversation.begin(envelope)
    for said in (b"250 Ok\r\n", b"250 Ok\r\n", b"354 Go ahead\r\n"):
        conversation.wrote(len(conversation.outgoing))
        conversation.heard(said)
    conversation.wrote(len(conversation.outgoing))
    assert conversation.ready
    return conversation
