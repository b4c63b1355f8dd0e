"""Writes the families of cases that are combinations: ``corpus/*_matrix``. All other cases are written by hand.

``python tests/codemod/make_corpus.py`` writes them anew; a test compares what is committed with what this writes.

A draft's text carries its labels at the end of the labelled line, ``<<SFA101 safe +3>>``: rule, level, how many lines
more the place has, and ``name=value`` for the other fields of a finding.
"""

from __future__ import annotations

import itertools
import json
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

CORPUS: Final = Path(__file__).with_name("corpus")
_MARK: Final = re.compile(r" *<<(SFA\d{3}) (\w+)((?: [^\s>]+)*)>>")
AGENT: Final = "agent@acme.example"


# --- drafts -----------------------------------------------------------------------------------------------------------


@dataclass
class Draft:
    """A case before it is written: marked texts, what a default fix makes of them, and the other labels."""

    name: str
    about: str
    before: Mapping[str, str]
    after: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Any] = field(default_factory=dict)


def write(draft: Draft, corpus: Path = CORPUS) -> None:
    """Write the folder of one case."""
    folder = corpus / draft.name
    findings: list[dict[str, Any]] = []
    for path, marked in draft.before.items():
        text, found = _unmarked(path, marked)
        findings += found
        _write(folder / "before" / path, text)
    for path, text in draft.after.items():
        _write(folder / "after" / path, text)
    _write(folder / "case.toml", labels_text(draft, findings))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")


def _unmarked(path: str, marked: str) -> tuple[str, list[dict[str, Any]]]:
    lines, findings = [], []
    for number, line in enumerate(marked.split("\n"), start=1):
        bare = _MARK.sub("", line)
        findings += [_finding(path, number, bare, mark) for mark in _MARK.finditer(line)]
        lines.append(bare)
    return "\n".join(lines), findings


def _finding(path: str, line: int, text: str, mark: re.Match[str]) -> dict[str, Any]:
    code, level, rest = mark.groups()
    finding: dict[str, Any] = {"code": code, "level": level, "path": path, "line": line}
    for word in rest.split():
        name, _, value = word.partition("=")
        if word.startswith("+"):
            finding["end_line"] = line + int(word)
        elif name == "optional":
            finding["optional"] = True
        else:
            finding[name] = value.split(",") if name == "also" or "," in value else value
    return {**finding, "text": text.strip()[:70].rstrip()}


def labels_text(draft: Draft, findings: Iterable[Mapping[str, Any]]) -> str:
    """The text of ``case.toml``."""
    labels = {"about": draft.about, "fixed": bool(draft.after), **draft.labels}
    tables = {name: labels.pop(name) for name in ("run", "unparsed") if name in labels}
    parts = [_table("", labels), *(_table("[[finding]]", finding) for finding in findings)]
    parts += [_table("[[unparsed]]", entry) for entry in tables.get("unparsed", ())]
    if "run" in tables:
        parts.append(_table("[run]", tables["run"]))
    return "\n".join(parts)


def _table(heading: str, entries: Mapping[str, Any]) -> str:
    lines = [f"{name} = {_value(value)}" for name, value in entries.items()]
    return "\n".join([heading, *lines] if heading else lines) + "\n"


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_value(entry)}" for name, entry in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(entry) for entry in value) + "]"
    if isinstance(value, str) and '"' in value and "'" not in value:
        return f"'{value}'"  # TOML's literal string: as the text stands in the file
    return json.dumps(value, ensure_ascii=False)


# --- calls ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Layout:
    """Where the line breaks and commas of a call's arguments go; ``{indent}`` and ``{align}`` stand for spaces."""

    name: str
    first: str
    between: Sequence[str]
    close: str
    assign: str = " = "
    equals: str = "="
    secrets_last: bool = False


