"""The chain of checks in order: each runs only where all before it got through."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from orgkey import plugins
from orgkey.doctor import access, network, org_side, settings
from orgkey.doctor.finding import Check, Finding, Result, Status, failed, not_run, ok
from orgkey.errors import ConfigError, OrgkeyError
from orgkey.secrets import redact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orgkey.causes import Diagnosis
    from orgkey.doctor.examination import Examination
    from orgkey.plugins import HealthCheckPlugin

__all__ = ["CHAIN", "examine"]

CHAIN: Final = (*settings.CHECKS, *network.CHECKS, *access.CHECKS)


def examine(exam: Examination) -> Iterator[Result]:
    """The result of each check as soon as it is there; from the first failure on the others are not run."""
    broken = ""
    for check in (*CHAIN, *map(_from_plugin, plugins.health_checks().values())):
        if broken:
            yield Result(check.name, check.title, not_run(f"{broken} comes first"), 0.0)
            continue
        started = exam.clock.monotonic()
        finding = _redacted(_found(check, exam))
        yield Result(check.name, check.title, finding, exam.clock.monotonic() - started)
        if finding.status is Status.FAILED:
            broken = check.title
            if exam.admin and check in access.CHECKS:
                yield _ask_the_org(exam, finding)


def _found(check: Check, exam: Examination) -> Finding:
    try:
        return check.run(exam)
    except ConfigError as error:
        return failed(exam.diagnose("local", "SETTINGS_UNUSABLE"), *error.problems)
    except OrgkeyError as error:
        diagnosis: Diagnosis | None = getattr(error, "diagnosis", None)
        if diagnosis is not None:
            return failed(diagnosis)
        return failed(exam.diagnose("local", "UNKNOWN", str(error)))
    except Exception as error:  # noqa: BLE001  # one check's fault must not cost the report of all the others
        fact = f"a fault in the check {check.name}: {type(error).__name__}: {error}"
        return failed(exam.diagnose("local", "UNKNOWN", fact))


def _ask_the_org(exam: Examination, broken: Finding) -> Result:
    """What the org itself knows about the failure, read by an administrator."""
    check = Check(org_side.NAME, "The org's own evidence", lambda exam: org_side.ask(exam, broken))
    started = exam.clock.monotonic()
    finding = _redacted(_found(check, exam))
    return Result(check.name, check.title, finding, exam.clock.monotonic() - started)


def _from_plugin(plugin: HealthCheckPlugin) -> Check:
    def run(exam: Examination) -> Finding:
        try:
            plugin.check(exam.session)
        except OrgkeyError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever a foreign check finds
            fact = f"{plugin.name}: {type(error).__name__}: {error}"
            return failed(exam.diagnose("local", "HEALTH_CHECK_FAILED", fact))
        return ok("the check found nothing wrong")

    return Check(plugin.name, plugin.name, run)


def _redacted(finding: Finding) -> Finding:
    return replace(finding, why=redact(finding.why), evidence=tuple(map(redact, finding.evidence)))
