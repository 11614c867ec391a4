#!/usr/bin/env python3
"""Writes the story of a contract's seven years, as `waymark rehearsal play` reads it.

Two authorities and one provider keep roads. Levels are found twice a year; everything below is a table or a sentence, so
change one and play it again. How each is told stands in telling.py.

    python3 deploy/stories/seven_years.py > story.json
"""
from telling import (ALL_PARTIES, BOROUGH, BOTH_AUTHORITIES, COUNTY, DOCUMENT, PROVIDER, Half, assessment, board, clause,
                     count_days, decided, determination, evaluated, evidence, matrix, minute, moderation, narrative,
                     period, print_story, spoken, step)

# ---- What was found, half-year by half-year; a dot where nobody assessed.
HALVES = ["2024-A", "2024-B", "2025-A", "2025-B", "2026-A", "2026-B", "2027-A", "2027-B", "2028-A", "2028-B", "2029-A",
          "2029-B", "2030-A"]
FOUND = {
    "PI-CS": "3 3 1 3 3 3 3 4 4 4 4 4 4",
    "PI-IV": "1 1 3 3 3 4 4 3 3 3 4 4 4",
    "PI-SV": "1 1 2 3 3 3 3 3 3 3 3 3 3",
    "PI-CC": "1 1 1 3 3 3 3 3 . . 3 3 4",
    "SE-AM": "3 3 1 3 3 4 4 4 4 4 4 4 4",
    "SE-NM": "3 3 3 3 1 3 3 3 3 3 3 3 3",
    "CR-FR": ". . . . . . . 1 1 3 3 3 3",
}
# Where the moderator proposed another level than the assessor had found, which was this.
ASSESSED_OTHERWISE = {("PI-IV", "2026-A"): 4}
# Level 2 asks that all of level 1 was found met.
CRITERIA_MET = {("PI-SV", "2025-A"): ["PI-SV.L1.1", "PI-SV.L1.2", "PI-SV.L1.3", "PI-SV.L1.4"]}
# The second matrix version came between these two.
LAST_OF_FIRST_MATRIX = "2027-A"
NO_OVERVIEW_REPORT = "2026-B"
DECIDED_BY_DELEGATE = "2028-A"

# ---- Day to day service: contract year, repairs in time, all found well?
CONDITION = {2024: ("97.1", True), 2025: ("96.4", True), 2026: ("88.9", False), 2027: ("95.2", True),
             2028: ("96.8", True), 2029: ("97.5", True)}
CONDITION_TARGET = "95"
# Local spend in pounds, as TOMs counts it; turnover as a share of what was planned, which is commercial.
LOCAL_SPEND = {2024: "1204000", 2025: "1390500", 2026: "1411250", 2027: "1530000", 2028: "1602000", 2029: "1655400"}
TURNOVER = {2024: "0.98", 2025: "1.01", 2026: "0.97", 2027: "1.02", 2028: "1.00", 2029: "0.99"}
# The rating that a person chose for each year's performance notice, and why.
RATINGS = {2024: ("APPROACHING_TARGET", "Three of six ladders reached their target."),
           2025: ("REQUIRES_IMPROVEMENT", "Customer service fell back and had to be restored."),
           2026: ("APPROACHING_TARGET", "Repairs were late; all ladders stand at three or above."),
           2027: ("GOOD", "All ladders stand at three or above."), 2028: ("GOOD", "Levels were kept."),
           2029: ("GOOD", "Levels were kept, two rose.")}

# ---- Promises of the bid: id, focus, level, words; and the years whose plans take them up.
PROMISES = [
    ("LISTENING", "PI-CS", 3, "Residents are asked four times a year and told what changed", (2024, 2025, 2026)),
    ("IDEAS", "PI-IV", 3, "Ten trials a year, each with a short case", (2024, 2025)),
    ("APPRENTICES", "PI-SV", 3, "Twelve apprentices from the area by the third year", (2024, 2025, 2026)),
    ("FLEET", "PI-CC", 3, "Half of the fleet runs without diesel by 2028", (2025, 2026, 2027, 2028)),
    ("INVENTORY", "SE-AM", 4, "Every asset counted and its condition known", (2026, 2027, 2028, 2029, 2030)),
    ("JOURNEYS", "SE-NM", 4, "Works are combined wherever that spares a closure", (2028, 2029, 2030)),
]
KEPT = {"LISTENING": "2027-04-20", "IDEAS": "2026-04-21", "APPRENTICES": "2027-04-20", "FLEET": "2029-04-18"}

