"""What a release must pass before it goes live: lint, golden questions, the rules' own examples."""

from __future__ import annotations

from dataclasses import dataclass

from bot.dialogue.bot import Bot
from bot.faq.checks import lint_release
from bot.faq.release import Level
from bot.reply.types import Outcome

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
    return (_lint(bot), _golden(bot), _no_alarm(bot), _red_flags(bot), _hard_negatives(bot))


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


def _red_flags(bot: Bot) -> Gate:
    missed = []
    checked = 0
    for rule in bot.release.rules:
        for example in rule.examples:
            checked += 1
            found = bot.triage(example).gravest
            if found is None or found.level < rule.level:
                missed.append(f"{rule.id}: {example!r} raised {found.rule_id if found else 'nothing'}")
    grave = [text for text in missed if text.startswith(("emergency.", "crisis."))]
    return Gate("rules find their examples", not grave and len(missed) <= 0.03 * checked, tuple(missed), checked)


def _hard_negatives(bot: Bot) -> Gate:
    alarmed = []
    checked = 0
    for rule in bot.release.rules:
        for text in rule.hard_negatives:
            checked += 1
            if any(found.rule_id == rule.id for found in bot.triage(text).findings):
                alarmed.append(f"{rule.id}: {text!r}")
    allowed = 0.05 * checked
    severe = [text for text in alarmed if not text.startswith((Level.DECISION.word, Level.ILLICIT.word))]
    return Gate(
        "hard negatives stay quiet", len(severe) <= 0.02 * checked and len(alarmed) <= allowed, tuple(alarmed), checked
    )
