"""Which files a run looks at: all that a person keeps in a tree, and of those what may speak of Salesforce."""

from __future__ import annotations

import errno
import mmap
import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from orgkey_codemod.model import Failure
from orgkey_codemod.plain.kinds import FileKind, kind_of
from orgkey_codemod.plain.manifests import is_manifest
from orgkey_codemod.shares import shared_out
from orgkey_codemod.text import searched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from orgkey_codemod.model import Progress
    from orgkey_codemod.python.judging.callers import Wanted

__all__ = ["Found", "discover", "widen"]

_NEEDLES: Final = (b"alesforce", b"SALESFORCE", b"beatbox")
_SHORT: Final = b"SF_PASS"
_WORDS: Final = (b"PASS", b"assw")
"""What a file without a needle may share with one that has it: names of passwords and of variables that hold them."""
_CODE: Final = (".py", ".pyw", ".ipynb")
_NEVER: Final = (
    ".so",
    ".pyc",
    ".pyi",
    ".h",
    ".hpp",
    ".c",
    ".js",
    ".mjs",
    ".ts",
    ".map",
    ".css",
    ".html",
    ".csv",
    ".gz",
)
"""The most frequent of the other endings, told apart without a closer look."""
_FOREIGN: Final = (
    *(
        ".js",
        ".mjs",
        ".cjs",
        ".jsx",
        ".ts",
        ".tsx",
        ".vue",
        ".svelte",
        ".rb",
        ".go",
        ".java",
        ".kt",
        ".scala",
        ".groovy",
    ),
    *(".php", ".cs", ".rs", ".pl", ".pm", ".lua", ".ex", ".exs", ".r", ".R", ".swift", ".fish", ".nix", ".mk"),
)
"""Programs in other languages: of no interest, but that they may read a variable too."""
_EXCLUDED: Final = frozenset(
    {
        *(".git", ".hg", ".svn", ".venv", "venv", "site-packages", "node_modules", ".eggs", "__pycache__"),
        *(".tox", ".nox", ".mypy_cache", ".ruff_cache", ".pytest_cache"),
    }
)
_VENDORED: Final = frozenset({"vendor", "vendored", "_vendor", "third_party"})
_LARGEST: Final = 10_000_000
"""Bytes above which nobody wrote a file by hand: it is searched and named, never kept in memory."""
_KEY: Final = re.compile(
    rb"[\"']([A-Z][A-Z0-9_]*(?:PASS|PWD|TOKEN|SECRET)[A-Z0-9_]*)[\"']|(?:environ(?:\.get)?|getenv)[\[(][\"'](\w+)[\"']"
)
_FIELD: Final = re.compile(
    rb"\b(?:sf|sfdc|salesforce|crm)_\w*(?:pass|passwd|password|pwd|token|secret)\b", re.IGNORECASE
)
_IMPORTED: Final = re.compile(rb"import[ \t]+([^#\n]*)")
_FROM: Final = re.compile(rb"[ \t]*from[ \t]+([.\w]+)[ \t]+$")
_WORD: Final = re.compile(rb"[\w.]+")
_MANY: Final = 2_000
"""Files from which on a second process saves more than it costs."""


@dataclass
class Found:
    """What a search came back with; paths are below the root."""

    files: dict[PurePosixPath, bytes] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    """Every file that a first look was taken at."""
    others: list[str] = field(default_factory=list)
    """The rest; the programs in other languages are among them, and scripts without an ending."""
    foreign: set[PurePosixPath] = field(default_factory=set)
    """Those of them that name a variable which was looked for: they are read, and not edited."""
    keys: set[str] = field(default_factory=set)
    """The variables that the others were searched for."""
    vendored: frozenset[PurePosixPath] = frozenset()
    untracked: frozenset[PurePosixPath] = frozenset()
    scanned: int = 0
    failures: list[Failure] = field(default_factory=list)


