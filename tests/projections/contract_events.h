// This header defines events of one contract, written without asking the rules: what the maturity
// projection is fed in tests. A matrix of three focuses, PI-CS and SE-AM DEFINED at every level,
// CR-FR UNASSIGNED.
#ifndef WAYMARK_TESTS_PROJECTIONS_CONTRACT_EVENTS_H_
#define WAYMARK_TESTS_PROJECTIONS_CONTRACT_EVENTS_H_

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "ledger/contract/state.h"
#include "tests/projections/test_ledger.h"
#include "waymark/v1/event.pb.h"

namespace waymark::test {

inline absl::CivilDay On(int year, int month, int day) { return absl::CivilDay(year, month, day); }
v1::Date ToDate(absl::CivilDay day);

v1::ContractRegistered Registered();
v1::MatrixVersionDrafted Drafted(const std::string& version_id = "v1");
// Of the version that Drafted(version_id) drafts.
v1::MatrixVersionAdopted Adopted(absl::CivilDay from, const std::string& version_id = "v1");
v1::PolicySet Policy(v1::PolicyKey key, const std::string& value, absl::CivilDay from);
v1::TargetSet Target(const std::string& focus, uint32_t level, absl::CivilDay due);
// Absent terms: withdrawn.
v1::TargetChanged Retargeted(const std::string& focus, std::optional<uint32_t> level,
                             absl::CivilDay due);
v1::EnduringConditionAssessed FoundMet(const std::string& focus, bool met, absl::CivilDay first,
                                       absl::CivilDay last);
v1::MeasureRecorded Measured(absl::CivilDay on);
v1::EvidenceSubmitted Evidence(const std::string& id, const std::vector<std::string>& focuses,
                               std::optional<absl::CivilDay> valid_to = {},
                               std::optional<absl::CivilDay> due = {});
v1::EvidenceVerified Verified(const std::string& id, v1::VerificationOutcome outcome);
v1::EvidenceStatusChanged Changed(const std::string& id, v1::EvidenceChange change,
                                  absl::CivilDay from, std::optional<absl::CivilDay> valid_to = {});
v1::AssessmentRecorded Assessed(const std::string& focus, uint32_t level);
// Its period is the day it takes effect; it cites `evidence` as mandatory, where that is not empty.
v1::LevelDetermined Determined(const std::string& focus, uint32_t level, absl::CivilDay from,
                               const std::string& evidence = "");
v1::DeterminationSuperseded Superseded(Position old);
v1::CoverageGapExplained Explained(const std::string& focus, absl::CivilDay first,
                                   absl::CivilDay last);
v1::DisputeNotified Disputed(const std::string& id, Position matter);
v1::DisputeOutcomeRecorded Settled(const std::string& id);
v1::ContractEnded Ended(absl::CivilDay on);
// About level 3 of the focus, under clause K1; cured, or found not to be.
v1::ImprovementNoticeServed Noticed(const std::string& id, const std::string& focus,
                                    absl::CivilDay on);
v1::ImprovementStepRecorded Stepped(const std::string& id, bool cured, absl::CivilDay on);
// Owed by the authority, due and done on the day.
v1::DependencyRecorded Owed(const std::string& id, const std::string& focus, absl::CivilDay due);
v1::DependencyRecorded Discharged(const std::string& id, absl::CivilDay on);

// The contract's state by the first `known` events: all of them are folded, in one go.
ContractState FoldAll(const EventLog& log, const std::string& contract_id, TreeSize known);

// Random events of one contract, in an order that the record could have: registration, matrix, then
// anything. What the rules allow once only is there once only.
class RandomContract {
 public:
  RandomContract(std::string contract_id, uint64_t seed)
      : id_(std::move(contract_id)), random_(seed) {}

  const std::string& id() const { return id_; }
  // Appends the next event, a few days later than the one before.
  void AppendNext(TestLedger* ledger);
  absl::CivilDay today() const { return today_; }
  // A day around what has happened.
  absl::CivilDay AnyDay() {
    return absl::CivilDay(2024, 3, 20) + Below(today_ - absl::CivilDay(2024, 3, 1));
  }

 private:
  int64_t Below(int64_t n) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(n)); }
  std::string AnyFocus() { return Below(3) == 0 ? "SE-AM" : "PI-CS"; }
  std::string AnyEvidence();
  void AppendAny(TestLedger* ledger);
  void AppendDetermination(TestLedger* ledger);
  // Drafts a version and adopts it, each focus by a rule of its own.
  void AppendVersion(TestLedger* ledger);
  void AppendPolicy(TestLedger* ledger);
  void AppendNotice(TestLedger* ledger);
  void AppendDependency(TestLedger* ledger);

  const std::string id_;
  std::mt19937_64 random_;
  absl::CivilDay today_{2024, 4, 1};
  int step_ = 0;
  int items_ = 0;
  int disputes_ = 0;
  int versions_ = 1;
  bool ended_ = false;
  std::vector<Position> determinations_;
  std::vector<std::string> notices_;       // not cured yet
  std::vector<std::string> dependencies_;  // not discharged yet
  int notices_served_ = 0;
  int dependencies_raised_ = 0;
};

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_PROJECTIONS_CONTRACT_EVENTS_H_
