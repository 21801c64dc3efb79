#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Stretch the time of scenarios.

    stretch.py DIRECTORY FACTOR

rewrites the scenarios in DIRECTORY: streams have FACTOR times fewer frames per
second, and different phases. With a load and a duration that are FACTOR times larger,
too, everything takes FACTOR times as long, except what the kernel's own work
takes, which is small beside it then.
"""

import glob
import json
import sys


def main():
    stretch = float(sys.argv[2])
    for name in glob.glob(sys.argv[1] + "/*.json"):
        with open(name, encoding="utf-8") as file:
            scenario = json.load(file)
        for n, stream in enumerate(scenario["streams"]):
            stream["fps"] /= stretch
            if "parent" not in stream:
                stream["phase_ms"] = 3.71 * n * stretch
        with open(name, "w", encoding="utf-8") as file:
            json.dump(scenario, file)


if __name__ == "__main__":
    main()
