"""Safety rules, word lists and out-of-scope questions read from the knowledge folder."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.errors import BrokenRule, KnowledgeError
from bot.faq.clinic import LINE_KINDS
from bot.faq.entry import TRANSLATED_INTO, Region
from bot.faq.entry_checks import name_of
from bot.faq.places import Place
from bot.faq.release import Correction, Level, SafetyRule, TranslatedReply, WordLists
from bot.faq.yaml_reader import Fields, Problems, read_fields, read_text

_CONTACTS = (*LINE_KINDS, "clinic")
_FACT = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")


RULE_FILES = (*(f"{level.word}.yaml" for level in Level), "words.yaml", "harmless.yaml", "hazards.yaml")
WORD_FILES = ("synonyms.yaml", "brands.yaml", "chat.yaml")


def read_rules(folder: Place, vital: list[KnowledgeError]) -> tuple[SafetyRule, ...]:
    """Every rule of the five level files, most severe level first."""
    groups = _read_groups(folder / "words.yaml", vital)
    rules: list[SafetyRule] = []
    for level in sorted(Level, reverse=True):
        path = folder / f"{level.word}.yaml"
        root, problems = _open(path)
        if root:
            if root.text("level") != level.word:
                root.fault("level", f'must be "{level.word}", as the file is named')
            common = root.texts("exceptions", limit=1500)
            for item in root.items("rules", at_least=1):
                rule = _read_rule(item, level, groups, common)
                if any(other.id == rule.id for other in rules):
                    item.fault("id", f'"{rule.id}" stands twice')
                rules.append(rule)
            root.close()
        vital.extend(problems.found)
    return tuple(rules)


def read_word_lists(folder: Place, vital: list[KnowledgeError]) -> WordLists:
    """Synonyms, brand names, chat spelling, and the names that are never corrected."""
    synonyms, _ = _read_folds(folder / "synonyms.yaml", "synonyms", vital)
    brands, protected = _read_folds(folder / "brands.yaml", "brands", vital)
    root, problems = _open(folder / "chat.yaml")
    chat = root.text_map("chat") if root else {}
    if root:
        root.close()
    vital.extend(problems.found)
    return WordLists(
        synonyms=synonyms,
        brands=brands,
        chat={key.casefold(): value.casefold() for key, value in chat.items()},
        protected=protected | frozenset(brands) | frozenset(brands.values()),
    )


def read_texts(path: Place, name: str, vital: list[KnowledgeError]) -> tuple[str, ...]:
    """A file that is one list of texts under `name`."""
    root, problems = _open(path)
    texts = root.texts(name) if root else ()
    if root:
        root.close()
    vital.extend(problems.found)
    return texts


def read_corrections(path: Place, vital: list[KnowledgeError]) -> tuple[Correction, ...]:
    """What staff said of questions that were led to the wrong entry; the file may be absent."""
    if not path.is_file():
        return ()
    root, problems = _open(path)
    corrections: list[Correction] = []
    if root:
        for item in root.items("corrections"):
            found = Correction(
                question=item.text("question", limit=500),
                wrong=item.text("wrong"),
                right=item.text("right", "") or None,
            )
            if found.right == found.wrong:
                item.fault("right", f'"{found.right}" is the wrong entry as well')
            if any(other.question.casefold() == found.question.casefold() for other in corrections):
                item.fault("question", f'"{found.question}" is corrected twice')
            corrections.append(found)
            item.close()
        root.close()
    vital.extend(problems.found)
    return tuple(corrections)


def pattern_fault(folder: Place, error: BrokenRule) -> KnowledgeError:
    """A pattern that cannot be read, with the file and line where it stands in the knowledge `folder`."""
    for file in (folder / "safety" / f"{error.rule_id.partition('.')[0]}.yaml", folder / "safety" / "words.yaml"):
        lines = file.read_text(encoding="utf-8-sig").splitlines() if file.is_file() else []
        start = next((place for place, line in enumerate(lines) if line.strip() == f"- id: {error.rule_id}"), 0)
        for place in (*range(start, len(lines)), *range(start)):
            if error.error.pattern[:40] in lines[place]:
                problem = f"column {error.error.column}: {error.error.problem}"
                return KnowledgeError(
                    file=f"safety/{file.name}", line=place + 1, field=f"patterns of {error.rule_id}", problem=problem
                )
    return KnowledgeError(file="safety", line=1, field=f"patterns of {error.rule_id}", problem=str(error.error))


def _open(path: Place) -> tuple[Fields | None, Problems]:
    problems = Problems(name_of(path))
    text = read_text(path, problems)
    return (read_fields(text, problems) if text is not None else None), problems


def _read_groups(path: Place, vital: list[KnowledgeError]) -> Mapping[str, str]:
    root, problems = _open(path)
    groups = root.text_map("groups") if root else {}
    if root:
        root.close()
    vital.extend(problems.found)
    return groups


def _read_rule(item: Fields, level: Level, groups: Mapping[str, str], common: tuple[str, ...]) -> SafetyRule:
    rule_id = item.text("id")
    prefix, _, name = rule_id.partition(".")
    if prefix != level.word or not name:
        item.fault("id", f'"{rule_id}" must be {level.word}.<name>')
    contacts = item.texts("contacts", at_least=1)
    for contact in contacts:
        if contact not in _CONTACTS:
            item.fault("contacts", f'"{contact}" is unknown; allowed: ' + ", ".join(_CONTACTS))
    rule = SafetyRule(
        id=rule_id,
        level=level,
        name=item.text("name"),
        patterns=item.texts("patterns", limit=1500),
        exceptions=(*common, *item.texts("exceptions", limit=1500)),
        examples=item.texts("examples", at_least=12),
        hard_negatives=item.texts("hard_negatives", at_least=6),
        replies=_read_replies(item.fields("reply"), item, "reply"),
        contacts=contacts,
        groups=groups,
        translations=_read_translations(item),
    )
    for language, translated in rule.translations.items():
        for region, reply in translated.replies.items():
            if language not in rule.outdated and _facts_of(reply) != _facts_of(rule.replies[region]):
                item.fault("translations", f"{language}, {region.value} must name the same facts as the English reply")
    item.close()
    return rule


def _read_replies(by_region: Fields | None, item: Fields, name: str) -> dict[Region, str]:
    replies: dict[Region, str] = {}
    for region in Region:
        reply = by_region.text(region.value) if by_region else ""
        if not reply:
            item.fault(name, f"the reply for {region.value} is missing")
        replies[region] = reply
    if by_region:
        by_region.close()
    return replies


def _read_translations(item: Fields) -> dict[str, TranslatedReply]:
    translations: dict[str, TranslatedReply] = {}
    by_language = item.fields("translations")
    for language in TRANSLATED_INTO if by_language else ():
        if by_language and by_language.has(language) and (own := by_language.fields(language)):
            made_of = own.text("made_of")
            translations[language] = TranslatedReply(_read_replies(own, item, f"translations.{language}"), made_of)
    if by_language:
        by_language.close()
    return translations


def _facts_of(reply: str) -> list[str]:
    """The clinic's facts that a reply names, in no order."""
    return sorted(_FACT.findall(reply))


def _read_folds(path: Place, key: str, vital: list[KnowledgeError]) -> tuple[dict[str, str], frozenset[str]]:
    """Each word or phrase to what it is folded to, and the protected names."""
    root, problems = _open(path)
    folds: dict[str, str] = {}
    protected: frozenset[str] = frozenset()
    if root:
        for item in root.items(key, at_least=1):
            term = item.text("term").casefold()
            for word in item.texts("means", at_least=1):
                known = folds.setdefault(word.casefold(), term)
                if known != term:
                    item.fault("means", f'"{word}" is folded to "{known}" already')
            item.close()
        if key == "brands":
            protected = frozenset(word.casefold() for word in root.texts("protected"))
        root.close()
    vital.extend(problems.found)
    return folds, protected
