"""Other FAQs' files → questions with their answers: CSV, QnA Maker, QnABot, Rasa, Chatwoot, FAQPage JSON-LD."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from bot.errors import InputError
from bot.ingest.faq_json import read_chatwoot_json, read_json_ld, read_qnabot, read_qnamaker_json
from bot.ingest.faq_rasa import read_rasa
from bot.ingest.faq_tables import read_chatwoot_csv, read_csv, read_qnamaker_tsv
from bot.ingest.foreign import ForeignFaq, Found, gathered
from bot.ingest.kinds import decoded

MOST_BYTES = 20 * 1024 * 1024
MOST_ENTRIES = 5_000


class Format(StrEnum):
    """Whose files are read."""

    CSV = "csv"
    QNA_MAKER = "qnamaker"
    QNA_BOT = "qnabot"
    RASA = "rasa"
    CHATWOOT = "chatwoot"
    JSON_LD = "jsonld"


def read_foreign(files: Sequence[Path], form: Format) -> ForeignFaq:
    """Every question of these files with its answer; Rasa's training data and responses may stand in several.

    Raises InputError for a file that is not of the format; single entries without question or answer are `left_out`.
    """
    texts = {path.name: _text(path) for path in files}
    try:
        if form is Format.RASA:
            return _checked(gathered(read_rasa(texts)))
        found: list[Found] = []
        for name, text in texts.items():
            found += _READERS[form](name, text)
        return _checked(gathered(found))
    except RecursionError as error:
        raise InputError(
            field=", ".join(texts), got="parts within parts beyond measure", allowed="a real FAQ"
        ) from error


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(field=path.name, got="a larger file", allowed=f"at most {MOST_BYTES // 1024 // 1024} MB")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(field=path.name, got=error.strerror or "no file", allowed="a file that can be read") from error
    if not data.strip():
        raise InputError(field=path.name, got="an empty file", allowed="a file with questions")
    try:
        return decoded(data)[0]
    except InputError as error:
        allowed = "a text file with questions and answers, of the kind that --from names"
        raise InputError(field=path.name, got=error.got, allowed=allowed) from error


def _checked(faq: ForeignFaq) -> ForeignFaq:
    if not faq.entries and not faq.left_out:
        raise InputError(field="file", got="no question with an answer", allowed="at least one")
    if len(faq.entries) > MOST_ENTRIES:
        raise InputError(field="file", got=f"{len(faq.entries)} questions", allowed=f"at most {MOST_ENTRIES}")
    return faq


def _is_json(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[")


def _read_qnamaker(name: str, text: str) -> list[Found]:
    return read_qnamaker_json(name, text) if _is_json(text) else read_qnamaker_tsv(name, text)


def _read_chatwoot(name: str, text: str) -> list[Found]:
    return read_chatwoot_json(name, text) if _is_json(text) else read_chatwoot_csv(name, text)


_READERS: Mapping[Format, Callable[[str, str], list[Found]]] = {
    Format.CSV: read_csv,
    Format.QNA_MAKER: _read_qnamaker,
    Format.QNA_BOT: read_qnabot,
    Format.CHATWOOT: _read_chatwoot,
    Format.JSON_LD: read_json_ld,
}
