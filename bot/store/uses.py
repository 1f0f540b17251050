"""What a table is for and whose data it holds: stated beside the table, so that the privacy document stays true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import sqlalchemy as sa


class Kind(Enum):
    """What a column tells, and of whom; the most delicate first."""

    SEALED = "patients' personal details, encrypted"
    REDACTED = "patients' words, personal details taken out by a program (it can miss one)"
    TOKEN = "random tokens and ids of a patient's exchange"
    STAFF = "who of the staff did it"
    SECRET = "secrets, or hashes of them"
    CONTENT = "the clinic's content, no person"
    OPERATION = "ids, times, states, counts"

    @property
    def of_patients(self) -> bool:
        """Whether it can tell something of a patient."""
        return self in (Kind.SEALED, Kind.REDACTED, Kind.TOKEN)

    @property
    def is_personal(self) -> bool:
        """Whether it can tell something of a person."""
        return self.of_patients or self in (Kind.STAFF, Kind.SECRET)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A table's purpose, how long its rows are kept, who reads them, and its columns (parted by spaces) by kind.

    `risk` and `measure` are what a data protection officer asks about tables that hold personal data.
    """

    purpose: str
    kept: str
    read_by: str
    holds: Mapping[Kind, str]
    risk: str = ""
    measure: str = ""

    def kind_of(self, column: str) -> Kind | None:
        """The kind of a column; None for one that nobody has described."""
        return next((kind for kind, columns in self.holds.items() if column in columns.split()), None)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is described."""
        return tuple(name for columns in self.holds.values() for name in columns.split())

    @property
    def is_personal(self) -> bool:
        """Whether any column can tell something of a person."""
        return any(kind.is_personal for kind in self.holds)


def use_of(table: sa.Table) -> Use | None:
    """What a table is for; None for one that nobody has described."""
    found = table.info.get("use")
    return found if isinstance(found, Use) else None