# ---- Bank holidays of England and Wales, as they were recorded.
HOLIDAYS = ["2024-01-01", "2024-03-29", "2024-04-01", "2024-05-06", "2024-05-27", "2024-08-26", "2024-12-25",
            "2024-12-26", "2025-01-01", "2025-04-18", "2025-04-21", "2025-05-05", "2025-05-26", "2025-08-25",
            "2025-12-25", "2025-12-26", "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25",
            "2026-08-31", "2026-12-25", "2026-12-28"]
HOLIDAYS_ADDED = ["2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31", "2027-08-30", "2027-12-27",
                  "2027-12-28"]

EVERY_LADDER = [focus for focus in FOUND if focus != "CR-FR"]


def matrix_of(half):
    return {"matrix_version": "#m1" if half.name <= LAST_OF_FIRST_MATRIX else "#m2"}


def mobilisation():
    step("2024-03-01", "CM", {
        "type": "ContractRegistered", "title": "Highways maintenance, County and Borough",
        "authorities": [{"party_id": COUNTY, "name": "The County"}, {"party_id": BOROUGH, "name": "The Borough"}],
        "provider": {"party_id": PROVIDER, "name": "Roadworks Limited"}, "form": "NEC4_TSC", "regime": "PA2023",
        "starts_on": "2024-04-01", "ends_on": "2031-03-31", "latest_end": "2034-03-31",
        "time_zone": "Europe/London", "calendar_id": "england-and-wales"})
    step("2024-03-04", "CM", {"type": "MobilisationRecorded", "stage": "STARTED", "effective_on": "2024-03-04"},
         {"type": "CalendarRecorded", "calendar_id": "england-and-wales", "version": 1,
          "jurisdiction": "england-and-wales", "holidays": HOLIDAYS})
    board("2024-03-12", "BOARD-2024-03")
    step("2024-03-13T10:00:00Z", "CM", matrix=matrix("sample-matrix-refined"), version_id="2024-mobilised", label="m1")
    step("2024-03-13T11:00:00Z", "DEC", {"type": "MatrixVersionAdopted", "version": "#m1", "effective_on": "2024-04-01"},
         common=minute("BOARD-2024-03", "4"))
    step("2024-03-13T11:30:00Z", "DEC", {
        "type": "PolicySet", "values": [{"key": "CADENCE_MONTHS", "value": "6"}], "effective_on": "2024-04-01"})
    step("2024-03-13T12:00:00Z", "DEC", *[{
        "type": "TargetSet", "focus": focus, "level": 3, "due": "2025-03-31", "words": "level three by March 2025",
        "reading": "LAST_DAY", "agreed_by": [COUNTY, BOROUGH, PROVIDER]} for focus in EVERY_LADDER],
        common={"matrix_version": "#m1", **minute("BOARD-2024-03", "5")})
    step("2024-03-20", "CM", {"type": "ClauseSetRecorded", "id": "SCHEDULE-7", "clauses": [
        clause("steady-service"), clause("good-year"), clause("lost-level")]}, assents=ALL_PARTIES)
    step("2024-03-21", "CM", *[{
        "type": "CommitmentRecorded", "commitment_id": name, "stage": "PROMISED", "words": words, "source": DOCUMENT,
        "focus": focus, "level": level} for name, focus, level, words, _ in PROMISES])
    step("2024-03-28", "CM", {"type": "MobilisationRecorded", "stage": "COMPLETED", "effective_on": "2024-03-28",
                              "deliverables": [{"name": "Depot open"}, {"name": "Systems joined"}]})


