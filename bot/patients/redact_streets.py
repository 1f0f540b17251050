"""Streets that are named with their kind first and the house number last, as in Spanish: "Calle Mayor 5"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.patients.redact_named import UNIT

# What hardly anything but an address begins with, and what is an everyday word as well.
_STREETS = r"calle|c/|avenida|avda\.?|av\.|plaza|pza\.?|plza\.?|glorieta|urbanizacion|urb\.?|travesia|carretera|ctra\.?"
_DOUBTFUL = r"paseo|camino|ronda|via|rambla|pasaje|barrio|rue|viale|piazza"
_SMALL = r"(?:(?:de|del|la|las|los|el|y|san|santa)\s){0,3}"
_NAME = r"[A-Za-z][A-Za-z'.-]{0,24}"
_DETAILS = (
    r"(?:,?\s(?:n[o.]?|num\.?|numero|portal|piso|puerta|bloque|esc(?:alera)?\.?|bajo|atico|izq(?:uierda)?|dcha|derecha|"
    r"centro|\d{1,2}(?:o|a|\.o|\.a)?|[A-Da-d])\.?(?![\w]))"
)
_STREET = re.compile(
    rf"(?<![\w/])(?P<kind>{_STREETS}|{_DOUBTFUL})(?:\s|(?<=[/.])\s?)(?P<name>{_SMALL}{_NAME}(?:\s{_SMALL}{_NAME}){{0,4}}?),?\s"
    rf"(?:(?:n[o.]{{0,2}}|num\.?|numero)\s?)?(?P<number>\d{{1,4}})(?:\s?-?[a-dA-D]\b)?(?![\w/.]\d|\d|\w)",
    re.IGNORECASE,
)
_REST = re.compile(rf"{_DETAILS}{{1,5}}", re.IGNORECASE)
_CUE = re.compile(
    r"\b(?:vivo|vive|vivimos|direccion|domicilio|resido)(?:\s(?:en|es|:)|:)?\s(?:la\s|el\s)?$", re.IGNORECASE
)
_IS_DOUBTFUL = re.compile(_DOUBTFUL, re.IGNORECASE)
_BEFORE = 30
_NO_NAMES = frozenset(
    [
        *(
            "a",
            "al",
            "antes",
            "cada",
            "casi",
            "con",
            "cuando",
            "dame",
            "desde",
            "despues",
            "durante",
            "en",
            "es",
            "esta",
        ),
        *("hace", "hay", "he", "hasta", "mas", "me", "menos", "ni", "no", "o", "oral", "para", "pero", "por", "porque"),
        *(
            "que",
            "se",
            "si",
            "sin",
            "son",
            "solo",
            "tengo",
            "tiene",
            "tome",
            "tomo",
            "tras",
            "un",
            "una",
            "unas",
            "unos",
        ),
        *("ya", "llevo", "lleva", "sobre", "estoy", "entre", "tomar", "tomando", "siento", "yo", "puedo", "voy", "mi"),
    ]
)


def find_type_first(text: str) -> Iterator[tuple[int, int]]:
    """Where such streets stand, with the house number and what follows it: floor, door."""
    for match in _STREET.finditer(text):
        words = match.group("name").split()
        if any(word.lower().strip(".") in _NO_NAMES for word in words) or UNIT.match(text, match.end("number")):
            continue
        told = _CUE.search(text[max(0, match.start() - _BEFORE) : match.start()])
        named = all(word[0].isupper() or len(word) <= 3 for word in words) and words[-1][0].isupper()
        if _IS_DOUBTFUL.fullmatch(match.group("kind")) and not told and not named:
            continue
        rest = _REST.match(text, match.end())
        end = rest.end() if rest and not UNIT.match(text, rest.end()) else match.end()
        yield match.start(), end
