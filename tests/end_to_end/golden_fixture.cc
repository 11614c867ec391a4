#include "tests/end_to_end/golden_fixture.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "clients/cpp/request_builder.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/limits.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/matrix_canonical.h"
#include "ledger/contract/matrix_import.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"

namespace waymark::golden {
namespace {

using nlohmann::json;

// Any digest will do where the example does not look at the document.
const char kDocument[] = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
const char kMeeting[] = "BOARD-1";

struct Author {
  const char* side;  // "authority" or "provider"
  const char* role;
  const char* principal;
};

// Who records a type; the contract manager records the rest.
const std::map<std::string, Author>& Authors() {
  static const auto* authors = new std::map<std::string, Author>{
      {"EvidenceSubmitted", {"provider", "PRL", "provider-lead"}},
      {"EvidenceStatusChanged", {"provider", "PRL", "provider-lead"}},
      {"SelfAssessmentSubmitted", {"provider", "PRL", "provider-lead"}},
      {"DisputeNotified", {"provider", "PRD", "provider-director"}},
      {"AssessmentRecorded", {"authority", "ASR", "assessor"}},
      {"AssessmentModerated", {"authority", "MOD", "moderator"}},
      {"LevelDetermined", {"authority", "DEC", "decision-maker"}},
      {"CoverageGapExplained", {"authority", "DEC", "decision-maker"}},
      {"MatrixVersionAdopted", {"authority", "DEC", "decision-maker"}},
      {"PolicySet", {"authority", "DEC", "decision-maker"}},
      {"TargetSet", {"authority", "DEC", "decision-maker"}},
      {"TargetChanged", {"authority", "DEC", "decision-maker"}},
      {"BoardMeetingHeld", {"authority", "SEC", "secretary"}},
      {"BoardMatterRecorded", {"authority", "SEC", "secretary"}},
      {"DisputeOutcomeRecorded", {"authority", "REG", "registrar"}},
      {"DisputeStepRecorded", {"authority", "REG", "registrar"}},
  };
  return *authors;
}

Author AuthorOf(const json& event) {
  const std::string type = event["type"].get<std::string>();
  if (type == "DeterminationSuperseded") {
    return event.value("ground", "") == "ADJUDICATION"
               ? Author{"authority", "REG", "registrar"}
               : Author{"authority", "DEC", "decision-maker"};
  }
  const auto found = Authors().find(type);
  return found == Authors().end() ? Author{"authority", "CM", "contract-manager"} : found->second;
}

// Types that need the words `reason`, `governance` or `matrix_version` in their Common.
bool NeedsReason(const std::string& type) {
  static const std::set<std::string> types = {"EvidenceVerified",     "EvidenceStatusChanged",
                                              "AssessmentModerated",  "DeterminationSuperseded",
                                              "CoverageGapExplained", "TargetChanged"};
  return types.count(type) > 0;
}
bool NeedsGovernance(const std::string& type) {
  static const std::set<std::string> types = {"MatrixVersionAdopted", "TargetSet", "TargetChanged",
                                              "LevelDetermined"};
  return types.count(type) > 0;
}
bool NeedsMatrix(const std::string& type) {
  static const std::set<std::string> types = {
      "TargetSet",          "TargetChanged",       "SelfAssessmentSubmitted",
      "AssessmentRecorded", "AssessmentModerated", "LevelDetermined"};
  return types.count(type) > 0;
}

void Default(json* event, const char* key, json value) {
  if (!event->contains(key)) (*event)[key] = std::move(value);
}

json OneDay(const json& day) { return {{"first", day}, {"last", day}}; }

json PartyOf(const json& party) {
  return party.is_object() ? party : json{{"party_id", party}, {"name", party}};
}

std::string PartyIdOf(const json& party) {
  return party.is_object() ? party.value("party_id", "") : party.get<std::string>();
}

}  // namespace

absl::StatusOr<MatrixVersion> LoadMatrix(const std::string& file, const std::string& version_id) {
  std::ifstream stream(file);
  std::stringstream text;
  text << stream.rdbuf();
  if (!stream) return absl::NotFoundError(absl::StrCat(file, ": cannot be read"));
  ASSIGN_OR_RETURN(MatrixImport import, ImportMatrix(text.str(), TableFormat::kTsv));
  import.matrix.set_version_id(version_id);
  import.matrix.set_source(std::string(merkle::BytesOf(merkle::Sha256(text.str()))));
  MatrixVersion version{std::move(import.matrix), ""};
  const Digest hash = merkle::Sha256(CanonicalMatrix(version.matrix));
  version.hash = std::string(merkle::BytesOf(hash));
  return version;
}

Fixture::Fixture(const Client& client, std::string ledger, const MatrixVersion& matrix,
                 std::string prefix)
    : client_(client), ledger_(std::move(ledger)), matrix_(matrix), prefix_(std::move(prefix)) {}

std::optional<uint64_t> Fixture::PositionInLedger(uint64_t relative) const {
  if (relative >= positions_.size()) return std::nullopt;
  return positions_[relative];
}

std::optional<uint64_t> Fixture::PositionInExample(uint64_t position) const {
  const auto found = std::find(positions_.begin(), positions_.end(), position);
  if (found == positions_.end()) return std::nullopt;
  return found - positions_.begin();
}

absl::StatusOr<v1::AppendReply> Fixture::Send(ContractFacts* contract, const json& event,
                                              const std::string& principal) {
  const std::string type = event["type"].get<std::string>();
  const google::protobuf::Descriptor* descriptor = FindEventType(type);
  if (descriptor == nullptr)
    return absl::InvalidArgumentError(absl::StrCat("no event type ", type));
  json payload = event;
  for (const char* key : {"type", "position", "recorded_at", "contract_id"}) payload.erase(key);
  const Author author = AuthorOf(event);
  json common = {{"party_id", absl::string_view(author.side) == "provider" ? contract->provider
                                                                           : contract->authority},
                 {"role", author.role},
                 {"marking", "OFFICIAL"}};
  if (NeedsReason(type)) common["reason"] = "as the example has it";
  if (NeedsGovernance(type)) common["governance"] = {{"meeting_id", kMeeting}, {"minute", "1"}};
  if (NeedsMatrix(type)) common["matrix_version"] = merkle::ToHex(contract->matrix.hash);
  // What the example says of the words in Common stands beside the others.
  for (const char* key : {"reason", "party_id", "role", "marking", "delegation_id", "governance",
                          "caused_by", "matrix_version"}) {
    if (payload.contains(key) && descriptor->FindFieldByName(key) == nullptr) {
      common[key] = payload[key];
      payload.erase(key);
    }
  }
  payload["common"] = common;
  std::unique_ptr<google::protobuf::Message> message = NewMessage(*descriptor);
  RETURN_IF_ERROR(JsonToMessage(payload, nullptr, message.get()));
  RequestBuilder builder(ledger_, contract->id, principal);
  builder.SetRequestId(absl::StrCat(prefix_, requests_++)).Add(*message);
  ASSIGN_OR_RETURN(const v1::AppendRequest request, builder.Build(nullptr));
  ASSIGN_OR_RETURN(v1::AppendReply reply, client_.Append(request));
  contract->last_position = reply.receipt().fixed().events(0).position();
  newest_position_ = contract->last_position;
  return reply;
}

absl::StatusOr<std::string> Fixture::Contract(const json& event, absl::CivilDay today) {
  const std::string name = event.value("contract_id", "A");
  if (contracts_.find(name) == contracts_.end())
    RETURN_IF_ERROR(Register(json::object(), name, today));
  return contracts_[name].id;
}

absl::Status Fixture::Register(const json& event, const std::string& name, absl::CivilDay today) {
  ContractFacts& contract = contracts_[name];
  contract.id = absl::StrCat(prefix_, name);
  contract.matrix = matrix_;
  json registration = event;
  registration["type"] = "ContractRegistered";
  Default(&registration, "title", "A contract of the examples");
  json authorities = json::array();
  for (const json& party : event.value("authorities", json::array({"X"})))
    authorities.push_back(PartyOf(party));
  contract.authority = PartyIdOf(authorities[0]);
  const json provider = event.contains("provider") ? event["provider"] : json("P1");
  contract.provider = PartyIdOf(provider);
  registration["authorities"] = authorities;
  registration["provider"] = PartyOf(provider);
  Default(&registration, "form", "NEC4_TSC");
  Default(&registration, "regime", "PCR2015");
  Default(&registration, "starts_on", "2022-04-01");
  Default(&registration, "ends_on", "2030-03-31");
  Default(&registration, "latest_end", "2034-03-31");
  Default(&registration, "time_zone", "Europe/London");
  Default(&registration, "calendar_id", "england-and-wales");
  RETURN_IF_ERROR(Send(&contract, registration, "contract-manager").status());
  contract.registered_at = contract.last_position;
  json meeting = {{"type", "BoardMeetingHeld"},
                  {"meeting_id", kMeeting},
                  {"board", "STRATEGIC"},
                  {"on", FormatDay(today)},
                  {"minutes", kDocument}};
  meeting["attendees"] = json::array();
  for (const json& party : authorities) {
    meeting["attendees"].push_back({{"person_ref", absl::StrCat("member-", PartyIdOf(party))},
                                    {"party_id", PartyIdOf(party)}});
  }
  RETURN_IF_ERROR(Send(&contract, meeting, "secretary").status());
  return Adopt(&contract, {{"type", "MatrixVersionAdopted"}, {"effective_on", "2022-04-01"}});
}

absl::Status Fixture::Adopt(ContractFacts* contract, json event) {
  // The first version has nothing to carry; each later one is drafted anew under its own id.
  const bool first = contract->matrix_versions == 1;
  contract->matrix.matrix.set_version_id(absl::StrCat("v", contract->matrix_versions++));
  const Digest hash = merkle::Sha256(CanonicalMatrix(contract->matrix.matrix));
  contract->matrix.hash = std::string(merkle::BytesOf(hash));
  json draft = {{"type", "MatrixVersionDrafted"}};
  draft["matrix"] = MessageToJson(contract->matrix.matrix);
  RETURN_IF_ERROR(Send(contract, draft, "contract-manager").status());
  event["version"] = merkle::ToHex(contract->matrix.hash);
  json carry = event.value("carry", json::array());
  std::set<std::string> named;
  for (const json& rule : carry) named.insert(rule.value("focus", ""));
  if (!first) {
    for (const v1::Focus& focus : contract->matrix.matrix.focuses()) {
      if (named.count(focus.code()) == 0)
        carry.push_back({{"focus", focus.code()}, {"rule", "CARRY"}});
    }
  }
  event["carry"] = carry;
  absl::StatusOr<v1::AppendReply> reply = Send(contract, event, "decision-maker");
  return reply.status();
}

absl::Status Fixture::SetCoverage(ContractFacts* contract, bool limited, absl::CivilDay today) {
  const int wanted = limited ? 6 : 0;
  if (contract->coverage_months == wanted) return absl::OkStatus();
  contract->coverage_months = wanted;
  return Send(contract,
              {{"type", "PolicySet"},
               {"effective_on", FormatDay(today)},
               {"values", {{{"key", "COVERAGE_MONTHS"}, {"value", absl::StrCat(wanted)}}}}},
              "decision-maker")
      .status();
}

absl::StatusOr<json> Fixture::CiteEvidence(ContractFacts* contract, const json& event,
                                           absl::CivilDay today) {
  if (event.contains("evidence")) return event["evidence"];
  const std::string focus = event.value("focus", "");
  const std::string id = absl::StrCat("FIX-", focus, "-", requests_);
  json item = {{"type", "EvidenceSubmitted"}, {"evidence_id", id}, {"focuses", {focus}}};
  ASSIGN_OR_RETURN(item, Complete(contract, std::move(item), today));
  RETURN_IF_ERROR(Send(contract, item, "provider-lead").status());
  return json::array({{{"evidence_id", id}}});
}

absl::StatusOr<json> Fixture::Assess(ContractFacts* contract, const json& event,
                                     const json& evidence, absl::CivilDay today) {
  const std::string focus = event.value("focus", "");
  const uint64_t level = event.value("level", uint64_t{0});
  json assessment = {
      {"type", "AssessmentRecorded"}, {"focus", focus}, {"level", level}, {"evidence", evidence}};
  assessment["period"] = event["period"];
  assessment["assessed_on"] = event["assessed_on"];
  assessment["narrative"] = {{"impact", "as found"},
                             {"progress", "as found"},
                             {"performance", "as found"},
                             {"value_for_money", "as found"}};
  assessment["weighing"] = "held long enough";
  assessment["longevity"] = {{"as_of", FormatDay(today)},
                             {"known_at", contract->last_position},
                             {"engine", "maturity/1"},
                             {"digest", kDocument}};
  assessment["confidence"] = {{"confident", true}, {"statement", "the Authority is confident"}};
  if (event.value("provisional", false)) assessment["provisional"] = true;
  assessment["findings"] = json::array();
  for (const v1::Cell& cell : contract->matrix.matrix.cells()) {
    if (cell.focus() != focus || cell.level() > level) continue;
    for (const v1::Criterion& criterion : cell.criteria()) {
      for (const v1::Side side : {v1::SIDE_AUTHORITY, v1::SIDE_PROVIDER}) {
        if (criterion.binds() != side && criterion.binds() != v1::SIDE_BOTH) continue;
        assessment["findings"].push_back(
            {{"criterion", criterion.id()},
             {"party", side == v1::SIDE_AUTHORITY ? "AUTHORITY" : "PROVIDER"},
             {"outcome", "MET"}});
      }
    }
  }
  ASSIGN_OR_RETURN(const v1::AppendReply assessed, Send(contract, assessment, "assessor"));
  const uint64_t position = assessed.receipt().fixed().events(0).position();
  ASSIGN_OR_RETURN(
      const v1::AppendReply moderated,
      Send(contract,
           {{"type", "AssessmentModerated"}, {"assessment", position}, {"outcome", "CONFIRMED"}},
           "moderator"));
  return json::array({position, moderated.receipt().fixed().events(0).position()});
}

absl::StatusOr<json> Fixture::Complete(ContractFacts* contract, json event, absl::CivilDay today) {
  const std::string type = event["type"].get<std::string>();
  const std::string day = FormatDay(today);
  if (type == "EvidenceSubmitted") {
    Default(&event, "evidence_type", "CLIENT_OVERVIEW_REPORT");
    if (event["evidence_type"] == "ACCREDITATION_APPLICATION")
      Default(&event, "subtype", "AWARDED");
    Default(&event, "focuses", json::array({"PI-CS"}));
    Default(&event, "artefact", kDocument);
    Default(&event, "size", 6);
    Default(&event, "media_type", "application/pdf");
    Default(&event, "issuer", "the provider");
    Default(&event, "received_via", "portal");
    Default(&event, "period", OneDay(day));
  } else if (type == "EvidenceVerified") {
    Default(&event, "outcome", "VERIFIED");
    Default(&event, "method", "read");
  } else if (type == "EvidenceStatusChanged") {
    Default(&event, "effective_on", day);
  } else if (type == "LevelDetermined") {
    Default(&event, "effective_on", day);
    Default(&event, "period", OneDay(event["effective_on"]));
    Default(&event, "assessed_on", day);
    Default(&event, "decided_on", day);
    Default(&event, "effective_basis", "as the example has it");
  } else if (type == "TargetSet" || type == "TargetChanged") {
    Default(&event, "words", "as the example has it");
    Default(&event, "reading", "LAST_DAY");
    Default(&event, "agreed_by", json::array({contract->authority, contract->provider}));
  } else if (type == "PolicySet") {
    Default(&event, "effective_on", day);
    for (json& value : event["values"]) {
      if (value.contains("key"))
        value["key"] = absl::AsciiStrToUpper(value["key"].get<std::string>());
      if (value.contains("value") && !value["value"].is_string())
        value["value"] = value["value"].dump();
    }
  } else if (type == "DeterminationSuperseded") {
    Default(&event, "ground", "ERROR");
    Default(&event, "approved_by", "decision-maker");
  } else if (type == "CoverageGapExplained") {
    // The catalogue names the field by its type; an example may call it `reason`.
    if (event.contains("reason") &&
        absl::EndsWith(event["reason"].get<std::string>(), "_DEFAULT")) {
      event["gap_reason"] = event["reason"];
      event.erase("reason");
    }
    Default(&event, "gap_reason", "AGREED");
  } else if (type == "DisputeNotified") {
    Default(&event, "dispute_id", "D1");
    Default(&event, "ground", "FACT");
    if (!event.contains("party") || !event["party"].is_string()) event["party"] = "PROVIDER";
    Default(&event, "notified_on", day);
  } else if (type == "DisputeOutcomeRecorded") {
    Default(&event, "dispute_id", "D1");
    Default(&event, "kind", "SETTLEMENT");
    Default(&event, "document", kDocument);
  } else if (type == "BoardMeetingHeld") {
    Default(&event, "board", "STRATEGIC");
    Default(&event, "on", day);
    Default(&event, "minutes", kDocument);
  } else if (type == "ContractEnded") {
    Default(&event, "cause", "TERMINATED");
    Default(&event, "effective_on", day);
    Default(&event, "ground", "as the example has it");
  }
  return event;
}

absl::StatusOr<v1::AppendReply> Fixture::Append(const json& given, absl::CivilDay today) {
  const std::string type = given["type"].get<std::string>();
  const std::string name = given.value("contract_id", "A");
  json event = given;
  // References inside the example become positions of the ledger.
  const auto translate = [this](json& ref) -> absl::Status {
    if (!ref.is_number_unsigned()) return absl::OkStatus();
    const std::optional<uint64_t> position = PositionInLedger(ref.get<uint64_t>());
    if (!position)
      return absl::InvalidArgumentError(absl::StrCat("no event ", ref.dump(), " in the example"));
    ref = *position;
    return absl::OkStatus();
  };
  for (const char* key :
       {"supersedes", "matters", "old", "affects", "basis", "assents", "caused_by"}) {
    if (!event.contains(key) || !event[key].is_array()) continue;
    for (json& ref : event[key]) RETURN_IF_ERROR(translate(ref));
  }
  for (const char* key : {"assessment", "matter", "discussion", "about", "plan"}) {
    if (event.contains(key)) RETURN_IF_ERROR(translate(event[key]));
  }
  if (type == "ContractRegistered") {
    RETURN_IF_ERROR(Register(event, name, today));
    positions_.push_back(contracts_[name].registered_at);
    return v1::AppendReply();
  }
  RETURN_IF_ERROR(Contract(event, today).status());
  ContractFacts& contract = contracts_[name];
  if (type == "MatrixVersionAdopted") {
    RETURN_IF_ERROR(Adopt(&contract, event));
    positions_.push_back(contract.last_position);
    return v1::AppendReply();
  }
  ASSIGN_OR_RETURN(event, Complete(&contract, std::move(event), today));
  if (type == "LevelDetermined" && !event.contains("basis")) {
    RETURN_IF_ERROR(SetCoverage(&contract, event.contains("coverage_to"), today));
    ASSIGN_OR_RETURN(event["evidence"], CiteEvidence(&contract, event, today));
    // Where the rules refuse the assessment they refuse the determination too, and that answer is
    // what counts.
    absl::StatusOr<json> basis = Assess(&contract, event, event["evidence"], today);
    if (basis.ok()) event["basis"] = *basis;
  }
  ASSIGN_OR_RETURN(v1::AppendReply reply, Send(&contract, event, AuthorOf(event).principal));
  positions_.push_back(contract.last_position);
  return reply;
}

}  // namespace waymark::golden
