#!/usr/bin/env python3
"""Data directories that are whole, damaged, older, newer, foreign or in use: what the daemon and `verify --data` say.

stopped_ledger_test.py WAYMARK WAYMARKD SOURCE_FOLDER OUTPUT_FOLDER [unittest arguments]
"""

import glob
import json
import os
import pwd
import re
import shutil
import struct
import sys
import unittest

from ledger_fixture import Ledger, Programs, Swallower, run, temporary_folder, wait_until

CONTRACT = "HIGHWAYS-1"
EVENT = json.dumps([{"type": "EvidenceVerified", "evidence_id": "REPORT-SE-AM-2024-Q2", "outcome": "VERIFIED",
                     "method": "read", "common": {"reason": "matches", "party_id": "COUNTY", "role": "CM"}}])

whole = None  # a stopped ledger with some of its events in table files and some in the write-ahead log
older = None  # the same some events earlier
folder = None


def append(ledger):
    return ledger.waymark("append", "--contract", CONTRACT, "--file", "-", text=EVENT)


def setUpModule():
    global whole, older, folder
    folder = temporary_folder()
    whole = Ledger(os.path.join(folder, "whole"))
    os.mkdir(whole.folder)
    whole.init()
    whole.start()
    whole.play_first_year()
    assert whole.terminate() == 0
    os.mkdir(os.path.join(folder, "older"))
    older = whole.copy(os.path.join(folder, "older"))
    whole.start()  # An open flushes what the log held.
    for _ in range(3):
        assert append(whole).code == 0
    whole.kill()  # A drain would leave nothing in the log.


def tearDownModule():
    whole.kill()
    shutil.rmtree(folder, ignore_errors=True)


def content(directory):
    """Every file's bytes, but for the lock files."""
    found = {}
    for path in glob.glob(os.path.join(directory, "**"), recursive=True):
        if os.path.isfile(path) and os.path.basename(path) not in ("LOCK", "lock"):
            with open(path, "rb") as file:
                found[os.path.relpath(path, directory)] = file.read()
    return found


def crc32c(bytes_):
    crc = 0xFFFFFFFF
    for byte in bytes_:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def rename_family(manifest, old, new):
    """Renames a column family in a RocksDB manifest, as a newer build's would be called, with its checksum made right.

    record := { u32le masked crc32c of type and data, u16le length, u8 type, data }
    """
    at = 0
    while at + 7 <= len(manifest):
        (length,) = struct.unpack_from("<H", manifest, at + 4)
        data = manifest[at + 7:at + 7 + length]
        if old in data:
            data = data.replace(old, new)
            crc = crc32c(manifest[at + 6:at + 7] + data)
            masked = (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF
            manifest = manifest[:at] + struct.pack("<I", masked) + manifest[at + 4:at + 7] + data + manifest[at + 7 + length:]
        at += 7 + length
    return manifest


class StoppedLedger(unittest.TestCase):
    def setUp(self):
        self.folder = temporary_folder()
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.ledger = whole.copy(self.folder)
        self.addCleanup(lambda: self.ledger.kill())

    def verify(self, *more, ledger=None):
        return run(Programs.waymark, *more, "verify", "--data", (ledger or self.ledger).data)

    def serve(self, *more, **other):
        listen = () if "--listen" in more else ("--listen", "127.0.0.1:0")
        return run(Programs.waymarkd, "serve", "--data", self.ledger.data, "--key", self.ledger.key, *listen, *more, **other)

    def refused_to_serve(self, reason, *more):
        """One line, exit code 1, and not a byte changed."""
        before = content(self.ledger.data)
        ran = self.serve(*more)
        self.assertEqual((ran.code, ran.out), (1, ""), ran)
        said = [line for line in ran.err.splitlines() if not line.startswith("{")]
        self.assertEqual(len(said), 1, ran)
        self.assertRegex(said[0], rf"^waymarkd: {reason}: \S")
        self.assertEqual(content(self.ledger.data), before)
        return said[0]

    def files(self, pattern):
        return [path for path in sorted(glob.glob(os.path.join(self.ledger.data, pattern))) if os.path.getsize(path)]

    def flip(self, path, at=None):
        with open(path, "r+b") as file:
            at = os.path.getsize(path) // 2 if at is None else at
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 0x10]))


