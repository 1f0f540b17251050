"""One message into the questions it asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.language.words import Word

_OPENERS = frozenset(
    [
        "can",
        "could",
        "should",
        "shall",
        "do",
        "does",
        "did",
        "is",
        "are",
        "am",
        "was",
        "were",
        "will",
        "would",
        "may",
        "might",
        "must",
        "what",
        "when",
        "how",
        "why",
        "where",
        "who",
        "which",
        "whats",
        "hows",
    ]
)
_JOINERS = frozenset({"and", "also", "plus", "but", "or"})
_LEAD_IN = frozenset({"and", "also", "plus", "but", "or", "so", "then", "ok", "okay", "oh"})
_AUXILIARIES = frozenset(["can", "could", "should", "do", "does", "did", "is", "are", "am", "will", "would", "may"])
_SUBJECTS = frozenset(
    [
        "i",
        "you",
        "it",
        "we",
        "they",
        "he",
        "she",
        "my",
        "the",
        "this",
        "these",
        "that",
        "there",
        "your",
        "people",
        "anyone",
        "someone",
        "isotretinoin",
        "accutane",
    ]
)
_QUESTION_WORDS = frozenset(["what", "when", "how", "why", "where", "who", "which"])
_LEANING_ON = frozenset(  # after these a question word opens no new question: "tell me how", "the day when"
    ["me", "know", "about", "of", "to", "on", "from", "for", "in", "at", "by", "than", "and", "or", "see", "tell",
     "wonder", "wondering", "understand", "explain", "ask", "idea", "sure", "show", "remember", "forgot", "day",
     "time", "like", "is", "are", "so"]
)  # fmt: skip
_LISTING = frozenset({"and", "or", "plus", "also", "then"})
_SPEAKERS = frozenset({"i", "you", "it", "we", "they", "he", "she", "not", "want", "have", "has", "had"})
_LEADING = frozenset(["about", "i", "you", "it", "there", "the", "a", "have", "use", "wear", "get", "side", "effects"])
FEWEST_WORDS = 2
MOST_LISTED = 3
LONGEST_LISTED = 8
LONGEST_LEAD = 4


@dataclass(frozen=True, slots=True)
class Segment:
    """One question of a message: `start` and `end` are characters in the original."""

    words: tuple[Word, ...]
    start: int
    end: int

    @property
    def tokens(self) -> tuple[str, ...]:
        """Its corrected words."""
        return tuple(word.text for word in self.words if word.is_word)

    @property
    def normalised(self) -> str:
        """Its corrected words in one line."""
        return " ".join(self.tokens)

    def text_of(self, original: str) -> str:
        """The segment as the patient wrote it."""
        return original[self.start : self.end].strip()


def segment(words: Sequence[Word], text: str = "") -> tuple[Segment, ...]:
    """The message's questions in order: parted at sentence ends, and where a new question opens.

    It opens after a joiner ("and when do you open"), after a comma of `text`, or where a question word comes in
    the middle of a run of words ("how does it work how long does it take").
    """
    segments: list[Segment] = []
    current: list[Word] = []
    for place, word in enumerate(words):
        if not word.is_word:
            _close(current, segments)
            current = []
            continue
        if len(current) >= FEWEST_WORDS and word.text in _JOINERS and _opens_question(words[place + 1 :]):
            _close(current, segments)
            current = []
            continue
        if len(current) >= FEWEST_WORDS and _opens_here(words, place, current, text):
            _close(current, segments)
            current = []
        current.append(word)
    _close(current, segments)
    return tuple(segments)


def listed(words: Sequence[Word], text: str) -> tuple[Segment, ...]:
    """The message as a list of things asked about ("what about alcohol, tattoos and waxing"): parted at every
    comma, "and", "or" and "plus", each part with the opening words of the first. Empty when it is no list: a part
    that speaks for itself ("i was told that ...") is no thing.
    """
    plain = [word for word in words if word.is_word]
    parts: list[list[Word]] = [[]]
    for place, word in enumerate(plain):
        comma = place > 0 and "," in text[plain[place - 1].end : word.start]
        if (comma or word.text in _LISTING) and parts[-1]:
            parts.append([])
        if word.text not in _LISTING:
            parts[-1].append(word)
    parts = [part for part in parts if part]
    if (
        not 2 <= len(parts) <= MOST_LISTED
        or len(parts[0]) < FEWEST_WORDS
        or any(len(part) > LONGEST_LISTED or _speaks_for_itself(part) for part in parts[1:])
    ):
        return ()
    lead = [word for word in parts[0][:LONGEST_LEAD] if word.text in _OPENERS or word.text in _LEADING]
    whole = [parts[0], *([*lead, *part] for part in parts[1:])]
    return tuple(Segment(tuple(part), own[0].start, own[-1].end) for part, own in zip(whole, parts, strict=True))


def _speaks_for_itself(part: Sequence[Word]) -> bool:
    return any(word.text in _OPENERS or word.text in _SPEAKERS for word in part)


def _opens_here(words: Sequence[Word], place: int, current: Sequence[Word], text: str) -> bool:
    """Whether the word at `place` begins a question of its own without a joiner."""
    if not _opens_question(words[place:]):
        return False
    word, before = words[place], current[-1]
    if "," in text[before.end : word.start]:
        return True
    asked = any(each.text in _OPENERS for each in current)
    return asked and word.text in _QUESTION_WORDS and len(current) >= 4 and before.text not in _LEANING_ON


def _opens_question(words: Sequence[Word]) -> bool:
    """Whether the next words begin a question of their own ("can I drink", "how long does")."""
    ahead = [word.text for word in words[:2]]
    if len(ahead) < 2 or ahead[0] not in _OPENERS:
        return False
    return ahead[0] not in _AUXILIARIES or ahead[1] in _SUBJECTS


def _close(current: list[Word], segments: list[Segment]) -> None:
    while current and current[0].text in _LEAD_IN:
        current = current[1:]
    if len(current) >= FEWEST_WORDS:
        segments.append(Segment(tuple(current), current[0].start, current[-1].end))
