#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
What the matrix of simulations says.

    report.py RUNS RESULTS

reads runs.csv, bounds.csv, times.csv and module.csv in RUNS, the runs of the drawn
scenarios in RUNS/drawn and of other loads in RUNS/between, and writes tables (CSV), pictures (SVG) and results.rst into
RESULTS. Everything but the times is the same whenever and wherever it is made.
"""

import csv
import functools
import glob
import json
import math
import os
import sys
import textwrap
from collections import defaultdict

import plot

# Figures to reach, by load.
TARGETS = {
    "tuned": {"0.5": 0.86, "1": 0.63, "2": 0.52},
    "fixed": {"0.5": 0.84, "1": 0.82, "2": 0.69},
    "terastal": {"0.5": 0.93, "1": 0.93, "2": 0.86},
}
BOUND_TARGET = 1.03
RESERVE_TARGET = 1.05
PUBLISHED = {"planaria": 0.322, "veltair": 0.500}

DREAM = ("dream", "equal", "1", "1")
TUNED = ("dream", "tuned", "1", "1")
TUNED_FAST = ("dream", "tuned-0.5s", "1", "1")
TERASTAL = ("terastal", "equal", "1", "1")
RESERVE = ("dream-reserve", "equal", "1", "1")
BEST = ("lbe", "equal", "1", "1")
BEST_OWN = ("lbe", "hopeless", "1", "1")


def read(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(path, head, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def geometric(values):
    values = list(values)
    return math.exp(sum(map(math.log, values)) / len(values))


def mean(values):
    values = list(values)
    return sum(values) / len(values)


class Matrix:
    """The runs: of each configuration, by cell (scenario, platform, load)."""

    def __init__(self, directory):
        self.directory = directory
        self.runs = defaultdict(lambda: defaultdict(dict))
        for row in read(os.path.join(directory, "runs.csv")):
            config = tuple(row[k] for k in ("policy", "mechanisms", "alpha",
                                            "beta"))
            cell = (row["scenario"], row["platform"], row["load"])
            self.runs[config][cell][int(row["seed"])] = {
                k: float(v) for k, v in row.items()
                if k not in ("scenario", "platform", "policy", "mechanisms")}
        self.bounds = defaultdict(dict)
        for row in read(os.path.join(directory, "bounds.csv")):
            cell = (row["scenario"], row["platform"], row["load"])
            self.bounds[cell][int(row["seed"])] = row
        self.times = read(os.path.join(directory, "times.csv"))
        self.cells = sorted(self.runs[DREAM])
        self.scenarios = sorted({c[0] for c in self.cells})
        self.platforms = sorted({c[1] for c in self.cells})
        self.loads = sorted({c[2] for c in self.cells}, key=float)
        self.seeds = sorted(self.runs[DREAM][self.cells[0]])
        self.policies = sorted({c[0] for c in self.runs})
        self.weights = sorted(c for c in self.runs if c[1] == "weights")
        self.configs = sorted(c for c in self.runs if c[1] != "weights")

    def check(self):
        """No policy is below the bound, or the bound is wrong."""
        for config, cells in self.runs.items():
            key = ("violated_heaviest" if config[1] == "bare" else "violated")
            for cell, runs in cells.items():
                for seed, run in runs.items():
                    if run["violated"] < float(self.bounds[cell][seed][key]):
                        sys.exit(f"{config} in {cell}, seed {seed}: fewer "
                                 "violations than the lower bound allows")

    def cells_at(self, load):
        return [c for c in self.cells if load in (c[2], None)]

    def each(self, config, load):
        """Runs of a configuration at a load, or at all."""
        for cell in self.cells_at(load):
            yield from self.runs[config][cell].values()

    @functools.lru_cache(maxsize=None)
    def pairs(self, one, other, load, key="uxcost"):
        """Geometric mean of the ratios, seed by seed."""
        return geometric(self.runs[one][cell][seed][key] /
                         self.runs[other][cell][seed][key]
                         for cell in self.cells_at(load)
                         for seed in self.seeds)

    def cell_mean(self, config, cell, key="uxcost"):
        return mean(run[key] for run in self.runs[config][cell].values())

    def means(self, one, other, load, key="uxcost"):
        """Geometric mean of the ratios of the means over the seeds."""
        return geometric(self.cell_mean(one, cell, key) /
                         self.cell_mean(other, cell, key)
                         for cell in self.cells_at(load))

    @functools.lru_cache(maxsize=None)
    def rate(self, config, load, key):
        return mean(run[key] / run["frames"]
                    for run in self.each(config, load))

    @functools.lru_cache(maxsize=None)
    def variant(self, config, load):
        """Mean variant, of the scenarios that have a supernet."""
        with_variants = {cell[0] for config in self.configs
                         for cell, runs in self.runs[config].items()
                         if any(run["mean_variant"] for run in runs.values())}
        values = [run["mean_variant"] for cell in self.cells_at(load)
                  if cell[0] in with_variants
                  for run in self.runs[config][cell].values()]
        return mean(values) if values else 0

    def energy(self, config, load):
        return mean(run["energy_nj"] / run["cheapest_nj"]
                    for run in self.each(config, load) if run["cheapest_nj"])

    def floor(self, config, load):
        """What UXCost could be at least with the same frames and variants."""
        return geometric(run["floor"] / run["uxcost"]
                         for run in self.each(config, load))

    def bound(self, load, key="violated"):
        return mean(float(row[key]) / float(row["frames"])
                    for cell in self.cells_at(load)
                    for row in self.bounds[cell].values())

    def evaluations(self, config, load):
        return (sum(run["evaluations"] for run in self.each(config, load)) /
                sum(run["decisions"] for run in self.each(config, load)))

    @functools.lru_cache(maxsize=None)
    def best_weights(self, load):
        return min(self.weights,
                   key=lambda config: self.pairs(config, DREAM, load))

    def against_best_of_cell(self, config, load):
        """Against the best weights of each scenario and platform by itself."""
        ratios = []
        for cell in self.cells_at(load):
            best = min(self.weights, key=lambda w, c=cell: geometric(
                run["uxcost"] for run in self.runs[w][c].values()))
            ratios += [self.runs[config][cell][seed]["uxcost"] /
                       self.runs[best][cell][seed]["uxcost"]
                       for seed in self.seeds]
        return geometric(ratios)

    @functools.lru_cache(maxsize=None)
    def worst_place(self, one, other, load):
        """The scenario and platform where the first does worst."""
        ratios = {}
        for scenario in self.scenarios:
            for platform in self.platforms:
                cells = [c for c in self.cells_at(load)
                         if c[:2] == (scenario, platform)]
                ratios[scenario, platform] = geometric(
                    self.runs[one][c][s]["uxcost"] /
                    self.runs[other][c][s]["uxcost"]
                    for c in cells for s in self.seeds)
        place = max(ratios, key=ratios.get)
        return ratios[place], place, ratios


def worst_of_all(matrix, load):
    """Where another policy with equal mechanisms is farthest ahead of lbe."""
    worst = []
    ahead = 0
    places = {cell[:2] for cell in matrix.cells_at(load)}
    for scenario, platform in sorted(places):
        cell = (scenario, platform, load)
        ratios = {policy: geometric(
            matrix.runs[BEST][cell][s]["uxcost"] /
            matrix.runs[policy, "equal", "1", "1"][cell][s]["uxcost"]
            for s in matrix.seeds) for policy in matrix.policies}
        policy = max(ratios, key=ratios.get)
        ahead += ratios[policy] > 1.05
        worst.append((ratios[policy], policy, scenario, platform))
    return ahead, len(places), sorted(worst, reverse=True)


def worst_text(matrix, load):
    ahead, places, worst = worst_of_all(matrix, load)
    most = "; ".join(f"{ratio:.3f} of {policy}'s in {scenario} on {platform}"
                     for ratio, policy, scenario, platform in worst[:3])
    return (f"In {ahead} of {places} places (scenario and platform) at load "
            f"{load} the best policy for that very place is more than 5 % "
            f"better than lbe. UXCost of lbe is there at most {most}.")


# ---------------------------------------------------------------------- tables


def summary_rows(matrix):
    for load in matrix.loads:
        for config in matrix.configs:
            yield [load, config[0], config[1]] + [f"{v:.4f}" for v in (
                matrix.pairs(config, DREAM, load),
                matrix.means(config, DREAM, load),
                matrix.pairs(config, DREAM, load, "uxc"),
                matrix.rate(config, load, "violated"),
                matrix.rate(config, load, "dropped"),
                matrix.variant(config, load),
                matrix.energy(config, load),
                matrix.evaluations(config, load))]


SUMMARY_HEAD = ["load", "policy", "mechanisms", "uxcost_pairs", "uxcost_means",
                "uxc_pairs", "violation_rate", "drop_rate", "mean_variant",
                "energy_over_cheapest", "evaluations_per_decision"]


def cell_rows(matrix):
    for config in matrix.configs:
        if config[1] not in ("equal", "tuned", "tuned-0.5s") and \
           config != BEST_OWN:
            continue
        for cell in matrix.cells:
            runs = matrix.runs[config][cell].values()
            yield [*cell, config[0], config[1]] + [f"{v:.5g}" for v in (
                mean(r["uxcost"] for r in runs),
                mean(r["uxc"] for r in runs),
                mean(r["violated"] / r["frames"] for r in runs),
                mean(r["dropped"] / r["frames"] for r in runs),
                mean(r["mean_variant"] for r in runs))]


def bound_rows(matrix):
    for cell in matrix.cells:
        rows = matrix.bounds[cell].values()
        yield [*cell] + [f"{mean(float(r[k]) / float(r['frames']) for r in rows):.5f}"
                         for k in ("violated", "violated_heaviest")]


def weight_rows(matrix):
    for load in matrix.loads:
        for config in matrix.weights:
            yield [load, config[2], config[3],
                   f"{matrix.pairs(config, DREAM, load):.4f}",
                   f"{matrix.rate(config, load, 'violated'):.4f}"]


def cost_rows(matrix):
    seconds, decisions, looked = (defaultdict(float) for _ in range(3))
    for row in matrix.times:
        if row["mechanisms"] == "equal":
            seconds[row["policy"]] += float(row["seconds"])
    for policy in matrix.policies:
        for run in matrix.each((policy, "equal", "1", "1"), None):
            decisions[policy] += run["decisions"]
            looked[policy] += run["evaluations"]
    for policy in matrix.policies:
        yield [policy, f"{looked[policy] / decisions[policy]:.2f}",
               f"{seconds[policy] / decisions[policy] * 1e9:.0f}"]


# ------------------------------------------------- drawn scenarios, the module


def drawn_rows(drawn):
    for load in drawn.loads:
        for config in drawn.configs:
            yield [load, config[0]] + [f"{v:.4f}" for v in (
                drawn.pairs(config, DREAM, load),
                drawn.pairs(BEST, config, load),
                drawn.pairs(config, DREAM, load, "uxc"),
                drawn.rate(config, load, "violated"),
                drawn.rate(config, load, "dropped"),
                drawn.variant(config, load),
                drawn.energy(config, load))]


DRAWN_HEAD = ["load", "policy", "uxcost_pairs", "lbe_uxcost_pairs", "uxc_pairs",
              "violation_rate", "drop_rate", "mean_variant",
              "energy_over_cheapest"]


def drawn_kind(directory):
    """What has been drawn, in words."""
    def read_all(pattern):
        for name in glob.glob(os.path.join(directory, pattern)):
            with open(name, encoding="utf-8") as file:
                yield json.load(file)

    streams = [s["streams"] for s in read_all("scenarios/*.json")]
    npus = [len(p["npus"]) for p in read_all("scenarios/platforms/*.json")]
    counts = [len(s) for s in streams]
    rates = [stream["fps"] for s in streams for stream in s]
    children = sum("parent" in stream for s in streams for stream in s)
    return (f"{len(streams)} scenarios of {min(counts)} to {max(counts)} "
            f"streams with {min(rates)} to {max(rates)} frames per second, "
            f"{children} of the {sum(counts)} streams behind another's result, "
            f"on {len(npus)} platforms of {min(npus)} to {max(npus)} arrays of "
            "any kind and size (tools/experiments/drawn.py)")


def drawn_text(drawn):
    lines = [worst_text(drawn, load) for load in drawn.loads]
    for load in drawn.loads:
        value, place, ratios = drawn.worst_place(BEST, RESERVE, load)
        worse = sum(r > 1.05 for r in ratios.values())
        lines.append(f"Load {load}: lbe is more than 5 % above dream-reserve in "
                     f"{worse} of {len(ratios)} places, most in {place[0]} on "
                     f"{place[1]}: {value:.3f}. Drop rate "
                     f"{drawn.rate(BEST, load, 'dropped'):.4f}, dream's "
                     f"{drawn.rate(DREAM, load, 'dropped'):.4f}; mean variant "
                     f"{drawn.variant(BEST, load):.3f}, dream's "
                     f"{drawn.variant(DREAM, load):.3f}; violation rate "
                     f"{drawn.rate(BEST, load, 'violated'):.4f}, dream's "
                     f"{drawn.rate(DREAM, load, 'violated'):.4f}, lower bound "
                     f"{drawn.bound(load):.4f}.")
    return "\n".join(map(item, lines))


def between_rows(between):
    for load in between.loads:
        for config in between.configs:
            yield [load, config[0]] + [f"{v:.4f}" for v in (
                between.pairs(config, DREAM, load),
                between.pairs(BEST, config, load),
                between.rate(config, load, "violated"),
                between.rate(config, load, "dropped"))]


BETWEEN_HEAD = ["load", "policy", "uxcost_pairs", "lbe_uxcost_pairs",
                "violation_rate", "drop_rate"]


def module_text(rows):
    same = sum(row["apart"] == "0" for row in rows)
    close = sum(float(row["apart"]) <= 0.01 * float(row["frames"])
                for row in rows)
    far = [f"{row['apart']} of {row['frames']} in {row['scenario']} at load "
           f"{row['load']} under {row['policy']}"
           for row in rows
           if float(row["apart"]) > 0.01 * float(row["frames"])]
    text = (f"In {same} of {len(rows)} runs the counts of frames met, missed and "
            "dropped of every model are those of the simulator, in "
            f"{close} they differ by at most 1 % of the scenario's frames.")
    if far:
        within = sum(float(row["violated_least"]) <= float(row["violated"]) <=
                     float(row["violated_most"]) for row in rows)
        text += (" The others: " + "; ".join(far) + ". A decision in the module "
                 "comes some microseconds later, after an arrival up to 0.3 ms, "
                 "and in overload that can turn two jobs round, from where on "
                 "the runs go different ways. How much depends on it the "
                 "simulator itself tells: least and most are the frames "
                 "violated with 5, 10, 20, 50 and 100 us from each decision to "
                 f"what it starts; in {within} of {len(rows)} runs the module's "
                 "number lies between them.")
    return text


def rst_table(head, rows):
    """A grid that docutils calls a simple table."""
    rows = [[str(c) for c in row] for row in rows]
    width = [max(len(row[i]) for row in [head] + rows)
             for i in range(len(head))]
    rule = "  ".join("=" * w for w in width)

    def line(row):
        return "  ".join(c.ljust(w) for c, w in zip(row, width)).rstrip()

    return "\n".join([rule, line(head), rule, *map(line, rows), rule, ""])


# --------------------------------------------------------------------- targets


def verdict(value, target):
    return "reached" if value <= target + 5e-4 else "NOT reached"


def target_rows(matrix):
    """What is to be reached, what came out: (what, load, target, value, ...)."""
    rows = []

    def ratio(what, load, target, config, value):
        rows.append([what, config[1], load, f"{target:.2f}", f"{value:.3f}",
                     verdict(value, target)])

    for config in (BEST, BEST_OWN):
        for load, target in TARGETS["tuned"].items():
            ratio("UXCost / dream, tuned", load, target, config,
                  matrix.pairs(config, TUNED, load))
        for load, target in TARGETS["tuned"].items():
            ratio("the same, windows of 0.5 s", load, target, config,
                  matrix.pairs(config, TUNED_FAST, load))
        for load, target in TARGETS["fixed"].items():
            ratio("UXCost / dream, best fixed weights", load, target, config,
                  matrix.pairs(config, matrix.best_weights(load), load))
        for load, target in TARGETS["fixed"].items():
            ratio("the same, best weights of each cell", load, target, config,
                  matrix.against_best_of_cell(config, load))
        for load, target in TARGETS["terastal"].items():
            ratio("UXCost / terastal", load, target, config,
                  matrix.pairs(config, TERASTAL, load))
        ratio("violation rate / lower bound", "1", BOUND_TARGET, config,
              matrix.rate(config, "1", "violated") / matrix.bound("1"))
        for load in matrix.loads:
            if not matrix.rate(DREAM, load, "dropped"):
                continue
            ratio("drop rate / dream's", load, 1, config,
                  matrix.rate(config, load, "dropped") /
                  matrix.rate(DREAM, load, "dropped"))
        for load in matrix.loads:
            if not matrix.variant(DREAM, load):
                continue
            ratio("mean variant / dream's", load, 1, config,
                  matrix.variant(config, load) / matrix.variant(DREAM, load))
        for load in matrix.loads + [None]:
            ratio("worst place, UXCost / dream-reserve", load or "all",
                  RESERVE_TARGET, config,
                  matrix.worst_place(config, RESERVE, load)[0])
    for policy, lower in PUBLISHED.items():
        for load in matrix.loads + [None]:
            ratio(f"UXCost of dream, tuned / {policy}, bare", load or "all",
                  1 - lower, TUNED,
                  matrix.pairs(TUNED, (policy, "bare", "1", "1"), load))
    return rows


TARGET_HEAD = ["figure", "mechanisms", "load", "to reach", "value", "verdict"]


# -------------------------------------------------------------------- pictures


def draw(matrix, directory):
    def path(name):
        return os.path.join(directory, name)

    equal = [(p, (p, "equal", "1", "1")) for p in matrix.policies]
    plot.lines(path("uxcost.svg"),
               "UXCost against dream, equal mechanisms (geometric mean)",
               "load", matrix.loads,
               [(name, [matrix.pairs(c, DREAM, load) for load in matrix.loads])
                for name, c in equal], log=True)
    plot.lines(path("violations.svg"), "Violation rate, equal mechanisms",
               "load", matrix.loads,
               [(name, [matrix.rate(c, load, "violated")
                        for load in matrix.loads]) for name, c in equal] +
               [("(lower bound)", [matrix.bound(load)
                                   for load in matrix.loads])])
    plot.lines(path("energy.svg"),
               "Energy against the cheapest accelerator of each layer",
               "load", matrix.loads,
               [(name, [matrix.energy(c, load) for load in matrix.loads])
                for name, c in equal], log=True)
    ratios = matrix.worst_place(BEST, RESERVE, None)[2]
    plot.heat(path("places.svg"),
              "UXCost of lbe against dream-reserve, all loads",
              matrix.platforms,
              matrix.scenarios,
              [[ratios[s, p] for p in matrix.platforms]
               for s in matrix.scenarios])
    values = sorted({c[2] for c in matrix.weights}, key=float)
    for load in matrix.loads:
        plot.heat(path(f"weights-{load}.svg"),
                  f"dream by weights against alpha = beta = 1, load {load}",
                  [f"beta {b}" for b in values], [f"alpha {a}" for a in values],
                  [[matrix.pairs(("dream", "weights", a, b), DREAM, load)
                    for b in values] for a in values])


# ------------------------------------------------------------------------ text


def ahead(matrix, load, mechanisms):
    """Who has a lower UXCost than lbe with the same mechanisms."""
    found = []
    for policy in matrix.policies:
        value = matrix.pairs(("lbe", mechanisms, "1", "1"),
                             (policy, mechanisms, "1", "1"), load)
        if value > 1:
            found.append(f"{policy} (lbe's is {value:.3f} of it)")
    return ", ".join(found) or "no policy"


def item(text):
    return textwrap.fill(text, 79, initial_indent="- ",
                         subsequent_indent="  ")


def unfavourable(matrix, targets):
    missed = sum(row[5] != "reached" for row in targets)
    lines = [f"{missed} of the {len(targets)} rows above are not reached.",
             "The rows that set lbe with the rule for hopeless frames against "
             "others with DREAM's rule mix what the policy gains with what the "
             "rule does."]
    for load in matrix.loads:
        if any(matrix.rate(config, load, "violated")
               for config in (DREAM, TUNED, TERASTAL)):
            continue
        lines.append(f"Load {load}: dream with equal mechanisms, tuned dream and "
                     "terastal violate no frame. UXCost then measures energy alone, and a policy "
                     "that does the same frames with the same variants cannot "
                     f"come below {matrix.floor(DREAM, load):.3f} of dream's, "
                     f"{matrix.floor(TUNED, load):.3f} of tuned dream's and "
                     f"{matrix.floor(TERASTAL, load):.3f} of terastal's: all "
                     "frames met, each layer on the accelerator where it needs "
                     "the least energy. A figure below that can be had with "
                     "lighter variants only.")
    for load in matrix.loads:
        for mechanisms in ("bare", "equal", "hopeless"):
            lines.append(f"Load {load}, {mechanisms} under all: a lower UXCost "
                         f"than lbe has {ahead(matrix, load, mechanisms)}.")
    for load in matrix.loads:
        lines.append(
            f"Load {load}: UXCost of lbe against dream that is not tuned, both "
            f"equal {matrix.pairs(BEST, DREAM, load):.3f}, both hopeless "
            f"{matrix.pairs(BEST_OWN, ('dream', 'hopeless', '1', '1'), load):.3f}"
            "; against terastal, both hopeless "
            f"{matrix.pairs(BEST_OWN, ('terastal', 'hopeless', '1', '1'), load):.3f}"
            ".")
    for load in matrix.loads:
        value = matrix.pairs(TUNED, DREAM, load)
        fast = matrix.pairs(TUNED_FAST, DREAM, load)
        lines.append(f"Load {load}: the tuner changes dream's UXCost by a "
                     f"factor of {value:.3f} against alpha = beta = 1 left "
                     f"alone, with windows of 0.5 s by {fast:.3f}.")
    lines += [worst_text(matrix, load) for load in matrix.loads]
    for load in matrix.loads:
        value, place, _ = matrix.worst_place(BEST, RESERVE, load)
        lines.append(f"Load {load}: lbe does worst against dream-reserve in "
                     f"{place[0]} on {place[1]}: {value:.3f}.")
    for load in matrix.loads:
        lines.append(
            f"Load {load}: with the rule for hopeless frames lbe drops "
            f"{matrix.rate(BEST_OWN, load, 'dropped'):.4f} of the frames, with "
            f"DREAM's rule {matrix.rate(BEST, load, 'dropped'):.4f}; dream "
            f"{matrix.rate(('dream', 'hopeless', '1', '1'), load, 'dropped'):.4f}"
            f" and {matrix.rate(DREAM, load, 'dropped'):.4f}. UXc of lbe, "
            "hopeless over equal: "
            f"{matrix.pairs(BEST_OWN, BEST, load, 'uxc'):.3f}.")
    return "\n".join(map(item, lines))


INTRO = """\
.. SPDX-License-Identifier: GPL-2.0
.. Made by tools/experiments/report.py; "make experiments" makes it again.

