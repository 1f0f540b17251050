"""Headings → questions as a patient would ask them, and other wordings of a question, by patterns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.ingest.lines import decimal, numbered
from bot.ingest.sections import INTRODUCTION, Section
from bot.language.words import english_ranks

MOST_PHRASINGS = 6
LONGEST_HEADING = 300  # characters; what is longer is no question
# Headings of parts that answer nothing by themselves.
NO_QUESTION = frozenset(
    [
        *("introduction", "conclusion", "conclusions", "summary", "overview"),
        *("references", "sources", "further reading", "contents", "about this leaflet"),
        *("about the author", "disclaimer", "bibliography", "final thoughts", "the bottom line"),
        *("key points", "key takeaways", "takeaway", "in summary", "notes"),
        *("acknowledgements",),
    ]
)  # fmt: skip
_LITTLE = frozenset(
    [
        *("a", "an", "and", "are", "as", "at", "be", "been", "by", "can"),
        *("could", "do", "does", "for", "from", "get", "had", "has", "have", "how"),
        *("i", "if", "in", "is", "it", "its", "may", "me", "might", "must"),
        *("my", "of", "on", "or", "our", "should", "so", "some", "than", "that"),
        *("the", "their", "them", "there", "these", "they", "this", "those", "to", "us"),
        *("was", "we", "were", "what", "when", "where", "which", "while", "who", "why"),
        *("will", "with", "without", "would", "you", "your", "about", "after", "before", "during"),
    ]
)  # fmt: skip
_ASKED = frozenset(("know", "take", "long", "help", "myself", "works", "work", "consider", "does", "expect"))
_WORD = re.compile(r"[A-Za-z][\w'-]*")
_NOUNS = frozenset(
    [
        *("benefits", "effects", "risks", "signs", "tips", "results", "causes", "ways", "types", "steps"),
        *("tests", "tablets", "capsules", "less"),
    ]
)  # fmt: skip
_DOES = {"does": "do", "has": "have", "goes": "go", "is": "be"}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a document is about, "" where that is not plain; `kept` are words that it writes large within sentences."""

    name: str
    kept: frozenset[str]

    def lowered(self, heading: str) -> str:
        """The heading as it would stand within a sentence: capitals only where the document keeps them."""
        return " ".join(self._lowered(word) for word in heading.split(" "))

    def _lowered(self, word: str) -> str:
        bare = word.strip("\"'“”‘’()[],:;?!.–—").removesuffix("'s").removesuffix("’s")
        if not bare[:1].isupper() or bare == "I" or bare in self.kept:
            return word
        inner = re.sub(r"[-/]", "", bare)[1:]
        return word.lower() if not inner or inner.islower() or all(map(str.istitle, re.split(r"[-/]", bare))) else word


def subject_of(title: str, sections: Sequence[Section]) -> Subject:
    """What the headings and the title name most often, where they agree on something."""
    text = " ".join(section.whole for section in sections)
    inside = set(re.findall(r"(?<=[a-z,] )[A-Z][\w-]*", text))
    small = set(re.findall(r"\b[a-z][\w-]*", text))
    met: Counter[str] = Counter()
    for heading in {title, *(section.heading for section in sections)}:
        for word in {found.lower().removesuffix("'s") for found in _WORD.findall(heading)}:
            if word not in _LITTLE and len(word) > 3:
                met[word] += 1
    words = Counter(word.lower() for word in _WORD.findall(text))
    likely = [word for word, count in met.items() if count >= 2 and word not in _COMMON]
    name = max(likely, key=lambda word: (met[word], words[word]), default="")
    return Subject(name, frozenset(word for word in inside if word.lower() not in small))


_COMMON = frozenset(
    [
        *("treatment", "treatments", "effects", "effect", "side", "common", "serious", "skin", "tips", "help"),
        *("people", "patients", "medicine", "medicines", "dose", "benefits", "results", "take", "taking", "works"),
        *("questions", "answers", "what", "safe", "long", "life", "daily", "advice", "care", "information"),
    ]
)  # fmt: skip


