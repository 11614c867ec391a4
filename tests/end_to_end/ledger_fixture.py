"""A real waymarkd on real files and a port that the system picks, spoken to through the command line."""

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

LEDGER_ID = "example.com/story/rehearsal"
PATIENCE = 60


class Programs:
    """Where the built programs and the sources are; set once from the arguments of the test."""

    waymark = waymarkd = source = output = ""


def temporary_folder():
    return tempfile.mkdtemp(prefix="waymark-e2e-")


class Ran:
    """What a program did."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __str__(self):
        return f"exit {self.code}\n--- standard output\n{self.out}\n--- standard error\n{self.err}"


def run(program, *arguments, text=None, environment=None, user=None, folder=None):
    done = subprocess.run([program, *arguments], input=text, capture_output=True, timeout=PATIENCE, check=False, cwd=folder,
                          encoding="utf-8", errors="replace", env={**os.environ, **(environment or {})},
                          **({"user": user, "group": user, "extra_groups": []} if user is not None else {}))
    return Ran(done.returncode, done.stdout, done.stderr)


class Ledger:
    """One data directory, its key, and the daemon on it."""

    def __init__(self, folder, ledger_id=LEDGER_ID):
        self.folder = folder
        self.data = os.path.join(folder, "data")
        self.key = os.path.join(folder, "ledger.key")
        self.ledger_id = ledger_id
        self.process = None
        self.address = ""

    def init(self, clock="2024-03-01T09:00:00Z"):
        made = run(Programs.waymark, "key", "new", "--out", self.key, "--name", self.ledger_id)
        assert made.code == 0, made
        extra = ["--rehearsal", "--clock", clock] if self.ledger_id.endswith("/rehearsal") else []
        begun = run(Programs.waymarkd, "init", "--data", self.data, "--key", self.key, "--ledger-id", self.ledger_id,
                    *extra)
        assert begun.code == 0, begun
        self.vkey = begun.out.split("vkey ")[1].strip()

    def start(self, *flags):
        with open(os.path.join(self.folder, "daemon.log"), "ab") as log:
            self.process = subprocess.Popen(
                [Programs.waymarkd, "serve", "--data", self.data, "--key", self.key, "--listen", "127.0.0.1:0", *flags],
                stdout=subprocess.PIPE, stderr=log)
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        line = self.process.stdout.readline().decode() if ready else ""
        if not line.startswith("serving on "):
            self.kill()
            raise AssertionError(f"waymarkd did not serve: {self.log()}")
        self.address = line.split()[2]

    def log(self):
        with open(os.path.join(self.folder, "daemon.log"), encoding="utf-8", errors="replace") as log:
            return log.read()

    def terminate(self):
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=PATIENCE)
        self.process.stdout.close()
        self.process = None
        return code

    def kill(self):
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process = None

    def copy(self, folder):
        """The same ledger, stopped, in a folder of its own."""
        other = Ledger(folder, self.ledger_id)
        shutil.copytree(self.data, other.data)
        shutil.copy(self.key, other.key)
        other.vkey = self.vkey
        return other

    def waymark(self, *arguments, text=None, folder=None, environment=None):
        return run(Programs.waymark, *arguments, text=text, folder=folder,
                   environment={"WAYMARK_SERVER": self.address, "NO_COLOR": "1", **(environment or {})})

    def json(self, *arguments):
        ran = self.waymark("--json", *arguments)
        assert ran.code == 0, ran
        return json.loads(ran.out)

    def head(self):
        return int(self.json("status")["head"])

    def play(self, teller, *words, clock):
        """Plays the story that the script `teller` writes, then sets the clock to when questions are asked."""
        story = run("python3", "-B", teller, *words)
        assert story.code == 0, story
        path = os.path.join(self.folder, "story.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(story.out)
        played = self.waymark("rehearsal", "play", path)
        assert played.code == 0, played
        moved = self.waymark("rehearsal", "clock", clock)
        assert moved.code == 0, moved
        return played

    def play_first_year(self):
        return self.play(os.path.join(Programs.source, "tests/end_to_end/first_year.py"),
                         os.path.join(Programs.source, "deploy/matrices/sample-matrix-refined.tsv"),
                         clock="2025-04-30T09:00:00Z")


class Swallower:
    """Stands between client and daemon. Once the client sends some bytes, nothing more reaches the daemon, or, where it is
    the `answers` that get lost, the client.
    """

    def __init__(self, address, bait, answers=False):
        self.to, self.bait, self.answers = address.rsplit(":", 1), bait, answers
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.taken = threading.Event()
        self.open = []

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        for one in [self.listener, *self.open]:
            one.close()

    def accept(self):
        client, _ = self.listener.accept()
        server = socket.create_connection((self.to[0], int(self.to[1])))
        self.open += [client, server]
        threading.Thread(target=self.pass_on, args=(server, client, False), daemon=True).start()
        self.pass_on(client, server, True)

    def pass_on(self, source, target, asking):
        try:
            while part := source.recv(65536):
                if asking and self.bait in part:
                    self.taken.set()
                if not (self.taken.is_set() and asking != self.answers):
                    target.sendall(part)
        except OSError:  # The test is over.
            pass


def wait_until(condition, what):
    """Polls something that another process does; the bound is only there so that a failure ends."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, what
        select.select([], [], [], 0.05)
