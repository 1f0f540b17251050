"""Which words of a message tell of a time long gone: a time belongs to the clause that it stands in."""

from __future__ import annotations

from collections.abc import Sequence

from bot.language.words import Word
from bot.safety.patterns import Hit
from bot.safety.stretches import JOINING, Span, clauses, sentence_numbers

_ONSET = frozenset({"start", "began", "begin", "begun", "sinc", "onset", "gone"})  # it may well go on
_FILLING = frozenset(
    ["it", "its", "that", "thats", "this", "was", "were", "though", "only", "once", "back", "about", "way", "like",
     "some", "all", "over", "happened", "many", "long", "maybe", "perhaps", "around", "roughly", "also", "in", "at"]
)  # fmt: skip
_ASKING = frozenset({"can", "could", "should", "shall", "may", "would", "will", "is", "do", "does", "how", "what"})
_TIME_OF_DAY = frozenset({"am", "pm", "oclock", "hrs", "hours", "h", "minutes", "mins"})
_SPANS = frozenset(
    ["hour", "hours", "day", "days", "week", "weeks", "month", "few", "couple", "several", "two", "three", "minutes"]
)
_NOTS = frozenset({"not", "never", "no", "without"})
_TOLD = frozenset({"took", "had", "noticed", "woke"})  # with a time long gone beside it, no more than a tale
_SHORTLY = 3


def bygone(
    words: Sequence[Word],
    text: str,
    *,
    past: Sequence[Hit],
    present: Sequence[Hit],
    resolved: Sequence[Hit],
    again: Sequence[Hit],
) -> frozenset[int]:
    """The places of the words that are told of a time long gone, and not also of now, each in its clause.

    The four are where the message names a time long gone, the present, that something is over, that it is back. A
    clause that says nothing but when ("years ago", "that was in 2015") tells it of all its sentence.
    """
    told = [hit for hit in past if not _is_of_now(words, hit)]
    if not told:
        return frozenset()
    parts = clauses(words, text, whole=False)
    sentence_of = sentence_numbers(words)
    sentences = [sentence_of[first] for first, _ in parts]
    back = [place for place, part in enumerate(parts) if _comes_back(words, part, again)]
    speaking = [hit for hit in present if words[hit.last].text not in _TOLD]
    now = {place for place, part in enumerate(parts) if any(_meets(part, hit) for hit in speaking)}
    today = {sentences[place] for place in now if _says_only_when(words, parts[place], speaking)}
    gone: set[int] = set()
    for place, part in enumerate(parts):
        own = [hit for hit in told if _meets(part, hit)]
        if not own or _goes_on(words, part) or sentences[place] in today:
            continue
        reached = {place}
        if _says_only_when(words, part, own):
            reached |= {other for other, of in enumerate(sentences) if of == sentences[place] and other not in now}
        for each in reached:
            first, last = parts[each]
            if any(sentences[other] == sentences[each] and other >= each for other in back):
                continue
            if each in now:  # gone up to where it says that it is over
                over = [
                    hit.first for hit in resolved if first <= hit.first and sentence_of[hit.first] == sentences[each]
                ]
                last = min(last, max(over, default=first) - 1)
            gone.update(range(first, last + 1))
    return frozenset(gone)


def _is_of_now(words: Sequence[Word], hit: Hit) -> bool:
    """Whether what looks like a time long gone is none: "at 15:30", "more than I used to", "was fine now limp"."""
    before = [word.text for word in words[max(0, hit.first - 2) : hit.first]]
    last, after = words[hit.last], words[hit.last + 1] if hit.last + 1 < len(words) else None
    if "than" in before or words[hit.first].text == "than":
        return True
    if after is None or not after.is_word:
        return False
    if last.text.isdigit():
        return after.text in _TIME_OF_DAY or after.text.isdigit()
    if last.text == "past":  # "in the past week"
        return after.text in _SPANS or after.text.isdigit()
    return last.text == "now" and after.text not in JOINING and after.start - last.end <= 1


def _goes_on(words: Sequence[Word], part: Span) -> bool:
    """Whether the clause tells when something began, or that it never was before."""
    return any(word.stem in _ONSET or word.text == "never" for word in words[part[0] : part[1] + 1])


def _says_only_when(words: Sequence[Word], part: Span, own: Sequence[Hit]) -> bool:
    told = {place for hit in own for place in range(hit.first, hit.last + 1)}
    return all(
        place in told or words[place].text in _FILLING or words[place].text in JOINING
        for place in range(part[0], part[1] + 1)
    )


def _comes_back(words: Sequence[Word], part: Span, again: Sequence[Hit]) -> bool:
    """Whether the clause says that something is back, and neither denies nor asks it."""
    first, _ = part
    if words[first].text in _ASKING:
        return False
    return any(
        _meets(part, hit)
        and not any(word.text in _NOTS for word in words[max(first, hit.first - _SHORTLY) : hit.first])
        for hit in again
    )


def _meets(part: Span, hit: Hit) -> bool:
    return part[0] <= hit.last and hit.first <= part[1]
