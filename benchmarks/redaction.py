"""How much of what tells who a patient is gets taken out of messages, and how much else is lost.

    python benchmarks/redaction.py [--write benchmarks/results/redaction.json] [--missed]

Messages are made from names, numbers and addresses in many sentences, always the same. In the held-out half stand every
other name, and every other sentence around what is no name: what went wrong there was never looked at. The Spanish
part is made alike, of fewer sentences, and counts apart.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bot import Bot
from bot.faq.release import Release
from bot.language.normalise import fold
from bot.patients.redact import redact

ROOT = Path(__file__).parent.parent
HERE = ROOT / "benchmarks" / "redaction"
FIRST_NAMES = (HERE / "first_names.txt").read_text(encoding="utf-8").split()
SURNAMES = (HERE / "surnames.txt").read_text(encoding="utf-8").split()
SPANISH_NAMES = (HERE / "spanish_first_names.txt").read_text(encoding="utf-8").split()
SPANISH_SURNAMES = (HERE / "spanish_surnames.txt").read_text(encoding="utf-8").split()
SPANISH_MONTHS = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()  # noqa: SIM905
STRUCTURED = ("phone", "email", "nhs or ssn", "postcode", "date of birth", "card")
NAMES = ("name", "name, small letters")
SEED = 20261125
EACH = 6  # messages from one sentence and style

MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
STREETS = (
    "Acacia Avenue", "High Street", "Church Lane", "Station Road", "Mill Close", "Victoria Road", "Park Drive",
    "Orchard Way", "King's Crescent", "St Mary's Terrace", "Beech Grove", "Elm Gardens", "Maple Street", "Oak Ave",
    "Sunset Blvd", "5th Avenue", "Meadow Court", "The Green Lane", "Castle Hill", "Albert Square",
)  # fmt: skip
TOWNS = ("Leeds", "Bristol", "Swansea", "Glasgow", "Hull", "Derby")
OUTWARD = ("SW1A", "M1", "B33", "CR2", "DN55", "EC1A", "LS6", "G12", "CF10", "BT7", "OX4", "N1C", "W1T", "EH3", "YO31")
STATES = ("CA", "NY", "TX", "IL", "WA", "FL", "MA", "OH", "GA", "CO")
MAIL_HOSTS = ("gmail.com", "hotmail.co.uk", "outlook.com", "yahoo.com", "icloud.com", "nhs.net", "uni.ac.uk", "web.de")


class Detail(NamedTuple):
    """A personal detail: its `value` as typed, the `mark` that should stand for it, and the `kind` it counts as."""

    kind: str
    value: str
    mark: str


class Message(NamedTuple):
    """A made-up message with one detail, and what should be left of it."""

    text: str
    wanted: str
    detail: Detail
    held_out: bool


# In each, {} is the detail. What stands around it has to stay.
SENTENCES: dict[str, tuple[str, ...]] = {
    "name": (
        "I'm {}", "I'm {} and my lips are really dry", "I am {}, how long does the flare last?", "My name is {}.",
        "Hi, my name is {} and I take 40 mg a day", "this is {}, can I drink on isotretinoin?", "Hello it's {} again",
        "it's {} here, week 6, is peeling normal?", "Call me {}", "I'm called {}, I started in March",
        "Name: {}", "name: {}\nquestion: can I wax my eyebrows", "I saw Dr {} last week", "Dr {} put me up to 60mg",
        "I have an appointment with Dr {}, what do I bring?", "Mr {} was very kind", "Is Mrs {} still working there?",
        "When is my blood test due? Thanks, {}", "how do I cancel?\n\nKind regards,\n{}", "is it ok with alcohol? - {}",
        "Can I run a marathon? Regards {}", "My lips bleed every day, thanks {}", "many thanks from {}",
        "My daughter {} is 16 and has dry eyes", "my son {} forgot two capsules", "My wife {} might be pregnant",
        "my husband {} wants to donate blood", "My partner {} has headaches", "my mum {} asks about vitamin A",
        "Can my friend {} take mine?", "me llamo {} y tengo la piel seca", "hola, soy {}",
        "Hi {} here, are you open on Monday?", "my sister's name is {} and she is 14", "Her name is {}, she is worried",
        "I'm {}, 23, on accutane since May", "Hi I'm {} I have a nosebleed", "Sorry, this is {} from yesterday",
        "patient name: {}", "My boyfriend is called {} and he is on it too",
    ),
    "phone": (
        "my number is {}", "call me on {} please", "ring me back at {} after 5pm", "Can you text {}?", "{}", "tel: {}",
        "phone {} for my mum, she collects the 30 mg capsules", "You can reach me on {} about my bloods",
        "I changed my phone, it's {} now", "mobile {}, 3 weeks on 40mg", "is {} the number you have for me?",
        "whatsapp {}", "my results? {}", "I'm on day 12, contact {}",
    ),
    "email": (
        "my email is {}", "send it to {} please", "{}", "email: {}, week 3", "Could you mail the form to {}?",
        "contact me at {} or not at all", "I wrote from {} last week", "is {} right? I take 20 mg",
    ),
    "nhs or ssn": (
        "my NHS no is {}", "NHS number {}", "{} is my NHS number", "My nhs number: {}, can you see my results?",
        "here are my details {} thanks", "number {} and I take 40 mg", "my id is {}",
    ),
    "ssn": ("my SSN is {}", "social security number {}", "SSN: {} for the insurance form", "{}", "they want {} for it"),
    "postcode": (
        "my postcode is {}", "I live near {}", "deliver to {} please", "postcode {}, which pharmacy is close?", "{}",
        "moving to {} next month, can I stay with the clinic?",
    ),
    "zip": ("I live in Springfield, {}", "ship it to Boulder {} please", "the pharmacy in {} has none left"),
    "date of birth": (
        "dob {}", "my date of birth is {}", "DOB: {} and I take 30 mg", "I was born on {}", "born {}, can I take it?",
        "Date of birth {}", "my birthday is {}", "d.o.b. {}", "My daughter was born on {} and has acne",
        "{} is my date of birth",
    ),
    "card": (
        "my card is {}", "pay with {}", "card number {} exp 04/29", "{}", "I paid with {} for the visit of 12/03",
    ),
    "address": (
        "I live at {}", "my address is {}", "please post the form to {}", "address: {}", "I moved to {} in March",
        "{}", "send my prescription to {}, I take 40 mg a day",
    ),
    "reference": (
        "my hospital number is {}", "patient id {}", "ref {}", "MRN {}", "my insurance id is {}", "policy number: {}",
        "prescription number {} for 60 mg", "Reference number {}, when are my results back?", "patient number: {}",
    ),
    "link": (
        "my photo is at {}", "look at {} please", "I read {} about it", "{}",
    ),
}  # fmt: skip
# As SENTENCES, typed by patients who write Spanish.
SPANISH: dict[str, tuple[str, ...]] = {
    "name": (
        "Me llamo {}", "Soy {} y tengo los labios muy secos", "Mi nombre es {}.", "hola, soy {}, puedo beber alcohol?",
        "Mi hija {} toma 20 mg y está cansada", "Mi hijo {} tuvo un brote", "Mi marido {} quiere donar sangre",
        "La doctora {} me subió a 40 mg", "Nombre: {}", "¿Cuándo es mi cita? Gracias, {}", "Un saludo, {}",
        "Mi hermana se llama {} y tiene acné", "Mi madre {} pregunta por las analíticas", "El doctor {} dijo que sí",
        "Mi amiga {} dejó el tratamiento", "Estoy en la semana 3. Atentamente, {}",
    ),
    "phone": (
        "mi teléfono es {}", "llámame al {}", "mi móvil {}", "{}", "pueden llamarme al {} por la tarde",
        "mi número es {} y tomo 40 mg", "tlf {}", "¿Me escriben al {}? Llevo 3 semanas",
    ),
    "email": (
        "mi correo es {}", "escríbame a {} por favor", "{}", "email: {}, semana 3",
    ),
    "number": (
        "mi DNI es {}", "número de la seguridad social {}", "mi número de historia clínica es {}",
        "tarjeta sanitaria {}", "número de póliza: {}, tomo 20 mg", "mi número de paciente es {} y llevo 3 meses",
    ),
    "address": (
        "vivo en {}", "mi dirección es {}", "{}", "me he mudado a {} en marzo", "envíen la receta a {}, por favor",
    ),
    "date of birth": (
        "mi fecha de nacimiento es {}", "nací el {}", "mi cumpleaños es el {}", "Mi hija nació el {} y tiene acné",
    ),
}  # fmt: skip
SPANISH_EVERYDAY = (
    "Soy {}", "Estoy {} y tomo 40 mg", "mi hija está {}", "mi hermana tuvo un aborto y está {}",
    "el doctor dijo que no, {}", "mi madre, {}, pregunta si puedo beber", "mi marido toma Dercutane y está {}",
    "la enfermera me vio {} el 12 de marzo", "mi novio quiere saber si es normal estar {}",
    "camino 30 minutos al día y sigo {}", "tengo ALT 45 y AST 38, {}",
)  # fmt: skip
SPANISH_STATES = (
    "embarazada", "alérgica a los cacahuetes", "preocupada", "cansado", "mareada", "diabético", "vegana", "deprimida",
    "celíaca", "asmático", "peor que ayer", "con fiebre", "sin ganas de nada", "triste", "nerviosa", "estreñida",
    "sangrando por la nariz", "harta de esperar", "muy seca", "igual desde hace 3 semanas", "dando el pecho",
)  # fmt: skip
EVERYDAY = (
    "I'm {}", "I am {} what should I do", "im {} is that normal", "i'm {} and on 40mg", "my daughter is {}",
    "this is {}", "it's {}", "I'm really {}", "my son {} all day", "My name is on the list and I'm {}",
)  # fmt: skip
STATES_OF_PATIENTS = (
    "pregnant", "allergic to nuts", "worried", "on accutane", "16", "dying", "so tired", "breastfeeding", "diabetic",
    "vegan", "depressed", "bleeding", "dizzy", "not sure", "anaemic", "asthmatic", "coeliac", "suicidal", "itchy",
    "on day 3", "constipated", "getting worse", "normal", "painful", "frank about it", "hopeful", "scared", "feverish",
    "sunburnt", "nauseous", "pregant", "alergic", "worryed", "exhasuted", "hypothyroid", "epileptic", "peeling",
    "on roaccutane", "transgender", "Muslim", "British", "immunosuppressed", "photosensitive", "due in May",
)  # fmt: skip


def spanish_phones(rng: random.Random) -> str:
    """A Spanish telephone number."""
    first, last = rng.choice("6789"), f"{rng.randrange(10_000_000):07d}"
    own, rest = f"{first}{rng.randrange(1, 9)}{last[0]}", last[1:]
    return rng.choice(
        (
            f"{own} {rest[:2]} {rest[2:4]} {rest[4:]}", f"{own} {rest[:3]} {rest[3:]}", f"{own}{rest}",
            f"+34 {own}{rest}", f"91 {last[:3]} {last[3:5]} {last[5:]}", f"{own}-{rest[:3]}-{rest[3:]}",
            f"0034 {own} {rest[:3]} {rest[3:]}",
        )
    )  # fmt: skip


def spanish_mails(rng: random.Random) -> str:
    """A mail address, at times written out."""
    one, two = fold(rng.choice(SPANISH_NAMES)), fold(rng.choice(SPANISH_SURNAMES))
    host = rng.choice(("gmail.com", "hotmail.es", "yahoo.es"))
    spoken = host.replace(".", " punto ")
    return rng.choice((f"{one}.{two}@{host}", f"{one} punto {two} arroba {spoken}", f"{one}{two} arroba {host}"))


def spanish_numbers(rng: random.Random) -> str:
    """A number of an identity card, the social security or a record."""
    number = rng.randrange(10_000_000, 99_999_999)
    letter = "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23]
    return rng.choice(
        (f"{number}{letter}", f"{number}-{letter}", f"{number}", f"28 {number} {number % 90 + 10}", f"AN{number}")
    )


def spanish_addresses(rng: random.Random) -> str:
    """A street address."""
    street = rng.choice(
        (
            "Calle Mayor", "calle de la Paz", "Avenida de América", "C/ Goya", "Plaza de España", "Avda. del Puerto",
            "Paseo de Gracia", "calle San Juan", "Carretera de Toledo", "calle del Olmo",
        )
    )  # fmt: skip
    return f"{street}{rng.choice((' ', ', ', ' nº '))}{rng.randrange(1, 240)}{rng.choice(('', '', ', 3º B', ', bajo'))}"


def spanish_birth_dates(rng: random.Random) -> str:
    """A date of birth, at times without its year."""
    day, month, year = rng.randrange(1, 29), rng.randrange(1, 13), rng.randrange(1950, 2012)
    name = SPANISH_MONTHS[month - 1]
    return rng.choice(
        (f"{day} de {name} de {year}", f"{day} de {name}", f"{day:02d}/{month:02d}/{year}", f"{day} {name} {year}")
    )


def phones(rng: random.Random) -> str:
    """A British, American or other telephone number in one of many forms."""
    last = f"{rng.randrange(1_000_000):06d}"
    own = f"{rng.randrange(10):d}{rng.randrange(10):d}{rng.randrange(10):d}"
    area, exchange = rng.randrange(201, 990), rng.randrange(200, 999)
    line = f"{rng.randrange(10_000):04d}"
    return rng.choice(
        (
            f"07{own} {last}", f"07{own}{last}", f"07{own} {last[:3]} {last[3:]}", f"+44 7{own} {last}",
            f"+447{own}{last}", f"0044 7{own} {last}", f"+44 (0)7{own} {last}", f"07{own}-{last[:3]}-{last[3:]}",
            f"020 7{own} {line}", f"(0113) 496 {line}", f"01632 960{own}", f"0161.496.{line}", f"0117-496-{line}",
            f"({area}) {exchange}-{line}", f"{area}-{exchange}-{line}", f"{area}.{exchange}.{line}",
            f"{area}{exchange}{line}", f"+1 {area} {exchange} {line}", f"1-{area}-{exchange}-{line}",
            f"+1 ({area}) {exchange}-{line}", f"+353 86 {own} {line}", f"+91 98{own} {last[:5]}", f"+34 6{own} {last}",
        )
    )  # fmt: skip


def mails(rng: random.Random) -> str:
    """A mail address, at times written out."""
    one, two = fold(rng.choice(FIRST_NAMES)), fold(rng.choice(SURNAMES)).replace("'", "").replace("-", "")
    local = rng.choice(
        (f"{one}.{two}", f"{one}{rng.randrange(100)}", f"{one[0]}{two}", f"{one}_{two}", f"{one}+clinic")
    )
    host = rng.choice(MAIL_HOSTS)
    spoken = host.replace(".", " dot ")
    return rng.choice(
        (f"{local}@{host}",) * 4
        + (f"{local} at {spoken}", f"{local} (at) {host}", f"{one} dot {two} at {spoken}", f"{local} @ {host}")
    )


def nhs_numbers(rng: random.Random) -> str:
    """An NHS number whose check digit is right."""
    while True:
        nine = [rng.randrange(1, 10), *(rng.randrange(10) for _ in range(8))]
        check = (11 - sum(digit * (10 - place) for place, digit in enumerate(nine)) % 11) % 11
        if check != 10:
            digits = "".join(map(str, (*nine, check)))
            spaced = f"{digits[:3]} {digits[3:6]} {digits[6:]}"
            return rng.choice((spaced, spaced, digits, spaced.replace(" ", "-")))


def social_security_numbers(rng: random.Random) -> str:
    """An American social security number."""
    area = rng.choice([rng.randrange(1, 666), rng.randrange(667, 900)])
    return f"{area:03d}-{rng.randrange(1, 100):02d}-{rng.randrange(1, 10_000):04d}"


def postcodes(rng: random.Random) -> str:
    """A British postcode."""
    inward = f"{rng.randrange(10)}{rng.choice('ABDEFGHJLN')}{rng.choice('ABDEFGHJLNPQRSTUWXYZ')}"
    return rng.choice(OUTWARD) + rng.choice((" ", " ", "")) + inward


def zips(rng: random.Random) -> str:
    """An American ZIP code after its state."""
    return f"{rng.choice(STATES)} {rng.randrange(10_000, 99_999)}" + rng.choice(
        ("", "", f"-{rng.randrange(1000, 9999)}")
    )


def birth_dates(rng: random.Random) -> str:
    """A date of birth in one of many forms."""
    day, month, year = rng.randrange(1, 29), rng.randrange(1, 13), rng.randrange(1950, 2012)
    name = MONTHS[month - 1]
    ending = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd"}.get(day, "th")
    return rng.choice(
        (
            f"{day}/{month}/{year}", f"{day:02d}/{month:02d}/{year}", f"{day}.{month}.{year}", f"{day}-{month}-{year}",
            f"{day} {name} {year}", f"{day}{ending} {name} {year}", f"{day}{ending} of {name} {year}",
            f"{name} {day}, {year}", f"{name} {day}{ending} {year}", f"{year}-{month:02d}-{day:02d}",
            f"{day} {name[:3]} {year}", f"{day:02d}/{month:02d}/{year % 100:02d}", f"{day:02d} {month:02d} {year}",
        )
    )  # fmt: skip


def cards(rng: random.Random) -> str:
    """A payment card's number whose check digit is right."""
    prefix, length = rng.choice((("4", 16), ("51", 16), ("37", 15), ("6011", 16)))
    digits = prefix + "".join(str(rng.randrange(10)) for _ in range(length - len(prefix) - 1))
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))]
    digits += str(-sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10)
    parts = (4, 6, 5) if length == 15 else (4, 4, 4, 4)
    starts = [sum(parts[:place]) for place in range(len(parts))]
    groups = [digits[start : start + part] for start, part in zip(starts, parts, strict=True)]
    return rng.choice((digits, " ".join(groups), "-".join(groups)))


