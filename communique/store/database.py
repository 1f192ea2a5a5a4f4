"""The ledger's tables, and its transactions; on SQLite by default, on PostgreSQL by `DATABASE_URL`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError, SQLAlchemyError

from communique.store import (
    audience_changes,
    ledger_file,
    read_once,
)
from communique.store.damage import remedy
from communique.store.engine import DatabaseError, make_engine, not_opened, shut_file
from communique.store.metadata import UTCDateTime, metadata, partial_index
from communique.store.schema_version import bring_up_to_date
from communique.store.tables import (  # noqa: F401 - as that of `ledger_file`
    answer,
    approval,
    audience_change,
    calendar,
    cancellation,
    channel,
    correction,
    file,
    officer,
    postal,
    public_record,
    release,
    retraction,
    subscriber,
)


def database_fault(error: Exception) -> str:
    """What went wrong with the database, in a sentence; empty when it is no fault of the database."""
    if isinstance(error, DatabaseError):
        return str(error)
    if isinstance(error, SQLAlchemyError):
        return f"expected the ledger's database to answer, found: {_first_words(error)}"
    return ""


def may_pass(error: Exception) -> bool:
    """Whether the same may succeed when the database is well again: a full disk, a server that is away."""
    return isinstance(error, DatabaseError | OperationalError | InterfaceError | InternalError)


def _first_words(error: Exception) -> str:
    """In one line, without SQLAlchemy's pointers to its documentation, and PostgreSQL's details: rows stand in them."""
    if not isinstance(error, DBAPIError):
        return str(error).partition("\n")[0] + remedy(error)
    primary = getattr(getattr(error.orig, "diag", None), "message_primary", None)
    return " ".join(str(primary or error.orig).split()) + remedy(error.orig)


#: In the place of a campaign's name: newsletters by day or week. No campaign can have it: theirs are written small.
DIGEST = "Digest"

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("address", String(320), nullable=False),  # empty: none, see postal_addresses
    Column("address_key", String(320), nullable=False, unique=True),  # canonical: store.recipients.people
    Column("name", String(200), nullable=False),
    Column("language", String(35), nullable=False),
    Column("organisation", String(200), nullable=False, default=""),
    Column("domain", String(255), nullable=False, index=True),  # of the key (communique.store.recipients.domains)
    Column("created_at", UTCDateTime, nullable=False),
    Column("address_since", UTCDateTime),  # NULL: since they are known; what was sent before went to another one
    sqlite_autoincrement=True,  # the number of somebody erased stands in links and deliveries: nobody else gets it
)

memberships = Table(
    "memberships",
    metadata,
    Column("audience", String(64), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True, index=True),  # who is in none is looked for
    Column("basis", Text, nullable=False),  # why we may write: GDPR Art. 6
    Column("source", Text, nullable=False),  # where the row came from
    Column("added_at", UTCDateTime, nullable=False),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("address_key", String(320), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("since", UTCDateTime, nullable=False),
    Column("is_dead", Boolean, nullable=False),  # True: mail comes back, a letter may go; False: nothing at all may
)

declarations = Table(
    "declarations",
    metadata,
    Column("campaign", String(64), primary_key=True),
    Column("milestone", String(64), primary_key=True),
    Column("moment", String(64), nullable=False),  # local time, as an officer writes it
    Column("declared_by", String(200), nullable=False),
    Column("declared_at", UTCDateTime, nullable=False),
)

copies = Table(  # files of a workspace as they were approved or frozen: what goes on while somebody edits
    "copies",
    metadata,
    Column("of", String(200), primary_key=True),  # `approved/<campaign>` or `frozen/<occurrence id>`
    Column("files", LargeBinary, nullable=False),  # zip, of all but pictures
    Column("pictures", JSON, nullable=False),  # path to the SHA-256 of a row in `pictures`
    Column("taken_at", UTCDateTime, nullable=False),
)

pictures = Table(  # bytes of pictures that were approved, frozen or published, each once
    "pictures",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

occurrences = Table(
    "occurrences",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mode", String(8), nullable=False),
    Column("campaign", String(64), nullable=False),
    Column("announcement", String(64), nullable=False),
    Column("occurrence", String(32), nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    Column("frozen_at", UTCDateTime, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("planned", Integer, nullable=False),  # the balance: always the number of its deliveries
    Column("hash", String(64), nullable=False),
    Column("milestones", JSON, nullable=False),  # as they held when it was frozen: name to local time
    Column("meeting", String(150), nullable=False, server_default=""),  # whose invitation or cancellation it carries
    Column("method", String(8), nullable=False, server_default=""),  # of these: REQUEST or CANCEL (RFC 5546)
    Column("sequence", Integer, nullable=False, server_default="0"),  # of these: the meeting's revision
    Column("meeting_at", String(64), nullable=False, server_default=""),  # local time, as it is written
    Column("meeting_place", String(64), nullable=False, server_default=""),  # hash
    Column("only", String(170), nullable=False, server_default=""),  # communique.answering.Only
    Column("not_after", UTCDateTime),  # too late for newsletters by day or week, too; NULL: never too late for those
    Column("tells_of", ForeignKey("occurrences.id")),  # of a notice: what it is about (store.announcements.notices)
    UniqueConstraint("mode", "campaign", "announcement", "occurrence"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("occurrence_id", ForeignKey("occurrences.id"), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("person_id", Integer, nullable=False),  # 0: everyone at once; NULL would defeat the unique key
    Column("language", String(35), nullable=False),
    Column("role", String(16), nullable=False, default=""),
    Column("domain", String(255), nullable=False, server_default=""),  # empty: see communique.store.recipients.domains
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("reference", String(200), nullable=False),  # of the unique key's columns: as unique as they are
    Column("attempts", Integer, nullable=False, default=0),
    Column("resends", Integer, nullable=False, default=0),
    Column("next_attempt_at", UTCDateTime, nullable=False),
    Column("lease_owner", String(200)),
    Column("lease_token", String(32)),
    Column("lease_until", UTCDateTime),
    Column("finished_at", UTCDateTime),
    Column("digest_id", ForeignKey("deliveries.id")),  # of a collected one: the delivery that carries it
    UniqueConstraint("occurrence_id", "person_id", "channel", "language"),  # somebody's copies are found by it, too
    *(
        partial_index(name, *columns, where=where)
        for name, columns, where in (
            ("deliveries_due", ("channel", "domain", "next_attempt_at", "id"), "state = 'scheduled'"),
            ("deliveries_under_way", ("id",), "lease_token IS NOT NULL"),
            ("deliveries_in_doubt", ("id",), "state = 'in_doubt'"),
            ("deliveries_collected", ("person_id", "channel"), "state = 'collected' AND digest_id IS NULL"),
            ("deliveries_carried", ("digest_id",), "digest_id IS NOT NULL"),
            ("deliveries_not_gone", ("occurrence_id", "channel"), "state IN ('failed', 'missed')"),
            ("deliveries_over", ("occurrence_id", "state", "channel"), "finished_at IS NOT NULL"),  # counted alone
        )
    ),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", ForeignKey("deliveries.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("started_at", UTCDateTime, nullable=False),
    Column("irrevocable_at", UTCDateTime),
    Column("finished_at", UTCDateTime),
    Column("outcome", String(16), nullable=False),  # a State, or `retry`
    Column("reference", Text, nullable=False, default=""),
    Column("url", Text, nullable=False, default=""),
    Column("detail", Text, nullable=False, default=""),  # the server's own words
    Column("content_hash", String(64), nullable=False, default=""),
    Column("content", JSON),  # public posts in full; mails by their hash only
    UniqueConstraint("delivery_id", "number"),
    Index("attempts_started", "started_at"),  # what left lately, for rates
)

returns = Table(  # what came back, and what became of it (communique.store.recipients.returns)
    "returns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),  # of the message: read twice, it counts once
    Column("delivery_id", ForeignKey("deliveries.id")),  # NULL: nobody knows of which
    Column("kind", String(16), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("status", String(16), nullable=False),  # RFC 3463
    Column("words", Text, nullable=False),  # the refusing server's own
    Column("subject", Text, nullable=False),  # of the report
    Column("place", Text, nullable=False),  # where the report lies
    Column("at", UTCDateTime, nullable=False, index=True),  # when it was read
    Column("domain", String(255), nullable=False),  # of the person, as long as they are known
    Column("system", String(255), nullable=False),  # that refused it; empty where nothing says so
    Column("doubted", String(260), nullable=False),  # who is not believed (store.recipients.refusals); else empty
    *(Index(f"returns_by_{name}", name, "verdict", "at") for name in ("domain", "system", "doubted")),
    Index("returns_of_deliveries", "delivery_id"),
)

publications = Table(
    "publications",
    metadata,
    Column("campaign", String(64), primary_key=True),
    Column("announcement", String(64), primary_key=True),
    Column("occurrence", String(16), primary_key=True),
    Column("language", String(35), primary_key=True),
    Column("mode", String(8), primary_key=True),
    Column("audience", String(64), nullable=False),
    Column("headline", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("on_website", Boolean, nullable=False),
    Column("in_feed", Boolean, nullable=False),
    Column("published_at", UTCDateTime, nullable=False),
    Column("updated_at", UTCDateTime, nullable=False),
    Column("picture", JSON, nullable=False),  # `sha256` of a row in `pictures`, type, alt, size; {} without one
)

journal = Table(  # what people did
    "journal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("who", String(200), nullable=False),
    Column("what", Text, nullable=False),
)

concerns = Table(  # what the officers are told by mail (communique.store.deliveries.concerns)
    "concerns",
    metadata,
    Column("mode", String(8), primary_key=True),
    Column("cause", String(16), primary_key=True),
    Column("subject", String(400), primary_key=True),
    Column("detail", Text, nullable=False),
    Column("since", UTCDateTime, nullable=False),
    Column("seen_at", UTCDateTime, nullable=False),  # first
    Column("told", Text),  # the detail that was told; NULL: nothing yet
    Column("over_at", UTCDateTime),
)

alerts = Table(  # one row a cause: when the next mail about it may go
    "alerts",
    metadata,
    Column("mode", String(8), primary_key=True),
    Column("cause", String(16), primary_key=True),
    Column("not_before", UTCDateTime, nullable=False),
)

epoch = Table(  # one row: which ledger this is, and how far it has come (communique.store.epochs)
    "epoch",
    metadata,
    Column("ledger", String(32), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("copied_at", UTCDateTime),  # set in a backup, and nowhere else
)


class Database:
    """The ledger's database: transactions, and nothing about what is in them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.absence = ledger_file.absence(engine)  #: says why it is no longer where it was opened

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A writing transaction; there is one at a time, so that what it has read still holds when it writes.

        How, and why: `communique.store.engine` and docs/decisions/0018.
        """
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def beside(self) -> Iterator[Connection]:
        """A writing transaction that waits for no other one; on SQLite as `begin`.

        Each statement in it says in its WHERE what it relies on, and passes over what others have locked, or changes
        only what its worker has under a lease: docs/decisions/0018.
        """
        with self.engine.connect().execution_options(communique_beside=True) as connection, connection.begin():
            yield connection

    @property
    def is_shared(self) -> bool:
        """Whether several machines may work on it: on PostgreSQL."""
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def by_statement(self) -> Iterator[Connection]:
        """On PostgreSQL only: each statement is a transaction, so that who stands still holds no lock."""
        single = {"isolation_level": "AUTOCOMMIT", "communique_beside": True}
        with self.engine.connect().execution_options(**single) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that writes nothing."""
        known = read_once.options()
        with self.engine.connect().execution_options(communique_reading=True, **known) as connection:
            yield connection

    @contextmanager
    def at_once(self) -> Iterator[Connection]:
        """A transaction for what is one statement on PostgreSQL, where it begins and ends with it; as `beside`.

        That spares two of three journeys to the server (docs/decisions/0063).
        """
        if not self.is_shared:
            with self.beside() as connection:
                yield connection
            return
        with self.by_statement() as connection, connection.begin():
            yield connection

    @property
    def folder(self) -> Path | None:
        """Where its file lies; None when it is a server's."""
        url = self.engine.url
        return Path(url.database or "").resolve().parent if url.get_backend_name() == "sqlite" else None

    @property
    def size(self) -> int:
        """Bytes of its files; 0 when they are a server's."""
        path = Path(self.engine.url.database or "")
        return sum(each.stat().st_size for each in path.parent.glob(f"{path.name}*")) if self.folder is not None else 0

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """The database at a SQLAlchemy address; its tables are made when it is new, and changed when they are older.

    Raises:
        DatabaseError: it cannot be opened, or a newer program has changed it.
    """
    engine = make_engine(url)
    try:
        bring_up_to_date(engine, metadata)
    except DatabaseError:
        engine.dispose()
        raise
    except Exception as error:
        engine.dispose()
        found = shut_file(engine.url) or _first_words(error)
        raise DatabaseError(not_opened(engine.url, found)) from error
    audience_changes.watch(engine)
    return Database(engine)


def sqlite_url(path: Path) -> str:
    """The address of a SQLite file; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{path}"