def questions_of(section: Section, subject: Subject) -> tuple[str, ...]:
    """Questions that the section may answer, the likeliest first; none for parts that answer nothing by themselves."""
    heading = _bare(section.heading) if len(section.heading) <= LONGEST_HEADING else ""
    if not heading or section.implied or heading.lower() in NO_QUESTION or section.heading == INTRODUCTION:
        return ()
    asked = heading.rstrip("?").strip()
    if heading.endswith("?"):
        return (_question(subject.lowered(asked)),)
    low = subject.lowered(asked)
    matched = ((pattern.fullmatch(low), make) for pattern, make in _FORMS)
    made = next((text for match, make in matched if match and (text := make(match, subject))), "")
    about = "" if made.startswith("how does") else f"what should I know about {low}{_of(low, subject)}"
    return tuple(dict.fromkeys(_question(text) for text in (made, about) if text))


def phrasings_of(question: str) -> tuple[str, ...]:
    """Other wordings of a question, as people type them; for a clinician to weed."""
    plain = question.rstrip("?").strip()
    low = plain[:1].lower() + plain[1:] if not plain.startswith("I ") else plain
    found: list[str] = []
    for pattern, wordings in _REWORDED:
        match = pattern.fullmatch(low)
        if match:
            found += [wording.format(*match.groups()) for wording in wordings]
    keys = " ".join(bare for word in low.split() if (bare := word.strip("',.")).lower() not in (_LITTLE | _ASKED))
    if len(keys.split()) > 1:
        found += [keys, f"tell me about {keys}", f"i have a question about {keys}"]
    seen = {_key(question)}
    kept = []
    for wording in found:
        if wording and _key(wording) not in seen and 2 <= len(wording) <= 120:
            seen.add(_key(wording))
            kept.append(wording)
    return tuple(kept[:MOST_PHRASINGS])


def _key(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))


def _bare(heading: str) -> str:
    parted = decimal(heading) or numbered(heading)
    text = parted[1] if parted else heading
    return " ".join(re.sub(r"\s*\([^)]*\)", "", text).split()).strip(" :–—-")


def _question(text: str) -> str:
    text = " ".join(text.split())
    return f"{text[:1].upper()}{text[1:]}?" if text else ""


def _of(low: str, subject: Subject) -> str:
    return f" with {subject.name}" if subject.name and subject.name not in low.lower() else ""


def _plural(text: str) -> bool:
    head = re.split(r"\s(?:of|for|from|with|to|in|on|while|when|beyond|during|but|and)\s", text.lower())[0].split()
    return bool(head) and head[-1].endswith("s") and not head[-1].endswith(("ss", "us", "is"))


def _are(text: str) -> str:
    return "are" if _plural(text) else "is"


def _base(verb: str) -> str:
    """A verb as it stands after "does": reduces → reduce, carries → carry."""
    low = verb.lower()
    if low in _DOES:
        return _DOES[low]
    if low.endswith("ies"):
        return f"{low[:-3]}y"
    return low[:-2] if low.endswith(("ches", "shes", "sses", "xes", "zes")) else low[:-1]


def _does(match: re.Match[str], subject: Subject) -> str:
    base, known = _base(match.group(1)), english_ranks()
    if not subject.name or base not in known or match.group(1).lower() in _NOUNS:
        return ""
    return f"how does {subject.name} {base} {match.group(2)}"


def _doing(match: re.Match[str], _subject: Subject) -> str:
    stem, known = match.group(1).lower()[:-3], english_ranks()
    forms = [f"{stem}e", stem, stem[:-1] if stem[-1:] == stem[-2:-1] else stem]
    likely = [form for form in forms if form in known]
    return f"how do I {min(likely, key=lambda form: known[form])} {match.group(2) or ''}" if likely else ""


def _with_subject(match: re.Match[str], subject: Subject) -> str:
    thing = match.group(0)
    more = f" of {subject.name}" if subject.name and subject.name not in thing.lower() else ""
    article = "" if thing.startswith(("the ", "a ", "an ")) else "the "
    return f"what {_are(thing)} {article}{thing}{more}"


