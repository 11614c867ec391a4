// What a feed selects events on, held against the whole catalogue: a type that says somewhere which
// focus it is about is captured under it.
#include "ledger/commit/filter_capture.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/text_format.h"
#include "ledger/contract/event_types.h"

namespace waymark {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Codes = std::vector<std::string>;
using Path = std::vector<const FieldDescriptor*>;

std::string NameOf(const Descriptor& type, const Path& path) {
  std::string name = type.name();
  for (const FieldDescriptor* field : path) absl::StrAppend(&name, ".", field->name());
  return name;
}

// Every field below a type, however deep, but for what all events start with. A type within itself
// is passed over.
void AddPaths(const Descriptor* type, Path* path, std::vector<Path>* paths) {
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* const field = type->field(i);
    if (field->message_type() == v1::Common::descriptor()) continue;
    bool within_itself = false;
    for (const FieldDescriptor* above : *path) {
      within_itself |= above->message_type() == field->message_type() && field->message_type();
    }
    if (within_itself) continue;
    path->push_back(field);
    paths->push_back(*path);
    if (field->message_type() != nullptr) AddPaths(field->message_type(), path, paths);
    path->pop_back();
  }
}

std::vector<Path> PathsOf(const Descriptor* type) {
  Path path;
  std::vector<Path> paths;
  AddPaths(type, &path, &paths);
  return paths;
}

// Sets the text at the end of a path, adding one message to each list on the way.
void SetText(const Path& path, const std::string& text, Message* message) {
  for (const FieldDescriptor* field : path) {
    const auto& reflection = *message->GetReflection();
    if (field->message_type() == nullptr) {
      field->is_repeated() ? reflection.AddString(message, field, text)
                           : reflection.SetString(message, field, text);
    } else {
      message = field->is_repeated() ? reflection.AddMessage(message, field)
                                     : reflection.MutableMessage(message, field);
    }
  }
}

// Fields with such a name that say nothing of what the event is about, and why.
const std::map<std::string, std::string>& Exceptions() {
  static const auto* const kExceptions = new std::map<std::string, std::string>{
      {"ExportIssued.scope", "words for people"},
      {"MatrixVersionDrafted.matrix", "it is drafted for all focuses; its adoption names them"},
      {"ClauseSetRecorded.clauses", "a clause is the contract's, whatever its rule reads"},
      {"ClauseVaried.clause", "a clause is the contract's, whatever its rule reads"},
  };
  return *kExceptions;
}

bool IsException(const Descriptor& type, Path path, std::set<std::string>* met) {
  for (; !path.empty(); path.pop_back()) {
    const std::string name = NameOf(type, path);
    if (!Exceptions().contains(name)) continue;
    met->insert(name);
    return true;
  }
  return false;
}

TEST(CaptureFilter, TakesEveryFieldOfTheCatalogueThatNamesAFocus) {
  std::set<std::string> met;
  int captured = 0;
  for (const EventType& type : AllEventTypes()) {
    for (const Path& path : PathsOf(type.descriptor)) {
      const FieldDescriptor& field = *path.back();
      const bool names = absl::StrContains(field.name(), "focus") || field.name() == "scope";
      if (!names || IsException(*type.descriptor, path, &met)) continue;
      if (field.message_type() != nullptr) continue;  // what it holds is on the list of its own
      const std::string name = NameOf(*type.descriptor, path);
      ASSERT_EQ(field.type(), FieldDescriptor::TYPE_STRING) << name;
      const std::unique_ptr<Message> event(type.prototype->New());
      SetText(path, "F-1", event.get());
      EXPECT_EQ(FocusesOf(*event, Position{}, ContractState()), Codes{"F-1"}) << name;
      ++captured;
    }
  }
  EXPECT_GE(captured, 16);
  for (const auto& [name, why] : Exceptions()) EXPECT_TRUE(met.contains(name)) << name;
}

// A state in which each fact that knows its focus stands at a place of its own.
ContractState StateWithFacts() {
  ContractState state;
  const auto at = [](uint64_t place) { return Known{Position{place}, absl::CivilDay(2024, 7, 1)}; };
  state.focuses["F-10"].determinations.push_back({.known = at(10)});
  state.focuses["F-11"].assessments.push_back({.known = at(11)});
  state.focuses["F-12"].targets.push_back({.known = at(12)});
  state.focuses["F-13"].gap_explanations.push_back({.known = at(13)});
  state.focuses["F-14"].conditions.push_back({.known = at(14)});
  state.notices["N-1"] = {.known = at(15), .focus = "F-15", .steps = {{.known = at(16)}}};
  state.underperformances["U-1"] = {.focus = "F-17", .stages = {{.known = at(17)}}};
  state.commitments["C-1"].stages.push_back({.known = at(18), .focus = "F-18"});
  state.dependencies["D-1"] = {.known = at(19), .focus = "F-19"};
  state.dependencies["D-2"] = {.known = at(20)};
  state.disputes["P-1"].matters = {Position{10}, Position{15}};
  state.evidence["E-1"].focuses = {"F-21", "F-22"};
  return state;
}

