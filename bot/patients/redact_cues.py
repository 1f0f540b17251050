"""What leads to a name in a message, and how surely: "I'm", "my name is", "Dr", "my daughter", a sign-off."""

from __future__ import annotations

import re
from enum import IntEnum

from bot.patients.redact_plain import FILLED


class Cue(IntEnum):
    """How surely a name follows."""

    SURE = 5  # "my name is": almost any word is one
    TITLE = 4  # "Dr": a capital is enough
    OPEN = 3  # "I'm": a name or something else
    KIN = 2  # "my daughter": the same, but a verb may follow
    POINT = 1  # "this is", "it's": the same, but a thing or a month may follow
    CAPITAL = 0  # "from", "soy", a dash: only what has a capital, or is a known first name


_RELATIONS = (
    "daughter|son|wife|husband|hubby|partner|mum|mom|mother|mam|mama|dad|father|sister|brother|boyfriend|girlfriend|bf|gf|"
    "fianc[eé]e?|friend|bestie|mate|aunt|auntie|uncle|cousin|niece|nephew|nan|nana|gran|grandma|granny|grandmother|grandad|"
    "grandfather|grandson|granddaughter|stepson|stepdaughter|stepmum|stepdad|twin|child|kid|baby|boy|girl|flatmate|housemate|"
    "roommate|boss|teacher|carer|neighbour|neighbor|colleague|ex|"
    "hij[ao]|hijit[ao]|espos[ao]|mujer|marido|pareja|novi[ao]|madre|padre|mama|papa|herman[ao]|abuel[ao]|ti[ao]|prim[ao]|"
    "sobrin[ao]|niet[ao]|suegr[ao]|cunad[ao]|amig[ao]|bebe|nen[ae]|vecin[ao]|nin[ao]|jef[ae]|companer[ao]"
)
_CARERS = (
    "dermatologist|derm|consultant|gp|pharmacist|surgeon|therapist|counsellor|psychiatrist|"
    "midwife|specialist|prescriber|clinician|dermatolog[ao]|farmaceutic[ao]|enfermer[ao]|medic[ao]|ginecolog[ao]|cirujan[ao]"
)
_NAME_WORD = r"(?:(?:first|last|full|middle|maiden|given|family|real|legal|birth|preferred)\s)?(?:sur)?name"
CUES: tuple[tuple[Cue, re.Pattern[str]], ...] = tuple(
    (cue, re.compile(pattern, re.IGNORECASE))
    for cue, pattern in (
        (
            Cue.SURE,
            rf"\b(?:my|her|his|their|our|patient|patients|child|(?:{_RELATIONS})'?s|patient's|child's)\s{_NAME_WORD}(?:'s|\sis|s|\swas)?\s?[:=-]?\s{{1,2}}",
        ),
        (
            Cue.SURE,
            r"(?:^|[\n.,;!?(]\s{0,3}|\b(?:patient|first|last|full|family|given|middle|maiden)\s)(?:sur|fore)?name\s?(?:[:=-]|\bis\b)\s{0,3}",
        ),
        (
            Cue.SURE,
            r"(?:^|[\n.,;(]\s{0,3}|\b(?:mi|su|el)\s)(?:nombre|apellidos?)(?:\s(?:y\sapellidos|completo))?(?:\s?[:=]|\s(?:es|son)\b)\s{0,3}",
        ),
        (Cue.CAPITAL, r"\b(?:a\snombre\sde|paciente|dona?|habla|se\sllama)\s?:?\s"),
        (
            Cue.SURE,
            r"\b(?:me\sllamo|mi\snombre\ses|(?:hij[ao]|mujer|marido|madre|padre|herman[ao]|amig[ao]|nin[ao]|ella|el|y)\sse\sllama|i'?m\s(?:called|named)|i\sam\s(?:called|named)|i\sgo\sby|je\sm'appelle)\s",
        ),
        (Cue.SURE, r"\b(?:mr|mrs|mister)\.?\s{1,2}"),
        (
            Cue.TITLE,
            r"\b(?:(?:dr|prof|ms|mx|sra?|srta|dra)\.?|doctora?|professor|nurse|miss|dame|senor(?:a|ita)?)\s{1,2}",
        ),
        (Cue.TITLE, r"(?:^|[\n.,;(]\s?)patient\s?:\s?"),
        (Cue.TITLE, r"\b(?:signed|sincerely|faithfully|truly|regards|rgds|wishes)[\s,.!:-]{1,5}"),
        (Cue.OPEN, r"\b(?:i'?m|i\sam|(?:call|calls)\sme)\s{1,2}(?:just\s)?"),
        (Cue.POINT, r"\b(?:this\sis|it'?s|it\sis)\s{1,2}(?:just\s)?"),
        (
            Cue.KIN,
            rf"\b(?:{_RELATIONS}|{_CARERS})(?:'s\sname\sis|'s\scalled|\sis\s(?:called|named)|\s(?:called|named)|,|\sis|(?-i:\sde(?=\s[A-Z])))?\s",
        ),
        (
            Cue.OPEN,
            r"^\W{0,3}(?:(?:hi|hiya|hello|hey|morning|afternoon|evening|hola)\b[\s,!.]{1,3})?(?=[^\W\d_]{2,20}(?:\s[^\W\d_]{2,20})?\shere\b)",
        ),
        (Cue.OPEN, r"(?:^|[,.!;\n]\s?|\b(?:hola|yo|y|buenas|buenos|dias|tardes|noches)\s)soy\s"),
        (Cue.OPEN, r"\b(?:it'?s|this\sis)\s(?=[^\W\d_]{2,20}(?:\s[^\W\d_]{2,20})?\shere\b)"),
        (Cue.CAPITAL, r"\b(?:soy|under|see|seeing|saw)\s"),
    )
)
GREETING = re.compile(
    r"(?:^|\n)\W{0,3}(?:hi|hiya|hello|hey|dear|morning|afternoon|evening|hola|buenas(?:\s(?:tardes|noches))?|"
    r"buenos\sdias|estimad[ao]|querid[ao])\b[\s,!]{1,3}",
    re.IGNORECASE,
)
SIGN_OFF = re.compile(
    r"\b(?:thanks|thank\syou|thankyou|thanx|thnx|thx|tnx|ty|ta|cheers|regards|wishes|love|yours|best|warmly|gracias|saludos?|atentamente|cordialmente|atte|abrazo|besos|firmado|"
    r"appreciated|in\sadvance|so\smuch)\b[\s,.!:\n-]{1,5}(?:from\s)?",
    re.IGNORECASE,
)
FROM = re.compile(
    r"(?:\b(?:thanks|you|love|message|regards|hi|hello|wishes|note|cheers)|^|[.!?,\n-])\s{0,3}from\s", re.IGNORECASE
)
DASH = re.compile(r"(?:(?<=[\s.!?])|^)-{1,2}\s?(?=[^\W\d_])", re.MULTILINE)
ENDS = re.compile(
    rf"\s{{0,3}}(?:$|[.,!?;:()\n/&\"-]|{FILLED}|(?:and|n|but|here|i|im|i'm|i've|ive|my|from|speaking|aged?|the|y|x+|is|was|has|had|might|can|could|should|does|did|takes|asks|wants|needs|says|said|again|pero|tengo|tiene|toma|tomo|con|es|esta)\b)"
)
LINE_END = re.compile(r"[\s.!,)(\"x-]{0,12}", re.IGNORECASE)
EPONYM = re.compile(
    r"(?:'s)?\s(?:disease|syndrome|sign|test|hospital|pharmacy|clinic|street|road|rd|st|avenue|virus|palsy|falls|station|park|line|square|beach|island)\b",
    re.IGNORECASE,
)
PARTICLES = frozenset(
    {
        "de",
        "del",
        "la",
        "van",
        "der",
        "den",
        "von",
        "da",
        "dos",
        "das",
        "di",
        "du",
        "le",
        "el",
        "al",
        "bin",
        "bint",
        "ibn",
        "abu",
        "ben",
        "st",
        "mac",
        "mc",
        "ter",
        "ap",
    }
)
