"""Publishing, killed at one moment after another: what lies in the folder of the website and the feeds then."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.crash_walk import Walker
from tests.workspaces import FOLLOWING, PUBLIC, build

_MOST = 1000  #: a tick that passes more moments than this never ends
_PUBLISHING = "commits files"


@dataclass(frozen=True, kw_only=True)
class Walked:
    """What so many kills have shown."""

    moments: int
    between: int  #: how often some files were old and some new
    broken: Sequence[str]  #: promises that were not kept


def published(root: Path, *, hidden: bool = True) -> dict[str, bytes]:
    """What lies there, by path; without what is `hidden`: what a visitor may be given."""
    public = root / "var" / "public"
    files = [file for file in public.rglob("*") if file.is_file() and (hidden or not file.name.startswith("."))]
    return {str(file.relative_to(public)): file.read_bytes() for file in files}


def _let_lie(root: Path) -> None:
    """Make what was begun and not named older than any writer takes."""
    for begun in (root / "var" / "public").rglob(".writing-*"):
        since = begun.stat().st_mtime - 3600
        os.utime(begun, (since, since))


def halves(found: dict[str, bytes], *whole: dict[str, bytes]) -> list[str]:
    """Files that are a beginning of what they were or became; an empty one is a beginning of anything."""
    known = {path: [each[path] for each in whole if path in each] for path in found}
    begun = (path for path, data in found.items() if any(each.startswith(data) for each in known[path]))
    return [path for path in begun if found[path] not in known[path]]


def news(root: Path) -> Path:
    """A town whose website and feed have one announcement, and get a second one in an hour; few files of each."""
    root.mkdir()
    town = build(root)
    settings = (root / "config/settings.yaml").read_text(encoding="utf-8")
    town.write("config/settings.yaml", settings.partition("  x:\n")[0])
    town.settings("languages: [en, es, fr]", "languages: [en]")
    for kind in ("website", "feed"):
        town.settings(f"{{kind: {kind}, directory", f"{{kind: {kind}, compress: false, directory")
    town.say_to_nobody_in_particular()
    town.campaign("    to: [friends]\n    through: [email]", "    through: [website, feed]")
    town.add(FOLLOWING.replace("    to: [friends]\n    through: [email]", "    through: [website, feed]"))
    town.write("templates/news/goodbye/en/article.md", PUBLIC)
    town.database.close()
    return root


def walk_publishing(walker: Walker, folder: Path, step: int) -> Walked:
    """A tick that publishes, killed at each `step`th of its moments; the next tick brings the rest."""
    ready = news(folder / "ready")
    assert walker.tick(ready, 0, 0).isdigit()
    whole = [published(ready)]
    assert "en/news/goodbye/index.html" not in whole[0]
    broken, between, moment = list[str](), 0, 0
    for moment in range(0, _MOST, step):
        root = folder / str(moment)  # at 0 nothing is killed
        shutil.copytree(ready, root)
        said = walker.tick(root, 1, moment, _PUBLISHING)
        found = published(root, hidden=False)
        _let_lie(root)
        went_on = walker.tick(root, 2, 0).isdigit()
        ended = published(root)
        shutil.rmtree(root)
        if not moment:
            whole += [found, ended]
            assert "en/news/goodbye/index.html" in found
        broken += [f"moment {moment}: {path} is half" for path in halves(found, *whole)]
        broken += [f"moment {moment}: {path} is gone" for path in whole[0].keys() - found.keys()]
        if not went_on or ended.keys() != whole[-1].keys():
            broken.append(f"moment {moment}: the next tick did not bring the rest")
        between += found not in whole
        if moment and said != "killed":
            break
    else:
        broken.append("it never ends")
    return Walked(moments=moment // step, between=between, broken=broken)
