"""The test console: which release is meant, made ready once, and what it says with the reasons."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.dialogue.bot import Bot
from bot.dialogue.context import EMPTY, Context
from bot.errors import Conflict, InputError, NotReady
from bot.faq.entry import Answer, Entry, Region
from bot.faq.files import Loaded
from bot.faq.release import Release
from bot.staff.accounts import Role, User
from bot.staff.console import Target, Trials, ask, ready_in, release_of
from bot.staff.editing import Seen, find_current, save_draft
from bot.staff.seeding import seed_if_empty
from bot.staff.starting import start
from bot.store.content import add_review, add_revision
from bot.store.database import Database
from bot.store.drafts import drop_draft

KNOWLEDGE = Path(__file__).parent.parent.parent / "knowledge"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ADA = User(user_id=1, email="ada@clinic.example", name="Ada", roles=frozenset({Role.EDITOR}))


@pytest.fixture
def seeded(database: Database, loaded: Loaded) -> Database:
    seed_if_empty(database, loaded, NOON)
    return database


def edit(database: Database, entry_id: str, short: str) -> Entry:
    with database.read() as db:
        current = find_current(db, entry_id)
    assert current is not None
    entry = replace(current.entry, answer=Answer(short, ""))
    save_draft(database, Seen(base=current.base, version=current.version), entry, user=ADA, now=NOON)
    return entry


def release(database: Database, target: str) -> Release:
    with database.read() as db:
        return release_of(db, Target.of(target), NOON)


@pytest.mark.parametrize("text", ["live", "drafts", "approved", "release-3"])
def test_a_target_stands_in_an_address(text: str) -> None:
    assert str(Target.of(text)) == text


@pytest.mark.parametrize(
    "text", ["", "release", "release-", "release-x", "release-²", "release-1-2", "Live", "release--1"]
)
def test_what_is_no_target_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        Target.of(text)


def test_drafts_count_as_if_they_were_approved_and_approved_ones_do_not(seeded: Database) -> None:
    edit(seeded, "dry-lips", "New words about lips.")
    start(seeded, "pets", "Can my dog lick the cream?", "living", user=ADA, now=NOON)

    drafts, approved = release(seeded, "drafts"), release(seeded, "approved")

    drafted = drafts.entry("dry-lips")
    assert drafted is not None
    assert drafted.answer.short == "New words about lips."
    assert drafts.entry("pets") is not None
    assert approved.entry("pets") is None
    assert approved.content_hash == release(seeded, "release-1").content_hash != drafts.content_hash
    with pytest.raises(InputError):
        release(seeded, "release-2")


def test_a_retired_entry_and_a_discarded_draft_are_not_tried(seeded: Database) -> None:
    start(seeded, "pets", "Can my dog lick the cream?", "living", user=ADA, now=NOON)
    with seeded.change() as db:
        drop_draft(db, "pets")
        current = find_current(db, "dry-lips")
        assert current is not None
        retired = add_revision(db, current.entry, author="Ada", reason="", at=NOON, retired=True)
        add_review(db, retired.revision_id, "approve", reviewer="Bo", own=False, comment="", at=NOON)

    found = release(seeded, "drafts")

    assert found.entry("pets") is None
    assert found.entry("dry-lips") is None


def test_where_nothing_differs_the_live_bot_answers(bot: Bot) -> None:
    def prepare(_release: Release, _live: Bot | None, _published: bool) -> Bot:
        raise AssertionError("nothing is to be made")

    assert Trials(prepare).open(bot.release, bot, published=False, wait_s=0) is bot


def test_a_release_is_made_once_and_only_two_stay_open(bot: Bot) -> None:
    made: list[str] = []

    def prepare(release: Release, _live: Bot | None, _published: bool) -> Bot:
        made.append(release.content_hash)
        return bot

    trials = Trials(prepare)
    releases = [replace(bot.release, content_hash=name) for name in ("a", "b", "c")]
    for each in (*releases, *releases[1:], releases[0]):
        assert trials.open(each, bot, published=False, wait_s=10) is bot

    assert made == ["a", "b", "c", "a"]


def test_who_asks_before_it_is_ready_comes_again(bot: Bot) -> None:
    go_on, made = threading.Event(), []

    def prepare(release: Release, _live: Bot | None, _published: bool) -> Bot:
        go_on.wait(10)
        made.append(release)
        return bot

    trials, draft = Trials(prepare), replace(bot.release, content_hash="draft")
    assert trials.open(draft, bot, published=False, wait_s=0) is None
    assert trials.open(draft, bot, published=False, wait_s=0) is None
    go_on.set()

    assert trials.open(draft, bot, published=False, wait_s=10) is bot
    assert len(made) == 1


def test_what_cannot_be_made_ready_is_said_and_tried_again(bot: Bot) -> None:
    faults = [NotReady("a rule cannot be read"), ValueError("a bug")]

    def prepare(_release: Release, _live: Bot | None, _published: bool) -> Bot:
        if faults:
            raise faults.pop(0)
        return bot

    trials, draft = Trials(prepare), replace(bot.release, content_hash="draft")
    with pytest.raises(NotReady, match="a rule cannot be read"):
        trials.open(draft, bot, published=False, wait_s=10)
    with pytest.raises(NotReady, match="the log says why"):
        trials.open(draft, bot, published=False, wait_s=10)
    assert trials.open(draft, bot, published=False, wait_s=10) is bot


def test_a_draft_says_its_own_words(seeded: Database, bot: Bot) -> None:
    edit(seeded, "dry-lips", "New words about lips, {{ clinic.phone }}.")
    start(seeded, "pets", "Can my dog lick the cream?", "living", user=ADA, now=NOON)
    draft = release(seeded, "drafts")
    made = Bot(draft, like=bot, known=(KNOWLEDGE,))

    tried = ask(made, "my lips are so dry", EMPTY, Region.UK)

    assert "New words about lips, 020" in tried.reply.leading.answer_text
    assert tried.because["parts"][0]["candidates"][0]["entry"] == "dry-lips"
    assert tried.context.entry_id == "dry-lips"
    assert ask(made, "can my dog lick the cream?", EMPTY, None).reply.leading.outcome.word in ("answer", "clarify")


def test_a_follow_up_leans_on_the_context(bot: Bot) -> None:
    tried = ask(bot, "and for how long?", Context("dry-lips", "side-effects"), None)

    assert tried.because["parts"][0]["leans_on"] == "dry-lips"


def test_a_placeholder_that_nothing_fills_is_said(bot: Bot) -> None:
    lips = bot.release.entry("dry-lips")
    assert lips is not None
    odd = replace(lips, answer=Answer("Ask {{ clinic.parrot }}.", ""))
    entries = tuple(odd if entry.id == "dry-lips" else entry for entry in bot.release.entries)
    made = Bot(replace(bot.release, entries=entries, content_hash="odd"), like=bot, beside=bot)

    with pytest.raises(Conflict, match="parrot"):
        ask(made, "my lips are so dry", EMPTY, None)


def test_what_is_made_of_a_published_release_is_kept(tmp_path: Path, small_bot: Bot) -> None:
    prepare = ready_in(tmp_path, (KNOWLEDGE,))

    prepare(small_bot.release, small_bot, False)
    assert not any(tmp_path.iterdir())
    prepare(small_bot.release, small_bot, True)
    assert any(tmp_path.iterdir())
