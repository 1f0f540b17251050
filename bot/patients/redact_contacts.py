"""Mail addresses, web links and names on social media in a plain message."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.language.words import english_ranks
from bot.patients.redact_plain import Found
from bot.patients.redact_words import is_plain_word

# Every quantifier is bounded and starts at the edge of a word, so that no text makes a pattern run away.
_ENDINGS = (
    "com|org|net|edu|gov|info|biz|co|uk|ie|us|eu|fr|de|es|it|pl|nl|be|se|no|dk|fi|pt|ch|at|ca|au|nz|in|pk|ng|za|br|mx|ru|"
    "cn|jp|io|me|app|dev|xyz|online|site|live|email|health|example"
)
_MAIL = re.compile(
    r"(?<![\w.+%-])(?:mailto:)?[\w.+%'-]{1,64} ?@ ?[\w-]{1,63}(?: ?\. ?(?:" + _ENDINGS + r")\b|\.[\w-]{1,63}){1,5}",
    re.IGNORECASE,
)
_AT = r"\s?(?:[(\[{<]\s?at\s?[)\]}>]|@)\s?|\s(?:at|arroba)\s"
_DOT = r"(?:\s?[(\[{<]\s?(?:dot|\.)\s?[)\]}>]\s?|\s(?:dot|punto)\s)"
_SPOKEN_MAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}(?:\s(?:dot|underscore|dash|hyphen|punto|guion\sbajo|guion)\s[\w+-]{1,30}){0,4}(?:"
    + _AT
    + r")"
    r"[\w-]{1,63}(?:(?:" + _DOT + r"|\.)[\w-]{1,30}){0,2}" + _DOT + r"(?:" + _ENDINGS + r")\b",
    re.IGNORECASE,
)
# "sarah99 at gmail.com", but not "look at bbc.co.uk".
_HALF_SPOKEN_MAIL = re.compile(
    r"(?<![\w.+-])([\w.+-]{1,64})(" + _AT + r")[\w-]{1,63}(?:\.[\w-]{1,30}){0,2}\.(?:" + _ENDINGS + r")\b(?![/\w])",
    re.IGNORECASE,
)
_PROVIDERS = (
    "gmail|googlemail|hotmail|outlook|yahoo|ymail|icloud|aol|btinternet|protonmail|proton|live|msn|sky|virginmedia"
)
_SHORT_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}\s?@\s?(?:" + _PROVIDERS + r")\b", re.IGNORECASE)
_NO_HOST_MAIL = re.compile(
    r"(?<![\w.+-])([\w.+-]{1,64})(\s(?:at|arroba)\s)(?:gmail|googlemail|hotmail|yahoo|icloud)\b", re.IGNORECASE
)
_LINK = re.compile(
    r"(?:\bhttps?\s?:\s?//|\bhxxps?://|\bwww\.)[^\s<>\"']{1,2000}"
    r"|(?<![\w.@-])(?:[a-z0-9-]{1,63}\.){1,4}(?:com|org|net|edu|gov|uk|io|app|info|biz|example)\b(?:[/?#][^\s<>\"']{0,2000})?"
    r"|(?<![\w.@-])[a-z0-9-]{1,63}\.[a-z]{2,6}/[^\s<>\"']{1,2000}",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w@./])(?:@|u/)([A-Za-z_][\w.]{1,29})")
_CUED_HANDLE = re.compile(
    r"\b(?:insta|instagram|snapchat|snap|twitter|tiktok|telegram|discord|facebook|fb|ig|skype|kik|username)"
    r"(?:\s(?:handle|name|username|user|account|id|is|its|it's|me|me at)){0,3}\s?(?::|=|\bis\b)?\s{0,2}"
    r"([A-Za-z][\w.-]{2,29})",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?)]}'\""


def find_mails(text: str) -> Iterator[Found]:
    """Mail addresses, also those written out in words."""
    taken = 0
    hits = [match.span() for pattern in (_MAIL, _SPOKEN_MAIL, _SHORT_MAIL) for match in pattern.finditer(text)]
    for pattern in (_HALF_SPOKEN_MAIL, _NO_HOST_MAIL):
        hits += [match.span() for match in pattern.finditer(text) if _is_mail(*match.groups())]
    for start, end in sorted(hits, key=lambda span: (span[0], -span[1])):
        if start >= taken:
            yield Found(start, end, "email")
            taken = end


def find_links(text: str) -> Iterator[Found]:
    """Web links, and names on social media."""
    hits = [(match.start(), _trimmed(match)) for match in _LINK.finditer(text)]
    hits += [(match.start(), _trimmed(match)) for match in _HANDLE.finditer(text) if _is_handle(match.group(1))]
    # Without the sign, only what no language writes is a handle: letters with a digit, a dot or an underscore.
    hits += [
        (match.start(1), _trimmed(match))
        for match in _CUED_HANDLE.finditer(text)
        if re.search(r"[\d_]|\w\.\w", match.group(1)) and not match.group(1)[0].isdigit()
    ]
    taken = 0
    for start, end in sorted(hits):
        if start >= taken:
            yield Found(start, end, "link")
            taken = end


def _is_mail(local: str, at: str) -> bool:
    return bool(at.strip().lower() != "at" or re.search(r"[\d._+]", local) or not is_plain_word(local))


def _trimmed(match: re.Match[str]) -> int:
    return match.start() + len(match.group().rstrip(_TRAILING))


def _is_handle(word: str) -> bool:
    """Whether no word is in disguise here, as in "@ccutane" for "accutane"."""
    disguised = "a" + word.lower().rstrip(_TRAILING)
    return disguised not in english_ranks() and not is_plain_word(disguised)
