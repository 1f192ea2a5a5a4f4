"""Explanations of what is wrong with pictures and colours."""

from communique.explain.explanation import Explanation
from communique.problems import Severity

PICTURE_CODES = {
    "too-faint": Explanation(
        title="Words in a picture can hardly be read against what lies under them",
        text="""
            The colour of the letters and that of the ground have a contrast of less than 4.5 to 1 (WCAG 2.2, 1.4.3).
            The line is the one in the filled drawing. Change `fill` of the text, or of the rectangle under it. The
            colour of the settings is made dark enough by itself.
            """,
    ),
    "missing-alt": Explanation(
        title="A picture has no words",
        text="""
            People who do not see the picture read or hear its words instead: on the website, in mails with pictures
            off, on networks. Say in a sentence what it shows.
            """,
        example="""
            wrong:  image: harbour.jpg
            right:  image: harbour.jpg
                    alt: Boats in the harbour of Puerto Claro at dawn
            """,
    ),
    "picture-missing": Explanation(
        title="A picture is not there",
        text="""
            `image:` names a file beside the text, or in the folder `images` of the campaign, which all its texts
            share: templates/CAMPAIGN/images/. Capital and small letters count: Harbour.JPG is not harbour.jpg.
            The logo of the settings lies in config/.
            """,
    ),
    "picture-outside": Explanation(
        title="A picture lies somewhere else",
        text="""
            A picture is kept with what was approved, so it lies in the workspace: beside the text, or in the folder
            `images` of the campaign. An address, or a path that leads out of there, is refused.
            """,
        example="""
            wrong:  image: https://example.org/harbour.jpg
            wrong:  image: ../../../Pictures/harbour.jpg
            right:  image: harbour.jpg
            """,
    ),
    "picture-kind": Explanation(
        title="A picture of a kind that not everybody can see",
        text="""
            Only PNG and JPEG are shown by every mail program and network. What counts is what the file holds, not
            what it is called. SVG may carry programs and is blocked in mails; a GIF moves, which many people cannot
            bear; WebP and the photos of some telephones (HEIC) stay blank for others. A file that breaks off was
            not copied to its end. Open it, save it as PNG (drawings) or JPEG (photos), and name that one.
            """,
    ),
    "picture-too-large": Explanation(
        title="A picture is too large",
        text="""
            At most 1 MB, and 4096 pixels a side: Bluesky takes no more, and everybody who reads the page on the way
            has to load it. A photo of 1600 pixels, saved as JPEG, has about 300 kB and is sharp everywhere.
            """,
    ),
    "picture-without-page": Explanation(
        title="A picture that mails and feeds cannot show",
        waivable=True,
        severity=Severity.WARNING,
        text="""
            Mails and feeds load the picture from the website, where it is published with the announcement's page.
            This announcement has none, so its mails go without the picture. Posts carry it themselves.
            """,
    ),
    "card-cut": Explanation(
        title="A card has no room for all its words",
        waivable=True,
        severity=Severity.WARNING,
        text="""
            A text without an `image:` gets a card: a picture drawn from its headline, for networks. Words become
            smaller until they fit; these are too many even at the least size, and end with “…”. What is read to
            those who do not see the picture has all of them. Shorten the headline, put a picture into `image:`, or
            let it go without one.
            """,
        example="image: none",
    ),
    "card-letters": Explanation(
        title="No font has a letter of a card",
        text="""
            Cards are set in Noto Sans and its sisters for other scripts. This machine has none with that letter, and
            the card would show an empty box. Install the fonts for your script (Debian: fonts-noto-core, and
            fonts-noto-cjk for Chinese, Japanese and Korean), or write `image: none` at the top of the text.
            """,
    ),
    "wrong-drawing": Explanation(
        title="A drawing of a card cannot be used",
        text="""
            The files in `templates/layouts/cards/` are SVG. A box of text needs `x`, `y`, `width`, `height` and
            `font-size`, each a number without a unit. `docs/officers/media.md` says what else it may have.
            """,
        example="""
            wrong:  <text x="80" y="50">{{ headline }}</text>
            right:  <text x="80" y="50" width="1040" height="200" font-size="76">{{ headline }}</text>
            """,
    ),
    "accent-too-light": Explanation(
        title="A colour that is hard to read",
        severity=Severity.WARNING,
        text="""
            `look: accent:` is the colour of links and buttons on white, and of the band with white letters. Where
            the contrast is below 4.5:1 (WCAG 2.2), people with weak eyes cannot read it. Pages and mails darken it
            until it can be read; the message says to what.
            """,
        example="""
            wrong:  accent: "#ffdd00"
            right:  accent: "#857300"
            """,
    ),
}
