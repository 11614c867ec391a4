// This header defines random facts about one contract, for tests that compare two answers over very
// many of them. The facts are dense: weeks rather than years, so that corrections, holes, expiries
// and versions meet on the same days.
//
//   RandomHistory history(seed);                 // the same seed, the same facts
//   history.state(), history.head(), history.Day(), history.Below(6)
#ifndef WAYMARK_TESTS_CONTRACT_RANDOM_HISTORY_H_
#define WAYMARK_TESTS_CONTRACT_RANDOM_HISTORY_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "ledger/contract/state.h"

namespace waymark::test {

class RandomHistory {
 public:
  explicit RandomHistory(uint64_t seed, int days_max = 120, int facts_max = 14);

  const ContractState& state() const { return state_; }
  TreeSize head() const { return TreeSize{next_position_}; }
  const std::vector<std::string>& focuses() const { return focuses_; }

  // A number in [0, n); a number in [first, last]; true once in n times on average.
  int Below(int n) { return static_cast<int>(random_() % static_cast<uint64_t>(n)); }
  int Between(int first, int last) { return first + Below(last - first + 1); }
  bool OnceIn(int n) { return Below(n) == 0; }
  // The first focus more often than the second, so that its facts lie close.
  const std::string& AnyFocusCode() { return focuses_[OnceIn(4) ? 1 : 0]; }
  // A day from somewhat before the first fact to somewhat after the last.
  absl::CivilDay Day() { return first_day_ + Between(-20, days_ + 40); }

 private:
  Known Record();
  FocusHistory& AnyFocus() { return state_.focuses[AnyFocusCode()]; }
  // A day not more than `before` days before today and `after` days after.
  absl::CivilDay Near(int before, int after) { return today_ + Between(-before, after); }

  void AddFact();
  void AddDetermination();
  void AddSupersession();
  void AddExplanation();
  void AddPolicy();
  void AddAdoption();
  void AddDispute();
  void AddEvidence();
  void AddEnd();

  std::mt19937_64 random_;
  ContractState state_;
  const std::vector<std::string> focuses_ = {"PI-CS", "SE-AM"};
  std::vector<std::string> versions_;
  std::vector<std::string> evidence_ids_;
  absl::CivilDay first_day_;
  absl::CivilDay today_;
  int days_ = 0;
  uint64_t next_position_ = 0;
};

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_CONTRACT_RANDOM_HISTORY_H_
