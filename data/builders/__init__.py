"""The tables, one function a source: published files in, tidy rows out."""

from collections.abc import Callable
from pathlib import Path

from .corpora import li2024, magnusson2025
from .curves import caballero2022, curves, luo2025
from .emergence import wu2024
from .ladder import bhagia2024
from .mixtures import liu2024, shukor2025
from .scalebench import li2026
from .sizes import grattafiori2024, hoffmann2022, li2025, porian2024
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
    "grattafiori2024_llama3_isoflops": grattafiori2024,
    "li2024_dclm": li2024,
    "li2025_misfitting": li2025,
    "li2026_scalebench": li2026,
    "liu2024_regmix": liu2024,
    "luo2025_lr_schedules": luo2025,
    "magnusson2025_datadecide": magnusson2025,
    "muennighoff2023": muennighoff2023,
    "nezhurina2025_clip_mammut": nezhurina2025,
    "porian2024_isoflops": porian2024,
    "shukor2025_mixtures": shukor2025,
    "tao2024_vocabulary": tao2024,
    "wu2024_emergence": wu2024,
}
