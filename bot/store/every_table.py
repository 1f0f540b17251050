"""All tables there are, wherever they are defined."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store import (
    tables_documents,
    tables_handoffs,
    tables_staff,
    tables_tallies,
    tables_translations,
    tables_visits,
)
from bot.store.tables import metadata

PLACES = (
    tables_documents,
    tables_handoffs,
    tables_staff,
    tables_tallies,
    tables_translations,
    tables_visits,
)  # imported so that their tables stand in the metadata


def whole_schema() -> sa.MetaData:
    """The schema with every table in it."""
    return metadata


def every_table() -> tuple[sa.Table, ...]:
    """Every table, after those that its rows point to."""
    return tuple(whole_schema().sorted_tables)
