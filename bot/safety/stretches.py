"""Which stretches of a message safety looks at: by their words, and by what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from bot.language.segment import segment
from bot.language.words import Word

WINDOW = 14
STEP = 7
FEWEST_MEANT = 4  # words; a shorter stretch is left to its words, or must stand among the examples as it is
MOST_MEANT = 24  # words of a sentence; longer than that, one meaning hides another
LONGEST_WHOLE = 36
STEP_MEANT = 10
LONGEST_LEAD = 4  # words among which a clause names whom it is about
PAUSE = re.compile("[,;:\u2013\u2014\n]| - ")

JOINING = frozenset(
    ["and", "but", "so", "also", "plus", "because", "cos", "or", "while", "then", "y", "pero", "porque"]
)
_SUBJECTS = frozenset(
    ["i", "im", "ive", "id", "my", "me", "we", "our", "he", "his", "she", "her", "they", "their", "it", "its",
     "you", "your", "the", "this", "that", "these", "there", "a", "an", "someone", "somebody", "everyone",
     "everything", "nobody", "nothing", "all", "yo", "mi", "el", "la", "mis"]
)  # fmt: skip

_ASKING = frozenset(
    ["what", "which", "how", "when", "why", "where", "who", "whats", "can", "could", "should", "shall", "may", "would",
     "will", "do", "does", "is", "are"]
)  # fmt: skip

Span = tuple[int, int]  # the first and the last word, both included


@dataclass(frozen=True, slots=True)
class Statements:
    """The stretches of a message to be understood; where it `has_whole`, the last is the whole message. `halves` are
    the places of those that are but a half of a sentence.
    """

    spans: tuple[Span, ...] = ()
    has_whole: bool = False
    halves: frozenset[int] = frozenset()

    @property
    def parts(self) -> tuple[Span, ...]:
        """Those that are not the whole message."""
        return self.spans[:-1] if self.has_whole else self.spans

    def touched(self, spans: Sequence[Span]) -> list[int]:
        """The places of the stretches that share a word with one of `spans`."""
        return [
            place
            for place, (start, end) in enumerate(self.spans)
            if any(start <= last and first <= end for first, last in spans)
        ]


def windows(words: Sequence[Word]) -> list[Span]:
    """The whole message, each sentence, and overlapping stretches of what is long; each once."""
    return list(dict.fromkeys(span for span in _windows(words) if span[0] <= span[1]))


def _windows(words: Sequence[Word]) -> Iterator[Span]:
    count = len(words)
    spans = [(0, count - 1)] if count else []
    first = 0
    for place, word in enumerate(words):
        if not word.is_word:
            spans.append((first, place))
            first = place + 1
    spans.append((first, count - 1))
    yield from spans
    for start, end in spans:
        if end - start + 1 > WINDOW + STEP:
            yield from ((at, min(at + WINDOW - 1, end)) for at in range(start, end - STEP + 1, STEP))


def sentence_numbers(words: Sequence[Word]) -> list[int]:
    """Of each word the number of its sentence; a sentence's end belongs to it."""
    return list(accumulate((not word.is_word for word in words), initial=0))[:-1]


def clauses(words: Sequence[Word], text: str, *, whole: bool = True) -> tuple[Span, ...]:
    """What a message says one after the other: parted at the ends of its sentences, at commas and at "and" and the
    like. Where they are to be `whole`, what names nobody ("and collapsed") goes with what it is said after.
    """
    parts: list[list[int]] = []
    open_ended = False
    for place, word in enumerate(words):
        if not word.is_word:
            open_ended = False
            continue
        if not open_ended or _breaks(words, text, place):
            parts.append([])
        open_ended = True
        if word.text not in JOINING:
            parts[-1].append(place)
    spans: list[Span] = []
    for part in (part for part in parts if part):
        speaks = words[part[0]].text in _ASKING or any(words[place].text in _SUBJECTS for place in part[:LONGEST_LEAD])
        ended = bool(spans) and any(not words[place].is_word for place in range(spans[-1][1], part[0]))
        if speaks or not spans or ended or not whole:
            spans.append((part[0], part[-1]))
        else:
            spans[-1] = (spans[-1][0], part[-1])
    return tuple(spans)


def _breaks(words: Sequence[Word], text: str, place: int) -> bool:
    """Whether the word at `place`, which is not its sentence's first, joins what follows or stands after a pause."""
    return words[place].text in JOINING or bool(PAUSE.search(text[words[place - 1].end : words[place].start]))


def _halves(words: Sequence[Word], text: str, first: int, last: int) -> Iterator[Span]:
    """What stands before and after the first "and" or comma of a sentence, and the last: what is grave in one may be
    lost on the whole ("my lips are dry and threw up and it was all blood").
    """
    breaks = [place for place in range(first + 1, last + 1) if _breaks(words, text, place)]
    for place in dict.fromkeys([*breaks[:1], *breaks[-1:]]):
        start = place + 1 if words[place].text in JOINING else place
        for half in ((first, place - 1), (start, last)):
            if FEWEST_MEANT <= half[1] - half[0] + 1 <= MOST_MEANT:
                yield half


def statements(words: Sequence[Word], text: str) -> Statements:
    """The sentences and questions of `text`, a long one in overlapping parts; and last the whole message. If that is
    too long to have one meaning, short sentences together with the next: one often says what the other is about.
    """
    ends = [place for place, word in enumerate(words) if not word.is_word]
    starts = [0, *(end + 1 for end in ends)]
    sentences = [(first, last - 1) for first, last in zip(starts, [*ends, len(words)], strict=True) if last > first]
    if not sentences:
        return Statements()
    whole = (sentences[0][0], sentences[-1][1])
    place_of = {word.start: place for place, word in reversed(list(enumerate(words)))}
    asked = [(place_of[each.words[0].start], place_of[each.words[-1].start]) for each in segment(words, text)]
    spans: dict[Span, None] = {}
    for first, last in [*sentences, *asked]:
        if last - first + 1 > MOST_MEANT:
            starting = range(first, last - STEP_MEANT + 1, STEP_MEANT)
            spans |= dict.fromkeys((at, min(at + 2 * STEP_MEANT - 1, last)) for at in starting)
        elif last - first + 1 >= FEWEST_MEANT:
            spans[first, last] = None
    halves = [half for half in _halves(words, text, *whole) if half not in spans] if len(sentences) == 1 else []
    spans |= dict.fromkeys(halves)
    has_whole = whole[1] - whole[0] + 1 <= LONGEST_WHOLE
    if has_whole:
        spans.pop(whole, None)
        spans[whole] = None
    else:
        pairs = ((first, last) for (first, _), (_, last) in pairwise(sentences))
        spans |= dict.fromkeys((first, last) for first, last in pairs if last - first + 1 <= MOST_MEANT)
    of_halves = frozenset(place for place, span in enumerate(spans) if span in halves)
    return Statements(tuple(spans) or tuple(sentences), has_whole, of_halves)
