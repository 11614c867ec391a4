// This header defines a contract's facts written by hand, for tests of what is computed from them.
// Each fact is recorded at the next position, on the day last named:
//
//   ContractFacts facts;
//   facts.On("2024-04-01").Determine("PI-CS", 3, "2024-04-01");
//   facts.On("2024-10-01").Determine("PI-CS", 2, "2024-10-01").coverage_to = Day("2025-03-31");
//   FindLongevity(facts.state, facts.Ask("PI-CS", "2025-12-31"), 3);
#ifndef WAYMARK_TESTS_CONTRACT_CONTRACT_FACTS_H_
#define WAYMARK_TESTS_CONTRACT_CONTRACT_FACTS_H_

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "ledger/base/check.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/longevity.h"
#include "ledger/contract/state.h"

namespace waymark {

inline void PrintTo(const Span& span, std::ostream* out) {
  *out << FormatDay(span.since) << ".." << FormatDay(span.through) << " " << span.months << "m "
       << span.days << "d net " << span.net_days;
}
inline void PrintTo(const Lapse& lapse, std::ostream* out) {
  *out << FormatDay(lapse.first) << ".." << (lapse.last ? FormatDay(*lapse.last) : "") << " "
       << lapse.days << "d" << (lapse.bridged ? " bridged" : "");
}

}  // namespace waymark

namespace waymark::test {

// A day written as YYYY-MM-DD.
inline absl::CivilDay Day(absl::string_view text) {
  const absl::StatusOr<absl::CivilDay> day = ParseDay(text);
  WAYMARK_CHECK(day.ok());
  return *day;
}

inline Span SpanOfText(const char* since, const char* through, int months, int days, int net_days) {
  return {Day(since), Day(through), months, days, net_days};
}

struct ContractFacts {
  ContractState state;
  // Number of events, all of them known unless a question says otherwise.
  TreeSize head;
  absl::CivilDay today;

  ContractFacts& On(absl::string_view day) {
    today = Day(day);
    return *this;
  }

  Known Record() { return {Position{head.value++}, today}; }

  // Its period is the single day on which it takes effect; its coverage has no limit.
  Determination& Determine(const std::string& focus, int level, absl::string_view effective_on) {
    Determination one;
    one.known = Record();
    one.level = level;
    one.effective_on = one.assessed_on = one.decided_on = Day(effective_on);
    one.period = {one.effective_on, one.effective_on};
    std::vector<Determination>& all = state.focuses[focus].determinations;
    all.push_back(one);
    return all.back();
  }

  // The newest determination of the focus replaces an older one.
  void Supersedes(const std::string& focus, uint64_t old) {
    FocusHistory& history = state.focuses[focus];
    const Known& known = history.determinations.back().known;
    history.determinations.back().supersedes.push_back(Position{old});
    history.supersessions.push_back({known, Position{old}, known.position, v1::GROUND_ERROR});
  }

  void SetPolicy(v1::PolicyKey key, const std::string& value, absl::string_view effective_on) {
    state.policies.push_back({Record(), Day(effective_on), key, value});
  }

  // A version in which one rule holds for each focus named.
  Adoption& Adopt(const std::string& version_hash, absl::string_view effective_on) {
    Adoption adoption;
    adoption.known = Record();
    adoption.effective_on = Day(effective_on);
    adoption.version_hash = version_hash;
    state.adoptions.push_back(adoption);
    return state.adoptions.back();
  }

  LongevityQuestion Ask(const std::string& focus, absl::string_view as_of) const {
    return {.focus = focus, .as_of = Day(as_of), .known = head};
  }

  // Number of events recorded by the end of a day.
  TreeSize KnownBy(absl::string_view day) const {
    TreeSize known;
    for (const auto& [code, focus] : state.focuses) {
      for (const Determination& one : focus.determinations) {
        if (one.known.recorded_on <= Day(day))
          known = std::max(known, SizeThrough(one.known.position));
      }
      for (const Target& one : focus.targets) {
        if (one.known.recorded_on <= Day(day))
          known = std::max(known, SizeThrough(one.known.position));
      }
    }
    return known;
  }
};

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_CONTRACT_CONTRACT_FACTS_H_
