#!/usr/bin/env python3
"""What is erased from the record: payloads go from every file of the ledger and of its views, also when the daemon is
killed in between, and whatever is left can be folded, asked, verified and built anew.

erasure_test.py WAYMARK WAYMARKD SOURCE_FOLDER OUTPUT_FOLDER [unittest arguments]
"""

import base64
import json
import os
import random
import shutil
import sys
import unittest

from command_line_fixture import CONTRACT, CommandLine
from ledger_fixture import Ledger, Programs, temporary_folder, wait_until

# Ten years and more after the contract's last day, so that the whole record may be disposed of.
AFTER_RETENTION = "2045-01-10T09:00:00Z"
KEPT = {"ContractRegistered", "ContractEnded", "ServicePeriodExtended", "PolicySet", "LegalHoldChanged",
        "PersonalDataErased", "RecordDisposed"}
POSITIONS_MAX = 128

told = Ledger(temporary_folder())


def setUpModule():
    told.init()
    told.start()
    told.play(os.path.join(Programs.source, "deploy/stories/seven_years.py"), clock=AFTER_RETENTION)
    assert told.terminate() == 0


def tearDownModule():
    told.kill()
    shutil.rmtree(told.folder, ignore_errors=True)


def erasure(kind, positions, ground="UK GDPR art. 17(1)(a)"):
    return [{"type": kind, "positions": sorted(positions), "ground": ground, "authority": "data protection officer",
             "common": {"party_id": "COUNTY", "role": "REC", "reason": "as ordered"}}]


def events(ledger):
    out = ledger.waymark("--json", "events", "--contract", CONTRACT)
    assert out.code == 0, out
    return [json.loads(line) for line in out.out.splitlines()]


def kind_of(event):
    return event["eventType"].rsplit(".", 1)[-1]


def is_present(event):
    return event["state"] == "PAYLOAD_STATE_PRESENT"


