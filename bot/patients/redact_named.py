"""Numbers that are named for what they are, as "my NHS no is", "DNI" or "ref", and those with letters in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.patients.redact_plain import Found

UNIT = re.compile(
    r"\s?(?:mgs?|mcg|µg|ug|g|kg|kgs|ml|l|iu|units?|mmol|umol|%|percent|cm|mm|ft|lbs?|st|am|pm|x|tablets?|capsules?|pills?|"
    r"caps|tabs|days?|weeks?|wks?|months?|years?|yrs?|hours?|hrs?|mins?|minutes?|times|doses?|dosis|dias?|semanas?|mes|"
    r"meses|anos?|horas?|minutos?|veces|pastillas?|capsulas?|comprimidos?|miligramos?|gramos?|kilos?|gotas?|ui|euros?)\b"
    r"|%|\s?€",
    re.IGNORECASE,
)
_NUMBER_WORD = r"(?:numbers?|nos?\.?|num|nr\.?|#|id|i\.d\.|code|ref(?:erence)?)"
_ENGLISH = (
    r"(?:nhs|hospital|hosp|patient|pt|clinic|(?:medical|health)(?:\s(?:record|card))?|record|chart|insurance|policy|"
    r"member(?:ship)?|prescription|script|rx|appointment|appt|booking|case|claim|account|acc|customer|reference|referral|"
    r"order|passport|driv(?:ing|er'?s?)\slicen[cs]e|licen[cs]e|national\sinsurance|ni|social\s(?:security)?|medicare|"
    r"medicaid|ipledge|employee|staff|student|card|credit\scard|debit\scard|chi|health\sservice|h&c|group|subscriber|"
    r"registration|visa|tax|emis|unit|lab|sample|specimen|sin|pps|health\scard|ohip|nhi|ihi|tax\sfile|social\sinsurance)"
    r"\s?" + _NUMBER_WORD + r"|mrn|ssn|nino|nhs|chi|ref(?:erence)?|i\.?d|sort\scode|account|acct|iban|social\ssecurity|"
    r"insurance|policy|passport|medicare|ppsn?|a{1,2}dh?aar(?:\s" + _NUMBER_WORD + r")?|tfn|hcn|mbi"
)
_SPANISH_THING = (
    r"(?:seguridad\ssocial|afiliacion|afiliad[ao]|historia(?:l)?(?:\sclinic[ao]|\smedic[ao])?|paciente|poliza|expediente|"
    r"cuenta(?:\sbancaria)?|tarjeta(?:\s(?:sanitaria|de\scredito|de\sdebito))?|soci[ao]|cita|referencia|receta|identidad|"
    r"identificacion|pasaporte|seguro|registro|documento|dni|nie|nif)"
)
_SPANISH = (
    rf"(?:numero|num\.?|nos?\.?|nro\.?|n\.)\s(?:de\s)?(?:la\s|mi\s|el\s)?{_SPANISH_THING}"
    r"|dni|nie|nif|cif|nuss?|nhc|curp|rfc|cipa?|pasaporte|seguridad\ssocial|tarjeta\ssanitaria|historia(?:l)?\s"
    r"(?:clinic[ao]|medic[ao])|poliza|expediente|cuenta\sbancaria|n(?:umero|um|ro)\s(?:ss|sip|cip)"
)
_CUE = rf"\b(?:{_ENGLISH}|{_SPANISH})(?![\w'])"
_LINK = r"\s?(?::|=|-|#|,)?\s?(?:(?:is|was|no\.?|number|num|numero|it's|its|es|era)\b\.?[\s:]{0,2}){0,2}[#:]?\s?"
# Digits one by one, or groups as they are printed: what is a dose among them is put back by `_own_groups`.
_VALUE = (
    r"((?:\d ){7,19}\d(?!\w)"
    r"|(?=[a-z]{0,8}[/-]?\d)[a-z0-9][a-z0-9]{0,24}(?:[/.-][a-z0-9]{1,20}){0,6}(?![\w])(?:[ ]\d{2,10}(?!\w)){0,5}"
    r"(?:(?<=\d{5})[ ]\d(?!\w))?(?:\s[a-d]\b)?)"
)
_NAMED = re.compile(_CUE + _LINK + _VALUE, re.IGNORECASE)
# "046 454 286 is my SIN number"
_NAMED_AFTER = re.compile(
    r"(?<![\w.,/+-])((?=[a-z]{0,3}\d)[a-z\d][a-z\d]{1,19}(?:[ -]\d{1,10}){0,5}[a-z]?)(?![\w])"
    r"\s?,?\s?(?:is|was|es|era)\s(?:my|his|her|our|the|mi|su|el)\s" + _CUE,
    re.IGNORECASE,
)
_NATIONAL_INSURANCE = re.compile(
    r"(?<!\w)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)", re.IGNORECASE
)
_NI_SPACED = re.compile(r"(?<!\w)[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_SPANISH_ID = re.compile(r"(?<![\w.])(?:([XYZ])[ -]?)?(\d{7,8})-?([A-HJ-NP-TV-Z])(?!\w)", re.IGNORECASE)
_CHECK_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"  # of a DNI or NIE, by its number modulo 23


def find_named_numbers(text: str) -> Iterator[Found]:
    """Numbers that stand beside what they are: "my NHS no is", "ref", "patient id"; and those with letters in them."""
    spans = [match.span() for pattern in (_NATIONAL_INSURANCE, _NI_SPACED, _IBAN) for match in pattern.finditer(text)]
    spans += [match.span() for match in _SPANISH_ID.finditer(text) if _has_check_letter(*match.groups())]
    spans += [match.span(1) for match in _NAMED_AFTER.finditer(text) if _count_digits(match.group(1)) >= 5]
    for match in _NAMED.finditer(text):
        start, end = match.span(1)
        value = _own_groups(match.group(1), text, start)
        if _count_digits(value) >= 2 and len(value) >= 3 and not _is_amount(value, text, start + len(value)):
            spans.append((start, min(end, start + len(value))))
    taken = 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= taken:
            yield Found(start, end, "number")
            taken = end


def _count_digits(value: str) -> int:
    return sum(letter.isdigit() for letter in value)


def _has_check_letter(first: str | None, digits: str, last: str) -> bool:
    if len(digits) != (7 if first else 8):
        return False
    number = int(("0123"["XYZ".index(first.upper())] if first else "") + digits)
    return _CHECK_LETTERS[number % 23] == last.upper()


def _own_groups(value: str, text: str, start: int) -> str:
    """The value without a group of digits that belongs to what follows, as a dose."""
    groups = value.split(" ")
    if len(groups) > 7:  # digits one by one: all of one number, but for a dose at the end
        return " ".join(groups[:-1] if UNIT.match(text, start + len(value)) else groups)
    if len(groups) > 1 and len(groups[0]) > 4 and not (len(groups[0]) == 5 and groups[0].isalnum()):
        # A number is whole by itself, or goes on with another long group: "010170 1234", not "12345678 40".
        own = 1
        while own < len(groups) and len(groups[own]) > 2:
            own += 1
        groups = groups[:own]
    while len(groups) > 1 and UNIT.match(text, start + len(" ".join(groups))):
        groups.pop()
    return " ".join(groups)


def _is_amount(value: str, text: str, end: int) -> bool:
    """Whether this is a dose, a count or a date rather than a number that names somebody."""
    if re.fullmatch(
        r"\d{1,4}(?:\.\d{1,2})?(?:mg|mcg|g|kg|ml|iu|st|nd|rd|th|x|am|pm|hrs?|wks?|yrs?)s?", value, re.IGNORECASE
    ):
        return True
    return bool(re.fullmatch(r"\d{1,4}(?:\.\d{1,2})?", value) and UNIT.match(text, end))
