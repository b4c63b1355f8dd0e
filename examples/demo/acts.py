"""The acts of the demo, in order: each does something to the script or the org, and makes its claims."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stage import HERE, LEGACY, LEGACY_JOB, Agent, clean_environment, migrated_script, orgkey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from timeline import Timeline

    from orgkey_sim import World

QUESTIONS = ("Anvil", "Beacon", "Cobalt", "Delta", "Ember", "Granite")
RUN_AS = "integration@acme.example"
PERSON = "ada@acme.example"


@dataclass
class Play:
    """Everything the acts share: the stage, the org and its apps."""

    timeline: Timeline
    world: World
    org: Any
    app: Any
    folder: Path

    def environment(self, **settings: str) -> dict[str, str]:
        """An environment in which Salesforce's own host names lead to the local Salesforce."""
        return {
            **clean_environment(),
            "HTTPS_PROXY": self.world.proxy_url,
            "NO_PROXY": "",
            "REQUESTS_CA_BUNDLE": str(self.world.ca_file),
            "SALESFORCE_CA_FILE": str(self.world.ca_file),
            # What the legacy script has always read.
            "SALESFORCE_USERNAME": PERSON,
            "SALESFORCE_PASSWORD": "correct-horse-battery",
            "SALESFORCE_SECURITY_TOKEN": "staple",
            "SALESFORCE_DOMAIN": self.org.my_domain.removesuffix(".salesforce.com"),
            **settings,
        }

    def setup_environment(self) -> dict[str, str]:
        """No settings yet, but the profile ``boss`` of an administrator."""
        deployer = self.org.app("Deployer") or self.org.create_app("Deployer", flows={"client_credentials"})
        profiles = self.folder / "profiles.toml"
        profiles.touch(0o600)
        profiles.write_text(
            f'[boss]\nlogin_url = "https://{self.org.my_domain}"\ngrant = "client_credentials"\n'
            f'client_id = "{deployer.client_id}"\nclient_secret = "{deployer.client_secret}"\n',
            encoding="utf-8",
        )
        return {
            **clean_environment(),
            "HTTPS_PROXY": self.world.proxy_url,
            "NO_PROXY": "",
            "SALESFORCE_CA_FILE": str(self.world.ca_file),
            "ORGKEY_CONFIG": str(profiles),
        }

    def jwt_environment(self) -> dict[str, str]:
        """Three settings, and the key's file."""
        return self.environment(
            SALESFORCE_LOGIN_URL=f"https://{self.org.my_domain}",
            SALESFORCE_CLIENT_ID=self.app.client_id,
            SALESFORCE_PRIVATE_KEY_FILE=str(self.app.private_key_file),
        )

    def client_credentials_environment(self) -> dict[str, str]:
        """As above, with a secret where the key was. The app's Run-As user acts."""
        return self.environment(
            SALESFORCE_LOGIN_URL=f"https://{self.org.my_domain}",
            SALESFORCE_CLIENT_ID=self.app.client_id,
            SALESFORCE_CLIENT_SECRET=self.app.client_secret,
            SALESFORCE_USERNAME=RUN_AS,
        )


def legacy(play: Play) -> None:
    """The script as it is, against an org as it is today."""
    play.timeline.act("1 The legacy script", "simple-salesforce with username, password and security token, unchanged")
    for how, settings, refusal in (
        ("SOAP login()", {}, "SOAP API login() is disabled by default in this org"),
        (
            "OAuth password grant",
            {
                "SALESFORCE_CONSUMER_KEY": play.app.client_id,
                "SALESFORCE_CONSUMER_SECRET": play.app.client_secret,
            },
            "authentication failure",
        ),
    ):
        play.org.clear_log()
        with Agent([str(LEGACY)], play.environment(**settings)) as agent:
            agent.ask(QUESTIONS[0])
            code, errors = agent.finish()
        play.timeline.script(_last_line(errors))
        play.timeline.org(_seen(play))
        play.timeline.claim(f"{how} is refused as in the field", refusal, _last_line(errors))
        play.timeline.claim(f"{how}: the script ends with an error", expected=True, seen=code != 0)


def migrated_by_jwt(play: Play) -> None:
    """The same script with one line changed."""
    play.timeline.act(
        "2 One import line changed", "from orgkey_simple_salesforce import Salesforce; JWT Bearer by environment"
    )
    script = migrated_script(play.folder)
    _changed_lines(play, script)
    _survives_expiry(play, script, play.jwt_environment(), "3 The session dies mid-way", PERSON)