def addresses(rng: random.Random) -> str:
    """A street address."""
    street = f"{rng.randrange(1, 240)}{rng.choice(('', '', '', 'a', 'B'))} {rng.choice(STREETS)}"
    return rng.choice(
        (street, street, f"flat {rng.randrange(1, 60)}, {street}", f"Apt {rng.randrange(1, 60)} {street}")
    )


def references(rng: random.Random) -> str:
    """A hospital's, insurer's or pharmacy's number."""
    digits = f"{rng.randrange(100_000, 99_999_999)}"
    letters = "".join(rng.choice("ABCDEFGHKMNPRTXYZ") for _ in range(2))
    return rng.choice(
        (digits, letters + digits, f"{letters}-{digits}", f"{letters}{digits[:3]}/{digits[3:]}", digits + letters[0])
    )


def links(rng: random.Random) -> str:
    """A web address or a name on social media."""
    one = fold(rng.choice(FIRST_NAMES)).replace("'", "")
    number = rng.randrange(1000)
    return rng.choice(
        (
            f"https://imgur.com/{one}{number}",
            f"www.{one}{number}.co.uk",
            f"facebook.com/{one}.{number}",
            f"@{one}_{number}",
        )
    )


MAKERS: dict[str, tuple[str, str, Callable[[random.Random], str]]] = {
    "phone": ("phone", "phone", phones),
    "email": ("email", "email", mails),
    "nhs or ssn": ("nhs or ssn", "number", nhs_numbers),
    "ssn": ("nhs or ssn", "number", social_security_numbers),
    "postcode": ("postcode", "postcode", postcodes),
    "zip": ("postcode", "postcode", zips),
    "date of birth": ("date of birth", "date of birth", birth_dates),
    "card": ("card", "number", cards),
    "address": ("address", "address", addresses),
    "reference": ("reference", "number", references),
    "link": ("link", "link", links),
}


