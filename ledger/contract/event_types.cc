#include "ledger/contract/event_types.h"

#include "absl/container/flat_hash_map.h"
#include "ledger/base/check.h"
#include "ledger/base/limits.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

bool StartsWithCommon(const Descriptor& message) {
  const FieldDescriptor* first = message.FindFieldByNumber(1);
  return first != nullptr && first->message_type() == v1::Common::descriptor();
}

std::vector<EventType> GatherTypes() {
  absl::flat_hash_map<const Descriptor*, const EventRules*> rules;
  for (const absl::Span<const EventRules> family :
       {PartyRules(),    GovernanceRules(),  PersonRules(),        ClauseRules(),
        MatrixRules(),   TargetRules(),      PlanRules(),          EvidenceRules(),
        ProviderRules(), AssessmentRules(),  DeterminationRules(), CorrectionRules(),
        BoardRules(),    ImprovementRules(), DisputeRules(),       AdjudicationRules(),
        RecordRules(),   DecisionRules(),    ReviewRules(),        ExtensionRules(),
        ErasureRules()}) {
    for (const EventRules& row : family) {
      WAYMARK_CHECK(rules.emplace(row.descriptor(), &row).second);
    }
  }
  std::vector<EventType> types;
  const auto& file = *v1::LevelDetermined::descriptor()->file();
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  for (int i = 0; i < file.message_type_count(); ++i) {
    const Descriptor& message = *file.message_type(i);
    if (!StartsWithCommon(message)) continue;
    WAYMARK_CHECK(message.full_name().size() <= kEventTypeBytesMax);
    const auto row = rules.find(&message);
    types.push_back({message.full_name(), &message, factory->GetPrototype(&message),
                     row == rules.end() ? nullptr : row->second});
  }
  return types;
}

}  // namespace

const std::vector<EventType>& AllEventTypes() {
  static const auto* const kTypes = new std::vector<EventType>(GatherTypes());
  return *kTypes;
}

const EventType* FindEventType(absl::string_view full_name) {
  static const auto* const kByName = [] {
    auto* by_name = new absl::flat_hash_map<absl::string_view, const EventType*>;
    for (const EventType& type : AllEventTypes()) by_name->emplace(type.name, &type);
    return by_name;
  }();
  const auto place = kByName->find(full_name);
  return place == kByName->end() ? nullptr : place->second;
}

}  // namespace waymark