def by_client_credentials(play: Play) -> None:
    """The same, where the app's secret takes the key's place."""
    play.timeline.act("4 Client Credentials", "the same script; the app's Run-As user acts")
    script = migrated_script(play.folder)
    _survives_expiry(play, script, play.client_credentials_environment(), "", RUN_AS)


def broken_app(play: Play) -> None:
    """An administrator removes the Run-As user while the script runs."""
    play.timeline.act("5 An admin breaks the app", "the Run-As user is removed and the session ends")
    play.org.clear_log()
    with Agent([str(migrated_script(play.folder))], play.client_credentials_environment()) as agent:
        play.timeline.script(agent.ask(QUESTIONS[0]))
        play.app.remove_run_as()
        play.org.expire_sessions()
        play.timeline.admin("removed the app's Run-As user; all sessions ended")
        answer = agent.ask(QUESTIONS[1])
        code, errors = agent.finish()
    diagnosis = errors[errors.find("The app has no usable Run-As user") :].strip() if "Run-As" in errors else errors
    for line in diagnosis.splitlines()[:9]:
        play.timeline.script(line)
    play.timeline.org(_seen(play))
    play.timeline.claim("the script stops instead of carrying on", expected=True, seen=not answer and code != 0)
    play.timeline.claim("it names the cause", "RUN_AS_USER_MISSING", errors)
    play.timeline.claim("it names the remedy", "enter the Run As user", errors)
    play.timeline.claim("one login, and one renewal that is refused: no storm", 2, play.org.token_requests)
    play.app.change_run_as(play.org.user(RUN_AS))  # mended, for whatever act comes next


def from_nothing(play: Play) -> None:
    """A new user's first hour: an empty folder, an app, a first query; then something breaks."""
    play.timeline.act("6 From nothing to a session", "orgkey setup, deploy, a first query; an admin breaks it, doctor")
    folder = play.folder / "new-agent"
    environment = play.setup_environment()
    made = _command(
        play,
        environment,
        *("setup", "--grant", "jwt", "--org", f"https://{play.org.my_domain}"),
        *("--app-name", "Fresh Agent", "--username", RUN_AS, "--out", str(folder)),
    )
    deployed = _command(play, environment, "setup", "deploy", str(folder), "--as-admin", "boss")
    play.org.assign(play.org.user(RUN_AS), made["permission_set"])
    play.timeline.admin(f"assigned the permission set {made['permission_set']}")
    environment |= {
        "SALESFORCE_LOGIN_URL": f"https://{play.org.my_domain}",
        "SALESFORCE_CLIENT_ID": deployed["consumer_key"],
        "SALESFORCE_USERNAME": RUN_AS,
        "SALESFORCE_PRIVATE_KEY_FILE": str(folder / "keys" / "fresh-agent.key"),
    }
    rows = _command(play, environment, "query", "SELECT COUNT() FROM Contact")
    play.timeline.claim("the first query answers", {"count()": 2_000}, rows)
    healthy = _command(play, environment, "doctor")
    play.timeline.claim("doctor finds the chain whole", expected=True, seen=healthy["healthy"])

    play.org.user(RUN_AS).freeze()
    play.timeline.admin(f"froze {RUN_AS}")
    ill = _command(play, environment, "doctor")
    play.timeline.claim("doctor names what breaks first", "token", ill["broken"])
    play.timeline.claim("and what Salesforce lets it know", "USER_INACTIVE", ill["cause"])
    told = _command(play, environment, "doctor", "--as-admin", "boss")
    play.timeline.claim("with an admin's profile, the very cause", "USER_FROZEN", told["cause"])
    play.org.user(RUN_AS).unfreeze()  # mended, for whatever act comes next


def uneditable_job(play: Play) -> None:
    """An unmodified job under ``orgkey run``: its Bulk 2 and metadata calls meet a dead session."""
    play.timeline.act("7 Code nobody can edit", "orgkey run -- python legacy_job.py: unmodified, Bulk 2 and metadata")
    play.org.clear_log()
    command = ["-m", "orgkey", "run", "--", sys.executable, str(LEGACY_JOB)]
    with Agent(command, play.jwt_environment()) as agent:
        first = agent.ask("objects")
        play.timeline.script(first)
        answers = []
        for work in ("export", "objects"):
            play.org.expire_sessions()
            play.timeline.admin("all sessions of the org ended")
            answers.append(agent.ask(work))
            play.timeline.script(answers[-1])
        code, errors = agent.finish()
    play.timeline.org(_seen(play))
    play.timeline.claim("the Bulk 2 job lives through it", "2000 contacts exported", answers[0])
    play.timeline.claim("the metadata call lives through it", first or "an answer", answers[1])
    play.timeline.claim("one login, and one renewal for each death", 3, play.org.token_requests)
    play.timeline.claim("it ends well", 0, code)
    play.timeline.claim("no password was sent", 0, _passwords_seen(play))
    if code:
        play.timeline.script(_last_line(errors))