def plans():
    for year in range(2024, 2031):
        meeting, version = f"BOARD-{year}-03", "#m1" if year < 2028 else "#m2"
        if year > 2024:
            board(f"{year}-03-12", meeting)
        step(f"{year}-03-22", "DEC", {
            "type": "AnnualPlanAdopted", "plan_id": f"PLAN-{year}", "year": year, "plan_revision": 1,
            "period": period(f"{year}-04-01", f"{year + 1}-03-31"),
            "commitments": [{"commitment_id": name, "focus": focus, "level": level, "due": f"{year + 1}-03-31"}
                            for name, focus, level, _, years in PROMISES if year in years]},
            common={**minute(meeting, "7"), "matrix_version": version})
    for name, focus, _, words, _ in PROMISES:
        step("2025-09-15", "PRL", {"type": "CommitmentRecorded", "commitment_id": name, "stage": "PROGRESS",
                                   "words": "On the way: " + words, "focus": focus, "forecast": "2027-03-31"})
        if name in KEPT:
            step(KEPT[name], "CM", {"type": "CommitmentRecorded", "commitment_id": name, "stage": "CLOSED",
                                    "words": "Kept: " + words, "focus": focus})
    # The Borough owed counts of its assets and gave them late; the County a feed of complaints.
    owed = (("COUNTS", BOROUGH, "Counts of the Borough's assets", "2024-06-30", "2024-05-10", "2024-10-14", "SE-AM"),
            ("FEED", COUNTY, "A daily feed of complaints", "2025-06-30", "2025-05-12", "2025-09-22", "PI-CS"))
    for name, owner, what, due, raised, discharged, focus in owed:
        record = {"type": "DependencyRecorded", "dependency_id": name, "owed_by": owner, "what": what, "due": due,
                  "focus": focus}
        step(raised, "PRL", {**record, "label": name, "stage": "RAISED"})
        step(discharged, "CM", {**record, "stage": "DISCHARGED", "effective_on": discharged})


def uses_of(half, focus):
    """What a level rests on: the overview report, or where there was none what councillors said."""
    first = "FEEDBACK-" + half.name if half.name == NO_OVERVIEW_REPORT else "OVERVIEW-" + half.name
    uses = [{"evidence_id": first}]
    if focus not in ("PI-CS", "CR-FR"):
        uses.append({"evidence_id": "PROGRESS-" + half.name})
    if focus == "PI-CS" and half.name >= "2025-B":
        uses.append({"evidence_id": "CARE-AWARD", "mandatory": True})
    return uses


def half_year(half, found):
    focuses = list(found)
    pinned = matrix_of(half)
    step(half.self_assessed, "PRL", {"type": "SelfAssessmentSubmitted", "focus": "SE-NM", "period": half.period(),
                                     "level": 3}, common=pinned)
    if half.name == NO_OVERVIEW_REPORT:
        step(half.submitted, "STK", evidence(half, "FEEDBACK-" + half.name, "STAKEHOLDER_FEEDBACK", focuses))
    else:
        step(half.submitted, "CM",
             {"type": "ClientOverviewReportIssued", "id": "OVERVIEW-" + half.name, "period": half.period(),
              "document": DOCUMENT},
             evidence(half, "OVERVIEW-" + half.name, "CLIENT_OVERVIEW_REPORT", focuses, issuer="The County"))
    step(half.submitted, "PRL", evidence(half, "PROGRESS-" + half.name, "PLAN_PROGRESS",
                                         [focus for focus in focuses if focus not in ("PI-CS", "CR-FR")],
                                         due=half.assessed))
    step(half.submitted + "T15:00:00Z", "CM", {
        "type": "EvidenceVerified", "evidence_id": "PROGRESS-" + half.name, "outcome": "VERIFIED",
        "method": "compared with the plan", "common": {"reason": "Dates and figures agree."}})
    step(half.assessed, "ASR", *[
        assessment(half, focus, ASSESSED_OTHERWISE.get((focus, half.name), level), uses_of(half, focus), half.assessed,
                   "Users notice the difference.",
                   [{"criterion": one, "party": "PROVIDER", "outcome": "MET"}
                    for one in CRITERIA_MET.get((focus, half.name), ())])
        for focus, level in found.items()], common=pinned)
    step(half.moderated, "MOD", *[
        moderation(half, focus, "The trials ended too late to count.", level)
        if (focus, half.name) in ASSESSED_OTHERWISE else moderation(half, focus)
        for focus, level in found.items()], common=pinned)
    board(half.decided, half.board)
    delegate = half.name == DECIDED_BY_DELEGATE
    step(half.decided, "DEC", *[
        determination(half, focus, level, uses_of(half, focus), half.decided, half.assessed)
        for focus, level in found.items()], principal="county-dec-2" if delegate else None,
        common={**pinned, **minute(half.board, "3"), **({"delegation_id": "D-2028"} if delegate else {})})


