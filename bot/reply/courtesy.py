"""What is said to a greeting or a thank-you: that nobody asked anything, and how to go on. Nothing medical."""

from __future__ import annotations

from bot.faq.entry import ENGLISH
from bot.language.normalise import plain_words

_GREET = frozenset(
    ["hi", "hello", "hey", "hiya", "howdy", "morning", "afternoon", "evening", "hola", "buenas", "buenos"]
)  # fmt: skip
_THANK = frozenset(["thanks", "thank", "thx", "thankyou", "ta", "cheers", "ty", "gracias"])
_DONE = frozenset(
    ["ok", "okay", "k", "great", "cool", "nice", "perfect", "bye", "goodbye", "vale", "adios", "fine", "right"]
)  # fmt: skip
_BESIDE = frozenset(["good", "there", "dias", "tardes", "noches", "you", "muchas", "so", "much", "very"])
MOST_WORDS = 5

GREETED = {
    ENGLISH: ("Hello", "Ask your question in a few words, look through the topics, or ask the clinic."),
    "es": ("Hola", "Haga su pregunta en pocas palabras, mire los temas o pregunte a la clínica."),
}
THANKED = {
    ENGLISH: ("You are welcome", "If there is anything else, ask, look through the topics, or ask the clinic."),
    "es": ("De nada", "Si hay algo más, pregunte, mire los temas o pregunte a la clínica."),
}
DONE = {
    ENGLISH: ("All right", "If there is anything else, ask, look through the topics, or ask the clinic."),
    "es": ("De acuerdo", "Si hay algo más, pregunte, mire los temas o pregunte a la clínica."),
}


def courtesy_for(said: str, language: str) -> tuple[str, str] | None:
    """Headline and text for a message that is nothing but a courtesy; None for any other."""
    words = plain_words(said).split()
    if not 0 < len(words) <= MOST_WORDS or not set(words) <= _GREET | _THANK | _DONE | _BESIDE:
        return None
    for own, replies in ((_THANK, THANKED), (_GREET, GREETED), (_DONE, DONE)):
        if own & set(words):
            return replies[language]
    return None
