"""How a story of this contract is told: who acts in which role, what half a year of assessing looks like, and the words
that every event needs. The stories themselves are tables and sentences beside this file.
"""
import datetime
import json
import os
import sys

CONTRACT = "HIGHWAYS-1"
COUNTY, BOROUGH, PROVIDER = "COUNTY", "BOROUGH", "ROADWORKS"
# Stands for every document whose words do not matter here.
DOCUMENT = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
DEPLOY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Role: who acts in it, and for whom. People are pseudonyms.
PEOPLE = {
    "CM": ("county-cm-1", COUNTY), "DEC": ("county-dec-1", COUNTY), "OFA": ("county-ofa-1", COUNTY),
    "ASR": ("county-asr-1", COUNTY), "MOD": ("borough-mod-1", BOROUGH), "SEC": ("secretary-1", COUNTY),
    "PRL": ("roadworks-lead-1", PROVIDER), "PRD": ("roadworks-director-1", PROVIDER),
    "STK": ("councillor-1", BOROUGH), "AUD": ("auditor-1", COUNTY), "REG": ("registrar-1", COUNTY),
    "REC": ("records-1", COUNTY),
}
BOTH_AUTHORITIES = [{"principal": "county-dec-1", "party_id": COUNTY, "role": "DEC"},
                    {"principal": "borough-dec-1", "party_id": BOROUGH, "role": "DEC"}]
ALL_PARTIES = BOTH_AUTHORITIES + [{"principal": "roadworks-director-1", "party_id": PROVIDER, "role": "PRD"}]

steps = []


def clause(name):
    return os.path.join(DEPLOY, "clauses", name + ".json")


def matrix(name):
    return os.path.join(DEPLOY, "matrices", name + ".tsv")


def step(at, role, *events, principal=None, common=None, **more):
    """One request: `at` is a day, or an instant in UTC; a day means noon."""
    person, party = PEOPLE[role]
    steps.append({"at": at if "T" in at else at + "T12:00:00Z", "contract": CONTRACT, "principal": principal or person,
                  "common": {"party_id": party, "role": role, "marking": "OFFICIAL", **(common or {})},
                  **({"events": list(events)} if events else {}), **more})


def print_story():
    """Everything told, in the order in which it happened."""
    json.dump(sorted(steps, key=lambda one: one["at"]), sys.stdout, indent=1)


def minute(meeting, number):
    return {"governance": {"meeting_id": meeting, "minute": number}}


def period(first, last):
    return {"first": first, "last": last}


def narrative(impact, progress="The plan's milestones are kept.", performance="Targets of the period are met.",
              value="Within the budget."):
    return {"impact": impact, "progress": progress, "performance": performance, "value_for_money": value}


def board(day, meeting, absent=(), kind="STRATEGIC"):
    members = [("member-1", COUNTY), ("member-2", BOROUGH), ("member-3", PROVIDER)]
    step(day + "T10:00:00Z", "SEC", {
        "type": "BoardMeetingHeld", "meeting_id": meeting, "board": kind, "on": day, "minutes": DOCUMENT,
        "attendees": [{"person_ref": person, "party_id": party} for person, party in members if party not in absent]})


def spoken(day, meeting, number, matter, outcome, label=""):
    """What a board said about an event."""
    step(day + "T10:30:00Z", "SEC", {
        "type": "BoardMatterRecorded", "label": label, "meeting_id": meeting, "minute": number, "matter": matter,
        "outcome": outcome, "votes": [{"person_ref": "member-1", "party_id": COUNTY, "choice": "FOR"},
                                      {"person_ref": "member-2", "party_id": BOROUGH, "choice": "FOR"}]})


def evaluated(at, clause_id, as_of, label):
    step(at, "CM", evaluate={"clause_id": clause_id, "as_of": as_of}, label=label)


def decided(at, kind, meeting, clause_id, evaluation, choice, reason, label, **more):
    """A reward or a sanction: proposed by one person, decided by another, assented to by both authorities."""
    step(at, "DEC", {"type": kind, "label": label, "clause_id": clause_id, "evaluation": evaluation, "choice": choice,
                     "proposer": "borough-dec-1", "decider": "county-dec-1", "common": {"reason": reason}, **more},
         assents=BOTH_AUTHORITIES, common=minute(meeting, "6"))


class Half:
    """Half a contract year: "2025-A" runs from April to September 2025, "2025-B" from October to March after."""

    def __init__(self, name):
        year, half = int(name[:4]), name[5]
        self.name, self.board = name, "BOARD-" + name
        if half == "A":
            self.first, self.last = f"{year}-04-01", f"{year}-09-30"
            self.next, self.coverage_to = f"{year}-10-01", f"{year + 1}-03-31"
            on = lambda month, day: f"{year}-{month + 9:02}-{day:02}"
        else:
            self.first, self.last = f"{year}-10-01", f"{year + 1}-03-31"
            self.next, self.coverage_to = f"{year + 1}-04-01", f"{year + 1}-09-30"
            on = lambda month, day: f"{year + 1}-{month + 3:02}-{day:02}"
        self.self_assessed, self.submitted, self.assessed = on(1, 8), on(1, 10), on(1, 24)
        self.moderated, self.decided = on(1, 30), on(2, 12)

    def period(self):
        return period(self.first, self.last)


def evidence(half, evidence_id, kind, focuses, **more):
    return {"type": "EvidenceSubmitted", "evidence_id": evidence_id, "focuses": focuses, "evidence_type": kind,
            "artefact": DOCUMENT, "size": 48213, "media_type": "application/pdf", "issuer": "Roadworks Limited",
            "received_via": "portal", "period": half.period(), **more}


def assessment(half, focus, level, uses, assessed_on, impact, findings=()):
    return {"type": "AssessmentRecorded", "label": f"assessed-{focus}-{half.name}", "focus": focus,
            "period": half.period(), "assessed_on": assessed_on, "level": level, "narrative": narrative(impact),
            "findings": list(findings), "evidence": uses,
            "longevity": {"as_of": assessed_on, "known_at": "@last", "engine": "maturity/1", "digest": DOCUMENT},
            "weighing": "The record since the last assessment was read and weighed.",
            "confidence": {"confident": True, "statement": "The Authority trusts the direction of travel."}}


def moderation(half, focus, reason="The evidence bears the finding.", level=None):
    return {"type": "AssessmentModerated", "label": f"moderated-{focus}-{half.name}",
            "assessment": f"@assessed-{focus}-{half.name}",
            **({"outcome": "CONFIRMED"} if level is None else {"outcome": "PROPOSED", "level": level}),
            "common": {"reason": reason}}


def determination(half, focus, level, uses, decided_on, assessed_on, **more):
    key = f"{focus}-{half.name}"
    return {"type": "LevelDetermined", "label": f"determined-{key}", "focus": focus, "level": level,
            "effective_on": half.next, "period": half.period(), "assessed_on": assessed_on, "decided_on": decided_on,
            "basis": [f"@assessed-{key}", f"@moderated-{key}"], "evidence": uses, "coverage_to": half.coverage_to, **more}


def count_days(day, days, holidays):
    """The last of so many days after `day`, holidays left out and weekends not, as the Construction Act counts."""
    on = datetime.date.fromisoformat(day)
    while days > 0:
        on += datetime.timedelta(days=1)
        days -= on.isoformat() not in holidays
    return on.isoformat()
