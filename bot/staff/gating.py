"""A candidate's gates, run to the end: progress where every process sees it, and the evidence in the database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue.bot import Bot
from bot.errors import BrokenKnowledge, Conflict, NotReady
from bot.evaluate.asking import Asker, Tell, silent
from bot.evaluate.behaviour import Behaviour, Heard, compare
from bot.evaluate.gates import Gate, judge
from bot.evaluate.spreading import spread
from bot.faq.release import Release
from bot.matching.building import Spread
from bot.staff.candidates import load_live, require_candidate
from bot.staff.ranking import alarms_of, new_wordings
from bot.staff.readying import Ready, Recall, nothing
from bot.store.database import Database, Db
from bot.store.releases import GateRun, end_gates, last_run, load_candidate, note_progress
from bot.store.visits import load_wordings, recent_questions

MOST_REPLAYED = 400
MOST_KEPT = 50  # failures of a gate; the rest are counted
EVERY = timedelta(seconds=1)  # how often progress is written
BEATS_EVERY_S = 5.0
CAN_BE_SERVED, NOTHING_FALLS = "can be served", "no grave question is taken for less"
NOTHING_HUSHED = "no new wording takes an alarm away"


class Progress:
    """Says how far a run is, in the database at most once a second, and to `tell` each time."""

    def __init__(self, database: Database, run_id: int, now: Callable[[], datetime], tell: Tell = silent) -> None:
        self._database, self._run_id, self._now, self._tell = database, run_id, now, tell
        self._last: tuple[str, int, int] = ("", 0, 0)
        self._written: datetime | None = None
        self._begun: list[tuple[str, datetime]] = []
        self._resting = threading.Event()
        self._beat: threading.Thread | None = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Note it."""
        self._tell(stage, done, total)
        fresh = stage != self._last[0]
        self._last = (stage, done, total)
        at = self._now()
        if fresh:
            self._begun.append((stage, at))
        if fresh or self._written is None or at - self._written >= EVERY:
            self._write(at)

    def seconds(self, ended: datetime) -> dict[str, float]:
        """How long each stage took that was begun, the last one until `ended`."""
        ends = [*(at for _, at in self._begun[1:]), ended]
        return {stage: round((end - at).total_seconds(), 1) for (stage, at), end in zip(self._begun, ends, strict=True)}

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Within the block the run goes on being seen, though it cannot say how far it is."""
        self._begin()
        try:
            yield
        finally:
            self._rest()  # processes may be forked after this: no thread may be left

    def spread(self, work: Callable[[Any], Any], items: Sequence[Any], workers: int) -> Iterator[Any]:
        """Within `beating`: `map` in so many processes, saying how much is done."""
        self._rest()
        for done, found in enumerate(spread(work, items, workers), 1):
            self("learning", done, len(items))
            yield found
        self._begin()

    def _begin(self) -> None:
        self._resting = threading.Event()
        self._beat = threading.Thread(target=self._go_on, args=(self._resting,), name="gate progress", daemon=True)
        self._beat.start()

    def _go_on(self, resting: threading.Event) -> None:
        while not resting.wait(BEATS_EVERY_S):
            self._write(self._now())

    def _rest(self) -> None:
        self._resting.set()
        if self._beat is not None:
            self._beat.join()

    def _write(self, at: datetime) -> None:
        self._written = at
        stage, done, total = self._last
        with self._database.change() as db:
            note_progress(db, self._run_id, stage=stage, done=done, total=total, at=at)


def run_candidate(
    database: Database,
    candidate_id: int,
    *,
    ready: Ready,
    now: Callable[[], datetime],
    retention: timedelta,
    workers: int = 1,
    tell: Tell = silent,
    recall: Recall = nothing,
) -> GateRun:
    """Run the gates of a candidate for which a run was begun, and keep what they find.

    `ready` makes a bot of a release, with its index kept for those who serve it later; `recall` gives what was found
    out before about a bot that rests on the same. With several `workers` there must be no other threads.
    Raises Conflict when no run is waiting, InputError without such a candidate.
    """
    with database.read() as db:
        require_candidate(db, candidate_id)
        run = last_run(db, candidate_id)
        if run is None or run.ended_at is not None:
            raise Conflict(subject=f"candidate {candidate_id}", problem="no run of its gates was begun")
        candidate, live = load_candidate(db, candidate_id), load_live(db)
        questions = recent_questions(db, since=now() - retention, limit=MOST_REPLAYED)
    if candidate is None:
        raise Conflict(subject=f"candidate {candidate_id}", problem="its content is not there")
    progress = Progress(database, run.run_id, now, tell)
    began = now()
    found = _found(candidate, live, questions, ready=ready, recall=recall, progress=progress, workers=workers)
    ended = now()
    evidence = {
        **found,
        "content": candidate.content_hash,
        "live": live.number if live else None,
        "seconds": round((ended - began).total_seconds(), 1),
        "stages": progress.seconds(ended),
    }
    with database.change() as db:
        end_gates(db, run.run_id, evidence, ended)
        last = last_run(db, candidate_id)
    return last or run


def _found(
    candidate: Release,
    live: Release | None,
    questions: Mapping[str, str],
    *,
    ready: Ready,
    recall: Recall,
    progress: Progress,
    workers: int,
) -> dict[str, Any]:
    def spreading(work: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        return progress.spread(work, items, workers)

    progress("learning", 0, 0)
    with progress.beating():
        try:
            bot = ready(candidate, spread=spreading)
        except (NotReady, BrokenKnowledge) as error:
            return _evidence([Gate(CAN_BE_SERVED, False, tuple(str(error).splitlines()), 1)])
        served, without = _served(live, bot, ready, spreading)
    known = recall(bot)
    with Asker((served or bot, bot), workers, {1: known.memories}, known.vectors) as asker:
        verdict = judge(bot, asker, 1, progress)
        behaviour = compare(tuple(questions), asker, progress) if served else None
    gates = [Gate(CAN_BE_SERVED, True, (), 1), *verdict.gates]
    if behaviour is not None:
        fallen = tuple(
            f"turn {questions[each.question]} was {each.before.outcome.word} and would be {each.after.outcome.word}"
            for each in behaviour.falling
        )
        gates.append(Gate(NOTHING_FALLS, not fallen, fallen, behaviour.asked))
    if served is not None:
        gates.append(_hushed(served, bot))
    evidence = _evidence(gates)
    shown = _behaviour(behaviour, questions) if behaviour else {"asked": 0, "different": [], "without": without}
    return {**evidence, "safety": verdict.safety.to_dict(), "behaviour": shown}


def _hushed(served: Bot, candidate: Bot) -> Gate:
    """A wording whose words ring today would teach that they are harmless, and so would hush whoever means them;
    unless the candidate's rules say that they are.
    """
    new = {wording: entry.id for entry in candidate.release.entries for wording in new_wordings(served, entry)}
    today = dict(alarms_of(served, new))
    rings = tuple(
        f"{new[wording]}: {wording!r} raises “{today[wording]}” today"
        for wording, _ in alarms_of(candidate, today, by_meaning=False)
    )
    return Gate(NOTHING_HUSHED, not rings, rings, len(new))


def _served(live: Release | None, candidate: Bot, ready: Ready, spread: Spread) -> tuple[Bot | None, str]:
    """The bot of the live release, or why it cannot be asked: a broken one must not keep a better one away."""
    if live is None:
        return None, "nothing is live"
    try:
        return ready(live, beside=candidate, spread=spread), ""
    except (NotReady, BrokenKnowledge) as error:
        return None, str(error).partition("\n")[0]


def _evidence(gates: list[Gate]) -> dict[str, Any]:
    return {
        "passed": all(gate.passed for gate in gates),
        "gates": [
            {
                "name": gate.name,
                "passed": gate.passed,
                "checked": gate.checked,
                "noted": len(gate.failures),
                "failures": list(gate.failures[:MOST_KEPT]),
            }
            for gate in gates
        ],
    }


def _behaviour(found: Behaviour, questions: Mapping[str, str]) -> dict[str, Any]:
    """Evidence is kept for good and patients' words are not, so a question is named by its turn."""
    different = [
        {
            "turn": questions[each.question],
            "kind": each.kind,
            "falls": each.falls,
            "before": _heard(each.before),
            "after": _heard(each.after),
        }
        for each in found.different
    ]
    return {"asked": found.asked, "different": different}


def _heard(heard: Heard) -> Mapping[str, Any]:
    return {"outcome": heard.outcome.word, "entries": list(heard.entries), "headline": heard.headline}


def told(db: Db, evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Evidence for people to read: with the words of each question, None where they are not kept any more."""
    behaviour = evidence.get("behaviour")
    if not behaviour:
        return dict(evidence)
    wordings = load_wordings(db, [each["turn"] for each in behaviour["different"]])
    different = [{**each, "question": wordings.get(each["turn"])} for each in behaviour["different"]]
    return {**evidence, "behaviour": {**behaviour, "different": different}}
