// This header defines the question that every kind of reminder (due.h) answers, and the kinds: one
// function each, which adds what is not done, however far off its day is.
//
//   std::vector<DueItem> items;
//   FindOffers(asked, &items);
//
// Pure; safe from any thread on a state that no one changes.
#ifndef WAYMARK_LEDGER_CONTRACT_DUE_KINDS_H_
#define WAYMARK_LEDGER_CONTRACT_DUE_KINDS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "ledger/contract/due.h"
#include "ledger/contract/knowledge.h"
#include "ledger/contract/state.h"

namespace waymark {

struct DueQuestion {
  const ContractState& state;
  absl::CivilDay as_of;
  Knowledge knowledge;
  const Registration& registration;
  // Of the contract, as known; and whether it was terminated.
  absl::CivilDay last_day;
  bool terminated;
  // Party id of the lead authority on as_of.
  std::string authority;
};

void FindAssessments(const DueQuestion& asked, std::vector<DueItem>* items);
void FindReports(const DueQuestion& asked, std::vector<DueItem>* items);
void FindPerformanceNotices(const DueQuestion& asked, std::vector<DueItem>* items);

void FindOffers(const DueQuestion& asked, std::vector<DueItem>* items);
void FindCures(const DueQuestion& asked, std::vector<DueItem>* items);
void FindAdjudications(const DueQuestion& asked, std::vector<DueItem>* items);
void FindExtensionReviews(const DueQuestion& asked, std::vector<DueItem>* items);
void FindTargets(const DueQuestion& asked, std::vector<DueItem>* items);
void FindDependencies(const DueQuestion& asked, std::vector<DueItem>* items);
void FindDecisionReviews(const DueQuestion& asked, std::vector<DueItem>* items);
void FindCommitments(const DueQuestion& asked, std::vector<DueItem>* items);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_DUE_KINDS_H_
