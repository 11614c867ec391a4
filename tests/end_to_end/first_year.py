#!/usr/bin/env python3
"""Writes the story that the suites of the command line ask about: a contract's first year and a half.

Two authorities and one provider. Customer service falls back for a quarter and recovers: a lapse. Asset management is
found to have fallen too, until a keying error comes to light months later: a correction. It is short, and its
figures can be checked by hand.

    python3 tests/end_to_end/first_year.py MATRIX > story.json
"""
import json
import sys

CONTRACT = "HIGHWAYS-1"
COUNTY, BOROUGH, PROVIDER = "COUNTY", "BOROUGH", "ROADWORKS"
DOCUMENT = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"

# First and last day assessed; last day the finding speaks for; days of evidence, assessment, moderation and decision.
QUARTERS = {
    "2024-Q2": ("2024-04-01", "2024-06-30", "2024-12-31", "2024-07-05", "2024-07-12", "2024-07-16", "2024-07-22"),
    "2024-Q3": ("2024-07-01", "2024-09-30", "2025-03-31", "2024-10-04", "2024-10-11", "2024-10-15", "2024-10-21"),
    "2024-Q4": ("2024-10-01", "2024-12-31", "2025-06-30", "2025-01-06", "2025-01-13", "2025-01-15", "2025-01-20"),
    "2025-Q1": ("2025-01-01", "2025-03-31", "2025-09-30", "2025-04-04", "2025-04-11", "2025-04-15", "2025-04-22"),
}
# The day from which a quarter's finding holds: the day after it.
FROM = {"2024-Q2": "2024-07-01", "2024-Q3": "2024-10-01", "2024-Q4": "2025-01-01", "2025-Q1": "2025-04-01"}
# What was found, quarter by quarter.
FOUND = {
    "PI-CS": {"2024-Q2": 3, "2024-Q3": 1, "2024-Q4": 3, "2025-Q1": 3},
    "PI-SV": {"2024-Q2": 1, "2024-Q4": 3},
    "SE-AM": {"2024-Q2": 3, "2024-Q3": 1, "2024-Q4": 3, "2025-Q1": 4},
    "SE-NM": {"2024-Q2": 1, "2024-Q3": 3, "2025-Q1": 3},
}

steps = []


def step(at, principal, party, role, events, **more):
    steps.append({"at": at, "contract": CONTRACT, "principal": principal,
                  "common": {"party_id": party, "role": role, "marking": "OFFICIAL"}, "events": events, **more})


def register(matrix):
    step("2024-03-01T10:00:00Z", "county-cm-1", COUNTY, "CM", [{
        "type": "ContractRegistered", "title": "Highways maintenance, County and Borough",
        "authorities": [{"party_id": COUNTY, "name": "The County"}, {"party_id": BOROUGH, "name": "The Borough"}],
        "provider": {"party_id": PROVIDER, "name": "Roadworks Limited"}, "form": "NEC4_TSC", "regime": "PA2023",
        "starts_on": "2024-04-01", "ends_on": "2031-03-31", "latest_end": "2034-03-31",
        "time_zone": "Europe/London", "calendar_id": "england-and-wales"}])
    board("2024-03-12", "BOARD-1")
    step("2024-03-13T10:00:00Z", "county-cm-1", COUNTY, "CM", [], matrix=matrix, version_id="2024-mobilised",
         label="matrix")
    step("2024-03-13T11:00:00Z", "county-dec-1", COUNTY, "DEC", [{
        "type": "MatrixVersionAdopted", "version": "#matrix", "effective_on": "2024-04-01",
        "common": {"governance": {"meeting_id": "BOARD-1", "minute": "4"}}}])
    step("2024-03-13T12:00:00Z", "county-dec-1", COUNTY, "DEC", [{
        "type": "TargetSet", "focus": focus, "level": 3, "due": "2025-03-31", "words": "level three by March 2025",
        "reading": "LAST_DAY", "agreed_by": [COUNTY, BOROUGH, PROVIDER],
        "common": {"matrix_version": "#matrix", "governance": {"meeting_id": "BOARD-1", "minute": "5"}}}
        for focus in ("PI-CS", "PI-SV", "SE-AM", "SE-NM")])


def board(day, meeting):
    step(f"{day}T15:00:00Z", "secretary-1", COUNTY, "SEC", [{
        "type": "BoardMeetingHeld", "meeting_id": meeting, "board": "STRATEGIC", "on": day, "minutes": DOCUMENT,
        "attendees": [{"person_ref": "member-1", "party_id": COUNTY}, {"person_ref": "member-2", "party_id": BOROUGH},
                      {"person_ref": "member-3", "party_id": PROVIDER}]}])


