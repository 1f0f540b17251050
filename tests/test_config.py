"""Settings that cannot work stop the start in one line, and nothing of a secret is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import read_settings
from bot.errors import SettingError
from bot.store.database import Database


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "https://chat.clinic.example:70000"),
        ("OTLP_URL", "http://127.0.0.1:99999"),
        ("OTLP_URL", "http://127.0.0.1:0"),
        ("OTLP_URL", "http://[::1"),
        ("PORT", "8_000"),
        ("PORT", "８０００"),
        ("THREADS", "+8"),
        ("SECRET_KEY", "s" * 40),
        ("SECRET_KEY", "s3cret" * 7),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite:///file:x?mode=memory&uri=true"),
    ],
)
def test_a_value_that_cannot_work_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"^CLINICBOT_{name}: got ") as told:
        read_settings({f"CLINICBOT_{name}": value}, tmp_path)

    assert "s3cret" not in str(told.value)


@pytest.mark.parametrize(
    "address",
    ["postgresql://clinic:s3cret@host:port/name", "postgresql://[::1/name", "postgresql://host:70000/name"],
)
def test_an_address_of_no_database_is_named(address: str) -> None:
    with pytest.raises(SettingError, match=r"^CLINICBOT_DATABASE_URL: got 'something else'"):
        Database(address)


def test_a_file_of_settings_is_read_as_a_whole_or_its_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"\xef\xbb\xbfCLINICBOT_PORT=81\n\n# a comment\nexport OTHER='of somebody else'\nEMPTY=\n")
    assert read_settings({}, tmp_path).port == 81

    file.write_text("CLINICBOT_PORT=81\n\nCLINICBOT_METRICS s3cret\n", encoding="utf-8")
    with pytest.raises(SettingError, match=r"\.env:3: got 'a line without ='") as told:
        read_settings({}, tmp_path)
    assert "s3cret" not in str(told.value)
    file.write_text("CLINICBOT_METRICS\n", encoding="utf-8")
    with pytest.raises(SettingError, match=r"\.env:1: "):
        read_settings({}, tmp_path)
    file.write_bytes("CLINICBOT_PORT=81 # größer".encode("latin-1"))
    with pytest.raises(SettingError, match=r"\.env: got 'no UTF-8 at byte"):
        read_settings({}, tmp_path)
