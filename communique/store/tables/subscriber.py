"""Tables about subscribers: what they chose, what proves it, what they asked for, and the mails that answer them."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table, Text

from communique.store.metadata import UTCDateTime, metadata

subscriptions = Table(  # choices; who is in the audience and has no row gets each announcement (an import)
    "subscriptions",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("frequency", String(8), nullable=False, index=True),
    Column("all_topics", Boolean, nullable=False),
    Column("changed_at", UTCDateTime, nullable=False),
)

subscription_topics = Table(  # of those who did not choose all
    "subscription_topics",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("campaign", String(64), primary_key=True),
)

wordings = Table(  # what people were shown when they agreed, each wording once
    "wordings",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("text", Text, nullable=False),
)

consents = Table(  # proof (GDPR Art. 7(1)): who, when, how, and to which words
    "consents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("how", String(16), nullable=False),
    Column("language", String(35), nullable=False),
    Column("wording", ForeignKey("wordings.sha256"), nullable=False),
    Column("frequency", String(8), nullable=False),
    Column("topics", JSON, nullable=False),
    Column("asked_at", UTCDateTime, nullable=False),
    Column("confirmed_at", UTCDateTime, nullable=False),
)

requests = Table(  # what somebody asked for on a page, and an address has yet to confirm
    "requests",
    metadata,
    Column("reference", String(32), primary_key=True),  # drawn at random, never used again
    Column("kind", String(16), nullable=False),
    Column("address", String(320), nullable=False),
    Column("address_key", String(320), nullable=False, index=True),
    Column("person_id", Integer),  # whose address is to change
    Column("how", String(16), nullable=False),
    Column("language", String(35), nullable=False),
    Column("frequency", String(8), nullable=False),
    Column("topics", JSON, nullable=False),
    Column("wording", String(64), nullable=False),
    Column("asked_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False, index=True),
    Column("confirmed_at", UTCDateTime),
    Column("old_confirmed_at", UTCDateTime),  # by the address that is to give way
    Column("done_at", UTCDateTime),
)

letters = Table(  # mails that answer requests, or answers to a meeting, until the daemon has sent them
    "letters",
    metadata,
    Column("reference", String(32), primary_key=True),  # left part of the Message-ID
    Column("kind", String(16), nullable=False),
    Column("request", ForeignKey("requests.reference"), index=True),  # NULL: it is about a meeting
    Column("person_id", Integer, index=True),  # who answered to the meeting
    Column("meeting", String(150)),
    Column("address", String(320), nullable=False),
    Column("language", String(35), nullable=False),
    Column("owed_at", UTCDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", UTCDateTime, index=True),  # NULL: done with
    Column("irrevocable_at", UTCDateTime),
    Column("outcome", Text, nullable=False),
)

limits = Table(  # what has to wait (communique.store.recipients.limits); a row goes when its time is over
    "limits",
    metadata,
    Column("scope", String(16), primary_key=True),
    Column("key", String(64), primary_key=True),  # a keyed hash: neither addresses nor networks stand here
    Column("until", UTCDateTime, nullable=False, index=True),
)

traces = Table(  # at most one row: what was deleted may still be seen in the database's files
    "traces",
    metadata,
    Column("at", UTCDateTime, primary_key=True),  # when something was deleted last
)

erasures = Table(  # addresses that were erased and must not be written to, by keyed hash alone
    "erasures",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("since", UTCDateTime, nullable=False),
)