struct Case {
  const char* type;
  const char* text;
  Codes focuses;
};

TEST(CaptureFilter, TakesTheFocusOfWhatAnEventRefersTo) {
  const ContractState state = StateWithFacts();
  const Case cases[] = {
      {"EvidenceVerified", "evidence_id: 'E-1'", {"F-21", "F-22"}},
      {"EvidenceStatusChanged", "evidence_id: 'E-1'", {"F-21", "F-22"}},
      {"EvidenceStatusChanged", "evidence_id: 'E-2'", {}},
      {"ImprovementStepRecorded", "notice_id: 'N-1'", {"F-15"}},
      {"PerformanceNoticeRecorded", "notice_id: 'N-1'", {}},
      {"DependencyRecorded", "dependency_id: 'D-1'", {"F-19"}},
      {"DependencyRecorded", "dependency_id: 'D-2'", {}},
      {"DependencyRecorded", "dependency_id: 'D-1' focus: 'F-1'", {"F-1"}},
      {"DisputeStepRecorded", "dispute_id: 'P-1'", {"F-10", "F-15"}},
      {"DisputeOutcomeRecorded", "dispute_id: 'P-1' affects {position: 12}", {"F-10", "F-15"}},
      {"DisputeOutcomeRecorded", "dispute_id: 'P-2' affects {position: 12}", {"F-12"}},
      {"DisputeNotified", "matters {position: 11} matters {position: 10}", {"F-11", "F-10"}},
      {"DeterminationSuperseded", "old {index: 2}", {"F-12"}},
      {"AssessmentModerated", "assessment {position: 11}", {"F-11"}},
      {"RepresentationMade", "about {position: 13}", {"F-13"}},
      {"RepresentationMade", "about {position: 1} evidence {evidence_id: 'E-1'}", {}},
      {"BoardMatterRecorded", "matter {position: 14}", {"F-14"}},
      {"AnnotationAdded", "about {position: 15}", {"F-15"}},
      {"AnnotationAdded", "about {position: 16}", {"F-15"}},
      {"AnnotationAdded", "about {position: 17}", {"F-17"}},
      {"AnnotationAdded", "about {position: 18}", {"F-18"}},
      {"AnnotationAdded", "about {position: 19}", {"F-19"}},
      {"AnnotationAdded", "about {position: 20}", {}},
      {"AnnotationAdded", "about {position: 99}", {}},
      {"LegalHoldChanged", "scope {positions: 10 positions: 12}", {"F-10", "F-12"}},
      {"ConflictRecorded", "scope {focuses: 'F-1' positions: 12}", {"F-1"}},
      {"LegalHoldChanged", "scope {}", {}},
      {"AnnualPlanAdopted",
       "commitments {focus: 'F-1'} commitments {focus: 'F-2'} commitments {focus: 'F-1'}",
       {"F-1", "F-2"}},
      {"LevelDetermined", "focus: 'F-1' supersedes {position: 12}", {"F-1"}},
  };
  for (const Case& row : cases) {
    const EventType* const type = FindEventType(absl::StrCat("waymark.v1.", row.type));
    ASSERT_NE(type, nullptr) << row.type;
    const std::unique_ptr<Message> event(type->prototype->New());
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(row.text, event.get())) << row.text;
    EXPECT_EQ(FocusesOf(*event, Position{10}, state), row.focuses) << row.type << " " << row.text;
  }
}

// An id names something that may be about a focus. One of a new kind has to be thought of here.
TEST(CaptureFilter, KnowsEveryKindOfIdInTheCatalogue) {
  const std::set<std::string> followed = {"dependency_id", "dispute_id", "evidence_id",
                                          "notice_id"};
  const std::set<std::string> never_about_a_focus = {
      "calendar_id", "clause_id", "contract_id", "delegation_id", "hold_id",
      "meeting_id",  "offer_id",  "party_id",    "plan_id",       "key_id"};
  // Beside these, types whose events always name the focus.
  const std::set<std::string> beside_a_focus = {"commitment_id", "matter_id"};
  for (const EventType& type : AllEventTypes()) {
    for (int i = 0; i < type.descriptor->field_count(); ++i) {
      const std::string& name = type.descriptor->field(i)->name();
      if (!absl::EndsWith(name, "_id") || followed.contains(name)) continue;
      if (beside_a_focus.contains(name)) {
        EXPECT_NE(type.descriptor->FindFieldByName("focus"), nullptr) << type.name;
      } else {
        EXPECT_TRUE(never_about_a_focus.contains(name)) << type.name << " " << name;
      }
    }
  }
}

}  // namespace
}  // namespace waymark
