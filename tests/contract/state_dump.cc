// Everything a state says, as text. Hash maps are written in the order of their keys.

#include <map>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tests/contract/contract_world.h"

namespace waymark::test {
namespace {

std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }
std::string Text(const std::optional<absl::CivilDay>& day) { return day ? Text(*day) : "-"; }
std::string Text(const DayRange& days) {
  return absl::StrCat(Text(days.first), "..", Text(days.last));
}
std::string Text(const Known& known) {
  return absl::StrCat("@", known.position.value, "/", Text(known.recorded_on));
}

std::string HexText(const Digest& digest) {
  return absl::BytesToHexString(std::string(digest.begin(), digest.end()));
}

std::string Text(const std::vector<EvidenceCitation>& citations) {
  std::string out;
  for (const auto& citation : citations) {
    absl::StrAppend(&out, " ", citation.evidence_id, citation.mandatory ? "!" : "");
  }
  return out;
}

std::string Text(const Assessment& assessment) {
  std::string out = absl::StrCat(
      Text(assessment.known), " ", assessment.level, " ", Text(assessment.period), " ",
      Text(assessment.assessed_on), " ", assessment.assessor,
      assessment.authority_confidence ? " sure" : "", assessment.provisional ? " provisional" : "",
      Text(assessment.evidence), " met:");
  for (const std::string& id : assessment.criteria_met) absl::StrAppend(&out, " ", id);
  for (const auto& moderation : assessment.moderations) {
    absl::StrAppend(&out, " | ", Text(moderation.known), " ", moderation.moderator, " ",
                    moderation.outcome, " ", moderation.level.value_or(-1));
  }
  return out;
}

std::string Text(const Determination& determination) {
  std::string out = absl::StrCat(
      Text(determination.known), " ", determination.level, " ", Text(determination.effective_on),
      " ", Text(determination.period), " ", Text(determination.assessed_on), " ",
      Text(determination.decided_on), " ", Text(determination.coverage_to),
      determination.provisional ? " provisional" : "", Text(determination.evidence), " ",
      absl::BytesToHexString(determination.matrix_version));
  for (const Position old : determination.supersedes) absl::StrAppend(&out, " -", old.value);
  return out;
}

void Dump(const std::string& code, const FocusHistory& history, std::string* out) {
  absl::StrAppend(out, "focus ", code, " last ",
                  history.last_event ? absl::StrCat(history.last_event->value) : "-", "\n");
  for (const auto& fact : history.determinations)
    absl::StrAppend(out, " determined ", Text(fact), "\n");
  for (const auto& fact : history.supersessions) {
    absl::StrAppend(out, " superseded ", Text(fact.known), " ", fact.old.value, " by ",
                    fact.by.value, " ", fact.ground, "\n");
  }
  for (const auto& fact : history.gap_explanations) {
    absl::StrAppend(out, " gap ", Text(fact.known), " ", Text(fact.period), " ", fact.reason, "\n");
  }
  for (const auto& fact : history.targets) {
    absl::StrAppend(out, " target ", Text(fact.known), " ", fact.level, " ", Text(fact.due), " ",
                    fact.words, " ", fact.reading, " ", fact.agreed_by.size(),
                    fact.withdrawn ? " withdrawn" : "", "\n");
  }
  for (const auto& fact : history.assessments) absl::StrAppend(out, " assessed ", Text(fact), "\n");
  for (const auto& fact : history.conditions) {
    absl::StrAppend(out, " condition ", Text(fact.known), " ", Text(fact.period), " ", fact.met,
                    "\n");
  }
}

void Dump(const EvidenceItem& item, std::string* out) {
  absl::StrAppend(out, "evidence ", item.evidence_id, " ", Text(item.known), " ",
                  item.recorded_at.value, " ", item.type, " ", item.subtype, " ", item.submitter,
                  " ", item.submitter_person, " ");
  absl::StrAppend(out, HexText(item.artefact), " ", Text(item.valid_from), " ", Text(item.valid_to),
                  " ", Text(item.due));
  for (const std::string& focus : item.focuses) absl::StrAppend(out, " ", focus);
  for (const auto& fact : item.verifications) {
    absl::StrAppend(out, " | ", Text(fact.known), " ", fact.outcome);
  }
  for (const auto& fact : item.changes) {
    absl::StrAppend(out, " | ", Text(fact.known), " ", fact.change, " ", Text(fact.effective_on),
                    " ", Text(fact.valid_to));
  }
  absl::StrAppend(out, "\n");
}

void DumpMatrix(const ContractState& state, std::string* out) {
  for (const auto& fact : state.drafts) {
    absl::StrAppend(out, "draft ", Text(fact.known), " ", absl::BytesToHexString(fact.version_hash),
                    " ", fact.matrix.ByteSizeLong(), "\n");
  }
  for (const std::string& code : state.focus_codes) absl::StrAppend(out, "code ", code, "\n");
  for (const auto& fact : state.adoptions) {
    absl::StrAppend(out, "adopted ", Text(fact.known), " ", Text(fact.effective_on), " ",
                    absl::BytesToHexString(fact.version_hash));
    for (const auto& [focus, carry] : fact.carry) {
      absl::StrAppend(out, " ", focus, ":", carry.rule);
      for (const auto& [from, to] : carry.map) absl::StrAppend(out, ",", from, ">", to);
    }
    absl::StrAppend(out, "\n");
  }
}

void DumpBoardAndDisputes(const ContractState& state, std::string* out) {
  for (const auto& [id, dispute] : state.disputes) {
    absl::StrAppend(out, "dispute ", id, " ", dispute.dispute_id, " ", Text(dispute.notified),
                    dispute.closed ? Text(*dispute.closed) : " open");
    for (const Position matter : dispute.matters) absl::StrAppend(out, " ", matter.value);
    absl::StrAppend(out, " by ", dispute.side, " on ", Text(dispute.notified_on));
    for (const auto& fact : dispute.steps) {
      absl::StrAppend(out, " | step ", Text(fact.known), " ", fact.step, " ", Text(fact.on), " ",
                      fact.days, " ", fact.side);
    }
    for (const auto& fact : dispute.outcomes) {
      absl::StrAppend(out, " | outcome ", Text(fact.known), " ", fact.kind);
    }
    absl::StrAppend(out, "\n");
  }
  for (const auto& [id, meeting] : state.meetings) {
    absl::StrAppend(out, "meeting ", id, " ", meeting.meeting_id, " ", Text(meeting.known), " ",
                    meeting.board, " ", Text(meeting.on));
    for (const auto& member : meeting.members) {
      absl::StrAppend(out, " ", member.person_ref, "/", member.party_id,
                      member.conflicted ? "!" : "");
    }
    absl::StrAppend(out, "\n");
  }
  for (const auto& fact : state.board_matters) {
    absl::StrAppend(out, "matter ", Text(fact.known), " ", fact.meeting_id, " ", fact.matter.value,
                    " ", fact.outcome, "\n");
  }
}

void DumpClauses(const ContractState& state, std::string* out) {
  for (const auto& [id, versions] : state.clauses) {
    for (const ClauseVersion& fact : versions) {
      absl::StrAppend(out, "clause ", id, " ", Text(fact.known), " ", Text(fact.effective_on), " ",
                      fact.clause.ShortDebugString(), "\n");
    }
  }
}

// Of a decision or an offer.
template <typename Act>
void DumpReviews(const Act& act, std::string* out) {
  for (const auto& fact : act.basis_changes) {
    absl::StrAppend(out, " | basis ", Text(fact.known), " ", fact.old_evaluation.value, ">",
                    fact.new_evaluation.value, " ", fact.cause.value, " ", fact.change);
  }
  for (const auto& fact : act.reviews) {
    absl::StrAppend(out, " | review ", Text(fact.known), " ", fact.basis_change.value, " ",
                    fact.outcome);
  }
}

void Dump(const ClauseDecision& decision, std::string* out) {
  absl::StrAppend(out, "decision ", Text(decision.known), " ", decision.kind, " ",
                  decision.clause_id, " ", decision.evaluation.value, " ", decision.choice, " ");
  absl::StrAppend(out, decision.amount_pence.value_or(-1), " ",
                  decision.fraction ? decision.fraction->ShortDebugString() : "-", " ",
                  decision.proposer, " ", decision.decider, " ", decision.reason);
  for (const auto& fact : decision.carried_out) {
    absl::StrAppend(out, " | carried out ", Text(fact.known), " ", fact.act, " ",
                    Text(fact.effective_on), " ", fact.amount_pence.value_or(-1), " ",
                    fact.reference);
  }
  DumpReviews(decision, out);
  absl::StrAppend(out, "\n");
}

void Dump(const ExtensionOffer& offer, std::string* out) {
  absl::StrAppend(out, "offer ", offer.offer_id, " ", Text(offer.known), " ", offer.clause_id, " ",
                  offer.evaluation.value, " ", Text(offer.period), " ", Text(offer.respond_by));
  if (offer.answer) {
    absl::StrAppend(out, " | answer ", Text(offer.answer->known), " ", offer.answer->answer);
  }
  if (offer.end) {
    absl::StrAppend(out, " | end ", Text(offer.end->known), " ", offer.end->cause, " ",
                    Text(offer.end->effective_on));
  }
  DumpReviews(offer, out);
  absl::StrAppend(out, offer.extended ? Text(*offer.extended) : "", "\n");
}

void DumpDecisions(const ContractState& state, std::string* out) {
  for (const auto& [position, fact] : state.evaluations) {
    absl::StrAppend(out, "evaluation ", position.value, " ", Text(fact.known), " ", fact.clause_id,
                    " ", fact.clause_version, " ", Text(fact.as_of), " ", fact.known_at.value, " ");
    absl::StrAppend(out, fact.outcome, " ", absl::BytesToHexString(fact.explanation_digest), "\n");
  }
  for (const auto& [position, decision] : state.decisions) Dump(decision, out);
  for (const auto& [id, offer] : state.offers) Dump(offer, out);
  for (const Extension& fact : state.extensions) {
    absl::StrAppend(out, "extended ", Text(fact.known), " ", Text(fact.new_end), "\n");
  }
}

void DumpRecord(const ContractState& state, std::string* out) {
  for (const auto& [id, versions] : state.calendars) {
    absl::StrAppend(out, "calendar ", id, "\n");
    for (const auto& fact : versions) {
      absl::StrAppend(out, " version ", fact.version, " ", Text(fact.known));
      for (const absl::CivilDay day : fact.holidays) absl::StrAppend(out, " ", Text(day));
      absl::StrAppend(out, "\n");
    }
  }
  for (const auto& [id, hold] : state.holds) {
    absl::StrAppend(out, "hold ", id, " ", Text(hold.placed), " ",
                    hold.lifted ? Text(*hold.lifted) : "open", " ", hold.scope.ShortDebugString(),
                    "\n");
  }
  for (const auto& fact : state.performance_notices) {
    absl::StrAppend(out, "performance notice ", fact.notice_id, " ", Text(fact.known), " ",
                    fact.stage, " ", Text(fact.period));
    for (const Position cause : fact.causes) absl::StrAppend(out, " <", cause.value);
    absl::StrAppend(out, "\n");
  }
  for (const Position position : state.restricted) {
    absl::StrAppend(out, "restricted ", position.value, "\n");
  }
}

void DumpPlans(const ContractState& state, std::string* out) {
  for (const auto& [id, commitment] : state.commitments) {
    absl::StrAppend(out, "commitment ", id, " ", commitment.commitment_id);
    for (const auto& fact : commitment.stages) {
      absl::StrAppend(out, " | ", Text(fact.known), " ", fact.stage, " ", fact.focus, " ",
                      Text(fact.due));
    }
    absl::StrAppend(out, "\n");
  }
  for (const auto& [id, revisions] : state.plans) {
    absl::StrAppend(out, "plan ", id);
    for (const auto& fact : revisions) {
      absl::StrAppend(out, " | ", Text(fact.known), " ", fact.revision, " ", Text(fact.period));
      for (const auto& [commitment, due] : fact.due) {
        absl::StrAppend(out, " ", commitment, "=", Text(due));
      }
    }
    absl::StrAppend(out, "\n");
  }
  for (const auto& fact : state.reports) {
    absl::StrAppend(out, "report ", Text(fact.known), " ", fact.report_id, " ", Text(fact.period),
                    fact.supersedes ? absl::StrCat(" -", fact.supersedes->value) : "", "\n");
  }
  for (const auto& [key, set] : state.measure_sets) {
    absl::StrAppend(out, "measures ", key);
    for (const auto& [name, fact] : set.measures) {
      absl::StrAppend(out, " | ", name, " ", Text(fact.known), " ", fact.unit);
    }
    absl::StrAppend(out, "\n");
  }
  for (const auto& [id, fact] : state.dependencies) {
    absl::StrAppend(out, "dependency ", id, " ", fact.dependency_id, " ", Text(fact.known), " ",
                    fact.owed_by, " ", Text(fact.due), " ", fact.focus.value_or("-"));
    if (fact.discharge) {
      absl::StrAppend(out, " | ", Text(fact.discharge->known), " ",
                      Text(fact.discharge->effective_on));
    }
    absl::StrAppend(out, "\n");
  }
}

void DumpImprovement(const ContractState& state, std::string* out) {
  for (const auto& [id, matter] : state.underperformances) {
    absl::StrAppend(out, "underperformance ", id, " ", matter.matter_id, " ", matter.focus, " ",
                    Text(matter.arose_on));
    for (const auto& fact : matter.stages) {
      absl::StrAppend(out, " | ", Text(fact.known), " ", fact.stage, " ", Text(fact.effective_on));
    }
    absl::StrAppend(out, "\n");
  }
  for (const auto& [id, notice] : state.notices) {
    absl::StrAppend(out, "notice ", id, " ", notice.notice_id, " ", Text(notice.known), " ",
                    notice.focus, " ", notice.clause_id, " ", notice.level, " ",
                    Text(notice.served_on), " ", Text(notice.cure_to));
    for (const auto& fact : notice.steps) {
      absl::StrAppend(out, " | ", Text(fact.known), " ", fact.step, " ", Text(fact.effective_on));
    }
    absl::StrAppend(out, "\n");
  }
}

void DumpGovernance(const ContractState& state, std::string* out) {
  for (const auto& [id, fact] : state.delegations) {
    absl::StrAppend(out, "delegation ", id, " ", Text(fact.known), " ", fact.party_id, " ",
                    fact.person_ref, " ", fact.role, " ", fact.limit_pence.value_or(-1), " ");
    absl::StrAppend(out, Text(fact.period), fact.revoked ? Text(*fact.revoked) : " open");
    for (const v1::Power power : fact.powers) absl::StrAppend(out, " ", power);
    absl::StrAppend(out, "\n");
  }
  for (const auto& [subject, assents] : state.assents) {
    absl::StrAppend(out, "assents to ", HexText(subject));
    for (const auto& fact : assents) {
      absl::StrAppend(out, " | ", Text(fact.known), " ", fact.party_id, " ", fact.person_ref, " ",
                      fact.assents);
    }
    absl::StrAppend(out, "\n");
  }
  for (const auto& fact : state.mobilisations) {
    absl::StrAppend(out, "mobilisation ", Text(fact.known), " ", fact.stage, " ",
                    Text(fact.effective_on), "\n");
  }
}

void DumpPeople(const ContractState& state, std::string* out) {
  for (const auto& [person, entries] : state.conflicts) {
    absl::StrAppend(out, "conflicts of ", person);
    for (const auto& fact : entries) {
      absl::StrAppend(out, " | ", Text(fact.known), " ", fact.stage, " ", Text(fact.first), " ",
                      Text(fact.last));
      for (const std::string& focus : fact.focuses) absl::StrAppend(out, " ", focus);
      for (const Position position : fact.positions) absl::StrAppend(out, " ", position.value);
    }
    absl::StrAppend(out, "\n");
  }
  for (const auto& fact : state.roles) {
    absl::StrAppend(out, "role ", Text(fact.known), " ", fact.principal, " ", fact.person_ref, " ",
                    fact.party_id, " ", fact.role, " ", fact.granted, " ");
    absl::StrAppend(out, fact.contract_id.value_or("-"), " ",
                    fact.period ? Text(*fact.period) : "-", "\n");
  }
}

}  // namespace

