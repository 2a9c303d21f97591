"""Settings: the environment first, then docket.toml; what is wrong stops the start with a sentence."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from lib.core import settings
from lib.identity import client_info

SECRET = "s3cr3t-canary"


def read(monkeypatch, data, toml="", **environment):
    (data / "docket.toml").write_text(toml)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings.current.cache_clear()
    return settings.current()


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(monkeypatch, data):
    found = read(monkeypatch, data, 'smtp_host = "file"\nsmtp_port = 25', DOCKET_SMTP_HOST="environment")
    assert (found.smtp_host, found.smtp_port, found.smtp_tls) == ("environment", 25, "starttls")


@pytest.mark.parametrize(
    ("toml", "environment", "named"),
    [
        ("", {"DOCKET_SECRET_KEY": SECRET}, "SECRET_KEY"),
        ("", {"DOCKET_SECRET_KEY": "x" * 40}, "SECRET_KEY"),
        ("", {"DOCKET_SMTP_PORT": SECRET}, "DOCKET_SMTP_PORT"),
        ("", {"DOCKET_SMTP_TLS": SECRET}, "DOCKET_SMTP_TLS"),
        ("", {"DOCKET_BASE_URL": SECRET}, "DOCKET_BASE_URL"),
        (f'smtp_pasword = "{SECRET}"', {}, "DOCKET_SMTP_PASWORD"),
        (f'smtp_host = = "{SECRET}"', {}, "docket.toml"),
    ],
)
def test_a_wrong_setting_is_a_sentence_that_names_it_and_never_its_value(
    monkeypatch, data, toml, environment, named
):
    """CVE-2021-35299, and C24: secrets in errors."""
    with pytest.raises(settings.SettingsError) as error:
        read(monkeypatch, data, toml, **environment)
    assert named in str(error.value)
    assert SECRET not in str(error.value)


def test_secrets_are_not_printed_with_the_settings(monkeypatch, data):
    found = read(
        monkeypatch, data, DOCKET_SMTP_PASSWORD=SECRET, DOCKET_DATABASE_URL=f"postgresql://u:{SECRET}@h/d"
    )
    assert SECRET not in f"{found!r} {found}"
    assert SECRET in found.database


def test_the_desk_makes_its_own_key_once_for_its_user_alone(data):
    """CVE-2026-85391: a peer's key was in its source."""
    found = settings.current()
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _n: found.key(), range(16)))
    assert len(keys) == 1
    assert len(keys.pop()) >= settings.SECRET_BYTES
    assert stat.S_IMODE((data / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in data.iterdir()] == ["secret.key"]


@pytest.mark.parametrize("fault", ["weak", "readable"])
def test_a_weak_or_open_key_stops_the_start(data, fault):
    path = data / "secret.key"
    path.write_text("short" if fault == "weak" else "x" * 43)
    path.chmod(0o600 if fault == "weak" else 0o644)
    with pytest.raises(settings.SettingsError, match="weak key" if fault == "weak" else "read by others"):
        settings.current().key()


FORWARDED = [
    (0, "10.0.0.9", "6.6.6.6", "10.0.0.9"),
    (1, "10.0.0.9", "6.6.6.6, 7.7.7.7", "7.7.7.7"),
    (2, "10.0.0.9", "6.6.6.6, 7.7.7.7, 8.8.8.8", "7.7.7.7"),
    (1, "10.0.0.9", None, "10.0.0.9"),
    (1, "10.0.0.9", "<script>", "unknown"),
    (0, None, None, "unknown"),
    (0, "::1", None, "::1"),
]


@pytest.mark.parametrize("case", FORWARDED, ids=str)
def test_an_address_is_believed_from_our_own_proxies_alone(monkeypatch, data, case):
    """CVE-2026-107393, ASVS 4.1.3."""
    proxies, peer, header, address = case
    read(monkeypatch, data, DOCKET_TRUSTED_PROXIES=str(proxies))
    assert client_info.resolve_address(peer, header) == address


@pytest.mark.parametrize(
    ("site", "origin", "ours"),
    [
        ("same-origin", None, True),
        ("same-site", "http://localhost:8501", False),
        ("cross-site", "http://localhost:8501", False),
        ("none", None, False),
        (None, "http://localhost:8501", True),
        (None, "http://localhost:8501.evil.test", False),
        (None, "null", False),
        (None, None, True),
    ],
)
def test_whose_page_a_request_comes_from(data, site, origin, ours):
    """C23: CVE-2021-39209, CVE-2020-11035."""
    assert client_info.is_same_origin(site=site, origin=origin) is ours
