// This header defines where an audit puts what it finds: it adds the file and the key, counts, and
// keeps the first.
//
//   faults.Report({.position = p, .what = "leaf_hash", .want = ..., .got = ...}, Family::kEntries,
//   EventKey(first));
#ifndef WAYMARK_LEDGER_STORAGE_FAULT_LOG_H_
#define WAYMARK_LEDGER_STORAGE_FAULT_LOG_H_

#include <rocksdb/metadata.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "ledger/storage/tables.h"
#include "ledger/storage/verify.h"

namespace waymark {

// One thread at a time.
class FaultLog {
 public:
  // `on_fault` is told of every fault, complete; it may be null.
  FaultLog(const Tables& tables, std::function<void(const Fault&)> on_fault);

  // A fault in the row `key` of `family`. The file is the one that `fault.got` names, if RocksDB
  // named one there, else the one whose keys span this one.
  void Report(Fault fault, Family family, absl::string_view key);
  // A fault of no single row.
  void Report(Fault fault);

  uint64_t count() const { return count_; }
  const std::optional<Fault>& first() const { return first_; }

 private:
  std::string FileOf(const Fault& fault, Family family, absl::string_view key) const;

  const std::vector<rocksdb::LiveFileMetaData> files_;
  const std::function<void(const Fault&)> on_fault_;
  uint64_t count_ = 0;
  std::optional<Fault> first_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_STORAGE_FAULT_LOG_H_