def agents(play: Play) -> None:
    """A LangChain agent and a LlamaIndex agent keep answering while the org ends their sessions."""
    play.timeline.act("8 Agents", "a LangChain agent and a LlamaIndex agent; the org ends their sessions in between")
    for framework, script, count in (
        ("LangChain", "langchain_conversation.py", '"total": 2000'),
        ("LlamaIndex", "llama_index_conversation.py", " 2000"),  # Python 3.12 prints an OrderedDict otherwise
    ):
        play.org.clear_log()
        with Agent([str(HERE / script)], play.jwt_environment()) as agent:
            answers = []
            for _ in range(3):
                answers.append(agent.ask("How many contacts are there?"))
                play.timeline.script(answers[-1])
                play.org.expire_sessions()
                play.timeline.admin("all sessions of the org ended")
            code, errors = agent.finish()
        play.timeline.claim(f"the {framework} agent answers each time", [True] * 3, [count in each for each in answers])
        play.timeline.claim("one login, and one renewal for each death", 3, play.org.token_requests)
        play.timeline.claim("it ends well", 0, code)
        play.timeline.claim("no password was sent", 0, _passwords_seen(play))
        if code:
            play.timeline.script(_last_line(errors))


ACTS = (legacy, migrated_by_jwt, by_client_credentials, broken_app, from_nothing, uneditable_job, agents)


def set_up(timeline: Timeline, world: World) -> Play:
    """An org with contacts, two users and an External Client App on which both flows are on."""
    org = world.create_org("acme", contacts=2_000)
    org.create_user(PERSON)
    run_as = org.create_user(RUN_AS)
    app = org.create_app("Acme Agent", flows={"jwt_bearer", "client_credentials"}, run_as=run_as)
    return Play(timeline, world, org, app, Path(tempfile.mkdtemp(prefix="orgkey-demo-")))


def _command(play: Play, environment: Mapping[str, str], *arguments: str) -> Any:
    code, shown = orgkey(environment, *arguments)
    play.timeline.script(f"orgkey {' '.join(arguments[:4])} ... -> exit code {code}")
    return shown


def _survives_expiry(play: Play, script: Path, environment: Mapping[str, str], next_act: str, user: str) -> None:
    play.org.clear_log()
    with Agent([str(script)], environment) as agent:
        answers = [agent.ask(question) for question in QUESTIONS[:2]]
        for answer in answers:
            play.timeline.script(answer)
        play.timeline.org(_seen(play))
        play.timeline.claim("the script answers", expected=True, seen=all("(" in answer for answer in answers))
        play.timeline.claim("it logged in with one token request", 1, play.org.token_requests)
        play.timeline.claim(f"it acts as {user}", {user}, _who_acted(play))
        if next_act:
            play.timeline.act(next_act, "the org ends every session between two questions")
        play.org.clear_log()
        play.org.expire_sessions()
        play.timeline.admin("all sessions of the org ended")
        later = [agent.ask(question) for question in QUESTIONS[2:]]
        for answer in later:
            play.timeline.script(answer)
        code, errors = agent.finish()
    play.timeline.org(_seen(play))
    play.timeline.claim("the script notices nothing", expected=True, seen=all("(" in answer for answer in later))
    play.timeline.claim("one token request was made", 1, play.org.token_requests)
    play.timeline.claim("it ends well", 0, code)
    play.timeline.claim("no password was sent", 0, _passwords_seen(play))
    if code:
        play.timeline.script(_last_line(errors))


def _changed_lines(play: Play, script: Path) -> None:
    before, after = (path.read_text(encoding="utf-8").splitlines() for path in (LEGACY, script))
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    for old, new in changed:
        play.timeline.console.print(f"  [red]- {old}[/red]\n  [green]+ {new}[/green]")
    play.timeline.claim("one line differs", 1, len(changed))


def _who_acted(play: Play) -> set[str]:
    return {entry.username for entry in play.org.log if entry.endpoint == "rest" and entry.username}


def _passwords_seen(play: Play) -> int:
    return int(play.org.count(grant="password") + play.org.count(endpoint="soap_login"))


def _seen(play: Play) -> list[str]:
    return [f"{entry.method} {entry.path} → {entry.status}" for entry in play.org.log]


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