class Erasure(CommandLine):
    def setUp(self):
        self.ledger = told.copy(temporary_folder())
        self.ledger.start()

    def tearDown(self):
        self.ledger.kill()
        shutil.rmtree(self.ledger.folder, ignore_errors=True)

    def append(self, told_events, principal="records-1"):
        return self.ledger.waymark("append", "--contract", CONTRACT, "--principal", principal, "--file", "-",
                                   text=json.dumps(told_events))

    def erase(self, kind, positions):
        self.done(self.append(erasure(kind, positions)))

    def await_purged(self):
        wait_until(lambda: int(self.ledger.json("status").get("erasuresPending", 0)) == 0, "the bytes are gone")
        wait_until(lambda: all(int(one.get("lag", 0)) == 0 for one in self.ledger.json("status")["projections"]),
                   "the views are up to date")

    def files_with(self, content):
        """Of the ledger and its views."""
        found = []
        for folder, _, names in os.walk(self.ledger.folder):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    if content in file.read():
                        found.append(name)
        return found

    def erasable(self):
        return {int(event["position"]): event for event in events(self.ledger)
                if kind_of(event) not in KEPT and is_present(event)}

    def answers(self):
        """Of every question about the contract: its answer, or its reason for having none."""
        asked = [["standings"], ["standings", "--as-of", "2029-06-30", "--known-at", "2030-01-01"], ["decisions"],
                 ["due"], ["longevity", "--focus", "PI-CS", "--level", "3"], ["evidence", "list"], ["timeline", "--focus", "SE-NM"],
                 ["diff", "--before", "2027-01-01", "--known-at", "2030-01-01"]]
        answers = []
        for words in asked:
            ran = self.ledger.waymark("--json", *words, "--contract", CONTRACT)
            self.assertIn(ran.code, (0, 1), ran)
            self.assertNotIn("INTERNAL", ran.err, ran)
            self.assertNotIn("DATA_LOSS", ran.err, ran)
            answers.append((words, ran.code, ran.out))
        for form in ("matrix", "timeline", "radar", "release", "events", "determinations", "runs", "evidence"):
            ran = self.ledger.waymark("export", form, "--contract", CONTRACT, "--out", "-")
            self.assertNotIn("INTERNAL", ran.err, ran)
            self.assertNotIn("DATA_LOSS", ran.err, ran)
        return answers

    def verify(self):
        """The stopped ledger."""
        self.assertEqual(self.ledger.terminate(), 0)
        ran = self.ledger.waymark("verify", "--data", self.ledger.data)
        self.assertEqual(ran.code, 0, ran)
        return ran.out

    def test_a_payload_is_gone_from_every_file_and_the_event_stays(self):
        position, event = next((p, e) for p, e in self.erasable().items() if kind_of(e) == "LevelDetermined")
        salt = base64.b64decode(event["salt"])
        payload = base64.b64decode(event["payload"])
        self.ledger.terminate()
        self.ledger.start()  # So that everything lies in files.
        self.assertNotEqual(self.files_with(salt), [])
        self.erase("PersonalDataErased", [position])
        self.await_purged()
        self.assertEqual(self.files_with(salt), [])
        self.assertEqual(self.files_with(payload), [])
        after = next(e for e in events(self.ledger) if int(e["position"]) == position)
        self.assertEqual(after["state"], "PAYLOAD_STATE_ERASED")
        self.assertEqual(after["header"], event["header"])
        self.assertNotIn("payload", after)
        self.assertIn("erased", self.done(self.ledger.waymark("events", "--contract", CONTRACT)))
        again = self.append(erasure("PersonalDataErased", [position]))
        self.assertIn("ALREADY_ERASED", again.err)
        self.assertIn("1 payload", self.verify())

    def test_a_daemon_killed_at_once_leaves_nothing_behind_when_it_is_started_again(self):
        for position, event in random.Random(7).sample(sorted(self.erasable().items()), 6):
            salt = base64.b64decode(event["salt"])
            self.erase("PersonalDataErased", [position])
            self.ledger.kill()
            self.ledger.start()
            self.await_purged()
            self.assertEqual(self.files_with(salt), [], kind_of(event))
        self.assertIn("6 payloads", self.verify())

    def test_whatever_is_erased_the_rest_is_folded_asked_and_built_anew_alike(self):
        chosen = random.Random(11)
        left = sorted(self.erasable())
        chosen.shuffle(left)
        while left:
            self.erase("RecordDisposed", left[:POSITIONS_MAX])
            left = left[POSITIONS_MAX:]
            # The daemon's own state, which it folds from what is left.
            note = [{"type": "AnnotationAdded", "about": {"position": "1"}, "text": "looked at",
                     "common": {"party_id": "COUNTY", "role": "AUD"}}]
            self.done(self.append(note, principal="auditor-1"))
            self.await_purged()
            live = self.answers()
            self.done(self.ledger.waymark("projection", "rebuild"))
            self.assertEqual(self.answers(), live)
            self.ledger.kill()
            self.ledger.start()
            self.await_purged()
        self.assertEqual({kind_of(event) for event in self.erasable().values()} - {"AnnotationAdded"}, set())
        self.verify()

    def test_the_record_is_not_disposed_of_before_its_time_nor_under_a_hold(self):
        position = min(self.erasable())
        registered = next(int(e["position"]) for e in events(self.ledger) if kind_of(e) == "ContractRegistered")
        hold = [{"type": "LegalHoldChanged", "hold_id": "H1", "placed": True,
                 "common": {"party_id": "COUNTY", "role": "REC", "reason": "litigation"}}]
        self.done(self.append(hold))
        head = self.ledger.head()
        for kind in ("PersonalDataErased", "RecordDisposed"):
            refused = self.append(erasure(kind, [position]))
            self.assertEqual(refused.code, 1, refused)
            self.assertIn("HOLD_ACTIVE", refused.err)
        self.assertIn("NOT_ERASABLE", self.append(erasure("PersonalDataErased", [registered])).err)
        self.assertEqual(self.ledger.head(), head)


if __name__ == "__main__":
    Programs.waymark, Programs.waymarkd, Programs.source, Programs.output = (os.path.abspath(p) for p in sys.argv[1:5])
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])