def discover(
    root: Path, *, jobs: int = 1, meanwhile: Callable[[], object] | None = None, progress: Progress | None = None
) -> Found:
    """Search the files below ``root``.

    A second look takes in what the first ones import, what imports them, and what names the same variables: it decides
    whether a name is dead, and which settings go. What cannot be read, and what is above 10 MB and speaks of
    Salesforce, is named and passed over. What git ignores is passed over too, but for ``.env`` files: those are where
    the values are.

    Parameters
    ----------
    root:
        The folder that paths are counted from.
    jobs:
        How many processes may read files at once.
    meanwhile:
        What this process may do while others have begun to read.
    progress:
        Told how many files have been searched, now and then.

    """
    found = Found()
    base = str(root)
    names = found.names = _walk(base, found)
    found.scanned = len(names)
    seen = shared_out(
        lambda piece: _search(base, piece),
        names,
        jobs if len(names) >= _MANY else 1,
        meanwhile=meanwhile,
        progress=None if progress is None else lambda done: progress("searching", done, len(names)),
    )
    found.failures += [failure for piece in seen for failure in piece.failures]
    for name in (name for piece in seen for name in piece.hits):
        _take(base, name, found)
    if found.files:
        _take_related(base, names, [name for piece in seen for name in piece.maybe], found)
        _ask_git(root, found)
    _note_vendored(found)
    found.failures.sort(key=lambda failure: failure.path)
    return found


def widen(root: Path, found: Found, wanted: Wanted, *, jobs: int = 1) -> bool:
    """Take in the files that may decide about a login though they name no library; tells whether there are any.

    Those are the ones that call a function which logs in, import a constant with a secret, or read the same variable.
    """
    known = {str(path) for path in found.files}
    test = _Test(wanted)
    names = [name for name in found.names if name not in known] if not test.is_empty else []
    seen = shared_out(lambda piece: test.passed_by(str(root), piece), names, jobs if len(names) >= _MANY else 1)
    before = len(found.files)
    for name in (name for piece in seen for name in piece):
        _take(str(root), name, found)
    _take_foreign(str(root), found, wanted.keys, jobs)
    if len(found.files) > before:
        _ask_git(root, found)
        _note_vendored(found)
    return len(found.files) > before


def _take_foreign(base: str, found: Found, keys: set[str], jobs: int) -> None:
    """Take in the programs in other languages that name one of some variables."""
    new = sorted(key.encode() for key in keys - found.keys)
    found.keys |= keys
    if not new:
        return
    names = [name for name in found.others if name.endswith(_FOREIGN) or not PurePosixPath(name).suffix]
    word = re.compile(rb"\b(?:" + b"|".join(map(re.escape, new)) + rb")\b")

    def naming(piece: Sequence[str]) -> list[str]:
        contents = ((name, _read(base, name, [])) for name in piece)
        return [name for name, content in contents if content is not None and word.search(searched(content))]

    for name in (name for piece in shared_out(naming, names, jobs if len(names) >= _MANY else 1) for name in piece):
        _take(base, name, found)
        found.foreign.add(_pure(name))


def _note_vendored(found: Found) -> None:
    found.vendored = frozenset(path for path in found.files if _VENDORED & set(path.parts[:-1]))


# --- the first look ---------------------------------------------------------------------------------------------------


@dataclass
class _Seen:
    """What a first look finds out about some files. Contents stay behind: the few that matter are read again."""

    hits: list[str] = field(default_factory=list)
    maybe: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def _search(base: str, names: Sequence[str]) -> _Seen:
    seen = _Seen()
    for name in names:
        content = _read(base, name, seen.failures)
        if content is None:
            continue
        content = searched(content)
        if _is_ours(content) or "salesforce" in name.lower():
            seen.hits.append(name)
        elif _WORDS[0] in content or _WORDS[1] in content:
            (seen.hits if _SHORT in content else seen.maybe).append(name)
    return seen


def _is_ours(content: bytes | mmap.mmap) -> bool:
    # find() and not `in`, which a mapped file answers byte by byte
    return any(content.find(needle) >= 0 for needle in _NEEDLES)


def _pure(name: str) -> PurePosixPath:
    return PurePosixPath(name.replace(os.sep, "/"))


# --- the walk ---------------------------------------------------------------------------------------------------------


