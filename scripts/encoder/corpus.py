"""What the encoder learns from: groups of texts that mean the same, and loose texts, out of public sources.

    python scripts/encoder/corpus.py SOURCES PARAPHRASES OUT.jsonl [MEASURING.csv …]

SOURCES is a folder with clones (work tree or bare git directory) of the repositories named in `GIT_SOURCES`;
one that is missing is left out and said so. PARAPHRASES is the folder of CSV files that this project wrote.
Every line of OUT is `{"text", "group", "source"}`; group is null for a loose text. None of the sets that the matcher is
reported on (CLINC150, BANKING77) is among the sources. One cluster in seven of our own paraphrases is kept out, to
judge the encoder by: OUT.held-out.jsonl. A text that stands among the questions of a MEASURING file is left out,
however short and common.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import yaml

from bot.language.normalise import plain_words

WORDNET = Path("/usr/share/wordnet")  # Debian package wordnet-base
MOST_LOOSE = {
    "dstc8-schema-guided-dialogue": 90_000,
    "multi-domain-goal-oriented-dialogues": 40_000,
    "MedQuAD": 50_000,
    "wordnet": 60_000,
    "NLU-Evaluation-Data": 30_000,
}
Row = tuple[str, str | None]


def main() -> None:
    """Read all sources and write one shuffled file."""
    sources, paraphrases, out = (Path(argument) for argument in sys.argv[1:4])
    rows: dict[str, tuple[str | None, str]] = {}  # of each text its group and its source
    for name, read in GIT_SOURCES.items():
        git = next((place for place in sources.glob(f"*{name}*/repo")), None)
        found = list(read(git)) if git else []
        _add(rows, name, found)
    _add(rows, "wordnet", list(_wordnet()))
    ours = list(_paraphrases(paraphrases))
    _add(rows, "paraphrases", [row for row in ours if not _is_held_out(row)])
    measured = _measured([Path(argument) for argument in sys.argv[4:]])
    lines = [(text, *row) for text, row in rows.items() if plain_words(text) not in measured]
    random.Random(1).shuffle(lines)
    _write(out, lines)
    _write(out.with_suffix(".held-out.jsonl"), [(*row, "paraphrases") for row in ours if _is_held_out(row)])
    print(f"{len(lines)} texts, {len({group for _, group, _ in lines if group})} groups")


def _measured(paths: list[Path]) -> set[str]:
    questions: set[str] = set()
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            questions |= {plain_words(row["question"]) for row in csv.DictReader(file)}
    return questions


def _write(path: Path, rows: list[tuple[str, str | None, str]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for text, group, source in rows:
            file.write(json.dumps({"text": text, "group": group, "source": source}, ensure_ascii=False) + "\n")


def _is_held_out(row: Row) -> bool:
    cluster = str(row[1]).rpartition(":")[0]
    return zlib.crc32(cluster.encode()) % 7 == 0


def _add(rows: dict[str, tuple[str | None, str]], name: str, found: list[Row]) -> None:
    clean = {" ".join(text.split()): group for text, group in found if 1 <= len(text.split()) <= 48}
    chosen = list(clean.items())
    most = MOST_LOOSE.get(name, len(chosen))
    if len(chosen) > most:
        chosen = random.Random(1).sample(chosen, most)
    for text, group in chosen:
        if group is not None or text not in rows:
            rows[text] = (f"{name}/{group}" if group else None), name
    print(f"{name}: {len(chosen)}" + ("" if chosen else " (missing)"), file=sys.stderr)


def _show(git: Path, path: str) -> bytes:
    """A file of a bare repository's newest commit."""
    return subprocess.run(["git", "-C", str(git), "show", f"HEAD:{path}"], capture_output=True, check=True).stdout


def _paths(git: Path, pattern: str) -> list[str]:
    listed = subprocess.run(
        ["git", "-C", str(git), "ls-tree", "-r", "--name-only", "HEAD"], capture_output=True, check=True, text=True
    )
    return [path for path in listed.stdout.splitlines() if re.search(pattern, path)]


def _few_shot(git: Path) -> Iterator[Row]:
    """HWU64 (CC BY 4.0), SNIPS (CC0) and ATIS: training sides only."""
    for name in ("HWU64", "SNIPS", "ATIS"):
        texts = _show(git, f"Datasets/{name}/train/seq.in").decode().splitlines()
        labels = _show(git, f"Datasets/{name}/train/label").decode().splitlines()
        grouped = name == "HWU64"  # the other two know too few intents to tell likeness from sameness
        yield from ((text, f"{name}-{label}" if grouped else None) for text, label in zip(texts, labels, strict=True))


