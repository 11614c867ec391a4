"""A PostgreSQL cluster of the benchmark's own, and pgbench against it.

Every commit is synced (fsync and synchronous_commit on), as the ledger's are. It talks over a Unix socket and
checkpoints seldom: both are to its favour.
"""
import glob
import os
import pwd
import random
import re
import shutil
import string
import subprocess

SETTINGS = {
    "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "listen_addresses": "''",
    "shared_buffers": "256MB", "max_wal_size": "4GB", "checkpoint_timeout": "30min", "max_connections": "100",
}
# The same rows: what a request says of an event, and nothing of what the ledger works out from it. Every row has an id
# that must not come twice, as every event submitted here has (its evidence id, which the ledger looks up).
# In the table `batched` only the first row of a statement has one, and the index passes the others over: less than the
# ledger does, measured beside it to PostgreSQL's favour.
COLUMNS = """contract_id text NOT NULL, event_type text NOT NULL, recorded_at timestamptz NOT NULL DEFAULT now(),
  salt bytea NOT NULL, payload bytea NOT NULL"""
TABLES = f"""
CREATE TABLE events (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, request_id text NOT NULL UNIQUE, {COLUMNS});
CREATE TABLE batched (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, request_id text, {COLUMNS});
CREATE UNIQUE INDEX ON batched (request_id) WHERE request_id IS NOT NULL;
"""
EVENT_TYPE = "waymark.v1.EvidenceSubmitted"
SALT_BYTES = 32
NEW_ID = "\\set n random(1, 9223372036854700000)\n"


def find_programs():
    """The folder with initdb, pg_ctl and pgbench, newest version first; or None."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda f: int(f.split("/")[-2]), reverse=True)
    found = shutil.which("initdb")
    for folder in folders + ([os.path.dirname(found)] if found else []):
        if all(os.access(os.path.join(folder, name), os.X_OK) for name in ("initdb", "pg_ctl", "pgbench", "psql")):
            return folder
    return None


def noise(size):
    """Text that bytea takes as it stands: as many bytes stored as sent."""
    return "".join(random.choices(string.ascii_letters + string.digits, k=size))


class Cluster:
    def __init__(self, programs, directory, payload_bytes, batch):
        self.programs, self.directory, self.batch = programs, directory, batch
        os.mkdir(directory)
        # PostgreSQL refuses to run as root.
        self.account = {}
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            self.account = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
            os.chown(directory, owner.pw_uid, owner.pw_gid)
        self.data = os.path.join(directory, "data")
        self.call("initdb", "-D", self.data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--no-locale")
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        self.call("pg_ctl", "-D", self.data, "-w", "-l", os.path.join(directory, "log"),
                  "-o", f"-k {directory} {options}", "start")
        self.version = self.query("SHOW server_version").split()[0]
        self.query(TABLES)
        payloads = [noise(payload_bytes) for _ in range(batch)]
        salts = [noise(SALT_BYTES) for _ in range(batch)]
        self.variables = {
            "single": {"payload": payloads[0], "salt": salts[0]},
            "array": {"payloads": "{" + ",".join(payloads) + "}", "salts": "{" + ",".join(salts) + "}"},
        }
        columns = "(request_id, contract_id, event_type, salt, payload)"

        def statement(table, id_of):
            rows = ",\n".join(f"({id_of(i)}, 'C-1', '{EVENT_TYPE}', '{salt}', '{payload}')"
                              for i, (salt, payload) in enumerate(zip(salts, payloads)))
            return f"INSERT INTO {table} {columns} VALUES {rows};"

        self.scripts = {
            "single": f"INSERT INTO events {columns} VALUES (:n, 'C-1', '{EVENT_TYPE}', :salt, :payload);",
            "values": statement("events", lambda i: f"(:n + {i})::text"),
            "one id": statement("batched", lambda i: ":n::text" if i == 0 else "NULL"),
            "array": f"INSERT INTO batched {columns} SELECT CASE WHEN i = 1 THEN :n END, 'C-1', '{EVENT_TYPE}', s, p "
                     "FROM unnest(:salts::bytea[], :payloads::bytea[]) WITH ORDINALITY AS t(s, p, i);",
        }
        for name, script in self.scripts.items():
            with open(os.path.join(directory, name + ".sql"), "w", encoding="utf-8") as file:
                file.write(NEW_ID + script + "\n")

    def call(self, program, *arguments):
        done = subprocess.run([os.path.join(self.programs, program), *arguments], capture_output=True, text=True,
                              cwd=self.directory, stdin=subprocess.DEVNULL, **self.account)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")
        return done.stdout

    def query(self, text):
        return self.call("psql", "-h", self.directory, "-U", "bench", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-qtAc", text)

    def pgbench(self, script, clients, mode, statements):
        """Rows a second. A count and not a time: pgbench takes the time to connect out of the time to run."""
        arguments = ["-n", "-h", self.directory, "-U", "bench", "-c", str(clients), "-j", "2", "-M", mode,
                     "-t", str(max(statements // clients, 1)), "-f", os.path.join(self.directory, script + ".sql")]
        for name, value in self.variables.get(script, {}).items():
            arguments += ["-D", f"{name}={value}"]
        printed = self.call("pgbench", *arguments, "postgres")
        failed = re.search(r"number of failed transactions: (\d+)", printed)
        rate = re.search(r"tps = ([0-9.]+) \(without initial", printed)
        if rate is None or (failed and failed.group(1) != "0"):
            raise RuntimeError("pgbench: " + printed)
        return float(rate.group(1)) * (1 if script == "single" else self.batch)

    def stop(self):
        self.call("pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop")
