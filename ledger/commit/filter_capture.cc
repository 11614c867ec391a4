#include "ledger/commit/filter_capture.h"

#include <algorithm>
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

using Focuses = std::vector<std::string>;

void AddFocus(const std::string& code, Focuses* focuses) {
  if (code.empty() || focuses->size() == kFilterFocusesMax) return;
  if (std::find(focuses->begin(), focuses->end(), code) == focuses->end()) focuses->push_back(code);
}

template <typename Fact>
bool HoldsFact(const std::vector<Fact>& facts, Position position) {
  return std::any_of(facts.begin(), facts.end(),
                     [&](const Fact& fact) { return fact.known.position == position; });
}

// What the event at a position is about. Not evidence, which is found by its id alone.
void AddFocusAt(Position position, const ContractState& state, Focuses* focuses) {
  for (const auto& [code, history] : state.focuses) {
    if (FindDetermination(history, position) != nullptr ||
        FindAssessment(history, position) != nullptr || HoldsFact(history.targets, position) ||
        HoldsFact(history.gap_explanations, position) || HoldsFact(history.conditions, position)) {
      return AddFocus(code, focuses);
    }
  }
  for (const auto& [id, notice] : state.notices) {
    if (notice.known.position == position || HoldsFact(notice.steps, position)) {
      return AddFocus(notice.focus, focuses);
    }
  }
  for (const auto& [id, matter] : state.underperformances) {
    if (HoldsFact(matter.stages, position)) return AddFocus(matter.focus, focuses);
  }
  for (const auto& [id, commitment] : state.commitments) {
    for (const Commitment::Stage& stage : commitment.stages) {
      if (stage.known.position == position) return AddFocus(stage.focus, focuses);
    }
  }
  for (const auto& [id, dependency] : state.dependencies) {
    if (dependency.known.position == position) {
      return AddFocus(dependency.focus.value_or(""), focuses);
    }
  }
}

void AddFocusesOfDependency(const std::string& id, const ContractState& state, Focuses* focuses) {
  const auto found = state.dependencies.find(id);
  if (found != state.dependencies.end()) AddFocus(found->second.focus.value_or(""), focuses);
}

void AddFocusesOfDispute(const std::string& id, const ContractState& state, Focuses* focuses) {
  const Dispute* const dispute = FindDispute(state, id);
  if (dispute == nullptr) return;
  for (const Position matter : dispute->matters) AddFocusAt(matter, state, focuses);
}

void AddFocusesOfItem(const std::string& id, const ContractState& state, Focuses* focuses) {
  const auto found = state.evidence.find(id);
  if (found == state.evidence.end()) return;
  for (const std::string& code : found->second.focuses) AddFocus(code, focuses);
}

void AddFocusesOfNotice(const std::string& id, const ContractState& state, Focuses* focuses) {
  const auto found = state.notices.find(id);
  if (found != state.notices.end()) AddFocus(found->second.focus, focuses);
}

using IdReader = void (*)(const std::string& id, const ContractState& state, Focuses* focuses);

// Ids under which the state knows what an event is about.
IdReader ReaderOf(const FieldDescriptor& field) {
  if (field.name() == "dependency_id") return AddFocusesOfDependency;
  if (field.name() == "dispute_id") return AddFocusesOfDispute;
  if (field.name() == "evidence_id") return AddFocusesOfItem;
  // A performance notice has ids of its own.
  if (field.name() == "notice_id" &&
      field.containing_type() == v1::ImprovementStepRecorded::descriptor()) {
    return AddFocusesOfNotice;
  }
  return nullptr;
}

// Where a message says what it is about. Found by the names that the catalogue gives its fields, so
// a new type needs nothing here.
struct FocusFields {
  std::vector<const FieldDescriptor*> codes;      // "focus", string; "focuses", repeated string
  std::vector<const FieldDescriptor*> parts;      // messages that hold some of these
  std::vector<const FieldDescriptor*> positions;  // of a Scope
  std::vector<const FieldDescriptor*> refs;       // EventRef, one or many
  std::vector<std::pair<const FieldDescriptor*, IdReader>> ids;
};

using FieldsByType = absl::flat_hash_map<const Descriptor*, FocusFields>;

