"""What this machine has to give."""

import math
import os
import re
from contextlib import suppress
from pathlib import Path


def available_bytes() -> float:
    """Memory that can still be taken: the least of what the system tells, else no limit.

    Not SC_AVPHYS_PAGES, which takes the cache of files just read for memory in use.
    """
    told = [math.inf]
    with suppress(AttributeError, ValueError, OSError):  # Windows has no sysconf
        told.append(max(os.sysconf("SC_PHYS_PAGES"), 0) * os.sysconf("SC_PAGE_SIZE"))
    with suppress(OSError, ValueError):  # Linux only
        meminfo = Path("/proc/meminfo").read_text(encoding="ascii")
        told += [1024 * int(kb) for kb in re.findall(r"MemAvailable:\s+(\d+) kB", meminfo)]
    with suppress(OSError, ValueError):  # containers; "max" if there is no limit
        told.append(int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    return min(size for size in told if size > 0)
