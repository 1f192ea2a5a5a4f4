"""Where a machine has the fonts that pictures are set in."""

import functools
from pathlib import Path

from communique.phrase import phrase

#: Where systems put the Noto fonts (Debian and Ubuntu: `fonts-noto-core`).
FOLDERS = (
    "/usr/share/fonts/truetype/noto",
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/noto",
    "/usr/share/fonts/google-noto",
    "/usr/local/share/fonts",
)
FIRST = "NotoSans-{weight}.ttf"
INSTALL = phrase("Install the Noto fonts; on Debian or Ubuntu: sudo apt-get install fonts-noto-core")


@functools.cache
def installed_fonts() -> Path | None:
    """The folder with those of this machine; None where there are none."""
    folders = (Path(folder) for folder in FOLDERS)
    return next((folder for folder in folders if (folder / FIRST.format(weight="Regular")).is_file()), None)
