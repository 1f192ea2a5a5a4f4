"""Files that the desk's pages need."""

from dataclasses import dataclass
from functools import partial

from communique.web.desk.asking import Ask, Reply
from communique.web.desk.desk_pages import DeskPages, script
from communique.web.desk.desk_table import DeskPage

_HOUR = 3600
#: Each is of the desk's own; every page works without them.
SCRIPTS = ("live.js", "edit.js", "editor.js")


@dataclass(frozen=True)
class DeskFiles:
    """Of the program: they say nothing of anybody."""

    pages: DeskPages

    def table(self) -> list[DeskPage]:
        """Their addresses."""
        scripts = [DeskPage(path=name, show=partial(self.script, name), is_open=True) for name in SCRIPTS]
        return [DeskPage(path="style.css", show=self.style, is_open=True), *scripts]

    def style(self, _ask: Ask) -> Reply:
        """In the government's colour."""
        return Reply(body=self.pages.style(), media_type="text/css", keep_for=_HOUR)

    def script(self, name: str, _ask: Ask) -> Reply:
        """What makes pages quicker to use for who has scripts."""
        return Reply(body=script(name), media_type="text/javascript", keep_for=_HOUR)