def yearly_record():
    for year, (in_time, met) in CONDITION.items():
        whole = period(f"{year}-04-01", f"{year + 1}-03-31")
        after = f"{year + 1}-04-15"
        step(after, "PRL",
             {"type": "MeasureRecorded", "label": f"repairs-{year}", "scheme": "KPI", "scheme_version": "TACTICAL-2024",
              "measure": "repairs-in-time", "unit": "percent", "value": in_time, "target": CONDITION_TARGET,
              "period": whole},
             {"type": "MeasureRecorded", "label": f"spend-{year}", "scheme": "TOMS", "scheme_version": "2024",
              "measure": "local-spend", "unit": "GBP", "value": LOCAL_SPEND[year], "proxy_version": "2024-1",
              "period": whole},
             {"type": "MeasureRecorded", "label": f"turnover-{year}", "scheme": "KPI", "scheme_version": "FINANCE-2024",
              "measure": "turnover-to-plan", "unit": "ratio", "value": TURNOVER[year], "period": whole,
              "common": {"marking": "COMMERCIAL"}})
        step(after + "T14:00:00Z", "ASR", {
            "type": "EnduringConditionAssessed", "focus": "SE-DD", "period": whole, "met": met,
            "narrative": narrative("Roads were kept safe." if met else "Users waited for repairs too often.",
                                   performance=f"{in_time} of 100 repairs in time, {CONDITION_TARGET} asked for."),
            "measures": [f"@repairs-{year}"]}, common={"matrix_version": "#m1" if year < 2027 else "#m2"})
        rating, why = RATINGS[year]
        notice = {"type": "PerformanceNoticeRecorded", "notice_id": f"UK9-{year}", "period": whole, "rating": rating,
                  "mapping_reason": why, "fields": [{"name": name, "value": value} for name, value in (
                      ("authority", "The County; the Borough"), ("kpis", f"Repairs in time: {in_time} %"),
                      ("procurement_ids", "ocds-example-highways-1"), ("procurement_title", "Highways maintenance"),
                      ("statement", why), ("supplier", "Roadworks Limited"))]}
        step(f"{year + 1}-05-20", "CM", {**notice, "stage": "PREPARED"})
        step(f"{year + 1}-05-27", "DEC", {**notice, "label": notice["notice_id"], "stage": "PUBLISHED"})


def customer_service_falls_back():
    """The lapse: level one from October 2025 to March 2026, a notice to improve, its cure, and a sanction waived."""
    matter = {"type": "UnderperformanceRecorded", "matter_id": "ANSWERS", "focus": "PI-CS", "arose_on": "2025-07-01",
              "what": "Complaints wait longer than was promised", "dependencies": ["@FEED"]}
    step("2025-09-08", "CM", {**matter, "stage": "IDENTIFIED", "effective_on": "2025-09-08"})
    step("2025-10-06", "PRL", {**matter, "stage": "CORRECTIVE_ACTION", "effective_on": "2025-10-06"})
    step("2025-11-25", "CM", {
        "type": "ImprovementNoticeServed", "notice_id": "NOTICE-1", "focus": "PI-CS", "clause_id": "LOST-LEVEL",
        "level": 3, "served_on": "2025-11-25", "cure_to": "2026-03-25", "method": "by hand"})
    for at, role, taken, more in (("2025-12-05", "PRL", "PLAN_SUBMITTED", {"plan": DOCUMENT}),
                                  ("2025-12-15", "CM", "PLAN_ACCEPTED", {"plan": DOCUMENT}),
                                  ("2026-03-20", "ASR", "CURED", {})):
        step(at, role, {"type": "ImprovementStepRecorded", "notice_id": "NOTICE-1", "step": taken, "effective_on": at,
                        **more})
    step("2026-03-27", "CM", {**matter, "stage": "CLOSED", "effective_on": "2026-03-27"})
    step("2026-04-02", "PRL", evidence(Half("2025-B"), "CARE-AWARD", "ACCREDITATION_APPLICATION", ["PI-CS"],
                                       subtype="AWARDED", valid_from="2025-12-01", valid_to="2028-11-30"))
    step("2028-11-20", "PRL", {"type": "EvidenceStatusChanged", "evidence_id": "CARE-AWARD", "change": "RENEWED",
                               "effective_on": "2028-11-20", "valid_to": "2031-11-30",
                               "common": {"reason": "The award was given again."}})
    evaluated("2026-06-01", "LOST-LEVEL", "2026-03-31", "lost-level")
    board("2026-06-09", "BOARD-2026-06")
    spoken("2026-06-09", "BOARD-2026-06", "6", "@lost-level", "RECOMMENDED")
    decided("2026-06-10", "SanctionDecided", "BOARD-2026-06", "LOST-LEVEL", "@lost-level", "WAIVE",
            "The notice was cured in time, and the County's own feed had come late.", "waived")


