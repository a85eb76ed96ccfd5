"""What the proof found of its safeguards, as a table at the end of a run."""

from __future__ import annotations

from typing import Any, Final

# The property of a test that is a line of the table.
TABLE: Final = "safeguard"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line for each safeguard that was taken away, or left."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    rows = [str(said) for report in reports for name, said in getattr(report, "user_properties", []) if name == TABLE]
    if rows:
        terminalreporter.section("safeguards of the proof")
        terminalreporter.write_line("\n".join(rows))
