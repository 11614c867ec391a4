#!/usr/bin/env python3
"""The sample contract of deploy/: seven years, played on a real ledger, and a handful of answers about them.

seven_years_test.py WAYMARK WAYMARKD SOURCE_FOLDER OUTPUT_FOLDER [unittest arguments]
"""

import base64
import hashlib
import json
import os
import shutil
import sys
import unittest

from command_line_fixture import CONTRACT, CommandLine
from ledger_fixture import Ledger, Programs, temporary_folder, wait_until

ledger = Ledger(temporary_folder())


def setUpModule():
    ledger.init()
    ledger.start()
    ledger.play(os.path.join(Programs.source, "deploy/stories/seven_years.py"), clock="2031-02-28T09:00:00Z")


def tearDownModule():
    ledger.kill()
    shutil.rmtree(ledger.folder, ignore_errors=True)


def day(date):
    return f"{date['year']:04}-{date['month']:02}-{date['day']:02}"


class SevenYears(CommandLine):
    def longevity(self, focus, level, *more):
        return ledger.json("longevity", "--contract", CONTRACT, "--focus", focus, "--level", str(level), *more)["focuses"][0]

    def run_of(self, kind, focus, level, *more):
        """Since when and for how many months; None where the level is not held."""
        span = self.longevity(focus, level, *more)["numbers"].get(kind)
        return (day(span["since"]), span.get("months", 0)) if span else None

    def standings(self, *more):
        return {one["focus"]: one for one in ledger.json("standings", "--contract", CONTRACT, *more)["standings"]}

    def recorded(self, kind):
        out = self.done(ledger.waymark("events", "--contract", CONTRACT, "--type", kind))
        return 0 if out.startswith("No event matches.") else len(out.splitlines())

    def test_levels_and_targets_stand_as_the_story_says(self):
        standings = self.standings()
        self.assertEqual({focus: one.get("level") for focus, one in standings.items()},
                         {"PI-CS": 4, "PI-IV": 4, "PI-SV": 3, "PI-CC": 4, "SE-AM": 4, "SE-NM": 3, "SE-DD": None, "CR-FR": 3,
                          "CR-CU": None})
        self.assertEqual([focus for focus, one in standings.items()
                          if one.get("target", {}).get("status") == "TARGET_STATUS_MISSED"], ["PI-IV"])
        self.assertTrue(standings["SE-DD"]["condition"]["met"])
        then = self.standings("--as-of", "2027-05-31", "--known-at", "2027-05-31")
        self.assertFalse(then["SE-DD"]["condition"].get("met", False))

    def test_customer_service_lapsed_for_half_a_year(self):
        self.assertEqual(self.run_of("sustained", "PI-CS", 3, "--as-of", "2025-09-30"), ("2024-10-01", 12))
        self.assertIsNone(self.run_of("sustained", "PI-CS", 3, "--as-of", "2025-10-01"))
        self.assertEqual(self.run_of("sustained", "PI-CS", 3), ("2026-04-01", 59))
        self.assertEqual([(day(lapse["first"]), day(lapse["last"]), lapse["days"])
                          for lapse in self.longevity("PI-CS", 3)["lapses"]], [("2025-10-01", "2026-03-31", 182)])

    def test_a_keying_error_has_two_right_answers(self):
        asked = ("sustained", "SE-AM", 3, "--as-of", "2026-01-31")
        self.assertIsNone(self.run_of(*asked, "--known-at", "2026-01-31"))
        self.assertEqual(self.run_of(*asked), ("2024-10-01", 16))
        self.assertEqual(self.run_of("demonstrated", "SE-AM", 3)[0], "2026-02-12")

    def test_what_the_adjudicator_found_stands_throughout_and_is_demonstrated_from_its_record(self):
        during = ("--as-of", "2027-01-31", "--known-at", "2027-01-31")
        self.assertEqual(self.standings(*during)["SE-NM"]["state"], "LEVEL_STATE_DISPUTED")
        self.assertIsNone(self.run_of("sustained", "SE-NM", 3, *during))
        self.assertEqual(self.run_of("sustained", "SE-NM", 3), ("2024-10-01", 77))
        self.assertEqual(self.run_of("demonstrated", "SE-NM", 3), ("2027-02-16", 48))

    def test_the_second_matrix_carries_maps_and_starts_anew(self):
        before, after = (self.standings("--as-of", day, "--known-at", "2028-01-01") for day in ("2027-12-31", "2028-01-01"))
        self.assertEqual((before["PI-IV"]["level"], after["PI-IV"]["level"]), (4, 3))
        self.assertEqual((before["PI-CS"]["level"], after["PI-CS"]["level"]), (3, 3))
        self.assertEqual((before["PI-SV"]["level"], after["PI-SV"]["state"]), (3, "LEVEL_STATE_UNDETERMINED"))

    def test_clauses_come_out_on_their_days_as_known_then_and_now(self):
        for clause, as_of, known_at, outcome in (
                ("GOOD-YEAR", "2025-11-30", "2025-12-01", "NOT_SATISFIED"),
                ("GOOD-YEAR", "2025-11-30", "2026-02-16", "SATISFIED"),
                ("LOST-LEVEL", "2025-12-29", "2026-06-01", "INDETERMINATE"),
                ("LOST-LEVEL", "2025-12-30", "2026-06-01", "SATISFIED"),
                ("STEADY-SERVICE", "2025-11-30", "2025-12-01", "NOT_SATISFIED"),
                ("STEADY-SERVICE", "2030-11-30", "2030-12-02", "SATISFIED")):
            with self.subTest(clause=clause, as_of=as_of, known_at=known_at):
                reply = ledger.json("evaluate", "--contract", CONTRACT, "--clause", clause, "--as-of", as_of, "--known-at",
                                    known_at)
                self.assertEqual(reply["outcome"], f"CLAUSE_OUTCOME_{outcome}")

    def test_an_evaluation_is_recorded_only_as_it_comes_out_again(self):
        asked = ("--contract", CONTRACT, "--clause", "STEADY-SERVICE", "--as-of", "2030-11-30")
        reply = ledger.json("evaluate", *asked)
        said = base64.b64decode(reply["explanation"])
        event = {"type": "ClauseEvaluated", "clause_id": "STEADY-SERVICE", "clause_version": 1, "as_of": "2030-11-30",
                 "known_at": int(reply["basis"]["known"]) - 1, "outcome": "SATISFIED", "engine": reply["engine"],
                 "common": {"matrix_version": base64.b64decode(reply["basis"]["matrixVersion"]).hex()}}
        author = ("--contract", CONTRACT, "--party", "ROADWORKS", "--role", "PRD")
        for changed, explanation, reason in (({}, said.replace(b"2030", b"2031"), "EXPLANATION_MISMATCH"),
                                             ({"outcome": "NOT_SATISFIED"}, said, "EXPLANATION_MISMATCH"),
                                             ({"known_at": 10 ** 9}, said, "KNOWN_AT_BEYOND_HEAD")):
            forged = {**event, **changed, "explanation": explanation.hex(),
                      "explanation_digest": hashlib.sha256(explanation).hexdigest()}
            with self.subTest(changed=changed):
                ran = ledger.waymark("append", *author, "--file", self.write("forged.json", json.dumps([forged])))
                self.refused(ran, reason)
        true = {**event, "explanation": said.hex(), "explanation_digest": hashlib.sha256(said).hexdigest()}
        self.done(ledger.waymark("append", *author, "--file", self.write("true.json", json.dumps([true]))))

    def test_a_checkpoint_is_anchored_only_with_the_root_of_the_ledger(self):
        wait_until(lambda: ledger.json("status")["publishedSize"] == str(ledger.head()), "the newest event is published")
        size, root = self.done(ledger.waymark("checkpoint")).splitlines()[1:3]
        anchored = {"type": "CheckpointAnchored", "size": int(size), "root": base64.b64decode(root).hex(),
                    "token": hashlib.sha256(b"time-stamp token").hexdigest(), "common": {"role": "SYS"}}
        head = ledger.head()
        for changed, reason in (({"root": hashlib.sha256(b"another").hexdigest()}, "ROOT_MISMATCH"),
                                ({"size": int(size) - 1}, "ROOT_MISMATCH"), ({"size": head + 1}, "SIZE_BEYOND_HEAD")):
            with self.subTest(changed=changed):
                ran = ledger.waymark("append", "--contract", "_ledger", "--party", "operator", "--file",
                                     self.write("forged.json", json.dumps([{**anchored, **changed}])))
                self.refused(ran, reason)
        self.assertEqual(ledger.head(), head)
        self.done(ledger.waymark("append", "--contract", "_ledger", "--party", "operator", "--file",
                                 self.write("true.json", json.dumps([anchored]))))

    def test_the_extension_moved_the_end_and_nothing_before_it_did(self):
        self.assertEqual([self.recorded(kind) for kind in ("ExtensionOffered", "ExtensionAnswered", "ServicePeriodExtended",
                                                           "ContractEnded")], [1, 1, 1, 0])

    def test_every_chapter_is_on_record(self):
        for kind, count in (("SanctionDecided", 1), ("RewardDecided", 2), ("DecisionCarriedOut", 1),
                            ("ClientOverviewReportIssued", 12), ("AnnualPlanAdopted", 7), ("DisputeStepRecorded", 6),
                            ("EnduringConditionAssessed", 6), ("PerformanceNoticeRecorded", 12), ("DisclosureMade", 2),
                            ("CoverageGapExplained", 1), ("ConflictRecorded", 2), ("DelegationChanged", 1),
                            ("ImprovementStepRecorded", 3), ("LevelDetermined", 84), ("MatrixVersionAdopted", 2)):
            with self.subTest(kind=kind):
                self.assertEqual(self.recorded(kind), count)

    def test_the_correction_put_the_deferred_reward_before_its_deciders_again(self):
        wait_until(lambda: self.recorded("DecisionBasisChanged") > 0, "the daemon notices that the basis changed")
        changed = ledger.json("events", "--contract", CONTRACT, "--type", "DecisionBasisChanged", "--limit", "1")["event"]
        self.assertEqual(changed["change"], "BASIS_CHANGE_OUTCOME")

    @unittest.skipUnless("WAYMARK_OCDS_SCHEMA" in os.environ, "no schema of an OCDS release (deploy/check fetches one)")
    def test_releases_of_every_year_are_valid_by_the_schema(self):
        import jsonschema  # Debian's, which nothing else needs
        with open(os.environ["WAYMARK_OCDS_SCHEMA"], encoding="utf-8") as file:
            validator = jsonschema.Draft4Validator(json.load(file), format_checker=jsonschema.FormatChecker())
        milestones = set()
        for year in range(2025, 2032):
            day = f"{year}-02-20"
            release = json.loads(self.done(ledger.waymark("export", "release", "--contract", CONTRACT, "--as-of", day,
                                                          "--known-at", day, "--out", "-")))
            self.assertEqual([fault.message for fault in validator.iter_errors(release)], [], day)
            milestones |= {one["status"] for one in release["contracts"][0]["implementation"]["milestones"]}
        self.assertLessEqual({"met", "notMet", "scheduled"}, milestones)
        del release["ocid"]
        release["tag"] = ["extended"]
        self.assertEqual(len(list(validator.iter_errors(release))), 2)


