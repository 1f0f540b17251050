"""The privacy document says what the tables say; a table or column that nobody described fails here."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.errors import NotReady
from bot.store import privacy_map
from bot.store.privacy_map import privacy_document
from bot.store.tables import metadata
from bot.store.uses import Kind, Use, use_of

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "privacy.md"


def test_every_table_and_column_says_what_it_is_for() -> None:
    try:
        privacy_document()
    except NotReady as error:
        pytest.fail(f"state it beside the table, info={{'use': Use(…)}}, see bot/store/uses.py: {error.reason}")


def test_the_document_is_what_the_tables_say() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == privacy_document(), (
        "run: clinicbot privacy-map --out docs/privacy.md"
    )


def test_the_document_names_every_table_and_column() -> None:
    text = privacy_document()

    for table in metadata.tables.values():
        assert f"### `{table.name}`" in text
        section = text.split(f"### `{table.name}`")[1].split("\n### ")[0]
        assert all(f"`{column.name}`" in section for column in table.columns)


def test_what_holds_patients_details_is_said_to_be_encrypted_or_redacted() -> None:
    kinds = {
        f"{table.name}.{column.name}": use.kind_of(column.name)
        for table in metadata.tables.values()
        if (use := use_of(table)) is not None
        for column in table.columns
    }

    assert kinds["handoffs.sealed"] is kinds["handoff_events.sealed"] is Kind.SEALED
    assert kinds["turns.redacted"] is Kind.REDACTED


@pytest.mark.parametrize(
    ("holds", "fault"),
    [
        ({}, "t.a: no kind is stated"),
        ({Kind.OPERATION: "a b"}, "t.b: there is no such column"),
        ({Kind.OPERATION: "a", Kind.CONTENT: "a"}, "t.a: two kinds are stated"),
        ({Kind.REDACTED: "a"}, "t: no risk and measure are stated"),
    ],
)
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, holds: dict[Kind, str], fault: str) -> None:
    own = sa.MetaData()
    sa.Table("t", own, sa.Column("a", sa.Integer), info={"use": Use(purpose="p", kept="k", read_by="r", holds=holds)})
    monkeypatch.setattr(privacy_map, "every_table", lambda: tuple(own.tables.values()))

    with pytest.raises(NotReady) as told:
        privacy_document()
    assert told.value.reason == fault


def test_a_table_without_a_word_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    own = sa.MetaData()
    sa.Table("t", own, sa.Column("a", sa.Integer))
    monkeypatch.setattr(privacy_map, "every_table", lambda: tuple(own.tables.values()))

    with pytest.raises(NotReady, match="t: no use is stated"):
        privacy_document()
