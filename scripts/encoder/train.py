"""Teach all-MiniLM-L6-v2 what all-mpnet-base-v2 knows about short questions, and which wordings mean the same.

    python scripts/encoder/train.py CORPUS.jsonl STUDENT TEACHER OUT --minutes 45

STUDENT and TEACHER are folders with weights in the Hugging Face layout (both Apache-2.0). The teacher's vectors
are led to the student's size by principal components and turned onto the student's own vectors (Procrustes), so
that little has to move. The loss has three parts: be the teacher's vector, also for a misspelt text
(distillation); rank the other texts of the batch as the teacher does (relations); and be nearer to wordings of
the same intent than to its neighbours' (supervised contrastive, Khosla et al. 2020).
In the end a share of the original's weights is mixed in again: it keeps what the original knew of other subjects
(Wortsman et al., "Robust fine-tuning of zero-shot models", 2022).
Needs the extra `build`. Two cores, bfloat16: about 500 texts a second.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer

from bot.language.normalise import plain_words

BATCH = 160
GROUPS, TEXTS_A_GROUP = 40, 4
RELATION_HEAT = 0.05
CONTRAST_HEAT = 0.07
MOST_TOKENS = 40
MISSPELT = 0.4
SIZE = 384


class Encoder:
    """A model with mean pooling; vectors of length 1."""

    def __init__(self, folder: Path) -> None:
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        # The eager kind, since its backward pass is three times quicker on a processor.
        self.model = AutoModel.from_pretrained(folder, attn_implementation="eager")
        for module in self.model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0

    def __call__(self, texts: Sequence[str]) -> torch.Tensor:
        """Vectors of shape (texts, size)."""
        batch = self.tokenizer(list(texts), padding=True, truncation=True, max_length=MOST_TOKENS, return_tensors="pt")
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = self.model(**batch).last_hidden_state
        mask = batch["attention_mask"][..., None].float()
        return functional.normalize((hidden.float() * mask).sum(1) / mask.sum(1), dim=-1)

    @torch.inference_mode()
    def all(self, texts: Sequence[str], batch: int = 128) -> np.ndarray:
        """Vectors of many texts, near lengths together."""
        order = np.argsort([len(text) for text in texts])
        out = np.zeros((len(texts), self.model.config.hidden_size), dtype=np.float32)
        for start in range(0, len(texts), batch):
            places = order[start : start + batch]
            out[places] = self([texts[place] for place in places]).numpy()
        return out


def turned(teacher: np.ndarray, student: np.ndarray) -> np.ndarray:
    """The teacher's vectors in the student's size and position; rows of length 1."""
    middle = teacher[:: max(1, len(teacher) // 40_000)]
    _, axes = np.linalg.eigh(np.cov(middle.T.astype(np.float64)) + np.outer(middle.mean(0), middle.mean(0)))
    small = teacher @ axes[:, ::-1][:, :SIZE].astype(np.float32)
    small /= np.linalg.norm(small, axis=1, keepdims=True)
    left, _, right = np.linalg.svd(small[: len(student)].T @ student)
    return (small @ (left @ right).astype(np.float32)).astype(np.float32)


def misspelt(text: str, dice: random.Random) -> str:
    """One random edit in a third of the longer words."""
    words = text.split()
    for place, word in enumerate(words):
        if len(word) >= 4 and word.isalpha() and dice.random() < 0.35:
            at, letter = dice.randrange(len(word)), dice.choice("abcdefghijklmnopqrstuvwxyz")
            edits = (
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
            )
            words[place] = dice.choice(edits)
    return " ".join(words)


def loose_batches(lengths: Sequence[int], dice: random.Random, size: int = BATCH) -> Iterator[list[int]]:
    """Places of all texts, again and again in another order, `size` of like length together."""
    while True:
        order = list(range(len(lengths)))
        dice.shuffle(order)
        for start in range(0, len(order), 32 * size):
            near = sorted(order[start : start + 32 * size], key=lengths.__getitem__)
            batches = [near[at : at + size] for at in range(0, len(near), size)]
            dice.shuffle(batches)
            yield from batches


def group_batches(groups: dict[str, list[int]], dice: random.Random) -> Iterator[list[int]]:
    """A few wordings each of several intents, neighbours of one cluster together: the hard negatives."""
    clusters: dict[str, list[str]] = {}
    for name in groups:
        clusters.setdefault(name.rpartition(":")[0] or name.partition("/")[0], []).append(name)
    wide = list(clusters.values())
    while True:
        chosen: list[str] = []
        while len(chosen) < GROUPS:
            cluster = dice.choices(wide, weights=[min(len(names), 40) for names in wide])[0]
            chosen += dice.sample(cluster, min(len(cluster), 6))
        chosen = list(dict.fromkeys(chosen))[:GROUPS]
        yield [place for name in chosen for place in dice.sample(groups[name], min(TEXTS_A_GROUP, len(groups[name])))]


def loss_of(
    vectors: torch.Tensor, wanted: torch.Tensor, teacher: torch.Tensor, owners: torch.Tensor, contrast: float
) -> torch.Tensor:
    """Distillation, relations and, where there are groups, contrast; see the module's first lines."""
    distilled = (1 - (vectors * wanted).sum(1)).mean()
    itself = torch.eye(len(vectors), dtype=torch.bool)
    mine = ((vectors @ vectors.T) / RELATION_HEAT).masked_fill(itself, -1e4)
    theirs = ((teacher @ teacher.T) / RELATION_HEAT).masked_fill(itself, -1e4)
    relations = functional.kl_div(mine.log_softmax(1), theirs.log_softmax(1), log_target=True, reduction="batchmean")
    total = distilled + 0.3 * relations
    same = (owners[:, None] == owners[None, :]) & (owners[:, None] >= 0) & ~itself
    if contrast and same.any():
        logits = ((vectors @ vectors.T) / CONTRAST_HEAT).masked_fill(itself, -1e4).log_softmax(1)
        rows = same.any(1)
        total = total + contrast * (-(logits * same).sum(1)[rows] / same.sum(1)[rows]).mean()
    return total


