#include "projections/processor/system_events.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/clause_explanation.h"
#include "ledger/contract/held_days.h"
#include "ledger/contract/knowledge.h"
#include "ledger/contract/parties.h"
#include "ledger/contract/target_status.h"
#include "projections/processor/basis_change.h"
#include "waymark/v1/event.pb.h"

namespace waymark::processor {
namespace {

std::string BytesOf(const Digest& digest) { return std::string(digest.begin(), digest.end()); }

void SetDay(absl::CivilDay day, v1::Date* date) {
  date->set_year(static_cast<int32_t>(day.year()));
  date->set_month(static_cast<uint32_t>(day.month()));
  date->set_day(static_cast<uint32_t>(day.day()));
}

// Of the digest of a matter: as many as fit into a request id beside the daemon's name.
constexpr size_t kIdBytes = 16;

// Gathers requests, one a matter, and the day of what comes next.
class Writer {
 public:
  Writer(const ContractState& state, const Moment& moment, HashFunction hash)
      : state_(state), moment_(moment), hash_(hash) {}

  // A matter whose day is `first` has come up; if not, it is what comes next, or later.
  bool IsDue(absl::CivilDay first) {
    if (first <= moment_.today) return true;
    if (!agenda_.next_day || first < *agenda_.next_day) agenda_.next_day = first;
    return false;
  }

  // A request about `matter`, which no other shares in this contract.
  void Begin(const std::string& matter) {
    v1::AppendRequest& request = agenda_.requests.emplace_back();
    const Digest id = hash_(absl::StrCat(state_.contract_id, "\n", matter));
    request.set_request_id(
        absl::StrCat("waymarkd-", absl::BytesToHexString(BytesOf(id).substr(0, kIdBytes))));
    request.set_contract_id(state_.contract_id);
    request.set_principal(std::string(kDaemonPrincipal));
  }

  template <typename Event>
  void Add(Event event, const std::string& reason) {
    v1::Common& common = *event.mutable_common();
    common.set_event_type(Event::descriptor()->full_name());
    common.set_party_id(std::string(kDaemonPrincipal));
    common.set_role(v1::ROLE_SYS);
    common.set_marking(v1::MARKING_OFFICIAL);
    if (!reason.empty()) common.set_reason(reason);
    v1::EventToAppend& offered = *agenda_.requests.back().add_events();
    offered.set_event_type(Event::descriptor()->full_name());
    offered.set_payload(event.SerializeAsString());
  }

  Digest HashOf(absl::string_view bytes) const { return hash_(bytes); }
  Agenda Take() { return std::move(agenda_); }

