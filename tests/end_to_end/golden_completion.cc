#include "tests/end_to_end/golden_completion.h"

#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/check.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/event_types.h"

namespace waymark::golden {
namespace {

using nlohmann::json;

constexpr Author kContractManager = {false, "CM", "contract-manager"};
constexpr Author kDecisionMaker = {false, "DEC", "decision-maker"};
constexpr Author kAssessor = {false, "ASR", "assessor"};
constexpr Author kModerator = {false, "MOD", "moderator"};
constexpr Author kSecretary = {false, "SEC", "secretary"};
constexpr Author kRegistrar = {false, "REG", "registrar"};
constexpr Author kRecordsManager = {false, "REC", "records-manager"};
constexpr Author kProviderLead = {true, "PRL", "provider-lead"};
constexpr Author kProviderDirector = {true, "PRD", "provider-director"};

constexpr Author kEverybody[] = {kContractManager, kDecisionMaker,    kAssessor,
                                 kModerator,       kSecretary,        kRegistrar,
                                 kProviderLead,    kProviderDirector, kRecordsManager};

uint32_t RoleBit(const Author& author) {
  v1::Role role = v1::ROLE_UNSPECIFIED;
  WAYMARK_CHECK(v1::Role_Parse(absl::StrCat("ROLE_", author.role), &role));
  return Roles({role});
}

// Who records a type of which the first in kEverybody is not whom the examples mean.
const std::map<std::string, Author>& Authors() {
  static const auto* authors = new std::map<std::string, Author>{
      {"EvidenceSubmitted", kProviderLead}, {"EvidenceStatusChanged", kProviderLead},
      {"AssentRecorded", kDecisionMaker},   {"RepresentationMade", kProviderLead},
      {"DisputeStepRecorded", kRegistrar},
  };
  return *authors;
}

// What the catalogue says of the type; nothing for one that it does not have.
EventTraits TraitsOf(const std::string& type) {
  const EventType* found = FindEventType(absl::StrCat("waymark.v1.", type));
  return found == nullptr || found->rules == nullptr ? EventTraits() : found->rules->traits;
}

// The catalogue names some fields by their type alone, and an example may write a party by its id.
void Reword(const Parties& parties, json* event) {
  const std::string type = (*event)["type"].get<std::string>();
  if (type == "PolicySet" && event->contains("values")) {
    for (json& value : (*event)["values"]) {
      if (value.contains("key"))
        value["key"] = absl::AsciiStrToUpper(value["key"].get<std::string>());
      if (value.contains("value") && !value["value"].is_string())
        value["value"] = value["value"].dump();
    }
  } else if (type == "CoverageGapExplained" && event->contains("reason") &&
             absl::EndsWith((*event)["reason"].get<std::string>(), "_DEFAULT")) {
    (*event)["gap_reason"] = (*event)["reason"];
    event->erase("reason");
  } else if (type == "PartyChanged" && event->contains("party")) {
    (*event)["party"] = PartyOf((*event)["party"]);
  } else if (type == "DisputeNotified" && event->contains("party")) {
    const std::string party = PartyIdOf((*event)["party"]);
    if (party == parties.provider) (*event)["party"] = "PROVIDER";
    if (party == parties.authority) (*event)["party"] = "AUTHORITY";
  }
}

// What an event of the type has where the example does not say.
json FieldsOf(const std::string& type, const std::string& day, const Parties& parties) {
  static constexpr char kAsGiven[] = "as the example has it";
  if (type == "EvidenceSubmitted") {
    return {{"evidence_type", "CLIENT_OVERVIEW_REPORT"},
            {"focuses", json::array({"PI-CS"})},
            {"artefact", kAnyDigest},
            {"size", 6},
            {"media_type", "application/pdf"},
            {"issuer", "the provider"},
            {"received_via", "portal"},
            {"period", OneDay(day)}};
  }
  if (type == "EvidenceVerified") return {{"outcome", "VERIFIED"}, {"method", "read"}};
  if (type == "SelfAssessmentSubmitted") return {{"period", OneDay(day)}};
  if (type == "AssessmentRecorded") {
    return {{"assessed_on", day},
            {"narrative",
             {{"impact", kAsGiven},
              {"progress", kAsGiven},
              {"performance", kAsGiven},
              {"value_for_money", kAsGiven}}},
            {"weighing", kAsGiven},
            {"confidence", {{"confident", true}, {"statement", kAsGiven}}}};
  }
  if (type == "AssessmentModerated") return {{"outcome", "CONFIRMED"}};
  if (type == "LevelDetermined") {
    return {{"effective_on", day},
            {"assessed_on", day},
            {"decided_on", day},
            {"effective_basis", kAsGiven}};
  }
  if (type == "TargetSet" || type == "TargetChanged") {
    return {{"words", kAsGiven},
            {"reading", "LAST_DAY"},
            {"agreed_by", json::array({parties.authority, parties.provider})},
            {type == "TargetSet" ? "words" : "context", kAsGiven}};
  }
  if (type == "EvidenceStatusChanged" || type == "PolicySet" || type == "MatrixVersionAdopted") {
    return {{"effective_on", day}};
  }
  if (type == "DeterminationSuperseded") {
    return {{"ground", "ERROR"}, {"approved_by", "decision-maker"}};
  }
  if (type == "CoverageGapExplained") return {{"gap_reason", "AGREED"}};
  if (type == "DisputeNotified") {
    return {{"dispute_id", "D1"}, {"ground", "FACT"}, {"party", "PROVIDER"}, {"notified_on", day}};
  }
  if (type == "DisputeOutcomeRecorded") {
    return {{"dispute_id", "D1"}, {"kind", "SETTLEMENT"}, {"document", kAnyDigest}};
  }
  if (type == "AssentRecorded") {
    return {{"subject", kAnyDigest},
            {"party_id", parties.authority},
            {"assents", true},
            {"person_ref", kDecisionMaker.principal}};
  }
  if (type == "ConflictRecorded") return {{"stage", "DECLARED"}, {"first", day}};
  if (type == "ClientOverviewReportIssued") return {{"document", kAnyDigest}};
  if (type == "PartyChanged" || type == "MobilisationRecorded") return {{"effective_on", day}};
  if (type == "BoardMeetingHeld") {
    return {{"board", "STRATEGIC"}, {"on", day}, {"minutes", kAnyDigest}};
  }
  if (type == "BoardMatterRecorded") {
    return {{"meeting_id", kMeetingId}, {"minute", "1"}, {"outcome", "DISCUSSED"}};
  }
  if (type == "EnduringConditionAssessed") {
    return {{"narrative",
             {{"impact", kAsGiven},
              {"progress", kAsGiven},
              {"performance", kAsGiven},
              {"value_for_money", kAsGiven}}}};
  }
  if (type == "ImprovementNoticeServed") return {{"notice_id", "N1"}, {"method", kAsGiven}};
  if (type == "ImprovementStepRecorded") return {{"notice_id", "N1"}, {"effective_on", day}};
  if (type == "DisputeStepRecorded") return {{"dispute_id", "D1"}, {"on", day}};
  if (type == "DependencyRecorded") {
    return {{"dependency_id", "OWED-1"},
            {"stage", "RAISED"},
            {"owed_by", parties.authority},
            {"what", kAsGiven},
            {"due", day}};
  }
  if (type == "ContractEnded") {
    return {{"cause", "TERMINATED"}, {"effective_on", day}, {"ground", kAsGiven}};
  }
  return json::object();
}

}  // namespace

Author AuthorOf(const json& event) {
  const std::string type = event["type"].get<std::string>();
  if (type == "DeterminationSuperseded" && event.value("ground", "") == "ADJUDICATION") {
    return kRegistrar;
  }
  if (type == "DisputeNotified") {
    return event.value("party", "") == "AUTHORITY" ? kContractManager : kProviderDirector;
  }
  if (type == "ImprovementStepRecorded") {
    const std::string step = event.value("step", "");
    if (step == "PLAN_SUBMITTED") return kProviderLead;
    return absl::EndsWith(step, "CURED") ? kAssessor : kContractManager;
  }
  if (const auto found = Authors().find(type); found != Authors().end()) return found->second;
  for (const Author& author : kEverybody) {
    // People declare their own conflicts.
    if (type == "ConflictRecorded" && event.value("person_ref", "") == author.principal)
      return author;
    if (type != "ConflictRecorded" && (TraitsOf(type).roles & RoleBit(author)) != 0) return author;
  }
  return kContractManager;
}

json CommonOf(const json& event, const Parties& parties, const std::string& matrix_version) {
  const std::string type = event["type"].get<std::string>();
  const Author author = AuthorOf(event);
  json common = {{"party_id", author.of_provider ? parties.provider : parties.authority},
                 {"role", author.role},
                 {"marking", "OFFICIAL"}};
  if (type == "AssentRecorded") {
    // Each party answers for itself.
    common["party_id"] = event["party_id"];
    common["role"] = event["party_id"] == parties.provider ? "PRD" : "DEC";
  }
  if (TraitsOf(type).needs_reason) common["reason"] = "as the example has it";
  if (TraitsOf(type).needs_governance)
    common["governance"] = {{"meeting_id", kMeetingId}, {"minute", "1"}};
  if (TraitsOf(type).needs_matrix_version) common["matrix_version"] = matrix_version;
  return common;
}

json Complete(json event, absl::CivilDay today, const Parties& parties) {
  const std::string type = event["type"].get<std::string>();
  Reword(parties, &event);
  const json fields = FieldsOf(type, FormatDay(today), parties);
  for (const auto& [key, value] : fields.items()) Default(&event, key.c_str(), value);
  if (type == "LevelDetermined") Default(&event, "period", OneDay(event["effective_on"]));
  if (type == "AssessmentRecorded") Default(&event, "period", OneDay(event["assessed_on"]));
  if (event.value("evidence_type", "") == "ACCREDITATION_APPLICATION") {
    Default(&event, "subtype", "AWARDED");
  }
  return event;
}

json CompleteClause(json clause) {
  Default(&clause, "parameters", json::object());
  for (const char* key :
       {"gap_policy", "grace_days", "dispute_rule", "evidence_expiry", "measure"}) {
    if (!clause.contains(key)) continue;
    clause["parameters"][key] = clause[key];
    clause.erase(key);
  }
  Default(&clause, "version", 1);
  Default(&clause, "words", "as the example has it");
  Default(&clause, "kind", "INFORMATION");
  Default(&clause, "effect", "INFORMS");
  Default(&clause, "words_digest", kAnyDigest);
  return clause;
}

void Default(json* event, const char* key, json value) {
  if (!event->contains(key)) (*event)[key] = std::move(value);
}

json PartyOf(const json& party) {
  return party.is_object() ? party : json{{"party_id", party}, {"name", party}};
}

json OneDay(const json& day) { return {{"first", day}, {"last", day}}; }

std::string PartyIdOf(const json& party) {
  return party.is_object() ? party.value("party_id", "") : party.get<std::string>();
}

}  // namespace waymark::golden
