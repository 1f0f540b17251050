"""Teach the package's encoder the clinic's own subject: which texts are alarming, and which ask the same.

    python scripts/encoder/tune.py CORPUS.jsonl MODEL.onnx OUT --minutes 18

CORPUS is what `corpus.py` made: texts on everything else, whose vectors are to stay as they are. MODEL is an 8-bit
encoder of `export.py` that was never tuned. From the package's `knowledge/` two of three texts are taught, chosen by
their checksum; the third is left for what a release measures on texts that the encoder has never seen. `subject.csv`
beside this script holds more on the same subject, and of everyday life, than a release needs to know. The upper layers
learn three things: to tell a text's level of alarm, its rule or entry, or that it is beyond all entries (each by a
linear layer that is thrown away afterwards), that what people say to assistants about everyday things is not alarming,
and to leave the rest alone (the old vectors, and how like each other the old ones were). What the lower layers give is
computed once. OUT is written in the Hugging Face layout, for `export.py`, with `met.bin`: the marks of the texts that
were taught. Needs the extra `build`.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import time
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional
from train import loose_batches, misspelt
from transformers import BertTokenizerFast
from unpack import unpacked

from bot.faq.files import load_knowledge
from bot.language.encoder import FOLDER, MARK
from bot.language.normalise import plain_words
from bot.language.vectors import name_of
from bot.language.wordpiece import WordPieces

PACKAGE = Path("bot/language") / FOLDER
SUBJECT = Path(__file__).with_name("subject.csv")  # text, and its entry or one of the two words below
BEYOND, HARMLESS = "beyond", "harmless"
LOWER = 3  # layers that stay as they are
MOST_PIECES = 48
TAUGHT, KEPT = 96, 48  # texts of a step
MOST_KEPT = 26_000
RATE, HEADS_RATE = 1e-4, 20
HEAT = 0.05
EVERYDAY = {  # sources of the corpus in which people ask for everyday things, or talk about them
    "Few-Shot-Intent-Detection",
    "dstc8-schema-guided-dialogue",
    "multi-domain-goal-oriented-dialogues",
    "NLU-Evaluation-Data",
    "rasa-demo",
}
SAYS = {"kept": 2.5, "moved": 0.5, "relations": 0.4, "level": 0.3, "owner": 0.3, "everyday": 0.15}
SOFT = 0.05
Row = tuple[str, int, str | None]


def main() -> None:
    """Tune, and save."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("corpus", type=Path)
    asked.add_argument("model", type=Path)
    asked.add_argument("out", type=Path)
    asked.add_argument("--minutes", type=float, default=18)
    asked.add_argument("--threads", type=int, default=2)
    options = asked.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    rows = list(dict.fromkeys([*(row for row in knowledge() if is_taught(row[0])), *subject()]))
    tuning = Tuning(options.model, rows, kept_texts(options.corpus))
    tuning.run(60 * options.minutes)
    tuning.model.save_pretrained(options.out)
    BertTokenizerFast(vocab=str(PACKAGE / "pieces.txt")).save_pretrained(options.out)
    (options.out / "met.bin").write_bytes(b"".join(sorted({name_of(text)[:MARK] for text, *_ in rows})))


def knowledge() -> list[Row]:
    """Every text of the clinic's knowledge, as the encoder is given it; its level of alarm; its rule or entry."""
    release = load_knowledge(Path("knowledge"), number=1, published_at=datetime.now(UTC)).release
    rows: list[Row] = []
    for rule in release.rules:
        rows += [(text, int(rule.level), rule.id) for text in rule.examples]
        rows += [(text, 0, None) for text in rule.hard_negatives]
    rows += [(text, 0, None) for text in release.harmless]
    rows += [(text, 0, BEYOND) for text in release.background]
    rows += [(text, 0, entry.id) for entry in release.entries for text in entry.wordings]
    return [(plain, level, owner) for text, level, owner in rows if (plain := plain_words(text))]


def subject() -> list[Row]:
    """More texts on the subject, all of them taught; none is alarming."""
    with SUBJECT.open(encoding="utf-8", newline="") as file:
        rows = [(plain_words(row["text"]), row["owner"]) for row in csv.DictReader(file)]
    return [(text, 0, None if owner == HARMLESS else owner) for text, owner in rows]


