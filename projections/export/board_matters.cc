#include "projections/export/board_matters.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/lookup.h"
#include "projections/export/words.h"

namespace waymark::exports {
namespace {

// Codes of the focuses that the event at a position is about; the empty one for none.
std::vector<std::string> FocusesAt(const ContractRecord& record, Position position) {
  const auto event =
      std::lower_bound(record.events.begin(), record.events.end(), position,
                       [](const KnownEvent& known, Position at) { return known.position < at; });
  if (event == record.events.end() || event->position != position) return {""};
  if (!event->focuses.empty()) return absl::StrSplit(event->focuses, ' ');
  return {FocusOfAssessment(record.state, position).value_or("")};
}

Lines DissentOf(const ContractRecord& record) {
  Lines lines;
  for (const KnownEvent& event : record.events) {
    if (event.type != "BoardMatterRecorded" || !event.words) continue;
    const auto& words = static_cast<const v1::BoardMatterRecorded&>(event.words->message());
    const auto against =
        std::count_if(words.votes().begin(), words.votes().end(),
                      [](const auto& vote) { return vote.choice() == v1::VOTE_CHOICE_AGAINST; });
    if (words.dissent().empty() && against == 0) continue;
    const Position matter = Resolve(words.matter(), event);
    for (const std::string& focus : FocusesAt(record, matter)) {
      lines[focus].push_back(
          absl::StrCat("Meeting ", words.meeting_id(), ", minute ", words.minute(),
                       ", on position ", matter.value, " (", Word(words.outcome()),
                       "): ", words.dissent().empty() ? "no words recorded" : words.dissent(),
                       against > 0 ? absl::StrCat("; votes against: ", against) : ""));
    }
  }
  return lines;
}

std::string DueText(absl::CivilDay due, absl::CivilDay as_of) {
  if (due >= as_of) return absl::StrCat("due ", FormatDay(due));
  return absl::StrCat("due ", FormatDay(due), ", overdue by ", as_of - due, " days");
}

Lines DependenciesOf(const ContractRecord& record) {
  Lines lines;
  for (const KnownEvent& event : record.events) {
    if (event.type != "DependencyRecorded" || !event.words) continue;
    const auto& words = static_cast<const v1::DependencyRecorded&>(event.words->message());
    if (words.stage() != v1::DEPENDENCY_STAGE_RAISED) continue;
    const auto found = record.state.dependencies.find(words.dependency_id());
    if (found == record.state.dependencies.end() || found->second.discharge) continue;
    lines[words.focus()].push_back(absl::StrCat(words.dependency_id(), ": ", found->second.owed_by,
                                                " owes ", words.what(), ", ",
                                                DueText(found->second.due, record.at.as_of)));
  }
  return lines;
}

Lines DisputesOf(const ContractRecord& record) {
  Lines lines;
  for (const auto& [id, dispute] : record.state.disputes) {
    if (dispute.closed) continue;
    const std::string line =
        absl::StrCat(id, ": notified on ", FormatDay(dispute.notified_on), " by ",
                     Word(dispute.side), ", about position ",
                     absl::StrJoin(dispute.matters, ", ", [](std::string* out, Position position) {
                       absl::StrAppend(out, position.value);
                     }));
    std::set<std::string> focuses;
    for (const Position matter : dispute.matters) {
      const std::vector<std::string> about = FocusesAt(record, matter);
      focuses.insert(about.begin(), about.end());
    }
    for (const std::string& focus : focuses) lines[focus].push_back(line);
  }
  return lines;
}

}  // namespace

BoardMatters MattersOf(const ContractRecord& record) {
  return {DissentOf(record), DependenciesOf(record), DisputesOf(record)};
}

}  // namespace waymark::exports
