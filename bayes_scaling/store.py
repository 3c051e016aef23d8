"""A fit on disk: one netCDF file of ArviZ groups with one JSON attribute. No code is stored, none is run."""

import json
import os
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path

from bayes_scaling.fit import Fit, data_hash
from bayes_scaling.noise import Noise
from bayes_scaling.parameter import Prior
from bayes_scaling.registry import find_law
from bayes_scaling.runs import InputError

_FORMAT = 1


def _prior(prior):
    return {"family": prior.family, **dict(prior.args)}


def _unprior(entry):
    entry = dict(entry)
    return Prior(entry.pop("family"), tuple(entry.items()))


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
    noise = fit.law.noise
    meta = {
        "format": _FORMAT, "law": fit.law.name, "formula": fit.law.formula, "y": fit.y, "columns": fit.columns, "largest": fit.largest,
        "ref": fit.ref, "seed": fit.seed, "engine": fit.engine, "provenance": fit.provenance,
        "priors": {q.sampled: _prior(q.prior) for q in fit.law.parameters},
        "noise": {"link": noise.link, "df": noise.df, "grows": noise.grows, "sigma": _prior(noise.sigma), "kappa": _prior(noise.kappa)},
        "diagnosis": {"ok": fit.diagnosis.ok, "problems": fit.diagnosis.problems, "cautions": fit.diagnosis.cautions},
    }  # fmt: skip
    tree = fit.tree.copy()
    tree.attrs = {"bayes_scaling": json.dumps(meta)}
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        os.close(handle)
        tree.to_netcdf(temporary, engine="h5netcdf")
        os.replace(temporary, path)
    except OSError as error:
        raise InputError(f"{path} can not be written ({error.strerror or error}); give a file in a folder that exists and is yours") from None
    finally:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
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

    path = Path(path)
    if not path.is_file():
        raise InputError(f"there is no file {path}; give one that Fit.save wrote")
    try:
        with xr.open_datatree(path, engine="h5netcdf") as opened:
            tree = opened.load()
        meta = json.loads(tree.attrs["bayes_scaling"])
        meta["format"], tree["posterior"], tree["observed_data"], tree["constant_data"]
    except Exception:  # HDF5 has many ways to say that a file is none of ours
        raise InputError(f"{path} is no fit of bayes_scaling, or is damaged; save it again") from None
    if meta["format"] != _FORMAT:
        raise InputError(f"{path} has format {meta['format']} and this version reads {_FORMAT}; install the version that wrote it ({meta['provenance']['versions']['bayes-scaling']})")
    law = find_law(law or meta["law"])
    if (law.name, law.formula) != (meta["law"], meta["formula"]) or {q.sampled for q in law.parameters} != set(meta["priors"]):
        raise InputError(f"{path} holds a fit of {meta['law']}: {meta['formula']}; the law given is {law.name}: {law.formula}; give the law it was made with")
    noise = meta["noise"]
    law = law.with_noise(Noise(noise["link"], noise["df"], noise["grows"], _unprior(noise["sigma"]), _unprior(noise["kappa"])))
    law = law.with_priors(**{name: _unprior(entry) for name, entry in meta["priors"].items()})
    constant = tree["constant_data"]
    data = {"x": {name: constant[name].values for name in law.inputs}, "z": law.noise.forward(tree["observed_data"]["y"].values)}
    if "se" in constant:
        data["se"] = constant["se"].values
    if data_hash(data) != meta["provenance"]["data_hash"]:
        raise InputError(f"the runs in {path} are not those that the fit was made from; save it again")
    wrote = meta["provenance"]["versions"]["bayes-scaling"]
    if wrote != version("bayes-scaling"):
        warnings.warn(f"{path} was written by bayes_scaling {wrote}, this is {version('bayes-scaling')}: refit if answers differ", UserWarning, stacklevel=2)
    return Fit(
        law=law, tree=tree, y=meta["y"], columns=meta["columns"], largest=meta["largest"], ref=meta["ref"], seed=meta["seed"],
        engine=meta["engine"], provenance=meta["provenance"],
    )  # fmt: skip
