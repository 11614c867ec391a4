#include "ledger/contract/retention.h"

#include "ledger/contract/held_days.h"
#include "ledger/contract/months.h"
#include "ledger/contract/policy.h"
#include "waymark/v1/event.pb.h"

namespace waymark {

absl::CivilDay RetainedTo(const ContractState& state, absl::CivilDay today, Knowledge knowledge) {
  const absl::CivilDay last = *LastContractDay(state, knowledge);
  const int margin = PolicyNumber(state, v1::POLICY_KEY_RETENTION_MARGIN_MONTHS, today,
                                  Position{knowledge.known.value - 1});
  const int months = state.registration->as_deed ? kRetentionMonthsOfDeed : kRetentionMonths;
  return LastDayOfMonths(last + 1, months + margin);
}

std::vector<Position> ErasedBy(const ParsedEvent& event) {
  const auto positions_of = [](const auto& erasure) {
    std::vector<Position> positions;
    for (const uint64_t position : erasure.positions()) positions.push_back(Position{position});
    return positions;
  };
  if (const auto* erased =
          google::protobuf::DynamicCastToGenerated<v1::PersonalDataErased>(&event.message())) {
    return positions_of(*erased);
  }
  if (const auto* disposed =
          google::protobuf::DynamicCastToGenerated<v1::RecordDisposed>(&event.message())) {
    return positions_of(*disposed);
  }
  return {};
}

}  // namespace waymark
