"""A backup of an SQLite database carried into an empty PostgreSQL one: the schema and every row, or nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from bot.errors import InputError, NotReady
from bot.store.database import Database, Db, bring_up_to_date, open_database
from bot.store.every_table import every_table

ROWS_AT_ONCE = 500


def carry_over(file: Path, database: Database) -> None:
    """Put the rows of `file` into `database`, which is empty; an older schema is brought up to date in a copy first.

    Raises InputError when a row cannot be kept there, NotReady when not all of them arrived. Then nothing is there.
    """
    with tempfile.TemporaryDirectory(prefix="clinicbot-") as folder:
        copy = Path(shutil.copyfile(file, Path(folder) / "copy.db"))
        with closing(open_database(f"sqlite:///{copy}")) as source, source.read() as old, database.change() as new:
            bring_up_to_date(new)
            for table in every_table():
                _copy(table, old, new, file)


def _copy(table: sa.Table, old: Db, new: Db, file: Path) -> None:
    carried = 0
    for rows in _rows_of(table, old):
        try:
            new.execute(sa.insert(table), rows)
        except sa.exc.DataError as error:
            problem = str(error.orig).splitlines()[0]
            raise InputError(
                field=f"{file}, table {table.name}", got=problem, allowed="what PostgreSQL keeps"
            ) from error
        carried += len(rows)
    number = table.autoincrement_column
    if number is not None and carried:
        sequence = sa.func.pg_get_serial_sequence(table.name, number.name)
        new.execute(sa.select(sa.func.setval(sequence, sa.select(sa.func.max(number)).scalar_subquery())))
    arrived = new.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    if arrived != carried:
        raise NotReady(f"table {table.name} has {arrived} rows, not {carried}; nothing was restored")


def _rows_of(table: sa.Table, old: Db) -> Iterator[list[dict[str, object]]]:
    result = old.execute(sa.select(table).order_by(*table.primary_key.columns))
    for rows in result.mappings().partitions(ROWS_AT_ONCE):
        yield [dict(row) for row in rows]
