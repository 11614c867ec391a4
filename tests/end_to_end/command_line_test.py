#!/usr/bin/env python3
"""The command line against a real daemon: what it answers, how it refuses, and what its proofs are worth to a stranger.

command_line_test.py WAYMARK WAYMARKD SOURCE_FOLDER OUTPUT_FOLDER [unittest arguments]
"""

import base64
import fcntl
import glob
import hashlib
import json
import os
import pty
import re
import signal
import socket
import struct
import subprocess
import sys
import termios
import unittest

from command_line_fixture import AUTHOR, CONTRACT, CommandLine, setUpModule, story, tearDownModule, verification
from ledger_fixture import Programs, Swallower, run, wait_until

# SE-AM by hand from tests/end_to_end/first_year.py: found 3, then 1 (an error, corrected on 2025-02-12), then 3 and 4.
CORRECTED_ON = "2025-02-12"
SEED_SHA256 = "9cef6575a52143b6b934715a9fa587f29ea78762eec1dcba506d6889e2ec4993"

def on_terminal(columns, *words, code=0, between=None, folder=None, **environment):
    """What a person sees who runs the command on a terminal of so many columns, line ends made plain.

    Where something stands `between` that swallows the answer, the person presses Ctrl-C once it has.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    shown = b""
    server = between.address if between else story.address
    with subprocess.Popen([Programs.waymark, "--server", server, *words], stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder,
                          env={**os.environ, "TERM": "xterm", "NO_COLOR": "", **environment}, start_new_session=True,
                          preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) as process:
        os.close(theirs)
        if between:
            assert between.taken.wait(60)
            os.write(ours, b"\x03")
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:  # The terminal is gone with the program.
            pass
        os.close(ours)
        assert process.wait(timeout=60) == code, shown
    return shown.decode().replace("\r\n", "\n")


class TheAnswers(CommandLine):
    def longevity(self, *more):
        reply = story.json("longevity", "--contract", CONTRACT, "--focus", "SE-AM", "--level", "3", *more)
        focus = reply["focuses"][0]

        def span(name):
            found = focus["numbers"].get(name, {})
            day = found.get("since", {})
            return (f"{day.get('year')}-{day.get('month'):02}-{day.get('day'):02}", found.get("months", 0),
                    found.get("days", 0))
        return focus, span

    def test_longevity_as_known_before_the_correction(self):
        focus, span = self.longevity("--as-of", "2025-01-31", "--known-at", "2025-01-31")
        self.assertEqual(span("sustained"), ("2025-01-01", 1, 31))
        self.assertEqual(span("sustainedAsKnown"), ("2025-01-01", 1, 31))
        self.assertEqual(span("demonstrated"), ("2025-01-20", 0, 12))
        self.assertEqual(focus["cumulativeDays"], 92 + 31)
        self.assertEqual([lapse["days"] for lapse in focus["lapses"]], [92])

    def test_longevity_of_the_same_day_as_known_after_it(self):
        focus, span = self.longevity("--as-of", "2025-01-31")
        self.assertEqual(span("sustained"), ("2024-07-01", 7, 215))
        self.assertEqual(span("sustainedAsKnown"), ("2025-01-01", 1, 31))
        self.assertEqual(span("demonstrated"), ("2025-01-20", 0, 12))
        self.assertNotIn("lapses", focus)

    def test_known_at_means_the_same_as_a_day_an_instant_and_a_position(self):
        found = self.done(story.waymark("events", "--type", "LevelDetermined", "--focus", "SE-AM", "--from", "52"))
        position = int(next(line for line in found.splitlines() if CORRECTED_ON in line).split()[0])
        for before, after in (("2025-02-11", CORRECTED_ON), (str(position - 1), str(position)),
                              (f"{CORRECTED_ON}T15:59:59Z", f"{CORRECTED_ON}T16:00:00Z")):
            with self.subTest(known_at=after):
                self.assertEqual(self.longevity("--as-of", "2025-01-31", "--known-at", before)[1]("sustained")[1], 1)
                self.assertEqual(self.longevity("--as-of", "2025-01-31", "--known-at", after)[1]("sustained")[1], 7)

    def test_a_lapse_is_shown_and_begins_the_run_anew(self):
        out = self.done(story.waymark("longevity", "--contract", CONTRACT, "--focus", "PI-CS", "--level", "3", "--as-of",
                                      "2025-04-30"))
        self.assertIn("lapse               2024-10-01 to 2024-12-31, 92 days", out)
        self.assertIn("sustained           2025-01-01 to 2025-04-30, 4 months, 120 days", out)

    def test_standings_show_every_focus_with_its_target(self):
        out = self.done(story.waymark("standings", "--contract", CONTRACT, "--as-of", "2025-04-30"))
        rows = {line.split()[0]: line for line in out.splitlines() if re.match(r"^[A-Z]{2}-[A-Z]{2} ", line)}
        self.assertEqual(len(rows), 9, out)
        self.assertRegex(rows["SE-AM"], r"Asset management +4 DETERMINED +2025-04-01 +1 +0  3 by 2025-03-31 MET")
        self.assertRegex(rows["CR-FR"], r" UNDETERMINED +– ")
        self.assertIn("All targets: INDETERMINATE\nNo levels are defined for SE-DD, CR-FR, CR-CU\n", out)
        self.assertTrue(out.startswith("REHEARSAL"), out)
        self.assertNotIn("\x1b", out)

    def test_timeline_keeps_the_superseded_determination(self):
        out = self.done(story.waymark("timeline", "--contract", CONTRACT, "--focus", "SE-AM"))
        self.assertRegex(out, r"2024-10-01 +2024-12-31 +3 +DETERMINED")
        self.assertRegex(out, r"2024-10-21 +1 +2024-10-01 .*superseded by \d+")

    def test_evidence_list_shows_what_was_in_time(self):
        reply = story.json("evidence", "list", "--contract", CONTRACT, "--focus", "SE-AM")
        self.assertEqual([item["evidenceId"] for item in reply["items"]],
                         [f"REPORT-SE-AM-{q}" for q in ("2024-Q2", "2024-Q3", "2024-Q4", "2025-Q1")])
        self.assertTrue(all(item["inTime"] for item in reply["items"]))
        one = self.done(story.waymark("evidence", "list", "--contract", CONTRACT, "--id", "REPORT-PI-CS-2024-Q3"))
        self.assertIn("REPORT-PI-CS-2024-Q3", one)

    def test_due_lists_what_is_overdue_and_what_comes_by_day(self):
        out = self.done(story.waymark("due", "--contract", CONTRACT, "--as-of", "2025-04-30"))
        self.assertRegex(out, r"(?m)^2024-06-30  304 days over  ASSESSMENT +PI-CC +COUNTY  COUNTY has PI-CC assessed: nothing")
        self.assertRegex(out, r"(?m)^2025-03-31  30 days over +PERFORMANCE_NOTICE +2024-04-01\.\.2025-03-31 +COUNTY ")
        self.assertRegex(out, r"(?m)^2025-06-30  in 61 days +ASSESSMENT +PI-SV +COUNTY  .* level 3, .* days to 2025-06-30")
        self.assertRegex(out, r"(?m)^\d+ overdue, \d+ to come within 90 days\. Reminders only: people decide\.$")
        self.assertNotIn("TARGET", out)
        days = re.findall(r"(?m)^(\d{4}-\d\d-\d\d)  ", out)
        self.assertEqual(days, sorted(days))

    def test_due_says_what_was_due_then_without_hindsight(self):
        def about(kind, *more):
            reply = story.json("due", "--contract", CONTRACT, *more)
            return [(item["subject"], item.get("daysLeft", 0)) for item in reply.get("items", []) if item["kind"] == f"DUE_KIND_{kind}"]
        self.assertEqual(about("TARGET", "--as-of", "2025-03-01"), [(focus, 30) for focus in ("PI-CS", "PI-SV", "SE-AM", "SE-NM")])
        self.assertEqual(about("TARGET", "--as-of", "2025-03-01", "--days", "29"), [])
        self.assertEqual(about("TARGET", "--as-of", "2025-04-30"), [])
        # On that day the last quarter was not found yet, so the one before it spoke for no later day.
        self.assertIn(("SE-AM", 0), about("ASSESSMENT", "--as-of", "2024-12-31", "--known-at", "2024-10-20"))
        self.assertIn(("SE-AM", 90), about("ASSESSMENT", "--as-of", "2024-12-31"))
        self.assertIn("Nothing is overdue, and nothing falls due within 1 day.",
                      self.done(story.waymark("due", "--contract", CONTRACT, "--as-of", "2024-04-02", "--days", "1")))

    def test_due_refuses_what_it_cannot_answer(self):
        for days in ("0", "3654", "-1", "soon"):
            with self.subTest(days=days):
                self.assertEqual(story.waymark("due", "--contract", CONTRACT, "--days", days).code, 2)
        self.refused(story.waymark("due", "--contract", "NOBODY"), "CONTRACT_UNKNOWN")
        self.refused(story.waymark("due", "--contract", CONTRACT, "--as-of", "2999-01-01"), "AS_OF_IN_FUTURE")

    def test_events_are_numbered_without_a_gap_forwards_and_backwards(self):
        def positions(*more):
            return [int(line.split()[0]) for line in self.done(story.waymark("events", *more)).splitlines()]
        forward = positions()
        self.assertEqual(forward, list(range(len(forward))))
        self.assertEqual(positions("--reverse"), forward[::-1])
        self.assertEqual(positions("--from", "5", "--limit", "3"), [5, 6, 7])
        self.assertEqual(positions("--contract", "_ledger"), [0])
        self.assertIn('"evidence_id"', self.done(story.waymark("events", "--type", "EvidenceSubmitted", "--payload")))

    def test_status_is_serving_without_alarms(self):
        status = story.json("status")
        self.assertEqual(status["ledger"], story.ledger_id)
        self.assertEqual(status["vkey"], story.vkey)
        self.assertNotIn("alarms", status)
        self.assertIn("REHEARSAL", self.done(story.waymark("status")))

    def test_a_rebuilt_projection_answers_the_same(self):
        question = ("standings", "--contract", CONTRACT, "--as-of", "2025-04-30", "--known-at", "2025-04-29")
        before = story.json(*question)
        self.assertRegex(self.done(story.waymark("projection", "rebuild")), r"^maturity/\d+ serves, \d+ events applied")
        after = story.json(*question)
        for answer in (before, after):  # How far it has come differs, what it says must not.
            for key in ("applied", "known", "projection"):
                answer["basis"].pop(key, None)
        self.assertEqual(before, after)
        self.refused(story.waymark("projection", "rebuild", "nobody"), "PROJECTION_UNKNOWN")

    def test_a_correction_explains_what_differs(self):
        between = ("--contract", CONTRACT, "--as-of", "2025-01-31", "--before", "2025-02-11", "--known-at", CORRECTED_ON)
        out = self.done(story.waymark("diff", *between))
        self.assertRegex(out, r"(?m)^SE-AM\n  3 DETERMINED since 2025-01-01.*\n  -> 3 DETERMINED since 2024-07-01")
        self.assertRegex(out, rf"     position \d+, LevelDetermined, {CORRECTED_ON}T16:00:00Z: .*since")
        self.assertNotIn("PI-CS", out)
        self.assertIn("Nothing differs.", self.done(story.waymark("diff", *between, "--focus", "PI-CS")))
        found = story.json("diff", *between)
        self.assertEqual([focus["focus"] for focus in found["focuses"]], ["SE-AM"])
        self.refused(story.waymark("diff", "--contract", CONTRACT, "--before", "9", "--known-at", "8"), "DIFF_REVERSED")
        self.assertIn("--before", self.refused(story.waymark("diff", "--contract", CONTRACT, "--before", "May"),
                                               "KNOWN_AT_INVALID"))

    def test_where_nothing_was_decided_that_is_said(self):
        self.assertIn("Nothing has been decided yet.", self.done(story.waymark("decisions", "--contract", CONTRACT)))
        self.assertIn("No decision waits for a review.",
                      self.done(story.waymark("decisions", "--contract", CONTRACT, "--to-review")))
        self.refused(story.waymark("decisions", "--contract", CONTRACT, "--clause", "K9"), "CLAUSE_UNKNOWN")
        self.refused(story.waymark("explain", "--contract", CONTRACT, "--position", "7"), "DECISION_UNKNOWN")

    def test_every_question_speaks_json(self):
        contract = ("--contract", CONTRACT)
        for question in (("status",), ("checkpoint",), ("standings", *contract), ("timeline", *contract, "--focus", "PI-CS"),
                         ("evidence", "list", *contract), ("due", *contract),
                         ("decisions", *contract), ("diff", *contract, "--before", "9"),
                         ("longevity", *contract, "--focus", "PI-CS", "--focus", "SE-AM", "--level", "1"),
                         ("projection", "rebuild")):
            with self.subTest(question=question[0]):
                self.assertIsInstance(story.json(*question), dict)

    def test_an_event_in_json_is_readable_and_has_what_its_leaf_is_made_of(self):
        appended = json.loads(self.done(story.waymark("--json", "append", *AUTHOR, "--file", "-",
                                                      text=json.dumps([verification(), verification(method="counted")]))))
        places = appended["receipt"]["fixed"]["events"]
        lines = self.done(story.waymark("--json", "events", "--from", places[0]["position"])).splitlines()
        for place, line, method in zip(places, lines, ("read", "counted"), strict=True):
            found = json.loads(line)
            self.assertEqual({key: found[key] for key in ("position", "revision", "contractId", "eventType")},
                             {"position": place["position"], "revision": place["revision"], "contractId": CONTRACT,
                              "eventType": "waymark.v1.EvidenceVerified"})
            self.assertEqual(found["event"]["method"], method)
            self.assertEqual(found["event"]["evidenceId"], "REPORT-SE-AM-2024-Q2")
            header, salt, payload = (base64.b64decode(found[key]) for key in ("header", "salt", "payload"))
            self.assertEqual(base64.b64encode(hashlib.sha256(b"\0" + header).digest()).decode(), place["leafHash"])
            self.assertIn(hashlib.sha256(salt + payload).digest(), header)


class Appending(CommandLine):
    def append(self, events, *more, author=AUTHOR):
        file = self.write("events.json", events if isinstance(events, (bytes, str)) else json.dumps(events))
        return story.waymark("append", *author, "--file", file, *more)

    def test_an_event_is_recorded_and_read_back(self):
        head = story.head()
        out = self.done(self.append([verification()]))
        self.assertRegex(out, rf"(?m)^ +{head} +\d+  EvidenceVerified  [0-9a-f]{{16}}")
        self.assertIn("evidence_id REPORT-SE-AM-2024-Q2", self.done(story.waymark("events", "--from", str(head))))

    def test_events_come_from_standard_input_too_and_json_has_the_receipt(self):
        ran = story.waymark("--json", "append", *AUTHOR, "--file", "-", text=json.dumps({"events": [verification()] * 2}))
        receipt = json.loads(self.done(ran))["receipt"]
        self.assertEqual(len(receipt["fixed"]["events"]), 2)
        self.assertEqual(len(receipt["tlogProofs"]), 2)

    def test_a_signed_event_names_its_author(self):
        key = self.path("cm.key")
        self.done(story.waymark("key", "new", "--out", key))
        self.assertEqual(os.stat(key).st_mode & 0o777, 0o600)
        head = story.head()
        self.done(self.append([verification()], "--key", key))
        self.assertIn("signed", self.done(story.waymark("events", "--from", str(head))))
        os.chmod(key, 0o644)
        self.refused(self.append([verification()], "--key", key), "KEY_FILE_EXPOSED")
        self.refused(self.append([verification()], "--key", self.path("nobody")), "KEY_FILE_MISSING")
        self.write("nonsense.key", "nonsense")
        os.chmod(self.path("nonsense.key"), 0o600)
        self.assertEqual(self.append([verification()], "--key", self.path("nonsense.key")).code, 1)
        self.assertEqual(story.head(), head + 1)

    def test_an_expected_revision_that_has_passed_is_refused(self):
        head = story.head()
        self.refused(self.append([verification()], "--expect", "3"), "REVISION_STALE")
        self.assertEqual(story.head(), head)
        self.done(self.append([verification()], "--expect", str(head - 1)))  # All but LedgerCreated are of one contract.

    def test_the_same_request_again_gets_the_first_receipt_and_records_nothing(self):
        head = story.head()
        first = json.loads(self.done(self.append([verification()], "--request-id", "again-1", "--json")))
        again = json.loads(self.done(self.append([verification()], "--request-id", "again-1", "--json")))
        self.assertEqual(again["receipt"]["fixed"], first["receipt"]["fixed"])
        self.assertEqual(story.head(), head + 1)

    def test_another_request_under_a_used_id_is_refused(self):
        self.done(self.append([verification()], "--request-id", "used-1"))
        head = story.head()
        self.refused(self.append([verification(method="another")], "--request-id", "used-1"), "REQUEST_ID_REUSED")
        self.assertEqual(story.head(), head)


class TheMatrix(CommandLine):
    def setUp(self):
        super().setUp()
        with open(os.path.join(Programs.source, "deploy/matrices/sample-matrix-refined.tsv"), "rb") as file:
            self.table = file.read()

    def test_a_report_records_nothing(self):
        head = story.head()
        out = self.done(story.waymark("matrix", "import", self.write("m.tsv", self.table)))
        self.assertIn("9 focuses, 54 level cells", out)
        self.assertIn("Nothing was recorded", out)
        self.assertEqual(story.head(), head)

    def test_tab_and_comma_forms_hold_the_same_cells(self):
        folder_ = os.path.join(Programs.source, "deploy/matrices")
        both = [json.loads(self.done(story.waymark("--json", "matrix", "import",
                                                   os.path.join(folder_, f"sample-matrix-refined.{form}"))))
                for form in ("tsv", "csv")]
        self.assertEqual(both[0]["cells"], both[1]["cells"])

    def test_a_version_is_drafted_on_a_contract(self):
        head = story.head()
        out = self.done(story.waymark("matrix", "import", self.write("next.tsv", self.table), *AUTHOR))
        self.assertIn(f"Drafted on {CONTRACT} at position {head}", out)

    def test_the_clients_document_has_the_counts_that_were_agreed(self):
        found = glob.glob(os.path.join(Programs.source, "../shared/seed/*.tsv"))
        if not found:
            self.skipTest("the client's document is not beside this clone")
        with open(found[0], "rb") as file:
            self.assertEqual(hashlib.sha256(file.read()).hexdigest(), SEED_SHA256)
        out = self.done(story.waymark("matrix", "import", found[0]))
        self.assertIn("3 categories, 9 focuses, 54 level cells, 9 evidence cells, 9 notes", out)
        self.assertIn("17 DEFINED, 6 PROVISIONAL", out)
        self.assertIn("6 LADDER, 1 ENDURING, 2 UNASSIGNED", out)
        self.done(story.waymark("matrix", "import", found[0], *AUTHOR))


class AClause(CommandLine):
    """Checked offline: no server is asked."""

    def setUp(self):
        super().setUp()
        with open(os.path.join(Programs.source, "deploy/clauses/steady-service.json"), encoding="utf-8") as file:
            self.file = json.load(file)

    def check(self, *options):
        return run(Programs.waymark, *options, "clause", "check", "-", text=json.dumps(self.file))

    def test_the_example_is_explained_back_and_its_vectors_pass(self):
        out = self.done(self.check())
        self.assertIn("\n    it has been at level 3 or above for 6 months without a break\n", out)
        self.assertEqual(out.count("\nPASS "), 3)

    def test_a_vector_that_does_not_come_out_says_what_differed(self):
        self.file["vectors"][1]["expect"]["outcome"] = "SATISFIED"
        ran = self.check()
        self.assertEqual(ran.code, 1, ran)
        self.assertIn('FAIL a day earlier\n     answer.outcome: expected "SATISFIED", found "NOT_SATISFIED"', ran.out)
        self.assertIn("waymark: VECTOR_FAILED: -: 1 of 3", ran.err)
        passed = [vector["passed"] for vector in json.loads(self.check("--json").out)["vectors"]]
        self.assertEqual(passed, [True, False, True])

    def test_a_fault_is_told_with_its_path(self):
        rules = self.file["clause"]["rule"]["all"]
        rules[1]["lapses_at_most"]["level"] = 9
        self.assertIn("clause.rule.all[1].lapses_at_most.level: 9", self.refused(self.check(), "RULE_TYPE_ERROR"))
        rules[1]["lapses_at_most"].update(level=3, focus="PI-XX")
        self.assertIn("clause.rule.all[1].lapses_at_most.focus", self.refused(self.check(), "RULE_TYPE_ERROR"))

    def test_what_is_no_clause_file_is_refused(self):
        for change, reason in (({"clause": 3}, "VALUE_WRONG_TYPE"), ({"vectors": 3}, "CLAUSE_FILE_MALFORMED"),
                               ({"more": 1}, "CLAUSE_FILE_MALFORMED"), ({"vectors": [{"id": 3}]}, "CLAUSE_FILE_MALFORMED"),
                               ({"vectors": [{"id": "V", "ask": {"as_of": 3}, "expect": {"count": 1}}]}, "DATE_INVALID"),
                               ({"contract": {"starts_on": "2022-04-01"}}, "FIELD_MISSING")):
            with self.subTest(change=change):
                whole = dict(self.file)
                self.file.update(change)
                self.refused(self.check(), reason)
                self.file = whole
        self.file["clause"]["words_digest"] = "00" * 32
        self.refused(self.check(), "WORDS_DIGEST_MISMATCH")

    def test_protobuf_text_holds_a_clause_alone(self):
        text = ('clause_id: "K" version: 1 words: "as agreed" kind: CLAUSE_KIND_REWARD effect: CLAUSE_EFFECT_INFORMS '
                'rule { level_at_least { focus: "PI-CS" level: 2 } }')
        out = self.done(run(Programs.waymark, "clause", "check", self.write("k.txtpb", text)))
        self.assertIn("satisfied when PI-CS is at level 2 or above", out)
        self.assertIn("Names are not checked", out)
        self.refused(run(Programs.waymark, "clause", "check", self.write("k.txtpb", "clause_id: K")), "CLAUSE_FILE_MALFORMED")


class ForAStranger(CommandLine):
    """Proofs, checked by the command line and by a program that shares no code with it."""

    @classmethod
    def setUpClass(cls):
        built = run(os.path.join(Programs.source, "clients/verifier/build"), Programs.output)
        cls.verifier = os.path.join(Programs.output, "waymark-verifier") if built.code == 0 else None
        cls.why_not = built.err.strip()
        if built.code not in (0, 77):
            raise AssertionError(str(built))

    def prove(self, position):
        out = self.path(f"{position}.tlog-proof")
        self.done(story.waymark("prove", "--position", str(position), "--out", out, "--vkey", story.vkey))
        return out

    def judged(self, proof, header, vkey):
        if self.verifier is None:
            self.skipTest(self.why_not)
        return run(self.verifier, "proof", proof, header, vkey)

    def test_check_proof_says_what_was_proved(self):
        proof = self.prove(3)
        self.assertIn("waymark.v1.MatrixVersionDrafted at position 3, revision 2 of HIGHWAYS-1",
                      self.done(story.waymark("check-proof", proof, "--vkey", story.vkey)))
        found = json.loads(self.done(story.waymark("--json", "check-proof", proof, "--vkey", story.vkey)))
        self.assertEqual((found["position"], found["contractId"]), ("3", CONTRACT))

    def test_the_independent_verifier_agrees_at_every_tenth_position(self):
        for position in [*range(0, story.head(), 10), story.head() - 1]:
            with self.subTest(position=position):
                proof = self.prove(position)
                judged = self.judged(proof, proof + ".header", story.vkey)
                self.assertTrue(judged.code == 0 and judged.out.startswith("OK"), judged)

    def test_a_key_that_is_another_ones_is_named(self):
        proof = self.prove(5)
        for name in (story.ledger_id, "example.com/another"):
            made = self.done(story.waymark("key", "new", "--out", self.path(os.path.basename(name)), "--name", name))
            other = made.split()[-1]
            for words in (("check-proof", proof), ("prove", "--position", "5", "--out", self.path("p")), ("checkpoint",)):
                with self.subTest(name=name, words=words[0]):
                    said = self.refused(story.waymark(*words, "--vkey", other), "NOTE_UNSIGNED")
                    self.assertIn(f"not signed with the key {other}; compare it", said)
        self.assertIn(" --vkey: ", self.refused(story.waymark("check-proof", proof, "--vkey", "x"), "VKEY_MALFORMED"))
        self.assertNotIn("p", os.listdir(self.folder))

    def test_both_find_a_changed_byte(self):
        proof = self.prove(7)
        other = self.path("other.key")
        stranger = self.done(story.waymark("key", "new", "--out", other, "--name", story.ledger_id)).split()[-1]
        self.assertEqual(story.waymark("check-proof", proof, "--vkey", stranger).code, 1)
        if self.verifier is not None:
            self.assertEqual(self.judged(proof, proof + ".header", stranger).code, 1)
        whole = {end: self.read("7.tlog-proof" + end) for end in ("", ".header")}
        for end, bytes_ in whole.items():
            step = max(1, len(bytes_) // 12)
            for at in range(0, len(bytes_), step):
                with self.subTest(file=end, byte=at):
                    changed = bytearray(bytes_)
                    changed[at] ^= 1
                    for name in whole:
                        self.write("bad" + name, bytes(changed) if name == end else whole[name])
                    bad = self.path("bad")
                    self.refused(story.waymark("check-proof", bad, "--vkey", story.vkey), "")
                    if self.verifier is not None:
                        self.assertEqual(self.judged(bad, bad + ".header", story.vkey).code, 1)

    def test_a_header_of_another_position_is_not_proved(self):
        first, second = self.prove(7), self.prove(8)
        ran = story.waymark("check-proof", first, "--header", second + ".header", "--vkey", story.vkey)
        self.assertEqual(ran.code, 1, ran)

    def test_a_checkpoint_is_written_once(self):
        out = self.path("checkpoint")
        self.done(story.waymark("--json", "checkpoint", "--out", out))
        note = self.read("checkpoint").decode()
        self.assertTrue(note.startswith(f"{story.ledger_id}\n{story.head()}\n"), note)
        self.refused(story.waymark("checkpoint", "--out", out), "FILE_EXISTS")
        self.assertEqual(self.read("checkpoint").decode(), note)

    def test_a_proof_is_written_with_its_header_or_not_at_all(self):
        out = self.path("p")
        self.write("p.header", "here before")
        self.refused(story.waymark("prove", "--position", "1", "--out", out), "FILE_EXISTS")
        self.assertEqual(os.listdir(self.folder), ["p.header"])
        self.assertEqual(self.read("p.header"), b"here before")


class Following(CommandLine):
    def test_follow_shows_what_is_recorded_later_and_ends_on_interrupt(self):
        out = self.path("followed")
        head = story.head()
        with open(out, "wb") as file, subprocess.Popen(
                [Programs.waymark, "--server", story.address, "follow", "--from", str(head - 2), "--type",
                 "EvidenceVerified"], stdout=file, stderr=subprocess.PIPE) as follower:
            self.addCleanup(follower.kill)
            self.assertIn(b"caught up at", follower.stderr.readline())
            file_in = self.write("e.json", json.dumps([verification("REPORT-SE-AM-2025-Q1")]))
            self.done(story.waymark("append", *AUTHOR, "--file", file_in))
            wait_until(lambda: b"REPORT-SE-AM-2025-Q1" in self.read("followed"), "the new event was not shown")
            follower.send_signal(signal.SIGINT)
            self.assertEqual(follower.wait(timeout=10), 128 + signal.SIGINT)
            self.assertEqual(follower.stderr.readlines()[-1].decode(),
                             f"waymark: INTERRUPTED: follow on with --from {story.head()}\n")


class OnATerminal(CommandLine):
    def test_colour_is_for_a_terminal_that_wants_it(self):
        question = ("timeline", "--contract", CONTRACT, "--focus", "SE-AM")
        self.assertIn("\x1b[32m", on_terminal(200, *question))
        for wish in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            self.assertNotIn("\x1b", on_terminal(200, *question, **wish))

    def test_a_table_fits_the_terminal(self):
        question = ("standings", "--contract", CONTRACT, "--as-of", "2025-04-30")
        heading = 4  # lines above the table
        for columns, sign in ((200, "Innovation, improvement and value for money  "), (100, "Target\n"), (80, "Target\n"),
                              (60, "Focus         PI-IV Innovation, improvement and value for\n              money\n")):
            with self.subTest(columns=columns):
                shown = on_terminal(columns, *question, NO_COLOR="1")
                self.assertIn(sign, shown)
                for line in shown.splitlines()[heading:]:
                    self.assertLessEqual(len(line), columns)
                for word in ("Innovation,", "resilience", "UNDETERMINED", "2025-03-31"):
                    self.assertIn(word, shown)

    def test_a_bar_shows_progress_and_goes_away_before_the_answer(self):
        path = os.path.join(Programs.source, "deploy/matrices/sample-matrix.tsv")
        for words, bar, answer in ((("matrix", "import", path, *AUTHOR), "drafting", "3 categories"),
                                   (("projection", "rebuild"), "rebuilding maturity", "maturity/")):
            with self.subTest(words=words[:2]):
                shown = on_terminal(120, *words)
                self.assertLess(shown.find(bar), shown.find("\r\x1b[K" + answer), shown)
                self.assertIn(bar, shown)

    def test_ctrl_c_leaves_one_line_and_a_clean_terminal(self):
        path = os.path.join(Programs.source, "deploy/matrices/sample-matrix.tsv")
        for words, bait, drawn, last in (
                (("matrix", "import", path, *AUTHOR), b"MatrixVersionDrafted", "drafting",
                 r"waymark: OUTCOME_UNKNOWN: request .* waymark append --resend \S+\n"),
                (("projection", "rebuild"), b"RebuildProjection", "", r"waymark: INTERRUPTED: \S.*\n")):
            with self.subTest(words=words[:2]), Swallower(story.address, bait) as between:
                shown = on_terminal(120, *words, code=128 + signal.SIGINT, between=between, folder=self.folder)
                self.assertIn(drawn, shown)
                self.assertRegex(shown, r"\r\x1b\[K" + last + r"\Z")
        head = story.head()
        (kept,) = os.listdir(self.folder)
        self.done(story.waymark("append", "--resend", kept, folder=self.folder))
        self.assertEqual(story.head(), head + 1)

    def test_what_others_wrote_cannot_command_the_terminal(self):
        head = story.head()
        event = self.write("e.json", json.dumps([verification(method="a\u2066b\u202ec")]))
        self.done(story.waymark("append", *AUTHOR, "--file", event))
        self.assertIn('"a?b?c"', self.done(story.waymark("events", "--from", str(head), "--payload")))


class ThePrograms(CommandLine):
    def commands(self):
        """Every path of commands that leads to work, from the completion script."""
        script = self.done(run(Programs.waymark, "completion", "bash"))
        words = dict(re.findall(r'^    "waymark ?([^"]*)"\) words="([^"]*)"', script, re.M))
        paths = [tuple(path.split()) for path in words if path]
        return [path for path in paths if not any(other[:-1] == path for other in paths)], script

    def test_every_command_has_help_with_an_example_that_names_it(self):
        paths, _ = self.commands()
        self.assertGreaterEqual(len(paths), 18)
        for path in paths:
            with self.subTest(command=path):
                out = self.done(run(Programs.waymark, *path, "--help"))
                self.assertRegex(out, r"Example:\n  .*waymark " + " ".join(path))

    def test_completion_is_a_script_that_bash_takes_and_that_completes(self):
        _, script = self.commands()
        checked = run("bash", "-n", text=script)
        self.assertEqual((checked.code, checked.err), (0, ""))
        said = run("bash", text=script + '\nCOMP_WORDS=(waymark evidence l); COMP_CWORD=2; _waymark; echo "${COMPREPLY[*]}"\n')
        self.assertEqual(said.out, "list\n", said)

    def test_the_first_session_of_the_readme_runs_as_it_stands(self):
        with open(os.path.join(Programs.source, "README.md"), encoding="utf-8") as file:
            block = file.read().split("## A first session")[1].split("```\n")[1]
        with socket.create_server(("127.0.0.1", 0)) as freed:
            address = f"127.0.0.1:{freed.getsockname()[1]}"
        for ours, theirs in ((os.path.dirname(Programs.waymark), "$clone/build/release/clients/cli"),
                             (os.path.dirname(Programs.waymarkd), "$clone/build/release/ledger"),
                             (f"waymarkd serve --listen {address}", "waymarkd serve")):
            self.assertEqual(block.count(theirs), 1, block)
            block = block.replace(theirs, ours)
        ran = run("bash", "-ec", block, folder=Programs.source,
                  environment={"TMPDIR": self.folder, "WAYMARK_SERVER": address})
        self.assertEqual((ran.code, ran.err), (0, ""), ran)
        self.assertIn(f"serving on {address}", ran.out)
        self.assertRegex(ran.out, r"(?m)^SE-AM Asset management +4 DETERMINED")
        self.assertTrue(ran.out.endswith("whole        every byte is as it was recorded\n"), ran)

    def test_versions_are_told(self):
        self.assertRegex(self.done(run(Programs.waymark, "--version")), r"^waymark \d+\.\d+")
        self.assertRegex(self.done(run(Programs.waymarkd, "--version")), r"\d+\.\d+")

    def test_a_key_is_never_written_over_and_its_name_is_checked(self):
        self.write("key", "here before")
        self.refused(run(Programs.waymark, "key", "new", "--out", self.path("key")), "FILE_EXISTS")
        self.assertEqual(self.read("key"), b"here before")
        self.refused(run(Programs.waymark, "key", "new", "--out", self.path("k"), "--name", "a b"), "KEY_NAME_INVALID")
        self.assertEqual(os.listdir(self.folder), ["key"])


if __name__ == "__main__":
    Programs.waymark, Programs.waymarkd, Programs.source, Programs.output = (os.path.abspath(p) for p in sys.argv[1:5])
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])