// A matrix is drafted for every focus, and what is adopted of it names them; a clause is the
// contract's, and its rule may name focuses by a word that only a day resolves.
bool SpeaksOfTheWholeContract(const Descriptor* part) {
  return part == v1::Common::descriptor() || part == v1::Matrix::descriptor() ||
         part == v1::Clause::descriptor();
}

// True if the type has any. An id and a reference count in the event's own message alone: what it
// cites further in, as evidence is, it is not about.
bool AddFields(const Descriptor* type, bool is_event, FieldsByType* known) {
  FocusFields fields;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* const field = type->field(i);
    const Descriptor* const part = field->message_type();
    if (part == v1::EventRef::descriptor()) {
      if (is_event) fields.refs.push_back(field);
    } else if (part != nullptr) {
      if (!SpeaksOfTheWholeContract(part) && AddFields(part, false, known)) {
        fields.parts.push_back(field);
      }
    } else if (field->name() == (field->is_repeated() ? "focuses" : "focus")) {
      fields.codes.push_back(field);
    } else if (type == v1::Scope::descriptor() && field->name() == "positions") {
      fields.positions.push_back(field);
    } else if (const IdReader reader = ReaderOf(*field); reader != nullptr && is_event) {
      fields.ids.emplace_back(field, reader);
    }
  }
  const bool any = !fields.codes.empty() || !fields.parts.empty();
  known->insert_or_assign(type, std::move(fields));
  return any;
}

const FocusFields& FieldsOf(const Descriptor* type) {
  static const auto* const kFields = [] {
    auto* fields = new FieldsByType;
    for (const EventType& declared : AllEventTypes()) AddFields(declared.descriptor, true, fields);
    return fields;
  }();
  const auto found = kFields->find(type);
  WAYMARK_CHECK(found != kFields->end());
  return found->second;
}

// Calls `read` with each message of a field that holds one or many.
template <typename Read>
void ForEach(const Message& message, const FieldDescriptor* field, Read read) {
  const Reflection& reflection = *message.GetReflection();
  if (!field->is_repeated()) {
    if (reflection.HasField(message, field)) read(reflection.GetMessage(message, field));
    return;
  }
  for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
    read(reflection.GetRepeatedMessage(message, field, i));
  }
}

void AddNamed(const Message& message, Focuses* focuses) {
  const FocusFields& fields = FieldsOf(message.GetDescriptor());
  const Reflection& reflection = *message.GetReflection();
  std::string scratch;
  for (const FieldDescriptor* field : fields.codes) {
    if (!field->is_repeated()) {
      AddFocus(reflection.GetStringReference(message, field, &scratch), focuses);
      continue;
    }
    const auto& named = reflection.GetRepeatedFieldRef<std::string>(message, field);
    for (const std::string& code : named) AddFocus(code, focuses);
  }
  for (const FieldDescriptor* field : fields.parts) {
    ForEach(message, field, [&](const Message& part) { AddNamed(part, focuses); });
  }
}

void AddReferred(const Message& message, Position first_position, const ContractState& state,
                 Focuses* focuses) {
  const FocusFields& fields = FieldsOf(message.GetDescriptor());
  const Reflection& reflection = *message.GetReflection();
  std::string scratch;
  for (const auto& [field, reader] : fields.ids) {
    reader(reflection.GetStringReference(message, field, &scratch), state, focuses);
  }
  if (!focuses->empty()) return;
  for (const FieldDescriptor* field : fields.refs) {
    ForEach(message, field, [&](const Message& part) {
      const auto& ref = static_cast<const v1::EventRef&>(part);
      AddFocusAt(
          ref.has_index() ? Position{first_position.value + ref.index()} : Position{ref.position()},
          state, focuses);
    });
  }
  for (const FieldDescriptor* field : fields.positions) {
    for (const uint64_t position : reflection.GetRepeatedFieldRef<uint64_t>(message, field)) {
      AddFocusAt(Position{position}, state, focuses);
    }
  }
  for (const FieldDescriptor* field : fields.parts) {
    ForEach(message, field,
            [&](const Message& part) { AddReferred(part, first_position, state, focuses); });
  }
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

std::vector<std::string> FocusesOf(const Message& message, Position first_position,
                                   const ContractState& state) {
  Focuses focuses;
  AddNamed(message, &focuses);
  if (focuses.empty()) AddReferred(message, first_position, state, &focuses);
  return focuses;
}

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
