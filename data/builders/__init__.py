"""The tables, one function a source: published files in, tidy rows out."""

from collections.abc import Callable
from pathlib import Path

from .curves import caballero2022, curves, luo2025
from .ladder import bhagia2024
from .mixtures import liu2024
from .sizes import hoffmann2022, porian2024
from .testbed import gadre2024
from .variants import chen2025, muennighoff2023, nezhurina2025, tao2024

# folder of the published files: what makes tables of it
FOLDERS: dict[str, Callable[[Path], dict[str, list[dict]]]] = {
    "gadre2024": gadre2024,
    "hoffmann2022": hoffmann2022,
    "bhagia2024_ladder": bhagia2024,
    "caballero2022_addition": caballero2022,
    "chen2025_parscale": chen2025,
    "curves": curves,
    "liu2024_regmix": liu2024,
    "luo2025_lr_schedules": luo2025,
    "muennighoff2023": muennighoff2023,
    "nezhurina2025_clip_mammut": nezhurina2025,
    "porian2024_isoflops": porian2024,
    "tao2024_vocabulary": tao2024,
}
