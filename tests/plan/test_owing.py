"""Who is counted, through what, in which language; and who is counted as one who must not get it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from communique.delivery import Mode, State
from communique.occasion import Occasion
from communique.plan.owing import Copies, Counted
from communique.store import epochs
from communique.store.database import deliveries
from communique.store.deliveries import ledger, owed
from communique.store.deliveries.owed import References
from communique.texts import tokens
from tests.workspaces import PUBLIC, Town


def frozen(connection: Connection, town: Town, occasion: Occasion) -> Sequence[Any]:
    """The rows that freezing would write, by the numbers they would have."""
    mode, now = town.workspace.settings.mode, town.clock.now
    ledger_name = epochs.ledger_of(connection)
    with connection.begin_nested() as attempt:
        copies = Copies(town.workspace, mode, occasion, ledger_name).owed()
        end = now + timedelta(hours=24)
        number = ledger.freeze(connection, mode, occasion, copies, expires_at=end, digest="hash", now=now)
        rows = connection.execute(select(deliveries).order_by(deliveries.c.id)).all()
        assert number == len(rows)
        attempt.rollback()
    return rows


def counted(town: Town) -> Sequence[Any]:
    """Everything `hello` is owed to, and the numbers agree."""
    standing = town.standing()
    assert standing.occasion is not None
    with town.database.begin() as connection:
        found = frozen(connection, town, standing.occasion)
    numbers = Counter((each.channel, each.language) for each in found if each.state == State.SCHEDULED)
    others: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for each in found:
        others[each.channel, each.language].update([each.reason] if each.state == State.EXCLUDED else [])
    assert standing.counted == Counted(numbers, {line: reasons for line, reasons in others.items() if reasons})
    return found


def test_who_must_not_be_written_to_is_counted_as_such(town: Town) -> None:
    """From the count on, before anything is tried: the plan does not promise what will not be."""
    town.invite("ana", "ben")
    town.suppress("ben", "asked to be left alone")
    assert [(each.state, each.reason) for each in counted(town)] == [
        (State.SCHEDULED, ""),
        (State.EXCLUDED, "must not be written to: asked to be left alone"),
    ]
    town.freeze()
    assert town.account() == "2 planned = 1 scheduled + 1 excluded"


def test_in_trial_all_but_the_allow_list_are_counted_out(town: Town) -> None:
    """By any spelling of an address, and with the reason; live, nobody is."""
    town.invite("ana", "ben")
    assert {each.state for each in counted(town)} == {State.SCHEDULED}
    town.settings("mode: live", "mode: trial\nallow_list: [Ana@EXAMPLE.org]")
    assert [(each.state, each.reason) for each in counted(town)] == [
        (State.SCHEDULED, ""),
        (State.EXCLUDED, "trial mode: not on the allow-list"),
    ]
    town.freeze()
    assert town.account() == "2 planned = 1 scheduled + 1 excluded"


def test_who_reads_the_language_of_another_country_gets_it_before_the_first(town: Town) -> None:
    """As the plan says: an announcement in English and Spanish goes to Mexico in Spanish, whatever comes first."""
    town.campaign("languages: [en]", "languages: [en, es]")
    for name, language in {"ana": "es-MX", "ben": "fr", "eva": "es", "ines": "en-IE"}.items():
        town.invite(name, language=language)
    assert [each.language for each in counted(town)] == ["es", "en", "es", "en"]


def test_channels_for_everybody_are_counted_once_a_language(town: Town) -> None:
    """A page and a feed in each language of the announcement, a network in those it speaks."""
    town.campaign("languages: [en]", "languages: [en, es]")
    town.campaign("through: [email]", "through: [website, feed, x]")
    town.campaign("    to: [friends]\n", "")
    town.say("hello", {"en": PUBLIC, "es": PUBLIC})
    assert [(each.channel, each.language, each.person_id) for each in counted(town)] == [
        ("website", "en", 0),
        ("website", "es", 0),
        ("feed", "en", 0),
        ("feed", "es", 0),
        ("x", "en", 0),
    ]


def test_a_newsletter_goes_to_subscribers_and_to_nobody_else(town: Town) -> None:
    """Whatever audience the announcement names for its mails."""
    newsletter = "newsletter: {kind: newsletter, host: localhost, port: 25, tls: none, sender: N <n@example.org>"
    town.settings("channels:\n", f"channels:\n  {newsletter}, list_id: n.example.org}}\n")
    town.campaign("through: [email]", "through: [email, newsletter]")
    town.invite("ana")
    town.invite("ben", audience="subscribers")
    assert [(each.channel, each.person_id) for each in counted(town)] == [("email", 1), ("newsletter", 2)]


def test_a_role_is_that_of_the_first_audience_somebody_is_in(town: Town) -> None:
    """It decides what the foot of a mail says about why it came."""
    town.settings("audiences:\n", "audiences:\n  press: {title: Press, role: media}\n")
    town.campaign("to: [friends]", "to: [press, friends]")
    town.invite("ana", "ben")
    town.invite("ana", audience="press")
    assert [each.role for each in counted(town)] == ["media", "invited"]


def test_references_are_fixed_and_never_shared(town: Town) -> None:
    """The same at every count; another one for each person, and for trial and live."""
    town.invite("ana", "ben")
    live = [each.reference for each in counted(town)]
    assert live == [each.reference for each in counted(town)]
    town.settings("mode: live", "mode: trial")
    trial = [each.reference for each in counted(town)]
    assert len({*live, *trial}) == 4
    assert all(each.endswith("@open.littleton.example.org") for each in live)
    assert not any("ana" in each for each in live)
    town.settings("mode: trial", "mode: live")
    town.variables["COMMUNIQUE_KEY"] = "another"
    assert not set(live) & {each.reference for each in counted(town)}  # nobody can guess them
    town.variables["COMMUNIQUE_KEY"] = "key"
    town.settings("mode: live", "mode: trial")
    town.freeze()
    assert [copy.delivery.reference for copy in town.copies(Mode.TRIAL)] == trial


def test_the_database_makes_the_same_references_as_we_do(town: Town) -> None:
    """Whichever it is: a Message-ID never changes, wherever a ledger is moved to."""
    town.invite("ana", "ben")
    rows = counted(town)
    with town.database.begin() as connection:
        named = f"{epochs.ledger_of(connection)}/live/news/hello/once/email"
    assert town.workspace.key is not None
    of = tokens.keyed(tokens.REFERENCE, named.encode(), town.workspace.key).hex()
    references = References(of=of, host="open.littleton.example.org")
    assert [each.reference for each in rows] == [references.to(number, "en") for number in (1, 2)]


def test_everybody_gets_their_own_language_where_it_is_spoken(town: Town) -> None:
    """And else the announcement's first."""
    town.campaign("languages: [en]", "languages: [es, en]")
    for name, language in {"ana": "en", "ben": "es", "eva": "fr"}.items():
        town.invite(name, language=language)
    assert [each.language for each in counted(town)] == ["en", "es", "es"]


