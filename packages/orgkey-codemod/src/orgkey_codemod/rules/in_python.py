from orgkey_codemod.model import Rule, Finding
from orgkey_codemod.rules.logins import examine_logins, finding
from orgkey_codemod.python.verdicts import verdicts_of
from orgkey_codemod.python.plumbing import plumbing_of
def nb(tree):
    for v in verdicts_of(tree).logins:
        if v.login.module.path.suffix == ".ipynb":
            yield finding(v, "SFA801")
def dead(tree):
    for d in plumbing_of(tree).dead:
        yield Finding("SFA801" if d.module.path.suffix == ".ipynb" else d.code, d.level, d.module.path, d.module.place(d.node), d.what, d.reason, d.edits)
RULES = tuple(Rule(f"SFA{n}", "", "", examine_logins(f"SFA{n}")) for n in (101,102,103,104,105,106,107,108,109,201,202,401))+(Rule("SFA801","","",nb),Rule("SFA501","","",dead))
