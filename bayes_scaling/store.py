"""A fit on disk: one netCDF file of ArviZ groups with one JSON attribute. No code is stored, none is run."""

import hashlib
import json
import os
import warnings
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path

import numpy as np

from bayes_scaling.counts import BetaBinomial, Binomial, Censored, ItemBetaBinomial, NegativeBinomial
from bayes_scaling.files import whole
from bayes_scaling.fit import Fit
from bayes_scaling.noise import Noise
from bayes_scaling.parameter import Prior
from bayes_scaling.registry import find_law
from bayes_scaling.runs import InputError

_FORMAT = 1
_LIKELIHOODS = {kind.__name__: kind for kind in (Noise, Binomial, BetaBinomial, ItemBetaBinomial, NegativeBinomial, Censored)}


def _prior(prior):
    return {"family": prior.family, **dict(prior.args)}


def _unprior(entry):
    entry = dict(entry)
    return Prior(entry.pop("family"), tuple(entry.items()))


def _noise(noise):
    """A likelihood as plain data: its kind and its fields."""
    entry = {"kind": type(noise).__name__}
    for part in fields(noise):
        value = getattr(noise, part.name)
        entry[part.name] = _prior(value) if isinstance(value, Prior) else _noise(value) if isinstance(value, Noise) else value
    return entry


def _unnoise(entry):
    entry = dict(entry)
    kind = _LIKELIHOODS[entry.pop("kind", "Noise")]  # files of version 0.1 name no kind
    made = {name: value if not isinstance(value, dict) else _unprior(value) if "family" in value else _unnoise(value) for name, value in entry.items()}
    return kind(**made)


def _hash(text, tree):
    """SHA-256 of the JSON text and of every variable: what was written is what is read."""
    digest = hashlib.sha256(text.encode())
    for node in sorted(tree.subtree, key=lambda node: node.path):
        for name, variable in sorted(node.variables.items()):
            values = variable.values
            digest.update(name.encode())
            digest.update("\n".join(map(str, values)).encode() if values.dtype.kind in "OUT" else np.ascontiguousarray(values, float).tobytes())
    return digest.hexdigest()


def save(fit, path):
    """Write a fit to ``path`` (netCDF): to a temporary file first, renamed when whole.

    Returns
    -------
    Path of the file.

    Raises
    ------
    InputError : the folder does not exist or can not be written.
    """
    path = Path(path)
    meta = {
        "format": _FORMAT, "law": fit.law.name, "formula": fit.law.formula, "y": fit.y, "columns": fit.columns, "largest": fit.largest,
        "ref": fit.ref, "seed": fit.seed, "engine": fit.engine, "provenance": fit.provenance,
        "priors": {q.sampled: _prior(q.prior) for q in fit.law.parameters},
        "noise": _noise(fit.law.noise),
        "probe": fit.training_mean(),
        "diagnosis": fit.diagnosis.verdict(),
    }  # fmt: skip
    tree, text = fit.tree.copy(), json.dumps(meta, default=lambda number: number.item())
    tree.attrs = {"bayes_scaling": text, "sha256": _hash(text, tree)}
    content = tree.to_netcdf(engine="h5netcdf")  # in memory: a disk that fills up is then an ordinary error, which HDF5 does not make of it
    whole(path, lambda part: Path(part).write_bytes(content))
    return path


def load(path, law=None):
    """A fit from a file that ``Fit.save`` wrote.

    Parameters
    ----------
    path : the file.
    law : the Law, where it is one of your own and not in the registry.

    Raises
    ------
    InputError : no such file, no fit, damaged data, or a law that is unknown or has changed.

    Warns
    -----
    UserWarning : another version of the package wrote it.
    """
    import xarray as xr

    from bayes_scaling.models import LAWS

    if not os.path.isfile(path):
        raise InputError(f"there is no file {str(path)!r}; give one that Fit.save wrote")
    try:
        with xr.open_datatree(path, engine="h5netcdf") as opened:
            tree = opened.load()
        text = tree.attrs["bayes_scaling"]
        meta = json.loads(text)
        wrote, made = meta["provenance"]["versions"]["bayes-scaling"], meta["format"]
    except Exception:  # HDF5 has many ways to say that a file is none of ours
        raise InputError(f"{path} is no fit of bayes_scaling, or is damaged; save it again") from None
    if made != _FORMAT:
        raise InputError(f"{path} has format {made} and this version reads {_FORMAT}; install the version that wrote it ({wrote})")
    if tree.attrs.get("sha256") != _hash(text, tree):
        raise InputError(f"the data in {path} are not those that were saved; save the fit again")
    if law is None and meta["law"] not in LAWS:
        raise InputError(f"{path} holds a fit of {meta['law']}, a law of your own; give it as law=..., on the command line as --law path.py:{meta['law']}")
    law = find_law(law or meta["law"])
    if (law.name, law.formula) != (meta["law"], meta["formula"]) or {q.sampled for q in law.parameters} != set(meta["priors"]):
        raise InputError(f"{path} holds a fit of {meta['law']}: {meta['formula']}; the law given is {law.name}: {law.formula}; give the law it was made with")
    law = law.with_noise(_unnoise(meta["noise"]))
    law = law.with_priors(**{name: _unprior(entry) for name, entry in meta["priors"].items()})
    if wrote != version("bayes-scaling"):
        warnings.warn(f"{path} was written by bayes_scaling {wrote}, this is {version('bayes-scaling')}: refit if answers differ", UserWarning, stacklevel=2)
    fit = Fit(
        law=law, tree=tree, y=meta["y"], columns=meta["columns"], largest=meta["largest"], ref=meta["ref"], seed=meta["seed"],
        engine=meta["engine"], provenance=meta["provenance"],
    )  # fmt: skip
    if not np.allclose(fit.training_mean(), meta["probe"], rtol=1e-6, equal_nan=True):
        raise InputError(f"the function of {law.name} is not the one that {path} was made with; give the law it was made with, or fit again")
    return fit