def _sgd(git: Path) -> Iterator[Row]:
    """What users say in the Schema-Guided Dialogue data (CC BY-SA 4.0)."""
    for path in _paths(git, r"^train/dialogues_\d+\.json$"):
        try:
            dialogues = json.loads(_show(git, path))
        except (subprocess.CalledProcessError, json.JSONDecodeError):
            continue
        for dialogue in dialogues:
            for turn in dialogue["turns"]:
                if turn["speaker"] == "USER" and len(turn["utterance"].split()) >= 4:
                    yield turn["utterance"], None


def _multidogo(git: Path) -> Iterator[Row]:
    """What customers write in MultiDoGo (CDLA-Permissive 1.0)."""
    for path in _paths(git, r"annotated_at_turn_level/.*/train\.tsv$"):
        for row in csv.DictReader(io.StringIO(_show(git, path).decode()), delimiter="\t"):
            if len(row["utterance"].split()) >= 4:
                yield row["utterance"], None


def _medquad(git: Path) -> Iterator[Row]:
    """Questions and first sentences of MedQuAD (CC BY 4.0)."""
    with zipfile.ZipFile(io.BytesIO(_archive(git))) as archive:
        for name in archive.namelist():
            if not name.endswith(".xml"):
                continue
            root = ElementTree.fromstring(archive.read(name))  # noqa: S314 - a public data set that one has cloned
            for pair in root.iter("QAPair"):
                question, answer = pair.findtext("Question") or "", pair.findtext("Answer") or ""
                yield question, None
                yield from ((sentence, None) for sentence in re.split(r"(?<=[.?!])\s+", answer)[:3])


def _archive(git: Path) -> bytes:
    return subprocess.run(
        ["git", "-C", str(git), "archive", "--format=zip", "HEAD"], capture_output=True, check=True
    ).stdout


def _liu(git: Path) -> Iterator[Row]:
    """Liu et al.'s home assistant questions (CC BY 4.0), without their labels."""
    for path in _paths(git, r"out4WatsonReal/.*KFold_1/merged/intents/.*\.csv$"):
        for row in csv.reader(io.StringIO(_show(git, path).decode())):
            yield row[0], None


def _chitchat(git: Path) -> Iterator[Row]:
    """Small talk from the Bot Framework's personality sets (MIT)."""
    group = ""
    for path in _paths(git, r"chitchat_professional\.source\.en-us\.qna$")[:1]:
        for line in _show(git, path).decode().splitlines():
            if line.startswith("# ? "):
                group = line[4:]
                yield group, group
            elif line.startswith("- ") and group:
                yield line[2:], group


def _rasa(git: Path) -> Iterator[Row]:
    """Rasa's own demo assistant (Apache-2.0)."""
    for path in _paths(git, r"data/nlu/nlu\.yml$"):
        for item in yaml.safe_load(_show(git, path))["nlu"]:
            examples = [line[2:] for line in item.get("examples", "").splitlines() if line.startswith("- ")]
            plain = [re.sub(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})", r"\1", text) for text in examples]
            grouped = item.get("intent") and not item["intent"].startswith(("enter_data", "inform", "out_of_scope"))
            yield from ((text, item["intent"] if grouped else None) for text in plain)


def _chatterbot(git: Path) -> Iterator[Row]:
    """ChatterBot's English corpus (BSD-3-Clause)."""
    for path in _paths(git, r"data/english/.*\.ya?ml$"):
        for talk in yaml.safe_load(_show(git, path)).get("conversations") or []:
            yield from ((str(text), None) for text in talk)


def _wordnet() -> Iterator[Row]:
    """Meanings and example sentences of WordNet's words."""
    for part in ("noun", "verb", "adj", "adv"):
        path = WORDNET / f"data.{part}"
        if not path.is_file():
            return
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(" "):
                continue
            head, _, gloss = line.partition(" | ")
            word = head.split()[4].replace("_", " ")
            meaning, *examples = gloss.split("; ")
            if len(meaning.split()) <= 16:
                yield f"{word}: {meaning}", None
            yield from ((example.strip(' "'), None) for example in examples if '"' in example)


def _paraphrases(folder: Path) -> Iterator[Row]:
    """The wordings that this project wrote for the purpose: one intent, many voices."""
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield row["text"], f"{path.stem}:{row['cluster']}:{row['intent']}"


GIT_SOURCES = {
    "Few-Shot-Intent-Detection": _few_shot,
    "dstc8-schema-guided-dialogue": _sgd,
    "multi-domain-goal-oriented-dialogues": _multidogo,
    "MedQuAD": _medquad,
    "NLU-Evaluation-Data": _liu,
    "botframework-cli": _chitchat,
    "rasa-demo": _rasa,
    "chatterbot-corpus": _chatterbot,
}

if __name__ == "__main__":
    main()
