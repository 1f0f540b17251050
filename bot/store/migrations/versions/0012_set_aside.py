"""0012: what was given up may be set aside; it stays with its message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import UtcTime

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the time of it."""
    op.add_column("outbox", sa.Column("set_aside_at", UtcTime(), nullable=True))
