"""Clocks, fresh processes and tables of the benchmarks."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np


def cpu():
    """CPU seconds, user and system, of this process and of the children it has waited for."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def timed(call, *given, **options):
    """What a call returns, its CPU seconds and its wall seconds."""
    wall, busy = time.perf_counter(), cpu()
    result = call(*given, **options)
    return result, cpu() - busy, time.perf_counter() - wall


def in_turn(methods, repeats):
    """{name: [(result, CPU s, wall s), ...]} of ``methods`` {name: call(seed)}; in turn, so that a
    busy spell strikes all alike, after one call of each that is not counted."""
    made = {name: [] for name in methods}
    for seed in range(repeats + 1):
        for name, call in methods.items():
            run = timed(call, seed)
            made[name] += [run] if seed else []
    return made


def fresh(arguments, **environment):
    """A Python command in a process of its own: what it printed, CPU seconds, wall seconds."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments], stdout=out, stderr=errors, env=os.environ | environment
        )
        _, status, used = os.wait4(process.pid, 0)
        wall, process.returncode = time.perf_counter() - start, os.waitstatus_to_exitcode(status)
        out.seek(0), errors.seek(0)
        if process.returncode:
            raise RuntimeError(
                f"{' '.join(arguments)} ended with {process.returncode}: "
                f"{errors.read().decode()[-2000:]}"
            )
        return out.read().decode(), used.ru_utime + used.ru_stime, wall


def peak():
    """Greatest memory that this process has held, MiB."""
    status = Path(
        "/proc/self/status"
    )  # not from getrusage, which on Linux counts what the parent held at the fork
    if status.exists():
        return (
            next(
                int(line.split()[1])
                for line in status.read_text().splitlines()
                if line.startswith("VmHWM")
            )
            / 1024
        )
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def quality(draws):
    """Greatest R-hat and least rank-normalized bulk ESS of (chains, draws, quantities)."""
    from arviz_stats.base import array_stats

    axes = {"chain_axis": 0, "draw_axis": 1}
    return float(np.max(array_stats.rhat(draws, **axes))), float(
        np.min(array_stats.ess(draws, **axes))
    )


def apart(one, two):
    """How far two posteriors (chains, draws, quantities) are apart: greatest difference of means
    in sds, and in Monte-Carlo standard errors; greatest relative difference of sds."""
    from arviz_stats.base import array_stats

    means, sds, errors = zip(
        *(
            (
                a.mean(axis=(0, 1)),
                a.std(axis=(0, 1)),
                a.std(axis=(0, 1)) / np.sqrt(array_stats.ess(a, chain_axis=0, draw_axis=1)),
            )
            for a in (one, two)
        )
    )
    gap = np.abs(means[0] - means[1])
    return (
        float((gap / sds[0]).max()),
        float((gap / np.hypot(*errors)).max()),
        float(np.abs(sds[1] / sds[0] - 1).max()),
    )


def middle(runs, of):
    """Median over runs (result, CPU s, wall s) of ``of(result, CPU s, wall s)``."""
    return median(of(*run) for run in runs)


def table(title, head, rows):
    """A markdown table on stdout; numbers to three figures."""

    def cell(value):
        return (
            "-"
            if value is None
            else value
            if isinstance(value, str)
            else f"{value:,.0f}"
            if abs(value) >= 1000
            else f"{value:.3g}"
        )

    print(f"\n### {title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(map(cell, row))} |", flush=True)
