"""The fields of the settings in words: what each is called on the page, and in which section it stands."""

from __future__ import annotations

UNSAVED = "unsaved."  # how the fields of other sections begin that come along with one
NAMES = {
    "name": "Name",
    "region": "Country",
    "phone": "Phone",
    "email": "Mail",
    "address": "Address",
    "time_zone": "Time zone",
    "holidays": "Holidays",
    "facts": "Facts",
    "brand_colour": "Brand colour",
    "accepted_error": "Wrong answers accepted, of 100 given",
    "embedding_sites": "Websites",
    "own_approval": "A clinician may approve their own revision",
}
LINES = {
    "emergency": "Emergency",
    "urgent": "Urgent advice",
    "crisis_call": "Crisis line, by phone",
    "crisis_text": "Crisis line, by text",
    "poison": "Poison advice",
}
REGIONS = {"uk": "United Kingdom", "us": "United States"}
_SECTIONS = {
    "holidays": "hours",
    "facts": "facts",
    "brand_colour": "look",
    "accepted_error": "look",
    "embedding_sites": "embedding",
    "own_approval": "review",
}
_ENDS = {"_opens": "opens", "_closes": "closes"}
_PARTS = {"number": "number", "label": "what the button says"}


def section_of(name: str) -> str:
    """The section that a field of the form stands in."""
    if name.startswith("lines."):
        return "numbers"
    if name.endswith(tuple(_ENDS)):
        return "hours"
    return _SECTIONS.get(name, "clinic" if name in NAMES else "")


def label_of(name: str) -> str:
    """What a field is called; nothing for what is no field."""
    if name in NAMES:
        return NAMES[name]
    if name.startswith("lines."):
        _, region, kind, part = (*name.split("."), "", "", "")[:4]
        known = kind in LINES and region in REGIONS and part in _PARTS
        return f"{LINES[kind]} ({REGIONS[region]}): {_PARTS[part]}" if known else ""
    ends = (f"{name.removesuffix(end).title()} {word}" for end, word in _ENDS.items() if name.endswith(end))
    return next(ends, "")


def tidy(text: str) -> str:
    """A field's text as it is compared: browsers end lines in their own way."""
    return text.replace("\r\n", "\n").strip()
