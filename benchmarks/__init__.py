"""Every speed ratio the project quotes, measured by one command: `python -m benchmarks`."""
