"""Safety rules, word lists and lists of texts written as the files that `rule_files` reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile

from bot.errors import InputError
from bot.faq.entry import Region
from bot.faq.release import Correction, Level, SafetyRule, WordLists
from bot.faq.yaml_writer import block, field_line, folded, inline_list, inline_map, joined, scalar, text_list

_LEVEL_NOTES = {
    Level.EMERGENCY: "# Call now. These replies stand alone: nothing is answered beneath them.",
    Level.CRISIS: "# Stay with help. Warm, short, no lecture; nothing is answered beneath them.",
    Level.URGENT: "# The clinic, or the out-of-hours line, the same day.",
    Level.ILLICIT: "# Kind refusal, why it is dangerous, and the proper way.",
    Level.DECISION: "# A personal medical decision: never yes, no or a number; general information and the way to the "
    "clinician.",
}
_GROUPS_NOTE = (
    "# Groups of words that the safety patterns name with @. A word stands for all its inflections;",
    "# swell* means every word beginning so; [ ] may be missing; ... is a gap. See docs/safety-rules.md.",
)
_SYNONYMS_NOTE = (
    "# Everyday and medical words that mean the same for finding an answer: each of `means` is read as `term`.",
    "# Never fold a negation, a number, a dose or a unit, or two words that belong to different entries.",
)
_BRANDS_NOTE = ("# Medicine and brand names, with frequent misspellings: each of `means` is read as `term`.",)
_PROTECTED_NOTE = "# Names that are never corrected into another word; those above need not be said again."
_CHAT_NOTE = "# Text speak and words without their apostrophe, written out. Only whole words are replaced."
_CORRECTIONS_NOTE = "# Questions that were led to the wrong entry; without `right`, no entry is the right one."


def rule_files_of(rules: Sequence[SafetyRule]) -> Mapping[str, str]:
    """Every level's file and the groups of words, by path. Raises InputError where rules differ in their groups."""
    groups = rules[0].groups if rules else {}
    for rule in rules:
        if rule.groups != groups:
            raise InputError(
                field=f"rules[{rule.id}].groups", got="groups of its own", allowed="the same groups in every rule"
            )
    files = {f"safety/{level.word}.yaml": joined(_level_lines(level, rules)) for level in sorted(Level, reverse=True)}
    body = [line for name, pattern in groups.items() for line in folded(name, pattern, "  ")]
    files["safety/words.yaml"] = joined((*_GROUPS_NOTE, "groups:" if body else "groups: {}", *body))
    return files


def word_files_of(words: WordLists) -> Mapping[str, str]:
    """Synonyms, brand names and text speak, by path."""
    named = {*words.brands, *words.brands.values()}
    others = sorted(words.protected - named)
    chat = [field_line(name, text, "  ") for name, text in words.chat.items()]
    return {
        "vocabulary/synonyms.yaml": joined((*_SYNONYMS_NOTE, *_fold_lines("synonyms", words.synonyms))),
        "vocabulary/brands.yaml": joined(
            (
                *_BRANDS_NOTE,
                *_fold_lines("brands", words.brands),
                _PROTECTED_NOTE,
                f"protected: {inline_list(others)}",
            )
        ),
        "vocabulary/chat.yaml": joined((_CHAT_NOTE, "chat:" if chat else "chat: {}", *chat)),
    }


def texts_file(note: Iterable[str], name: str, texts: Sequence[str]) -> str:
    """A file that is one list of texts under `name`, below the lines of `note`."""
    return joined((*note, *(text_list(name, texts) if texts else [f"{name}: []"])))


def corrections_file(corrections: Sequence[Correction]) -> str:
    """What staff said of questions that were led to the wrong entry."""
    lines = []
    for each in corrections:
        fields = {"question": each.question, "wrong": each.wrong}
        if each.right is not None:
            fields["right"] = each.right
        lines.append(f"  - {inline_map(fields)}")
    return joined((_CORRECTIONS_NOTE, "corrections:", *lines))


def common_start(lists: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """What all the lists begin with; nothing for fewer than two, where nothing is shared."""
    if len(lists) < 2:
        return ()
    return tuple(same[0] for same in takewhile(lambda same: len(set(same)) == 1, zip(*lists, strict=False)))


def _level_lines(level: Level, rules: Sequence[SafetyRule]) -> Iterator[str]:
    mine = [rule for rule in rules if rule.level == level]
    common = common_start([rule.exceptions for rule in mine])
    yield _LEVEL_NOTES[level]
    yield field_line("level", level.word)
    yield from text_list("exceptions", common)
    yield "rules:" if mine else "rules: []"
    for rule in mine:
        yield from _rule_lines(rule, rule.exceptions[len(common) :])


def _rule_lines(rule: SafetyRule, exceptions: Sequence[str]) -> Iterator[str]:
    yield f"  - id: {scalar(rule.id)}"
    yield field_line("name", rule.name, "    ")
    yield f"    contacts: {inline_list(rule.contacts)}"
    yield "    reply:"
    for region in Region:
        yield from block(region.value, rule.replies.get(region, ""), "      ")
    if rule.translations:
        yield "    translations:"
    for language, translated in rule.translations.items():
        yield f"      {language}:"
        yield field_line("made_of", translated.made_of, "        ")
        for region in Region:
            yield from block(region.value, translated.replies.get(region, ""), "        ")
    for name, texts in (
        ("patterns", rule.patterns),
        ("exceptions", exceptions),
        ("examples", rule.examples),
        ("hard_negatives", rule.hard_negatives),
    ):
        yield from text_list(name, texts, "    ")


def _fold_lines(name: str, folds: Mapping[str, str]) -> Iterator[str]:
    by_term: dict[str, list[str]] = {}
    for word, term in folds.items():
        by_term.setdefault(term, []).append(word)
    yield f"{name}:" if by_term else f"{name}: []"
    for term, means in by_term.items():
        yield f"  - term: {scalar(term)}"
        yield f"    means: {inline_list(means)}"
