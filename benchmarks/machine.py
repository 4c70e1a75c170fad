"""What the figures were measured on: enough to judge them, nothing that names the machine."""

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")


def machine() -> str:
    """Cores, processor model and the versions that matter."""
    text = CPUINFO.read_text(encoding="utf-8") if CPUINFO.exists() else ""
    named = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    model = named[1] if named else platform.machine()
    packages = ", ".join(f"{name} {version(name)}" for name in ("numba", "numpy", "mesa"))
    return f"{os.cpu_count()} cores, {model}; Python {platform.python_version()}, {packages}"


def load() -> str:
    """Processes that wanted a core in the last minute, on average."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
