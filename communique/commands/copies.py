"""How copies are told of on the command line: where each stands, and those that wait for a person."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from communique.commands.console import counted, recorded, table, tell
from communique.delivery import STATES_OF_ONE, Delivery, State
from communique.phrase import phrase
from communique.store.deliveries.accounts import Copy
from communique.store.deliveries.packs import pack_of


def state_of(delivery: Delivery, by_hand: Collection[str]) -> str:
    """What became of one; `by_hand`: channels whose copies wait for a person's hands, which is no doubt."""
    if delivery.state is State.IN_DOUBT and delivery.channel in by_hand:
        return phrase("to post by hand")
    return STATES_OF_ONE[delivery.state]


def sorted_out(waiting: Sequence[Copy], by_hand: Collection[str]) -> tuple[list[Copy], list[Copy]]:
    """Copies that may have gone out, and packs that a person is to post."""
    packs = [copy for copy in waiting if copy.delivery.channel in by_hand]
    return [copy for copy in waiting if copy.delivery.channel not in by_hand], packs


def say_in_doubt(waiting: Sequence[Copy]) -> None:
    """Whom to ask, and how to put down what was found out."""
    if not waiting:
        return
    tell()
    if len(waiting) == 1:
        tell(phrase("1 copy in doubt: it may have gone out. Find out, then:"), bold=True)
    else:
        copies = counted(len(waiting), "copy", "copies")
        tell(phrase("{copies} in doubt: they may have gone out. Find out, then:", copies=copies), bold=True)
    table((f"#{each.delivery.id}", each.delivery.channel, *_whom(each), _words(each)) for each in waiting)
    tell(phrase("  communique resolve NUMBER sent|resend|failed --as NAME"))


def say_packs(by_hand: Sequence[Copy], folders: Mapping[str, Path]) -> None:
    """What a person is to post, and the folder of each channel: of letters a line a batch."""
    if not by_hand:
        return
    tell()
    copies = counted(len(by_hand), "copy", "copies")
    tell(phrase("{copies} written for a person to post. Once posted:", copies=copies), bold=True)
    packs: dict[tuple[str, str], list[Copy]] = {}
    for copy in by_hand:
        packs.setdefault((copy.delivery.channel, pack_of(copy)), []).append(copy)
    table(
        (f"#{each[0].delivery.id}" if len(each) == 1 else phrase("{number} copies", number=len(each)), channel, pack)
        for (channel, pack), each in packs.items()
    )
    tell(phrase("  communique done PACK --as NAME"))
    for channel in dict.fromkeys(channel for channel, _ in packs):
        if channel in folders:
            tell(phrase("{channel}: the packs lie in {folder}", channel=channel, folder=folders[channel]))


def _whom(copy: Copy) -> tuple[str, str]:
    """A name, and as much of the address as tells two of one name apart."""
    return copy.name, copy.masked_address


def _words(copy: Copy) -> str:
    """Where a pack lies, or why a copy is in doubt."""
    receipt = copy.last.reference if copy.last else ""
    return receipt or recorded(copy.delivery.reason)
