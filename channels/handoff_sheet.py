"""The page of a pack, to be opened on the telephone that posts it: one touch chooses a whole text to copy."""

from collections.abc import Mapping, Sequence
from html import escape

from communique.channel import PackSheet

#: `user-select: all` chooses everything at a touch; nothing of it needs a script.
_STYLE = """
:root { color-scheme: light dark; }
body { max-width: 38rem; margin: 0 auto; padding: 1rem; font: 1.0625rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.375rem; line-height: 1.25; }
h2 { font-size: 1.0625rem; margin: 1.75rem 0 .25rem; }
li { margin: .5rem 0; }
code { overflow-wrap: anywhere; direction: ltr; unicode-bidi: isolate; }
.copy { margin: 0; padding: .75rem; border: 2px solid; border-radius: .375rem; font: inherit; white-space: pre-wrap;
  overflow-wrap: anywhere; -webkit-user-select: all; user-select: all; }
.beginning { white-space: pre-line; unicode-bidi: plaintext; overflow-wrap: anywhere; }
.hint { margin: 0 0 .5rem; opacity: .8; }
img { display: block; max-width: 100%; height: auto; border: 1px solid; }
dt { font-weight: 600; }
dd { margin: 0 0 .5rem; overflow-wrap: anywhere; }
"""


def sheet(
    wording: PackSheet,
    *,
    network: str,
    language: str,
    steps: Sequence[str],
    text: str,
    beginning: str,
    picture: tuple[str, str] | None,
    rows: Mapping[str, str],
) -> str:
    """HTML; `picture` is the name of its file and its alternative text, `beginning` what is seen before "more"."""
    said = wording.labels
    parts = [f"<ol>{''.join(f'<li>{step}</li>' for step in steps)}</ol>", *_to_copy(said, "text", text, language)]
    if beginning:
        parts += [_heading(said, "beginning"), f'<p class="beginning" dir="auto">{escape(beginning)}</p>']
    if picture:
        file, alt = picture
        parts += [
            _heading(said, "picture"),
            f'<p class="hint">{escape(said["keep"])}</p>',
            f'<a href="{escape(file)}"><img src="{escape(file)}" alt="{escape(alt)}"></a>',
            *_to_copy(said, "alternative", alt, language),
        ]
    listed = "".join(
        f'<dt>{escape(said[name])}</dt><dd dir="auto">{escape(value)}</dd>' for name, value in rows.items() if value
    )
    title = f"{escape(said['title'])}{said['colon']} {escape(network)}"
    return (
        f'<!doctype html>\n<html lang="{escape(language)}" dir="{wording.direction}">\n<head>\n<meta charset="utf-8">\n'
        f'<title>{title}</title>\n<meta name="viewport" content="width=device-width">\n'
        f"<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<h1>{title}</h1>\n"
        + "\n".join(parts)
        + f"\n{_heading(said, 'about')}\n<dl>{listed}</dl>\n</body>\n</html>\n"
    )


def _heading(said: Mapping[str, str], name: str) -> str:
    return f"<h2>{escape(said[name])}</h2>"


def _to_copy(said: Mapping[str, str], name: str, text: str, language: str) -> list[str]:
    return [
        _heading(said, name),
        f'<p class="hint">{escape(said["copy"])}</p>',
        f'<pre class="copy" lang="{escape(language)}" dir="auto">{escape(text)}</pre>',
    ]
