"""How well the bot follows a dialogue: each turn judged with the turns before it.

    .venv/bin/python benchmarks/dialogues.py [--part first|second|all] [--failures]

A turn is right when the entries it opens, in any order, are acceptable for each question it asks (see
dialogues.yaml); for a decision when the bot does not decide; for an uncovered one when no entry is answered.
Where the bot offers choices and an acceptable one is among them, the patient takes it; the turn is no right one.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.dialogue.bot import Bot
from bot.dialogue.context import EMPTY, following
from bot.reply.types import Outcome, Reply

HERE = Path(__file__).parent
PARTS = {"first": 0, "second": 1}


def main() -> None:
    """Print the share of right turns for each kind, first turns apart."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--part", choices=["first", "second", "all"], default="all", help="every other dialogue")
    asked.add_argument("--failures", action="store_true", help="print every turn that went wrong")
    options = asked.parse_args()
    dialogues = yaml.safe_load((HERE / "dialogues.yaml").read_text(encoding="utf-8"))["dialogues"]
    if options.part != "all":
        dialogues = dialogues[PARTS[options.part] :: 2]
    bot = Bot.from_knowledge(HERE.parent / "knowledge")
    counts: dict[str, list[bool]] = defaultdict(list)
    wrong_answers: dict[str, list[bool]] = defaultdict(list)
    for dialogue in dialogues:
        for turn, number, reply in _played(bot, dialogue):
            kind = "first turn" if number == 0 and dialogue["kind"] != "several" else dialogue["kind"]
            right = is_right(turn, reply)
            counts[kind].append(right)
            wrong_answers[kind].append(not right and reply.outcome is Outcome.ANSWER)
            if options.failures and not right:
                opened = [(part.outcome.word, part.entry and part.entry.id) for part in reply.parts]
                print(f"{dialogue['id']}.{number + 1} {turn['ask']!r}: {opened}, expected {turn['expect']}")
    print(f"{len(dialogues)} dialogues ({options.part}), {sum(map(len, counts.values()))} turns")
    for kind, rights in sorted(counts.items()):
        share, false = sum(rights) / len(rights), sum(wrong_answers[kind]) / len(rights)
        print(f"{kind:<12}{share:>7.2f} right, {false:.2f} answered wrongly (n={len(rights)})")


def is_right(turn: Mapping[str, Any], reply: Reply) -> bool:
    """Whether `reply` opens what the turn asks for."""
    opened = [part.entry.id for part in reply.parts if part.entry and part.outcome >= Outcome.ANSWER]
    if turn.get("outcome") == "decision":
        return reply.outcome >= Outcome.DECISION
    if not turn["expect"]:
        return not opened
    return _pairs(opened, turn["expect"])


def _pairs(opened: Sequence[str], expected: Sequence[Sequence[str]]) -> bool:
    """Whether opened and acceptable entries can be paired one to one."""
    if len(opened) != len(expected):
        return False
    if not opened:
        return True
    return any(
        opened[0] in ids and _pairs(opened[1:], [*expected[:place], *expected[place + 1 :]])
        for place, ids in enumerate(expected)
    )


def _played(bot: Bot, dialogue: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], int, Reply]]:
    context = EMPTY
    for number, turn in enumerate(dialogue["turns"]):
        reply = bot.ask(turn["ask"], context=context)
        yield turn, number, reply
        wanted = [
            link for part in reply.parts for link in part.choices if any(link.id in ids for ids in turn["expect"])
        ]
        if reply.outcome is Outcome.CLARIFY and wanted:
            reply = bot.ask(wanted[0].question, context=context)
        context = following(context, reply)


if __name__ == "__main__":
    main()