class VerifyData(StoppedLedger):
    def test_a_whole_ledger_is_whole_and_stays_untouched(self):
        before = content(self.ledger.data)
        ran = self.verify()
        self.assertEqual(ran.code, 0, ran)
        self.assertIn("every byte is as it was recorded", ran.out)
        report = json.loads(self.verify("--json").out)
        self.assertEqual((report["size"], report["eventsChecked"], report["faults"]), ("71", "71", "0"))
        self.assertEqual(content(self.ledger.data), before)
        pinned = run(Programs.waymark, "verify", "--data", self.ledger.data, "--vkey", self.ledger.vkey)
        self.assertIn("as you gave it", pinned.out)

    def test_a_flipped_bit_in_any_file_that_holds_the_record_is_found(self):
        for pattern in ("ledger/*.sst", "ledger/*.log", "ledger/MANIFEST-*", "ledger/CURRENT", "anchor/checkpoints",
                        "anchor/anchor"):
            paths = self.files(pattern)
            self.assertTrue(paths, pattern)
            for path in paths:
                with self.subTest(file=os.path.relpath(path, self.ledger.data)):
                    self.flip(path)
                    ran = self.verify()
                    self.assertEqual(ran.code, 1, ran)
                    self.assertRegex(ran.err, r"(?m)^waymark: (LEDGER|ANCHOR)_[A-Z_]+: \S")
                    self.flip(path)
        self.assertEqual(self.verify().code, 0)

    def test_a_file_that_is_gone_or_cut_is_found(self):
        for pattern in ("ledger/*.sst", "ledger/*.log", "ledger/MANIFEST-*", "ledger/CURRENT", "anchor/checkpoints"):
            path = self.files(pattern)[-1]
            with open(path, "rb") as file:
                kept = file.read()
            for cut in (None, len(kept) // 2):
                with self.subTest(file=os.path.relpath(path, self.ledger.data), cut=cut):
                    if cut is None:
                        os.unlink(path)
                    else:
                        os.truncate(path, cut)
                    ran = self.verify()
                    self.assertEqual(ran.code, 1, ran)
                    self.assertRegex(ran.err, r"(?m)^waymark: [A-Z_]+: \S")
                    with open(path, "wb") as file:
                        file.write(kept)
        self.assertEqual(self.verify().code, 0)

    def test_a_directory_without_a_ledger_and_a_ledger_in_use_are_refused(self):
        ran = run(Programs.waymark, "verify", "--data", os.path.join(self.folder, "nobody"))
        self.assertEqual(ran.code, 1, ran)
        self.assertIn("waymark: LEDGER_MISSING: ", ran.err)
        self.ledger.start()
        ran = self.verify()
        self.assertEqual(ran.code, 1, ran)
        self.assertIn("waymark: LEDGER_LOCKED: ", ran.err)

    def test_another_ledgers_key_is_not_taken(self):
        made = run(Programs.waymark, "key", "new", "--out", os.path.join(self.folder, "k"), "--name", self.ledger.ledger_id)
        ran = run(Programs.waymark, "verify", "--data", self.ledger.data, "--vkey", made.out.split()[-1])
        self.assertEqual(ran.code, 1, ran)
        self.assertIn("waymark: KEY_MISMATCH: ", ran.err)


class TheDaemon(StoppedLedger):
    def test_sigterm_drains_and_what_was_acknowledged_is_there_again(self):
        self.ledger.start()
        head = self.ledger.head()
        self.assertEqual(append(self.ledger).code, 0)
        self.assertEqual(self.ledger.terminate(), 0)
        self.assertEqual(self.verify().code, 0)
        self.ledger.start()
        self.assertEqual(self.ledger.head(), head + 1)

    def test_a_killed_daemon_loses_nothing_that_it_acknowledged(self):
        self.ledger.start()
        head = self.ledger.head()
        self.assertEqual(append(self.ledger).code, 0)
        self.ledger.kill()
        self.ledger.start()
        self.assertEqual(self.ledger.head(), head + 1)
        self.assertEqual(self.ledger.terminate(), 0)
        self.assertEqual(self.verify().code, 0)

    def test_a_signed_append_without_an_answer_is_sent_again_and_recorded_once(self):
        key = os.path.join(self.folder, "cm.key")
        self.assertEqual(run(Programs.waymark, "key", "new", "--out", key).code, 0)
        event = os.path.join(self.folder, "event.json")
        with open(event, "w", encoding="utf-8") as file:
            file.write(EVENT)
        self.ledger.start()
        for recorded in (True, False):
            with self.subTest(recorded=recorded):
                head = self.ledger.head()
                with Swallower(self.ledger.address, b"EvidenceVerified", answers=recorded) as between:
                    ran = self.ledger.waymark("--server", between.address, "--timeout", "1", "append", "--contract", CONTRACT,
                                              "--file", event, "--key", key, folder=self.folder)
                self.assertEqual((ran.code, ran.out), (3, ""), ran)
                kept = re.search(r"\Awaymark: OUTCOME_UNKNOWN: .* waymark append --resend (\S+)\n\Z", ran.err)[1]
                self.assertEqual(os.stat(os.path.join(self.folder, kept)).st_mode & 0o777, 0o600)
                if recorded:
                    wait_until(lambda: self.ledger.head() == head + 1, "the request was not recorded")
                self.assertEqual(self.ledger.head(), head + recorded)
                self.ledger.kill()
                self.ledger.start()
                receipts = [self.ledger.waymark("--json", "append", "--resend", kept, folder=self.folder) for _ in range(2)]
                self.assertEqual([ran.code for ran in receipts], [0, 0], receipts[0])
                fixed = [json.loads(ran.out)["receipt"]["fixed"] for ran in receipts]
                self.assertEqual(fixed[0], fixed[1])
                self.assertEqual(fixed[0]["events"][0]["position"], str(head))
                self.assertEqual(self.ledger.head(), head + 1)
                shown = self.ledger.waymark("append", "--resend", kept, folder=self.folder)
                self.assertRegex(shown.out, rf"(?m)^ +{head} +\d+  EvidenceVerified  [0-9a-f]{{16}}")

    def test_a_second_daemon_is_refused_while_the_first_serves_on(self):
        self.ledger.start()
        ran = self.serve()
        self.assertEqual((ran.code, ran.out), (1, ""), ran)
        self.assertRegex(ran.err, r"waymarkd: (ANCHOR|LEDGER)_LOCKED: ")
        self.assertEqual(append(self.ledger).code, 0)

    def test_an_address_that_others_can_reach_is_refused(self):
        for listen in ("0.0.0.0:0", "[::]:0"):
            self.refused_to_serve("TLS_REQUIRED", "--listen", listen)
        self.refused_to_serve("LISTEN_INVALID", "--listen", "nonsense")

    def test_another_ledgers_key_is_refused(self):
        run(Programs.waymark, "key", "new", "--out", os.path.join(self.folder, "other.key"))
        os.replace(os.path.join(self.folder, "other.key"), self.ledger.key)
        self.refused_to_serve("KEY_MISMATCH")
        os.unlink(self.ledger.key)
        self.refused_to_serve("KEY_FILE_MISSING")

    def test_a_lost_anchor_is_refused(self):
        shutil.rmtree(os.path.join(self.ledger.data, "anchor"))
        self.refused_to_serve("ANCHOR_MISSING")

    def test_a_damaged_anchor_is_refused(self):
        self.flip(os.path.join(self.ledger.data, "anchor/anchor"))
        self.refused_to_serve("(ANCHOR_DAMAGED|ORIGIN_CHANGED|KEY_MISMATCH)")

    def test_a_deleted_database_beside_its_anchor_is_refused(self):
        shutil.rmtree(os.path.join(self.ledger.data, "ledger"))
        self.assertIn("positions 0 to 71", self.refused_to_serve("LEDGER_MISSING"))

    def test_an_older_copy_of_the_database_is_refused_with_what_is_at_stake(self):
        shutil.rmtree(os.path.join(self.ledger.data, "ledger"))
        shutil.copytree(os.path.join(older.data, "ledger"), os.path.join(self.ledger.data, "ledger"))
        self.assertIn("positions 68 to 71", self.refused_to_serve("ROLLED_BACK"))
        ran = self.verify()
        self.assertEqual(ran.code, 1, ran)
        self.assertIn("checkpoint_root", ran.err)

    def test_a_write_ahead_log_that_is_gone_is_refused(self):
        for path in self.files("ledger/*.log"):
            os.unlink(path)
        self.refused_to_serve("(ROLLED_BACK|LEDGER_DAMAGED)")

    def test_the_database_of_another_ledger_is_refused(self):
        other = Ledger(os.path.join(self.folder, "other"), "example.com/other")
        os.mkdir(other.folder)
        other.init()
        shutil.rmtree(os.path.join(self.ledger.data, "ledger"))
        shutil.copytree(os.path.join(other.data, "ledger"), os.path.join(self.ledger.data, "ledger"))
        self.refused_to_serve("(ORIGIN_CHANGED|ROLLED_BACK|LEDGER_OTHER)")

    def test_a_newer_format_is_refused(self):
        (manifest,) = self.files("ledger/MANIFEST-*")
        with open(manifest, "rb") as file:
            before = file.read()
        changed = rename_family(before, b"requests", b"requestz")
        self.assertNotEqual(changed, before)
        with open(manifest, "wb") as file:
            file.write(changed)
        self.assertIn("newer build", self.refused_to_serve("FORMAT_UNKNOWN"))

    def test_files_of_another_program_are_refused(self):
        directory = os.path.join(self.ledger.data, "ledger")
        shutil.rmtree(directory)
        os.mkdir(directory)
        with open(os.path.join(directory, "letter.txt"), "w", encoding="utf-8") as file:
            file.write("not a database")
        self.refused_to_serve("LEDGER_FOREIGN")
        shutil.rmtree(directory)
        with open(directory, "w", encoding="utf-8") as file:
            file.write("not a directory")
        self.refused_to_serve("LEDGER_NOT_A_DIRECTORY")

    def test_a_directory_that_cannot_be_written_is_refused(self):
        user = pwd.getpwnam("nobody").pw_uid if os.getuid() == 0 else None
        if user is not None:
            # The root user writes wherever it likes.
            program = shutil.copy(Programs.waymarkd, self.folder)
            os.chmod(self.folder, 0o755)
            for path, names, files in os.walk(self.folder):
                for name in [*names, *files]:
                    os.chown(os.path.join(path, name), user, user)
        else:
            program = Programs.waymarkd
        for place in ("ledger", "anchor"):
            with self.subTest(place=place):
                directory = os.path.join(self.ledger.data, place)
                mode = os.stat(directory).st_mode & 0o777
                paths = [os.path.join(directory, name) for name in os.listdir(directory)]
                for path in paths:
                    os.chmod(path, 0o400)
                os.chmod(directory, 0o500)
                before = content(self.ledger.data)
                ran = run(program, "serve", "--data", self.ledger.data, "--key", self.ledger.key, "--listen", "127.0.0.1:0",
                          user=user)
                self.assertEqual((ran.code, ran.out), (1, ""), ran)
                self.assertRegex(ran.err, r"(?m)^waymarkd: [A-Z_]+: .*" + place)
                self.assertEqual(content(self.ledger.data), before)
                os.chmod(directory, mode)
                for path in paths:
                    os.chmod(path, 0o600)

    def test_a_nearly_full_disk_refuses_appends_and_still_answers(self):
        self.ledger.start("--disk-reserve", str(2**62))
        head = self.ledger.head()
        ran = append(self.ledger)
        self.assertEqual((ran.code, ran.out), (1, ""), ran)
        self.assertIn("waymark: DISK_RESERVE: ", ran.err)
        self.assertEqual(self.ledger.waymark("standings", "--contract", CONTRACT).code, 0)
        self.assertEqual(self.ledger.head(), head)
        self.assertIn("DISK", " ".join(self.ledger.json("status")["alarms"]))

    def test_lost_projections_are_built_anew(self):
        question = ("standings", "--contract", CONTRACT, "--as-of", "2025-04-22", "--known-at", "2025-04-22")
        self.ledger.start()
        before = self.ledger.json(*question)
        self.assertEqual(self.ledger.terminate(), 0)
        shutil.rmtree(os.path.join(self.ledger.data, "projections"))
        self.ledger.start()
        self.assertEqual(self.ledger.json(*question), before)

    def test_init_refuses_a_place_that_is_taken_and_bad_names(self):
        before = content(self.ledger.data)

        def init(*words):
            return run(Programs.waymarkd, "init", "--key", self.ledger.key, *words)
        fresh = os.path.join(self.folder, "fresh")
        for words, reason in (
                (("--data", self.ledger.data, "--ledger-id", "example.com/a"), "LEDGER_EXISTS"),
                (("--data", self.folder, "--ledger-id", "example.com/a"), "DIRECTORY_NOT_EMPTY"),
                (("--data", fresh, "--ledger-id", "a b"), "LEDGER_ID_INVALID"),
                (("--data", fresh, "--ledger-id", "x" * 128), "LEDGER_ID_INVALID"),
                (("--data", fresh, "--ledger-id", "example.com/a", "--rehearsal"), "REHEARSAL_ID"),
                (("--data", fresh, "--ledger-id", "example.com/a/rehearsal"), "REHEARSAL_ID"),
                (("--data", fresh, "--ledger-id", "example.com/a", "--clock", "2024-01-01T00:00:00Z"), "CLOCK_NOT_SETTABLE"),
                (("--data", fresh, "--ledger-id", "example.com/a/rehearsal", "--rehearsal", "--clock", "noon"),
                 "INSTANT_INVALID"),
                (("--data", os.path.join(fresh, "deeper"), "--ledger-id", "example.com/a"), "DIRECTORY_NOT_MADE")):
            with self.subTest(words=words[2:]):
                ran = init(*words)
                self.assertEqual((ran.code, ran.out), (1, ""), ran)
                self.assertRegex(ran.err, rf"^waymarkd: {reason}: \S")
                self.assertFalse(os.path.exists(fresh))
        self.assertEqual(content(self.ledger.data), before)


class ARealLedger(unittest.TestCase):
    def test_its_clock_cannot_be_set(self):
        place = temporary_folder()
        self.addCleanup(shutil.rmtree, place, ignore_errors=True)
        ledger = Ledger(place, "example.com/real")
        self.addCleanup(ledger.kill)
        ledger.init()
        ledger.start()
        ran = ledger.waymark("rehearsal", "clock", "2030-01-01T00:00:00Z")
        self.assertEqual(ran.code, 1, ran)
        self.assertRegex(ran.err, r"^waymark: NOT_A_REHEARSAL: ")
        self.assertFalse(re.search("REHEARSAL", ledger.waymark("status").out))


if __name__ == "__main__":
    Programs.waymark, Programs.waymarkd, Programs.source, Programs.output = (os.path.abspath(p) for p in sys.argv[1:5])
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])
