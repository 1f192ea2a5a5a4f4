"""Tables about those who work at the desk: who they are, their one-time links, and where they are signed in."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text

from communique.store.metadata import UTCDateTime, metadata

officers = Table(
    "officers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False),  # as it stands in the journal and under approvals
    Column("name_key", String(200), nullable=False, unique=True),  # as names are compared: nobody passes for another
    Column("address", String(320), nullable=False),  # empty: no link can be mailed
    Column("address_key", String(320), nullable=False, index=True),
    Column("roles", String(40), nullable=False),  # `editor approver operator`, in this order
    Column("language", String(35), nullable=False),
    Column("password", Text, nullable=False),  # Argon2id in PHC form; empty: none has been chosen
    Column("invited_at", UTCDateTime, nullable=False),
    Column("ended_at", UTCDateTime),  # no longer works here
)

officer_links = Table(  # each opens once; what stands in the link is this reference, signed
    "officer_links",
    metadata,
    Column("reference", String(32), primary_key=True),
    Column("officer_id", ForeignKey("officers.id"), index=True),  # NULL: whoever opens it is the first
    Column("expires_at", UTCDateTime, nullable=False, index=True),
    Column("is_mailed", Boolean, nullable=False, default=False),  # asked for on the sign-in page
    Column("next_attempt_at", UTCDateTime),  # of such a mail; NULL: it has gone, or will not
)

desk_sessions = Table(
    "desk_sessions",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of what the browser has: who reads this cannot sign in
    Column("officer_id", ForeignKey("officers.id"), nullable=False, index=True),
    Column("began_at", UTCDateTime, nullable=False),
    Column("seen_at", UTCDateTime, nullable=False),
)

officer_identities = Table(  # who somebody is for a provider (OpenID Connect); their address there may change
    "officer_identities",
    metadata,
    Column("issuer", String(400), primary_key=True),
    Column("subject", String(255), primary_key=True),  # OpenID Connect Core 1.0, 2: at most 255 ASCII characters
    Column("officer_id", ForeignKey("officers.id"), nullable=False, index=True),
    Column("bound_at", UTCDateTime, nullable=False),
)

openid_journeys = Table(  # browsers that are at a provider; each comes back once
    "openid_journeys",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of what the browser has
    Column("target", Text, nullable=False),  # the page of the desk that was wanted
    Column("expires_at", UTCDateTime, nullable=False, index=True),
)
