"""Lint of a translation: what can be told without understanding it, of its own wording and beside the English."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.faq.entry import Entry, Translation
from bot.faq.entry_checks import ENTRY_LINK, PLACEHOLDER

MOST_SHORT_WORDS = 75  # Spanish says the same with about a quarter more words than English
LEAST_EASE = 55.0  # on the scale below: what is "normal" to read, as INFLESZ asks of texts for patients
FEWEST_PHRASINGS = 5

_BANNED = (
    ("promotional", r"milagr\w+|revolucionari\w+|incre[ií]ble\w*|te cambia la vida|maravillos\w+"),
    ("absolute", r"garant[ií]\w+|100 ?%|(?:totalmente|completamente|del todo) segur\w+|cura (?:total|definitiva)\w*"),
    (
        "an order",
        r"\b(?:debes?|debe usted|tienes? que) (?:dejar|empezar|tomar|duplicar|saltar|saltarse|aumentar|reducir)\w*",
    ),
    ("a verdict", r"\best(?:ás|á|arás|ará) (?:bien|a salvo)\b|no (?:te|se) preocupes?\b|no hay de qué preocuparse"),
    ("an invitation to buy", r"\b(?:compr|pid|pide)\w+ (?:en l[ií]nea|por internet|aquí|ahora)|descuento"),
)
_LETTERS = "A-Za-zÁÉÍÓÚÜÑáéíóúüñ"
_WORD = re.compile(f"[{_LETTERS}]+")
_SENTENCE = re.compile(r"[.!?:;]+(?:\s|$)|\n\s*\n|\n\s*[-*] ")
_MARKS = re.compile(r"\[([^\]]+)\]\([^)]*\)|[*_`#>¿¡]|\{\{[^}]*\}\}")
_NAMES = re.compile(r"\b(?:isotretino[ií]na|roacut[aá]n|accutane|dermat[oó]log[oa])\b", re.IGNORECASE)
_VOWELS = re.compile(r"[aeiouáéíóúü]+")
_HIATUS = re.compile(r"(?<=[aeoáéó])(?=[aeoáéóíú])|(?<=[íú])(?=[aeoáéó])")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def lint_translation(translation: Translation) -> Iterator[tuple[str, str]]:
    """Each fault as field and text; the fields are question, short, detail, next_step, phrasings, golden."""
    count = len(translation.short.split())
    if count > MOST_SHORT_WORDS:
        yield "short", f"the short answer has {count} words; at most {MOST_SHORT_WORDS}"
    ease = reading_ease(f"{translation.short}\n\n{translation.detail}")
    if ease < LEAST_EASE:
        yield "short", f"reading ease {ease:.0f}; at least {LEAST_EASE:.0f} (shorter sentences, shorter words)"
    for name in ("short", "detail", "next_step"):
        text = getattr(translation, name)
        for kind, wording in _BANNED:
            found = re.search(wording, text, re.IGNORECASE)
            if found:
                yield name, f"{kind}: {found.group()!r}"
        if "!" in text or "¡" in text:
            yield name, "an exclamation mark"
    known = {_plain(text) for text in translation.wordings}
    for question in translation.golden:
        if _plain(question) in known:
            yield "golden", f"golden question {question!r} is one of the phrasings"


def reading_ease(text: str) -> float:
    """How easy plain Spanish is to read, from 0 to about 100; 55 and more suits a text for patients.

    206.835 - 62.3 syllables per word - words per sentence, the medicine's name counted as an easy word.
    Source: Szigriszt Pazos 1993; the bound: Barrio Cantalejo and others 2008 (INFLESZ).
    """
    plain = _NAMES.sub("esta cosa", _MARKS.sub(lambda match: match.group(1) or " ", text)).lower()
    sentences = [piece for piece in _SENTENCE.split(plain) if _WORD.search(piece)]
    words = _WORD.findall(plain)
    if not words:
        return 100.0
    syllables = sum(map(syllables_of, words))
    return 206.835 - 62.3 * syllables / len(words) - len(words) / len(sentences)


def syllables_of(word: str) -> int:
    """How many syllables a Spanish word has: its vowels, those of a diphthong together."""
    silent = re.sub(r"(?<=q)u|(?<=g)u(?=[eiéí])", "", word)
    groups = _VOWELS.findall(silent)
    return max(1, sum(1 + len(_HIATUS.findall(group)) for group in groups))


def compare_translation(entry: Entry, translation: Translation) -> Iterator[tuple[str, str]]:
    """What stands in English and not in the translation, or the other way round: numbers, facts, links.

    There may be a reason for it ("dos" for 2), so that it is for a person to decide.
    """
    texts = {
        "short": (entry.answer.short, translation.short),
        "detail": (entry.answer.detail, translation.detail),
        "next_step": (entry.next_step.text, translation.next_step),
    }
    if entry.answer.detail and not translation.detail:
        yield "detail", "the English answer has a detail, and this has none"
    wholes = (" ".join(pair[place] for pair in texts.values()) for place in (0, 1))
    english, other = wholes
    for what, pattern in (("the number", _NUMBER), ("the fact", PLACEHOLDER), ("a link to", ENTRY_LINK)):
        before, after = ({_number(each) for each in pattern.findall(text)} for text in (english, other))
        for each in sorted(before - after):
            field = next((name for name, pair in texts.items() if each in map(_number, pattern.findall(pair[0]))), "")
            yield field, f"{what} {each} stands in English, and not here"
        for each in sorted(after - before):
            field = next((name for name, pair in texts.items() if each in map(_number, pattern.findall(pair[1]))), "")
            yield field, f"{what} {each} stands here, and not in English"


def _number(text: str) -> str:
    """A number alike in both languages: a comma for the decimals is a point."""
    return text.replace(",", ".") if text[:1].isdigit() else text


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))
