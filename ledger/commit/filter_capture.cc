#include "ledger/commit/filter_capture.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/reflection.h"
#include "ledger/base/check.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/lookup.h"

namespace waymark {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Where a type's message says what it is about. Found by the names that the catalogue gives its
// fields, so a new type needs nothing here.
struct FocusFields {
  const FieldDescriptor* focus = nullptr;        // string
  const FieldDescriptor* focuses = nullptr;      // repeated string
  const FieldDescriptor* evidence_id = nullptr;  // string
  std::vector<const FieldDescriptor*> refs;      // EventRef, one or many
};

bool IsText(const FieldDescriptor* field) {
  return field != nullptr && field->type() == FieldDescriptor::TYPE_STRING;
}

FocusFields FindFields(const Descriptor& type) {
  FocusFields fields;
  const FieldDescriptor* const focus = type.FindFieldByName("focus");
  const FieldDescriptor* const focuses = type.FindFieldByName("focuses");
  const FieldDescriptor* const evidence_id = type.FindFieldByName("evidence_id");
  if (IsText(focus) && !focus->is_repeated()) fields.focus = focus;
  if (IsText(focuses) && focuses->is_repeated()) fields.focuses = focuses;
  if (IsText(evidence_id) && !evidence_id->is_repeated()) fields.evidence_id = evidence_id;
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->message_type() == v1::EventRef::descriptor()) {
      fields.refs.push_back(type.field(i));
    }
  }
  return fields;
}

const FocusFields& FieldsOf(const Descriptor* type) {
  static const auto* const kFields = [] {
    auto* fields = new absl::flat_hash_map<const Descriptor*, FocusFields>;
    for (const EventType& declared : AllEventTypes()) {
      fields->emplace(declared.descriptor, FindFields(*declared.descriptor));
    }
    return fields;
  }();
  const auto found = kFields->find(type);
  WAYMARK_CHECK(found != kFields->end());
  return found->second;
}

void AddFocus(const std::string& code, std::vector<std::string>* focuses) {
  if (code.empty() || focuses->size() == kFilterFocusesMax) return;
  if (std::find(focuses->begin(), focuses->end(), code) == focuses->end()) focuses->push_back(code);
}

void AddReferred(const v1::EventRef& ref, Position first_position, const ContractState& state,
                 std::vector<std::string>* focuses) {
  const Position position =
      ref.has_index() ? Position{first_position.value + ref.index()} : Position{ref.position()};
  std::optional<std::string> code = FocusOfDetermination(state, position);
  if (!code.has_value()) code = FocusOfAssessment(state, position);
  if (code.has_value()) AddFocus(*code, focuses);
}

std::vector<std::string> FocusesOf(const Message& message, Position first_position,
                                   const ContractState& state) {
  const FocusFields& fields = FieldsOf(message.GetDescriptor());
  const Reflection& reflection = *message.GetReflection();
  std::vector<std::string> focuses;
  std::string scratch;
  if (fields.focus != nullptr) {
    AddFocus(reflection.GetStringReference(message, fields.focus, &scratch), &focuses);
  }
  if (fields.focuses != nullptr) {
    const auto& named = reflection.GetRepeatedFieldRef<std::string>(message, fields.focuses);
    for (const std::string& code : named) AddFocus(code, &focuses);
  }
  if (!focuses.empty()) return focuses;
  if (fields.evidence_id != nullptr) {
    const auto item =
        state.evidence.find(reflection.GetStringReference(message, fields.evidence_id, &scratch));
    if (item != state.evidence.end()) {
      for (const std::string& code : item->second.focuses) AddFocus(code, &focuses);
      return focuses;
    }
  }
  for (const FieldDescriptor* ref : fields.refs) {
    if (ref->is_repeated()) {
      for (int i = 0; i < reflection.FieldSize(message, ref); ++i) {
        AddReferred(
            static_cast<const v1::EventRef&>(reflection.GetRepeatedMessage(message, ref, i)),
            first_position, state, &focuses);
      }
    } else if (reflection.HasField(message, ref)) {
      AddReferred(static_cast<const v1::EventRef&>(reflection.GetMessage(message, ref)),
                  first_position, state, &focuses);
    }
  }
  return focuses;
}

std::string CategoryOf(const std::string& focus, absl::CivilDay today, const ContractState& state) {
  // The adoption that holds today is the last one whose day has come; of the same day, the one
  // recorded last.
  const Adoption* in_force = nullptr;
  for (const Adoption& adoption : state.adoptions) {
    if (adoption.effective_on > today) continue;
    if (in_force == nullptr || adoption.effective_on >= in_force->effective_on) {
      in_force = &adoption;
    }
  }
  if (in_force == nullptr) return "";
  const v1::Matrix* const matrix = FindMatrix(state, in_force->version_hash);
  const v1::Focus* const found = matrix == nullptr ? nullptr : FindFocus(*matrix, focus);
  return found == nullptr ? "" : found->category();
}

}  // namespace

FilterEntry CaptureFilter(const ParsedEvent& event, Position first_position, absl::CivilDay today,
                          const ContractState& state) {
  const v1::Common& common = event.common();
  FilterEntry entry;
  entry.focuses = FocusesOf(event.message(), first_position, state);
  if (!entry.focuses.empty()) entry.category = CategoryOf(entry.focuses.front(), today, state);
  entry.party = common.party_id();
  entry.marking = static_cast<uint8_t>(common.marking());
  return entry;
}

}  // namespace waymark
