"""0009: texts saved to drafts may be deleted when their time is over; changed they are still not."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Guard against changes alone."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER draft_saves_no_DELETE")
        return
    op.execute("DROP TRIGGER draft_saves_insert_only ON draft_saves")
    op.execute(
        "CREATE TRIGGER draft_saves_never_changed BEFORE UPDATE OR TRUNCATE ON draft_saves "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