def quarter(name):
    first, last, coverage_to, submitted, assessed, moderated, decided = QUARTERS[name]
    period = {"first": first, "last": last}
    found = {focus: levels[name] for focus, levels in FOUND.items() if name in levels}
    step(f"{submitted}T09:30:00Z", "roadworks-lead-1", PROVIDER, "PRL", [{
        "type": "EvidenceSubmitted", "evidence_id": f"REPORT-{focus}-{name}", "focuses": [focus],
        "evidence_type": "CLIENT_OVERVIEW_REPORT", "artefact": DOCUMENT, "size": 48213, "media_type": "application/pdf",
        "issuer": "Roadworks Limited", "received_via": "portal", "period": period, "due": submitted}
        for focus in found])
    for focus, level in found.items():
        key = f"{focus}-{name}"
        step(f"{assessed}T10:00:00Z", "county-asr-1", COUNTY, "ASR", [{
            "type": "AssessmentRecorded", "label": f"assessed-{key}", "focus": focus, "period": period,
            "assessed_on": assessed, "level": level,
            "narrative": {"impact": "Users notice the difference.", "progress": "The plan's milestones are kept.",
                          "performance": "Targets of the quarter are met.", "value_for_money": "Within the budget."},
            "evidence": [{"evidence_id": f"REPORT-{key}"}],
            "longevity": {"as_of": assessed, "known_at": "@last", "engine": "maturity/1", "digest": DOCUMENT},
            "weighing": "The record since the last quarter was read and weighed.",
            "confidence": {"confident": True, "statement": "The Authority is confident in the direction."},
            "common": {"matrix_version": "#matrix"}}])
    for focus, level in found.items():
        key = f"{focus}-{name}"
        step(f"{moderated}T14:00:00Z", "borough-mod-1", BOROUGH, "MOD", [{
            "type": "AssessmentModerated", "label": f"moderated-{key}", "assessment": f"@assessed-{key}",
            "outcome": "CONFIRMED", "common": {"reason": "The evidence bears the finding.",
                                               "matrix_version": "#matrix"}}])
    board(decided, f"BOARD-{name}")
    for focus, level in found.items():
        determine(f"{decided}T16:00:00Z", focus, name, level, f"determined-{focus}-{name}")


def determine(at, focus, name, level, label, **more):
    first, last, coverage_to, _, assessed, _, _ = QUARTERS[name]
    key = f"{focus}-{name}"
    step(at, "county-dec-1", COUNTY, "DEC", [{
        "type": "LevelDetermined", "label": label, "focus": focus, "level": level, "effective_on": FROM[name],
        "period": {"first": first, "last": last}, "assessed_on": assessed, "decided_on": at[:10],
        "basis": [f"@assessed-{key}", f"@moderated-{key}"], "evidence": [{"evidence_id": f"REPORT-{key}"}],
        "coverage_to": coverage_to,
        "common": {"matrix_version": "#matrix", "governance": {"meeting_id": f"BOARD-{name}", "minute": "3"}},
        **more}])


def correct_asset_management():
    """The third quarter's fall of SE-AM was a keying error: found in February, put right without touching the record."""
    name, focus = "2024-Q3", "SE-AM"
    first, last, *_ = QUARTERS[name]
    step("2025-02-10T10:00:00Z", "county-asr-1", COUNTY, "ASR", [{
        "type": "AssessmentRecorded", "label": f"assessed-{focus}-{name}", "focus": focus,
        "period": {"first": first, "last": last}, "assessed_on": "2025-02-10", "level": 3,
        "narrative": {"impact": "As the survey shows once keyed correctly.", "progress": "Milestones were kept.",
                      "performance": "Targets were met.", "value_for_money": "Within the budget."},
        "evidence": [{"evidence_id": f"REPORT-{focus}-{name}"}],
        "longevity": {"as_of": "2025-02-10", "known_at": "@last", "engine": "maturity/1", "digest": DOCUMENT},
        "weighing": "The quarter was read again from the source.",
        "confidence": {"confident": True, "statement": "The Authority is confident in the corrected finding."},
        "common": {"matrix_version": "#matrix"}}])
    step("2025-02-11T14:00:00Z", "borough-mod-1", BOROUGH, "MOD", [{
        "type": "AssessmentModerated", "label": f"moderated-{focus}-{name}", "assessment": f"@assessed-{focus}-{name}",
        "outcome": "CONFIRMED", "common": {"reason": "The figures were keyed into the wrong column.",
                                           "matrix_version": "#matrix"}}])
    determine("2025-02-12T16:00:00Z", focus, name, 3, "corrected", supersedes=[f"@determined-{focus}-{name}"],
              ground="ERROR", approved_by="county-ofa-1")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: first_year.py MATRIX.tsv|csv > story.json")
    register(sys.argv[1])
    for name in QUARTERS:
        if name == "2025-Q1":
            correct_asset_management()
        quarter(name)
    json.dump(steps, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
