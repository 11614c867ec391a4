// This header defines what the evaluation of one clause reads: the timelines of focuses under the
// clause's parameters, the focuses that a set means on a day, the days of windows and years, and
// the notices served.
//
//   ClauseRecord record(state, clause, as_of, known);
//   const Timeline& timeline = record.TimelineOf("PI-CS");
//   for (const std::string& focus : record.Members(set, day)) ...
//
// How the rules are read where their words leave room:
// - Sets are those of the matrix version in force on the day; a list is put into its order.
// - A contract year as a window is the whole year: days to come are days not counted.
// - A notice counts for a clause if it names the clause or none; the one served last replaces those
//   before it.
//
// Not synchronised. State and clause must outlive it.
#ifndef WAYMARK_LEDGER_CONTRACT_CLAUSE_RECORD_H_
#define WAYMARK_LEDGER_CONTRACT_CLAUSE_RECORD_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ledger/contract/longevity.h"
#include "ledger/contract/state.h"
#include "waymark/v1/clause.pb.h"

namespace waymark {

class ClauseRecord {
 public:
  ClauseRecord(const ContractState& state, const v1::Clause& clause, absl::CivilDay as_of,
               TreeSize known);

  const ContractState& state() const { return state_; }
  const v1::Clause& clause() const { return clause_; }
  Knowledge knowledge() const { return {known_}; }
  // as_of, or the last day of the contract if that is sooner.
  absl::CivilDay answered_on() const { return answered_on_; }
  bool contract_ended() const { return contract_ended_; }
  int grace_days() const { return grace_days_; }
  const CountingRules& counting_rules() const { return rules_; }

  // Policies that a clause follows; each the clause's own, else that in force on answered_on.
  bool holds_off() const { return holds_off_; }
  bool counts_net() const { return clause_.parameters().measure() == "NET"; }
  bool reached_by() const { return reached_by_; }
  bool leaves_out_unladdered() const { return leaves_out_unladdered_; }

  // First day of the record: the service period's, or an earlier level's.
  absl::CivilDay first_day() const { return first_day_; }
  // Last day of the contract, as known; absent while none is known.
  std::optional<absl::CivilDay> last_day() const;

  // T(known) up to answered_on.
  const Timeline& TimelineOf(const std::string& focus);
  // What is held on answered_on is held on every day up to `through` too.
  void HoldPresentLevels(absl::CivilDay through);

  // Empty where no matrix is in force, or no focus is meant.
  std::vector<std::string> Members(const v1::FocusSet& set, absl::CivilDay day) const;
  std::vector<std::string> LaddersOf(absl::string_view category, absl::CivilDay day) const;
  // The days of a window that ends on `day`, within the service period; absent if there are none.
  std::optional<DayRange> WindowDays(const v1::Window& window, absl::CivilDay day) const;
  DayRange ContractYear(int year) const;
  // Served on `day` or before; null if there is none.
  const ImprovementNotice* LatestNotice(const std::string& focus, absl::CivilDay day) const;

 private:
  const v1::Matrix* MatrixOn(absl::CivilDay day) const;

  const ContractState& state_;
  const v1::Clause& clause_;
  const TreeSize known_;
  absl::CivilDay answered_on_;
  bool contract_ended_ = false;
  CountingRules rules_;
  int grace_days_ = 0;
  bool holds_off_ = false;
  bool reached_by_ = false;
  bool leaves_out_unladdered_ = false;
  absl::CivilDay first_day_;
  std::optional<absl::CivilDay> held_through_;
  std::map<std::string, Timeline> timelines_;
};

// Every focus that the clause reads, with sets as they are on the day asked about, or on the day of
// a by_date if that is sooner. No timeline is built.
std::set<std::string> FocusesRead(const ClauseRecord& record);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_CLAUSE_RECORD_H_
