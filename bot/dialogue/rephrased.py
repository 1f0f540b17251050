"""A message that only mends or goes on with the question before it, as the question that is meant."""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialogue.followup import FollowUps
from bot.language.words import Word

_TAKING_BACK = frozenset(["no", "nope", "nah", "sorry", "oops", "wait", "actually", "oh", "not", "that", "ah", "well"])
_MEANT = frozenset(["mean", "meant"])
_LEADING_ON = frozenset(["and", "or", "also", "what", "how", "about", "with", "then", "but", "so", "ok", "okay"])
_COURTEOUS = frozenset(["thanks", "thank", "cheers", "hello", "hi", "hey", "bye", "great"])
LONGEST_INSTEAD = 8  # words of "no i meant a small tattoo"


def instead_of(words: Sequence[Word]) -> tuple[Word, ...]:
    """What somebody says that they meant ("no i meant laser", "not tattoos but piercings"); nothing where they do not
    mend their question.
    """
    plain = [word for word in words if word.is_word]
    texts = [word.text for word in plain]
    if len(plain) > LONGEST_INSTEAD:
        return ()
    if len(texts) > 2 and texts[-2] == "i" and texts[-1] in _MEANT:
        return tuple(plain[:-2])
    if texts[:1] == ["not"] and "but" in texts[1:-1]:
        return tuple(plain[texts.index("but") + 1 :])
    start = 0
    while start < len(texts) and texts[start] in _TAKING_BACK:
        start += 1
    if texts[start : start + 1] == ["i"] and texts[start + 1 : start + 2] and texts[start + 1] in _MEANT:
        meant = plain[start + 2 :]
        return () if not meant or meant[0].text == "to" else tuple(meant)
    return ()


def goes_on_with(words: Sequence[Word]) -> tuple[Word, ...]:
    """What a short question names after its lead-in ("and paracetamol?"); nothing where it has none."""
    plain = [word for word in words if word.is_word]
    start = 0
    while start < len(plain) and plain[start].text in _LEADING_ON:
        start += 1
    courteous = any(word.text in _COURTEOUS for word in plain)
    return tuple(plain[start:]) if start and not courteous else ()


def asked_of(before: Sequence[Word], named: Sequence[Word], follow_ups: FollowUps) -> str:
    """The question `before` with what it named last replaced ("can i take ibuprofen": "can i take paracetamol").

    Nothing where one of them names nothing, or where `named` is a question of its own.
    """
    plain = [word for word in before if word.is_word]
    naming = follow_ups.naming(plain)
    places = [place for place, word in enumerate(plain) if word.stem in naming]
    if not places or not follow_ups.naming(named) or follow_ups.is_question(named):
        return ""
    return " ".join(word.text for word in (*plain[: places[-1]], *named))