def _walk(base: str, found: Found) -> list[str]:
    """Every file that may be of interest, in a fixed order; links are not followed, for what they lead to is there."""
    names: list[str] = []
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(os.path.join(base, folder)) as entries:  # noqa: PTH118 - the way for each of 100,000 files
                inside = list(entries)
        except OSError as error:
            _fail(found.failures, folder or ".", f"cannot be listed: {error.strerror}")
            continue
        if folder and any(entry.name == "pyvenv.cfg" for entry in inside):
            continue
        for entry in inside:
            name = f"{folder}{os.sep}{entry.name}" if folder else entry.name
            if entry.is_symlink():
                _complain_of_loop(entry, name, found)
            elif entry.is_dir(follow_symlinks=False):
                if entry.name not in _EXCLUDED:
                    waiting.append(name)
            elif entry.is_file(follow_symlinks=False):
                (names if _is_candidate(name) else found.others).append(name)
    return sorted(names)


def _complain_of_loop(entry: os.DirEntry[str], name: str, found: Found) -> None:
    try:
        entry.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            _fail(found.failures, name, "is a symbolic link that leads back to itself")


def _is_candidate(name: str) -> bool:
    if name.endswith(_CODE):
        return True
    if name.endswith(_NEVER):
        return False
    path = _pure(name)
    return kind_of(path) is not None or is_manifest(path)


# --- reading ----------------------------------------------------------------------------------------------------------


def _read(base: str, name: str, failures: list[Failure]) -> bytes | None:
    try:
        with open(os.path.join(base, name), "rb", buffering=0) as file:  # noqa: PTH118, PTH123 - see _walk
            size = os.fstat(file.fileno()).st_size
            if size <= _LARGEST:
                return file.read()
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                if _is_ours(content):
                    _fail(failures, name, f"has {size // 1_000_000} MB, more than anybody writes: look at it by hand")
    except OSError as error:
        _fail(failures, name, f"cannot be read: {error.strerror}")
    return None


def _fail(failures: list[Failure], name: str, message: str) -> None:
    failures.append(Failure(_pure(name), message))


# --- a closer look ----------------------------------------------------------------------------------------------------


class _Test:
    """Whether a file may say something about what is wanted."""

    def __init__(self, wanted: Wanted) -> None:
        self._names = [name.encode() for name in wanted.names]
        self._homes = [home.encode() for home in wanted.homes]
        # What holds a needle was taken in at the first look.
        self._keys = [key for key in map(str.encode, sorted(wanted.keys)) if not any(each in key for each in _NEEDLES)]
        self._word = re.compile(rb"\b(?:" + b"|".join(map(re.escape, self._keys)) + rb")\b") if self._keys else None
        home = _any_of(self._homes)
        word = _any_of(map(str.encode, wanted.imports | wanted.names))
        self._taken = _taken(home, word)
        self._spoken = re.compile(rb"\b(?:%b)(?:[.:]|[ \t]+import\b[^\n]*\b)(?:%b)\b" % (home, word))
        self._handed_on = re.compile(rb"[(,=\[{:][ \t]*(?:[\w.]+\.)?(?:%b)[ \t]*(?:[),\]}]|$)" % home, re.MULTILINE)
        self._import = re.compile(rb"\bimport\b[^\n]*\b(?:%b)\b" % home)

    @property
    def is_empty(self) -> bool:
        return not self._names and not self._keys and not self._homes

    def passed_by(self, base: str, names: Sequence[str]) -> list[str]:
        """Those of some files that pass; one that cannot be read was named at the first look."""
        return [name for name in names if self._passes(name, _read(base, name, []))]

    def _passes(self, name: str, content: bytes | None) -> bool:
        if content is None:
            return False
        content = searched(content)
        if self._word is not None and any(key in content for key in self._keys) and self._word.search(content):
            return True
        if not any(each in content for each in self._homes):
            return False
        if not name.endswith(_CODE):
            return self._spoken.search(content) is not None
        if any(each in content for each in self._names) or self._taken.search(content):
            return True
        return self._handed_on.search(content) is not None and self._import.search(content) is not None


def _any_of(words: Iterable[bytes]) -> bytes:
    return b"|".join(map(re.escape, sorted(words))) or b"(?!)"


def _taken(home: bytes, name: bytes) -> re.Pattern[bytes]:
    """What takes a name from a module, or may: all names, or the module by another name."""
    some = rb"[ \t]+import[ \t]*(?:\*|\([^)]*?\b(?:%b)\b|[^(\n#;]*\b(?:%b)\b)" % (name, name)
    own = rb"[.:](?:%b)\b|\s*,\s*[\"'](?:%b)\b" % (name, name)
    return re.compile(rb"\b(?:%b)(?:%b|%b|[ \t]+as[ \t])" % (home, some, own))


