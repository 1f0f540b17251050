"""Personal details are taken out of Spanish messages, and verbs, health words and doses are not."""

from __future__ import annotations

import pytest

from bot.patients.redact import redact


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("mi teléfono es 612 34 56 78", "mi teléfono es [phone]"),
        ("mi movil 612 345 678", "mi movil [phone]"),
        ("llámame al 91 123 45 67", "llámame al [phone]"),
        ("vivo en Avenida de América 12", "vivo en [address]"),
        ("Calle Mayor 5, 28013 Madrid", "[address], [postcode] Madrid"),
        ("c/ Goya 112, 3º B", "[address]"),
        ("ana punto lopez arroba gmail punto com", "[email]"),
        ("mi cumpleaños es el 12 de marzo", "mi cumpleaños es el [date of birth]"),
        ("Mi hijo nació el 12 de marzo de 2009", "Mi hijo nació el [date of birth]"),
        ("numero de seguridad social 28 12345678 40", "numero de seguridad social [number]"),
        ("mi número de historia clínica es 123456", "mi número de historia clínica es [number]"),
        ("mi DNI es 12345678Z y tomo 20 mg", "mi DNI es [number] y tomo 20 mg"),
        ("12345678Z", "[number]"),
        ("mi hija Lucía toma 20 mg", "mi hija [name] toma 20 mg"),
        ("la doctora García me dijo que no", "la doctora [name] me dijo que no"),
        ("me llamo ana garcia y tengo los labios secos", "me llamo [name] y tengo los labios secos"),
        ("mi hija se llama lucia y tiene 16 años", "mi hija se llama [name] y tiene 16 años"),
        ("¿Puedo beber? Un saludo, Carmen", "¿Puedo beber? Un saludo, [name]"),
    ],
)
def test_details_become_marks(text: str, kept: str) -> None:
    assert redact(text) == kept
    assert redact(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        "mi hermana tuvo un aborto",
        "mi hija toma Dercutane",
        "el doctor dijo que no",
        "la enfermera me puso una inyección",
        "soy alérgica a los cacahuetes",
        "mi marido quiere donar sangre",
        "tomo 40 mg al día desde hace 3 semanas",
        "vía oral 40 mg",
        "salgo a la calle después de 2 horas",
        "doy un paseo de 30 minutos",
        "camino 30 minutos al día",
        "empecé el 3 de abril de 2026",
        "mi análisis: alt 45 ast 38 colesterol 210",
    ],
)
def test_what_tells_of_nobody_stays(text: str) -> None:
    assert redact(text) == text
