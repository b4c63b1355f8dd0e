"""``orgkey run``: password logins in code that nobody can edit, replaced or observed while it runs.

The command starts a program with :mod:`startup <orgkey_run.startup>` in PYTHONPATH, so that every Python of it arms the
import hook (:mod:`~orgkey_run.hook`) before its first line. What the hook then does is orgkey_simple_salesforce's part.
All of this package is imported into programs that may never touch Salesforce: it uses the standard library alone.
"""

from __future__ import annotations
