#!/usr/bin/env python3
"""A contract that joins mid-life: its history is read from a spreadsheet, tried, told, and recorded once.

migrate_test.py WAYMARK WAYMARKD SOURCE_FOLDER OUTPUT_FOLDER [unittest arguments]
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import unittest

from command_line_fixture import CommandLine
from ledger_fixture import Ledger, Programs, temporary_folder

HEADER = "focus,level,effective_on,period_first,period_last,assessed_on,decided_on,coverage_to,note\n"
GOOD = "PI-CS,3,2023-07-01,2023-04-01,2023-06-30,2023-07-12,2023-07-24,,\n"
TERMS = ("--party", "COUNTY", "--principal", "county-dec-1", "--approved-by", "county-ofa-1", "--meeting", "BOARD-1",
         "--minute", "3", "--reason", "kept in a spreadsheet until now")
ASSENTING = (("COUNTY", "DEC", "county-dec-1"), ("ROADWORKS", "PRD", "roadworks-dir-1"))

# A ledger on which each test has a contract of its own, registered and with a matrix since 2022.
ledger = Ledger(temporary_folder())


def setUpModule():
    ledger.init("2024-03-01T09:00:00Z")
    ledger.start()


def tearDownModule():
    ledger.kill()
    shutil.rmtree(ledger.folder, ignore_errors=True)


def step(contract, role, principal, *events, party="COUNTY", **more):
    return {"at": "2024-03-01T09:00:00Z", "contract": contract, "principal": principal,
            "common": {"party_id": party, "role": role, "marking": "OFFICIAL"}, "events": list(events), **more}


class Migrate(CommandLine):
    def setUp(self):
        super().setUp()
        self.contract = "JOINED-" + hashlib.sha256(self.id().encode()).hexdigest()[:8]
        self.play(
            step(self.contract, "CM", "county-cm-1", {
                "type": "ContractRegistered", "title": "Highways, joined mid-life",
                "authorities": [{"party_id": "COUNTY", "name": "The County"}],
                "provider": {"party_id": "ROADWORKS", "name": "Roadworks Limited"}, "form": "NEC4_TSC", "regime": "PA2023",
                "starts_on": "2022-04-01", "ends_on": "2030-03-31", "latest_end": "2030-03-31"}),
            step(self.contract, "CM", "county-cm-1", matrix=os.path.join(
                Programs.source, "deploy/matrices/sample-matrix-refined.tsv"), version_id="2022", label="matrix"),
            step(self.contract, "DEC", "county-dec-1", {
                "type": "MatrixVersionAdopted", "version": "#matrix", "effective_on": "2022-04-01",
                "common": {"governance": {"meeting_id": "BOARD-1", "minute": "2"}}}))

    def play(self, *steps):
        self.done(ledger.waymark("rehearsal", "play", self.write("steps.json", json.dumps(steps))))

    def assent(self, document):
        subject = hashlib.sha256(document.encode()).hexdigest()
        self.play(*(step(self.contract, role, person, {"type": "AssentRecorded", "subject": subject, "party_id": party,
                                                       "assents": True, "person_ref": person}, party=party)
                    for party, role, person in ASSENTING))

    def migrate(self, rows, *more, json_too=False):
        self.write("history.csv", rows if rows.startswith("focus") else HEADER + rows)
        return ledger.waymark(*(("--json",) if json_too else ()), "migrate", self.path("history.csv"), "--contract",
                              self.contract, *TERMS, *more)

    def refusals(self, rows):
        ran = self.migrate(rows, json_too=True)
        told = json.loads(ran.out)
        return ran, [(row["line"], refusal["column"], refusal["found"], refusal["reason"])
                     for row in told["rows"] for refusal in row["refusals"]]

    def levels(self):
        return ledger.json("timeline", "--contract", self.contract, "--focus", "PI-CS").get("spans", [])

    def test_a_dry_run_tells_what_would_be_recorded_and_records_nothing(self):
        self.assent(HEADER + GOOD)
        head = ledger.head()
        out = self.done(self.migrate(GOOD))
        self.assertRegex(out, r"(?m)^ +2  PI-CS +3  2023-07-01  2023-04-01 to 2023-06-30  2023-12-31  to record, MIGRATED$")
        self.assertIn("Nothing was recorded: 1 level would be, with --record", out)
        self.assertEqual(ledger.head(), head)

    def test_what_the_rules_would_refuse_is_told_by_line_column_and_value(self):
        rows = (GOOD +
                "PI-CS,1,2023-07-01,2023-04-01,2023-06-30,2023-07-12,2023-07-24,,\n"  # 3: the day of line 2
                "PI-CS,7,2023-10-01,2023-07-01,2023-09-30,2023-10-12,2023-10-24,,\n"
                "PI-CS,3,2024-01-01,2023-12-31,2023-10-01,2024-01-12,2024-01-24,,\n"
                "PI-ZZ,3,2023-10-01,2023-07-01,2023-09-30,2023-10-12,2023-10-24,,\n"
                "CR-FR,3,2023-10-01,2023-07-01,2023-09-30,2023-10-12,2023-10-24,,\n"
                "SE-DD,3,2023-10-01,2023-07-01,2023-09-30,2023-10-12,2023-10-24,,\n"
                "SE-AM,3,2024-04-01,2024-01-01,2024-03-31,2024-02-12,2024-02-24,,\n"
                "SE-AM,3,2023-10-01,2023-07-01,2023-09-30,2023-10-12,2023-10-24,2024-01-31,\n"
                "SE-NM,3,2023-10-05,2023-07-01,2023-09-30,2023-10-12,2023-10-24,,\n")
        self.assent(HEADER + rows)
        head = ledger.head()
        ran, refusals = self.refusals(rows)
        self.assertEqual(refusals, [
            (3, "effective_on", "2023-07-01", "CONFLICTING_EFFECTIVE_DATE"),
            (4, "level", "7", "LEVEL_OUT_OF_RANGE"),
            (5, "period_last", "2023-10-01", "PERIOD_REVERSED"),
            (6, "focus", "PI-ZZ", "FOCUS_UNKNOWN"),
            (7, "level", "3", "LEVEL_NOT_DEFINED"),
            (8, "focus", "SE-DD", "FOCUS_IS_ENDURING"),
            (8, "level", "3", "LEVEL_NOT_DEFINED"),
            (9, "effective_on", "2024-04-01", "EFFECTIVE_IN_FUTURE"),
            (10, "coverage_to", "2024-01-31", "COVERAGE_MISMATCH"),
            (11, "note", "", "EFFECTIVE_BASIS_MISSING"),
        ])
        self.assertEqual(ran.code, 1)
        self.assertIn("waymark: MIGRATION_REFUSED: 9 of 10 rows would be refused", ran.err)
        # Not even the rows that are right.
        self.assertEqual(self.migrate(rows, "--record").code, 1)
        self.assertEqual(ledger.head(), head)

    def test_missing_assents_are_told_apart_from_what_is_wrong_with_the_rows(self):
        ran, refusals = self.refusals(GOOD)
        self.assertEqual((ran.code, refusals), (1, []))
        self.assertEqual(json.loads(ran.out)["assentsMissing"], ["COUNTY", "ROADWORKS"])
        self.assertIn("waymark: ASSENT_MISSING: ", ran.err)
        self.assertEqual(self.migrate(GOOD, "--record").code, 1)
        self.assertEqual(self.levels(), [])

    def test_what_is_recorded_holds_from_then_and_is_demonstrated_from_today(self):
        self.assent(HEADER + GOOD)
        out = self.done(self.migrate(GOOD, "--record"))
        self.assertIn("Recorded 1 level, flagged MIGRATED.", out)
        self.assertIn("what is demonstrated starts today, 2024-03-01.", out)
        numbers = ledger.json("longevity", "--contract", self.contract, "--focus", "PI-CS", "--level", "3")["focuses"][0]
        self.assertEqual(numbers["numbers"]["sustained"]["since"], {"year": 2023, "month": 7, "day": 1})
        self.assertEqual(numbers["numbers"]["demonstrated"]["since"], {"year": 2024, "month": 3, "day": 1})

    def test_a_repeat_records_nothing_twice_and_what_was_added_is_recorded(self):
        self.assent(HEADER + GOOD)
        self.done(self.migrate(GOOD, "--record"))
        head = ledger.head()
        out = self.done(self.migrate(GOOD, "--record"))
        self.assertRegex(out, r"(?m)^ +2  PI-CS .* on record at \d+$")
        self.assertIn("Recorded 0 levels", out)
        self.assertEqual(ledger.head(), head)

    def many(self, count):
        return [f"{focus},{1 + i % 2 * 2},2022-{1 + i // 28:02}-{1 + i % 28:02},2022-01-01,2022-01-01,2022-04-12,2022-04-24,,"
                f"as minuted {i}\n" for focus in ("PI-CS", "PI-IV", "PI-SV") for i in range(336)][:count]

    def recorded(self):
        """Focus and day of every level on record; none twice."""
        events = self.done(ledger.waymark("--json", "events", "--contract", self.contract, "--limit", "10000"))
        bodies = [json.loads(line)["event"] for line in events.splitlines() if '"waymark.v1.LevelDetermined"' in line]
        days = [(body["focus"], *(body["effectiveOn"][part] for part in ("year", "month", "day"))) for body in bodies]
        self.assertEqual(len(days), len(set(days)))
        return len(days)

    def test_hundreds_of_rows_go_in_requests_of_a_bounded_size(self):
        rows = "".join(self.many(230))
        self.assent(HEADER + rows)
        self.assertIn("Recorded 230 levels", self.done(self.migrate(rows, "--record")))
        self.assertEqual(self.recorded(), 230)

    def test_of_a_history_that_is_on_record_in_part_the_rest_is_recorded(self):
        source = ("--source", self.write("minutes.txt", "as both sides have it"), "--record")
        self.assent("as both sides have it")
        rows = self.many(340)
        self.done(self.migrate("".join(rows[:150]), *source))
        self.assertIn("Recorded 190 levels", self.done(self.migrate("".join(rows), *source)))
        self.assertEqual(self.recorded(), 340)

    def test_a_signed_history_is_recorded_once(self):
        self.assent(HEADER + GOOD)
        self.done(ledger.waymark("key", "new", "--out", self.path("author.key")))
        signed = ("--record", "--key", self.path("author.key"))
        self.assertIn("Recorded 1 level", self.done(self.migrate(GOOD, *signed)))
        head = ledger.head()
        told = self.done(ledger.waymark("events", "--from", str(head - 2))).splitlines()
        self.assertEqual([(line.split()[3], line.split()[4]) for line in told],
                         [("EvidenceSubmitted", "signed"), ("LevelDetermined", "signed")])
        self.assertIn("Recorded 0 levels", self.done(self.migrate(GOOD, *signed)))
        self.assertEqual(ledger.head(), head)

    def test_what_ctrl_c_cuts_short_the_same_command_goes_on_with(self):
        rows = "".join(self.many(1000))
        self.assent(HEADER + rows)
        self.write("history.csv", HEADER + rows)
        head = ledger.head()
        with subprocess.Popen([Programs.waymark, "migrate", self.path("history.csv"), "--contract", self.contract, *TERMS,
                               "--record"], env={**os.environ, "WAYMARK_SERVER": ledger.address}, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, encoding="utf-8") as cut:
            while ledger.head() == head and cut.poll() is None:
                pass
            cut.send_signal(signal.SIGINT)
            said = cut.stderr.read()
        self.assertEqual(cut.returncode, 128 + signal.SIGINT, said)
        self.assertRegex(said, r"^waymark: (INTERRUPTED: \d+ rows? on record; |OUTCOME_UNKNOWN: .* give )the same command again")
        self.done(self.migrate(rows, "--record"))
        self.assertEqual(self.recorded(), 1000)

    def test_named_assents_are_the_ones_that_count(self):
        self.assent(HEADER + GOOD)
        last = ledger.head() - 1
        self.done(self.migrate(GOOD, "--assents", f"{last - 1},{last}"))
        ran = self.migrate(GOOD, "--assents", str(last), json_too=True)
        self.assertEqual([r["reason"] for r in json.loads(ran.out)["rows"][0]["refusals"]], ["ASSENT_MISSING"])

    def test_a_source_document_of_its_own_is_what_both_sides_assent_to(self):
        source = self.write("minutes.pdf", "the minutes of nine meetings")
        self.assent("the minutes of nine meetings")
        self.done(self.migrate(GOOD, "--source", source, "--evidence-id", "MINUTES", "--record"))
        items = ledger.json("evidence", "list", "--contract", self.contract)["items"]
        self.assertEqual([item["evidenceId"] for item in items], ["MINUTES"])

    def test_the_example_in_deploy_can_be_recorded_as_it_stands(self):
        with open(os.path.join(Programs.source, "deploy/migration/history.csv"), encoding="utf-8") as file:
            rows = file.read()
        self.assent(rows)
        self.assertIn("5 levels would be", self.done(self.migrate(rows)))

    def test_a_file_or_a_contract_that_is_none_is_refused(self):
        self.refused(self.migrate("focus,level\nPI-CS,3\n"), "COLUMN_MISSING")
        self.refused(ledger.waymark("migrate", self.path("none.csv"), "--contract", self.contract, *TERMS), "FILE_UNREADABLE")
        self.write("history.csv", HEADER + GOOD)
        self.refused(ledger.waymark("migrate", self.path("history.csv"), "--contract", "NOBODYS", *TERMS),
                     "CONTRACT_UNKNOWN")


if __name__ == "__main__":
    Programs.waymark, Programs.waymarkd, Programs.source, Programs.output = (os.path.abspath(p) for p in sys.argv[1:5])
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])
