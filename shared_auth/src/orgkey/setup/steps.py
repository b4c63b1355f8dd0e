"""The administrator's steps for one app: what to click, what it protects from, and how to undo it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey.setup.plan import SetupPlan

__all__ = ["Step", "steps", "steps_page"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``do`` is what to click or run, by its exact name."""

    title: str
    do: tuple[str, ...]
    protects: str
    undo: str


_MANAGER: Final = {
    "external-client-app": "Setup > External Client App Manager",
    "connected-app": "Setup > App Manager",
}


def steps(plan: SetupPlan, folder: str) -> list[Step]:
    """All steps in order. Commands are run in ``folder``, the one that setup made."""
    return list(_steps(plan, folder))


def _steps(plan: SetupPlan, folder: str) -> Iterator[Step]:
    manager = f"{_MANAGER[plan.kind]} > {plan.label}"
    yield Step(
        "Deploy the app",
        (
            f"All commands are run in this folder: cd {folder}",
            (
                "With the Salesforce CLI: (cd salesforce && sf org login web --alias target "
                f"--instance-url {plan.org_url} && sf project deploy start --manifest manifest/package.xml "
                "--target-org target)"
            ),
            "Or with an administrator's profile of orgkey: orgkey setup deploy . --as-admin PROFILE",
        ),
        f"The app asks for {_words(plan.scopes)} and nothing else, and admits no user by itself.",
        f"{manager} > Delete. Whoever used it is logged out.",
    )
    yield Step(
        f"Give {plan.username} the right to use it",
        (
            (
                f"Setup > Users > Permission Sets > {plan.label} Access > Manage Assignments > Add Assignment: "
                f"choose {plan.username}."
            ),
            (
                "Or: sf org assign permset --name "
                f"{plan.permission_set} --on-behalf-of {plan.username} --target-org target"
            ),
            (
                "A user with the licence Salesforce Integration also needs the permission set license "
                "'Salesforce API Integration'."
            ),
            "The permission set holds API Enabled and no object: give the user those by a permission set of its own.",
        ),
        "Nobody else can use the app, with or without its credentials.",
        "On the same page: Remove Assignments.",
    )
    yield Step(
        "Check the app's policies",
        tuple(_policy_words(plan, manager)),
        "Admin approval keeps other users out; enforced IP restrictions keep other networks out.",
        f"{manager} > Policies > Edit: set back what was changed.",
    )
    yield Step(
        "Take the consumer key" + ("" if plan.uses_key else " and secret"),
        (
            f"{manager} > Settings > OAuth Settings > Consumer Key and Secret. Salesforce mails a code first.",
            "Copy .env.example to .env and set SALESFORCE_CLIENT_ID"
            + (" to the consumer key." if plan.uses_key else " and SALESFORCE_CLIENT_SECRET. Keep .env out of git."),
            "A new app takes 2 to 10 minutes until every login host knows it.",
        ),
        "The key is an identifier; "
        + ("the private key never leaves this folder." if plan.uses_key else "the secret is as good as a password."),
        f"{manager} > Settings > OAuth Settings > Consumer Key and Secret > Stage, then Apply: a new one, and all "
        "tokens of the app end.",
    )
    yield Step(
        "Try it",
        ("set -a; . ./.env; set +a", "orgkey doctor", "orgkey query 'SELECT Id, Name FROM Organization'"),
        "doctor goes through the whole chain and names the first thing that is wrong, with its remedy.",
        "Nothing to undo: both only read.",
    )


def _policy_words(plan: SetupPlan, manager: str) -> Iterator[str]:
    yield (
        f"{manager} > Policies > OAuth Policies: Permitted Users is 'Admin approved users are pre-authorized', "
        "IP Relaxation is 'Enforce IP restrictions'."
    )
    yield f"{manager} > Policies > App Policies: Select Permission Sets holds {plan.label} Access."
    if not plan.uses_key:
        yield (
            f"{manager} > Policies > OAuth Policies: 'Enable Client Credentials Flow' is ticked and Run As is "
            f"{plan.username} (the username, not the email address)."
        )


def steps_page(plan: SetupPlan, folder: str) -> str:
    """The steps as Markdown."""
    lines = [
        f"# {plan.label}: Salesforce access without a password",
        "",
        f"Org: {plan.org_url}. Acts as: {plan.username}. OAuth grant: {plan.grant.replace('_', ' ')}.",
        "",
        "Element names and pages follow Salesforce's documentation; they were not checked against a live org.",
        "",
    ]
    for number, step in enumerate(steps(plan, folder), start=1):
        lines += [f"## {number}. {step.title}", ""]
        lines += [f"- {each}" for each in step.do]
        lines += ["", f"Protects: {step.protects}", "", f"Undo: {step.undo}", ""]
    if plan.uses_key:
        lines += [
            "## Later",
            "",
            (
                "The certificate ends some day: `orgkey certificates` counts the days, "
                "`orgkey setup rotate-certificate .` makes the next one."
            ),
            "",
        ]
    return "\n".join(lines)


def _words(names: tuple[str, ...]) -> str:
    return "the scope " + names[0] if len(names) == 1 else "the scopes " + ", ".join(names)
