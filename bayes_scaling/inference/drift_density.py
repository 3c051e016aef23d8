"""The density of held-out runs at several sizes of the drift."""

import numpy as np


def log_densities_by_size(
    z: np.ndarray, center: np.ndarray, sd: np.ndarray, beyond: np.ndarray, sizes: np.ndarray
) -> np.ndarray:
    """Compute the log density of each outcome at each size of the drift.

    The density is that of the mixture, over draws, of Normals whose variance is
    sd^2 + (size * beyond)^2.

    Parameters
    ----------
    z : array (outcomes,)
        Outcomes on the link's scale.
    center, sd : array (draws, outcomes)
        New runs without the drift, one Normal for each draw.
    beyond : array (outcomes,)
        Distance beyond the training runs.
    sizes : array (sizes,) or (sizes, outcomes)
        Sd of the drift for each unit of distance.

    Returns
    -------
    array (sizes, outcomes)
        In nats.
    """
    logs = []
    for size in sizes:
        total = np.hypot(sd, size * beyond)
        log = -0.5 * ((z - center) / total) ** 2 - np.log(total) - 0.5 * np.log(2 * np.pi)
        most = log.max(axis=0)
        logs.append(most + np.log(np.exp(log - most).mean(axis=0)))
    return np.stack(logs)
