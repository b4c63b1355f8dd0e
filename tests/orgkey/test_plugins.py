"""Plugins from real entry points: typed records, clashes that name both, broken ones that are named and skipped."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

import orgkey
from orgkey import plugins
from orgkey.errors import ConfigError
from orgkey.plugins import KeySourcePlugin, Manager, ObserverPlugin, PluginWarning

if TYPE_CHECKING:
    from pathlib import Path

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Put a distribution with one plugin on the import path, as pip would."""
    monkeypatch.syspath_prepend(str(tmp_path))
    modules: list[str] = []

    def put(name: str, source: str) -> None:
        module = f"plugin_{name}_{tmp_path.name}".replace("-", "_")
        modules.append(module)
        header = "from orgkey.plugins import *\nfrom orgkey.plugins import hookimpl\n"
        (tmp_path / f"{module}.py").write_text(header + dedent(source))
        info = tmp_path / f"{name}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text(f"[orgkey]\n{name} = {module}\n")

    yield put
    for module in modules:
        sys.modules.pop(module, None)


VAULT = """
    @hookimpl
    def orgkey_key_sources():
        return [KeySourcePlugin("vault", lambda name: f"key {name}")]
"""


def load() -> Manager:
    """A manager that must not warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return Manager(entry_points=True)


def test_built_ins_are_plugins() -> None:
    manager = Manager(entry_points=False)
    assert set(manager.records(KeySourcePlugin)) == {"file", "env"}
    assert {"explain", "whoami", "query", "plugins"} <= set(manager.records(plugins.CommandPlugin))
    listed = {plugin.name: plugin for plugin in manager.installed()}
    assert listed["orgkey.keys.builtin"].brings == ["key source file", "key source env"]
    assert not any(plugin.problem for plugin in listed.values())


def test_a_plugin_is_found_by_its_entry_point(install: Install) -> None:
    install("acme-vault", VAULT)
    manager = load()
    assert manager.records(KeySourcePlugin)["vault"].load("a/b") == "key a/b"
    (plugin,) = (plugin for plugin in manager.installed() if plugin.name == "acme-vault")
    assert (plugin.distribution, plugin.brings, plugin.problem) == ("acme-vault 1.2", ["key source vault"], "")


def test_two_plugins_with_one_name_are_an_error_that_names_both(install: Install) -> None:
    install("acme-vault", VAULT)
    install("other-vault", VAULT)
    manager = load()
    for _ in range(2):
        with pytest.raises(ConfigError) as caught:
            manager.records(KeySourcePlugin)
        assert "key source 'vault'" in str(caught.value)
        assert "acme-vault (acme-vault 1.2) and other-vault (other-vault 1.2)" in str(caught.value)
    assert manager.records(ObserverPlugin) == {}  # a clash of key sources is no reason to lose the others
    problems = [plugin.problem for plugin in manager.installed() if plugin.problem]
    assert problems == [str(caught.value)]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("raise RuntimeError('client_secret=hunter2 is wrong')", "RuntimeError: client_secret=********** is wrong"),
        ("import a_module_that_is_not_there", "ModuleNotFoundError"),
        ("@hookimpl\ndef orgkey_keysources():\n    return []", "unknown hook 'orgkey_keysources'"),
        ("@hookimpl\ndef orgkey_key_sources(config):\n    return []", "config"),
        ("@hookimpl\ndef orgkey_key_sources():\n    return [1 / 0]", "orgkey_key_sources() raised ZeroDivisionError"),
        ("@hookimpl\ndef orgkey_key_sources():\n    return None", "orgkey_key_sources() raised TypeError"),
        ("@hookimpl\ndef orgkey_key_sources():\n    return ['vault']", "returned a str, not a KeySourcePlugin"),
    ],
)
def test_a_broken_plugin_is_named_once_and_skipped(install: Install, source: str, problem: str) -> None:
    install("broken", source)
    install("zz-vault", VAULT)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        manager = Manager(entry_points=True)
        for _ in range(2):
            assert set(manager.records(KeySourcePlugin)) == {"file", "env", "vault"}
    assert [warning.category for warning in seen] == [PluginWarning]
    assert "The plugin broken (broken 1.2) is broken and was skipped" in str(seen[0].message)
    assert problem in str(seen[0].message)
    (listed,) = (plugin for plugin in manager.installed() if plugin.name == "broken")
    assert problem in listed.problem


@pytest.mark.parametrize(("value", "found"), [("1", False), ("yes", False), ("0", True), ("", True)])
def test_the_variable_turns_entry_points_off(
    install: Install, monkeypatch: pytest.MonkeyPatch, value: str, found: bool
) -> None:
    install("acme-vault", VAULT)
    monkeypatch.setenv("ORGKEY_DISABLE_PLUGINS", value)
    plugins._manager.cache_clear()
    try:
        assert ("vault" in plugins.key_sources()) is found
        assert "file" in plugins.key_sources()
    finally:
        plugins._manager.cache_clear()


def test_nothing_heavy_is_imported_before_a_plugin_is_needed() -> None:
    code = "import sys, orgkey.plugins; print(sorted({'pluggy', 'typer', 'rich', 'httpx'} & set(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ}, timeout=30
    )
    assert run.stdout == "[]\n"


def test_a_grant_of_a_plugin_is_chosen_by_its_name(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    source = """
        import orgkey

        @hookimpl
        def orgkey_grants():
            return [GrantPlugin("vaulted", lambda s: orgkey.ClientCredentials(s["client_id"], s["client_secret"]))]
    """
    install("acme-grants", source)
    manager = load()
    monkeypatch.setattr(plugins, "manager", lambda: manager)
    session = orgkey.connect(
        grant="vaulted", login_url="https://acme.my.salesforce.com", client_id="x", client_secret="canary-vaulted-0123"
    )
    assert session.grant.client_id == "x"


def test_every_drop_in_is_put_in_its_place(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    source = """
        done = []

        @hookimpl
        def orgkey_replacements():
            return [ReplacementPlugin("acme-client", lambda: done.append("acme"))]
    """
    install("acme-client", source)
    manager = load()
    # Only this one: a real drop-in would stay in its place for all tests that follow.
    replacement = manager.records(plugins.ReplacementPlugin)["acme-client"]
    monkeypatch.setattr(plugins, "replacements", lambda: {"acme-client": replacement})
    assert orgkey.install() == ["acme-client"]
    done = next(module.done for name, module in sys.modules.items() if name.startswith("plugin_acme_client"))
    assert done == ["acme"]


def test_where_there_is_no_drop_in_install_says_which_to_get(monkeypatch: pytest.MonkeyPatch) -> None:
    manager = Manager(entry_points=False)
    monkeypatch.setattr(plugins, "manager", lambda: manager)
    with pytest.raises(ConfigError, match="pip install orgkey-simple-salesforce"):
        orgkey.install()
