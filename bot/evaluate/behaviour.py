"""What patients would be told differently: the same real questions asked of the live release and of a candidate."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.dialogue.bot import Bot
from bot.dialogue.record import decided_of, said_of
from bot.errors import InputError
from bot.evaluate.asking import Asker, Tell, silent
from bot.reply.types import Decision, Outcome, Reply, ReplyPart

Kind = Literal["outcome", "entry", "wording"]
LIVE, CANDIDATE = 0, 1  # the places of the two bots among those of the asker


@dataclass(frozen=True, slots=True)
class Heard:
    """What one release says to a question: `entries` are shown or offered, `wording` seals every word of it."""

    outcome: Outcome
    entries: tuple[str, ...]
    headline: str
    wording: str


@dataclass(frozen=True, slots=True)
class Different:
    """A question that the two releases answer differently, and in what they differ most."""

    question: str
    kind: Kind
    before: Heard
    after: Heard

    @property
    def falls(self) -> bool:
        """Whether what was an emergency or a crisis would be taken for something lesser."""
        return self.before.outcome >= Outcome.CRISIS and self.after.outcome < self.before.outcome


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The questions answered differently, of so many `asked`."""

    asked: int
    different: tuple[Different, ...]

    @property
    def falling(self) -> tuple[Different, ...]:
        """Those whose safety level falls: a release with one must not go live."""
        return tuple(each for each in self.different if each.falls)


def compare(questions: Sequence[str], asker: Asker, tell: Tell = silent) -> Behaviour:
    """Ask both bots of `asker`, the live one and the candidate's, every question without context."""
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        tell("real questions", done, len(questions))

    both = asker.each_of_all(hear_both, questions, tick=tick)
    heard = [(question, *said) for question, said in zip(questions, both, strict=True) if said is not None]
    return Behaviour(len(heard), tuple(_differing(heard)))


def hear_both(bots: Sequence[Bot], question: str) -> tuple[Heard, Heard] | None:
    """What the live bot and the candidate's say to a question; None to what is none without personal details.

    Where both are sure to decide the same, only the candidate's words are looked at.
    """
    live, candidate = bots[LIVE], bots[CANDIDATE]
    try:
        before = live.ask(question)
        alike = candidate.decides_as(live, question)
        after = candidate.say_again(_decided(before), None, before.in_view) if alike else candidate.ask(question)
    except InputError:
        return None
    return _heard(before), _heard(after)


def _decided(reply: Reply) -> list[tuple[Decision, str]]:
    return decided_of(said_of(reply, str))


def _heard(reply: Reply) -> Heard:
    lead = reply.leading
    return Heard(lead.outcome, tuple(_entries(reply.parts)), lead.headline, _seal(reply))


def _differing(heard: Iterable[tuple[str, Heard, Heard]]) -> Iterator[Different]:
    for question, old, new in heard:
        if old.outcome is not new.outcome:
            yield Different(question, "outcome", old, new)
        elif old.entries != new.entries:
            yield Different(question, "entry", old, new)
        elif old.wording != new.wording:
            yield Different(question, "wording", old, new)


def _entries(parts: Iterable[ReplyPart]) -> Iterator[str]:
    for part in parts:
        yield from (link.id for link in part.choices)
        if part.entry:
            yield part.entry.id


def _seal(reply: Reply) -> str:
    """One short text for all that is read: answers, what to do next, numbers, choices."""
    said = [
        (
            part.headline,
            part.whole_text,
            part.next_step and (part.next_step.text, part.next_step.phone),
            [line.label + line.number for line in part.contacts],
            [link.question for link in part.choices],
        )
        for part in reply.parts
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]
