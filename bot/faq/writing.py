"""A release written as the knowledge folder that it can be loaded from again; the way back of `bot.faq.files`."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from bot.errors import BrokenKnowledge, InputError
from bot.faq.clinic_writing import clinic_file, source_files, topics_file
from bot.faq.entry_writing import entry_text, refusal
from bot.faq.files import load_knowledge
from bot.faq.holding import check_letters, compare, file_order
from bot.faq.places import TextFolder
from bot.faq.release import Release
from bot.faq.rule_writing import corrections_file, rule_files_of, texts_file, word_files_of
from bot.faq.sources import SourceDocument

_QUESTIONS_NOTE = (
    "# Questions that this chat has no answer to, near and far. They are never shown; they teach the chat when",
    '# to say "I do not have an approved answer to that". Add the ones that were answered by mistake.',
)
_HARMLESS_NOTE = (
    "# Messages that sound alarming, or are about something else altogether, and must not raise any alarm.",
)
_FILES = (
    "clinic.yaml",
    "topics.yaml",
    "out-of-scope.yaml",
    "corrections.yaml",
    "entries/*/*.md",
    "safety/*.yaml",
    "sources/*.yaml",
    "vocabulary/*.yaml",
)
_KEPT = "vectors-*.npy"  # worked out from texts, for a quick start: as good for the new texts as for the old


def knowledge_files(release: Release, documents: Sequence[SourceDocument], hazards: str) -> Mapping[str, str]:
    """The folder's files: text by path from the folder on, as "entries/side-effects/dry-lips.md".

    Loading them gives an equal release (number, date and hash aside), `documents` in the order of their ids, and
    `hazards`. What files cannot hold exactly raises InputError naming entry and field; `as_filed` mends order and
    white space beforehand.
    """
    for value, name in ((release, ""), (tuple(documents), "documents"), (hazards, "hazards")):
        check_letters(value, name)
    _check_order(release)
    files = {
        "clinic.yaml": clinic_file(release.clinic),
        "topics.yaml": topics_file(release.topics),
        **{f"entries/{entry.topic}/{entry.id}.md": entry_text(entry) for entry in release.entries},
        **rule_files_of(release.rules),
        "safety/harmless.yaml": texts_file(_HARMLESS_NOTE, "texts", release.harmless),
        **word_files_of(release.vocabulary),
        **source_files(documents),
        "out-of-scope.yaml": texts_file(_QUESTIONS_NOTE, "questions", release.background),
    }
    if release.corrections:
        files["corrections.yaml"] = corrections_file(release.corrections)
    if hazards:
        files["safety/hazards.yaml"] = hazards
    _check_return(files, release, documents, hazards)
    return files


def write_knowledge(folder: Path, files: Mapping[str, str]) -> None:
    """The files as a folder that appears whole or not at all; parents are made.

    What is there already is replaced if it is an empty folder or a knowledge folder and nothing else, vectors aside,
    which are kept; otherwise InputError names what is in the way. May raise OSError. Should the machine stop in the
    moment between old and new, the old folder stands beside, named ".<name>.old-<random>".
    """
    _check_names(files)
    folder = folder.resolve()  # what a link points to is replaced, not the link
    _check_way(folder)
    mark = secrets.token_hex(4)
    fresh, old = (folder.with_name(f".{folder.name}.{word}-{mark}") for word in ("new", "old"))
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        for name, text in files.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        for vectors in folder.glob(_KEPT):
            shutil.copy2(vectors, fresh / vectors.name)
        if folder.exists():
            folder.rename(old)
        try:
            fresh.rename(folder)
        except BaseException:
            if old.exists():
                old.rename(folder)
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


def _check_order(release: Release) -> None:
    places = [file_order(entry) for entry in release.entries]
    for entry, before, place in zip(release.entries[1:], places[:-1], places[1:], strict=True):
        if place <= before:
            raise InputError(
                field=f"entries[{entry.id}]",
                got=f"its place after {before[1].removesuffix('.md')}",
                allowed="each id once, by topic and id, as `as_filed` orders them",
            )
    levels = [rule.level for rule in release.rules]
    if levels != sorted(levels, reverse=True):
        raise InputError(
            field="rules", got="another order", allowed="the gravest level first, as `as_filed` orders them"
        )


def _check_return(
    files: Mapping[str, str], release: Release, documents: Sequence[SourceDocument], hazards: str
) -> None:
    """Read what was written, as it will be read one day: the one proof that nothing is lost."""
    try:
        loaded = load_knowledge(TextFolder(files), number=release.number, published_at=release.published_at)
    except BrokenKnowledge as error:
        raise refusal(error.problems[0]) from error
    if loaded.problems:
        raise refusal(loaded.problems[0])
    compare(replace(release, content_hash=loaded.release.content_hash), loaded.release, "")
    compare(tuple(sorted(documents, key=lambda each: each.id)), loaded.documents, "documents")
    compare(hazards, loaded.hazards, "hazards")


def _check_names(files: Mapping[str, str]) -> None:
    if "clinic.yaml" not in files:
        raise InputError(field="files", got="no clinic.yaml", allowed="the files of a knowledge folder")
    for name in files:
        if not _is_ours(name):
            raise InputError(field="files", got=repr(name), allowed=", ".join(_FILES))


def _is_ours(name: str) -> bool:
    parts = name.split("/")
    if any(part.startswith(".") or not part or "\\" in part or "\0" in part for part in parts):
        return False
    patterns = [pattern.split("/") for pattern in _FILES]
    return any(len(parts) == len(each) and all(map(fnmatchcase, parts, each)) for each in patterns)


def _check_way(folder: Path) -> None:
    """Raise InputError where something stands that is neither nothing, an empty folder nor a knowledge folder."""
    allowed = "a new folder, an empty one, or a knowledge folder with nothing else in it"
    if folder.exists() and not folder.is_dir():
        raise InputError(field="folder", got=f"{folder}, which is a file", allowed=allowed)
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    if not (folder / "clinic.yaml").is_file():
        raise InputError(field="folder", got=f"{folder}, which holds {_first(folder)}", allowed=allowed)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_dir() and not _is_ours(name) and not fnmatchcase(name, _KEPT):
            raise InputError(field="folder", got=f"{folder}, which holds {name} as well", allowed=allowed)


def _first(folder: Path) -> str:
    return min(path.name for path in folder.iterdir())
