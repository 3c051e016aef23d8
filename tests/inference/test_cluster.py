"""Many fits on a cluster: two Dask workers, one of them killed, give this process's draws."""

import os
import signal
import threading
import time
import warnings

import pytest
from many_runs import LAW, curves, draws_hash

import bayes_scaling as bs
from bayes_scaling.inference import batch

distributed = pytest.importorskip(
    "distributed", reason="dask is an extra: pip install 'bayes-scaling[cluster]'"
)


@pytest.fixture(scope="module")
def client():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Dask's own start and end
        with (
            distributed.LocalCluster(
                n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield client


def test_the_draws_are_those_of_this_process_though_a_worker_dies(client, monkeypatch, tmp_path):
    monkeypatch.setattr(batch, "CHUNK_SIZE", 4)  # many small parts
    runs, place = curves(80), tmp_path / "fits.nc"
    known = draws_hash(bs.fit_many(LAW, runs, by="curve", draws=100))
    before, made = client.run(os.getpid), {}
    thread = threading.Thread(
        target=lambda: made.update(
            fits=bs.fit_many(
                LAW, runs, by="curve", draws=100, executor=client.get_executor(), save=place
            )
        )
    )
    thread.start()
    parts = tmp_path / "fits.nc.parts"
    while thread.is_alive() and not (parts.exists() and len(list(parts.iterdir())) >= 3):
        time.sleep(0.02)
    os.kill(next(iter(before.values())), signal.SIGKILL)
    thread.join()
    assert draws_hash(made["fits"]) == known == draws_hash(bs.load(place))
    assert set(client.run(os.getpid).values()) != set(before.values())  # one worker is a new one
