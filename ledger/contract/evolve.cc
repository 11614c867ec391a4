#include "ledger/contract/evolve.h"

#include "absl/strings/str_cat.h"
#include "ledger/base/civil_day.h"

namespace waymark {
namespace {

// Whether a payload of that marking may not be made public.
bool IsRestricted(v1::Marking marking) {
  return marking == v1::MARKING_COMMERCIAL || marking == v1::MARKING_PERSONAL;
}

}  // namespace

absl::Status Evolve(const RecordedFact& fact, ContractState* state) {
  return Evolve(fact, state, nullptr);
}

absl::Status Evolve(const RecordedFact& fact, ContractState* state, UndoSteps* undo) {
  const EventType* type =
      fact.event != nullptr ? &fact.event->type() : FindEventType(fact.event_type);
  if (type == nullptr || type->rules == nullptr) {
    return absl::DataLossError(
        absl::StrCat("position ", fact.position.value, ": no rules for '", fact.event_type, "'"));
  }
  if (!state->events.empty() && fact.position <= state->events.back().position) {
    return absl::DataLossError(absl::StrCat("position ", fact.position.value,
                                            ": the stream already reaches position ",
                                            state->events.back().position.value));
  }
  StateEdit edit(state, undo);
  edit.AddEvent({fact.position, type->descriptor, /*erased=*/fact.event == nullptr});
  if (fact.event == nullptr) return absl::OkStatus();
  if (IsRestricted(fact.event->common().marking())) {
    edit.Append(&state->restricted, fact.position);
  }
  const Fact told{.known = {fact.position, CivilDayIn(state->time_zone, fact.recorded_at)},
                  .recorded_at = fact.recorded_at,
                  .first_position = fact.first_position,
                  .principal = fact.principal,
                  .digest = fact.event->digest()};
  type->rules->evolve(fact.event->message(), told, &edit);
  return absl::OkStatus();
}

}  // namespace waymark