def asset_management_is_corrected():
    """November's fall of SE-AM was a keying error: a reward is put off, the record put right, the reward decided and paid."""
    half, focus = Half("2025-A"), "SE-AM"
    evaluated("2025-12-01", "GOOD-YEAR", "2025-11-30", "good-year-1")
    board("2025-12-09", "BOARD-2025-12")
    spoken("2025-12-09", "BOARD-2025-12", "6", "@good-year-1", "RECOMMENDED")
    decided("2025-12-10", "RewardDecided", "BOARD-2025-12", "GOOD-YEAR", "@good-year-1", "DEFER",
            "Asset management was found at level one; the Board asks for the survey to be read again.", "put-off")
    uses, pinned = uses_of(half, focus), {"matrix_version": "#m1"}
    step("2026-02-10", "ASR", assessment(half, focus, 3, uses, "2026-02-10", "As the survey shows once keyed correctly."),
         common=pinned)
    step("2026-02-11", "MOD", moderation(half, focus, "The figures were keyed into the wrong column."), common=pinned)
    old = f"@determined-{focus}-{half.name}"
    step("2026-02-12", "DEC", {
        **determination(half, focus, 3, uses, "2026-02-12", "2026-02-10"), "label": "corrected", "supersedes": [old],
        "ground": "ERROR", "approved_by": "county-ofa-1"}, common={**pinned, **minute(half.board, "3")})
    evaluated("2026-02-16", "GOOD-YEAR", "2025-11-30", "good-year-2")
    board("2026-02-24", "BOARD-2026-02")
    spoken("2026-02-24", "BOARD-2026-02", "6", "@good-year-2", "RECOMMENDED")
    decided("2026-02-25", "RewardDecided", "BOARD-2026-02", "GOOD-YEAR", "@good-year-2", "APPLY",
            "Both ladders of service excellence stood at three for the year.", "rewarded", amount={"pence": 4000000})
    step("2026-03-10", "CM", {"type": "DecisionCarriedOut", "decision": "@rewarded", "act": "PAID",
                              "effective_on": "2026-03-10", "amount": {"pence": 4000000}, "reference": "PAY-2026-0310"})


def targets_are_changed():
    board("2025-06-10", "BOARD-2025-06")
    for focus, context in (("PI-SV", "A county scheme for apprentices starts a year late."),
                           ("PI-CC", "The grant for chargers was moved to the next year.")):
        spoken("2025-06-10", "BOARD-2025-06", "4", f"@determined-{focus}-2024-B", "DISCUSSED", f"discussed-{focus}")
        step("2025-06-12", "DEC", {
            "type": "TargetChanged", "focus": focus, "level": 3, "due": "2026-09-30", "reading": "LAST_DAY",
            "words": "level three by September 2026", "agreed_by": [COUNTY, BOROUGH, PROVIDER],
            "discussion": f"@discussed-{focus}", "context": context,
            "common": {"reason": "Money came later than the plan had it."}},
            common={"matrix_version": "#m1", **minute("BOARD-2025-06", "4")})


