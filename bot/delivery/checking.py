"""What stands in the way of delivery, and how to mend it: each target is connected to, and nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bot.config import Settings
from bot.delivery.letter import DeliveryError
from bot.delivery.mail import Mail
from bot.delivery.posting import Post
from bot.delivery.targets import open_targets, targets_of
from bot.store.database import Database
from bot.store.dead_letters import count_by_target, longest_due

LATE = timedelta(minutes=10)  # a worker looks every second; nothing due waits so long while one runs


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; `text` says how to mend what is not ok."""

    level: Literal["ok", "warn", "fail"]
    text: str


def check_targets(settings: Settings) -> Iterator[Check]:
    """Whether each target that is on can be reached."""
    found = settings.delivery
    if not targets_of(settings):
        yield Check(
            "ok", "delivery: messages arrive in the staff's inbox alone; no mail, webhook, file drop or FHIR is set"
        )
        return
    post = Post(allowed=found.allowed_target_hosts)
    for target in open_targets(found):
        if isinstance(target, Mail):
            yield _check_mail(target)
    for name, url in (("WEBHOOK_URL", found.webhook_url), ("FHIR_URL", found.fhir_url)):
        if url:
            yield _check_address(post, name, str(url))
    if found.file_drop_dir is not None:
        yield Check("ok", f"file drop: messages are written to {found.file_drop_dir}")
    if not found.worker:
        yield Check("warn", "CLINICBOT_WORKER is no: `clinicbot worker` must run as a process of its own")


def check_outbox(database: Database, settings: Settings, now: datetime) -> Iterator[Check]:
    """Whether promises are kept: what is stuck, and for whom nobody is set up any more."""
    with database.read() as db:
        counts, due = count_by_target(db), longest_due(db, targets_of(settings))
    waiting = {target: count for (target, state), count in counts.items() if state == "waiting"}
    dead = sum(count for (_, state), count in counts.items() if state == "dead")
    yield Check("ok", f"outbox: {sum(waiting.values())} waiting, {dead} given up")
    if dead:
        yield Check(
            "warn", f"{dead} given up: see `clinicbot outbox list`, mend it, then `clinicbot outbox resend --all`"
        )
    for target in sorted(set(waiting) - set(targets_of(settings))):
        text = f"{waiting[target]} wait for {target}, which is not set up any more: set it up again, or erase their"
        yield Check("warn", f"{text} messages (`clinicbot handoffs erase`), which are kept as long")
    if due is not None and now - due > LATE:
        yield Check("warn", f"the oldest could have gone at {due:%Y-%m-%d %H:%M} UTC: does a worker run?")


def _check_mail(mail: Mail) -> Check:
    where = f"mail: {mail.server.host}:{mail.server.port}"
    try:
        mail.check()
    except DeliveryError as error:
        hint = "; in user and password write special characters as %40" if mail.server.user else ""
        return Check("fail", f"{where}: {error.reason}. Mend CLINICBOT_SMTP_URL, or that server{hint}")
    return Check("ok", f"{where} can be reached; notices go to {len(mail.clinic)} of the clinic's mailboxes")


def _check_address(post: Post, name: str, url: str) -> Check:
    try:
        post.reach(url)
    except DeliveryError as error:
        return Check("fail", f"{error.reason}. Mend CLINICBOT_{name}, or that server")
    return Check("ok", f"CLINICBOT_{name}: the server can be reached")
