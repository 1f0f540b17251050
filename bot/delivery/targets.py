"""Which targets the settings turn on, made ready to be sent to; and the worker that serves them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from bot.config import Secret, Settings
from bot.config_delivery import Delivery, webhook_keys
from bot.config_reading import NONE
from bot.delivery.digest import promise_digest
from bot.delivery.fhir import Fhir
from bot.delivery.file_drop import FileDrop
from bot.delivery.letter import Target
from bot.delivery.mail import Mail, Sign
from bot.delivery.posting import Post
from bot.delivery.webhook import Webhook
from bot.delivery.worker import Pace, Worker
from bot.errors import NotReady
from bot.faq.release import Release
from bot.store.database import Database, Db
from bot.store.releases import find_live, load_release
from bot.store.sealing import Sealer

MAIL, WEBHOOK, FILE, FHIR = "mail", "webhook", "file", "fhir"


def targets_of(settings: Settings) -> tuple[str, ...]:
    """The names of the targets that are on: each message is promised to all of them. None: the inbox alone."""
    found = settings.delivery
    on = {
        MAIL: found.smtp is not None,
        WEBHOOK: bool(found.webhook_url),
        FILE: found.file_drop_dir is not None,
        FHIR: bool(found.fhir_url),
    }
    return tuple(name for name, is_on in on.items() if is_on)


def open_targets(found: Delivery, sign: Callable[[], Sign] = Sign) -> tuple[Target, ...]:
    """The targets that are on. Nothing is connected to yet."""
    post = Post(allowed=found.allowed_target_hosts)
    made: list[Target] = []
    if found.smtp is not None:
        made.append(Mail(server=found.smtp, sender=found.mail_from, clinic=found.clinic_mail, sign=sign))
    if found.webhook_url:
        keys = webhook_keys(found.webhook_secret)
        made.append(Webhook(url=str(found.webhook_url), keys=keys, post=post))
    if found.file_drop_dir is not None:
        made.append(FileDrop(folder=found.file_drop_dir))
    if found.fhir_url:
        authorisation = Secret(f"Bearer {found.fhir_token}") if found.fhir_token else NONE
        made.append(Fhir(url=str(found.fhir_url), post=post, authorisation=authorisation))
    return tuple(made)


def open_worker(
    database: Database, settings: Settings, sealer: Sealer, now: Callable[[], datetime], pace: Pace | None = None
) -> Worker | None:
    """A worker for the targets that are on, not yet started; None when there are none."""
    found = settings.delivery
    sign = Signs(database, f"{settings.public_url}/staff" if settings.public_url else "")
    targets = open_targets(found, sign)
    if not targets:
        return None
    return Worker(database, sealer, targets, now, _digest(database, sealer, found, sign), pace)


def _digest(
    database: Database, sealer: Sealer, found: Delivery, sign: Callable[[], Sign]
) -> Callable[[datetime], object]:
    hour = found.digest_hour
    if found.smtp is None or hour is None:
        return lambda at: None
    return lambda at: promise_digest(database, sealer, hour=hour, zone=sign().zone, now=at)


class Signs:
    """What stands on our mails, from the release that is live."""

    def __init__(self, database: Database, staff_url: str = "") -> None:
        self._database = database
        self._staff_url = staff_url
        self._known = (0, Sign(staff_url=staff_url))
        self._lock = threading.Lock()

    def __call__(self) -> Sign:
        """The sign of now; a release is read once. Raises SQLAlchemyError or NotReady without a database."""
        with self._lock, self._database.read() as db:
            live = find_live(db)
            if live is not None and live.number != self._known[0]:
                release = _whole_release(db, live.number)
                if release is not None:
                    clinic = release.clinic
                    made = Sign(
                        clinic=clinic.name, phone=clinic.phone, zone=clinic.time_zone, staff_url=self._staff_url
                    )
                    self._known = (live.number, made)
            return self._known[1]


def _whole_release(db: Db, number: int) -> Release | None:
    """The release, or None for one that is damaged: notices are not kept back for that, they are signed as before."""
    try:
        return load_release(db, number)
    except NotReady:
        return None
