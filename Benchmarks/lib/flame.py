"""Draws a flame graph: flame.py FOLDED, whose lines are stacks `outer;inner count`. The SVG goes to standard output.

Every box is a function; its width is the share of the samples in which it was on the stack, its children stand on it.
"""

import collections
import html
import sys
import zlib

WIDTH, ROW, MARGIN = 1400, 17, 10
SMALLEST = 0.002  # share of the whole below which a box is left out


class Node:
    def __init__(self):
        self.count = 0
        self.children = collections.defaultdict(Node)


def read(path):
    root = Node()
    for line in open(path):
        stack, count = line.rstrip("\n").rsplit(" ", 1)
        root.count += int(count)
        node = root
        for name in stack.split(";"):
            node = node.children[name]
            node.count += int(count)
    return root


def color(name):
    hue = 200 if name.startswith(("__", "do_", "tcp_", "ip_", "sys_", "entry_")) else 25
    return f"hsl({hue + zlib.crc32(name.encode()) % 30},70%,{65 + zlib.crc32(name.encode()) % 10}%)"


def boxes(node, name, x, level, scale, total, out):
    if node.count / total < SMALLEST:
        return
    out.append((x, level, node.count * scale, name, node.count))
    for child_name, child in sorted(node.children.items()):
        boxes(child, child_name, x, level + 1, scale, total, out)
        x += child.count * scale


def main():
    root = read(sys.argv[1])
    found = []
    boxes(root, "all", MARGIN, 0, (WIDTH - 2 * MARGIN) / root.count, root.count, found)
    height = (max(level for _, level, *_ in found) + 1) * ROW + 2 * MARGIN
    print(f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="monospace" font-size="11">')
    for x, level, width, name, count in found:
        y = height - MARGIN - (level + 1) * ROW
        label = html.escape(name)
        print(f'<svg x="{x:.1f}" y="{y}" width="{width:.1f}" height="{ROW - 1}"><title>{label} {100 * count / root.count:.1f} %</title>')
        print(f'<rect width="100%" height="100%" fill="{color(name)}"/>' + (f'<text x="2" y="12">{label}</text>' if width > 30 else "") + "</svg>")
    print("</svg>")


main()