LAYOUTS: Final = (
    Layout("one_line", "", [" "], ")"),
    Layout("one_per_line", "\n{indent}    ", ["\n{indent}    "], ",\n{indent})"),
    Layout("no_last_comma", "\n{indent}    ", ["\n{indent}    "], "\n{indent})"),
    Layout("aligned", "", ["\n{align}"], ")"),
    Layout("two_lines", "", [" ", "\n{align}", " "], ")"),
    Layout("secrets_last", "\n{indent}    ", ["\n{indent}    "], ",\n{indent})", secrets_last=True),
    Layout("spaced", " ", [" "], " )", equals=" = "),
    Layout("backslash", "", [" "], ")", assign=" = \\\n{indent}    "),
    Layout("hugging", "\n{indent}    ", [" "], "\n{indent})"),
)
SECRET_NAMES: Final = {"password", "security_token"}


@dataclass(frozen=True)
class Call:
    """A call to be rendered: ``target = callee(arguments)`` or ``return callee(arguments)``.

    The first ``positional`` arguments are given without their names.
    """

    head: str
    callee: str
    arguments: Sequence[tuple[str, str]]
    layout: Layout
    indent: str = ""
    positional: int = 0

    def text(self, gone: frozenset[str] | set[str] = frozenset(), callee: str | None = None) -> str:
        """The call without the arguments in ``gone``; what stays keeps the white space in front of it."""
        layout = self.layout
        assign = layout.assign.replace(" =", "", 1) if self.head == "return" else layout.assign
        align = " " * (len(self.indent) + len(self.head) + len(assign) + len(self.callee) + 1)
        ordered = list(self.arguments)
        if layout.secrets_last:
            ordered.sort(key=lambda argument: argument[0] in SECRET_NAMES)
        pieces: list[str] = []
        for position, (name, value) in enumerate(ordered):
            before = layout.between[min(position, len(layout.between)) - 1] if position else layout.first
            if name not in gone:
                stays = value if position < self.positional else f"{name}{layout.equals}{value}"
                pieces.append((before if pieces else layout.first) + stays)
        inside = ",".join(pieces) + layout.close if pieces else ")"
        text = f"{self.indent}{self.head}{assign}{callee or self.callee}({inside}"
        return text.replace("{indent}", self.indent).replace("{align}", align)

    def marked(self, mark: str) -> str:
        """The call as it was, with a mark at the end of its first line."""
        lines = self.text().split("\n")
        more = f" +{len(lines) - 1}" if len(lines) > 1 else ""
        lines[0] += f"  <<{mark}{more}>>"
        return "\n".join(lines)


# --- imports ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Import:
    """One way to import a class, and how the class is called then."""

    name: str
    before: str
    after: str
    callee: str
    new_callee: str
    inside: bool = False
    requires: Sequence[str] = ()


IMPORTS: Final = (
    Import(
        "from",
        "from simple_salesforce import Salesforce",
        "from orgkey_simple_salesforce import Salesforce",
        "Salesforce",
        "Salesforce",
    ),
    Import(
        "from_as",
        "from simple_salesforce import Salesforce as SF",
        "from orgkey_simple_salesforce import Salesforce as SF",
        "SF",
        "SF",
    ),
    Import(
        "module",
        "import simple_salesforce",
        "import orgkey_simple_salesforce",
        "simple_salesforce.Salesforce",
        "orgkey_simple_salesforce.Salesforce",
    ),
    Import(
        "module_as",
        "import simple_salesforce as ss",
        "import orgkey_simple_salesforce as ss",
        "ss.Salesforce",
        "ss.Salesforce",
    ),
    Import(
        "submodule",
        "from simple_salesforce.api import Salesforce",
        "from orgkey_simple_salesforce import Salesforce",
        "Salesforce",
        "Salesforce",
    ),
    Import(
        "several",
        "from simple_salesforce import Salesforce, SalesforceAuthenticationFailed",
        "from orgkey_simple_salesforce import Salesforce, SalesforceAuthenticationFailed",
        "Salesforce",
        "Salesforce",
    ),
    Import(
        "parenthesised",
        "from simple_salesforce import (\n    Salesforce,\n    SalesforceMalformedRequest,\n)",
        "from orgkey_simple_salesforce import (\n    Salesforce,\n    SalesforceMalformedRequest,\n)",
        "Salesforce",
        "Salesforce",
    ),
    Import(
        "inside",
        "from simple_salesforce import Salesforce",
        "from orgkey_simple_salesforce import Salesforce",
        "Salesforce",
        "Salesforce",
        inside=True,
    ),
)


