"""The shipped city in the middle of its way: its campaigns rehearsed up to a day, its pages served as they are then."""

import email
import email.policy
import random
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from channels import KINDS
from communique.installation import Installation
from communique.monitoring.health import Health
from communique.plan.retracting import retract
from communique.plan.standing import Standing
from communique.rehearse.rehearsal import Rehearsal, finish, prepare
from communique.retraction import Retraction
from communique.web.server import serving

_REPOSITORY = Path(__file__).parents[2]
_PEOPLE = 60


class _Far(Exception):  # noqa: N818 - it says that a rehearsal is far enough
    """The day has come."""


@dataclass
class City:
    """Its pages, and the mails that it sent."""

    rehearsal: Rehearsal
    address: str

    def link(self, kind: str) -> str:
        """The path of the last link of a kind (`answer`, `preferences`, …) that somebody was sent."""
        for mail in reversed(self.rehearsal.mails):
            body = email.message_from_bytes(mail.data, policy=email.policy.default).get_body(("plain",))
            if body is not None and (found := re.search(rf"https://\S+?/{kind}/[\w-]+", body.get_content())):
                return urlsplit(found[0]).path
        raise LookupError(f"expected a mail with a link to /{kind}/, found none")


@contextmanager
def city_on(
    day: datetime, root: Path, *, campaigns: Sequence[str], taken_back: tuple[str, str], reasons: Mapping[str, str]
) -> Iterator[City]:
    """Rehearsed until `day` comes, with one announcement taken back then, and served."""
    _copy(root)
    variables = {"COMMUNIQUE_KEY": "rehearsal", "DATABASE_URL": f"sqlite:///{root}/var/ledger.sqlite"}
    installation = Installation(root=root, variables=variables, kinds=KINDS)
    workspace = installation.workspace()
    chance = random.Random(1)
    played = prepare(workspace, root, root / "var", campaigns, number=_PEOPLE, chance=chance)

    def stop(_: Standing) -> None:
        if played.clock.now >= day:
            raise _Far

    try:
        played.play(stop)
    except _Far:
        played.clock.now = day
    with played.database.begin() as connection:
        retract(played.planner, connection, taken_back, "", Retraction(at=day, reasons=dict(reasons)), by="Inés Vidal")
    played.dispatcher.run()
    with serving(Health(), installation, played.clock, 0) as port:
        yield City(played, f"http://127.0.0.1:{port}")
    finish(played)


def _copy(root: Path) -> None:
    """The repository's workspace, without what takes long to draw and record."""
    for folder in ("campaigns", "config", "templates"):
        shutil.copytree(_REPOSITORY / folder, root / folder)
    settings = root / "config" / "settings.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("mode: trial ", "mode: live "), encoding="utf-8")
    for campaign in (root / "campaigns").glob("*.yaml"):
        text = campaign.read_text(encoding="utf-8")
        campaign.write_text(re.sub(r", (?:radio|tv|video)\b", "", text), encoding="utf-8")
