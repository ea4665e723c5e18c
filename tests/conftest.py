"""Browser tests need chromium: in CI its absence is a failure, elsewhere they are left out with a line that says so.

A busy machine is slow, not wrong: no example of a property test has a deadline.
"""

from __future__ import annotations

import os
import shutil

import pytest
from hypothesis import HealthCheck, settings

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def pytest_configure() -> None:
    settings.register_profile("sendfix", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("sendfix")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if CHROMIUM or os.environ.get("CI"):
        return
    browser = [item for item in items if item.get_closest_marker("browser")]
    if browser:
        items[:] = [item for item in items if item not in browser]
        config.hook.pytest_deselected(items=browser)


def pytest_report_header() -> str:
    return (
        f"chromium: {CHROMIUM or 'none found: browser tests are left out (install Debian package chromium)'}"
    )


@pytest.fixture(scope="session")
def chromium() -> str:
    assert CHROMIUM, (
        "no chromium on this machine: install Debian's package chromium, or set CHROMIUM to its path"
    )
    return CHROMIUM
