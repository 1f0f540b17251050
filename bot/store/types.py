"""How values that databases hold differently are kept: times in UTC, JSON as canonical text."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa


class UtcTime(sa.types.TypeDecorator[datetime]):
    """A moment in UTC; only aware times are accepted, and only aware times come back."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """To UTC; SQLite keeps no zone, so there the time is kept without one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Back as an aware time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def canonical(value: object) -> str:
    """JSON text that is the same for the same value: keys sorted, no spaces. NUL cannot be stored and is refused."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if "\\u0000" in text.replace("\\\\", ""):  # a backslash that somebody typed stands doubled: only words, no NUL
        raise ValueError("a NUL character cannot be stored")
    return text


def parsed(text: str) -> Any:
    """The value of stored JSON text."""
    return json.loads(text)