def network_management_is_disputed():
    """SE-NM was found at one; the provider disputes it over Christmas, and an adjudicator finds level three."""
    found = "@determined-SE-NM-2026-A"
    step("2026-06-15", "CM", {"type": "CalendarRecorded", "calendar_id": "england-and-wales", "version": 2,
                              "jurisdiction": "england-and-wales", "holidays": HOLIDAYS + HOLIDAYS_ADDED})
    step("2026-11-20", "PRD", {"type": "RepresentationMade", "about": found, "text": DOCUMENT,
                               "evidence": [{"evidence_id": "PROGRESS-2026-A"}]})
    step("2026-11-27", "PRD", {"type": "DisputeNotified", "label": "disputed", "dispute_id": "D-1", "matters": [found],
                               "ground": "EVIDENCE", "party": "PROVIDER", "notified_on": "2026-11-27"})
    step("2026-11-30", "OFA", {"type": "LegalHoldChanged", "hold_id": "HOLD-1", "placed": True,
                               "scope": {"focuses": ["SE-NM"]}, "common": {"reason": "The dispute may go far."}})
    holidays = HOLIDAYS + HOLIDAYS_ADDED
    counted = lambda day, days: {"deadline": count_days(day, days, holidays), "calendar_version": 2}
    for on, role, rung, more in (
            ("2026-12-01", "PRD", "SENIOR_REPS_REFERRED", {}),
            ("2026-12-14", "PRD", "SENIOR_REPS_CONCLUDED", {}),
            ("2026-12-21", "PRD", "ADJUDICATION_NOTIFIED", counted("2026-12-21", 7)),
            ("2026-12-23", "REG", "ADJUDICATOR_APPOINTED", {}),
            ("2026-12-29", "PRD", "REFERRED", counted("2026-12-29", 28)),
            ("2027-01-19", "REG", "TIME_EXTENDED", {"days": 14, "consents": [PROVIDER], **counted("2026-12-29", 42)})):
        step(on, role, {"type": "DisputeStepRecorded", "dispute_id": "D-1", "step": rung, "on": on, **more})
    step("2027-02-08", "REG", {"type": "DisputeOutcomeRecorded", "label": "outcome", "dispute_id": "D-1",
                               "kind": "ADJUDICATOR_DECISION", "document": DOCUMENT, "affects": [found]})
    board("2027-02-16", "BOARD-2027-02")
    half = Half("2026-A")
    step("2027-02-16", "DEC", {
        **determination(half, "SE-NM", 3, uses_of(half, "SE-NM"), "2027-02-16", half.assessed), "label": "adjudicated",
        "supersedes": [found], "ground": "ADJUDICATION", "approved_by": "county-ofa-1",
        "common": {"reason": "As the adjudicator decided.", "caused_by": ["@outcome"]}},
        common={"matrix_version": "#m1", **minute("BOARD-2027-02", "3")})
    step("2027-05-31", "OFA", {"type": "LegalHoldChanged", "hold_id": "HOLD-1", "placed": False,
                               "common": {"reason": "Neither side went on from the decision."}})


def second_matrix():
    """The matrix is reviewed: social value asks for other things, innovation moves a step, and finance gets its levels."""
    board("2027-12-10", "BOARD-2027-12")
    step("2027-12-13", "CM", matrix=matrix("sample-matrix-reviewed"), version_id="2028-reviewed", label="m2")
    step("2027-12-14", "DEC", {
        "type": "MatrixVersionAdopted", "version": "#m2", "effective_on": "2028-01-01", "carry": [
            {"focus": "PI-IV", "rule": "MAP", "map": [{"from": level, "to": max(level - 1, 0)} for level in range(6)]},
            {"focus": "PI-SV", "rule": "REASSESS"},
            *[{"focus": focus, "rule": "CARRY"}
              for focus in ("PI-CS", "PI-CC", "SE-AM", "SE-NM", "SE-DD", "CR-FR", "CR-CU")]]},
        common=minute("BOARD-2027-12", "4"))
    step("2028-04-03", "DEC", {
        "type": "TargetSet", "focus": "CR-FR", "level": 3, "due": "2030-03-31", "words": "level three by March 2030",
        "reading": "LAST_DAY", "agreed_by": [COUNTY, BOROUGH, PROVIDER]},
        common={"matrix_version": "#m2", **minute("BOARD-2028-03", "5")})