std::string DumpState(const ContractState& state) {
  std::string out = absl::StrCat("contract ", state.contract_id, " next ",
                                 state.next_revision.value, " zone ", state.time_zone.name(), "\n");
  if (state.registration) {
    const Registration& fact = *state.registration;
    absl::StrAppend(&out, "registered ", Text(fact.known), " ", fact.title, " ", fact.provider, " ",
                    Text(fact.starts_on), " ", Text(fact.ends_on));
    absl::StrAppend(&out, " ", Text(fact.latest_end), " ", fact.time_zone_name, " ", fact.regime,
                    fact.as_deed ? " deed" : "", " ", fact.calendar_id);
    for (const std::string& party : fact.authorities) absl::StrAppend(&out, " ", party);
    for (const auto& change : fact.authority_changes) {
      absl::StrAppend(&out, " | ", Text(change.known), " ", change.party_id, " ", change.joins, " ",
                      Text(change.effective_on));
    }
    absl::StrAppend(&out, "\n");
  }
  for (const auto& [code, history] : state.focuses) Dump(code, history, &out);
  std::map<std::string, const EvidenceItem*> items;
  for (const auto& [id, item] : state.evidence) items.emplace(id, &item);
  for (const auto& [id, item] : items) Dump(*item, &out);
  for (const auto& fact : state.policies) {
    absl::StrAppend(&out, "policy ", Text(fact.known), " ", Text(fact.effective_on), " ", fact.key,
                    " ", fact.value, "\n");
  }
  DumpMatrix(state, &out);
  DumpBoardAndDisputes(state, &out);
  DumpRecord(state, &out);
  DumpPlans(state, &out);
  DumpImprovement(state, &out);
  DumpGovernance(state, &out);
  DumpPeople(state, &out);
  DumpClauses(state, &out);
  DumpDecisions(state, &out);
  for (const auto& fact : state.endings) {
    absl::StrAppend(&out, "ended ", Text(fact.known), " ", fact.cause, " ", Text(fact.effective_on),
                    "\n");
  }
  for (const EventMark& mark : state.events) {
    absl::StrAppend(&out, "event ", mark.position.value, " ", mark.type->name(),
                    mark.erased ? " erased" : "", "\n");
  }
  return out;
}

}  // namespace waymark::test
