// What leaves the record for good, person by person or at the end of its time: payload and salt go,
// place, header and proofs stay.

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/lookup.h"
#include "ledger/contract/retention.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

// PersonalDataErased and RecordDisposed have the same fields.
template <typename M>
void CheckErasure(const M& event, ShapeCheck* check) {
  check->Text(event.ground(), "ground");
  check->Text(event.authority(), "authority");
  if (event.has_person_ref()) check->PrincipalRef(event.person_ref(), "person_ref");
  if (event.has_certificate()) check->Sha256(event.certificate(), "certificate");
  if (event.positions().empty() && !event.has_person_ref()) {
    check->Refuse("FIELD_MISSING", "positions", "name an event or a person");
  }
  if (!check->Count(event.positions_size(), kErasedPositionsMax, "positions")) return;
  if (std::adjacent_find(event.positions().begin(), event.positions().end(),
                         std::greater_equal<>()) != event.positions().end()) {
    check->Refuse("LIST_NOT_ASCENDING", "positions", "positions stand in order, each once");
  }
}

// What says whose contract it is, how long its record is kept, what is held and what was erased.
// Without the first nothing behind it could be judged; without the others more could be erased than
// is allowed, or nobody could tell why a payload is gone.
bool IsKeptForEver(const google::protobuf::Descriptor* type) {
  for (const google::protobuf::Descriptor* kept :
       {v1::ContractRegistered::descriptor(), v1::ContractEnded::descriptor(),
        v1::ServicePeriodExtended::descriptor(), v1::PolicySet::descriptor(),
        v1::LegalHoldChanged::descriptor(), v1::PersonalDataErased::descriptor(),
        v1::RecordDisposed::descriptor()}) {
    if (type == kept) return true;
  }
  return false;
}

// A hold without a scope is on the whole contract. Of an event whose focus the state does not know,
// a hold on focuses is taken to cover it: what is destroyed cannot be had again.
bool Covers(const v1::Scope& scope, const ContractState& state, Position position) {
  if (scope.positions().empty() && scope.focuses().empty()) return true;
  const auto& positions = scope.positions();
  if (std::find(positions.begin(), positions.end(), position.value) != positions.end()) return true;
  if (scope.focuses().empty()) return false;
  std::optional<std::string> focus = FocusOfDetermination(state, position);
  if (!focus) focus = FocusOfAssessment(state, position);
  return !focus ||
         std::find(scope.focuses().begin(), scope.focuses().end(), *focus) != scope.focuses().end();
}

void CheckHolds(Position position, absl::string_view field, Ruling* ruling) {
  for (const auto& [id, hold] : ruling->state().holds) {
    if (hold.lifted || !Covers(hold.scope, ruling->state(), position)) continue;
    return ruling->Forbid(
        "HOLD_ACTIVE", field,
        absl::StrCat("position ", position.value, " is under the hold '", id, "'"));
  }
}

template <typename M>
void DecideErasure(const M& event, Ruling* ruling) {
  const ContractState& state = ruling->state();
  const auto field = [](int i) { return absl::StrCat("positions[", i, "]"); };
  for (int i = 0; i < event.positions_size(); ++i) {
    const Position position{event.positions(i)};
    const bool stands = position < ruling->first_position() && FindEvent(state, position);
    if (stands) continue;
    ruling->NotFound("REF_UNKNOWN", field(i),
                     absl::StrCat("no earlier request brought this contract an event at position ",
                                  position.value));
  }
  for (int i = 0; i < event.positions_size(); ++i) {
    CheckHolds(Position{event.positions(i)}, field(i), ruling);
  }
  const auto is_open = [](const auto& hold) { return !hold.second.lifted.has_value(); };
  if (event.has_person_ref() && std::any_of(state.holds.begin(), state.holds.end(), is_open)) {
    ruling->Forbid("HOLD_ACTIVE", "person_ref", "a hold stands, and may be about this person");
  }
  if (std::is_same_v<M, v1::RecordDisposed>) {
    const absl::CivilDay kept_to =
        RetainedTo(state, ruling->today(), {.known = TreeSize{ruling->position().value}});
    if (ruling->today() <= kept_to) {
      ruling->Forbid("RETENTION_RUNNING", "positions",
                     absl::StrCat("the record is to be kept to ", FormatDay(kept_to)));
    }
  }
  for (int i = 0; i < event.positions_size(); ++i) {
    const EventMark* mark = FindEvent(state, Position{event.positions(i)});
    if (mark == nullptr) continue;
    if (mark->erased) {
      ruling->Forbid("ALREADY_ERASED", field(i), "its payload is gone already");
    } else if (IsKeptForEver(mark->type)) {
      ruling->Forbid("NOT_ERASABLE", field(i),
                     absl::StrCat("the record cannot stand without its ", mark->type->name()));
    }
  }
}

// What the events said stays in this state; the fold from storage, where they have no payload any
// more, leaves it out.
template <typename M>
void EvolveErasure(const M& event, const Fact&, StateEdit* edit) {
  for (const uint64_t position : event.positions()) {
    const EventMark* mark = FindEvent(edit->state(), Position{position});
    if (mark != nullptr) edit->MarkErased(mark - edit->state().events.data());
  }
}

constexpr EventTraits kTraits = {
    .roles = Roles({v1::ROLE_REC}), .needs_reason = true, .after_close = true};

constexpr EventRules kRows[] = {
    RulesFor<v1::PersonalDataErased, CheckErasure, DecideErasure, EvolveErasure>(kTraits),
    RulesFor<v1::RecordDisposed, CheckErasure, DecideErasure, EvolveErasure>(kTraits),
};

}  // namespace

absl::Span<const EventRules> ErasureRules() { return kRows; }

}  // namespace waymark
