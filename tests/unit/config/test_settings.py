"""Settings: one table, checked, and one clear line about what is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from config.settings import TABLE, BadSetting, Settings

GOOD = {
    "MIROIR_SECRET_KEY": "x" * 32,
    "MIROIR_BASE_URL": "https://miroir.example.org/",
}
ROOT = Path(__file__).parents[3]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    for setting in TABLE.values():
        monkeypatch.delenv(setting.variable, raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MIROIR_DATA_DIR", str(tmp_path / "data"))
    return monkeypatch


def test_two_settings_are_enough(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = Settings.read(tmp_path / ".env")
    assert settings.base_url == "https://miroir.example.org"
    assert settings.database_url == f"sqlite:///{tmp_path}/data/miroir.sqlite"
    assert (tmp_path / "data").is_dir()
    assert (settings.redis_url, settings.proxy_hops, settings.log_level) == (None, 0, "INFO")
    assert settings.allow_local_platforms is False
    assert settings.platform_concurrency == 4


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("MIROIR_SECRET_KEY", "too short", "at least 32 characters"),
        ("MIROIR_SECRET_KEY", None, "is not set"),
        ("MIROIR_BASE_URL", None, "is not set"),
        ("MIROIR_BASE_URL", "http://miroir.example.org", "https://"),
        ("MIROIR_BASE_URL", "miroir.example.org", "an address like"),
        ("MIROIR_BASE_URL", "https://example.org/miroir", "without a path"),
        ("MIROIR_DATABASE_URL", "mysql://localhost/m", "sqlite:/// or postgresql://"),
        ("MIROIR_DATABASE_URL", "nonsense", "must be a database URL"),
        ("MIROIR_REDIS_URL", "http://redis", "redis://"),
        ("MIROIR_ISSUER_URL", "www.example.org", "an address like"),
        ("MIROIR_ALLOW_LOCAL_PLATFORMS", "maybe", "true or false"),
        ("MIROIR_PROXY_HOPS", "-1", "whole number"),
        ("MIROIR_PROXY_HOPS", "many", "whole number"),
        ("MIROIR_PLATFORM_CONCURRENCY", "0", "at least 1"),
        ("MIROIR_PLATFORM_CONCURRENCY", "four", "whole number"),
        ("MIROIR_LOG_LEVEL", "LOUD", "one of DEBUG"),
        ("MIROIR_SMTP_URL", "mail.example.org", "must start with smtp"),
        ("MIROIR_SMTP_URL", "smtp://u:hidden@mail.example.org", "needs ?from="),
        ("MIROIR_SMTP_URL", "file:///dev/null/here", "cannot be made"),
        ("MIROIR_DATA_DIR", "/dev/null/here", "cannot be made"),
    ],
)
def test_a_bad_setting_is_named(
    environment: pytest.MonkeyPatch, variable: str, value: str | None, says: str, tmp_path: Path
) -> None:
    if value is None:
        environment.delenv(variable)
    else:
        environment.setenv(variable, value)
    with pytest.raises(BadSetting, match=f"^{variable} ") as caught:
        Settings.read(tmp_path / ".env")
    assert says in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:5000", "http://localhost:5000", "http://[::1]"])
def test_http_is_fine_on_this_machine(
    environment: pytest.MonkeyPatch, url: str, tmp_path: Path
) -> None:
    environment.setenv("MIROIR_BASE_URL", url)
    assert Settings.read(tmp_path / ".env").base_url == url


def test_the_file_fills_in_what_the_environment_lacks(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / ".env"
    file.write_text("MIROIR_PROXY_HOPS=2\nMIROIR_BASE_URL=https://other.example\n")
    settings = Settings.read(file)
    assert (settings.proxy_hops, settings.base_url) == (2, "https://miroir.example.org")


def test_a_secret_is_never_shown(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("MIROIR_SECRET_KEY", "hunter2")
    with pytest.raises(BadSetting) as caught:
        Settings.read(tmp_path / ".env")
    assert "hunter2" not in str(caught.value)


def test_the_start_stops_with_one_line(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.delenv("MIROIR_SECRET_KEY")
    code = "from config.settings import Settings; Settings.from_environment()"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("miroir: MIROIR_SECRET_KEY is not set.")
    assert ended.stderr.count("\n") == 1
