"""Runs the load in rounds, one after the other of what is compared, and prints the table. Started by `run`."""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import postgres

PAYLOAD_BYTES = 256
IN_FLIGHT = 64
BATCH = 500
CONTRACTS = 8
# Messages unanswered on each of the two streams, and statements at a time.
STREAM_WINDOW = 32
BATCH_CLIENTS = 8


class Load:
    """bench_load, which sends what it is told to."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, *order):
        print(*order, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline().split(maxsplit=1)
        if not answer or answer[0] != "ok":
            raise RuntimeError(f"{' '.join(map(str, order))}: {' '.join(answer) or 'bench_load has ended'}")
        return answer[1].split() if len(answer) > 1 else []

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def child_named(parent, name):
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8") as file:
                comm, fields = file.read().split("(", 1)[1].rsplit(")", 1)
        except OSError:
            continue  # it has ended meanwhile
        if comm == name and int(fields.split()[1]) == parent:
            return int(entry)
    raise RuntimeError(f"{name}: not running")


class Bench:
    def __init__(self, options, directory):
        self.options, self.directory = options, directory
        self.rounds = 3 if options.quick else 5
        self.seconds = 0.5 if options.quick else 2
        self.rates = {}
        self.processor = {}
        self.pids = {}
        self.cluster = self.peer = None
        self.load = Load(os.path.join(options.build, "tests/bench/bench_load"))

    def note(self, name, rate):
        self.rates.setdefault(name, []).append(rate)
        print(f"  {name:<28} {rate:>12,.0f} events/s", file=sys.stderr)

    def start(self):
        program = os.path.join(self.options.build, "ledger/waymarkd")
        self.load("ledger", program, os.path.join(self.directory), self.options.matrix, CONTRACTS)
        self.pids["ledger"] = child_named(self.load.process.pid, "waymarkd")
        samples = []
        for kind, events in (("unary", 1), ("stream", BATCH)):
            samples.append(os.path.join(self.directory, kind))
            self.load("make", 1, events, "unsigned")
            self.load("sample", kind, samples[-1])
        self.peer = subprocess.Popen([os.path.join(self.options.build, "tests/bench/bench_peer"), *samples],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pids["nothing"] = self.peer.pid
        self.load("connect", "nothing", self.peer.stdout.readline().split()[-1])
        programs = postgres.find_programs()
        if programs is not None:
            self.cluster = postgres.Cluster(programs, os.path.join(self.directory, "postgres"), PAYLOAD_BYTES, BATCH)

    def send(self, name, kind, target, bound, count, events):
        """One run of the requests that are made; keeps its rate unless it is only a warm-up."""
        before = processor_seconds(self.pids[target])
        seconds = float(self.load(kind, target, bound)[0])
        if name is None:
            return count / seconds
        self.note(name, count * events / seconds)
        used = processor_seconds(self.pids[target]) - before
        self.processor.setdefault(name, []).append(used * 1e6 / (count * events))
        return None

    def warm_up(self, kind, bound, count, events, author="unsigned"):
        """How many requests keep the ledger busy for one round."""
        rate = 0
        for _ in range(2):
            self.load("make", count, events, author)
            rate = self.send(None, kind, "ledger", bound, count, events)
            self.send(None, kind, "nothing", bound, count, events)
        return max(int(rate * self.seconds), bound)

    def warm_up_postgres(self, script, clients, mode, statements, rows):
        """How many statements keep PostgreSQL busy for one round; 0 without it."""
        if self.cluster is None:
            return 0
        rate = self.cluster.pgbench(script, clients, mode, statements)
        return int(rate / rows * self.seconds)

    def unary_rounds(self):
        counts = {author: self.warm_up("unary", IN_FLIGHT, 2000, 1, author) for author in ("unsigned", "signed")}
        inserts = self.warm_up_postgres("single", IN_FLIGHT, "prepared", 2000, 1)
        for _ in range(self.rounds):
            for author, count in counts.items():
                self.load("make", count, 1, author)
                self.send(f"unary {author}", "unary", "ledger", IN_FLIGHT, count, 1)
                self.send(f"unary {author}, nothing", "unary", "nothing", IN_FLIGHT, count, 1)
                if self.cluster and author == "unsigned":
                    self.note("single-row INSERT", self.cluster.pgbench("single", IN_FLIGHT, "prepared", inserts))

    def stream_rounds(self):
        count = min(self.warm_up("stream", STREAM_WINDOW, 40, BATCH), 800)
        values = self.warm_up_postgres("values", BATCH_CLIENTS, "simple", 40, BATCH)
        one_id = self.warm_up_postgres("one id", BATCH_CLIENTS, "simple", 40, BATCH)
        arrays = self.warm_up_postgres("array", BATCH_CLIENTS, "prepared", 40, BATCH)
        for _ in range(self.rounds):
            self.load("make", count, BATCH, "unsigned")
            self.send("stream", "stream", "ledger", STREAM_WINDOW, count, BATCH)
            self.send("stream, nothing", "stream", "nothing", STREAM_WINDOW, count, BATCH)
            if self.cluster:
                self.note("multi-row INSERT", self.cluster.pgbench("values", BATCH_CLIENTS, "simple", values))
                self.note("one-id INSERT", self.cluster.pgbench("one id", BATCH_CLIENTS, "simple", one_id))
                self.note("array INSERT", self.cluster.pgbench("array", BATCH_CLIENTS, "prepared", arrays))

    def rebuild_rounds(self):
        # Started anew, so that all of it is in files and nothing in memory.
        self.load("restart")
        ledger = os.path.join(self.directory, "data/ledger")
        for _ in range(self.rounds):
            seconds, events = map(float, self.load("rebuild"))
            self.note("rebuild", events / seconds)
            scan = subprocess.run([os.path.join(self.options.build, "tests/bench/bench_scan"), ledger],
                                  capture_output=True, text=True).stdout.split()
            if scan[:1] != ["ok"]:
                raise RuntimeError("bench_scan: " + " ".join(scan))
            self.note("scan", events / float(scan[1]))
        self.rebuilt = int(events)

    def stop(self):
        if self.cluster:
            self.cluster.stop()
        if self.peer:
            self.peer.stdin.close()
            self.peer.wait()
        self.load.close()  # its daemon ends with it

    def print_table(self, took):
        version = f"PostgreSQL {self.cluster.version}" if self.cluster else "PostgreSQL"
        rows = [
            ("unary Append, 64 in flight", "unary unsigned", "gRPC server doing nothing", "unary unsigned, nothing", 0.5),
            ("  the same, signed", "unary signed", "gRPC server doing nothing", "unary signed, nothing", None),
            ("unary Append, 64 in flight", "unary unsigned", f"{version}, INSERT of 1 row", "single-row INSERT", 0.8),
            ("  the same, signed", "unary signed", f"{version}, INSERT of 1 row", "single-row INSERT", None),
            (f"AppendStream, {BATCH} a message", "stream", f"{version}, INSERT of {BATCH} rows", "multi-row INSERT", 1.5),
            ("  the same", "stream", f"{version}, one id a statement", "one-id INSERT", None),
            ("  the same", "stream", f"{version}, one id, an array", "array INSERT", None),
            ("  the same", "stream", "gRPC server doing nothing", "stream, nothing", None),
            ("rebuild of maturity", "rebuild", "RocksDB scan, checksums on", "scan", 0.3),
        ]
        print(f"\n{'work':<28} {'events/s':>10}   {'compared with':<36} {'events/s':>10}  {'ratio':>6}  reach")
        for work, ours, other, theirs, reach in rows:
            if theirs not in self.rates:
                print(f"{work:<28} {statistics.median(self.rates[ours]):>10,.0f}   {other:<36}    skipped: initdb and "
                      "pgbench are not installed")
                continue
            mine, peer = statistics.median(self.rates[ours]), statistics.median(self.rates[theirs])
            verdict = "" if reach is None else f">= {reach}: {'met' if mine >= reach * peer else 'NOT MET'}"
            print(f"{work:<28} {mine:>10,.0f}   {other:<36} {peer:>10,.0f}  {mine / peer:>6.2f}  {verdict}".rstrip())
        print("\nprocessor time of the server, microseconds an event: " + "; ".join(
            f"{name} {statistics.median(used):.1f}" for name, used in self.processor.items()))
        print(f"medians of {self.rounds} rounds, taken in turn; {os.cpu_count()} processors, shared with the load; fsync on; "
              f"events of {PAYLOAD_BYTES} bytes\n(EvidenceSubmitted, rules and hashing on, salts from the client, requests "
              f"made beforehand), {CONTRACTS} contracts;\nrebuild of {self.rebuilt:,} events; load average "
              f"{os.getloadavg()[0]:.1f}; {took:.0f} s in all")


def print_tail(log):
    if os.path.exists(log):
        with open(log, encoding="utf-8", errors="replace") as file:
            print("the daemon's last words:\n" + "".join(file.readlines()[-10:]), file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description="Measures the ledger beside its peers.")
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--matrix", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="three short rounds instead of five long ones")
    options = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="waymark-bench-")
    os.chmod(directory, 0o711)  # PostgreSQL runs as a user of its own
    started = time.monotonic()
    bench = Bench(options, directory)
    try:
        try:
            bench.start()
            bench.unary_rounds()
            bench.stream_rounds()
            bench.rebuild_rounds()
        finally:
            bench.stop()
        bench.print_table(time.monotonic() - started)
    except RuntimeError as fault:
        print(f"bench: {fault}", file=sys.stderr)
        print_tail(os.path.join(directory, "waymarkd.log"))
        return 1
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
