"""What the page of messages to the clinic says when something is not as it should be, in the page's language."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext, ngettext

from bot.errors import InputError
from bot.patients.messages import LONGEST_MESSAGE, LONGEST_NAME

TOO_FAST = lazy_gettext("That was very quick. Please read it once more and send it again.")
TOO_OLD = lazy_gettext("This page was open for a long time. Please read it once more and send it again.")
UNKNOWN = lazy_gettext("This page could not be identified. Your message is still here: please send it again.")
TRAPPED = lazy_gettext("Something was filled in that must stay empty. It is empty now: please send it again.")
NOT_FROM_FRAME = lazy_gettext(
    "This part of the page may not send messages. Please copy your message, open the form in a new tab and send it "
    "there, or call us."
)
NOT_STORED = lazy_gettext("Your message could not be stored just now, so it was not sent.")


def fault(error: InputError) -> str:
    """What is wrong with a field, as its page says it."""
    empty = error.got.startswith("nothing")
    if error.field == "name":
        if empty:
            return str(gettext("Please type your name."))
        return str(gettext("Please type a name of at most %(most)s characters.", most=LONGEST_NAME))
    if error.field == "contact":
        if empty:
            return str(gettext("Please type a phone number or an email address, so that the clinic can answer."))
        return str(gettext("Please check this: one phone number with its area code, or one email address."))
    if error.field == "message":
        if error.got.endswith(" characters") and error.got[0].isdigit():
            count, most = error.got.removesuffix(" characters"), LONGEST_MESSAGE
            long = gettext("Your message has %(count)s characters. Please keep it to %(most)s.", count=count, most=most)
            return str(long)
        if empty:
            return str(gettext("Please write your message."))
        return str(gettext("It holds something that cannot be read."))
    return str(gettext("Please tick the box, so that the clinic may keep your message and answer it."))


def sent_before(reference: str) -> str:
    """Another message came from the same page before."""
    return str(
        gettext(
            "You sent a message from this page before. Its reference is %(reference)s. "
            "If you want to send this one as well, send it again.",
            reference=reference,
        )
    )


def too_many(wait_s: int) -> str:
    """Too many messages came in."""
    many = gettext("Many messages came in just now.")
    wait = ngettext(
        "Please try again in a minute, or call us.",
        "Please try again in %(num)s minutes, or call us.",
        -(-wait_s // 60),
    )
    return f"{many} {wait}"
