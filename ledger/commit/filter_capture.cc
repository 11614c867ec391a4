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

// Where a message names focuses itself.
struct NamedFocuses {
  const FieldDescriptor* focus = nullptr;    // string
  const FieldDescriptor* focuses = nullptr;  // repeated string
};

// Where a type's message says what it is about. Found by the names that the catalogue gives its
// fields, so a new type needs nothing here.
struct FocusFields {
  NamedFocuses own;
  // A message, one or many, that names some: a scope, the commitments of a plan.
  std::vector<std::pair<const FieldDescriptor*, NamedFocuses>> parts;
  const FieldDescriptor* evidence_id = nullptr;  // string
  const FieldDescriptor* notice_id = nullptr;    // string; of an improvement notice
  std::vector<const FieldDescriptor*> refs;      // EventRef, one or many
};

const FieldDescriptor* FindText(const Descriptor& type, const std::string& name, bool repeated) {
  const FieldDescriptor* const field = type.FindFieldByName(name);
  const bool is_it = field != nullptr && field->type() == FieldDescriptor::TYPE_STRING &&
                     field->is_repeated() == repeated;
  return is_it ? field : nullptr;
}

NamedFocuses FindNamed(const Descriptor& type) {
  return {FindText(type, "focus", /*repeated=*/false), FindText(type, "focuses", true)};
}

FocusFields FindFields(const Descriptor& type) {
  FocusFields fields{.own = FindNamed(type)};
  fields.evidence_id = FindText(type, "evidence_id", /*repeated=*/false);
  if (&type == v1::ImprovementStepRecorded::descriptor()) {
    fields.notice_id = FindText(type, "notice_id", /*repeated=*/false);
  }
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* const field = type.field(i);
    if (field->message_type() == nullptr) continue;
    if (field->message_type() == v1::EventRef::descriptor()) {
      fields.refs.push_back(field);
    } else if (const NamedFocuses part = FindNamed(*field->message_type());
               part.focus != nullptr || part.focuses != nullptr) {
      fields.parts.emplace_back(field, part);
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

std::string TextOf(const Message& message, const FieldDescriptor* field) {
  return message.GetReflection()->GetString(message, field);
}

void AddNamed(const Message& message, const NamedFocuses& fields,
              std::vector<std::string>* focuses) {
  if (fields.focus != nullptr) AddFocus(TextOf(message, fields.focus), focuses);
  if (fields.focuses == nullptr) return;
  const auto& named =
      message.GetReflection()->GetRepeatedFieldRef<std::string>(message, fields.focuses);
  for (const std::string& code : named) AddFocus(code, focuses);
}

// Each message in the field, one or many.
template <typename Visitor>
void VisitMessages(const Message& message, const FieldDescriptor* field, Visitor visitor) {
  const Reflection& reflection = *message.GetReflection();
  if (!field->is_repeated()) {
    if (reflection.HasField(message, field)) visitor(reflection.GetMessage(message, field));
    return;
  }
  for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
    visitor(reflection.GetRepeatedMessage(message, field, i));
  }
}

std::vector<std::string> FocusesOf(const Message& message, Position first_position,
                                   const ContractState& state) {
  const FocusFields& fields = FieldsOf(message.GetDescriptor());
  std::vector<std::string> focuses;
  AddNamed(message, fields.own, &focuses);
  for (const auto& [field, named] : fields.parts) {
    VisitMessages(message, field,
                  [&, named = named](const Message& part) { AddNamed(part, named, &focuses); });
  }
  if (!focuses.empty()) return focuses;
  if (fields.evidence_id != nullptr) {
    const auto item = state.evidence.find(TextOf(message, fields.evidence_id));
    if (item != state.evidence.end()) {
      for (const std::string& code : item->second.focuses) AddFocus(code, &focuses);
      return focuses;
    }
  }
  if (fields.notice_id != nullptr) {
    const auto notice = state.notices.find(TextOf(message, fields.notice_id));
    if (notice != state.notices.end()) AddFocus(notice->second.focus, &focuses);
  }
  for (const FieldDescriptor* field : fields.refs) {
    VisitMessages(message, field, [&](const Message& ref) {
      AddReferred(static_cast<const v1::EventRef&>(ref), first_position, state, &focuses);
    });
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
