"""First schema."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "alerts",
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mode", "cause", name=op.f("pk_alerts")),
    )
    op.create_table(
        "approvals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign", sa.String(length=64), nullable=False),
        sa.Column("announcement", sa.String(length=64), nullable=False),
        sa.Column("occurrence", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("approved_by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asks_for_changes", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sa.UniqueConstraint(
            "campaign", "announcement", "occurrence", "hash", "approved_by", name=op.f("uq_approvals_campaign")
        ),
    )
    op.create_table(
        "audience_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience_changes")),
    )
    op.create_table(
        "calendar_entries",
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("event", sa.String(length=150), nullable=False),
        sa.Column("date", sa.String(length=130), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_off", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("mode", "event", name=op.f("pk_calendar_entries")),
    )
    op.create_table(
        "canaries",
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_canaries")),
    )
    with op.batch_alter_table("canaries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_canaries_begun_at"), ["begun_at"], unique=False)

    op.create_table(
        "cancellations",
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("campaign", sa.String(length=64), nullable=False),
        sa.Column("announcement", sa.String(length=64), nullable=False),
        sa.Column("occurrence", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "mode", "campaign", "announcement", "occurrence", "channel", name=op.f("pk_cancellations")
        ),
    )
    op.create_table(
        "concerns",
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.Text(), nullable=True),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("mode", "cause", "subject", name=op.f("pk_concerns")),
    )
    op.create_table(
        "copies",
        sa.Column("of", sa.String(length=200), nullable=False),
        sa.Column("files", sa.LargeBinary(), nullable=False),
        sa.Column("pictures", sa.JSON(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("of", name=op.f("pk_copies")),
    )
    op.create_table(
        "declarations",
        sa.Column("campaign", sa.String(length=64), nullable=False),
        sa.Column("milestone", sa.String(length=64), nullable=False),
        sa.Column("moment", sa.String(length=64), nullable=False),
        sa.Column("declared_by", sa.String(length=200), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "milestone", name=op.f("pk_declarations")),
    )
    op.create_table(
        "epoch",
        sa.Column("ledger", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("copied_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("ledger", name=op.f("pk_epoch")),
    )
    op.create_table(
        "erasures",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_erasures")),
    )
    op.create_table(
        "file_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_versions")),
    )
    with op.batch_alter_table("file_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_file_versions_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_file_versions_path"), ["path"], unique=False)

    op.create_table(
        "journal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
    )
    op.create_table(
        "ledger_file",
        sa.Column("identity", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("identity", name=op.f("pk_ledger_file")),
    )
    op.create_table(
        "limits",
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name=op.f("pk_limits")),
    )
    with op.batch_alter_table("limits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_limits_until"), ["until"], unique=False)

    op.create_table(
        "occurrences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("campaign", sa.String(length=64), nullable=False),
        sa.Column("announcement", sa.String(length=64), nullable=False),
        sa.Column("occurrence", sa.String(length=32), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("milestones", sa.JSON(), nullable=False),
        sa.Column("meeting", sa.String(length=150), server_default="", nullable=False),
        sa.Column("method", sa.String(length=8), server_default="", nullable=False),
        sa.Column("sequence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("meeting_at", sa.String(length=64), server_default="", nullable=False),
        sa.Column("meeting_place", sa.String(length=64), server_default="", nullable=False),
        sa.Column("only", sa.String(length=170), server_default="", nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tells_of", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["tells_of"], ["occurrences.id"], name=op.f("fk_occurrences_tells_of_occurrences")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrences")),
        sa.UniqueConstraint("mode", "campaign", "announcement", "occurrence", name=op.f("uq_occurrences_mode")),
    )
    op.create_table(
        "officers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("address_key", sa.String(length=320), nullable=False),
        sa.Column("roles", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officers")),
        sa.UniqueConstraint("name_key", name=op.f("uq_officers_name_key")),
    )
    with op.batch_alter_table("officers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_officers_address_key"), ["address_key"], unique=False)

    op.create_table(
        "openid_journeys",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_openid_journeys")),
    )
    with op.batch_alter_table("openid_journeys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_openid_journeys_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "pauses",
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_pauses")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("address_key", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("address_key", name=op.f("uq_people_address_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_domain"), ["domain"], unique=False)

    op.create_table(
        "pictures",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_pictures")),
    )
    op.create_table(
        "public_record",
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("mode", "number", name=op.f("pk_public_record")),
    )
    op.create_table(
        "publications",
        sa.Column("campaign", sa.String(length=64), nullable=False),
        sa.Column("announcement", sa.String(length=64), nullable=False),
        sa.Column("occurrence", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("audience", sa.String(length=64), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("on_website", sa.Boolean(), nullable=False),
        sa.Column("in_feed", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("picture", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint(
            "campaign", "announcement", "occurrence", "language", "mode", name=op.f("pk_publications")
        ),
    )
    op.create_table(
        "releases",
        sa.Column("campaign", sa.String(length=64), nullable=False),
        sa.Column("announcement", sa.String(length=64), nullable=False),
        sa.Column("occurrence", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("picture", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "announcement", "occurrence", "language", "mode", name=op.f("pk_releases")),
    )
    op.create_table(
        "requests",
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("address_key", sa.String(length=320), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("frequency", sa.String(length=8), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("wording", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("old_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_requests")),
    )
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_requests_address_key"), ["address_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_requests_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "rests",
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_rests")),
    )
    op.create_table(
        "suppressions",
        sa.Column("address_key", sa.String(length=320), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_dead", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("address_key", name=op.f("pk_suppressions")),
    )
    op.create_table(
        "traces",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("at", name=op.f("pk_traces")),
    )
    op.create_table(
        "wordings",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_wordings")),
    )
    op.create_table(
        "answers",
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("meeting", sa.String(length=150), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=8), nullable=False),
        sa.Column("companions", sa.Integer(), nullable=False),
        sa.Column("access_needs", sa.Text(), nullable=False),
        sa.Column("interpretation", sa.Text(), nullable=False),
        sa.Column("came", sa.String(length=16), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_answers_person_id_people")),
        sa.PrimaryKeyConstraint("mode", "meeting", "person_id", name=op.f("pk_answers")),
    )
    with op.batch_alter_table("answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answers_person_id"), ["person_id"], unique=False)

    op.create_table(
        "asked_retractions",
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrences.id"], name=op.f("fk_asked_retractions_occurrence_id_occurrences")
        ),
        sa.PrimaryKeyConstraint("occurrence_id", name=op.f("pk_asked_retractions")),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("wording", sa.String(length=64), nullable=False),
        sa.Column("frequency", sa.String(length=8), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_consents_person_id_people")),
        sa.ForeignKeyConstraint(["wording"], ["wordings.sha256"], name=op.f("fk_consents_wording_wordings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consents_person_id"), ["person_id"], unique=False)

    op.create_table(
        "corrections",
        sa.Column("told_by", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("headlines", sa.JSON(), nullable=False),
        sa.Column("corrected_by", sa.Text(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["told_by"], ["occurrences.id"], name=op.f("fk_corrections_told_by_occurrences")),
        sa.PrimaryKeyConstraint("told_by", name=op.f("pk_corrections")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("domain", sa.String(length=255), server_default="", nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("resends", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_owner", sa.String(length=200), nullable=True),
        sa.Column("lease_token", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["digest_id"], ["deliveries.id"], name=op.f("fk_deliveries_digest_id_deliveries")),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrences.id"], name=op.f("fk_deliveries_occurrence_id_occurrences")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "occurrence_id", "person_id", "channel", "language", name=op.f("uq_deliveries_occurrence_id")
        ),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "deliveries_carried",
            ["digest_id"],
            unique=False,
            sqlite_where=sa.text("digest_id IS NOT NULL"),
            postgresql_where=sa.text("digest_id IS NOT NULL"),
        )
        batch_op.create_index(
            "deliveries_collected",
            ["person_id", "channel"],
            unique=False,
            sqlite_where=sa.text("state = 'collected' AND digest_id IS NULL"),
            postgresql_where=sa.text("state = 'collected' AND digest_id IS NULL"),
        )
        batch_op.create_index(
            "deliveries_due",
            ["channel", "domain", "next_attempt_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'scheduled'"),
            postgresql_where=sa.text("state = 'scheduled'"),
        )
        batch_op.create_index(
            "deliveries_in_doubt",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state = 'in_doubt'"),
            postgresql_where=sa.text("state = 'in_doubt'"),
        )
        batch_op.create_index(
            "deliveries_not_gone",
            ["occurrence_id", "channel"],
            unique=False,
            sqlite_where=sa.text("state IN ('failed', 'missed')"),
            postgresql_where=sa.text("state IN ('failed', 'missed')"),
        )
        batch_op.create_index(
            "deliveries_over",
            ["occurrence_id", "state", "channel"],
            unique=False,
            sqlite_where=sa.text("finished_at IS NOT NULL"),
            postgresql_where=sa.text("finished_at IS NOT NULL"),
        )
        batch_op.create_index(
            "deliveries_under_way",
            ["id"],
            unique=False,
            sqlite_where=sa.text("lease_token IS NOT NULL"),
            postgresql_where=sa.text("lease_token IS NOT NULL"),
        )

    op.create_table(
        "desk_sessions",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_desk_sessions_officer_id_officers")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_desk_sessions")),
    )
    with op.batch_alter_table("desk_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_sessions_officer_id"), ["officer_id"], unique=False)

    op.create_table(
        "letters",
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("request", sa.String(length=32), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("meeting", sa.String(length=150), nullable=True),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("owed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("irrevocable_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["request"], ["requests.reference"], name=op.f("fk_letters_request_requests")),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_letters")),
    )
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letters_next_attempt_at"), ["next_attempt_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_letters_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letters_request"), ["request"], unique=False)

    op.create_table(
        "memberships",
        sa.Column("audience", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_memberships_person_id_people")),
        sa.PrimaryKeyConstraint("audience", "person_id", name=op.f("pk_memberships")),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memberships_person_id"), ["person_id"], unique=False)

    op.create_table(
        "officer_identities",
        sa.Column("issuer", sa.String(length=400), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officers.id"], name=op.f("fk_officer_identities_officer_id_officers")
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_officer_identities")),
    )
    with op.batch_alter_table("officer_identities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_officer_identities_officer_id"), ["officer_id"], unique=False)

    op.create_table(
        "officer_links",
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_mailed", sa.Boolean(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_officer_links_officer_id_officers")),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_officer_links")),
    )
    with op.batch_alter_table("officer_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_officer_links_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_officer_links_officer_id"), ["officer_id"], unique=False)

    op.create_table(
        "postal_addresses",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=32), nullable=False),
        sa.Column("city", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_postal_addresses_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_postal_addresses")),
    )
    op.create_table(
        "retractions",
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("told_by", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("headlines", sa.JSON(), nullable=False),
        sa.Column("retracted_by", sa.String(length=200), nullable=False),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrences.id"], name=op.f("fk_retractions_occurrence_id_occurrences")
        ),
        sa.ForeignKeyConstraint(["told_by"], ["occurrences.id"], name=op.f("fk_retractions_told_by_occurrences")),
        sa.PrimaryKeyConstraint("occurrence_id", name=op.f("pk_retractions")),
        sa.UniqueConstraint("told_by", name=op.f("uq_retractions_told_by")),
    )
    op.create_table(
        "stops",
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrences.id"], name=op.f("fk_stops_occurrence_id_occurrences")),
        sa.PrimaryKeyConstraint("occurrence_id", "channel", name=op.f("pk_stops")),
    )
    op.create_table(
        "subscription_topics",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("campaign", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_subscription_topics_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", "campaign", name=op.f("pk_subscription_topics")),
    )
    op.create_table(
        "subscriptions",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("frequency", sa.String(length=8), nullable=False),
        sa.Column("all_topics", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_subscriptions_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_subscriptions")),
    )
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscriptions_frequency"), ["frequency"], unique=False)

    op.create_table(
        "written_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("meeting", sa.String(length=150), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("proof", sa.String(length=8), nullable=False),
        sa.Column("sender", sa.String(length=320), nullable=False),
        sa.Column("sender_key", sa.String(length=320), nullable=False),
        sa.Column("sender_name", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_written_answers_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_written_answers")),
        sa.UniqueConstraint("digest", name=op.f("uq_written_answers_digest")),
    )
    with op.batch_alter_table("written_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_written_answers_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_written_answers_sender_key"), ["sender_key"], unique=False)

    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("irrevocable_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_attempts_delivery_id_deliveries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint("delivery_id", "number", name=op.f("uq_attempts_delivery_id")),
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.create_index("attempts_started", ["started_at"], unique=False)

    op.create_table(
        "returns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("system", sa.String(length=255), nullable=False),
        sa.Column("doubted", sa.String(length=260), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_returns_delivery_id_deliveries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returns")),
        sa.UniqueConstraint("digest", name=op.f("uq_returns_digest")),
    )
    with op.batch_alter_table("returns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_returns_at"), ["at"], unique=False)
        batch_op.create_index("returns_by_domain", ["domain", "verdict", "at"], unique=False)
        batch_op.create_index("returns_by_doubted", ["doubted", "verdict", "at"], unique=False)
        batch_op.create_index("returns_by_system", ["system", "verdict", "at"], unique=False)
        batch_op.create_index("returns_of_deliveries", ["delivery_id"], unique=False)


def downgrade() -> None:
    """Back to the version before."""
    with op.batch_alter_table("returns", schema=None) as batch_op:
        batch_op.drop_index("returns_of_deliveries")
        batch_op.drop_index("returns_by_system")
        batch_op.drop_index("returns_by_doubted")
        batch_op.drop_index("returns_by_domain")
        batch_op.drop_index(batch_op.f("ix_returns_at"))

    op.drop_table("returns")
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_index("attempts_started")

    op.drop_table("attempts")
    with op.batch_alter_table("written_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_written_answers_sender_key"))
        batch_op.drop_index(batch_op.f("ix_written_answers_person_id"))

    op.drop_table("written_answers")
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subscriptions_frequency"))

    op.drop_table("subscriptions")
    op.drop_table("subscription_topics")
    op.drop_table("stops")
    op.drop_table("retractions")
    op.drop_table("postal_addresses")
    with op.batch_alter_table("officer_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_officer_links_officer_id"))
        batch_op.drop_index(batch_op.f("ix_officer_links_expires_at"))

    op.drop_table("officer_links")
    with op.batch_alter_table("officer_identities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_officer_identities_officer_id"))

    op.drop_table("officer_identities")
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_memberships_person_id"))

    op.drop_table("memberships")
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letters_request"))
        batch_op.drop_index(batch_op.f("ix_letters_person_id"))
        batch_op.drop_index(batch_op.f("ix_letters_next_attempt_at"))

    op.drop_table("letters")
    with op.batch_alter_table("desk_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_desk_sessions_officer_id"))

    op.drop_table("desk_sessions")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(
            "deliveries_under_way",
            sqlite_where=sa.text("lease_token IS NOT NULL"),
            postgresql_where=sa.text("lease_token IS NOT NULL"),
        )
        batch_op.drop_index(
            "deliveries_over",
            sqlite_where=sa.text("finished_at IS NOT NULL"),
            postgresql_where=sa.text("finished_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "deliveries_not_gone",
            sqlite_where=sa.text("state IN ('failed', 'missed')"),
            postgresql_where=sa.text("state IN ('failed', 'missed')"),
        )
        batch_op.drop_index(
            "deliveries_in_doubt",
            sqlite_where=sa.text("state = 'in_doubt'"),
            postgresql_where=sa.text("state = 'in_doubt'"),
        )
        batch_op.drop_index(
            "deliveries_due",
            sqlite_where=sa.text("state = 'scheduled'"),
            postgresql_where=sa.text("state = 'scheduled'"),
        )
        batch_op.drop_index(
            "deliveries_collected",
            sqlite_where=sa.text("state = 'collected' AND digest_id IS NULL"),
            postgresql_where=sa.text("state = 'collected' AND digest_id IS NULL"),
        )
        batch_op.drop_index(
            "deliveries_carried",
            sqlite_where=sa.text("digest_id IS NOT NULL"),
            postgresql_where=sa.text("digest_id IS NOT NULL"),
        )

    op.drop_table("deliveries")
    op.drop_table("corrections")
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consents_person_id"))

    op.drop_table("consents")
    op.drop_table("asked_retractions")
    with op.batch_alter_table("answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answers_person_id"))

    op.drop_table("answers")
    op.drop_table("wordings")
    op.drop_table("traces")
    op.drop_table("suppressions")
    op.drop_table("rests")
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_requests_expires_at"))
        batch_op.drop_index(batch_op.f("ix_requests_address_key"))

    op.drop_table("requests")
    op.drop_table("releases")
    op.drop_table("publications")
    op.drop_table("public_record")
    op.drop_table("pictures")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_domain"))

    op.drop_table("people")
    op.drop_table("pauses")
    with op.batch_alter_table("openid_journeys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_openid_journeys_expires_at"))

    op.drop_table("openid_journeys")
    with op.batch_alter_table("officers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_officers_address_key"))

    op.drop_table("officers")
    op.drop_table("occurrences")
    with op.batch_alter_table("limits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_limits_until"))

    op.drop_table("limits")
    op.drop_table("ledger_file")
    op.drop_table("journal")
    with op.batch_alter_table("file_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_file_versions_path"))
        batch_op.drop_index(batch_op.f("ix_file_versions_at"))

    op.drop_table("file_versions")
    op.drop_table("erasures")
    op.drop_table("epoch")
    op.drop_table("declarations")
    op.drop_table("copies")
    op.drop_table("concerns")
    op.drop_table("cancellations")
    with op.batch_alter_table("canaries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_canaries_begun_at"))

    op.drop_table("canaries")
    op.drop_table("calendar_entries")
    op.drop_table("audience_changes")
    op.drop_table("approvals")
    op.drop_table("alerts")
