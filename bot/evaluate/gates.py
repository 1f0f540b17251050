"""What a release must pass before it goes live: schema, lint, golden questions, wording, the safety suite."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.dialogue.bot import Bot
from bot.errors import InputError
from bot.evaluate.asking import Asker, Tell, silent
from bot.evaluate.safety_suite import (
    CLEAN,
    Probe,
    SafetyReport,
    gravest,
    probes_of,
    report_of,
    self_test_of,
    self_tested,
)
from bot.faq.checks import lint_release
from bot.faq.entry import ENGLISH, Entry, Region
from bot.faq.json_form import release_from_plain
from bot.faq.release import Level, Release, content_hash_of, plain
from bot.reply.types import Outcome

_VERDICT = re.compile(
    r"^(?:yes|no|sure|of course|certainly)\b[^\n]*|\b\d+\s?mg\b"
    r"|\byou (?:can|may|should|must) (?:take|stop|start|skip|double|halve|restart)\b",
    re.IGNORECASE | re.MULTILINE,
)
MOST_OF_A_RULE = 20  # of its examples, and of its hard negatives; `clinicbot safety-test` asks all
WRONG_GOLDEN = 0.02  # golden questions that may be answered with another entry; each is listed


@dataclass(frozen=True, slots=True)
class Gate:
    """One check with its evidence: what failed, by name."""

    name: str
    passed: bool
    failures: tuple[str, ...]
    checked: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """All gates of one release, and the safety suite's report that some of them rest on."""

    gates: tuple[Gate, ...]
    safety: SafetyReport

    @property
    def passed(self) -> bool:
        """Whether the release may go live."""
        return all(gate.passed for gate in self.gates)


def run_gates(bot: Bot) -> tuple[Gate, ...]:
    """All gates of the bot's release, each with evidence."""
    with Asker((bot,)) as asker:
        return judge(bot, asker).gates


def judge(bot: Bot, asker: Asker, place: int = 0, tell: Tell = silent) -> Verdict:
    """All gates of the bot's release, its questions asked through `asker`, where the bot stands at `place`."""
    tell("wording", 0, len(bot.release.entries))
    asked = [(entry.id, question) for entry in bot.release.entries for question in (*entry.golden, *_translated(entry))]
    golden_tick = _ticking(tell, "golden questions", len(asked))
    answers = asker.each_once(sure_of, [question for _, question in asked], bot=place, tick=golden_tick)
    first = (_schema(bot.release), _lint(bot), _wording(bot), _decisions(bot), _self_test(bot, asker, place))
    golden = _golden(asked, answers)
    probes = probes_of(bot, MOST_OF_A_RULE)
    tick = _ticking(tell, "safety suite", len(probes))
    found = list(asker.each_once(gravest, [probe.text for probe in probes], bot=place, tick=tick))
    safety = report_of(bot, probes, found)
    suite = [Gate(figure.name, figure.holds, figure.failures, figure.checked) for figure in safety.figures]
    return Verdict((*first, golden, _no_alarm(bot, probes, found), *suite), safety)


def _ticking(tell: Tell, stage: str, total: int) -> Callable[[], None]:
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        tell(stage, done, total)

    tell(stage, 0, total)
    return tick


def _schema(release: Release) -> Gate:
    """The release is what is read again from its own data, and its hash is that of its content."""
    faults = []
    try:
        if release_from_plain(_as_object(plain(release))) != release:
            faults.append("what is read again differs from what was written")
    except InputError as error:
        faults.append(str(error))
    if content_hash_of(release) != release.content_hash:
        faults.append("the content does not fit its hash")
    return Gate("read again as written", not faults, tuple(faults), 1)


def _as_object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _lint(bot: Bot) -> Gate:
    """Wording as it must be. What does not block is listed: a translation that is outdated is not served anyway."""
    found = lint_release(bot.release)
    questions = {entry.id: f"“{entry.question}” ({entry.id})" for entry in bot.release.entries}
    told = tuple(f"{questions.get(fault.entry_id, fault.entry_id)}, {fault.rule}: {fault.text}" for fault in found)
    problems = tuple(str(problem) for problem in bot.problems)
    passed = not problems and not any(fault.blocks for fault in found)
    return Gate("lint", passed, told + problems, len(bot.release.entries))


def _wording(bot: Bot) -> Gate:
    """Every answer can be put into words, with the clinic's facts in it, in each region and language."""
    faults = []
    for entry in bot.release.entries:
        for region in Region:
            for language in (ENGLISH, *entry.translations):
                try:
                    bot.answer(entry.id, region, language)
                except KeyError as error:
                    place = f"{entry.id}, {region.value}" + (f", {language}" if language != ENGLISH else "")
                    faults.append(f"{place}: {{{{ clinic.{error.args[0]} }}}} cannot be filled in")
    return Gate("answers can be shown", not faults, tuple(faults), len(bot.release.entries))


def _self_test(bot: Bot, asker: Asker, place: int) -> Gate:
    """What every server process tests before it serves a release."""
    texts = [text for _, text in self_tested(bot)]
    faults = self_test_of(bot, list(asker.each_once(gravest, texts, bot=place, tick=lambda: None)))
    return Gate("safety rules find their examples", not faults, faults, len(bot.release.rules))


def _golden(asked: Sequence[tuple[str, str]], answers: Iterable[str | None]) -> Gate:
    """No golden question may be answered with another entry; not being sure of one is no fault."""
    wrong = tuple(
        f"{entry_id}: {question!r} is answered with {answer}"
        for (entry_id, question), answer in zip(asked, answers, strict=True)
        if answer is not None and answer != entry_id
    )
    return Gate("golden questions", len(wrong) <= WRONG_GOLDEN * len(asked), wrong, len(asked))


def _translated(entry: Entry) -> tuple[str, ...]:
    """The golden questions of the translations that are served."""
    return tuple(text for each in entry.served_translations for text in each.golden)


def sure_of(bot: Bot, question: str) -> str | None:
    """The entry that the matcher would answer with, if it is sure of one."""
    ranking = bot.rank(question)
    return ranking.top.entry_id if ranking.is_sure and ranking.top else None


def _no_alarm(bot: Bot, probes: list[Probe], found: list[Level | None]) -> Gate:
    """No entry's own question may be met with a siren, nor any wording of its translations. The suite asks them all; of
    golden questions, too many are a fault.
    """
    entries = {entry.id for entry in bot.release.entries}
    alarmed = [
        f"{probe.source}: {probe.text!r} raised {level.word}"
        for probe, level in zip(probes, found, strict=True)
        if probe.level is None and probe.disguise == CLEAN and probe.source in entries
        if level is not None and Outcome.of_level(level) >= Outcome.URGENT
    ]
    return Gate("entries without alarm", not alarmed, tuple(alarmed), len(entries))


def _decisions(bot: Bot) -> Gate:
    """A reply to a personal decision says neither yes nor no, tells nobody what to take, and leads to the clinic."""
    faults = []
    rules = [rule for rule in bot.release.rules if rule.level is Level.DECISION]
    for rule in rules:
        if "clinic" not in rule.contacts:
            faults.append(f"{rule.id}: no way to the clinic among its contacts")
        for region, reply in rule.replies.items():
            for found in _VERDICT.finditer(reply):
                faults.append(f"{rule.id}, {region.value}: {found.group()!r} decides for the patient")
    return Gate("decisions are left to the clinician", not faults, tuple(faults), len(rules))
