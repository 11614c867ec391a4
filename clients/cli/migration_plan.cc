#include "clients/cli/migration_plan.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/terminal.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/assents.h"
#include "ledger/contract/evolve.h"
#include "ledger/contract/months.h"
#include "ledger/contract/parsed_event.h"
#include "ledger/contract/parties.h"
#include "ledger/contract/policy.h"
#include "ledger/contract/shape_check.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/hash.h"

namespace waymark::cli {
namespace {

// Payloads are compared as bytes, so one message must always give the same.
std::string BytesOf(const google::protobuf::Message& message) {
  return message.SerializeAsString();
}

absl::StatusOr<std::vector<ParsedEvent>> Parse(const std::string& contract,
                                               const google::protobuf::Message& event) {
  const std::string payload = BytesOf(event);
  const OfferedEvent offered{event.GetDescriptor()->full_name(), payload};
  return ParseRequest(contract, absl::MakeConstSpan(&offered, 1), merkle::Sha256);
}

std::vector<MigrationProblem> ProblemsOf(const absl::Status& status, const MigrationRow* row) {
  std::vector<MigrationProblem> problems;
  for (const Violation& violation : ViolationsOf(status)) {
    const std::string column(ColumnOfField(violation.field));
    std::string found;
    if (row != nullptr) {
      const auto cell = row->cells.find(column);
      if (cell != row->cells.end()) found = cell->second;
    }
    problems.push_back(
        {column.empty() ? violation.field : column, found, violation.reason, violation.message});
  }
  if (problems.empty() && !status.ok()) {
    problems.push_back(
        {"", "", absl::StatusCodeToString(status.code()), std::string(status.message())});
  }
  return problems;
}

bool Names(const std::vector<MigrationProblem>& problems, absl::string_view reason) {
  return std::any_of(problems.begin(), problems.end(),
                     [&](const MigrationProblem& problem) { return problem.reason == reason; });
}

void SetDay(absl::CivilDay day, v1::Date* date) {
  date->set_year(static_cast<int32_t>(day.year()));
  date->set_month(day.month());
  date->set_day(day.day());
}

// Makes the plan, row by row.
class Planner {
 public:
  Planner(const MigrationTerms& terms, ContractCopy copy) : terms_(terms), copy_(std::move(copy)) {}

  MigrationPlan Plan(const MigrationTable& table) && {
    PlanDocument(table);
    FindAssents();
    for (const MigrationRow& row : table.rows) PlanRow(row);
    return std::move(plan_);
  }

 private:
  void PlanDocument(const MigrationTable& table) {
    const auto known = copy_.state().evidence.find(terms_.document.evidence_id());
    if (known != copy_.state().evidence.end() &&
        known->second.artefact == RealDigest(terms_.document.artefact())) {
      return;
    }
    v1::EvidenceSubmitted document = terms_.document;
    std::set<std::string> focuses;
    std::optional<DayRange> days;
    for (const MigrationRow& row : table.rows) {
      if (!row.problems.empty()) continue;
      const DayRange period = RealDays(row.level.period());
      days = days ? DayRange{std::min(days->first, period.first), std::max(days->last, period.last)}
                  : period;
      if (copy_.state().focus_codes.count(row.level.focus()) > 0) focuses.insert(row.level.focus());
    }
    // Then every row is refused, and so much is said of each.
    if (focuses.empty()) return;
    for (const std::string& focus : focuses) document.add_focuses(focus);
    SetDay(days->first, document.mutable_period()->mutable_first());
    SetDay(days->last, document.mutable_period()->mutable_last());
    const absl::StatusOr<Decision> tried = copy_.Try(terms_.principal, terms_.is_signed, document);
    plan_.document_problems = ProblemsOf(tried.status(), nullptr);
    if (tried.ok()) plan_.document = std::move(document);
  }

  void FindAssents() {
    if (terms_.assents) {
      assents_ = *terms_.assents;
      return;
    }
    const auto found = copy_.state().assents.find(RealDigest(terms_.document.artefact()));
    if (found == copy_.state().assents.end()) return;
    for (const Assent& assent : found->second) {
      if (assent.assents) assents_.push_back(assent.known.position.value);
    }
  }