===============================
What the simulations have shown
===============================

{scenarios} scenarios on {platforms} platforms at the loads {loads}, {seeds}
seeds of 10 s each, simulated by dreamsim (Documentation/dreamsim.rst): {runs} runs. A
load of 2 makes every layer take twice as long. All figures on this page come from
``make experiments``.

*bare* is a policy without mechanisms: no frame is given up, every frame runs the
heaviest variant. *equal* puts the same mechanisms under each policy: DREAM's rule
for drops, with its cap of 2 of 10, and the choice of variants. *hopeless* is the
same with the rule that lbe was designed for: a frame that cannot be met any more
and that nobody waits for is dropped. *tuned* is dream with equal mechanisms and
its online tuner, which starts from alpha = beta = 1, with windows of 1 s, the module's
default; *tuned-0.5s* has windows half as long.
*weights* is dream with equal mechanisms and fixed weights, each of 0, 0.1, 0.5, 1
and 2 with each; "best" are those with the lowest UXCost over all scenarios and
platforms at a load, or, in rows that say so, in each cell by itself, chosen on
the very runs that are compared.

Ratios are geometric means over all runs of a load, each divided by the run of
the other policy with the same scenario, platform and seed (*pairs*), or over all
cells, mean divided by mean over the seeds (*means*). Below 1 is better.

