"""Where tasks are carried out: processes of this machine, or a Dask cluster by its address."""

import logging
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from sim.errors import ClusterError, InputError

PATIENCE_SECONDS = 60  # for a cluster to answer and to bring its first worker
AHEAD = 2  # tasks in the queue for each one at work, so that no worker waits for this process
LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class Hands:
    """An executor, and how many tasks to give it at once."""

    executor: Executor
    width: Callable[[], int]


@contextmanager
def processes(workers: int) -> Iterator[Hands]:
    """Worker processes of this machine; they end with it, however it ends."""
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    pool = ProcessPoolExecutor(
        workers, multiprocessing.get_context(method), _end_with, (os.getpid(),)
    )
    try:
        yield Hands(pool, lambda: AHEAD * workers)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _end_with(parent: int) -> None:
    """Watch, in a worker, for the parent to be killed: a pool's workers would wait forever."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def cluster(address: str) -> Iterator[Hands]:
    """The workers of a Dask scheduler, as many as there are from moment to moment."""
    try:
        from distributed import Client, KilledWorker  # the extra `cluster`: few users need it
    except ImportError:
        raise InputError(
            "--cluster: expected the package distributed; install postloan[cluster]"
        ) from None
    for name in ("distributed", "distributed.client", "tornado.application", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what it would say, our errors say
    try:
        client = Client(address, timeout=PATIENCE_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise InputError(f"--cluster {address}: no scheduler answers there ({reason})") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE_SECONDS)
        except TimeoutError:
            raise InputError(
                f"--cluster {address}: expected at least one worker within {PATIENCE_SECONDS} "
                "seconds; start some, with this version of postloan installed"
            ) from None
        executor = client.get_executor(pure=False)
        try:
            yield Hands(executor, lambda: max(AHEAD * sum(client.nthreads().values()), 1))
        except (CancelledError, KilledWorker, OSError) as error:
            raise ClusterError(
                f"{address}: the cluster was lost or its workers died ({type(error).__name__}); "
                "every finished run is kept, and the same command goes on from there"
            ) from None
        except ImportError as error:
            raise ClusterError(
                f"{address}: expected this version of postloan on every worker ({error})"
            ) from None
        finally:
            executor.shutdown(wait=False)