SPANISH_MAKERS: dict[str, tuple[str, Callable[[random.Random], str]]] = {
    "phone": ("phone", spanish_phones),
    "email": ("email", spanish_mails),
    "number": ("number", spanish_numbers),
    "address": ("address", spanish_addresses),
    "date of birth": ("date of birth", spanish_birth_dates),
}


def spanish_messages() -> Iterator[Message]:
    """The made-up Spanish messages, always the same; half of them in small letters."""
    rng = random.Random(SEED)
    for group, sentences in SPANISH.items():
        for place, sentence in enumerate(sentences):
            for turn in range(4 * EACH):
                if group == "name":
                    mark, value = "name", rng.choice(SPANISH_NAMES[turn % 4 >= 2 :: 2])
                    value += f" {rng.choice(SPANISH_SURNAMES)}" if turn % 3 == 0 else ""
                    held_out = turn % 4 >= 2
                else:
                    mark, make = SPANISH_MAKERS[group]
                    value, held_out = make(rng), place % 2 == 1
                style = str.lower if turn % 2 else str
                before, after = (style(part) for part in sentence.split("{}"))
                value = style(value)
                yield Message(before + value + after, f"{before}[{mark}]{after}", Detail(group, value, mark), held_out)


def messages() -> Iterator[Message]:
    """The made-up messages, always the same."""
    rng = random.Random(SEED)
    for group, sentences in SENTENCES.items():
        for place, sentence in enumerate(sentences):
            held_out = place % 2 == 1
            if group == "name":
                yield from _named(rng, sentence)
                continue
            kind, mark, make = MAKERS[group]
            for turn in range(4 * EACH):
                value, style = make(rng), (str, str, str.lower, str.upper)[turn % 4]
                detail = Detail(kind, value, mark)
                if group == "zip":  # the state before it is no detail
                    state, value = value.split(" ")
                    detail = Detail(kind, value, mark)
                    sentence_now = sentence.replace("{}", f"{state} {{}}")
                    yield Message(sentence_now.format(value), sentence_now.format(f"[{mark}]"), detail, held_out)
                    continue
                if style is str.lower or style is str.upper:
                    detail = Detail(kind, style(value), mark)
                    before, after = (style(part) for part in sentence.split("{}"))
                else:
                    before, after = sentence.split("{}")
                yield Message(before + detail.value + after, f"{before}[{mark}]{after}", detail, held_out)