UXCost = (sum of DLV) x (sum of NormEnergy) over the models of a run. It can be
gamed: a dropped frame costs no energy. UXc, beside it, takes the energy for
each frame that was done.

The lower bound of the violation rate holds for every policy; it is relaxed:
frames that no accelerator can finish in time count, and of the others as many as
have to be left out so that the rest fits into the time of all accelerators,
window by window, with each layer where it takes least. tools/experiments/bound.h
derives it. With equal mechanisms every variant may be taken; "bare" is bounded
with the heaviest alone.

Energy is divided by what the layers of the frames that were done would have
needed, each on the accelerator that needs the least; energy of frames that were
dropped on their way is in the numerator only.

"""


def write_text(matrix, drawn, between, module, directory, targets, costs):
    runs = sum(len(cells[c]) for cells in matrix.runs.values() for c in cells)
    with open(os.path.join(directory, "results.rst"), "w",
              encoding="utf-8") as file:
        def section(title):
            file.write(f"\n{title}\n{'=' * len(title)}\n\n")

        def paragraph(text):
            file.write(textwrap.fill(text, 79) + "\n\n")

        file.write(INTRO.format(scenarios=len(matrix.scenarios),
                                platforms=len(matrix.platforms),
                                loads=", ".join(matrix.loads),
                                seeds=len(matrix.seeds), runs=runs))
        section("Figures to reach")
        paragraph("lbe is compared with the others, with the mechanisms that "
                  "the second column names; the others have equal mechanisms "
                  "unless the row says otherwise.")
        file.write(rst_table(TARGET_HEAD, targets))
        section("What speaks against it")
        file.write(unfavourable(matrix, targets) + "\n")
        rows = list(summary_rows(matrix))
        for load in matrix.loads:
            section(f"Load {load}")
            paragraph(f"Lower bound of the violation rate: "
                      f"{matrix.bound(load):.4f}, with the heaviest variants "
                      f"{matrix.bound(load, 'violated_heaviest'):.4f}. UXCost "
                      "and UXc against dream with equal mechanisms and alpha = "
                      "beta = 1.")
            file.write(rst_table(
                ["policy", "mechanisms", "UXCost, pairs", "means",
                 "UXc, pairs", "violated", "dropped", "variant", "energy",
                 "pairs/decision"],
                [row[1:] for row in rows if row[0] == load]))
        section("Weights of dream")
        file.write("The lowest UXCost, with equal mechanisms, against alpha = "
                   "beta = 1.\n\n")
        best = [(load, matrix.best_weights(load)) for load in matrix.loads]
        file.write(rst_table(
            ["load", "alpha", "beta", "UXCost"],
            [[load, c[2], c[3], f"{matrix.pairs(c, DREAM, load):.3f}"]
             for load, c in best]))
        section("Scenarios drawn by lot")
        paragraph(f"{drawn_kind(drawn.directory)}, {len(drawn.seeds)} seeds of "
                  "10 s each; equal mechanisms, alpha = beta = 1. While lbe was "
                  "made it was tried on others, drawn in the same way from the "
                  "same models, but not on these. UXCost and UXc against dream; "
                  "lbe: its UXCost against the policy's.")
        file.write(drawn_text(drawn) + "\n\n")
        file.write(rst_table(
            ["load", "policy", "UXCost, pairs", "lbe", "UXc, pairs", "violated",
             "dropped", "variant", "energy"], list(drawn_rows(drawn))))
        section("Other loads")
        paragraph("The five scenarios on the eight platforms at loads between "
                  f"those above, and beyond, {len(between.seeds)} seeds of 10 s "
                  "each; equal mechanisms, alpha = beta = 1. UXCost against "
                  "dream; lbe: its UXCost against the policy's.")
        file.write("\n".join(item(worst_text(between, load))
                             for load in between.loads) + "\n\n")
        file.write(rst_table(["load", "policy", "UXCost, pairs", "lbe",
                              "violated", "dropped"],
                             list(between_rows(between))))
        section("On the real module")
        paragraph("The kernel module with virtual NPUs, in a guest in virtual "
                  "time, beside the simulator: every scenario on its platform, "
                  "equal mechanisms, seed 1, 2 s, with phases of 3.71 ms from "
                  "stream to stream. Time is stretched 300 times, so that what "
                  "the kernel's own work takes is small beside the layers, and "
                  "the simulator is told that a layer begins 10 us after the "
                  "decision (tools/experiments/module.sh). All output of all "
                  "layers was compared and right. Apart is the largest "
                  "difference of a count of a model, in frames.")
        paragraph(module_text(module))
        file.write(rst_table(
            ["scenario", "load", "policy", "frames", "violated", "simulator",
             "least", "most", "apart", "UXCost", "simulator"],
            [[row["scenario"], row["load"], row["policy"], row["frames"],
              row["violated"], row["violated_sim"], row["violated_least"],
              row["violated_most"], row["apart"],
              f"{float(row['uxcost']):.4f}", f"{float(row['uxcost_sim']):.4f}"]
             for row in module]))
        section("Cost of a decision")
        paragraph("Pairs of job and accelerator that are looked at for each "
                  "start or drop, and the time of the whole simulation for "
                  "each of them, on the machine that made this page. The times "
                  "are the only simulated figures that another machine does "
                  "not repeat.")
        file.write(rst_table(["policy", "pairs", "ns"], costs))
        section("Pictures and tables")
        for name in ("uxcost", "violations", "energy", "places") + tuple(
                f"weights-{load}" for load in matrix.loads):
            file.write(f".. image:: {name}.svg\n\n")
        paragraph("summary.csv, cells.csv, bounds.csv, weights.csv, "
                  "targets.csv, drawn.csv, between.csv, module.csv and "
                  "decision_cost.csv hold the numbers.")


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: report.py RUNS RESULTS")
    matrix = Matrix(sys.argv[1])
    matrix.check()
    drawn = Matrix(os.path.join(sys.argv[1], "drawn"))
    drawn.check()
    between = Matrix(os.path.join(sys.argv[1], "between"))
    between.check()
    module = read(os.path.join(sys.argv[1], "module.csv"))
    directory = sys.argv[2]
    os.makedirs(directory, exist_ok=True)

    def path(name):
        return os.path.join(directory, name)

    targets = target_rows(matrix)
    costs = list(cost_rows(matrix))
    write(path("summary.csv"), SUMMARY_HEAD, summary_rows(matrix))
    write(path("cells.csv"), ["scenario", "platform", "load", "policy",
                              "mechanisms", "uxcost", "uxc", "violation_rate",
                              "drop_rate", "mean_variant"], cell_rows(matrix))
    write(path("bounds.csv"), ["scenario", "platform", "load",
                               "violation_rate", "violation_rate_heaviest"],
          bound_rows(matrix))
    write(path("weights.csv"), ["load", "alpha", "beta", "uxcost_pairs",
                                "violation_rate"], weight_rows(matrix))
    write(path("targets.csv"), TARGET_HEAD, targets)
    write(path("drawn.csv"), DRAWN_HEAD, drawn_rows(drawn))
    write(path("between.csv"), BETWEEN_HEAD, between_rows(between))
    write(path("module.csv"), list(module[0]), [row.values() for row in module])
    write(path("decision_cost.csv"), ["policy", "evaluations_per_decision",
                                      "ns_per_decision"], costs)
    draw(matrix, directory)
    write_text(matrix, drawn, between, module, directory, targets, costs)


if __name__ == "__main__":
    main()