def people():
    """A delegation and its limits; a conflict, and the dispensation without which the assessor could not have gone on."""
    step("2028-09-28", "DEC", {
        "type": "DelegationChanged", "delegation_id": "D-2028", "change": "GRANTED", "person_ref": "county-dec-2",
        "role": "DEC", "powers": ["DETERMINE_LEVEL"], "period": period("2028-10-01", "2029-03-31")})
    half, pinned = Half("2029-A"), {"matrix_version": "#m2"}
    conflict = {"type": "ConflictRecorded", "person_ref": "county-asr-1", "scope": {"focuses": ["SE-AM"]},
                "first": "2029-09-03"}
    step("2029-09-03", "ASR", {**conflict, "stage": "DECLARED"})
    step("2029-10-16", "ASR", assessment(half, "SE-AM", 4, uses_of(half, "SE-AM"), "2029-10-16", "As it seems."),
         common=pinned, refused="CONFLICT_OPEN")
    board("2029-10-18", "BOARD-2029-10")
    step("2029-10-19", "SEC", {**conflict, "stage": "DISPENSED"}, common=minute("BOARD-2029-10", "2"))


def authority_did_not_assess():
    """No assessor for climate change for a year: the gap is the Authority's, and costs the provider nothing."""
    step("2029-11-20", "DEC", {
        "type": "CoverageGapExplained", "focus": "PI-CC", "period": period("2028-10-01", "2029-03-31"),
        "gap_reason": "AUTHORITY_DEFAULT", "common": {"reason": "The County's post of assessor was vacant."}})


def what_others_see():
    board("2029-04-11", "BOARD-2029-04", absent=(BOROUGH,), kind="PARTNERSHIP")
    step("2026-07-01", "CM", {
        "type": "DisclosureMade", "kind": "PUBLICATION", "audience": "the public", "form": "summary", "channel": "website",
        "content": DOCUMENT, "common": {"caused_by": ["@UK9-2025", "@repairs-2025"], "marking": "PUBLIC"}})
    step("2027-07-05", "REC", {
        "type": "DisclosureMade", "kind": "DISCLOSURE", "audience": "one who asked", "form": "copies", "channel": "e-mail",
        "content": DOCUMENT, "request_ref": "FOI-2027-118", "due": "2027-07-12",
        "redactions": [{"position": "@turnover-2026", "exemption": "FOIA 2000 s.43(2)"}]})
    step("2027-09-14", "AUD", {"type": "AnnotationAdded", "about": "@waived",
                               "text": "Read with the notice and its cure; nothing to add."})


def extension():
    """Eligible, offered, accepted, and only with the instrument a new last day."""
    evaluated("2030-12-02", "STEADY-SERVICE", "2030-11-30", "eligible")
    board("2030-12-10", "BOARD-2030-12")
    spoken("2030-12-10", "BOARD-2030-12", "6", "@eligible", "RECOMMENDED")
    step("2030-12-11", "DEC", {
        "type": "ExtensionOffered", "offer_id": "YEAR-8", "clause_id": "STEADY-SERVICE", "evaluation": "@eligible",
        "period": period("2031-04-01", "2032-03-31"), "respond_by": "2031-01-31", "terms": DOCUMENT},
        assents=BOTH_AUTHORITIES, common=minute("BOARD-2030-12", "6"))
    step("2031-01-20", "PRD", {"type": "ExtensionAnswered", "offer_id": "YEAR-8", "answer": "ACCEPTED",
                               "clause_id": "STEADY-SERVICE", "common": {"reason": "One more year on these terms."}})
    step("2031-02-03", "DEC", {"type": "ServicePeriodExtended", "offer_id": "YEAR-8", "new_end": "2032-03-31",
                               "instrument": "Deed of variation no. 7"})


def main():
    mobilisation()
    plans()
    for place, name in enumerate(HALVES):
        levels = {focus: row.split()[place] for focus, row in FOUND.items()}
        half_year(Half(name), {focus: int(level) for focus, level in levels.items() if level != "."})
    yearly_record()
    targets_are_changed()
    customer_service_falls_back()
    asset_management_is_corrected()
    network_management_is_disputed()
    second_matrix()
    people()
    authority_did_not_assess()
    what_others_see()
    extension()
    print_story()


if __name__ == "__main__":
    main()
