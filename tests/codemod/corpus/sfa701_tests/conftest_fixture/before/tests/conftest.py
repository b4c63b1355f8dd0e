import pytest


@pytest.fixture(autouse=True)
def salesforce_env(monkeypatch):
    for name in ("SF_USERNAME", "SF_PASSWORD", "SF_TOKEN"):
        monkeypatch.setenv(name, "x")