class WhatTheContractForbids(CommandLine):
    """Each is refused in words that a person can act on, and nothing is written."""

    SIGNED = {"governance": {"meeting_id": "BOARD-2030-12", "minute": "6"}}
    CLAUSE = {"clause_id": "BAD", "version": 1, "words": "w", "words_digest": hashlib.sha256(b"w").hexdigest(),
              "kind": "REWARD", "effect": "ENTITLES"}

    def append(self, events, role, party="COUNTY", contract=CONTRACT):
        return ledger.waymark("append", "--contract", contract, "--party", party, "--role", role, "--principal",
                              f"{party.lower()}-{role.lower()}-1", "--file", self.write("e.json", json.dumps(events)))

    def clause(self, rule):
        return {"type": "ClauseSetRecorded", "id": "BAD", "clauses": [{**self.CLAUSE, "rule": rule}]}

    def test_rules_that_cannot_be_read(self):
        level = {"level_at_least": {"focus": "SE-AM", "level": 3}}
        deep = level
        for _ in range(32):
            deep = {"not": deep}
        focuses = [{"code": code, "category": "SE", "kind": "LADDER"} for code in ("SE-AM", "SE-NM")]
        weights = [{"focus": "SE-AM", "weight": 60}, {"focus": "SE-NM", "weight": 45}]
        head = ledger.head()
        for rule, reason, what in (
                ({"level_at_least": {"focus": "SE-XX", "level": 3}}, "RULE_TYPE_ERROR", "SE-XX"),
                ({"level_at_least": {"focus": "SE-AM", "level": 6}}, "RULE_TYPE_ERROR", "level"),
                ({"level_at_least": {"focus": "SE-AM", "level": -1}}, "RULE_TYPE_ERROR", "found -1"),
                ({"category_mean": {"category": "SE", "at_least": "7/0"}}, "RULE_TYPE_ERROR", "at_least"),
                ({"weighted_mean": {"weights": weights, "at_least": "3"}}, "WEIGHTS_NOT_100", "105"),
                (deep, "RULE_TYPE_ERROR", "32"), ({"all": [level] * 512}, "RULE_TYPE_ERROR", "512")):
            with self.subTest(what=what, reason=reason):
                self.assertIn(what, self.refused(self.append([self.clause(rule)], "CM"), reason))
                file = self.write("bad.json", json.dumps({"focuses": focuses, "clause": {**self.CLAUSE, "rule": rule}}))
                self.assertIn(what, self.refused(ledger.waymark("clause", "check", file), reason))
        self.assertEqual(ledger.head(), head)

    def test_acts_against_the_record(self):
        period = {"first": "2030-10-01", "last": "2031-01-31"}
        held = ledger.json("events", "--contract", CONTRACT, "--type", "LevelDetermined", "--limit", "1")
        version = base64.b64decode(held["event"]["common"]["matrixVersion"]).hex()
        level = {"type": "LevelDetermined", "focus": held["event"]["focus"], "level": 4, "effective_on": "2031-02-01",
                 "period": period, "assessed_on": "2031-02-10", "decided_on": "2031-02-20",
                 "common": {**self.SIGNED, "matrix_version": version}}
        reward = {"type": "RewardDecided", "clause_id": "GOOD-YEAR", "evaluation": 124, "choice": "APPLY",
                  "assents": [128, 129], "proposer": "borough-dec-1", "decider": "county-dec-1",
                  "common": {**self.SIGNED, "reason": "late"}}
        offer = {"type": "ExtensionOffered", "offer_id": "YEAR-9", "clause_id": "STEADY-SERVICE", "evaluation": 476,
                 "period": {"first": "2031-04-01", "last": "2034-04-01"}, "respond_by": "2031-03-31",
                 "terms": hashlib.sha256(b"terms").hexdigest(), "common": self.SIGNED}
        answer = {"type": "ExtensionAnswered", "offer_id": "YEAR-8", "answer": "ACCEPTED", "clause_id": "STEADY-SERVICE",
                  "common": {"reason": "late"}}
        head = ledger.head()
        for event, role, party, reason, what in (
                (reward, "DEC", "COUNTY", "EVALUATION_SUPERSEDED", ""),
                (offer, "DEC", "COUNTY", "BEYOND_LATEST_END", "2034-03-31"),
                ({**offer, "respond_by": "2031-02-27"}, "DEC", "COUNTY", "RESPOND_BY_PAST", "2031-02-27"),
                (answer, "PRD", "ROADWORKS", "OFFER_EXPIRED", "2031-01-31"),
                (answer, "PRD", "ROADWORKS", "OFFER_ALREADY_ANSWERED", ""),
                ({**level, "effective_on": "2030-09-30"}, "DEC", "COUNTY", "EFFECTIVE_BEFORE_PERIOD", "2030-10-01"),
                ({**level, "supersedes": [held["position"]]}, "DEC", "COUNTY", "GROUND_MISSING", ""),
                ({**level, "effective_on": day(held["event"]["effectiveOn"])}, "DEC", "COUNTY",
                 "CONFLICTING_EFFECTIVE_DATE", day(held["event"]["effectiveOn"]))):
            with self.subTest(reason=reason):
                self.assertIn(what, self.refused(self.append([event], role, party), reason))
        self.assertEqual(ledger.head(), head)

    def test_a_contract_whose_record_is_closed(self):
        parties = {"authorities": [{"party_id": "COUNTY", "name": "The County"}],
                   "provider": {"party_id": "ROADWORKS", "name": "Roadworks"}}
        ended = {"type": "ContractEnded", "effective_on": "2031-02-01", "ground": "agreed"}
        self.done(self.append([{"type": "ContractRegistered", "title": "A short one", **parties, "form": "NEC4_TSC",
                                "regime": "OTHER", "starts_on": "2030-04-01", "ends_on": "2031-03-31",
                                "latest_end": "2031-03-31", "time_zone": "Europe/London",
                                "calendar_id": "england-and-wales"},
                               {**ended, "cause": "TERMINATED"}, {**ended, "cause": "CLOSED"}], "CM", contract="SHORT-1"))
        head = ledger.head()
        started = {"type": "MobilisationRecorded", "stage": "STARTED", "effective_on": "2031-02-28"}
        self.refused(self.append([started], "CM", contract="SHORT-1"), "CONTRACT_CLOSED")
        self.assertEqual(ledger.head(), head)


if __name__ == "__main__":
    Programs.waymark, Programs.waymarkd, Programs.source, Programs.output = (os.path.abspath(p) for p in sys.argv[1:5])
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])
