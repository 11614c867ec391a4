"""Asks the same questions about the same contract in small and large ledgers, and prints the table. Started by `run --scale`."""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from speed_table import BATCH, STREAM_WINDOW, Load, print_tail

KINDS = ("standings", "longevity", "evaluation")
MOMENTS = {"now": "now, as known now", "past": "past day, as known now", "past-known": "past day, as known then"}
WARM_QUESTIONS = 200
# A first answer is one sample, and swings: a round opens each ledger so often for each of them.
OPENINGS = 3
# Written before each kill, so that there is something to replay.
EVENTS_BEFORE_KILL = 5000
# Requests made at a time: what is held in memory.
REQUESTS_AT_ONCE = 400
# On disk, an event takes less than that; the daemon keeps a reserve free besides.
BYTES_AN_EVENT = 1000
RESERVE_BYTES = 8 << 30
FLAT, REBUILD_REACH = 1.5, 0.3
# A smaller ledger is rebuilt in the time that making and flipping a view takes.
JUDGED_REBUILD_EVENTS = 1_000_000


class Ledger:
    """A daemon with its ledger: the watched contract, and events of other contracts or of its own in between."""

    def __init__(self, build, matrix, directory, events, others):
        self.build, self.directory, self.events = build, directory, events
        os.mkdir(directory)
        self.load = Load(os.path.join(build, "tests/bench/bench_load"))
        program = os.path.join(build, "ledger/waymarkd")
        self.quarters = int(self.load("watched", program, directory, matrix, others)[0])

    def fill(self):
        """Each quarter of the watched life is followed by its share of the rest."""
        sent, seconds = int(self.load("settle")[0]), 0
        for quarter in range(self.quarters):
            self.load("live", quarter)
            target = self.events * (quarter + 1) // self.quarters
            while sent < target:
                count = min(REQUESTS_AT_ONCE, (target - sent + BATCH - 1) // BATCH)
                seconds += self.stream(count, min(BATCH, target - sent))
                sent += count * min(BATCH, target - sent)
        self.head = int(self.load("settle")[0])
        print(f"  {self.head:,} events written, {sent / max(seconds, 1e-9):,.0f} events/s", file=sys.stderr)

    def stream(self, count, events):
        self.load("make", count, events, "unsigned")
        return float(self.load("stream", "ledger", STREAM_WINDOW)[0])

    def ask(self, kind, moment, count):
        return float(self.load("ask", kind, moment, count)[0])

    def reopen(self, how):
        self.load(how)
        return float(self.load("start")[0])

    def rebuild(self):
        """Events a second of the projection, and of RocksDB alone."""
        seconds, events = map(float, self.load("rebuild"))
        scan = subprocess.run([os.path.join(self.build, "tests/bench/bench_scan"),
                               os.path.join(self.directory, "data/ledger")], capture_output=True, text=True).stdout.split()
        if scan[:1] != ["ok"]:
            raise RuntimeError("bench_scan: " + " ".join(scan))
        return events / seconds, events / float(scan[1])

    def close(self):
        self.load.close()  # its daemon ends with it


class Scale:
    """The rounds of one set of ledgers, and what they gave."""

    def __init__(self, ledgers, rounds):
        self.ledgers, self.rounds = ledgers, rounds
        self.figures = {}

    def note(self, row, ledger, figure):
        self.figures.setdefault(row, {}).setdefault(ledger.events, []).append(figure)

    def in_turn(self, row, measure):
        for ledger in self.ledgers:
            self.note(row, ledger, measure(ledger))

    def measure(self):
        cells = [(kind, moment) for kind in KINDS for moment in MOMENTS]
        for turn in range(self.rounds):
            print(f"  round {turn + 1} of {self.rounds}", file=sys.stderr)
            for kind, moment in cells:
                self.in_turn((kind, moment, "warm"), lambda one, k=kind, m=moment: one.ask(k, m, WARM_QUESTIONS))
            for kind, moment in cells * OPENINGS:
                self.in_turn("open", lambda one: one.reopen("stop"))
                self.in_turn((kind, moment, "first"), lambda one, k=kind, m=moment: one.ask(k, m, 1))
            for ledger in self.ledgers:
                ours, scan = ledger.rebuild()
                self.note("rebuild", ledger, ours)
                self.note("scan", ledger, scan)
        for _ in range(self.rounds):
            for ledger in self.ledgers:
                ledger.stream(EVENTS_BEFORE_KILL // BATCH, BATCH)
                self.note("open after kill", ledger, ledger.reopen("kill"))
                ledger.load("settle")

    def row(self, name, row, scale, unit, judged):
        medians = [statistics.median(self.figures[row][ledger.events]) * scale for ledger in self.ledgers]
        ratio = medians[-1] / medians[0]
        verdict = f"<= {FLAT}: {'met' if ratio <= FLAT else 'NOT MET'}" if judged else ""
        cells = "".join(f"{figure:>12,.2f}" for figure in medians)
        print(f"{name:<40}{cells} {unit}  {ratio:>6.2f}  {verdict}".rstrip())

    def print_table(self, title):
        sizes = "".join(f"{ledger.events:>12,}" for ledger in self.ledgers)
        print(f"\n{title}\n{'events in the ledger':<40}{sizes}      ratio  reach")
        for heat in ("warm", "first"):
            for kind in KINDS:
                for moment, words in MOMENTS.items():
                    name = f"{kind}, {words}" + (", first" if heat == "first" else "")
                    self.row(name, (kind, moment, heat), 1e-3, "ms", True)
        self.row("open after a clean stop", "open", 1, "s ", False)
        self.row(f"open after kill -9, {EVENTS_BEFORE_KILL:,} events on", "open after kill", 1, "s ", False)
        for ledger in self.ledgers:
            ours = statistics.median(self.figures["rebuild"][ledger.events])
            scan = statistics.median(self.figures["scan"][ledger.events])
            verdict = f">= {REBUILD_REACH}: {'met' if ours >= REBUILD_REACH * scan else 'NOT MET'}"
            print(f"rebuild of maturity, {ledger.head:>11,} events  {ours:>12,.0f} events/s, RocksDB scan {scan:>12,.0f}  "
                  f"{ours / scan:>5.2f}  {verdict if ledger.events >= JUDGED_REBUILD_EVENTS else ''}".rstrip())


def run_variant(options, title, sizes):
    """`sizes` are (events, other contracts)."""
    directory = tempfile.mkdtemp(prefix="waymark-scale-", dir=options.directory)
    ledgers = []
    try:
        for events, others in sizes:
            print(f"{title}: {events:,} events", file=sys.stderr)
            own = os.path.join(directory, str(events))
            ledgers.append(Ledger(options.build, options.matrix, own, events, others))
            ledgers[-1].fill()
        scale = Scale(ledgers, 3 if options.quick else 5)
        scale.measure()
        scale.print_table(title)
        print(f"load average {os.getloadavg()[0]:.1f}", flush=True)
    except RuntimeError:
        for events, _ in sizes:
            print_tail(os.path.join(directory, str(events), "waymarkd.log"))
        raise
    finally:
        for ledger in ledgers:
            ledger.close()
        shutil.rmtree(directory, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description="Asks the same of small and large ledgers.")
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--matrix", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="10 k and 1 M events alone, three rounds instead of five")
    parser.add_argument("--directory", default="/var/tmp", help="a folder on disk for the ledgers, /var/tmp unless named")
    options = parser.parse_args()
    others = [(10_000, 1), (1_000_000, 500)] + ([] if options.quick else [(10_000_000, 5000)])
    needed = sum(events for events, _ in others) * BYTES_AN_EVENT + RESERVE_BYTES
    if shutil.disk_usage(options.directory).free < needed:
        print(f"bench: {options.directory}: needs {needed >> 30} GiB free; name another with --directory", file=sys.stderr)
        return 2
    started = time.monotonic()
    try:
        run_variant(options, "events of other contracts, 1 to 5,000 of them", others)
        run_variant(options, "evidence of the contract itself", [(10_000, 0), (1_000_000, 0)])
    except RuntimeError as fault:
        print(f"bench: {fault}", file=sys.stderr)
        return 1
    print(f"\nmedians of {3 if options.quick else 5} rounds, ledgers taken in turn; {os.cpu_count()} processors, shared with "
          f"the questions; through gRPC;\nfirst: the first question after opening, {OPENINGS} a round; "
          f"{time.monotonic() - started:.0f} s in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
