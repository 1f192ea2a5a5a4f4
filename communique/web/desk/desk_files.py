"""Files that the desk's pages need."""

from dataclasses import dataclass, replace
from functools import partial

from communique.web.desk.asking import Ask, Reply
from communique.web.desk.desk_pages import DeskPages, script, script_version, version_of, zipped_script
from communique.web.desk.desk_table import DeskPage

_HOUR, _YEAR = 3600, 365 * 24 * 3600
#: Each is of the desk's own; every page works without them.
SCRIPTS = ("live.js", "edit.js", "editor.js")


@dataclass(frozen=True)
class DeskFiles:
    """Of the program: they say nothing of anybody.

    Pages name them with a hash of what is in them: a browser asks once, and again when there is another.
    """

    pages: DeskPages

    def table(self) -> list[DeskPage]:
        """Their addresses."""
        scripts = [DeskPage(path=name, show=partial(self.script, name), is_open=True) for name in SCRIPTS]
        return [DeskPage(path="style.css", show=self.style, is_open=True), *scripts]

    def style(self, ask: Ask) -> Reply:
        """In the government's colour."""
        body = self.pages.style()
        return _kept(Reply(body=body, media_type="text/css"), ask, version_of(body.encode()))

    def script(self, name: str, ask: Ask) -> Reply:
        """What makes pages quicker to use for who has scripts."""
        made = Reply(body=script(name), zipped=zipped_script(name), media_type="text/javascript")
        return _kept(made, ask, script_version(name))


def _kept(reply: Reply, ask: Ask, version: str) -> Reply:
    """A page that is older than the program asks for a version that is gone, and gets the present one for a while."""
    is_present = ask.visit.query.get("v") == version
    return replace(reply, keep_for=_YEAR if is_present else _HOUR, is_versioned=is_present)
