"""Settings about delivery: read, refused with what is allowed, and never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Settings, read_settings
from bot.errors import SettingError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def read(folder: Path, **values: str) -> Settings:
    return read_settings({f"CLINICBOT_{name}": value for name, value in values.items()}, folder)


def test_nothing_set_is_no_target(tmp_path: Path) -> None:
    found = read(tmp_path).delivery

    assert found.smtp is None
    assert found.clinic_mail == ()
    assert found.worker
    assert found.digest_hour == 7


def test_everything_set(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        SMTP_URL="smtp://chat%40clinic.example:p%2Fw@mail.clinic.example",
        MAIL_FROM="chat@clinic.example",
        CLINIC_MAIL="nurses@clinic.example, desk@clinic.example",
        WEBHOOK_URL="http://mirth:8080/in",
        WEBHOOK_SECRET=f"{SECRET}, {'o' * 24}",
        FILE_DROP_DIR=str(tmp_path),
        FHIR_URL="https://fhir.clinic.example/r4",
        ALLOWED_TARGET_HOSTS="mirth, 10.0.0.1, [fd00::1]",
        WORKER="no",
        DIGEST_HOUR="no",
    ).delivery

    assert found.smtp is not None
    assert (found.smtp.host, found.smtp.port, found.smtp.tls) == ("mail.clinic.example", 587, "upgrade")
    assert (found.smtp.user, found.smtp.password) == ("chat@clinic.example", "p/w")
    assert found.clinic_mail == ("nurses@clinic.example", "desk@clinic.example")
    assert found.allowed_target_hosts == ("mirth", "10.0.0.1", "fd00::1")
    assert found.file_drop_dir == tmp_path
    assert not found.worker
    assert found.digest_hour is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_URL", "mail.clinic.example"),
        ("SMTP_URL", "ftp://mail.clinic.example"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://u:p@host:99999"),
        ("SMTP_URL", "smtp://user-without-password@host"),
        ("SMTP_URL", "smtp+plain://user:s3cret@host"),
        ("SMTP_URL", "smtp://host/path"),
        ("MAIL_FROM", "nobody"),
        ("MAIL_FROM", "a@b.example\nBcc: c@d.example"),
        ("CLINIC_MAIL", "a@b.example,"),
        ("CLINIC_MAIL", "Ada <a@b.example>"),
        ("WEBHOOK_URL", "http://clinic.example/in"),
        ("WEBHOOK_URL", "https://user:s3cret@clinic.example/in"),
        ("WEBHOOK_URL", "file:///etc/passwd"),
        ("WEBHOOK_URL", "https://clinic.example/in\r\nHost: x"),
        ("WEBHOOK_URL", "https://[::1/in"),
        ("WEBHOOK_SECRET", "short-s3cret"),
        ("WEBHOOK_SECRET", "whsec_not!base64"),
        ("FHIR_URL", "https:///r4"),
        ("FHIR_TOKEN", "two words"),
        ("FILE_DROP_DIR", "/nowhere/at/all"),
        ("ALLOWED_TARGET_HOSTS", "a b"),
        ("ALLOWED_TARGET_HOSTS", "http://mirth"),
        ("WORKER", "perhaps"),
        ("DIGEST_HOUR", "24"),
        ("DIGEST_HOUR", "noon"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed_and_no_secret_is_shown(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingError) as caught:
        read(tmp_path, **{name: value})

    assert str(caught.value).startswith(f"CLINICBOT_{name}: ")
    assert "allowed: " in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"SMTP_URL": "smtp://host"}, "MAIL_FROM"),
        ({"SMTP_URL": "smtp://host", "MAIL_FROM": "a@b.example"}, "CLINIC_MAIL"),
        ({"CLINIC_MAIL": "a@b.example"}, "SMTP_URL"),
        ({"MAIL_FROM": "a@b.example"}, "SMTP_URL"),
        ({"WEBHOOK_URL": "https://clinic.example/in"}, "WEBHOOK_SECRET"),
        ({"WEBHOOK_SECRET": SECRET}, "WEBHOOK_URL"),
        ({"FHIR_TOKEN": "t0k3n"}, "FHIR_URL"),
    ],
)
def test_a_target_set_up_in_half_stops_the_start(tmp_path: Path, values: dict[str, str], missing: str) -> None:
    with pytest.raises(SettingError, match=f"CLINICBOT_{missing}: got 'nothing'"):
        read(tmp_path, **values)


def test_secrets_are_not_shown_by_accident(tmp_path: Path) -> None:
    found = read(tmp_path, WEBHOOK_URL="https://c.example/in?key=s3cret", WEBHOOK_SECRET="s3cret" * 8)

    assert "s3cret" not in repr(found)
