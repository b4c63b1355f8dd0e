"""The doctor: goes through the chain from the settings to a query, and names the first thing that breaks."""

from __future__ import annotations

from orgkey.doctor.chain import CHAIN, examine
from orgkey.doctor.examination import Examination, Expected
from orgkey.doctor.finding import Check, Finding, Result, Status
from orgkey.doctor.report import Report

__all__ = ["CHAIN", "Check", "Examination", "Expected", "Finding", "Report", "Result", "Status", "examine"]