# --- the second look --------------------------------------------------------------------------------------------------


def _take_related(base: str, names: list[str], maybe: list[str], found: Found) -> None:
    code = {path: content for path, content in found.files.items() if path.suffix in _CODE}
    keys = {key for content in code.values() for pair in _KEY.findall(content) for key in pair if key}
    keys |= {key for content in code.values() for key in _FIELD.findall(content)}
    spellings = keys | {key.upper() for key in keys} | {key.lower() for key in keys}
    pattern = re.compile(rb"\b(?:" + b"|".join(map(re.escape, sorted(spellings))) + rb")\b") if keys else None
    for name in _imported(code.items()).intersection(names):
        _take(base, name, found)
    hits = {str(path) for path in code}
    for name in maybe:
        content = _read(base, name, found.failures) if _pure(name) not in found.files else None
        if content is None:
            continue
        text = searched(content)
        is_named = pattern is not None and any(key in text for key in spellings) and pattern.search(text)
        if is_named or not hits.isdisjoint(_imported([(_pure(name), content)])):
            found.files[_pure(name)] = content


def _take(base: str, name: str, found: Found) -> None:
    if _pure(name) not in found.files:
        content = _read(base, name, found.failures)
        if content is not None:
            found.files[_pure(name)] = content


def _imported(modules: Iterable[tuple[PurePosixPath, bytes]]) -> set[str]:
    """Where the modules that these modules import would be, in their own folder or in one above it."""
    found: set[str] = set()
    for path, content in modules:
        above = [str(folder) for folder in path.parents]
        for module, names in _imports(content):
            dotted = os.fsdecode(module)
            level = len(dotted) - len(dotted.lstrip("."))
            folders = above[level - 1 : level] if level else above
            parts = [os.fsdecode(name) for name in names]
            inside = dotted.strip(".").replace(".", "/")
            for folder in folders:
                start = "/".join(part for part in (folder if folder != "." else "", inside) if part)
                for target in (start, *(f"{start}/{part}".lstrip("/") for part in parts)):
                    found |= {f"{target}.py", f"{target}/__init__.py"}
    return found


def _imports(content: bytes) -> Iterable[tuple[bytes, list[bytes]]]:
    """Modules and the names that are taken from them; from the word, since a search for it is faster than for lines."""
    for match in _IMPORTED.finditer(content):
        before = content[content.rfind(b"\n", 0, match.start()) + 1 : match.start()]
        source = _FROM.match(before)
        if source is not None:
            yield source[1], re.findall(rb"\w+", match[1])
        elif not before.strip(b" \t") and (plain := _WORD.match(match[1])) is not None:
            yield plain[0], []


# --- git --------------------------------------------------------------------------------------------------------------


def _ask_git(root: Path, found: Found) -> None:
    """Leave out what git ignores, and note what it does not know; without a repository nothing changes."""
    tracked = _git(root, "ls-files", "-z", "--cached")
    if tracked is None:
        return
    if _git(root, "check-ignore", "-z", "--stdin", given=b".\0"):
        found.untracked = frozenset(found.files)
        return  # whoever names an ignored folder means what is in it
    listed = b"".join(os.fsencode(path) + b"\0" for path in found.files)
    ignored = _git(root, "check-ignore", "-z", "--stdin", given=listed) or b""
    known = {PurePosixPath(os.fsdecode(name)) for name in tracked.split(b"\0") if name}
    for path in {PurePosixPath(os.fsdecode(name)) for name in ignored.split(b"\0") if name} - known:
        if kind_of(path) is not FileKind.DOTENV:
            found.files.pop(path, None)
    found.untracked = frozenset(path for path in found.files if path not in known)


def _git(root: Path, *words: str, given: bytes = b"") -> bytes | None:
    command = ["git", "-C", str(root), *words]
    try:
        done = subprocess.run(command, input=given, capture_output=True, check=False, timeout=60)  # noqa: S603 - ours
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode in {0, 1} else None
