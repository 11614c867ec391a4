// This header defines what must hold of a ledger after any fault, checked from outside over the
// public API with hashing of the test's own.
#ifndef WAYMARK_TESTS_FAULTS_LEDGER_CHECK_H_
#define WAYMARK_TESTS_FAULTS_LEDGER_CHECK_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "clients/cpp/client.h"
#include "tests/faults/crash_workload.h"

namespace waymark::faults {

class LedgerCheck {
 public:
  explicit LedgerCheck(std::string vkey) : vkey_(std::move(vkey)) {}

  // Reads the ledger from position 0 and checks:
  //   every acknowledged event stands at its position, with its leaf and its bytes;
  //   positions and each contract's revisions run 0, 1, 2, … without gaps;
  //   the root recomputed from the headers is that of the published checkpoint, and at each earlier
  //   size that of every checkpoint ever seen; a projection rebuilt from 0 answers as the one kept.
  // DataLoss naming the first breach.
  absl::Status Run(const Client& client, const std::vector<Acknowledged>& acknowledged);

  // Size of the ledger when it was last checked.
  uint64_t size() const { return size_; }

 private:
  absl::Status CheckProjection(const Client& client) const;

  const std::string vkey_;
  std::map<uint64_t, std::string> roots_;  // of every checkpoint seen, by size
  uint64_t size_ = 0;
};

}  // namespace waymark::faults

#endif  // WAYMARK_TESTS_FAULTS_LEDGER_CHECK_H_