def test_a_large_audience_is_written_down_in_parts(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is in several audiences, or has the number before a gap: each once, by number."""
    monkeypatch.setattr(owed, "_AT_ONCE", 2)
    town.settings("audiences:\n", "audiences:\n  press: {title: Press, role: media}\n")
    town.campaign("to: [friends]", "to: [press, friends]")
    town.invite("ana", "ben", audience="others")
    town.invite("eva", "flo")
    town.invite("gil", "hal", "ida", audience="others")
    town.invite("jon", "eva", audience="press")
    found = counted(town)
    assert [(each.person_id, each.role) for each in found] == [(3, "media"), (4, "invited"), (8, "media")]


def test_what_a_copy_begins_with(town: Town) -> None:
    """Whoever writes it down: due at once, or over at once, and never tried."""
    town.campaign("through: [email]", "through: [email, website]")
    town.say("hello", {"en": PUBLIC})
    town.invite("ana", "ben")
    town.suppress("ben", "left")
    now = town.clock.now
    begun = [(each.attempts, each.resends, each.next_attempt_at, each.finished_at) for each in counted(town)]
    assert begun == [(0, 0, now, None), (0, 0, now, now), (0, 0, now, None)]


def test_a_mail_cannot_go_to_somebody_without_an_address(town: Town) -> None:
    """Whom only letters reach is counted, and the plan says why nothing goes."""
    town.invite("ana")
    town.invite_by_post("remedios")
    assert [(each.state, each.reason) for each in counted(town)] == [
        (State.SCHEDULED, ""),
        (State.EXCLUDED, "no e-mail address"),
    ]
    town.freeze()
    assert town.account() == "2 planned = 1 scheduled + 1 excluded"
