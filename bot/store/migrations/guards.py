"""What keeps history as it was written: triggers that refuse to change or delete a line, in both databases."""

from __future__ import annotations

from alembic import op

_SQLITE = """
CREATE TRIGGER {table}_no_{event} BEFORE {event} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END
"""
_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME; END
$$ LANGUAGE plpgsql
"""
_POSTGRESQL = """
CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def insert_only(table: str) -> None:
    """From now on lines can be added to `table`, and nothing else."""
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(_SQLITE.format(table=table, event=event))
        return
    op.execute(_FUNCTION)
    op.execute(_POSTGRESQL.format(table=table))