  // So that the rows are told apart from what all of them still miss.
  void AssumeAssents() {
    if (terms_.assents || !plan_.assents_missing.empty() || !copy_.state().registration) return;
    const Digest subject = RealDigest(terms_.document.artefact());
    std::vector<std::string> parties = AuthoritiesOn(*copy_.state().registration, copy_.today());
    parties.push_back(copy_.state().registration->provider);
    for (const std::string& party : parties) {
      if (HasAssent(copy_.state(), subject, party)) continue;
      v1::AssentRecorded assent;
      v1::Common& common = *assent.mutable_common();
      common.set_event_type(v1::AssentRecorded::descriptor()->full_name());
      common.set_party_id(party);
      common.set_role(&party == &parties.back() ? v1::ROLE_PRD : v1::ROLE_DEC);
      common.set_marking(v1::MARKING_OFFICIAL);
      assent.set_subject(terms_.document.artefact());
      assent.set_party_id(party);
      assent.set_assents(true);
      assent.set_person_ref("to-come");
      const Position place = copy_.next();
      if (!copy_.Assume(assent).ok()) continue;
      assumed_.push_back(place.value);
      plan_.assents_missing.push_back(party);
    }
  }

  void PlanRow(const MigrationRow& row) {
    PlannedRow planned{.line = row.line, .problems = row.problems};
    planned.event = row.level;
    if (planned.problems.empty()) {
      Complete(&planned.event);
      planned.recorded = copy_.FindMigrated(planned.event);
      if (!planned.recorded) Decide(row, &planned);
    }
    plan_.rows.push_back(std::move(planned));
  }

  // What the row leaves to the terms and to the policies.
  void Complete(v1::LevelDetermined* event) const {
    *event->mutable_common() = terms_.common;
    v1::Common& common = *event->mutable_common();
    common.set_event_type(v1::LevelDetermined::descriptor()->full_name());
    if (common.matrix_version().empty() && !copy_.state().adoptions.empty())
      common.set_matrix_version(copy_.state().adoptions.back().version_hash);
    event->set_ground(v1::GROUND_MIGRATED);
    event->set_approved_by(terms_.approved_by);
    event->set_evidence_override(true);
    event->add_evidence()->set_evidence_id(terms_.document.evidence_id());
    for (const uint64_t place : assents_) event->add_basis()->set_position(place);
    const int months = PolicyNumber(copy_.state(), v1::POLICY_KEY_COVERAGE_MONTHS, copy_.today(),
                                    Position{copy_.next().value - 1});
    if (!event->has_coverage_to() && months > 0) {
      SetDay(LastDayOfMonths(RealDay(event->period().last()) + 1, months),
             event->mutable_coverage_to());
    }
  }

  void Decide(const MigrationRow& row, PlannedRow* planned) {
    absl::StatusOr<Decision> tried = TryWithAssumed(planned->event);
    planned->problems = ProblemsOf(tried.status(), &row);
    if (Names(planned->problems, "ASSENT_MISSING") && assumed_.empty()) {
      AssumeAssents();
      tried = TryWithAssumed(planned->event);
      planned->problems = ProblemsOf(tried.status(), &row);
    }
    if (!tried.ok()) return;
    for (const RaisedFlag& flag : tried->flags) planned->flags.emplace_back(flag.flag);
  }

  absl::StatusOr<Decision> TryWithAssumed(v1::LevelDetermined event) {
    for (const uint64_t place : assumed_) event.add_basis()->set_position(place);
    return copy_.Try(terms_.principal, terms_.is_signed, event);
  }