def _tips(match: re.Match[str], _subject: Subject) -> str:
    return f"what can I do to help myself with {match[1]}"


_ASPECTS = (
    r"side[- ]effects?|benefits?|risks?|causes?|symptoms?|signs?|types?|reasons?|uses?|impact|effects?|alternatives"
    r"|advantages|costs?|steps|ways?|stages"
)
_Make = Callable[[re.Match[str], Subject], str]
_FORMS: tuple[tuple[re.Pattern[str], _Make], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), make)
    for pattern, make in (
        (r"how (.+) works?", lambda m, _s: f"how {'do' if _plural(m[1]) else 'does'} {m[1]} work"),
        (r"how to (.+)", lambda m, _s: f"how do I {m[1]}"),
        (r"when to (.+)", lambda m, _s: f"when should I {m[1]}"),
        (r"where to (.+)", lambda m, _s: f"where can I {m[1]}"),
        (r"what to do (?:if|when) (.+)", lambda m, _s: f"what should I do if {m[1]}"),
        (r"what to (.+)", lambda m, _s: f"what should I {m[1]}"),
        (r"(?:do not|don't) (.+)", lambda m, _s: f"why should I not {m[1]}"),
        (r"if you (.+)", lambda m, _s: f"what should I do if I {m[1]}"),
        (r"(before|after|during|while) (?:you )?(.+)", lambda m, _s: f"what should I know {m[1]} {_mine(m[2])}"),
        (r"(?:the )?(?:\w+ ){0,2}tips(?: (?:for|while|on|when))+ (.+)", _tips),
        (r"(.+'s) (.+)", lambda m, _s: f"what {_are(m[2])} {m[1]} {m[2]}"),
        (rf"(?:the )?(?:\w+ ){{0,5}}(?:{_ASPECTS})(?: .+)?", _with_subject),
        (r"([a-z]+[a-z]s) (?!and\b|of\b|in\b|for\b|with\b|to\b|on\b|at\b)(.+)", _does),
        (r"([a-z]{3,}ing)(?: (.+))?", _doing),
        (r"(?:a )?(missed (?:dose|tablet|capsule|appointment))s?", lambda m, _s: f"what should I do about a {m[1]}"),
        (r"(?:who|what|how|why|when|where|which|can|is|are|do|does|should|will)\b.+", lambda m, _s: m[0]),
    )
)  # fmt: skip


def _mine(text: str) -> str:
    return re.sub(r"\byour\b", "my", re.sub(r"^(start|stop|take|use)\b", r"I \1", text))


_REWORDED: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), wordings)
    for pattern, wordings in (
        (r"what are the (.*)(side effects|risks) of (.+)", ("does {2} have {0}{1}", "what {0}{1} can i get from {2}")),
        (r"what (?:is|are) (?:the )?(.+)", ("whats {0}", "can you explain {0}", "{0} explained")),
        (
            r"how (?:does|do) (.+) work",
            ("what does {0} do to the body", "how is {0} supposed to work", "the way {0} works"),
        ),
        (r"how does (\w+) (.+)", ("can {0} {1}", "does {0} {1}", "in what way does {0} {1}")),
        (r"how do i (.+)", ("how can i {0}", "whats the best way to {0}", "i dont know how to {0}")),
        (
            r"how long does it take (.+)",
            ("how many weeks does it take {0}", "how soon can i expect {0}", "when will i start {0}"),
        ),
        (r"how long (.+)", ("how many weeks {0}", "for what time {0}")),
        (r"when should i (.+)", ("what time do i {0}", "is there a right time to {0}")),
        (r"who should (.+)", ("who can {0}", "is it right for me to {0}", "which people {0}")),
        (r"can i (.+)", ("am i allowed to {0}", "is it ok to {0}", "is it alright if i {0}")),
        (r"what should i do if (.+)", ("what happens if {0}", "{0} what now", "help {0}")),
        (r"what should i know about (.+)", ("what about {0}", "anything i should know about {0}", "info on {0}")),
        (r"why (.+)", ("what is the reason {0}", "how come {0}")),
        (r"(?:is|are) (.+)", ("i wonder if {0}",)),
    )
)
