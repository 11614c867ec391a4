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
  // Asked of every event on the commit thread, so told by two addresses.
  static const auto* const kErased = v1::PersonalDataErased::descriptor();
  static const auto* const kDisposed = v1::RecordDisposed::descriptor();
  const auto positions_of = [](const auto& erasure) {
    std::vector<Position> positions;
    for (const uint64_t position : erasure.positions()) positions.push_back(Position{position});
    return positions;
  };
  const google::protobuf::Descriptor* const type = event.type().descriptor;
  if (type == kErased) {
    return positions_of(static_cast<const v1::PersonalDataErased&>(event.message()));
  }
  if (type == kDisposed) {
    return positions_of(static_cast<const v1::RecordDisposed&>(event.message()));
  }
  return {};
}

}  // namespace waymark
