#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""An event simulation of a scenario, in floating point.

It is written from the description of the algorithms and of the scenarios, and
shares no line with the scheduler: where the two agree, both have understood the
same thing.

    simulate.py SCENARIO [--policy NAME] [--load X] [--duration MS]
                [--platform FILE] [--slack-floor NS]

Semantics. The jobs of a stream run in order, one at a time, layer by layer; a layer
that runs is not interrupted. A frame that arrives while `depth` frames of its stream
have not ended is dropped at the source. A child's frame arrives when its parent's
is done; it is dropped with its parent. Dispatch: whenever an accelerator is idle and a
job is ready, one pair of them is taken, and again.

    fifo    the job released first, on the idle accelerator with the smallest id
    edf     the earliest deadline, where its next layer is fastest among the idle
    dream   the pair with the largest MapScore

Gates and cascades are taken if their probability is more than one half: for a
comparison they have to be certain. Drop rules and supernets are off.
"""

import argparse
import csv
import heapq
import json
import math
import os
import sys

STARVATION_MAX = 10.0
SWITCH_NJ = 0.216       # per byte
ALPHA = BETA = 1.0


def rows(path):
    """Rows of a CSV file, without comments."""
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file
                                   if not line.startswith("#")))


def load(path, base=None):
    """A document and the directory that its own paths are relative to."""
    path = os.path.join(base or ".", path)
    with open(path, encoding="utf-8") as file:
        return json.load(file), os.path.dirname(path)


class Layer:
    """Latency in ns and energy in nJ on each accelerator; sizes in bytes."""

    def __init__(self, shape, costs):
        self.latency = [cost[0] for cost in costs]
        self.energy = [cost[1] for cost in costs]
        out_y = math.ceil(shape["Y_in"] / shape["stride"])
        out_x = math.ceil(shape["X_in"] / shape["stride"])
        self.reads = shape["C"] * shape["Y_in"] * shape["X_in"]
        self.writes = shape["K"] * out_y * out_x
        self.mean = sum(self.latency) / len(self.latency)


class Model:
    """The heaviest variant of a model, on a platform."""

    def __init__(self, document, base, npus, clock_scale):
        self.name = document["name"]
        self.npus = npus
        self.clock_scale = clock_scale
        self.shapes = rows(os.path.join(base, document["layer_table"]))
        self.costs = {}
        for row in rows(os.path.join(base, document["cost_table"])):
            key = (row["model"], int(row["layer"]), int(row["pes"]),
                   row["dataflow"].lower())
            self.costs[key] = (int(row["cycles"]), int(row["energy_nJ"]))

        variant = document["variants"][0]
        self.layers = []
        for part in variant["layers"] if isinstance(variant["layers"], list) \
                else [{"table": variant["layers"]}]:
            self.add_rows(part)
        self.gates = {gate["layer"]: (gate["target"], gate["probability"])
                      for gate in variant.get("gates", [])}
        self.to_go = self.expected_rest()

    def add_rows(self, part):
        names = ("K", "C", "Y_in", "X_in", "stride")
        for row in self.shapes:
            index = int(row["layer"])
            if row["model"] != part["table"] or \
                    not part.get("first", 0) <= index <= part.get("last", index):
                continue
            costs = []
            for npu in self.npus:
                cycles, energy = self.costs[(row["model"], index, npu["pes"],
                                             npu["dataflow"])]
                khz = npu.get("clock_mhz", 700) * 1000 / self.clock_scale
                costs.append((cycles * 1e6 / khz, energy))
            self.layers.append(Layer({n: int(row[n]) for n in names}, costs))

    def expected_rest(self):
        """Mean time to go from each layer on, on the expected path."""
        rest = [0.0] * (len(self.layers) + 1)
        for index in reversed(range(len(self.layers))):
            target, probability = self.gates.get(index, (index + 1, 0))
            rest[index] = self.layers[index].mean + \
                (1 - probability) * rest[index + 1] + probability * rest[target]
        return rest

    def next_layer(self, index):
        """What follows a layer; None at the end."""
        target, probability = self.gates.get(index, (index + 1, 0))
        following = target if probability > 0.5 else index + 1
        return following if following < len(self.layers) else None


class Stream:
    def __init__(self, document, models, parent_fps):
        fps = document.get("fps", parent_fps)
        self.model = models[document["model"]]
        self.name = document.get("name", document["model"])
        self.parent = document.get("parent")
        self.wanted = document.get("probability", 1) > 0.5
        self.fps = fps
        self.phase = document.get("phase_ms", 0) * 1e6
        self.deadline = document.get("deadline_ms", 1000 / fps) * 1e6
        self.depth = document.get("depth", 2)
        self.children = []
        self.jobs = []          # released and not ended, in order
        self.met = self.missed = self.dropped = 0

    def drop(self):
        """A frame is not run; those that would have followed are not, either."""
        self.dropped += 1
        for child in self.children:
            if child.wanted:
                child.drop()


class Job:
    def __init__(self, stream, now, order):
        self.stream = stream
        self.order = order
        self.deadline = now + stream.deadline
        self.previous_end = now
        self.layer = 0

    def next(self):
        return self.stream.model.layers[self.layer]


class Simulation:
    def __init__(self, document, base, options):
        platform = options.platform or document["platform"]
        if isinstance(platform, str):
            platform, _ = load(platform, None if options.platform else base)
        self.npus = platform["npus"]
        scale = options.load or document.get("load", 1)
        self.end = (options.duration or document.get("duration_ms", 2000)) * 1e6
        self.choose = getattr(self, "choose_" + options.policy)
        self.slack_floor = options.slack_floor

        models = {}
        for entry in document["models"]:
            model, where = load(entry, base) if isinstance(entry, str) \
                else (entry, base)
            models[model["name"]] = Model(model, where, self.npus, scale)
        self.streams = {}
        for entry in document["streams"]:
            parent = self.streams.get(entry.get("parent"))
            stream = Stream(entry, models, parent.fps if parent else None)
            self.streams[stream.name] = stream
            if parent:
                parent.children.append(stream)

        count = len(self.npus)
        self.running = [None] * count
        self.ran_last = [None] * count
        self.left_behind = [0] * count          # bytes of the last output
        self.events = []
        self.order = 0
        self.now = 0.0

    # ------------------------------------------------------------- events

    def push(self, time, rank, what):
        """At equal times layers end before frames arrive, in order."""
        heapq.heappush(self.events, (time, rank, len(self.events), what))

    def run(self):
        for position, stream in enumerate(self.streams.values()):
            frame = 0
            while not stream.parent and \
                    stream.phase + frame * 1e9 / stream.fps < self.end - 1e-3:
                self.push(stream.phase + frame * 1e9 / stream.fps,
                          1 + position, stream)
                frame += 1
        while self.events:
            self.now, _, _, what = heapq.heappop(self.events)
            if isinstance(what, Stream):
                self.arrive(what)
            else:
                self.layer_ends(what)
            self.dispatch()

    def arrive(self, stream):
        if len(stream.jobs) >= stream.depth:
            stream.drop()
            return
        self.order += 1
        stream.jobs.append(Job(stream, self.now, self.order))

    def layer_ends(self, npu):
        job = self.running[npu]
        self.running[npu] = None
        self.ran_last[npu] = job
        self.left_behind[npu] = job.next().writes
        job.previous_end = self.now
        job.layer = job.stream.model.next_layer(job.layer)
        if job.layer is not None:
            return
        job.stream.jobs.remove(job)
        if self.now <= job.deadline:
            job.stream.met += 1
        else:
            job.stream.missed += 1
        for child in job.stream.children:
            if child.wanted:
                self.arrive(child)

    # ----------------------------------------------------------- dispatch

    def dispatch(self):
        while True:
            ready = [stream.jobs[0] for stream in self.streams.values()
                     if stream.jobs and stream.jobs[0] not in self.running]
            idle = [n for n, job in enumerate(self.running) if job is None]
            if not ready or not idle:
                return
            job, npu = self.choose(ready, idle)
            self.running[npu] = job
            self.push(self.now + job.next().latency[npu], 0, npu)

    def choose_fifo(self, ready, idle):
        return min(ready, key=lambda job: job.order), idle[0]

    def choose_edf(self, ready, idle):
        job = min(ready, key=lambda job: (job.deadline, job.order))
        return job, min(idle, key=lambda npu: (job.next().latency[npu], npu))

    def choose_dream(self, ready, idle):
        return max(((job, npu) for job in ready for npu in idle),
                   key=lambda pair: (self.map_score(*pair), -pair[0].order,
                                     -pair[1]))

    def map_score(self, job, npu):
        layer = job.next()
        slack = max(job.deadline - self.now, self.slack_floor)
        urgency = job.stream.model.to_go[job.layer] / slack
        latency_preference = sum(layer.latency) / layer.latency[npu]
        starvation = min((self.now - job.previous_end) / layer.mean,
                         STARVATION_MAX)
        energy_preference = sum(layer.energy) / layer.energy[npu]
        switch = 0.0
        if self.ran_last[npu] is not job:
            switch = (self.left_behind[npu] + layer.reads) * SWITCH_NJ / \
                layer.energy[npu]
        return urgency * latency_preference + ALPHA * starvation + \
            BETA * (energy_preference - switch)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("scenario")
    parser.add_argument("--policy", default="dream",
                        choices=("fifo", "edf", "dream"))
    parser.add_argument("--load", type=float)
    parser.add_argument("--duration", type=float, help="ms")
    parser.add_argument("--platform")
    parser.add_argument("--slack-floor", type=float, default=1000, help="ns")
    options = parser.parse_args()
    document, base = load(options.scenario)
    simulation = Simulation(document, base, options)
    simulation.run()
    json.dump({"policy": options.policy, "streams": [
        {"stream": stream.name, "met": stream.met, "missed": stream.missed,
         "dropped": stream.dropped}
        for stream in simulation.streams.values()]}, sys.stdout)
    print()


if __name__ == "__main__":
    main()