  const MigrationTerms& terms_;
  ContractCopy copy_;
  std::vector<uint64_t> assents_;
  // Of assents that are not on record.
  std::vector<uint64_t> assumed_;
  MigrationPlan plan_;
};

}  // namespace

absl::StatusOr<ContractCopy> ContractCopy::Fetch(const Program& program,
                                                 const std::string& contract) {
  const Client client = program.Connect();
  ASSIGN_OR_RETURN(const v1::GetStatusReply status, client.GetStatus());
  ContractCopy copy;
  copy.state_.contract_id = contract;
  copy.now_ = UnixMicros{static_cast<uint64_t>(status.now().seconds()) * 1000000 +
                         static_cast<uint64_t>(status.now().nanos()) / 1000};
  v1::ReadRequest request;
  request.mutable_filter()->add_any_of()->add_contract_id(contract);
  Progress progress("reading", status.head());
  grpc::ClientContext context;
  absl::Status taken;
  RETURN_IF_ERROR(client.Read(request, &context, [&](const v1::ReadReply& reply) {
    for (const v1::RecordedEvent& event : reply.batch().events()) {
      if (taken.ok()) taken = copy.Take(event);
    }
    progress.Advance(reply.resume().position());
    return taken.ok();
  }));
  RETURN_IF_ERROR(taken);
  if (copy.state_.events.empty()) {
    return Refuse({absl::StatusCode::kNotFound, "CONTRACT_UNKNOWN",
                   absl::StrCat("no event of a contract \"", Printable(contract),
                                "\" is on this ledger; register it first")});
  }
  copy.next_ = std::max(copy.next_, Position{status.head()});
  return copy;
}

absl::Status ContractCopy::Take(const v1::RecordedEvent& event) {
  ASSIGN_OR_RETURN(const merkle::EntryHeader header, merkle::DecodeEntryHeader(event.header()));
  std::optional<ParsedEvent> parsed;
  if (event.state() == v1::PAYLOAD_STATE_PRESENT) {
    ASSIGN_OR_RETURN(parsed, ParseRecorded(header.event_type, event.payload(), merkle::Sha256));
    if (header.event_type == v1::LevelDetermined::descriptor()->full_name())
      migrated_.emplace(event.payload(), header.position);
  }
  next_ = Position{header.position.value + 1};
  now_ = std::max(now_, header.recorded_at);
  // Who acted is not in the record itself; no rule of a migrated level asks it of earlier events.
  return Evolve({.position = header.position,
                 .first_position = Position{header.position.value - header.statement_index},
                 .recorded_at = header.recorded_at,
                 .event_type = header.event_type,
                 .principal = "",
                 .event = parsed ? &*parsed : nullptr},
                &state_);
}

absl::CivilDay ContractCopy::today() const { return CivilDayIn(state_.time_zone, now_); }

std::optional<Position> ContractCopy::FindMigrated(const v1::LevelDetermined& event) const {
  const auto found = migrated_.find(BytesOf(event));
  if (found == migrated_.end()) return std::nullopt;
  return found->second;
}

absl::StatusOr<Decision> ContractCopy::Try(const std::string& principal, bool is_signed,
                                           const google::protobuf::Message& event) {
  ASSIGN_OR_RETURN(const std::vector<ParsedEvent> events, Parse(state_.contract_id, event));
  ASSIGN_OR_RETURN(Decision decision, Decide({.contract_id = state_.contract_id,
                                              .principal = principal,
                                              .is_signed = is_signed,
                                              .events = events,
                                              .first_position = next_,
                                              .recorded_at = now_},
                                             &state_));
  ++next_.value;
  return decision;
}

absl::Status ContractCopy::Assume(const google::protobuf::Message& event) {
  ASSIGN_OR_RETURN(const std::vector<ParsedEvent> events, Parse(state_.contract_id, event));
  RETURN_IF_ERROR(Evolve({.position = next_,
                          .first_position = next_,
                          .recorded_at = now_,
                          .event_type = event.GetDescriptor()->full_name(),
                          .principal = "",
                          .event = &events.front()},
                         &state_));
  ++next_.value;
  return absl::OkStatus();
}

size_t MigrationPlan::refused() const {
  return std::count_if(rows.begin(), rows.end(),
                       [](const PlannedRow& row) { return !row.problems.empty(); });
}

size_t MigrationPlan::to_record() const {
  return std::count_if(rows.begin(), rows.end(),
                       [](const PlannedRow& row) { return row.problems.empty() && !row.recorded; });
}

MigrationPlan PlanMigration(const MigrationTerms& terms, const MigrationTable& table,
                            ContractCopy copy) {
  return Planner(terms, std::move(copy)).Plan(table);
}

}  // namespace waymark::cli
