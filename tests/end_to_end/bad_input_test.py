#!/usr/bin/env python3
"""Whatever can be typed or written wrong: each gets one clear line and its exit code, and nothing is recorded.

bad_input_test.py WAYMARK WAYMARKD SOURCE_FOLDER OUTPUT_FOLDER [unittest arguments]
"""

import json
import os
import shutil
import socket
import sys
import time
import unittest

from command_line_fixture import AUTHOR, CONTRACT, CommandLine, setUpModule, story, tearDownModule, verification
from ledger_fixture import Programs, Swallower, run, temporary_folder

class BadQuestions(CommandLine):
    def test_each_is_refused_with_its_reason(self):
        contract = ("--contract", CONTRACT)
        for question, reason in (
                (("standings", "--contract", "NOBODY"), "CONTRACT_UNKNOWN"),
                (("standings", *contract, "--as-of", "2025-02-30"), "DATE_INVALID"),
                (("standings", *contract, "--as-of", "2031-01-01"), "AS_OF_IN_FUTURE"),
                (("standings", *contract, "--known-at", "99999"), "KNOWN_AT_BEYOND_HEAD"),
                (("standings", *contract, "--known-at", "18446744073709551615"), "KNOWN_AT_BEYOND_HEAD"),
                (("standings", *contract, "--known-at", "99999999999999999999999"), "KNOWN_AT_INVALID"),
                (("standings", *contract, "--known-at", "yesterday"), "KNOWN_AT_INVALID"),
                (("longevity", *contract, "--focus", "XX-XX", "--level", "3"), "FOCUS_UNKNOWN"),
                (("timeline", *contract, "--focus", "XX-XX"), "FOCUS_UNKNOWN"),
                (("evidence", "list", *contract, "--focus", "XX-XX"), "FOCUS_UNKNOWN"),
                (("events", "--from", "99999"), "START_BEYOND_HEAD"),
                (("events", "--type", "NoSuchEvent"), "EVENT_TYPE_UNKNOWN"),
                (("follow", "--type", "NoSuchEvent"), "EVENT_TYPE_UNKNOWN"),
                (("prove", "--position", "99999", "--out", self.path("p")), "POSITION_BEYOND_HEAD"),
                (("prove", "--position", "18446744073709551615", "--out", self.path("p")), "POSITION_BEYOND_HEAD"),
                (("prove", "--position", "1", "--out", self.path("p"), "--vkey", "nonsense"), "VKEY_MALFORMED"),
                (("prove", "--position", "1", "--out", self.path("no/p")), "FILE_NOT_WRITTEN"),
                (("rehearsal", "clock", "2020-01-01T00:00:00Z"), "CLOCK_BACKWARDS"),
                (("rehearsal", "clock", "noon"), "INSTANT_INVALID"),
                (("rehearsal", "clock", "infinite-future"), "INSTANT_INVALID"),
                (("standings", *contract, "--known-at", "infinite-past"), "KNOWN_AT_INVALID"),
                (("checkpoint", "--out", self.path("c"), "--vkey", self.strangers_vkey()), "NOTE_UNSIGNED")):
            with self.subTest(question=question):
                self.refused(story.waymark(*question), reason)
        self.assertEqual(os.listdir(self.folder), [])

    def strangers_vkey(self):
        place = temporary_folder()
        self.addCleanup(shutil.rmtree, place, ignore_errors=True)
        return json.loads(self.done(run(Programs.waymark, "--json", "key", "new", "--out", os.path.join(place, "k"),
                                        "--name", story.ledger_id)))["vkey"]

    def test_usage_errors_end_with_2_and_one_line_that_says_what_is_wrong_and_where_to_read(self):
        contract = ("--contract", CONTRACT)
        longevity = ("longevity", *contract, "--focus", "SE-AM", "--level")
        for words, what in (
                ((), "name a command: key, matrix, "), (("evidence",), "name a command: list; see waymark evidence --help"),
                (("nonsense",), 'no command "nonsense"; see waymark --help'),
                (("stauts",), "did you mean status? See waymark --help"),
                (("evidence", "lst"), "did you mean list? See waymark evidence --help"),
                (("standings",), "--contract is required; see waymark standings --help"),
                (("standings", "--contrct", "X"), 'no option "--contrct"; did you mean --contract?'),
                (("status", "--jsn"), "did you mean --json?"), (("status", "more"), '"more" is one word too many'),
                (("standings", "--contract", "  "), "--contract: a name is missing"),
                (("standings", "--contract", "A\x1b[2J"), "--contract: a name holds no control characters"),
                (("standings", "--contract", b"A\xff"), "--contract: not UTF-8"),
                ((*longevity, "6"), "--level: "), ((*longevity, "3", "--gap", "wide"), "--gap: wide not in {hold,stale,lapse}"),
                ((*longevity, "3", "--grace", "91"), "--grace: "), (("evidence", "list", *contract, "--limit", "0"), "--limit: "),
                (("completion", "fish"), "fish not in {bash,zsh}"), (("prove", "--position", "-1", "--out", "p"), "--position: "),
                (("events", "--from", "18446744073709551616"), "--from: "),
                (("append", *contract, "--file", "f", "--expect", "-1"), "--expect: "),
                (("append", *contract, "--file", "f", "--expect", "99999999999999999999"), "--expect: "),
                (("append", *AUTHOR[:4], "--file", "f", "--role", "KING"), "--role: KING not in {CM,"),
                (("append", *AUTHOR, "--file", "f", "--marking", "SECRET"), "--marking: SECRET not in {PUBLIC,"),
                (("append", "--contract", "", "--file", "f"), "--contract: "),
                (("matrix", "import", "m.tsv", *AUTHOR[:4], "--role", "KING"), "--role: KING"),
                (("status", "--timeout", "0"), "--timeout: "), (("status", "--server", ""), "--server: "),
                (("status", "--server", "localhost"), "is not HOST:PORT"),
                (("status", "--server", "localhost:65536"), "is not HOST:PORT")):
            with self.subTest(words=words):
                ran = story.waymark(*words)
                self.assertEqual((ran.code, ran.out), (2, ""), ran)
                self.assertRegex(ran.err, r"\Awaymark: USAGE: .*[Ss]ee waymark[a-z -]* --help\n\Z")
                self.assertIn(what, ran.err)

    def test_where_nobody_listens_every_command_ends_with_3_at_once(self):
        with socket.create_server(("127.0.0.1", 0)) as freed:
            server = f"127.0.0.1:{freed.getsockname()[1]}"
        contract, event = ("--contract", CONTRACT), self.write("e.json", json.dumps([verification()]))
        for words in (("status",), ("events",), ("follow",), ("standings", *contract), ("checkpoint",),
                      ("timeline", *contract, "--focus", "SE-AM"), ("evidence", "list", *contract),
                      ("longevity", *contract, "--focus", "SE-AM", "--level", "3"), ("projection", "rebuild"),
                      ("prove", "--position", "1", "--out", self.path("p")), ("append", *AUTHOR, "--file", event),
                      ("rehearsal", "clock", "2030-01-01T00:00:00Z")):
            begun = time.monotonic()
            ran = story.waymark("--server", server, "--timeout", "30", *words)
            self.assertLess(time.monotonic() - begun, 15, words)
            self.assertEqual((ran.code, ran.out), (3, ""), (words, str(ran)))
            self.assertRegex(ran.err, rf"\Awaymark: SERVER_UNREACHABLE: {server}: Connection refused; .*\n\Z")
        self.assertEqual(os.listdir(self.folder), ["e.json"])

    def test_a_port_that_says_nothing_is_given_up_after_the_timeout(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            server = f"127.0.0.1:{silent.getsockname()[1]}"
            ran = story.waymark("--server", server, "--timeout", "1", "status")
        self.assertEqual((ran.code, ran.out), (3, ""), ran)
        self.assertRegex(ran.err, rf"\Awaymark: SERVER_SILENT: {server}: no answer in 1 s; .*\n\Z")


class BadEvents(CommandLine):
    def append(self, events, *more, author=AUTHOR):
        file = self.write("events.json", events if isinstance(events, (bytes, str)) else json.dumps(events))
        return story.waymark("append", *author, "--file", file, *more)

    def test_bad_events_are_refused_and_nothing_is_recorded(self):
        head = story.head()
        determination = {"type": "LevelDetermined", "focus": "SE-AM"}
        meeting = {"type": "BoardMeetingHeld", "meeting_id": "M-9", "board": "STRATEGIC", "minutes": "00" * 32,
                   "attendees": [{"person_ref": "m", "party_id": "COUNTY"}], "common": {"role": "SEC"}}
        for events, reason in (
                ("{", "JSON_MALFORMED"), ("", "JSON_MALFORMED"), ("[1,]", "JSON_MALFORMED"),
                ('[{"type":"Evidence', "JSON_MALFORMED"), (b"\xef\xbb\xbf[", "JSON_MALFORMED"),
                (b'[{"type":"\xff"}]', "JSON_MALFORMED"), ("[" * 200 + "]" * 200, "JSON_TOO_DEEP"),
                ("[" * 100000, "JSON_TOO_DEEP"), ("null", "FIELD_MISSING"), ("[[1]]", "FIELD_MISSING"),
                ([{"type": 3}], "FIELD_MISSING"), ([], "EVENT_COUNT_INVALID"),
                ([verification()] * 1001, "EVENT_COUNT_INVALID"),
                ({"events": [verification()], "extra": 1}, "FIELD_UNKNOWN"),
                ('{"type":"EvidenceVerified","method":"a","method":"b"}', "FIELD_REPEATED"),
                ([{"type": "EvidenceVerified", "evidence_id": "E", "evidenceId": "F"}], "FIELD_REPEATED"),
                ([{"type": "NoSuchEvent"}], "EVENT_TYPE_UNKNOWN"), ([{"type": "Common"}], "EVENT_TYPE_UNKNOWN"),
                ([{"type": "AppendRequest"}], "EVENT_TYPE_UNKNOWN"),
                ([{"type": "ProjectionAttested"}], "EVENT_TYPE_NOT_SUPPORTED"),
                ([{**determination, "colour": 1}], "FIELD_UNKNOWN"), ([{**determination, "focus": 3}], "VALUE_WRONG_TYPE"),
                ([{**determination, "level": 1.5}], "LEVEL_OUT_OF_RANGE"), ([{**determination, "level": -1}], "LEVEL_OUT_OF_RANGE"),
                ([{**determination, "level": "x"}], "VALUE_WRONG_TYPE"),
                ([{**determination, "level": 2**32}], "LEVEL_OUT_OF_RANGE"),
                ([{**determination, "level": 10**30}], "LEVEL_OUT_OF_RANGE"),
                ([{**determination, "level": 6}], "LEVEL_OUT_OF_RANGE"),
                ([{**determination, "effective_on": "2025-02-30"}], "DATE_INVALID"),
                ([{**determination, "basis": 3}], "VALUE_WRONG_TYPE"),
                ([{**determination, "period": {"first": "2025-03-31", "last": "2025-01-01"}}], "PERIOD_REVERSED"),
                ([{**meeting, "on": "2030-01-01"}], "EFFECTIVE_IN_FUTURE"),
                ([{**meeting, "board": "PARISH"}], "ENUM_UNKNOWN"), ([{**meeting, "minutes": "zz"}], "VALUE_WRONG_TYPE"),
                ([verification("A\u0000B")], "TEXT_INVALID"), ([verification("nobody's")], "REF_UNKNOWN"),
                ([verification(method="x" * (2 << 20))], "PAYLOAD_TOO_LARGE"),
                ([verification(common=3)], "VALUE_WRONG_TYPE"), (b" " * (13 << 20), "FILE_TOO_LARGE")):
            with self.subTest(events=str(events)[:80], reason=reason):
                self.refused(self.append(events), reason)
        self.assertEqual(story.head(), head)

    def test_one_bad_event_spoils_the_request_and_is_named(self):
        head = story.head()
        ran = self.append([verification(), verification("nobody's"), verification()])
        self.assertIn("in event 1", self.refused(ran, "REF_UNKNOWN"))
        self.assertEqual(story.head(), head)

    def test_bad_names_are_refused(self):
        head = story.head()
        long = "x" * 65
        for author, more, reason in (
                (("--contract", "_ledger", *AUTHOR[2:]), (), "WRONG_STREAM"),
                (("--contract", long, *AUTHOR[2:]), (), "TEXT_INVALID"),
                (("--contract", "NOBODY", *AUTHOR[2:]), (), "CONTRACT_UNKNOWN"),
                ((*AUTHOR[:-1], "x" * 128), (), "TEXT_INVALID"), (AUTHOR, ("--request-id", long), "TEXT_INVALID")):
            with self.subTest(author=author[:2], more=more[:1]):
                self.refused(self.append([verification()], *more, author=author), reason)
        self.refused(story.waymark("append", *AUTHOR, "--file", self.path("nobody")), "FILE_UNREADABLE")
        self.refused(story.waymark("append", *AUTHOR, "--file", self.folder), "FILE_UNREADABLE")
        self.assertEqual(story.head(), head)

    def test_an_append_that_gets_no_answer_says_that_nobody_knows_whether_it_stands(self):
        event = self.write("e.json", json.dumps([verification()]))
        for more, advice in (((), "waymark append --resend waymark-"),
                             (("--request-id", "lost-1"), "give the same command again")):
            with self.subTest(more=more), Swallower(story.address, b"EvidenceVerified") as between:
                ran = story.waymark("--server", between.address, "--timeout", "1", "append", *AUTHOR, "--file", event, *more,
                                    folder=self.folder)
                self.assertEqual((ran.code, ran.out), (3, ""), ran)
                self.assertRegex(ran.err, r"\Awaymark: OUTCOME_UNKNOWN: request [0-9a-z-]+: .*\n\Z")
                self.assertIn(advice, ran.err)

    def test_what_is_not_a_kept_request_is_not_sent(self):
        head = story.head()
        for content in (b"", b"not a request", json.dumps([verification()]).encode(), b"\x0a\x01a"):
            self.refused(story.waymark("append", "--resend", self.write("r", content)), "REQUEST_FILE_MALFORMED")
        self.refused(story.waymark("append", "--resend", self.path("nobody")), "FILE_UNREADABLE")
        self.assertEqual(story.waymark("append", "--resend", self.path("r"), "--contract", CONTRACT).code, 2)
        self.assertEqual(story.waymark("append", "--file", self.path("r")).code, 2)
        self.assertEqual(story.head(), head)

    def test_a_malformed_story_is_refused_before_the_clock_moves(self):
        before = story.json("status")
        good = {"at": "2025-05-01T00:00:00Z", "contract": CONTRACT, "principal": "county-cm-1",
                "common": {"party_id": "COUNTY", "role": "CM"}, "events": [verification()]}
        assent = {"principal": "county-dec-1", "party_id": "COUNTY", "role": "DEC"}
        clauses = {"type": "ClauseSetRecorded", "id": "S", "clauses": ["nobody.json"]}
        for steps, reason in (("{}", "STORY_MALFORMED"), ("[3]", "FIELD_MISSING"), ("[", "JSON_MALFORMED"),
                              ('[{"at":"noon","contract":"C"}]', "INSTANT_INVALID"),
                              (json.dumps([good, {**good, "evnts": []}]), "FIELD_UNKNOWN"),
                              (json.dumps([good, {**good, "at": "2025-04-30T23:59:59Z"}]), "STORY_MALFORMED"),
                              (json.dumps([good, {**good, "matrix": "nobody.tsv"}]), "FILE_UNREADABLE"),
                              (json.dumps([good, {**good, "events": [verification(colour=1)]}]), "FIELD_UNKNOWN"),
                              (json.dumps([good, {**good, "events": 3}]), "STORY_MALFORMED"),
                              (json.dumps([good, {**good, "evaluate": {"clause_id": "K"}}]), "STORY_MALFORMED"),
                              (json.dumps([good, {**good, "events": [], "evaluate": {"clause": "K"}}]), "FIELD_UNKNOWN"),
                              (json.dumps([good, {**good, "events": [], "assents": [assent]}]), "EVENT_COUNT_INVALID"),
                              (json.dumps([good, {**good, "assents": [{**assent, "who": "x"}]}]), "FIELD_UNKNOWN"),
                              (json.dumps([good, {**good, "assents": [{**assent, "role": "KING"}]}]), "ENUM_UNKNOWN"),
                              (json.dumps([good, {**good, "assents": [{"role": "DEC"}]}]), "STORY_MALFORMED"),
                              (json.dumps([good, {**good, "events": [clauses]}]), "FILE_UNREADABLE"),
                              ('[{"at":"2025-05-01T00:00:00Z","contract":3,"events":[{"type":"EvidenceVerified"}]}]',
                               "STORY_MALFORMED"),
                              ('[{"at":"2025-05-01T00:00:00Z","contract":"C","events":[{"type":"EvidenceVerified",'
                               '"evidence_id":"@nobody"}]}]', "LABEL_UNKNOWN")):
            with self.subTest(steps=steps):
                self.refused(story.waymark("rehearsal", "play", self.write("story.json", steps)), reason)
                after = story.json("status")
                self.assertEqual((after["now"], after["head"]), (before["now"], before["head"]))


class BadTables(CommandLine):
    def setUp(self):
        super().setUp()
        with open(os.path.join(Programs.source, "deploy/matrices/sample-matrix-refined.tsv"), "rb") as file:
            self.table = file.read()

    def test_bad_tables_are_refused_and_nothing_is_recorded(self):
        head = story.head()
        lines = self.table.split(b"\n")
        header = next(i for i, line in enumerate(lines) if line.startswith(b"Category\tFocus"))

        def edited(row, old, new):
            assert old in lines[row]
            return b"\n".join(lines[:row] + [lines[row].replace(old, new, 1)] + lines[row + 1:])

        def huge(size):
            row = lines[header + 1].split(b"\t")
            return b"\n".join(lines[:header + 1] + [b"\t".join(row[:3] + [b"x" * size] + row[4:])] + lines[header + 2:])
        for name, table, reason in (
                ("bom.tsv", b"\xef\xbb\xbf" + self.table, "MATRIX_BOM"), ("empty.tsv", b"", "MATRIX_EMPTY"),
                ("mixed.tsv", edited(header + 1, lines[header + 1], lines[header + 1] + b"\r"), "MATRIX_LINE_ENDS_MIXED"),
                ("latin1.tsv", edited(header + 1, b"e", b"\xe9"), "MATRIX_NOT_UTF8"),
                ("nul.tsv", edited(header + 1, b"e", b"\x00"), "MATRIX_NUL_BYTE"),
                ("headless.tsv", b"\n".join(lines[:header] + lines[header + 1:]), "MATRIX_HEADER_MISSING"),
                ("six.tsv", edited(header, b"Level 5", b"Level 6"), "LEVEL_OUT_OF_RANGE"),
                ("twice.tsv", edited(header, b"Level 5", b"Level 4"), "MATRIX_COLUMN_DUPLICATE"),
                ("missing.tsv", edited(header, b"\tLevel 5", b""), "MATRIX_COLUMN_MISSING"),
                ("duplicate.tsv", b"\n".join(lines[:header + 2] + [lines[header + 1]] + lines[header + 2:]), "DUPLICATE_FOCUS"),
                ("none.tsv", b"\n".join(lines[:header + 1]), "MATRIX_FOCUS_NONE"),
                ("cell.tsv", huge((256 << 10) + 1), "MATRIX_CELL_TOO_LARGE"),
                ("file.tsv", b"x" * ((1 << 20) + 1), "FILE_TOO_LARGE"),
                ("quote.csv", b'Category,Focus,"Level 0\n', "MATRIX_QUOTE_UNTERMINATED"),
                ("text.tsv", huge(65 << 10), "MATRIX_CELL_TOO_LARGE"),
                ("version.tsv", b"\n".join(lines[:header + 1] + [line.replace(b"\t", b"\t" + b"word " * 9000, 3)
                                                               for line in lines[header + 1:header + 7]]),
                 "MATRIX_TOO_LARGE"),
                ("table.txt", self.table, "FORMAT_UNKNOWN")):
            with self.subTest(table=name):
                path = self.write(name, table)
                for more in ((), AUTHOR):
                    self.assertIn(path, self.refused(story.waymark("matrix", "import", path, *more), reason))
        self.refused(story.waymark("matrix", "import", self.path("nobody.tsv")), "FILE_UNREADABLE")
        self.refused(story.waymark("matrix", "import", self.folder), "FILE_UNREADABLE")
        self.assertEqual(story.head(), head)


if __name__ == "__main__":
    Programs.waymark, Programs.waymarkd, Programs.source, Programs.output = (os.path.abspath(p) for p in sys.argv[1:5])
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])
