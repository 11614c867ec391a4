#include "tests/end_to_end/golden_fixture.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "clients/cpp/request_builder.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/limits.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/matrix_canonical.h"
#include "ledger/contract/matrix_import.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"
#include "tests/end_to_end/golden_completion.h"

namespace waymark::golden {
namespace {

using nlohmann::json;

// No ledger of examples reaches it.
constexpr uint64_t kNoPosition = uint64_t{1} << 60;

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
                 std::string prefix, uint64_t* newest_position)
    : client_(client),
      ledger_(std::move(ledger)),
      matrix_(matrix),
      prefix_(std::move(prefix)),
      newest_position_(newest_position) {}

std::optional<uint64_t> Fixture::PositionInLedger(uint64_t relative) const {
  if (relative >= positions_.size()) return std::nullopt;
  return positions_[relative];
}

std::optional<uint64_t> Fixture::PositionInExample(uint64_t position) const {
  const auto found = std::find(positions_.begin(), positions_.end(), position);
  if (found == positions_.end()) return std::nullopt;
  return found - positions_.begin();
}

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Fixture::Read(
    const ContractFacts& contract, const json& event) {
  const std::string type = event["type"].get<std::string>();
  const google::protobuf::Descriptor* descriptor = EventDescriptorOf(type);
  if (descriptor == nullptr)
    return absl::InvalidArgumentError(absl::StrCat("no event type ", type));
  json payload = event;
  for (const char* key : {"type", "position", "recorded_at", "contract_id"}) payload.erase(key);
  json common = CommonOf(event, contract.parties, merkle::ToHex(contract.matrix.hash));
  // What the example says of the words in Common stands beside the others.
  for (const char* key : {"reason", "party_id", "role", "marking", "delegation_id", "governance",
                          "caused_by", "matrix_version"}) {
    if (payload.contains(key) && descriptor->FindFieldByName(key) == nullptr) {
      common[key] = payload[key];
      payload.erase(key);
    }
  }
  const auto version = contract.versions.find(common.value("matrix_version", ""));
  if (version != contract.versions.end())
    common["matrix_version"] = merkle::ToHex(version->second.hash);
  payload["common"] = common;
  std::unique_ptr<google::protobuf::Message> message = NewMessage(*descriptor);
  RETURN_IF_ERROR(JsonToMessage(payload, nullptr, message.get()));
  return message;
}

absl::StatusOr<v1::AppendReply> Fixture::Send(ContractFacts* contract, const json& event) {
  ASSIGN_OR_RETURN(const std::unique_ptr<google::protobuf::Message> message,
                   Read(*contract, event));
  RequestBuilder builder(ledger_, contract->id, AuthorOf(event).principal);
  builder.SetRequestId(absl::StrCat(prefix_, requests_++)).Add(*message);
  ASSIGN_OR_RETURN(const v1::AppendRequest request, builder.Build(nullptr));
  ASSIGN_OR_RETURN(v1::AppendReply reply, client_.Append(request));
  contract->last_position = reply.receipt().fixed().events(0).position();
  *newest_position_ = contract->last_position;
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
  const json provider = event.contains("provider") ? event["provider"] : json("P1");
  contract.parties = {PartyIdOf(authorities[0]), PartyIdOf(provider)};
  for (const json& party : authorities) contract.signatories.push_back(PartyIdOf(party));
  contract.signatories.push_back(contract.parties.provider);
  registration["authorities"] = authorities;
  registration["provider"] = PartyOf(provider);
  Default(&registration, "form", "NEC4_TSC");
  Default(&registration, "regime", "PCR2015");
  Default(&registration, "starts_on", "2022-04-01");
  Default(&registration, "ends_on", "2030-03-31");
  Default(&registration, "latest_end", "2034-03-31");
  Default(&registration, "time_zone", "Europe/London");
  Default(&registration, "calendar_id", "england-and-wales");
  RETURN_IF_ERROR(Send(&contract, registration).status());
  contract.registered_at = contract.last_position;
  json meeting = {{"type", "BoardMeetingHeld"},
                  {"meeting_id", kMeetingId},
                  {"board", "STRATEGIC"},
                  {"on", FormatDay(today)},
                  {"minutes", kAnyDigest}};
  meeting["attendees"] = json::array();
  for (const json& party : authorities) {
    meeting["attendees"].push_back({{"person_ref", absl::StrCat("member-", PartyIdOf(party))},
                                    {"party_id", PartyIdOf(party)}});
  }
  RETURN_IF_ERROR(Send(&contract, meeting).status());
  return Adopt(&contract, {{"type", "MatrixVersionAdopted"}, {"effective_on", "2022-04-01"}})
      .status();
}

absl::Status Fixture::Draft(ContractFacts* contract, const std::string& label, const json& cells) {
  MatrixVersion version = contract->matrix;
  version.matrix.set_version_id(label);
  for (const json& given : cells) {
    v1::Cell changed;
    RETURN_IF_ERROR(JsonToMessage(given, nullptr, &changed));
    for (v1::Cell& cell : *version.matrix.mutable_cells()) {
      if (cell.focus() != changed.focus() || cell.level() != changed.level()) continue;
      // An undefined cell has no text; any other keeps what the example does not replace.
      if (changed.state() == v1::CELL_STATE_UNDEFINED) {
        cell = changed;
      } else {
        cell.MergeFrom(changed);
      }
    }
  }
  version.hash = std::string(merkle::BytesOf(merkle::Sha256(CanonicalMatrix(version.matrix))));
  json draft = {{"type", "MatrixVersionDrafted"}};
  draft["matrix"] = MessageToJson(version.matrix);
  contract->versions[label] = std::move(version);
  return Send(contract, draft).status();
}

absl::StatusOr<v1::AppendReply> Fixture::Adopt(ContractFacts* contract, json event) {
  // Where the example drafted none, the same words are drafted anew.
  const std::string label =
      event.value("version", absl::StrCat("v", contract->versions.size() + 1));
  const bool first = contract->versions.empty();
  if (contract->versions.count(label) == 0) RETURN_IF_ERROR(Draft(contract, label, json::array()));
  const MatrixVersion& version = contract->versions[label];
  event["version"] = merkle::ToHex(version.hash);
  json carry = event.value("carry", json::array());
  std::set<std::string> named;
  for (const json& rule : carry) named.insert(rule.value("focus", ""));
  // The first version has nothing to carry.
  for (const v1::Focus& focus : version.matrix.focuses()) {
    if (first || named.count(focus.code()) > 0) continue;
    carry.push_back({{"focus", focus.code()}, {"rule", "CARRY"}});
  }
  event["carry"] = carry;
  ASSIGN_OR_RETURN(v1::AppendReply reply, Send(contract, event));
  contract->matrix = version;
  return reply;
}

absl::Status Fixture::SetCoverage(ContractFacts* contract, bool limited, absl::CivilDay today) {
  const int wanted = limited ? 6 : 0;
  if (contract->coverage_is_given || contract->coverage_months == wanted) return absl::OkStatus();
  contract->coverage_months = wanted;
  return Send(contract,
              {{"type", "PolicySet"},
               {"effective_on", FormatDay(today)},
               {"values", {{{"key", "COVERAGE_MONTHS"}, {"value", absl::StrCat(wanted)}}}}})
      .status();
}

absl::StatusOr<json> Fixture::SubmitEvidence(ContractFacts* contract, const std::string& focus,
                                             absl::CivilDay today) {
  const std::string id = absl::StrCat("FIX-", focus, "-", requests_);
  const json item = {{"type", "EvidenceSubmitted"}, {"evidence_id", id}, {"focuses", {focus}}};
  RETURN_IF_ERROR(Send(contract, Complete(item, today, contract->parties)).status());
  return json::array({{{"evidence_id", id}}});
}

// Every criterion up to the assessed level is met by everybody it binds.
json Fixture::FindingsOf(const ContractFacts& contract, const json& assessment) {
  json findings = json::array();
  for (const v1::Cell& cell : contract.matrix.matrix.cells()) {
    if (cell.focus() != assessment.value("focus", "")) continue;
    if (cell.level() > assessment.value("level", uint64_t{0})) continue;
    for (const v1::Criterion& criterion : cell.criteria()) {
      for (const v1::Side side : {v1::SIDE_AUTHORITY, v1::SIDE_PROVIDER}) {
        if (criterion.binds() != side && criterion.binds() != v1::SIDE_BOTH) continue;
        findings.push_back({{"criterion", criterion.id()},
                            {"party", side == v1::SIDE_AUTHORITY ? "AUTHORITY" : "PROVIDER"},
                            {"outcome", "MET"}});
      }
    }
  }
  return findings;
}

absl::StatusOr<v1::AppendReply> Fixture::Assess(ContractFacts* contract, json assessment,
                                                absl::CivilDay today) {
  assessment = Complete(std::move(assessment), today, contract->parties);
  if (!assessment.contains("evidence")) {
    ASSIGN_OR_RETURN(assessment["evidence"],
                     SubmitEvidence(contract, assessment.value("focus", ""), today));
  }
  Default(&assessment, "findings", FindingsOf(*contract, assessment));
  // The daemon may have recorded something of its own since.
  ASSIGN_OR_RETURN(const v1::GetStatusReply status, client_.GetStatus());
  const uint64_t newest = status.head() - 1;
  Default(&assessment, "longevity",
          {{"as_of", FormatDay(today)},
           {"known_at", newest},
           {"engine", "maturity/1"},
           {"digest", kAnyDigest}});
  return Send(contract, assessment);
}

absl::StatusOr<json> Fixture::FindBasis(ContractFacts* contract, const json& determination,
                                        const json& evidence, absl::CivilDay today) {
  json assessment = {{"type", "AssessmentRecorded"}, {"evidence", evidence}};
  for (const char* key : {"focus", "level", "period", "assessed_on", "provisional"}) {
    if (determination.contains(key)) assessment[key] = determination[key];
  }
  ASSIGN_OR_RETURN(const v1::AppendReply assessed, Assess(contract, assessment, today));
  const uint64_t position = assessed.receipt().fixed().events(0).position();
  const json moderation = {{"type", "AssessmentModerated"}, {"assessment", position}};
  ASSIGN_OR_RETURN(const v1::AppendReply moderated,
                   Send(contract, Complete(moderation, today, contract->parties)));
  return json::array({position, moderated.receipt().fixed().events(0).position()});
}

absl::StatusOr<json> Fixture::FindAssents(ContractFacts* contract, absl::CivilDay today) {
  if (!contract->assents.empty()) return contract->assents;
  for (const std::string& party : contract->signatories) {
    const json assent = {{"type", "AssentRecorded"}, {"party_id", party}};
    RETURN_IF_ERROR(Send(contract, Complete(assent, today, contract->parties)).status());
    contract->assents.push_back(contract->last_position);
  }
  return contract->assents;
}

absl::StatusOr<v1::AppendReply> Fixture::RecordClause(const json& clause, absl::CivilDay today) {
  RETURN_IF_ERROR(Contract(json::object(), today).status());
  ContractFacts& contract = contracts_["A"];
  json event = {{"type", "ClauseSetRecorded"}, {"id", "the-example's"}};
  event["clauses"] = json::array({CompleteClause(clause)});
  ASSIGN_OR_RETURN(const std::unique_ptr<google::protobuf::Message> agreed, Read(contract, event));
  const std::string subject = merkle::ToHex(AssentSubjectOf(*agreed));
  event["assents"] = json::array();
  for (const std::string& party : contract.signatories) {
    const json assent = {{"type", "AssentRecorded"}, {"party_id", party}, {"subject", subject}};
    RETURN_IF_ERROR(Send(&contract, Complete(assent, today, contract.parties)).status());
    event["assents"].push_back(contract.last_position);
  }
  return Send(&contract, event);
}

absl::StatusOr<v1::AppendReply> Fixture::Determine(ContractFacts* contract, json event,
                                                   absl::CivilDay today) {
  event = Complete(std::move(event), today, contract->parties);
  RETURN_IF_ERROR(SetCoverage(contract, event.contains("coverage_to"), today));
  // The assessment rests on an item of its own, so that it stands whatever the determination cites.
  ASSIGN_OR_RETURN(const json own, SubmitEvidence(contract, event.value("focus", ""), today));
  Default(&event, "evidence", own);
  if (!event.contains("basis") && event.value("ground", "") == "MIGRATED") {
    ASSIGN_OR_RETURN(event["basis"], FindAssents(contract, today));
  } else if (!event.contains("basis")) {
    // Where the rules refuse the assessment they refuse the determination too, and that answer is
    // what counts.
    absl::StatusOr<json> basis = FindBasis(contract, event, own, today);
    if (basis.ok()) event["basis"] = *basis;
  }
  return Send(contract, event);
}

// References inside the example become positions of the ledger; its own position becomes a
// reference to itself, and any further one names nothing.
void Fixture::TranslateRefs(json* event) const {
  const auto translate = [this](json& ref) {
    if (!ref.is_number_unsigned()) return;
    const uint64_t relative = ref.get<uint64_t>();
    if (relative == positions_.size()) {
      ref = {{"index", 0}};
    } else {
      ref = PositionInLedger(relative).value_or(kNoPosition);
    }
  };
  const google::protobuf::Descriptor* type = EventDescriptorOf((*event)["type"].get<std::string>());
  for (auto& [key, value] : event->items()) {
    const auto* field = type == nullptr ? nullptr : type->FindFieldByName(key);
    if (field == nullptr && key == "caused_by")
      field = v1::Common::descriptor()->FindFieldByName(key);
    if (field == nullptr || field->message_type() != v1::EventRef::descriptor()) continue;
    if (!value.is_array()) {
      translate(value);
      continue;
    }
    for (json& ref : value) translate(ref);
  }
}

absl::StatusOr<v1::AppendReply> Fixture::AppendTo(ContractFacts* contract, json event,
                                                  absl::CivilDay today) {
  const std::string type = event["type"].get<std::string>();
  if (type == "LevelDetermined") return Determine(contract, std::move(event), today);
  if (type == "AssessmentRecorded") return Assess(contract, std::move(event), today);
  if (type == "MatrixVersionDrafted" && !event.contains("matrix")) {
    RETURN_IF_ERROR(
        Draft(contract, event.value("version_id", ""), event.value("cells", json::array())));
    return v1::AppendReply();
  }
  if (type == "TargetChanged" && !event.contains("discussion")) {
    const json matter = {{"type", "BoardMatterRecorded"}, {"matter", contract->registered_at}};
    RETURN_IF_ERROR(Send(contract, Complete(matter, today, contract->parties)).status());
    event["discussion"] = contract->last_position;
  }
  event = Complete(std::move(event), today, contract->parties);
  if (type == "MatrixVersionAdopted") return Adopt(contract, std::move(event));
  for (const json& value : event.value("values", json::array())) {
    if (value.value("key", "") == "COVERAGE_MONTHS") contract->coverage_is_given = true;
  }
  return Send(contract, event);
}

absl::StatusOr<v1::AppendReply> Fixture::Append(const json& given, absl::CivilDay today) {
  const std::string name = given.value("contract_id", "A");
  json event = given;
  TranslateRefs(&event);
  if (event["type"] == "ContractRegistered") {
    RETURN_IF_ERROR(Register(event, name, today));
    positions_.push_back(contracts_[name].registered_at);
    return v1::AppendReply();
  }
  RETURN_IF_ERROR(Contract(event, today).status());
  ContractFacts& contract = contracts_[name];
  ASSIGN_OR_RETURN(v1::AppendReply reply, AppendTo(&contract, std::move(event), today));
  positions_.push_back(contract.last_position);
  return reply;
}

}  // namespace waymark::golden