def _named(rng: random.Random, sentence: str) -> Iterator[Message]:
    formal = "Mr" in sentence or "Dr" in sentence
    # Every other name of the list is held out.
    for held in (False, True):
        firsts, lasts = FIRST_NAMES[held::2], SURNAMES[held::2]
        for turn in range(5 * EACH):
            first, last = rng.choice(firsts), rng.choice(lasts)
            name = last if formal else f"{first} {last}" if turn % 3 == 0 else first
            lower = turn % 5 >= 3
            name = name.lower() if lower else name
            before, after = (part.lower() if lower else part for part in sentence.split("{}"))
            kind = "name, small letters" if lower else "name"
            yield Message(before + name + after, f"{before}[name]{after}", Detail(kind, name, "name"), held)


def is_gone(message: Message, left: str) -> bool:
    """Whether nothing is left that tells the detail: no word of a name, no four digits in a row, no part of a mail."""
    if message.text == left:
        return False
    value = message.detail.value
    around = message.wanted.lower()
    words = re.findall(r"[^\W\d_]{2,}|\d{2,}", value)
    return not any(
        re.search(rf"(?<!\w){re.escape(word.lower())}(?!\w)", left.lower())
        and not re.search(rf"(?<!\w){re.escape(word.lower())}(?!\w)", around)
        for word in words
    )