# --- SFA101: keyword arguments ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """Where user name, password and token come from, and what of that is left once the call is rewritten.

    ``template`` holds ``{imports}``, ``{local}`` (an import inside the function), ``{call}`` and ``{use}``; lines that
    a default fix removes end with ``<<gone>>``.
    """

    name: str
    template: str
    values: tuple[str, str, str]
    head: str = "sf"
    indent: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    gone: Sequence[str] = ()
    leftover: Sequence[str] = ()
    args: Sequence[str] = ()
    drops_username: bool = False

    def keywords(self) -> list[tuple[str, str]]:
        """User name, password and token as keyword arguments."""
        return list(zip(("username", "password", "security_token"), self.values, strict=True))


SOURCES: Final = (
    Source(
        "environ",
        "import os\n\n{imports}\n\n{call}\n{use}",
        ('os.environ["SF_USERNAME"]', 'os.environ["SF_PASSWORD"]', 'os.environ["SF_TOKEN"]'),
        env={"SF_USERNAME": AGENT},
        gone=["SF_PASSWORD", "SF_TOKEN"],
    ),
    Source(
        "salesforce_username",
        "import os  <<gone>>\n\n{imports}\n\n{call}\n{use}",
        (
            'os.environ["SALESFORCE_USERNAME"]',
            'os.environ["SALESFORCE_PASSWORD"]',
            'os.environ["SALESFORCE_SECURITY_TOKEN"]',
        ),
        env={"SALESFORCE_USERNAME": AGENT},
        gone=["SALESFORCE_PASSWORD", "SALESFORCE_SECURITY_TOKEN"],
        drops_username=True,
    ),
    Source(
        "getenv",
        "import os\nimport sys\n\n{imports}\n\n{call}\n{use}\nsys.exit(0)",
        ("os.getenv('SFDC_USER')", "os.getenv('SFDC_PASS')", "os.getenv('SFDC_TOKEN', '')"),
        env={"SFDC_USER": AGENT},
        gone=["SFDC_PASS", "SFDC_TOKEN"],
    ),
    Source(
        "from_os",
        "from os import environ\n\n{imports}\n\n{call}\n{use}",
        ('environ["CRM_USER"]', 'environ["CRM_PASSWORD"]', 'environ.get("CRM_TOKEN")'),
        env={"CRM_USER": AGENT},
        gone=["CRM_PASSWORD", "CRM_TOKEN"],
    ),
    Source(
        "constants",
        "import os\n\n{imports}\n\n"
        'USERNAME = os.environ["SF_USERNAME"]\n'
        'PASSWORD = os.environ["SF_PASSWORD"]  <<SFA501 safe>><<gone>>\n'
        'SECURITY_TOKEN = os.environ["SF_SECURITY_TOKEN"]  <<SFA501 safe>><<gone>>\n'
        "\n{call}\n{use}",
        ("USERNAME", "PASSWORD", "SECURITY_TOKEN"),
        env={"SF_USERNAME": AGENT},
        gone=["SF_PASSWORD", "SF_SECURITY_TOKEN"],
    ),
    Source(
        "locals",
        "import os\n\n{imports}\n\n\n"
        "def connect():\n{local}"
        '    user = os.environ.get("SF_USER")\n'
        '    password = os.environ.get("SF_PASSWORD")  <<SFA501 safe>><<gone>>\n'
        '    token = os.environ.get("SF_TOKEN")  <<SFA501 safe>><<gone>>\n'
        "{call}\n\n\nsf = connect()\n{use}",
        ("user", "password", "token"),
        head="return",
        indent="    ",
        env={"SF_USER": AGENT},
        gone=["SF_PASSWORD", "SF_TOKEN"],
    ),
    Source(
        "parameters",
        "import os\n\n{imports}\n\n\n"
        "def connect(username, password, token):  <<SFA502 review reason=PUBLIC_SIGNATURE>>\n{local}"
        "{call}\n\n\n"
        'sf = connect(os.environ["SF_USERNAME"], os.environ["SF_PASSWORD"], os.environ["SF_TOKEN"])'
        "  <<SFA502 review reason=PUBLIC_SIGNATURE optional>>\n{use}",
        ("username", "password", "token"),
        head="return",
        indent="    ",
        env={"SF_USERNAME": AGENT},
        leftover=["SF_PASSWORD", "SF_TOKEN"],
    ),
    Source(
        "attributes",
        "import os\n\n{imports}\n\n\nclass Crm:\n"
        "    def __init__(self, user, password, token):  <<SFA502 review reason=PUBLIC_SIGNATURE>>\n"
        "        self.user = user\n"
        "        self.password = password  <<SFA501 review>>\n"
        "        self.token = token  <<SFA501 review>>\n\n"
        "    def client(self):\n{local}{call}\n\n\n"
        'crm = Crm(os.environ["CRM_USER"], os.environ["CRM_PASSWORD"], os.environ["CRM_TOKEN"])'
        "  <<SFA502 review reason=PUBLIC_SIGNATURE optional>>\n"
        "sf = crm.client()\n{use}",
        ("self.user", "self.password", "self.token"),
        head="return",
        indent="        ",
        env={"CRM_USER": AGENT},
        leftover=["CRM_PASSWORD", "CRM_TOKEN"],
    ),
    Source(
        "config_item",
        'import json\nimport os\n\n{imports}\n\nconfig = json.loads(os.environ["SF_LOGIN"])\n{call}\n{use}',
        ('config["username"]', 'config["password"]', 'config["security_token"]'),
        env={"SF_LOGIN": '{"username": "agent@acme.example", "password": "unused", "security_token": "unused"}'},
    ),
    Source(
        "settings",
        "import os\nfrom types import SimpleNamespace\n\n{imports}\n\n"
        "settings = SimpleNamespace(\n"
        '    SF_USERNAME=os.environ["SF_USERNAME"],\n'
        '    SF_PASSWORD=os.environ["SF_PASSWORD"],  <<SFA501 review optional>>\n'
        '    SF_TOKEN=os.environ["SF_TOKEN"],  <<SFA501 review optional>>\n'
        ")\n{call}\n{use}",
        ("settings.SF_USERNAME", "settings.SF_PASSWORD", "settings.SF_TOKEN"),
        env={"SF_USERNAME": AGENT},
        leftover=["SF_PASSWORD", "SF_TOKEN"],
    ),
    Source(
        "flags",
        "import argparse\n\n{imports}\n\n"
        "parser = argparse.ArgumentParser()\n"
        'parser.add_argument("--username", required=True)\n'
        'parser.add_argument("--password", required=True)  <<SFA502 review reason=PUBLIC_SIGNATURE>>\n'
        'parser.add_argument("--token", default="")  <<SFA502 review reason=PUBLIC_SIGNATURE>>\n'
        "args = parser.parse_args()\n\n{call}\n{use}",
        ("args.username", "args.password", "args.token"),
        args=["--username", AGENT, "--password", "unused"],
    ),
)

USES: Final = (
    ("accounts", 'for row in sf.query("SELECT Id, Name FROM Account LIMIT 5")["records"]:\n    print(row["Name"])\n'),
    ("contacts", 'contacts = sf.query("SELECT Id, Email FROM Contact LIMIT 10")["records"]\nprint(len(contacts))\n'),
    ("leads", 'print(sf.query("SELECT Id FROM Lead LIMIT 1")["totalSize"])\n'),
    ("export", 'result = sf.query_all("SELECT Id, Name FROM Opportunity LIMIT 20")\nprint(result["totalSize"])\n'),
    ("cases", 'open_cases = sf.query("SELECT Id, Subject FROM Case LIMIT 3")\nprint(open_cases["records"])\n'),
)

EXTRAS: Final[Sequence[tuple[Sequence[tuple[str, str]], str]]] = (
    ((), "production"),
    ((("domain", '"test"'),), "sandbox"),
    ((("version", '"59.0"'),), "production"),
    ((("domain", '"login"'), ("version", '"58.0"')), "production"),
    ((("client_id", '"nightly-export"'),), "production"),
    ((("proxies", "None"),), "production"),
)


def keyword_cases() -> Iterator[Draft]:
    """Every import form with every layout; sources, uses and further arguments take turns."""
    turns = Turns()
    for layout, form in itertools.product(LAYOUTS, IMPORTS):
        source, (further, org) = turns.source(inside=form.inside), turns.extra()
        name = f"sfa101_matrix/{layout.name}_{form.name}_{source.name}"
        about = f"Keyword arguments, layout {layout.name}, import form {form.name}, values from {source.name}"
        call = Call(source.head, form.callee, [*source.keywords(), *further], layout, source.indent)
        yield Program(form, source, call, turns.use(), org).draft(name, about, "SFA101")


class Turns:
    """Deals out what is not combined with everything else, evenly and always in the same order."""

    def __init__(self) -> None:
        self._sources = itertools.cycle(SOURCES)
        self._functions = itertools.cycle([source for source in SOURCES if "{local}" in source.template])
        self._uses = itertools.cycle(USES)
        self._extras = itertools.cycle(EXTRAS)

    def source(self, *, inside: bool = False) -> Source:
        """The next source; ``inside`` asks for one with a function to import in."""
        return next(self._functions if inside else self._sources)

    def use(self) -> tuple[str, str]:
        """The next file name and what the code does with the connection."""
        return next(self._uses)

    def extra(self) -> tuple[Sequence[tuple[str, str]], str]:
        """The next further arguments, and the kind of org they go to."""
        return next(self._extras)


@dataclass(frozen=True)
class Program:
    """A program with one login by user name, password and token, which a default fix rewrites."""

    form: Import
    source: Source
    call: Call
    use: tuple[str, str]
    org: str = "production"

    def draft(self, name: str, about: str, code: str) -> Draft:
        """The case in which ``code`` is found at the call."""
        source, path, query = self.source, f"{self.use[0]}.py", self.use[1]
        gone = SECRET_NAMES | ({"username"} if source.drops_username else set())
        template = _with_import(source, self.form.inside)
        before = _fill(template, self.form.before, source.indent, self.call.marked(f"{code} safe"), query)
        after = _fill(template, self.form.after, source.indent, self.call.text(gone, self.form.new_callee), query)
        labels: dict[str, Any] = {"question": "module-attribute"} if self.form.name == "module" else {}
        trees = {path: _without_gone_marks(before)}, {path: _without_gone(after)}
        return Draft(name, about, *trees, {**labels, "run": self.run(path)})

    def run(self, entry: str) -> dict[str, Any]:
        """How the rewritten program is run."""
        run: dict[str, Any] = {"entry": entry, "acts_as": AGENT}
        run |= {"org": self.org} if self.org != "production" else {}
        run |= {key: value for key in ("args", "env", "gone", "leftover") if (value := getattr(self.source, key))}
        return run | ({"requires": list(self.form.requires)} if self.form.requires else {})


def _with_import(source: Source, inside: bool) -> str:
    """The template with the import at its head or, in code that has a function, inside it."""
    if inside and "{local}" in source.template:
        return source.template.replace("\n\n{imports}\n", "\n").replace("{local}", "{indented imports}\n\n")
    return source.template.replace("{local}", "")


def _fill(template: str, imports: str, indent: str, call: str, use: str) -> str:
    texts = {
        "{imports}": imports,
        "{indented imports}": "\n".join(indent + line for line in imports.split("\n")),
        "{call}": call,
        "{use}": use.rstrip("\n"),
    }
    for name, text in texts.items():
        template = template.replace(name, text)
    return template.rstrip("\n") + "\n"


def _without_gone_marks(text: str) -> str:
    return text.replace("  <<gone>>", "").replace("<<gone>>", "")


def _without_gone(text: str) -> str:
    lines = (line for line in text.split("\n") if "<<gone>>" not in line)
    return "\n".join(_MARK.sub("", line) for line in lines)


# --- SFA102: literal secrets ------------------------------------------------------------------------------------------

LITERALS: Final = (
    ('"Plum-orchard-41"', '"heron lake nine"'),
    ("'Maple&Rain77'", "'tok-willow-brook-3'"),
    ('r"Back\\slash-fern-8"', '"tokPebbleShore22"'),
    ('"Copper" "Kettle" "19"', "''"),
)


def literal_cases() -> Iterator[Draft]:
    """Password and token written into the call: found, left alone by default, and each secret reported."""
    literals, turns = itertools.cycle(LITERALS), Turns()
    forms = [form for form in IMPORTS if form.name in {"from", "from_as", "module", "several"}]
    for layout, form in itertools.product(_layouts("one_line", "one_per_line", "aligned"), forms):
        password, token = next(literals)
        further, _ = turns.extra()
        arguments = [("username", f'"{AGENT}"'), ("password", password), ("security_token", token), *further]
        call = Call("sf", form.callee, arguments, layout).marked("SFA102 review")
        path, query = turns.use()
        held = [literal for literal in (password, token) if _parts(literal) != [""]]
        lines = [line + _mark_of(line, held) for line in call.split("\n")]
        text = f"{form.before}\n\n" + "\n".join(lines) + f"\n{query}"
        yield Draft(
            f"sfa102_matrix/{layout.name}_{form.name}_{path}",
            f"Literal password, layout {layout.name}, import form {form.name}",
            {f"{path}.py": text},
            labels={"secrets": [part for literal in held for part in _parts(literal)]},
        )


def _mark_of(line: str, literals: Sequence[str]) -> str:
    return "  <<SFA901 report>>" if any(literal in line for literal in literals) else ""


def _parts(literal: str) -> list[str]:
    """The texts within quotes of a literal, as they stand in the file."""
    return [double or single for double, single in re.findall(r"\"([^\"]*)\"|'([^']*)'", literal)]


def _layouts(*names: str) -> list[Layout]:
    return [layout for layout in LAYOUTS if layout.name in names]


# --- SFA103: positional arguments -------------------------------------------------------------------------------------


def positional_cases() -> Iterator[Draft]:
    """Two or three positional arguments; what stays keeps its position."""
    turns = Turns()
    forms = [form for form in IMPORTS if form.name in {"from", "from_as", "module_as", "submodule"}]
    shapes = (("one_line", 3), ("one_line", 2), ("one_per_line", 3), ("aligned", 3))
    for (layout_name, positional), form in itertools.product(shapes, forms):
        (layout,) = _layouts(layout_name)
        source, (further, org) = turns.source(), turns.extra()
        name = f"sfa103_matrix/{layout.name}_{positional}_{form.name}_{source.name}"
        about = f"{positional} positional arguments, layout {layout.name}, import form {form.name}, from {source.name}"
        call = Call(source.head, form.callee, [*source.keywords(), *further], layout, source.indent, positional)
        yield Program(form, source, call, turns.use(), org).draft(name, about, "SFA103")


# --- SFA107: SalesforceLogin ------------------------------------------------------------------------------------------

LOGIN_IMPORTS: Final = (
    Import(
        "from",
        "from simple_salesforce import SalesforceLogin",
        "from orgkey_simple_salesforce import SalesforceLogin",
        "SalesforceLogin",
        "SalesforceLogin",
    ),
    Import(
        "from_as",
        "from simple_salesforce import SalesforceLogin as sf_login",
        "from orgkey_simple_salesforce import SalesforceLogin as sf_login",
        "sf_login",
        "sf_login",
    ),
    Import(
        "module",
        "import simple_salesforce",
        "import orgkey_simple_salesforce",
        "simple_salesforce.SalesforceLogin",
        "orgkey_simple_salesforce.SalesforceLogin",
    ),
    Import(
        "submodule",
        "from simple_salesforce.login import SalesforceLogin",
        "from orgkey_simple_salesforce import SalesforceLogin",
        "SalesforceLogin",
        "SalesforceLogin",
    ),
)


def login_cases() -> Iterator[Draft]:
    """``SalesforceLogin`` unpacked to session id and instance."""
    turns = Turns()
    extras = itertools.cycle(EXTRAS[:3:2])
    for layout, form in itertools.product(_layouts("one_line", "one_per_line", "aligned"), LOGIN_IMPORTS):
        source = _flat(turns)
        further = [("sf_version" if name == "version" else name, value) for name, value in next(extras)[0]]
        name = f"sfa107_matrix/{layout.name}_{form.name}_{source.name}"
        about = f"SalesforceLogin unpacked, layout {layout.name}, import form {form.name}, values from {source.name}"
        call = Call("session_id, instance", form.callee, [*source.keywords(), *further], layout)
        yield Program(form, source, call, ("login", "print(instance)\n")).draft(name, about, "SFA107")


def _flat(turns: Turns) -> Source:
    """The next source whose call stands at the left margin."""
    return next(source for source in iter(turns.source, None) if not source.indent)


# --- SFA201, SFA202: agent tools --------------------------------------------------------------------------------------


def _tool_imports(old: str, new: str, name: str, distribution: str) -> list[Import]:
    alias, needs = name.removeprefix("Salesforce"), (distribution,)
    forms = (
        ("from", "from {} import {}", name),
        ("from_as", "from {} import {} as " + alias, alias),
        ("module_as", "import {} as tools", f"tools.{name}"),
    )
    return [
        Import(form, text.format(old, name), text.format(new, name), callee, callee, requires=needs)
        for form, text, callee in forms
    ]


TOOLS: Final = {
    "SFA201": (
        ("langchain_salesforce", "orgkey_langchain", "SalesforceTool", "orgkey-langchain"),
        "tool",
        ("agent_tool", 'print(tool.invoke({"operation": "query", "query": "SELECT Id FROM Account LIMIT 1"}))\n'),
    ),
    "SFA202": (
        ("llama_index.tools.salesforce", "orgkey_llama_index", "SalesforceToolSpec", "orgkey-llama-index"),
        "spec",
        ("agent_spec", 'print(spec.execute_soql(query="SELECT Id FROM Account LIMIT 1"))\n'),
    ),
}


def tool_cases() -> Iterator[Draft]:
    """The agent frameworks' tools, by keyword."""
    turns = Turns()
    for code, (tool, head, use) in TOOLS.items():
        extras = itertools.cycle(EXTRAS[:2])
        for layout, form in itertools.product(_layouts("one_line", "one_per_line", "aligned"), _tool_imports(*tool)):
            source, (further, org) = _flat(turns), next(extras)
            name = f"{code.lower()}_matrix/{layout.name}_{form.name}_{source.name}"
            about = f"{tool[2]}, layout {layout.name}, import form {form.name}, values from {source.name}"
            call = Call(head, form.callee, [*source.keywords(), *further], layout)
            yield Program(form, source, call, use, org).draft(name, about, code)


# --- everything -------------------------------------------------------------------------------------------------------


def main() -> None:
    """Write every generated family anew."""
    for folder in CORPUS.glob("*_matrix"):
        shutil.rmtree(folder)
    for draft in drafts():
        write(draft)


def drafts() -> Iterator[Draft]:
    """All generated cases."""
    yield from keyword_cases()
    yield from literal_cases()
    yield from positional_cases()
    yield from login_cases()
    yield from tool_cases()


if __name__ == "__main__":
    main()
