"""Explanations of what is wrong with a file as such: its YAML, its keys, its values."""

from communique.explain.explanation import Explanation
from communique.problems import Severity

FILE_CODES = {
    "file-too-large": Explanation(
        title="The file is too large",
        text="""
            Files that officers write are read up to 256 KB, a hundred times what a campaign needs. A larger one is
            usually something else: a picture, a table, a log. Put long texts into templates/.
            """,
    ),
    "file-encoding": Explanation(
        title="The file is not saved as UTF-8",
        text="""
            Accents and other scripts are kept as UTF-8. This file has bytes that are none, so an é might go out as
            nonsense. Open it in the editor it was written in and choose "Save as", encoding UTF-8.
            """,
    ),
    "file-empty": Explanation(
        title="The file has nothing in it",
        text="""
            There is no `key: value` in the file, only blank lines or comments. A file that says nothing would be a
            campaign that sends nothing, without a word; so it is an error. Copy a shipped file and change it.
            """,
    ),
    "unseen-character": Explanation(
        title="A character that nobody can see",
        text="""
            Text copied from other programs can carry control characters, spaces that are no spaces, hyphens within
            words, letters of another alphabet that look alike, or marks that turn the direction of writing. They break
            the reading, or make a line look like something it is not. Delete the place that is shown and type it again.
            """,
    ),
    "garbled-letters": Explanation(
        title="Letters that another encoding has made",
        text="""
            A program has taken a file of UTF-8 for one of another encoding, and saved what it saw: `ReuniÃ³n` in the
            place of Reunión. Everybody would read it so. Type the words anew, and let the program save as UTF-8.
            """,
    ),
    "yaml-syntax": Explanation(
        title="The file is no YAML from here on",
        text="""
            The reader has lost its way and stops. The usual cause is a text that needs quotes: one that has a colon
            and a space in it, or begins with one of [ ] { } * & ! % @ ` | > - ? " or '. The next usual cause is a
            line that begins one space too far left or right.
            """,
        example="""
            wrong:  title: City Hall: kickoff
            right:  title: "City Hall: kickoff"
            """,
    ),
    "yaml-tab": Explanation(
        title="A line is indented by a tab",
        text="""
            YAML counts the spaces at the beginning of a line; a tab has no fixed width and is refused. Replace each
            tab by two spaces. Editors can do that for the whole file ("Convert indentation to spaces").
            """,
    ),
    "yaml-duplicate-key": Explanation(
        title="The same key stands twice",
        text="""
            Only one of the two could count, and other programs silently take the last one. Which is meant only you
            can know. For two announcements, use two names; for two values, keep one.
            """,
        example="""
            wrong:  through: [email]
                    through: [website]
            right:  through: [email, website]
            """,
    ),
    "yaml-alias": Explanation(
        title="A reference to another place",
        text="""
            YAML takes a word that begins with & for a name and one with * for a reference to it. Campaign files do
            not use them: a person who reads one line should see what it says. Write the value out. If the text
            itself begins with such a sign, put it in quotes.
            """,
        example="""
            wrong:  title: *new* roadmap
            right:  title: "*new* roadmap"
            """,
    ),
    "yaml-tag": Explanation(
        title="A type mark",
        text="""
            YAML takes a word that begins with ! for the mark of a type, which in some programs runs code. Here
            everything is text, a number, a list or a mapping. Delete the mark, or put the text in quotes.
            """,
    ),
    "yaml-merge": Explanation(
        title="A merge key",
        text="""
            `<<:` copies the entries of another place. Campaign files do not use it: what an announcement says
            stands in the announcement. Write the entries out.
            """,
    ),
    "yaml-key": Explanation(
        title="A key that is no text",
        text="""
            Before a colon stands a name. Here stands a list, a mapping or nothing. Most often this is a text that
            begins with { and lacks quotes.
            """,
        example="""
            wrong:  title: {{ government.name }}
            right:  title: Puerto Claro joins      (facts are filled in by templates, not in campaign files)
            """,
    ),
    "yaml-too-deep": Explanation(
        title="Too many levels",
        text="""
            Lists in lists in lists, more than twenty deep. No campaign needs that; it is a bracket or an
            indentation repeated by mistake.
            """,
    ),
    "yaml-several-documents": Explanation(
        title="A second document",
        text="""
            A line `---` ends one document and begins another; the second would be ignored. Delete the line, or make
            two files.
            """,
    ),
    "yaml-cut-text": Explanation(
        title="A # cuts a text off",
        severity=Severity.WARNING,
        text="""
            After a space, # begins a comment, so the rest of the text is dropped without a word. A hashtag or a
            number sign needs quotes around the whole text. A real comment has a space after its #.
            """,
        example="""
            wrong:  place: Room #2          (read as: Room)
            right:  place: "Room #2"
            """,
    ),
    "unknown-key": Explanation(
        title="A key that is not known here",
        text="""
            The word before the colon is none that means anything at this place, so what stands behind it would be
            ignored. It is misspelt, or stands at the wrong level: compare how far the lines are indented.
            """,
        example="""
            wrong:  trough: [email]
            right:  through: [email]
            """,
    ),
    "missing-key": Explanation(
        title="A key is missing",
        text="""
            Something that is always needed is not there. The place shown is what it is missing from. An
            announcement needs at least `when` and `through`.
            """,
    ),
    "missing-value": Explanation(
        title="Nothing stands behind a colon",
        text="""
            A key without a value. Write the value, or delete the line. If the value follows on lines of its own,
            they must begin further right than the key.
            """,
        example="""
            wrong:  announcements:
                    thank-the-promoters:
            right:  announcements:
                      thank-the-promoters:
            """,
    ),
    "wrong-type": Explanation(
        title="A value of another kind",
        text="""
            A list is needed where one text stands, or a text where a number stands, or the like. Lists are written
            [a, b]. A text that looks like a number needs quotes.
            """,
        example="""
            wrong:  through: email
            right:  through: [email]
            """,
    ),
    "wrong-value": Explanation(
        title="A value that cannot be",
        text="""
            The value is of the right kind, but not one that is accepted here: a word outside a short list, an
            address without https, a name with capitals or spaces. The message says which form is expected.
            """,
    ),
    "reserved-name": Explanation(
        title="A topic has the name of a page",
        text="""
            A topic has a page of its own on the website, which is called like its campaign: /en/water/. The website's
            pages `archive`, `dates`, `documents`, `follow` and `press` lie beside it, and there can be only one page at
            an address. Give the campaign another name: `campaign:` in its file, and the line under `topics` here.
            """,
        example="""
            wrong:  topics: {documents: Papers of the council}
            right:  topics: {council-papers: Papers of the council}
            """,
    ),
    "missing-file": Explanation(
        title="A file is missing",
        text="""
            Something refers to a file that is not there. Check the name, capitals included, and the folder.
            If it was deleted, a copy is in the last backup of the folder.
            """,
    ),
    "secret-in-settings": Explanation(
        title="A password stands in the settings",
        text="""
            Settings are shared, copied and kept in histories; a password in them is no longer secret. Settings name
            an environment variable, in capitals, and the password is given there (NAME, or NAME_FILE for a file that
            holds it). If this was a real password, change it.
            """,
        example="""
            wrong:  password: hunter2
            right:  password: CITY_MAIL_PASSWORD
            """,
    ),
    "missing-secret": Explanation(
        title="A secret is not in the environment",
        text="""
            The settings name an environment variable that is not set, so the channel cannot sign in. Set NAME, or
            NAME_FILE to a file that holds it. In trial mode this is a warning: nothing goes to the network anyway.
            """,
    ),
    "unread-returns": Explanation(
        title="Nobody reads what comes back",
        severity=Severity.WARNING,
        text="""
            Each mail has a return path of its own, and no place is named where what comes back is read. Addresses that
            nobody has any more are then written to again and again, which mailbox providers take for the habit of
            spammers. Say in `bounces:` where returned mail lies. It is an error where `calendar_answers` sends what
            calendars answer to an address that nobody reads.
            """,
        example="""
            bounces:
              listen: {port: 8024}
            """,
    ),
    "untagged-return-path": Explanation(
        title="Returned mail does not say whose it was",
        severity=Severity.WARNING,
        text="""
            Returned mail is read, but all mails have the same return path. What comes back is then known by the
            Message-ID only, which many reports leave out; the rest waits for a person. Put `{tag}` into the
            `envelope_sender` of the channels that send mail.
            """,
        example="""
            wrong:  envelope_sender: bounces@town.example
            right:  envelope_sender: bounces+{tag}@town.example
            """,
    ),
}
