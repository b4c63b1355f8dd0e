"""The map in ARCHITECTURE.md, held against the code: arrows run down only."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "shared_auth" / "src" / "orgkey"
TENANTS = ROOT / "packages" / "orgkey-tenants" / "src" / "orgkey_tenants"
CODEMOD = ROOT / "packages" / "orgkey-codemod" / "src" / "orgkey_codemod" / "python"

FLOORS = (
    {"secrets", "clock", "forks"},
    {"causes", "errors", "events", "lifetime", "org", "wire", "token"},
    {"diagnosis", "keys", "plugins", "hookspecs"},
    {"grants", "endpoint", "observers", "flight", "cooldown", "carriers"},
    {"sender", "replay"},
    {"session", "replacements"},
    {"settings", "transport", "rest", "setup", "doctor"},
    {"cli", "__main__"},
)
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS, start=1) for room in rooms}

# Rooms that are one step apart on the same floor.
NEIGHBOURS = {
    ("errors", "causes"),  # an error carries a diagnosis
    ("org", "errors"),
    ("wire", "org"),
    ("token", "org"),
    ("token", "lifetime"),
    ("keys", "plugins"),  # key sources are plugins
    ("plugins", "hookspecs"),
    ("plugins", "keys"),  # the built-in plugin, by name
    ("hookspecs", "plugins"),
    ("endpoint", "grants"),
    ("rest", "transport"),
    ("setup", "settings"),
    ("doctor", "settings"),
    ("doctor", "rest"),
    ("__main__", "cli"),
}

# The tenants' package has floors of its own.
TENANT_FLOORS = (
    {"errors", "settings", "atfork", "terms"},
    {"record", "inflight", "breaker"},
    {"stores", "locks", "journal"},
    {"seal", "wrappers", "session", "failed_consents"},
    {"steps"},
    {"protocol", "drivers", "authorization", "enrolment", "revocation"},
    {"sessions", "states", "rekeying", "twins"},
    {"upkeep"},
    {"registry", "loopback"},
    {"commands", "plugin", "conformance"},
)
TENANT_NEIGHBOURS = {
    ("locks", "stores"),  # the PostgreSQL lock's table is the store's
    ("seal", "wrappers"),
    ("wrappers", "seal"),  # both layers bind their data in one form
    ("authorization", "revocation"),  # a consent ends the one before it
    ("plugin", "commands"),
}

# And so has what the codemod knows of Python code.
CODEMOD_FLOORS = (
    {"libraries"},
    {"reading"},
    {"editing"},
    {"logins"},
    {"choices"},
    {"judging"},
    {"along"},
)

# Rooms that a package may enter beside the core's front door.
PUBLIC_ROOMS = {"orgkey-tenants": ("orgkey.grants", "orgkey.endpoint")}


def room_of(path: Path) -> str:
    return path.relative_to(CORE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "orgkey":
            rooms |= {alias.name for alias in node.names} & FLOOR_OF.keys()
        elif isinstance(node, ast.ImportFrom) and node.module:
            parts = node.module.split(".")
            rooms |= {parts[1]} if parts[0] == "orgkey" and len(parts) > 1 else set()
        elif isinstance(node, ast.Import):
            rooms |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("orgkey.")}
    return rooms


@pytest.mark.parametrize("path", sorted(CORE.rglob("*.py")), ids=lambda path: str(path.relative_to(CORE)))
def test_a_room_uses_only_floors_below_it(path):
    room = room_of(path)
    if room == "__init__":
        return
    assert room in FLOOR_OF, f"{room} has no floor: put it into ARCHITECTURE.md and FLOORS"
    for other in imported_rooms(path) - {room}:
        goes_down = FLOOR_OF[other] < FLOOR_OF[room]
        assert goes_down or (room, other) in NEIGHBOURS, f"{path.name} reaches from {room} to {other}"


@pytest.mark.parametrize(
    ("source", "package", "floors", "neighbours"),
    [
        (TENANTS, "orgkey_tenants", TENANT_FLOORS, TENANT_NEIGHBOURS),
        (CODEMOD, "orgkey_codemod.python", CODEMOD_FLOORS, set()),
    ],
    ids=["tenants", "codemod"],
)
def test_a_room_of_a_package_uses_only_floors_below_it(source, package, floors, neighbours):
    floor_of = {room: number for number, rooms in enumerate(floors, start=1) for room in rooms}
    for path in source.rglob("*.py"):
        room = path.relative_to(source).parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        assert room in floor_of, f"{room} has no floor: put it into ARCHITECTURE.md and the floors here"
        found = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
        modules = [node.module or "" for node in found]
        modules += [f"{package}.{each.name}" for node in found if node.module == package for each in node.names]
        for other in {
            module[len(package) + 1 :].split(".")[0] for module in modules if module.startswith(f"{package}.")
        }:
            goes_down = other == room or floor_of[other] < floor_of[room]
            assert goes_down or (room, other) in neighbours, f"{path.name} reaches from {room} to {other}"


def test_adapters_use_the_public_face_alone():
    for package in (ROOT / "packages").iterdir():
        for path in package.glob("src/**/*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
                inside = module.startswith("orgkey.") and module not in PUBLIC_ROOMS.get(package.name, ())
                assert not inside, f"{path}: from {module} import ..."


def test_the_simulator_knows_nothing_of_the_core():
    for path in (ROOT / "packages" / "orgkey-sim" / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not [name for name in names if name.split(".")[0] == "orgkey"], path


def test_importing_the_core_loads_nothing_heavy():
    heavy = {"httpx", "httpx2", "jwt", "cryptography", "pluggy", "tenacity", "typer", "rich", "asyncio", "ssl"}
    code = f"import sys, orgkey; print(*sorted({heavy!r} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []


def test_every_public_name_can_be_had():
    import orgkey

    for name in orgkey.__all__:
        assert getattr(orgkey, name) is not None
    assert len(set(orgkey.__all__)) == len(orgkey.__all__)
