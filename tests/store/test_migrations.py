"""The schema: migrations lead to what the program works with, from every earlier schema, and lose nothing."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot.errors import NotReady
from bot.store import tables_tallies, tables_visits
from bot.store.database import Database, newest_schema, open_database, upgrade_to
from bot.store.every_table import whole_schema
from bot.store.tables import INSERT_ONLY


def test_migrations_make_the_tables_that_the_program_works_with(any_database: Database) -> None:
    with any_database.read() as db:
        differences = compare_metadata(MigrationContext.configure(db, opts={"compare_type": True}), whole_schema())

    assert differences == []
    assert any_database.schema() == newest_schema()


def test_migrating_twice_changes_nothing(any_database: Database) -> None:
    any_database.migrate()

    assert any_database.schema() == newest_schema()


# One row for each table as it was when the table came; an upgrade must keep every one of them.
ROWS = {
    "0001": [
        ("pieces", "name, version, content, author, reason, saved_at", "'clinic', 1, '{}', 'Ada', '', '2026-01-01'"),
        ("entries", "entry_id, created_at", "'dry-lips', '2026-01-01'"),
        ("revisions", "entry_id, number, content, retired, author, reason, created_at", "'dry-lips', 1, '{}', false, 'Ada', '', '2026-01-01'"),
        ("reviews", "revision_id, decision, reviewer, own, comment, reviewed_at", "1, 'approve', 'Bo', false, '', '2026-01-01'"),
        ("drafts", "entry_id, base, version, content, author, saved_at", "'dry-lips', 1, 1, '{}', 'Ada', '2026-01-01'"),
        ("draft_saves", "entry_id, base, version, content, author, collided, saved_at", "'dry-lips', 1, 1, '{}', 'Ada', false, '2026-01-01'"),
    ],
    "0002": [
        ("candidates", "content_hash, content, author, note, created_at", "'h', 'x', 'Ada', '', '2026-01-01'"),
        ("gate_runs", "candidate_id, started_by, started_at, seen_at, stage, done, total", "1, 'Ada', '2026-01-01', '2026-01-01', 's', 0, 0"),
        ("releases", "number, content_hash, content, author, note, evidence, created_at", "1, 'h', 'x', 'Ada', '', '{}', '2026-01-01'"),
        ("publications", "number, kind, author, reason, published_at", "1, 'seed', 'Ada', '', '2026-01-01'"),
    ],
    "0003": [
        ("turns", "turn_id, conversation, asked_at, redacted, words_key, outcome, release, region, channel, context, said", "'t', 'c', '2026-01-01', 'Q', 'q', 'answer', 1, 'uk', 'web', '{}', '[]'"),
        ("feedback", "turn_id, helpful, reason, given_at", "'t', false, '', '2026-01-01'"),
        ("dispositions", "kind, effect, author, made_at", "'golden', '{}', 'Ada', '2026-01-01'"),
        ("disposed_wordings", "disposition_id, words_key, wording", "1, 'q', 'Q'"),
    ],
    "0004": [
        ("users", "email, name, former_names, roles, password_hash, last_step, epoch, created_at", "'a@b', 'Ada', '', 'admin', 'x', 0, 0, '2026-01-01'"),
        ("recovery_codes", "user_id, code_hash", "1, 'x'"),
        ("sessions", "token_hash, user_id, epoch, stage, created_at, seen_at, expires_at", "'x', 1, 0, 'full', '2026-01-01', '2026-01-01', '2026-01-01'"),
        ("links", "token_hash, purpose, email, name, roles, two_step, created_at, expires_at", "'x', 'setup', '', '', 'admin', false, '2026-01-01', '2026-01-01'"),
        ("attempts", "subject, failures, began_at", "'x', 1, '2026-01-01'"),
        ("audit", "number, at, actor, action, subject, detail, previous, hash", "1, '2026-01-01', 'Ada', 'a', 's', '{}', 'p', 'h'"),
    ],
    "0005": [
        ("sealing_keys", "key_id, wrapped, made_at", "1, 'x', '2026-01-01'"),
        ("handoffs", "reference, request_hash, received_at, state, sealed, sealed_by, level, channel, locale, version, changed_at", "'K7QF-3MRD', 'h', '2026-01-01', 'new', 'x', 1, '', 'web', 'en-GB', 1, '2026-01-01'"),
        ("handoff_events", "handoff_id, at, author, kind", "1, '2026-01-01', 'patient', 'received'"),
        ("outbox", "message_id, handoff_id, target, kind, detail, state, attempts, next_at, last_error, created_at", "'m', 1, 'mail', 'handoff', '{}', 'waiting', 0, '2026-01-01', '', '2026-01-01'"),
    ],
    "0006": [
        ("document_uploads", "file_name, author, uploaded_at, seen_at, state, done, total, reason", "'a.pdf', 'Ada', '2026-01-01', '2026-01-01', 'read', 0, 0, ''"),
        ("document_versions", "document_id, number, file_name, title, reading, author, saved_at", "'leaflet', 1, 'a.pdf', 'A', '{}', 'Ada', '2026-01-01'"),
        ("source_flags", "entry_id, document_id, number, section, change, made_at", "'dry-lips', 'leaflet', 1, 'S', 'changed', '2026-01-01'"),
    ],
    "0007": [
        ("tallies", "kind, day, channel, value, asked, helpful, unhelpful", "'outcome', '2020-01-01', 'web', 'answer', 1, 0, 0"),
    ],
    "0008": [
        ("allowances", "mark, full_at", "'m', '2026-01-01'"),
    ],
    "0009": [],
    "0010": [
        ("translations", "entry_id, language, number, content, retired, author, reason, created_at", "'dry-lips', 'es', 1, '{}', false, 'Ada', '', '2026-01-01'"),
        ("translation_reviews", "translation_id, decision, reviewer, own, comment, reviewed_at", "1, 'approve', 'Bo', false, '', '2026-01-01'"),
        ("translation_drafts", "entry_id, language, version, content, author, saved_at", "'dry-lips', 'es', 1, '{}', 'Ada', '2026-01-01'"),
    ],
    "0011": [
        ("forgotten", "mark, forgotten_at", "'m', '2026-01-01'"),
    ],
    "0012": [],
}  # fmt: skip


@pytest.mark.parametrize("schema", sorted(ROWS))
def test_an_upgrade_keeps_every_row(any_url: str, schema: str) -> None:
    database = Database(any_url)
    tables = []
    for step in sorted(ROWS):
        if step > schema:
            break
        upgrade_to(database, step)
        for table, columns, values in ROWS[step]:
            with database.change() as db:
                db.execute(sa.text(f"INSERT INTO {table} ({columns}) VALUES ({values})"))  # noqa: S608
            tables.append(table)

    database.migrate()

    with database.read() as db:
        counts = {table: db.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables}  # noqa: S608
    assert database.schema() == newest_schema()
    expected = dict.fromkeys(tables, 1)
    if schema >= "0007":
        expected["tallies"] += 2  # the turn that was there is counted: what came of it, and at what hour
    assert counts == expected
    database.close()


ZONED = [  # asked at, by the clock of New York: daylight time ends on 1 November
    ("2026-11-01 03:30:00.000000", "web", "answer", "'dry-lips'", 0.93),
    ("2026-11-01 05:59:59.999999", "web", "answer", "'dry-lips'", 0.95),
    ("2026-11-01 06:00:00.000000", "web", "no_match", "NULL", 0.02),
    ("2026-11-02 04:59:00.000000", "kiosk", "emergency", "NULL", "NULL"),
]


def test_turns_that_were_there_are_counted_by_the_clinics_clock(any_url: str) -> None:
    database = Database(any_url)
    upgrade_to(database, "0006")
    content = zlib.compress(b'{"clinic": {"time_zone": "America/New_York"}}')
    with database.change() as db:
        release = "INSERT INTO releases (number, content_hash, content, author, note, evidence, created_at) VALUES (1, 'h', :content, 'Ada', '', '{}', '2026-01-01')"
        db.execute(sa.text(release), {"content": content})
        table, columns, values = ROWS["0002"][3]
        db.execute(sa.text(f"INSERT INTO {table} ({columns}) VALUES ({values})"))  # noqa: S608
        table, columns, _ = ROWS["0003"][0]
        for number, (at, channel, outcome, entry, sure) in enumerate(ZONED):
            zoned = at if database.is_sqlite else f"{at}+00:00"
            values = f"'t{number}', 'c', '{zoned}', 'Q', 'q', '{outcome}', 1, 'uk', '{channel}', '{{}}', '[]', {entry}, {sure}"
            db.execute(sa.text(f"INSERT INTO {table} ({columns}, entry_id, confidence) VALUES ({values})"))  # noqa: S608
        for number, helpful in ((0, "true"), (1, "false"), (2, "false")):
            db.execute(sa.text(f"INSERT INTO feedback VALUES ('t{number}', {helpful}, '', '2026-11-02')"))  # noqa: S608

    database.migrate()

    with database.read() as db:
        counted = {tuple(map(str, row[:4])): tuple(row[4:]) for row in db.execute(sa.select(tables_tallies.tallies))}
        days = [str(row[0]) for row in db.execute(sa.select(tables_visits.turns.c.day).order_by("turn_id"))]
        kept = db.execute(sa.text("SELECT count(*) FROM feedback")).scalar_one()
    assert days == ["2026-10-31", "2026-11-01", "2026-11-01", "2026-11-01"]
    assert kept == 3
    assert counted == {
        ("outcome", "2026-10-31", "web", "answer"): (1, 1, 0),
        ("outcome", "2026-11-01", "web", "answer"): (1, 0, 1),
        ("outcome", "2026-11-01", "web", "no_match"): (1, 0, 1),
        ("outcome", "2026-11-01", "kiosk", "emergency"): (1, 0, 0),
        ("hour", "2026-10-31", "web", "23"): (1, 0, 0),
        ("hour", "2026-11-01", "web", "01"): (2, 0, 0),  # the hour that comes twice
        ("hour", "2026-11-01", "kiosk", "23"): (1, 0, 0),
        ("entry", "2026-10-31", "web", "dry-lips"): (1, 1, 0),
        ("entry", "2026-11-01", "web", "dry-lips"): (1, 0, 1),
        ("surety", "2026-10-31", "web", "answer 0.9"): (1, 1, 0),
        ("surety", "2026-11-01", "web", "answer 0.95"): (1, 0, 1),
        ("surety", "2026-11-01", "web", "no_match 0.0"): (1, 0, 1),
    }
    database.close()


def test_translations_inside_revisions_become_versions_with_their_review(any_url: str) -> None:
    database = Database(any_url)
    upgrade_to(database, before_translations())
    texts = {
        1: ('{"translations": {"es": {"question": "uno"}}}', "approve"),
        2: ('{"translations": {"es": {"question": "dos"}}}', "approve"),
        3: ('{"translations": {"es": {"question": "tres"}}}', ""),
    }
    with database.change() as db:
        db.execute(sa.text("INSERT INTO entries (entry_id, created_at) VALUES ('dry-lips', '2026-01-01 00:00:00')"))
        for number, (content, decision) in texts.items():
            columns = "entry_id, number, content, retired, author, reason, created_at"
            values = f"'dry-lips', {number}, :content, false, 'Ada', 'why', '2026-01-0{number} 00:00:00'"
            db.execute(sa.text(f"INSERT INTO revisions ({columns}) VALUES ({values})"), {"content": content})  # noqa: S608
            if decision:
                columns = "revision_id, decision, reviewer, own, comment, reviewed_at"
                values = f"{number}, 'approve', 'Bo', false, '', '2026-01-0{number} 00:00:00'"
                db.execute(sa.text(f"INSERT INTO reviews ({columns}) VALUES ({values})"))  # noqa: S608

    database.migrate()

    with database.read() as db:
        found = db.execute(
            sa.text(
                "SELECT number, content, author, reviewer, decision FROM translations"
                " LEFT JOIN translation_reviews USING (translation_id) ORDER BY number"
            )
        ).all()
    assert [(row.number, row.content, row.author, row.reviewer) for row in found] == [
        (1, '{"question": "dos"}', "Ada", "Bo"),
        (2, '{"question": "tres"}', "Ada", None),
    ]
    database.close()


def before_translations() -> str:
    """The schema just before translations had tables of their own."""
    return max(step for step in ROWS if step < "0008")


def test_every_schema_has_rows_to_upgrade_from() -> None:
    folder = Path(upgrade_to.__code__.co_filename).parent / "migrations" / "versions"
    numbers = {path.name[:4] for path in folder.glob("[0-9]*.py")}

    assert numbers == set(ROWS)


@pytest.mark.parametrize("table", INSERT_ONLY)
def test_history_is_never_rewritten(any_database: Database, table: str) -> None:
    rows = {name: (columns, values) for step in ROWS.values() for name, columns, values in step}
    before = (
        ["entries", "revisions"]
        if table == "reviews"
        else ["entries"]
        if table in ("revisions", "translations")
        else ["entries", "translations"]
        if table == "translation_reviews"
        else ["releases"]
        if table == "publications"
        else []
    )
    for name in [*before, table]:
        columns, values = rows[name]
        with any_database.change() as db:
            db.execute(sa.text(f"INSERT INTO {name} ({columns}) VALUES ({values})"))  # noqa: S608

    column = rows[table][0].split(",")[-1]
    for sql in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):  # noqa: S608
        with pytest.raises(sa.exc.DatabaseError, match="insert-only"), any_database.change() as db:
            db.execute(sa.text(sql))


def test_a_text_that_was_saved_is_never_changed(any_database: Database) -> None:
    for name, columns, values in (ROWS["0001"][1], ROWS["0001"][5]):
        with any_database.change() as db:
            db.execute(sa.text(f"INSERT INTO {name} ({columns}) VALUES ({values})"))  # noqa: S608

    with pytest.raises(sa.exc.DatabaseError, match="insert-only"), any_database.change() as db:
        db.execute(sa.text("UPDATE draft_saves SET content = content"))


def test_a_database_of_a_later_program_is_left_alone(any_database: Database) -> None:
    with any_database.change() as db:
        db.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(NotReady, match="schema 9999"):
        any_database.migrate()


def test_a_url_that_names_no_database_is_refused_without_its_password() -> None:
    with pytest.raises(Exception, match="CLINICBOT_DATABASE_URL") as caught:
        open_database("mysql://root:secret@host/name")

    assert "secret" not in str(caught.value)
