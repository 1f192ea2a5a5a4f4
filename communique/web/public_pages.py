"""Pages for the public, filled from the workspace as it is now: which language, which words, and how they look."""

import hashlib
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from communique.channel import Form, Secret
from communique.installation import Installation
from communique.language.formatting import direction
from communique.localisation.localised import localise
from communique.localisation.regional_languages import spoken_for
from communique.problems import ProblemsError
from communique.read.sources import copy_of
from communique.store.database import Database
from communique.texts import addresses
from communique.texts.templates import TemplateProblemError
from communique.website.site import style_of
from communique.workspace import Workspace, read_workspace

_log = logging.getLogger(__name__)
_UNFIT = (KeyError, TypeError, TemplateProblemError)


@dataclass
class PublicPages:
    """The pages, filled from the last files that were fit for it: a file that is half-way edited closes none."""

    installation: Installation
    clock: Callable[[], datetime]
    _workspace: Workspace | None = None
    _fit: Workspace | None = None  #: the last one that filled a page
    _stamps: dict[str, tuple[int, int]] = field(default_factory=dict)
    _database: Database | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _look: threading.local = field(default_factory=threading.local)

    @property
    def key(self) -> Secret:
        """Signs the links."""
        return self.installation.key

    @property
    def database(self) -> Database:
        """The ledger's, open until `close`."""
        with self._lock:
            if self._database is None:
                self._database = self.installation.database()
            return self._database

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            database, self._database = self._database, None
            if database is not None:
                database.close()

    @property
    def workspace(self) -> Workspace:
        """As it is now, or was before it was broken; within `one_look`, as it was when it was first asked for there.

        Raises:
            ProblemsError: its settings have never been usable.
        """
        if not getattr(self._look, "is_one", False):
            return self._present()
        if self._look.seen is None:
            self._look.seen = self._present()
        seen: Workspace = self._look.seen
        return seen

    @contextmanager
    def one_look(self) -> Iterator[None]:
        """Within, this thread looks at the files once: a page is filled from one state of them."""
        self._look.is_one, self._look.seen = True, None
        try:
            yield
        finally:
            self._look.is_one, self._look.seen = False, None

    def _present(self) -> Workspace:
        with self._lock:
            stamps = self.installation.sources.stamps()
            if self._workspace is None or stamps != self._stamps:
                read, problems = read_workspace(
                    copy_of(self.installation.sources), self.installation.kinds, self.installation.key
                )
                if read is None and self._workspace is None:
                    raise ProblemsError(problems)
                self._workspace, self._stamps = read or self._workspace, stamps
            found = self._workspace
        assert found is not None  # noqa: S101 - says so to the type checker
        return found

    def language(self, asked: str, accepted: Sequence[str], own: str = "") -> str:
        """Of a page: as the link says, else the person's own, else what the browser asks for, else our first one."""
        spoken = self.workspace.settings.languages
        wanted = [asked, own, *accepted]
        return next((found for each in wanted if (found := spoken_for(each, spoken))), spoken[0])

    def fill(self, name: str, language: str, context: Mapping[str, Any], at: str) -> str:
        """A page. `at`: its own path and query without the language, for the choice of languages.

        Raises:
            TemplateProblemError: neither the present files nor the last fit ones can fill it.
        """
        present = self.workspace
        try:
            html = _filled(present, name, language, context, at)
        except _UNFIT as error:
            if self._fit is None or self._fit is present or language not in self._fit.settings.languages:
                raise
            _log.warning("templates/layouts/pages/%s cannot be filled as it is now: %s", name, type(error).__name__)
            return _filled(self._fit, name, language, context, at)
        self._fit = present
        return html

    def style(self) -> str:
        """The style sheet of all of them."""
        workspace = self.workspace
        try:
            return _style(workspace)
        except _UNFIT:
            if self._fit is None:
                raise
            return _style(self._fit)

    def path(self, below: str) -> str:
        """From the server's root, for a `Location`."""
        return _root(self.workspace) + below


def _filled(workspace: Workspace, name: str, language: str, context: Mapping[str, Any], at: str) -> str:
    settings = workspace.settings
    words = workspace.words.of(language)
    root = _root(workspace)
    government = localise(settings.government.model_dump(), language, settings.languages)
    government["address_lines"] = government["address"].strip().splitlines()
    joined = "&" if "?" in at else "?"
    frame = {
        "language": language,
        "dir": direction(language),
        "words": words,
        "government": government,
        "root": root,
        "style": f"{root}pages/style.css?v={hashlib.sha256(_style(workspace).encode()).hexdigest()[:12]}",
        "home": addresses.process_page(settings.public_address, language),
        "logo": _logo(workspace, root),
        "logo_alt": localise(settings.look.logo_alt, language, settings.languages),
        "languages": [
            {
                "language": each,
                "dir": direction(each),
                "name": workspace.words.of(each)["language_name"],
                "link": f"{root}{at}{joined}language={quote(each)}",
                "current": each == language,
            }
            for each in settings.languages
        ],
        "embedded": False,
        "error": "",
        "error_at": "email",
    }
    return workspace.templates.fill_layout(f"pages/{name}.html", {**frame, **context})


def _root(workspace: Workspace) -> str:
    return urlsplit(workspace.settings.public_address).path.rstrip("/") + "/"


def _logo(workspace: Workspace, root: str) -> str:
    name = workspace.settings.look.logo
    is_published = any(route.form is Form.PAGES for route in workspace.routes.values())
    if not (name and is_published and workspace.sources.read(f"config/{name}")):
        return ""
    return f"{root}{addresses.logo_path(name)}"


def _style(workspace: Workspace) -> str:
    language = {"language": workspace.settings.languages[0]}
    fill = workspace.templates.fill_layout
    site = style_of(workspace.settings.look.accent, lambda context: fill("site/style.css", {**context, **language}))
    return site + fill("pages/style.css", language)
