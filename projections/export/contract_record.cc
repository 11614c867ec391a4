#include "projections/export/contract_record.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/clause_evaluate.h"
#include "ledger/contract/evolve.h"
#include "ledger/contract/lookup.h"
#include "projections/engine/ledger_event.h"
#include "projections/export/words.h"
#include "projections/maturity/answer_words.h"
#include "projections/maturity/standings.h"

namespace waymark::exports {
namespace {

// Types of which a document says more than the state holds.
bool IsKept(absl::string_view event_type) {
  static const auto* const types = new absl::flat_hash_set<absl::string_view>(
      {"waymark.v1.BoardMatterRecorded", "waymark.v1.DependencyRecorded",
       "waymark.v1.PerformanceNoticeRecorded", "waymark.v1.ContractRegistered",
       "waymark.v1.PartyChanged"});
  return types->contains(event_type);
}

bool IsRestricted(v1::Marking marking) {
  return marking == v1::MARKING_COMMERCIAL || marking == v1::MARKING_PERSONAL;
}

absl::Status TooLarge(absl::string_view what) {
  return Refuse({absl::StatusCode::kResourceExhausted, "EXPORT_TOO_LARGE",
                 absl::StrCat("contract_id: ", what,
                              "; ask as known earlier (known_at), or read the log with "
                              "waymark events"),
                 -1, "contract_id"});
}

// The value of the field `focus`, or those of `focuses`.
std::string FocusesOf(const google::protobuf::Message& message) {
  const auto* const type = message.GetDescriptor();
  const auto* const reflection = message.GetReflection();
  if (const auto* const one = type->FindFieldByName("focus"); one != nullptr) {
    return reflection->GetString(message, one);
  }
  const auto* const many = type->FindFieldByName("focuses");
  if (many == nullptr) return "";
  std::string out;
  for (int i = 0; i < reflection->FieldSize(message, many); ++i) {
    absl::StrAppend(&out, i == 0 ? "" : " ", reflection->GetRepeatedString(message, many, i));
  }
  return out;
}

// Reads the events of one contract in order, and folds them: once as they are, and for the public
// once more without what is withheld.
class RecordReader {
 public:
  RecordReader(const RecordSource& source, const std::string& contract_id, ContractRecord* record)
      : source_(source), record_(*record) {
    all_.contract_id = contract_id;
    record_.state.contract_id = contract_id;
  }

  // State of the record, and of everything where the public is told less.
  const ContractState& all() const { return record_.is_public ? all_ : record_.state; }

  absl::Status Add(Position position) {
    ASSIGN_OR_RETURN(const StoredEvent stored,
                     source_.log.ReadOne(position, /*headers_only=*/false));
    ASSIGN_OR_RETURN(const LedgerEvent event, ViewOf(stored));
    bytes_ += event.payload.size();
    if (bytes_ > kExportBytesMax) {
      return TooLarge(absl::StrCat("its events up to position ", position.value, " hold more than ",
                                   kExportBytesMax, " bytes"));
    }
    KnownEvent known;
    known.position = event.position;
    known.first_position = Position{event.position.value - event.request_index};
    known.recorded_at = event.recorded_at;
    known.type = std::string(absl::StripPrefix(event.event_type, "waymark.v1."));
    known.leaf_hash = source_.hash(absl::StrCat(absl::string_view("\0", 1), event.header));
    // The commitment ends the leaf.
    std::copy_n(event.header.end() - known.commitment.size(), known.commitment.size(),
                reinterpret_cast<char*>(known.commitment.data()));
    std::optional<ParsedEvent> parsed;
    if (event.state == StoredPayload::kPresent) {
      ASSIGN_OR_RETURN(parsed, ParseRecorded(event.event_type, event.payload, source_.hash));
    }
    RETURN_IF_ERROR(Fold(event, parsed ? &*parsed : nullptr, &known));
    if (known.payload == KnownEvent::Payload::kTold) Describe(event, *parsed, &known);
    record_.events.push_back(std::move(known));
    return absl::OkStatus();
  }

 private:
  absl::Status Fold(const LedgerEvent& event, const ParsedEvent* parsed, KnownEvent* known) {
    RecordedFact fact{.position = known->position,
                      .first_position = known->first_position,
                      .recorded_at = known->recorded_at,
                      .event_type = event.event_type,
                      .event = parsed};
    if (record_.is_public) RETURN_IF_ERROR(Evolve(fact, &all_));
    if (parsed == nullptr) known->payload = KnownEvent::Payload::kErased;
    if (parsed != nullptr && record_.is_public && IsRestricted(parsed->common().marking())) {
      known->payload = KnownEvent::Payload::kWithheld;
      record_.withheld.push_back(known->position.value);
      fact.event = nullptr;
    }
    RETURN_IF_ERROR(Evolve(fact, &record_.state));
    known->recorded_on = CivilDayIn(all().time_zone, known->recorded_at);
    return absl::OkStatus();
  }

  static void Describe(const LedgerEvent& event, const ParsedEvent& parsed, KnownEvent* known) {
    const v1::Common& common = parsed.common();
    known->party = common.party_id();
    known->role = Word(common.role());
    known->marking = Word(common.marking());
    known->focuses = FocusesOf(parsed.message());
    if (IsKept(event.event_type)) known->words = parsed;
  }

