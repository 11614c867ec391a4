#include "projections/export/release.h"

#include <map>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/held_days.h"
#include "ledger/contract/json_value.h"
#include "ledger/contract/parties.h"
#include "projections/export/cover.h"
#include "projections/export/tables.h"
#include "projections/export/words.h"

namespace waymark::exports {
namespace {

// The standard has no days, only instants: the first or the last second of one.
std::string Instant(const ContractRecord& record, absl::CivilDay day, bool at_end) {
  const absl::CivilSecond second =
      at_end ? absl::CivilSecond(day.year(), day.month(), day.day(), 23, 59, 59)
             : absl::CivilSecond(day);
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%S%Ez", absl::FromCivil(second, record.state.time_zone),
                          record.state.time_zone);
}

const char* StatusOf(v1::TargetStatus status) {
  switch (status) {
    case v1::TARGET_STATUS_MET:
      return "met";
    case v1::TARGET_STATUS_MISSED:
      return "notMet";
    default:
      return "scheduled";
  }
}

Json MilestoneOf(const ContractRecord& record, const v1::FocusStanding& standing) {
  const v1::TargetStanding& target = standing.target();
  Json json = Json::Object();
  json["id"] = absl::StrCat("target-", target.position());
  json["title"] = absl::StrCat(standing.focus(), " ", standing.name(), ": level ", target.level());
  json["type"] = "delivery";
  json["code"] = standing.focus();
  json["description"] = absl::StrCat(target.words(), " (", Word(target.status()), ")");
  json["dueDate"] = Instant(record, *DayIn(true, target.due()), /*at_end=*/true);
  if (target.has_met_on()) {
    json["dateMet"] = Instant(record, *DayIn(true, target.met_on()), /*at_end=*/false);
  }
  if (target.has_decided_on()) {
    json["dateModified"] = Instant(record, *DayIn(true, target.decided_on()), /*at_end=*/false);
  }
  json["status"] = StatusOf(target.status());
  return json;
}

struct CategoryCount {
  int targets = 0, met = 0, missed = 0;
  absl::CivilDay due = absl::CivilDay::min();
};

Json CategoryMilestone(const ContractRecord& record, const std::string& category,
                       const CategoryCount& count) {
  Json json = Json::Object();
  json["id"] = absl::StrCat("category-", category);
  json["title"] = absl::StrCat("Category ", category, ": every target");
  json["type"] = "delivery";
  json["code"] = category;
  json["description"] =
      absl::StrCat(count.met, " of ", count.targets, " targets met, ", count.missed, " missed");
  json["dueDate"] = Instant(record, count.due, /*at_end=*/true);
  json["status"] = count.met == count.targets ? "met"
                   : count.met > 0            ? "partiallyMet"
                   : count.missed > 0         ? "notMet"
                                              : "scheduled";
  return json;
}

Json Milestones(const ContractRecord& record) {
  Json milestones = Json::Array();
  std::map<std::string, CategoryCount> categories;
  const v1::GetStandingsReply standings = StandingsOf(record);
  for (const v1::FocusStanding& standing : standings.standings()) {
    if (!standing.has_target()) continue;
    milestones.Add(MilestoneOf(record, standing));
    CategoryCount& count = categories[standing.category()];
    ++count.targets;
    count.met += standing.target().status() == v1::TARGET_STATUS_MET ? 1 : 0;
    count.missed += standing.target().status() == v1::TARGET_STATUS_MISSED ? 1 : 0;
    count.due = std::max(count.due, *DayIn(true, standing.target().due()));
  }
  for (const auto& [category, count] : categories) {
    milestones.Add(CategoryMilestone(record, category, count));
  }
  return milestones;
}

Json Party(const std::string& id, const std::string& name, std::vector<std::string> roles) {
  Json json = Json::Object();
  json["id"] = id;
  json["name"] = name.empty() ? id : name;
  if (roles.empty()) return json;
  json["roles"] = Json::Array();
  for (const std::string& role : roles) json["roles"].Add(role);
  return json;
}

// Organisations as they were registered or joined.
std::map<std::string, std::string> NamesOf(const ContractRecord& record) {
  std::map<std::string, std::string> names;
  for (const KnownEvent& event : record.events) {
    if (!event.words) continue;
    if (event.type == "ContractRegistered") {
      const auto& words = static_cast<const v1::ContractRegistered&>(event.words->message());
      for (const v1::Party& party : words.authorities()) names[party.party_id()] = party.name();
      names[words.provider().party_id()] = words.provider().name();
    } else if (event.type == "PartyChanged") {
      const auto& words = static_cast<const v1::PartyChanged&>(event.words->message());
      names[words.party().party_id()] = words.party().name();
    }
  }
  return names;
}

Json ContractOf(const ContractRecord& record) {
  const Registration& registration = *record.state.registration;
  Json json = Json::Object();
  json["id"] = record.state.contract_id;
  json["awardID"] = record.state.contract_id;
  json["title"] = registration.title;
  const absl::CivilDay last =
      LastContractDay(record.state, Knowledge{record.at.known}).value_or(registration.ends_on);
  json["status"] = record.at.as_of > last                     ? "terminated"
                   : record.at.as_of < registration.starts_on ? "pending"
                                                              : "active";
  json["period"] = Json::Object();
  json["period"]["startDate"] = Instant(record, registration.starts_on, /*at_end=*/false);
  json["period"]["endDate"] = Instant(record, last, /*at_end=*/true);
  json["period"]["maxExtentDate"] = Instant(record, registration.latest_end, /*at_end=*/true);
  json["implementation"] = Json::Object();
  json["implementation"]["milestones"] = Milestones(record);
  return json;
}

}  // namespace

std::string ReleaseJson(const ContractRecord& record) {
  const std::string& contract = record.state.contract_id;
  const Registration& registration = *record.state.registration;
  std::map<std::string, std::string> names = NamesOf(record);
  Json json = Json::Object();
  // Who publishes has a registered prefix, and puts it into the contract's id; nobody else has one.
  json["ocid"] =
      absl::StartsWith(contract, "ocds-") ? contract : absl::StrCat("ocds-unregistered-", contract);
  json["id"] = absl::StrCat(contract, "-", FormatDay(record.at.as_of), "-", KnownText(record),
                            record.is_public ? "-public" : "");
  json["date"] = record.events.empty() ? Instant(record, record.at.as_of, /*at_end=*/true)
                                       : InstantText(record.events.back().recorded_at);
  json["tag"] = Json::Array();
  json["tag"].Add("implementationUpdate");
  json["initiationType"] = "tender";
  json["language"] = "en";
  json["parties"] = Json::Array();
  for (const std::string& id : AuthoritiesOn(registration, record.at.as_of)) {
    json["parties"].Add(Party(id, names[id], {"buyer", "procuringEntity"}));
    // The lead authority; the standard has one.
    if (json["parties"].list().size() == 1) json["buyer"] = Party(id, names[id], {});
  }
  json["parties"].Add(Party(registration.provider, names[registration.provider], {"supplier"}));
  json["contracts"] = Json::Array();
  json["contracts"].Add(ContractOf(record));
  // Fields of our own, which the standard lets a publisher add.
  json["waymark"] = CoverJson(record);
  return json.Canonical() + "\n";
}

}  // namespace waymark::exports
