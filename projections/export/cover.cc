#include "projections/export/cover.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/policy_history.h"
#include "projections/export/words.h"

namespace waymark::exports {
namespace {

constexpr char kNotTold[] = "WITHHELD";

// Whether an event of the type is kept from the reader: then what it settles cannot be told.
bool Withholds(const ContractRecord& record, absl::string_view type) {
  return std::any_of(record.events.begin(), record.events.end(), [&](const KnownEvent& event) {
    return event.type == type && event.payload == KnownEvent::Payload::kWithheld;
  });
}

}  // namespace

std::string KnownText(const ContractRecord& record) {
  return record.at.known.value == 0 ? "nothing" : absl::StrCat(record.at.known.value - 1);
}

std::vector<std::string> PoliciesInForce(const ContractRecord& record) {
  if (Withholds(record, "PolicySet")) return {kNotTold};
  std::vector<std::string> policies;
  const auto* const keys = v1::PolicyKey_descriptor();
  for (int i = 0; i < keys->value_count(); ++i) {
    const auto key = static_cast<v1::PolicyKey>(keys->value(i)->number());
    if (key == v1::POLICY_KEY_UNSPECIFIED) continue;
    const PolicyHistory history(record.state, key);
    policies.push_back(
        absl::StrCat(Word(key), "=", history.On(record.at.as_of, Knowledge{record.at.known})));
  }
  return policies;
}

std::string MatrixText(const ContractRecord& record) {
  if (Withholds(record, "MatrixVersionAdopted")) return kNotTold;
  const std::string& version = record.basis.matrix_version();
  return version.empty() ? "none" : Hex(version);
}

std::string StandingText(const ContractRecord& record) {
  return record.basis.rehearsal() ? "REHEARSAL" : "RECORD";
}

std::vector<std::pair<std::string, std::string>> CoverOf(const ContractRecord& record) {
  std::vector<std::pair<std::string, std::string>> cover = {
      {"Standing", record.basis.rehearsal()
                       ? "REHEARSAL: the clock was set by hand; nothing here is a record"
                       : "RECORD"},
      {"Contract", record.state.contract_id},
      {"Title", record.state.registration->title},
      {"Ledger", record.basis.ledger()},
      {"As of",
       absl::StrCat("end of ", FormatDay(record.at.as_of), ", ", record.basis.time_zone())},
      {"Known at", record.at.known.value == 0
                       ? "nothing was known"
                       : absl::StrCat("position ", KnownText(record), " (", record.at.known.value,
                                      " events of the ledger)")},
      {"Root", Hex(record.root)},
      {"Matrix version", MatrixText(record)},
      {"Policies", absl::StrJoin(PoliciesInForce(record), ", ")},
  };
  if (record.is_public) {
    cover.emplace_back("Withheld",
                       record.withheld.empty()
                           ? "nothing"
                           : absl::StrCat("payloads marked COMMERCIAL or PERSONAL at positions ",
                                          absl::StrJoin(record.withheld, ", "),
                                          "; what they bear on reads WITHHELD"));
  }
  return cover;
}

Json CoverJson(const ContractRecord& record) {
  Json json = Json::Object();
  for (const auto& [name, value] : CoverOf(record)) {
    json[absl::StrReplaceAll(absl::AsciiStrToLower(name), {{" ", "_"}})] = value;
  }
  return json;
}

}  // namespace waymark::exports