def main() -> None:
    """Train, and save the student in the layout it came in."""
    asked = argparse.ArgumentParser(description=__doc__)
    for name in ("corpus", "student", "teacher", "out"):
        asked.add_argument(name, type=Path)
    asked.add_argument("--minutes", type=float, default=45)
    asked.add_argument("--rate", type=float, default=1.5e-4)
    asked.add_argument("--contrast", type=float, default=0.15)
    asked.add_argument("--layers", type=int, default=6, help="how many of the student's layers are kept")
    asked.add_argument("--vectors", type=Path, help="the teacher's vectors of the corpus, computed once and kept here")
    asked.add_argument("--original", type=float, default=0.3, help="the share of the original's weights in the end")
    asked.add_argument("--threads", type=int, default=2)
    options = asked.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    rows = [json.loads(line) for line in options.corpus.open(encoding="utf-8")]
    texts = [row["text"] for row in rows]
    if options.vectors and options.vectors.is_file():
        taught = np.load(options.vectors).astype(np.float32)
    else:
        taught = Encoder(options.teacher).all(texts)
        if options.vectors:
            np.save(options.vectors, taught.astype(np.float16))
    student = Encoder(options.student)
    typed = [plain_words(text) or text for text in texts]  # what the package's encoder will be given
    wanted = torch.from_numpy(turned(taught, student.all(typed[:20_000])))
    teacher = functional.normalize(torch.from_numpy(taught), dim=-1)
    groups: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        if row["group"]:
            groups.setdefault(row["group"], []).append(place)
    groups = {name: places for name, places in groups.items() if len(places) >= 3}
    number = {name: place for place, name in enumerate(groups)}
    owners = torch.tensor([number.get(row["group"], -1) for row in rows])
    layers = student.model.encoder.layer
    if options.layers < len(layers):
        kept = [round(place * (len(layers) - 1) / max(1, options.layers - 1)) for place in range(options.layers)]
        student.model.encoder.layer = torch.nn.ModuleList([layers[place] for place in kept])
        student.model.config.num_hidden_layers = options.layers
    original = {name: weight.clone() for name, weight in student.model.state_dict().items()}
    _train(student, typed, wanted, teacher, owners, groups, options)
    for name, weight in student.model.state_dict().items():
        if weight.is_floating_point():
            weight.mul_(1 - options.original).add_(original[name], alpha=options.original)
    student.model.save_pretrained(options.out)
    student.tokenizer.save_pretrained(options.out)


def _train(student, texts, wanted, teacher, owners, groups, options) -> None:  # type: ignore[no-untyped-def]
    dice = random.Random(1)
    student.model.embeddings.requires_grad_(False)  # half of all weights; moving them gains little and costs time
    moved = [weight for weight in student.model.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(moved, lr=options.rate, weight_decay=0.01)
    loose, grouped = loose_batches([len(text) for text in texts], dice), group_batches(groups, dice)
    began, seen, step, running = time.perf_counter(), 0, 0, 0.0
    while (done := (time.perf_counter() - began) / (60 * options.minutes)) < 1:
        places = next(grouped) if step % 3 == 2 else next(loose)
        for group in optimiser.param_groups:
            group["lr"] = options.rate * min(1.0, (step + 1) / 200) * (1 - done)
        vectors = student([misspelt(texts[at], dice) if dice.random() < MISSPELT else texts[at] for at in places])
        chosen = torch.tensor(places)
        contrast = options.contrast if step % 3 == 2 else 0.0
        loss = loss_of(vectors, wanted[chosen], teacher[chosen], owners[chosen], contrast)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(moved, 1.0)
        optimiser.step()
        seen, step, running = seen + len(places), step + 1, 0.98 * running + 0.02 * float(loss.detach())
        if step % 100 == 0:
            print(f"{100 * done:.0f} %: step {step}, {seen} texts, loss {running:.4f}", flush=True)
        if step % 2000 == 0:
            student.model.save_pretrained(options.out)
            student.tokenizer.save_pretrained(options.out)


if __name__ == "__main__":
    main()
