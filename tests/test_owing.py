"""Who is counted, through what, in which language; and who is counted as one who must not get it."""

from collections import Counter, defaultdict

from communique.delivery import Mode, State
from communique.plan.owing import Copies, Counted
from communique.store.ledger import Owed
from tests.workspaces import PUBLIC, Town


def counted(town: Town) -> list[Owed]:
    """Everything `hello` is owed to, and the numbers agree."""
    standing, mode = town.standing(), town.workspace.settings.mode
    assert standing.occasion is not None
    with town.database.reading() as connection:
        found = list(Copies(town.workspace, mode, standing.occasion).owed(connection))
    numbers = Counter((each.channel, each.language) for each in found if each.state is State.SCHEDULED)
    others: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for each in found:
        others[each.channel, each.language].update([each.reason] if each.state is State.EXCLUDED else [])
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


def test_channels_for_everybody_are_counted_once_a_language(town: Town) -> None:
    """A page and a feed in each language of the announcement, a network in those it speaks."""
    town.campaign("languages: [en]", "languages: [en, es]")
    town.campaign("through: [email]", "through: [website, feed, x]")
    town.campaign("    to: [friends]\n", "")
    town.say("hello", {"en": PUBLIC, "es": PUBLIC})
    assert [(each.channel, each.language, each.person) for each in counted(town)] == [
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
    assert [(each.channel, each.person) for each in counted(town)] == [("email", 1), ("newsletter", 2)]


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
    town.freeze()
    assert [copy.delivery.reference for copy in town.copies(Mode.TRIAL)] == trial