def measure(made: Sequence[Message]) -> tuple[dict[str, dict[str, float]], list[tuple[Message, str]]]:
    """By kind: how many, the share taken out, and the share where all else is left just as it was; what went wrong."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    wrong = []
    for message in made:
        left = redact(message.text)
        gone, exact = is_gone(message, left), left == message.wanted
        counts[message.detail.kind].update(messages=1, gone=gone, exact=exact)
        if not (gone and exact):
            wrong.append((message, left))
    return {kind: _shares(count) for kind, count in counts.items()}, wrong


def _shares(count: Counter[str]) -> dict[str, float]:
    total = count["messages"]
    return {
        "messages": total,
        "recall": round(count["gone"] / total, 4),
        "exact": round(count["exact"] / total, 4),
    }


def pooled(figures: dict[str, dict[str, float]], kinds: Sequence[str]) -> dict[str, float]:
    """Several kinds as one."""
    count: Counter[str] = Counter()
    for kind in kinds:
        shares = figures[kind]
        number = int(shares["messages"])
        count.update(messages=number, gone=round(shares["recall"] * number), exact=round(shares["exact"] * number))
    return _shares(count)


def everyday_texts() -> list[str]:
    """What patients say of how they are, in the words that lead to names elsewhere."""
    return [sentence.format(state) for sentence in EVERYDAY for state in STATES_OF_PATIENTS]


def spanish_everyday_texts() -> list[str]:
    """The same in Spanish."""
    return [sentence.format(state) for sentence in SPANISH_EVERYDAY for state in SPANISH_STATES]


def spanish_question_texts() -> list[str]:
    """What is asked in Spanish of each entry."""
    with (ROOT / "tests" / "cases" / "spanish.csv").open(encoding="utf-8", newline="") as rows:
        return [row["text"] for row in csv.DictReader(rows)]


def knowledge_texts(release: Release) -> list[str]:
    """Every text of a release that a patient could type or read."""
    texts: list[str] = [*release.background, *release.harmless]
    for entry in release.entries:
        texts += [entry.question, *(phrasing.text for phrasing in entry.phrasings), *entry.golden]
        texts += [entry.answer.short, entry.answer.detail or "", entry.next_step.text]
    for rule in release.rules:
        texts += [*rule.examples, *rule.hard_negatives]
    return list(dict.fromkeys(text for text in texts if text))


def question_texts() -> list[str]:
    """The messages of the other benchmarks, which no word list was made from."""
    files = [*(ROOT / "benchmarks" / "questions").glob("*.csv"), *(ROOT / "benchmarks" / "safety").glob("*.csv")]
    texts = []
    for file in sorted(files):
        with file.open(encoding="utf-8", newline="") as rows:
            texts += [row["question"] for row in csv.DictReader(rows)]
    return list(dict.fromkeys(texts))


def removed(text: str) -> list[str]:
    """What is taken out of a text, piece by piece."""
    pieces = re.split(r"\[(?:name|phone|email|address|postcode|number|date of birth|link)\]", redact(text))
    if len(pieces) == 1:
        return []
    match = re.fullmatch("(.*?)".join(re.escape(piece) for piece in pieces), text, re.DOTALL)
    return list(match.groups()) if match else [text]


def losses(texts: Sequence[str]) -> dict[str, object]:
    """How many texts lose something, how many of them wrongly, and what.

    `names.csv` says of each thing lost whether it is a name of a person (right) or not; what it does not hold is wrong.
    """
    with (HERE / "names.csv").open(encoding="utf-8", newline="") as rows:
        people = {row["text"] for row in csv.DictReader(rows)}
    lost = {text: pieces for text in texts if (pieces := removed(text))}
    wrong = {text: [piece for piece in pieces if piece not in people] for text, pieces in lost.items()}
    wrong = {text: pieces for text, pieces in wrong.items() if pieces}
    return {
        "texts": len(texts),
        "changed": len(lost),
        "changed_wrongly": len(wrong),
        "share_wrongly": round(len(wrong) / len(texts), 5),
        "taken_out": sorted({piece for pieces in lost.values() for piece in pieces}),
        "wrongly": wrong,
    }


def main() -> int:
    """Print the figures, and write them where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--missed", action="store_true", help="also print what went wrong")
    options = parser.parse_args()
    result: dict[str, object] = {}
    for name, made in (("", list(messages())), ("Spanish, ", list(spanish_messages()))):
        for half in ("looked at", "held out"):
            figures, wrong = measure([message for message in made if message.held_out == (half == "held out")])
            if not name:
                figures["all structured"] = pooled(figures, STRUCTURED)
                figures["all names"] = pooled(figures, NAMES)
            result[name + half] = dict(sorted(figures.items()))
            print(f"{name + half:24}{'messages':>10}{'recall':>10}{'exact':>10}")
            for kind, shares in sorted(figures.items()):
                print(f"{kind:24}{shares['messages']:>10}{shares['recall']:>10.4f}{shares['exact']:>10.4f}")
            if options.missed:
                for message, left in wrong:
                    print(f"  {message.detail.kind}: {message.text!r} -> {left!r}")
    result["Spanish everyday states"] = losses(spanish_everyday_texts())
    result["Spanish questions"] = losses(spanish_question_texts())
    result["everyday states"] = losses(everyday_texts())
    result["knowledge"] = losses(knowledge_texts(Bot.from_knowledge(ROOT / "knowledge").release))
    result["other benchmarks"] = losses(question_texts())
    kept = ("everyday states", "Spanish everyday states", "Spanish questions", "knowledge", "other benchmarks")
    print(json.dumps({name: result[name] for name in kept}, indent=1))
    if options.write:
        options.write.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
