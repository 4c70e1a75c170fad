"""Serves the page on this machine until Ctrl-C."""

import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import typer
from werkzeug.serving import WSGIRequestHandler, make_server

from desk.page.app import page_app
from desk.page.library import Library
from desk.page.runs import Runs
from sim import InputError, Scenario
from sim.scenario_file import scenario_names


class Silent(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: the page asks several times a second."""


def serve(paths: Sequence[Path], host: str, port: int) -> None:
    """Serve the scenarios of these files; raises InputError where that is not possible."""
    found = scenario_names(files(paths))
    scenarios = {name: Scenario.load(path) for name, path in found.items()}
    library = Library(scenarios, {path.name: path for path in found.values()})
    runs = Runs()
    with listening(host, port) as door:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends the workers too
        try:
            runs.prepare()
            app = page_app(library, runs).server
            server = make_server(
                host, port, app, threaded=True, request_handler=Silent, fd=door.fileno()
            )
            typer.echo(f"http://{_shown(door)}/ shows the page; Ctrl-C ends it.")
            sys.stdout.flush()
            server.serve_forever()
        except KeyboardInterrupt:
            typer.echo("Ended.")
        finally:
            runs.close()


def files(paths: Sequence[Path]) -> list[Path]:
    """The scenario files named, and of a folder all that hold one."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = [file for file in sorted(path.glob("*.toml"), key=_today_first) if _loads(file)]
        if not inside:
            raise InputError(f"{path}: expected a folder with scenario files (*.toml)")
        found += inside
    return found


def _today_first(path: Path) -> tuple[bool, str]:
    """Orders by name, but what others extend is what they are compared with."""
    return path.stem != "baseline", path.name


def _loads(path: Path) -> bool:
    """Whether the file is a scenario: folders hold sweeps and histories too."""
    try:
        Scenario.load(path)
    except InputError:
        return False
    return True


def listening(host: str, port: int) -> socket.socket:
    """A socket bound to the address."""
    try:
        return socket.create_server((host, port))
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else error
        raise InputError(
            f"--host {host} --port {port}: expected a free port of this machine ({why}); "
            "--port 0 takes one"
        ) from None


def _shown(door: socket.socket) -> str:
    host, port = door.getsockname()[:2]
    return f"{host}:{port}"
