"""Safety rules, word lists and corrections as files: what is read, and what stops the load by line and field."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.errors import BrokenRule, KnowledgeError, PatternError
from bot.faq.entry import Region
from bot.faq.places import TextFolder
from bot.faq.release import Correction, Level, SafetyRule, TranslatedReply
from bot.faq.rule_files import pattern_fault, read_corrections, read_rules, read_texts, read_word_lists

EXAMPLES = "[" + ", ".join(f"example {place}" for place in range(12)) + "]"
NEGATIVES = "[" + ", ".join(f"fine {place}" for place in range(6)) + "]"


def rules_of(level: Level, contact: str = "emergency") -> str:
    return f"""\
level: {level.word}
exceptions: [common joke]
rules:
- id: {level.word}.one
  name: The first
  patterns: [chest pain]
  exceptions: [own joke]
  examples: {EXAMPLES}
  hard_negatives: {NEGATIVES}
  contacts: [{contact}]
  reply:
    uk: Call {{{{ clinic.emergency }}}}.
    us: Dial it.
"""


FILES = {f"safety/{level.word}.yaml": rules_of(level) for level in Level} | {
    "safety/words.yaml": "groups: {pain: ache | hurt}\n",
    "vocabulary/synonyms.yaml": "synonyms:\n- {term: Sunscreen, means: [sun cream, SPF]}\n",
    "vocabulary/brands.yaml": "brands:\n- {term: isotretinoin, means: [Accutane]}\nprotected: [IBS]\n",
    "vocabulary/chat.yaml": "chat: {U: You}\n",
}
CRISIS = "safety/crisis.yaml"


def rules(files: dict[str, str]) -> tuple[tuple[SafetyRule, ...], list[tuple[str, int, str, str]]]:
    faults: list[KnowledgeError] = []
    found = read_rules(TextFolder(files) / "safety", faults)
    return found, [(each.file, each.line, each.field, each.problem) for each in faults]


def test_every_level_has_its_file_and_each_rule_its_own_and_the_common_exceptions() -> None:
    found, faults = rules(FILES)

    assert faults == []
    assert [rule.id for rule in found] == [f"{level.word}.one" for level in sorted(Level, reverse=True)]
    first = found[0]
    assert (first.level, first.name, first.patterns) == (Level.EMERGENCY, "The first", ("chest pain",))
    assert first.exceptions == ("common joke", "own joke")
    assert (len(first.examples), len(first.hard_negatives), first.contacts) == (12, 6, ("emergency",))
    assert first.replies == {Region.UK: "Call {{ clinic.emergency }}.", Region.US: "Dial it."}
    assert first.groups == {"pain": "ache | hurt"}
    assert first.translations == {}


SPANISH = """\
  translations:
    es:
      made_of: MARK
      uk: Llame a {{ clinic.emergency }}.
      us: Llame.
