"""How often the interval of the precision among the highest scores holds; the table of coverage is its user."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
from scipy import stats

from clarifai_eval_widget import metrics
from clarifai_eval_widget.operating_point import precision_at_k
from clarifai_eval_widget.uncertainty import wilson_interval
from tests.benchmarks.coverage import Table, holds, per_cent

AREAS = (0.7, 0.9, 0.99)
INPUTS = 1000
KS = (5, 30, 100, 300)  # of fewer than 4 there is no interval
SHARES = ((0.02, 0.0), (0.1, 0.0), (0.5, 0.0), (0.1, 0.01), (0.5, 0.01))
"""Of positives, and of the negatives how many score above everything else."""
ABOVE = 10.0
STEPS = (0.0, 0.5)  # scores as they are, and rounded so that many tie


def tops(scale: float) -> Table:
    """Measure the precision among the k highest of 1,000 scores, of areas 0.7, 0.9 and 0.99, and rounded so as to tie."""
    repeats, rows = max(int(500 * scale), 5), []
    for share, topped in SHARES:
        held: dict[tuple[int, str, float], list[list[float]]] = defaultdict(lambda: [[] for _ in AREAS])
        for at, area in enumerate(AREAS):
            rng, shift = np.random.default_rng([13, at]), math.sqrt(2) * stats.norm.ppf(area)
            truth = {step: share_at_top(share, shift, np.array(KS) / INPUTS, step, topped) for step in STEPS}
            for _ in range(repeats):
                labels = rng.random(INPUTS) < share
                scores = rng.normal(size=INPUTS) + shift * labels
                scores += ABOVE * (~labels & (rng.random(INPUTS) < topped))
                for step in STEPS:
                    c = metrics.counts(labels, np.round(scores / step) * step if step else scores)
                    for k, true in zip(KS, truth[step], strict=True):
                        found = precision_at_k(c, k)
                        plain = wilson_interval(found.value * k, k)
                        for name, ends in (("plain", plain), ("default", found.interval)):
                            held[k, name, step][at].append(float(holds(*map(np.asarray, ends), true)))
        for k in KS:
            each = [[" ".join(map(per_cent, held[k, name, step])) for name in ("plain", "default")] for step in STEPS]
            whose = f"{share}, {topped * 100:g} % of the others on top" if topped else str(share)
            rows.append([whose, str(k), *each[0], *each[1]])
    head = ["share of positives", "k", "Wilson holds", "default holds", "tied: Wilson holds", "tied: default holds"]
    return Table("Precision among the k highest of 1,000 scores", head, rows, repeats)


def share_at_top(share: float, shift: float, parts: np.ndarray, step: float, topped: float = 0.0) -> np.ndarray:
    """The true share of positives in so large parts of the highest scores, rounded to the step; 0 rounds to none."""
    size = step or 1e-4
    cells = np.arange(round(16 / size), -round(9 / size), -1) * size

    def mass(at: float) -> np.ndarray:
        return np.asarray(stats.norm.sf(cells - size / 2 - at) - stats.norm.sf(cells + size / 2 - at))

    others = (1 - topped) * mass(0) + topped * mass(ABOVE)
    found = np.cumsum([share * mass(shift), (1 - share) * others], axis=1)
    return np.interp(parts, found.sum(axis=0), found[0]) / parts
