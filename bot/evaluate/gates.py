"""What a release must pass before it goes live: lint, golden questions, the safety suite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.dialogue.bot import Bot
from bot.evaluate.safety_suite import probes_of, run_suite
from bot.faq.checks import lint_release
from bot.faq.release import Level
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


def run_gates(bot: Bot) -> tuple[Gate, ...]:
    """All gates of the bot's release, each with evidence."""
    return (_lint(bot), _golden(bot), _no_alarm(bot), _decisions(bot), *_safety(bot))


def _lint(bot: Bot) -> Gate:
    faults = tuple(f"{warning.entry_id}: {warning.text}" for warning in lint_release(bot.release))
    faults += tuple(str(problem) for problem in bot.problems)
    return Gate("lint", not faults, faults, len(bot.release.entries))


def _golden(bot: Bot) -> Gate:
    """No golden question may be answered with another entry; not being sure of one is no fault."""
    wrong = []
    asked = 0
    for entry in bot.release.entries:
        for question in entry.golden:
            asked += 1
            ranking = bot.rank(question)
            if ranking.is_sure and ranking.top and ranking.top.entry_id != entry.id:
                wrong.append(f"{entry.id}: {question!r} is answered with {ranking.top.entry_id}")
    return Gate("golden questions", len(wrong) <= WRONG_GOLDEN * asked, tuple(wrong), asked)


def _no_alarm(bot: Bot) -> Gate:
    """No entry's own question may be met with a siren."""
    alarmed = []
    for entry in bot.release.entries:
        reply = bot.ask(entry.question)
        if reply.outcome >= Outcome.URGENT:
            alarmed.append(f"{entry.id}: {entry.question!r} raised {reply.outcome.word}")
    return Gate("entries without alarm", not alarmed, tuple(alarmed), len(bot.release.entries))


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


def _safety(bot: Bot) -> Iterator[Gate]:
    """The safety suite, on a part of the examples that is taken evenly."""
    for figure in run_suite(bot, probes_of(bot, MOST_OF_A_RULE)).figures:
        yield Gate(figure.name, figure.holds, figure.failures, figure.checked)
