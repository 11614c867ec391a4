// This header defines longevity a second time, slowly: every figure is found by walking single
// days, and what is held on a day is found by reading all facts again for that day. It shares no
// function with ledger/contract, so that a mistake has to be made twice to go unseen.
#ifndef WAYMARK_TESTS_CONTRACT_LONGEVITY_ORACLE_H_
#define WAYMARK_TESTS_CONTRACT_LONGEVITY_ORACLE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "ledger/contract/state.h"

namespace waymark::test {

struct OracleQuestion {
  std::string focus;
  int level = 0;
  bool below = false;
  absl::CivilDay as_of;
  uint64_t known = 0;           // number of events
  std::string gap_policy;       // empty: the contract's
  std::string evidence_expiry;  // empty: the contract's
  int grace_days = -1;          // negative: the contract's
  bool for_reward = false;
};

struct OracleDay {
  std::string state = "UNDETERMINED";
  int level = -1;
  int64_t determination = -1;
  bool covered = false;
  bool counted = false;
  bool disputed = false;
  bool evidence_expired = false;
  v1::GapReason explained = v1::GAP_REASON_UNSPECIFIED;
};

struct OracleSpan {
  absl::CivilDay since;
  absl::CivilDay through;
  int months = 0;
  int days = 0;
  int net_days = 0;
};

struct OracleLapse {
  absl::CivilDay first;
  std::optional<absl::CivilDay> last;
  int days = 0;
  bool bridged = false;
};

struct OracleAnswer {
  absl::CivilDay answered_on;
  bool contract_ended = false;
  std::optional<absl::CivilDay> first;  // effective day of the first determination
  std::vector<OracleDay> days;          // from `first` to answered_on
  std::optional<OracleSpan> sustained, sustained_as_known, demonstrated, last_run, spell;
  int cumulative_days = 0;
  std::optional<int> counted_days;
  std::optional<absl::CivilDay> held_since, paused_since, stale_since, evidence_expired_since;
  std::vector<OracleLapse> lapses, undetermined;
  std::vector<uint64_t> rests_on;
};

OracleAnswer AskOracle(const ContractState& state, const OracleQuestion& question);

// Whole months complete at the end of `last`, found by trying 1, 2, 3, ...
int OracleMonths(absl::CivilDay first, absl::CivilDay last);

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_CONTRACT_LONGEVITY_ORACLE_H_