 private:
  const ContractState& state_;
  const Moment& moment_;
  const HashFunction hash_;
  Agenda agenda_;
};

// Silence at the end of respond_by is a lapse, never an acceptance.
void FindLapses(const ContractState& state, Writer* out) {
  for (const auto& [id, offer] : state.offers) {
    if (offer.answer || offer.end || !out->IsDue(offer.respond_by + 1)) continue;
    v1::ExtensionOfferEnded event;
    event.set_offer_id(id);
    event.set_cause(v1::OFFER_END_CAUSE_LAPSED);
    SetDay(offer.respond_by + 1, event.mutable_effective_on());
    out->Begin(absl::StrCat("lapse of offer ", id));
    out->Add(std::move(event), "No answer was recorded by the last day to respond.");
  }
}

// The last day of an item's validity; absent if it has none, was withdrawn, or is said to be over.
std::optional<absl::CivilDay> OpenValidity(const EvidenceItem& item) {
  std::optional<absl::CivilDay> valid_to = item.valid_to;
  for (const EvidenceItem::StatusChange& change : item.changes) {
    if (change.change == v1::EVIDENCE_CHANGE_WITHDRAWN) return std::nullopt;
    if (change.change == v1::EVIDENCE_CHANGE_EXPIRED) valid_to.reset();
    if (change.change == v1::EVIDENCE_CHANGE_RENEWED) valid_to = change.valid_to;
  }
  return valid_to;
}

// Of items that a determination calls mandatory: the state of a view holds no others.
void FindExpiries(const ContractState& state, Writer* out) {
  std::map<std::string, const EvidenceItem*> items;  // by id: a state's own map has no order
  for (const auto& [id, item] : state.evidence) items[id] = &item;
  for (const auto& [id, item] : items) {
    const std::optional<absl::CivilDay> valid_to = OpenValidity(*item);
    if (!valid_to || !out->IsDue(*valid_to + 1)) continue;
    v1::EvidenceStatusChanged event;
    event.set_evidence_id(id);
    event.set_change(v1::EVIDENCE_CHANGE_EXPIRED);
    SetDay(*valid_to + 1, event.mutable_effective_on());
    out->Begin(absl::StrCat("expiry of evidence ", id, " after ", FormatDay(*valid_to)));
    out->Add(std::move(event), "Its last day of validity has passed without a renewal.");
  }
}

// An accepted offer whose instrument is not signed yet keeps the end open.
bool AwaitsInstrument(const ContractState& state) {
  for (const auto& [id, offer] : state.offers) {
    if (offer.answer && offer.answer->answer == v1::EXTENSION_ANSWER_ACCEPTED && !offer.extended) {
      return true;
    }
  }
  return false;
}

void FindEnd(const ContractState& state, TreeSize known, Writer* out) {
  if (!state.endings.empty() || AwaitsInstrument(state)) return;
  const std::optional<absl::CivilDay> last_day = LastContractDay(state, Knowledge{known});
  if (!last_day || !out->IsDue(*last_day + 1)) return;
  v1::ContractEnded event;
  event.set_cause(v1::END_CAUSE_EXPIRED);
  SetDay(*last_day, event.mutable_effective_on());
  out->Begin(absl::StrCat("end of service on ", FormatDay(*last_day)));
  out->Add(std::move(event), "The service period has run out.");
}

v1::ClauseEvaluated EvaluationOf(const ContractState& state, const BasisChange& change,
                                 const Moment& moment, const Writer& out) {
  v1::ClauseEvaluated event;
  const v1::Clause& clause = change.version->clause;
  event.set_clause_id(clause.clause_id());
  event.set_clause_version(clause.version());
  SetDay(change.before->as_of, event.mutable_as_of());
  event.set_known_at(moment.known.value - 1);
  event.set_outcome(change.after.outcome);
  event.set_explanation(ExplainEvaluation(
      state, clause, {change.before->as_of, moment.known, moment.root}, change.after));
  event.set_explanation_digest(BytesOf(out.HashOf(event.explanation())));
  event.set_engine(std::string(kClauseEngine));
  const MatrixDraft* const version =
      VersionInForce(state, change.before->as_of, Knowledge{moment.known});
  if (version != nullptr) event.mutable_common()->set_matrix_version(version->version_hash);
  return event;
}

void FindChanges(const ContractState& state, const Moment& moment, Writer* out) {
  for (const BasisChange& change : FindBasisChanges(state, moment.known)) {
    v1::DecisionBasisChanged event;
    event.mutable_decision()->set_position(change.decision.value);
    event.mutable_old_evaluation()->set_position(change.before->known.position.value);
    event.mutable_new_evaluation()->set_index(0);
    event.mutable_cause()->set_position(change.cause.value);
    event.set_change(change.outcome_differs ? v1::BASIS_CHANGE_OUTCOME
                                            : v1::BASIS_CHANGE_FACTS_ONLY);
    out->Begin(absl::StrCat("basis of decision ", change.decision.value, " after evaluation ",
                            change.before->known.position.value, " by ", change.cause.value));
    out->Add(EvaluationOf(state, change, moment, *out), "");
    out->Add(std::move(event), "");
  }
}

}  // namespace

Agenda FindSystemEvents(const ContractState& state, const Moment& moment, HashFunction hash) {
  Writer out(state, moment, hash);
  FindLapses(state, &out);
  FindExpiries(state, &out);
  FindEnd(state, moment.known, &out);
  FindChanges(state, moment, &out);
  return out.Take();
}

}  // namespace waymark::processor
