"""0008: what senders have used of their allowances, for all processes together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import UtcTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "allowances",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("full_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_allowances")),
    )
