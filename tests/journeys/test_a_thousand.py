"""A thousand people in three languages, through a real mail server."""

from collections import Counter
from email import policy
from email.parser import BytesHeaderParser

from communique.delivery import Mode
from communique.send.mail_sink import LocalSink
from communique.store.deliveries import accounts
from tests.workspaces import LANGUAGES, Town

PEOPLE = 1001  #: claimed in three lots; `make soak` and `make bench` send to tens of thousands
HEADLINES = {"en": "Hello", "es": "Hola", "fr": "Bonjour"}


def test_everybody_gets_one_mail_in_their_own_language(town: Town) -> None:
    """The server's record equals the ledger's, mail by mail; the balance holds before, while and after."""
    town.campaign("languages: [en]", "languages: [en, es, fr]")
    for index, language in enumerate(LANGUAGES):
        names = [f"person{number}" for number in range(PEOPLE) if number % len(LANGUAGES) == index]
        town.invite(*names, language=language)
    with LocalSink() as sink:
        town.settings("port: 25", f"port: {sink.port}")
        town.freeze()
        assert town.account() == f"{PEOPLE} planned = {PEOPLE} scheduled"
        opened = town.opened
        town.dispatcher(opened.channels).run()
        opened.close()

    assert town.account() == f"{PEOPLE} planned = {PEOPLE} sent"
    got = Counter(mail.recipients[0] for mail in sink.accepted)
    assert got == {f"person{number}@example.org": 1 for number in range(PEOPLE)}
    heads = BytesHeaderParser(policy=policy.default)
    mails = [heads.parsebytes(mail.data) for mail in sink.accepted]
    for mail in mails:
        number = int(str(mail["To"]).partition("person")[2].partition("@")[0] or -1)
        language = LANGUAGES[number % len(LANGUAGES)]
        assert (mail["Content-Language"], mail["Subject"]) == (language, HEADLINES[language])
    with town.database.reading() as connection:
        proofs = dict(accounts.proofs(connection, Mode.LIVE))
    assert {f"<{reference}>" for reference in proofs} == {str(mail["Message-ID"]).strip() for mail in mails}
    assert all(words.startswith("250") for words in proofs.values())