"""


def test_a_translated_reply_is_read_and_must_name_the_same_facts() -> None:
    mark = rules(FILES)[0][0].mark
    spanish = SPANISH.replace("MARK", mark)
    right = {**FILES, CRISIS: FILES[CRISIS] + spanish}
    lacking = {**FILES, CRISIS: FILES[CRISIS] + spanish.replace(" a {{ clinic.emergency }}", "")}
    outdated = {**FILES, CRISIS: FILES[CRISIS] + SPANISH.replace(" a {{ clinic.emergency }}", "").replace("MARK", "x")}

    found, faults = rules(right)
    assert faults == []
    replies = {Region.UK: "Llame a {{ clinic.emergency }}.", Region.US: "Llame."}
    assert found[1].translations == {"es": TranslatedReply(replies, mark)}
    assert [fault[2] for fault in rules(lacking)[1]] == ["rules[1].translations"]
    assert rules(outdated)[1] == []  # English is said until it fits again


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "problem"),
    [
        ("level: crisis", "level: urgent", 1, "level", 'must be "crisis", as the file is named'),
        ("id: crisis.one", "id: grave.one", 4, "rules[1].id", '"grave.one" must be crisis.<name>'),
        ("id: crisis.one", "id: crisis.", 4, "rules[1].id", '"crisis." must be crisis.<name>'),
        ("contacts: [emergency]", "contacts: [fax]", 10, "rules[1].contacts", '"fax" is unknown; allowed: '),
        ("contacts: [emergency]", "contacts: []", 10, "rules[1].contacts", "has 0; at least 1 needed"),
        ("example 11", "", 8, "rules[1].examples", "has 11; at least 12 needed"),
        (", fine 5", "", 9, "rules[1].hard_negatives", "has 5; at least 6 needed"),
        ("    us: Dial it.\n", "", 12, "rules[1].reply.us", "is missing"),
        ("  name: The first\n", "", 4, "rules[1].name", "is missing"),
        ("  name:", "  nmae: x\n  name:", 5, "rules[1].nmae", "is not a known field"),
        ("rules:", "rulse: []\nrules:", 3, "rulse", "is not a known field"),
        ("level: crisis", "level: [", 3, "(YAML)", ""),
    ],
)
def test_a_fault_in_a_rule_is_named_by_file_line_and_field(
    old: str, new: str, line: int, field: str, problem: str
) -> None:
    assert old in FILES[CRISIS]
    _, faults = rules({**FILES, CRISIS: FILES[CRISIS].replace(old, new, 1)})

    assert [fault[0] for fault in faults] == ["knowledge/safety/crisis.yaml"] * len(faults)
    assert [(line, field)] == [fault[1:3] for fault in faults if fault[2] == field], faults
    assert any(fault[3].startswith(problem) for fault in faults)


def test_a_rule_may_stand_only_once() -> None:
    twice = FILES[CRISIS] + FILES[CRISIS].partition("rules:\n")[2]

    assert [fault[2:] for fault in rules({**FILES, CRISIS: twice})[1]] == [("rules[2].id", '"crisis.one" stands twice')]


@pytest.mark.parametrize("name", [CRISIS, "safety/words.yaml"])
def test_a_file_that_is_missing_stops_the_load(name: str) -> None:
    _, faults = rules({each: text for each, text in FILES.items() if each != name})

    assert faults == [(f"knowledge/{name}", 1, "(file)", "is missing")]


def test_words_are_folded_whatever_their_capitals() -> None:
    faults: list[KnowledgeError] = []
    lists = read_word_lists(TextFolder(FILES) / "vocabulary", faults)

    assert faults == []
    assert lists.synonyms == {"sun cream": "sunscreen", "spf": "sunscreen"}
    assert lists.brands == {"accutane": "isotretinoin"}
    assert lists.chat == {"u": "you"}
    assert lists.protected == {"ibs", "accutane", "isotretinoin"}


def read_lists(files: dict[str, str], faults: list[KnowledgeError]) -> None:
    read_word_lists(TextFolder(files) / "vocabulary", faults)


def read_asked(files: dict[str, str], faults: list[KnowledgeError]) -> None:
    read_corrections(TextFolder(files) / "corrections.yaml", faults)


CORRECTED = "corrections:\n- {question: When?, wrong: lips, right: hours}\n"


@pytest.mark.parametrize(
    ("read", "files", "line", "field"),
    [
        (read_lists, {"vocabulary/synonyms.yaml": "synonyms:\n- {term: a, means: [x]}\n- {term: b, means: [X]}\n"}, 3,
         "synonyms[2].means"),
        (read_lists, {"vocabulary/brands.yaml": "brands: []\n"}, 1, "brands"),
        (read_lists, {"vocabulary/chat.yaml": "chat: {}\nchatt: {}\n"}, 2, "chatt"),
        (read_asked, {"corrections.yaml": f"{CORRECTED}- {{question: when?, wrong: sun}}\n"}, 3,
         "corrections[2].question"),
        (read_asked, {"corrections.yaml": "corrections:\n- {question: a, wrong: lips, right: lips}\n"}, 2,
         "corrections[1].right"),
        (read_asked, {"corrections.yaml": "corrections:\n- {question: a, right: lips}\n"}, 2, "corrections[1].wrong"),
        (read_asked, {"corrections.yaml": "corrections: []\nmore: a\n"}, 2, "more"),
        (read_asked, {"corrections.yaml": "corrections:\n- {question: a, wrong: b, why: c}\n"}, 2, "corrections[1].why"),
    ],
)  # fmt: skip
def test_a_fault_in_a_list_is_named_by_line_and_field(
    read: Callable[[dict[str, str], list[KnowledgeError]], None], files: dict[str, str], line: int, field: str
) -> None:
    faults: list[KnowledgeError] = []
    read({**FILES, **files}, faults)

    assert [(fault.line, fault.field) for fault in faults] == [(line, field)]


def test_corrections_are_read_and_need_not_be_there() -> None:
    faults: list[KnowledgeError] = []
    text = f"{CORRECTED}- {{question: Who?, wrong: lips}}\n"

    assert read_corrections(TextFolder({}) / "corrections.yaml", faults) == ()
    assert read_corrections(TextFolder({"corrections.yaml": text}) / "corrections.yaml", faults) == (
        Correction(question="When?", wrong="lips", right="hours"),
        Correction(question="Who?", wrong="lips"),
    )
    assert read_texts(TextFolder({"b.yaml": "texts: [a, b]\n"}) / "b.yaml", "texts", faults) == ("a", "b")
    assert faults == []


def test_a_pattern_that_cannot_be_read_is_named_where_it_stands() -> None:
    def fault(pattern: str, rule_id: str = "crisis.one") -> tuple[str, int, str]:
        error = PatternError(pattern=pattern, column=3, problem="odd")
        found = pattern_fault(TextFolder(FILES), BrokenRule(rule_id, error))
        return found.file, found.line, found.problem

    assert fault("chest pain") == ("safety/crisis.yaml", 6, "column 3: odd")
    assert fault("common joke") == ("safety/crisis.yaml", 2, "column 3: odd")
    assert fault("ache | hurt") == ("safety/words.yaml", 1, "column 3: odd")
    assert fault("nowhere")[:2] == ("safety", 1)
