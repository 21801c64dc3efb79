#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Draw scenarios and platforms by lot.

    drawn.py SCENARIOS DIRECTORY

takes the models in SCENARIOS and writes scenarios and platforms that nobody has
designed into DIRECTORY: what is right for the five scenarios of the project need not
be right elsewhere. The seed is fixed, so that everybody has the same ones.
"""

import glob
import json
import os
import random
import shutil
import sys

SEED = 2026
SCENARIOS = 12
PLATFORMS = 6
RATES = (5, 10, 15, 20, 24, 30, 45, 60, 72, 90)
PROBABILITIES = (0.2, 0.5, 0.8, 1.0)


def draw_streams(lot, models):
    """Each model once; about one in three hangs on another's result."""
    streams = []
    for model in models:
        stream = {"model": model, "fps": lot.choice(RATES)}
        roots = [s for s in streams if "parent" not in s]
        if roots and lot.random() < 0.3:
            parent = lot.choice(roots)
            stream["fps"] = parent["fps"]
            stream["parent"] = parent["model"]
            stream["probability"] = lot.choice(PROBABILITIES)
        streams.append(stream)
    return streams


def draw_scenario(lot, name, files):
    models = lot.sample(sorted(files), lot.randint(2, 10))
    return {
        "name": name,
        "description": "drawn by lot",
        "platform": "platforms/chip00.json",
        "models": ["models/" + files[m] for m in models],
        "streams": draw_streams(lot, models),
        "duration_ms": 2000,
        "seed": 1,
        "load": 1.0,
        "policy": "lbe",
        "params": {"drop": 1, "supernet": 1},
    }


def draw_platform(lot, name):
    npus = [{
        "name": f"npu{n}",
        "dataflow": lot.choice(("ws", "os", "rs")),
        "pes": lot.choice((1024, 2048, 4096)),
        "clock_mhz": 700,
        "sram_kib": 8192,
        "bandwidth_mbps": 90000,
        "domain": "dram",
    } for n in range(lot.randint(2, 5))]
    return {"name": name, "description": "drawn by lot", "npus": npus}


def write(path, what):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(what, file, indent="\t")
        file.write("\n")


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: drawn.py SCENARIOS DIRECTORY")
    source, directory = sys.argv[1:]
    lot = random.Random(SEED)
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory + "/platforms")
    for name in ("models", "data"):
        shutil.copytree(f"{source}/{name}", f"{directory}/{name}")
    files = {}
    for path in sorted(glob.glob(f"{source}/models/*.json")):
        with open(path, encoding="utf-8") as file:
            files[json.load(file)["name"]] = os.path.basename(path)
    for n in range(SCENARIOS):
        name = f"drawn{n:02d}"
        write(f"{directory}/{name}.json", draw_scenario(lot, name, files))
    for n in range(PLATFORMS):
        name = f"chip{n:02d}"
        write(f"{directory}/platforms/{name}.json", draw_platform(lot, name))


if __name__ == "__main__":
    main()