def kept_texts(corpus: Path) -> list[tuple[str, bool]]:
    """Some of the corpus's texts, and whether each is of an everyday source."""
    with corpus.open(encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    texts = [(plain, line["source"] in EVERYDAY) for line in lines if (plain := plain_words(line["text"]))]
    return random.Random(1).sample(texts, min(MOST_KEPT, len(texts)))


def is_taught(plain: str) -> bool:
    """Two of three."""
    return zlib.crc32(plain.encode()) % 3 != 0


class Tuning:
    """The model, and all that it is tuned with."""

    def __init__(self, model: Path, rows: Sequence[Row], others: Sequence[tuple[str, bool]]) -> None:
        self.model = unpacked(model)
        self.pieces = WordPieces.of((PACKAGE / "pieces.txt").read_text(encoding="utf-8"))
        self.upper = torch.nn.ModuleList(self.model.encoder.layer[LOWER:])
        dice = random.Random(1)
        texts = [text for text, *_ in rows]
        self.texts = [*texts, *(text for text, _ in others), *(misspelt(text, dice) for text in texts)]
        self.rows, self.others = len(texts), len(others)
        self.everyday = torch.tensor([is_everyday for _, is_everyday in others])
        self.halfway = self._halfway()
        self.old = torch.cat([self._old(start) for start in range(0, self.rows + self.others, 128)])
        self.levels = torch.tensor([level for _, level, _ in rows])
        owners = sorted({owner for *_, owner in rows if owner})
        place_of = {owner: place for place, owner in enumerate(owners)}
        self.owners = torch.tensor([place_of.get(owner, -1) if owner else -1 for *_, owner in rows])
        size = self.old.shape[1]
        self.level_head = torch.nn.Linear(size, int(self.levels.max()) + 1)
        self.owner_head = torch.nn.Linear(size, len(owners))

    @torch.inference_mode()
    def _halfway(self) -> list[np.ndarray]:
        """What the lower layers give for every text, each (length, size), as halves."""
        numbers = [self.pieces.numbers_of(text, MOST_PIECES) for text in self.texts]
        found: list[np.ndarray] = [np.empty(0)] * len(numbers)
        order = sorted(range(len(numbers)), key=lambda place: len(numbers[place]))
        for start in range(0, len(order), 64):
            places = order[start : start + 64]
            longest = len(numbers[places[-1]])
            padded = torch.zeros(len(places), longest, dtype=torch.long)
            mask = torch.zeros(len(places), longest)
            for row, place in enumerate(places):
                padded[row, : len(numbers[place])] = torch.tensor(numbers[place])
                mask[row, : len(numbers[place])] = 1
            state = _through(self.model.encoder.layer[:LOWER], self.model.embeddings(input_ids=padded), mask)
            for row, place in enumerate(places):
                found[place] = state[row, : len(numbers[place])].half().numpy().copy()
        print(f"{len(found)} texts halfway", flush=True)
        return found

    @torch.inference_mode()
    def _old(self, start: int) -> torch.Tensor:
        return self.vectors(range(start, min(start + 128, self.rows + self.others)))

    def vectors(self, places: Sequence[int]) -> torch.Tensor:
        """Vectors of length 1 of the texts at these places."""
        states = [torch.from_numpy(self.halfway[place].astype(np.float32)) for place in places]
        padded = torch.nn.utils.rnn.pad_sequence(states, batch_first=True)
        mask = torch.nn.utils.rnn.pad_sequence([torch.ones(len(state)) for state in states], batch_first=True)
        state = _through(self.upper, padded, mask)
        return functional.normalize((state * mask[..., None]).sum(1) / mask.sum(1, keepdim=True), dim=-1)

    def run(self, seconds: float) -> None:
        """Tune for so long."""
        dice = random.Random(1)
        moved, heads = list(self.upper.parameters()), [*self.level_head.parameters(), *self.owner_head.parameters()]
        optimiser = torch.optim.AdamW([{"params": moved}, {"params": heads}], lr=RATE, weight_decay=0.01)
        taught = loose_batches([len(self.halfway[place]) for place in range(self.rows)], dice, TAUGHT)
        kept = loose_batches([len(self.halfway[self.rows + place]) for place in range(self.others)], dice, KEPT)
        began, step, running = time.perf_counter(), 0, torch.zeros(len(SAYS))
        while (done := (time.perf_counter() - began) / seconds) < 1:
            for group, times in zip(optimiser.param_groups, (1, HEADS_RATE), strict=True):
                group["lr"] = RATE * times * min(1.0, (step + 1) / 60) * (1 - done)
            parts = self._losses(next(taught), [self.rows + place for place in next(kept)], dice)
            loss = torch.stack([SAYS[name] * parts[name] for name in SAYS])
            optimiser.zero_grad()
            loss.sum().backward()
            torch.nn.utils.clip_grad_norm_(moved, 1.0)
            optimiser.step()
            step, running = step + 1, 0.95 * running + 0.05 * torch.stack([parts[name].detach() for name in SAYS])
            if step % 50 == 0:
                told = ", ".join(f"{name} {value:.3f}" for name, value in zip(SAYS, running, strict=True))
                print(f"{100 * done:.0f} %: step {step}, {told}", flush=True)

    def _losses(self, taught: list[int], kept: list[int], dice: random.Random) -> dict[str, torch.Tensor]:
        typed = [place + self.rows + self.others if dice.random() < 0.25 else place for place in taught]
        vectors, others = self.vectors(typed), self.vectors(kept)
        at = torch.tensor(taught)
        scaled, owned = vectors * vectors.shape[1] ** 0.5, self.owners[at] >= 0
        old = self.old[torch.tensor(kept)]
        calm = others[self.everyday[torch.tensor(kept) - self.rows]]
        return {
            "kept": (1 - (others * old).sum(1)).mean(),
            "moved": (1 - (vectors * self.old[at]).sum(1)).mean(),
            "relations": functional.kl_div(
                _likeness(others), _likeness(old), log_target=True, reduction="batchmean"
            ),
            "level": _misfit(self.level_head(scaled), self.levels[at]),
            "owner": _misfit(self.owner_head(scaled[owned]), self.owners[at][owned]),
            "everyday": _misfit(self.level_head(calm * calm.shape[1] ** 0.5), torch.zeros(len(calm)).long()),
        }  # fmt: skip


def _through(layers: Sequence[torch.nn.Module], state: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    unseen = (1 - mask)[:, None, None] * -1e9
    for layer in layers:
        given = layer(state, attention_mask=unseen)
        state = given[0] if isinstance(given, tuple) else given
    return state


def _misfit(said: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """The cross entropy of a text, on average; 0 where there is none."""
    return functional.cross_entropy(said, wanted, label_smoothing=SOFT, reduction="sum") / max(1, len(wanted))


def _likeness(vectors: torch.Tensor) -> torch.Tensor:
    itself = torch.eye(len(vectors), dtype=torch.bool)
    return ((vectors @ vectors.T) / HEAT).masked_fill(itself, -1e4).log_softmax(1)


if __name__ == "__main__":
    main()
