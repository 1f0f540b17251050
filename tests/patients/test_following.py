"""Another release becomes live: taken over whole, within one look, and never one that cannot be served."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bot.errors import NotReady
from bot.faq.release import content_hash_of
from bot.patients import following
from bot.staff.assembly import assemble
from bot.store.database import Db
from bot.store.releases import add_release, publish
from bot.web.opening import House

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def publish_changed(house: House, short: str) -> int:
    with house.database.change() as db:
        release = assemble(db, NOON)
        entries = tuple(
            replace(entry, answer=replace(entry.answer, short=short)) if entry.id == "dry-lips" else entry
            for entry in release.entries
        )
        changed = replace(release, entries=entries)
        changed = replace(changed, content_hash=content_hash_of(changed))
        number = add_release(db, changed, author="Ada", note="", evidence={}, at=NOON)
        publish(db, number, kind="publish", author="Ada", reason="", at=NOON)
    return number


@contextmanager
def unguarded(house: House) -> Iterator[Db]:
    """A database that lets stored releases be changed."""
    with house.database.change() as db:
        for event in ("UPDATE", "DELETE"):
            db.execute(sa.text(f"DROP TRIGGER releases_no_{event}"))
        yield db


def answer(house: House) -> str:
    part = house.live.require().answer("dry-lips")
    return part.answer_text if part else ""


def test_a_published_release_is_answered_from_and_can_be_taken_back(house: House) -> None:
    before = answer(house)
    number = publish_changed(house, "Use a plain ointment.")

    assert answer(house) == before
    assert house.follower.look()
    assert answer(house) == "Use a plain ointment."
    assert house.live.require().release.number == number
    assert not house.follower.look()

    with house.database.change() as db:
        publish(db, 1, kind="rollback", author="Ada", reason="", at=NOON)
    assert house.follower.look()
    assert answer(house) == before


def test_who_asked_before_is_answered_from_the_release_they_began_on(house: House) -> None:
    begun = house.live.require()
    publish_changed(house, "Use a plain ointment.")
    house.follower.look()

    assert begun.ask("my lips are so dry").release == 1


def test_a_damaged_release_is_not_served_and_said_so(house: House) -> None:
    before = answer(house)
    publish_changed(house, "Use a plain ointment.")
    with unguarded(house) as db:
        db.execute(sa.text("UPDATE releases SET content_hash = 'x' WHERE number = 2"))

    assert not house.follower.look()
    assert answer(house) == before
    assert "release 2 is damaged" in house.live.trouble


def test_a_release_of_another_version_is_not_served_and_said_so_until_it_is_rolled_back(house: House) -> None:
    before = answer(house)
    publish_changed(house, "Use a plain ointment.")
    with unguarded(house) as db:
        row = db.execute(sa.text("SELECT content FROM releases WHERE number = 2")).scalar_one()
        text = json.dumps({**json.loads(zlib.decompress(row)), "mood": "new"}).encode()
        values = {"content": zlib.compress(text), "hash": hashlib.sha256(text).hexdigest()}
        db.execute(sa.text("UPDATE releases SET content = :content, content_hash = :hash WHERE number = 2"), values)

    assert not house.follower.look()
    assert answer(house) == before
    assert "release 2 cannot be read by this version" in house.live.trouble

    with house.database.change() as db:
        publish(db, 1, kind="rollback", author="Ada", reason="", at=NOON)
    assert not house.follower.look()
    assert house.live.trouble == ""


def test_an_outage_is_said_once_and_so_is_its_end(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looks = iter([False, *[NotReady("the database is away")] * 20, False, True])
    ended = threading.Event()

    def look() -> bool:
        found = next(looks)
        if isinstance(found, NotReady):
            raise found
        if found:
            house.follower.stop()
            ended.set()
        return found

    monkeypatch.setattr(following, "LOOKS_EVERY_S", 0.001)
    monkeypatch.setattr(house.follower, "look", look)
    with caplog.at_level(logging.INFO, logger="clinicbot.live"):
        house.follower.start()
        assert ended.wait(20)

    said = [record.message for record in caplog.records if record.name == "clinicbot.live"]
    assert said == [
        "cannot look for new releases until the database answers: NotReady",
        "new releases are looked for again",
    ]
