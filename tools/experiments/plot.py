# SPDX-License-Identifier: GPL-2.0
"""Line charts and heat maps as SVG; the same numbers give the same bytes."""

import math
from xml.sax.saxutils import escape

COLOURS = ("#1b6ca8", "#d1495b", "#2e8b57", "#8d5a97", "#e08e1b", "#555555",
           "#17a2a2", "#b8860b", "#6a5acd", "#a0522d", "#708090", "#c71585",
           "#228b22", "#000000", "#cd5c5c")
FONT = 'font-family="sans-serif" font-size="%d"'


class Picture:
    """Elements of an SVG file."""

    def __init__(self, width, height):
        self.size = (width, height)
        self.parts = []

    def text(self, x, y, text, size=11, anchor="start", more=""):
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" '
            f'{FONT % size} {more}>{escape(text)}</text>')

    def line(self, points, colour, width=1.0, more=""):
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{joined}" fill="none" '
                          f'stroke="{colour}" stroke-width="{width}" {more}/>')

    def box(self, x, y, width, height, colour):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
                          f'height="{height:.1f}" fill="{colour}"/>')

    def dot(self, x, y, colour):
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" '
                          f'fill="{colour}"/>')

    def write(self, path):
        width, height = self.size
        with open(path, "w", encoding="utf-8") as file:
            file.write(f'<svg xmlns="http://www.w3.org/2000/svg" '
                       f'viewBox="0 0 {width} {height}">\n'
                       f'<rect width="{width}" height="{height}" '
                       f'fill="white"/>\n')
            file.write("\n".join(self.parts))
            file.write("\n</svg>\n")


def spread(places, gap):
    """Move labels apart, in order of their places."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    moved = list(places)
    last = -math.inf
    for i in order:
        moved[i] = last = max(moved[i], last + gap)
    return moved


def lines(path, title, axis, ticks, series, log=False):
    """A chart: series of (name, values); one value for each tick."""
    width, height, left, top, right, bottom = 720, 420, 60, 40, 130, 40
    picture = Picture(width, height)
    scale = math.log if log else float
    shown = [v for _, values in series for v in values if v is not None]
    low, high = min(shown), max(shown)
    if not log:
        low = min(low, 0)
    if low == high:
        high = low + 1

    def place_x(i):
        return left + i * (width - left - right) / (len(ticks) - 1)

    def place_y(value):
        part = (scale(value) - scale(low)) / (scale(high) - scale(low))
        return height - bottom - part * (height - top - bottom)

    picture.text(left, 20, title, 14)
    for i in range(6):
        part = i / 5
        value = (low * (high / low) ** part if log
                 else low + (high - low) * part)
        picture.line([(left, place_y(value)), (width - right, place_y(value))],
                     "#dddddd")
        picture.text(left - 6, place_y(value) + 4, f"{value:.3g}", 11, "end")
    for i, tick in enumerate(ticks):
        picture.text(place_x(i), height - bottom + 18, tick, 11, "middle")
    picture.text((left + width - right) / 2, height - 6, axis, 11, "middle")
    labels = spread([place_y(values[-1]) for _, values in series], 13)
    for n, (name, values) in enumerate(series):
        colour = COLOURS[n % len(COLOURS)]
        dash = 'stroke-dasharray="5 3"' if name.startswith("(") else ""
        points = [(place_x(i), place_y(v)) for i, v in enumerate(values)]
        picture.line(points, colour, 2 if name == "lbe" else 1.3, dash)
        for x, y in points:
            picture.dot(x, y, colour)
        picture.text(width - right + 8, labels[n] + 4, name, 11, "start",
                     f'fill="{colour}"')
    picture.write(path)


def shade(value):
    """Blue below 1, red above, white at 1; full at a factor of 2."""
    part = max(-1, min(1, math.log2(value))) if value > 0 else -1
    other = round(255 * (1 - abs(part) * 0.8))
    return (f"#{other:02x}{other:02x}ff" if part < 0
            else f"#ff{other:02x}{other:02x}")


def heat(path, title, columns, rows, values):
    """A map of ratios: values[row][column]."""
    cell, high, left, top = 116, 26, 120, 60
    picture = Picture(left + cell * len(columns) + 10,
                      top + high * len(rows) + 10)
    picture.text(10, 20, title, 14)
    for i, name in enumerate(columns):
        picture.text(left + cell * (i + 0.5), top - 8, name, 10, "middle")
    for j, name in enumerate(rows):
        y = top + high * j
        picture.text(left - 8, y + high * 0.65, name, 11, "end")
        for i, value in enumerate(values[j]):
            x = left + cell * i
            picture.box(x, y, cell - 2, high - 2, shade(value))
            picture.text(x + cell / 2, y + high * 0.65, f"{value:.3f}", 11,
                         "middle")
    picture.write(path)