  const RecordSource& source_;
  ContractRecord& record_;
  ContractState all_;
  size_t bytes_ = 0;
};

size_t FactsOf(const ContractState& state, const std::string& focus) {
  const FocusHistory* const history = FindHistory(state, focus);
  if (history == nullptr) return 0;
  return history->determinations.size() + history->supersessions.size() +
         history->gap_explanations.size() + history->targets.size() + history->conditions.size();
}

// What would read differently with what is withheld.
void FindHidden(const ContractState& all, ContractRecord* record) {
  if (record->withheld.empty()) return;
  v1::GetStandingsReply told, full;
  maturity::AddStandings(record->state, record->at, {}, &told);
  maturity::AddStandings(all, record->at, {}, &full);
  std::map<std::string, std::string> answers;
  for (const v1::FocusStanding& standing : told.standings()) {
    answers[standing.focus()] = standing.SerializeAsString();
  }
  for (const v1::FocusStanding& standing : full.standings()) {
    const std::string& focus = standing.focus();
    if (answers[focus] != standing.SerializeAsString() ||
        FactsOf(all, focus) != FactsOf(record->state, focus)) {
      record->hidden_focuses.insert(focus);
    }
  }
  const Knowledge knowledge{record->at.known};
  for (const auto& [id, versions] : record->state.clauses) {
    const ClauseVersion* const here = FindClause(record->state, id, record->at.as_of, knowledge);
    const ClauseVersion* const there = FindClause(all, id, record->at.as_of, knowledge);
    const auto outcome = [&](const ContractState& state, const ClauseVersion& version) {
      return EvaluateClause(state, version.clause, record->at.as_of, record->at.known).outcome;
    };
    if (here->clause.version() != there->clause.version() ||
        outcome(record->state, *here) != outcome(all, *there)) {
      record->hidden_clauses.insert(id);
    }
  }
}

void SetBasis(const EventLog& log, TreeSize head, ContractRecord* record) {
  v1::Basis& basis = record->basis;
  basis.set_ledger(log.identity().ledger_id);
  basis.set_rehearsal(log.identity().rehearsal);
  basis.set_contract_id(record->state.contract_id);
  maturity::SetDay(record->at.as_of, basis.mutable_as_of());
  basis.set_known(record->at.known.value);
  basis.set_applied(head.value);
  basis.set_projection("export/1");
  basis.set_time_zone(record->state.registration->time_zone_name);
  const v1::Matrix* const matrix =
      MatrixInForce(record->state, record->at.as_of, Knowledge{record->at.known});
  for (const MatrixDraft& draft : record->state.drafts) {
    if (&draft.matrix == matrix) basis.set_matrix_version(draft.version_hash);
  }
}

absl::Status Unknown(const std::string& contract_id) {
  return Refuse({absl::StatusCode::kNotFound, "CONTRACT_UNKNOWN",
                 absl::StrCat("contract_id: no contract \"", contract_id, "\" is registered"), -1,
                 "contract_id"});
}

}  // namespace

absl::StatusOr<ContractRecord> ReadRecord(const RecordSource& source,
                                          const v1::ExportRequest& request, UnixMicros now) {
  const v1::Question& question = request.question();
  RETURN_IF_ERROR(maturity::CheckQuestion(question));
  const TreeSize head = source.log.head();
  if (question.has_min_position() && question.min_position() >= head.value) {
    return Refuse({absl::StatusCode::kOutOfRange, "MIN_POSITION_BEYOND_HEAD",
                   absl::StrCat("question.min_position: ", question.min_position(),
                                " lies beyond the head ", head.value),
                   -1, "question.min_position"});
  }
  const std::string& contract_id = question.contract_id();
  ASSIGN_OR_RETURN(const std::vector<Position> positions,
                   source.log.StreamPositions(contract_id, Revision{0}, kExportEventsMax + 1));
  ContractRecord record;
  record.hash = source.hash;
  record.is_public = request.is_public();
  RecordReader reader(source, contract_id, &record);
  // The registration says which day an instant is, so it is read before the question is settled.
  size_t read = 0;
  while (read < positions.size() && positions[read] < Position{head.value} &&
         !reader.all().registration) {
    RETURN_IF_ERROR(reader.Add(positions[read++]));
  }
  if (!reader.all().registration) return Unknown(contract_id);
  if (!record.state.registration) {
    return Refuse({absl::StatusCode::kFailedPrecondition, "MARKING_BREACH",
                   "is_public: the contract's registration is marked as not for the public", -1,
                   "is_public"});
  }
  ASSIGN_OR_RETURN(record.at, maturity::Settle(question, {reader.all(), head}, source.log, now));
  for (; read < positions.size() && positions[read].value < record.at.known.value; ++read) {
    if (read == kExportEventsMax) {
      return TooLarge(absl::StrCat("more than ", kExportEventsMax, " events are known"));
    }
    RETURN_IF_ERROR(reader.Add(positions[read]));
  }
  const auto beyond = [&](const KnownEvent& event) {
    return event.position.value >= record.at.known.value;
  };
  // Nothing but the registration can lie beyond what is known.
  record.events.erase(std::find_if(record.events.begin(), record.events.end(), beyond),
                      record.events.end());
  ASSIGN_OR_RETURN(record.root, source.log.RootAt(record.at.known));
  SetBasis(source.log, head, &record);
  FindHidden(reader.all(), &record);
  return record;
}

Position Resolve(const v1::EventRef& ref, const KnownEvent& event) {
  return ref.has_position() ? Position{ref.position()}
                            : Position{event.first_position.value + ref.index()};
}

}  // namespace waymark::exports
