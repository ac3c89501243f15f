"""Medians over the rounds of several servers: medians.py SCENARIO.SERVER.ROUND.json…"""

import json
import pathlib
import statistics
import sys

rounds = {}
for path in map(pathlib.Path, sys.argv[1:]):
    report = json.loads(path.read_text())
    rounds.setdefault(path.name.split(".")[1], []).append(report)

print(f"{'':10}{'rounds':>7}{'per second':>12}{'CPU µs each':>13}{'(lowest–highest)':>20}{'p50 ms':>9}{'p99 ms':>9}{'errors':>8}")
for server, reports in rounds.items():
    costs = [report["cpu_us_per_unit"][server] for report in reports]
    latencies = [next(iter(report["latency_ms"].values())) for report in reports]
    print(
        f"{server:10}{len(reports):7}{statistics.median(report['rate'] for report in reports):12,.0f}{statistics.median(costs):13.1f}"
        f"{f'{min(costs):.1f}–{max(costs):.1f}':>20}"
        f"{statistics.median(latency['p50'] for latency in latencies):9.2f}{statistics.median(latency['p99'] for latency in latencies):9.2f}"
        f"{sum(sum(report['errors'].values()) for report in reports):8}"
    )
