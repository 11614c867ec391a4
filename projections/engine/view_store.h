// This header defines where views live: a RocksDB of their own, apart from the ledger's. A view is
// the rows of one version of one projection, in a column family of its own, with the number of
// events applied stored in the same batch as the rows that they gave. So a crash at any point
// leaves a view that is right for the position it names, and goes on from there; the log has the
// rest. That is why views do without a write-ahead log.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<ViewStore> store, ViewStore::Open(directory, ledger_id,
//   options)); ASSIGN_OR_RETURN(std::shared_ptr<View> view, store->CreateBuilding("maturity", 2));
//   RETURN_IF_ERROR(store->Commit(*view, rows, applied, last_header));
//   RETURN_IF_ERROR(store->Flip("maturity"));     // from now on this one serves; the old rows are
//   gone
#ifndef WAYMARK_PROJECTIONS_ENGINE_VIEW_STORE_H_
#define WAYMARK_PROJECTIONS_ENGINE_VIEW_STORE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/base/limits.h"
#include "ledger/base/types.h"
#include "projections/engine/rows.h"

namespace rocksdb {
class ColumnFamilyHandle;
}

namespace waymark {

class ViewDatabase;  // keeps RocksDB out of this header

// Reads are safe from any thread, also while rows are added, and also after the view was replaced:
// its rows live until the last holder lets go.
class View {
 public:
  ~View();
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  const std::string& projection() const { return projection_; }
  uint32_t version() const { return version_; }
  // Tells views of one projection apart, also of the same version; never reused while the store is
  // open.
  uint32_t generation() const { return generation_; }
  // Number of events whose rows are here: positions [0, applied).
  TreeSize applied() const { return TreeSize{applied_.load(std::memory_order_acquire)}; }
  // Leaf bytes of the last event applied, as found on open: they tell whether the log is still the
  // same one.
  const std::string& last_header() const { return last_header_; }

  // The row's value; none if there is no such row. DataLoss VIEW_DAMAGED.
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const;

  // Visits the rows whose key begins with `prefix`, from `from` on (empty: from the first), in key
  // order, until the visitor returns false. All rows are of one moment. DataLoss VIEW_DAMAGED.
  using Visitor = std::function<bool(absl::string_view key, absl::string_view value)>;
  absl::Status Scan(absl::string_view prefix, absl::string_view from, const Visitor& visitor) const;

 private:
  friend class ViewStore;
  View(std::shared_ptr<ViewDatabase> database, rocksdb::ColumnFamilyHandle* family,
       std::string projection, uint32_t version, uint32_t generation);

  const std::shared_ptr<ViewDatabase> database_;
  rocksdb::ColumnFamilyHandle* const family_;  // owned
  const std::string projection_;
  const uint32_t version_;
  const uint32_t generation_;
  std::atomic<uint64_t> applied_ = 0;
  std::string last_header_;
};

struct ViewStoreOptions {
  // Rows are refused with ResourceExhausted DISK_RESERVE below this many free bytes.
  uint64_t disk_reserve_bytes = kDiskReserveBytesDefault;
  uint64_t block_cache_bytes = 64 << 20;
  // Rows held in memory before they are written to a file: what a crash makes the engine apply
  // again.
  size_t write_buffer_bytes = 16 << 20;
  // Told once, on a thread of the database, of its first background error: no row is written any
  // more and the process must end. Must not block; may be null.
  std::function<void(absl::Status)> on_failure = nullptr;
};

// The calls about one projection are made by one thread at a time; different projections may have
// different threads. Errors: DataLoss VIEW_DAMAGED, ResourceExhausted DISK_RESERVE, Unavailable
// VIEW_STORE_FAILED.
class ViewStore {
 public:
  // Makes the directory where it is missing (its parent must exist), drops what no catalogue row
  // names. Unavailable VIEWS_LOCKED, FailedPrecondition VIEWS_OF_ANOTHER_LEDGER or FORMAT_UNKNOWN,
  // DataLoss VIEW_DAMAGED: whoever reads it may remove the directory, since all of it can be built
  // again.
  static absl::StatusOr<std::unique_ptr<ViewStore>> Open(const std::string& directory,
                                                         absl::string_view ledger_id,
                                                         const ViewStoreOptions& options);
  // Keeps what is pending.
  ~ViewStore();
  ViewStore(const ViewStore&) = delete;
  ViewStore& operator=(const ViewStore&) = delete;

  // The view that answers, and the one that is being built beside it; null where there is none.
  std::shared_ptr<View> Serving(absl::string_view projection) const;
  std::shared_ptr<View> Building(absl::string_view projection) const;

  // An empty view beside the serving one; replaces one that was being built.
  absl::StatusOr<std::shared_ptr<View>> CreateBuilding(absl::string_view projection,
                                                       uint32_t version);
  // Ends a build and drops its rows. OK if there is none.
  absl::Status DropBuilding(absl::string_view projection);
  // Drops the serving view, which no longer follows from the log.
  absl::Status DropServing(absl::string_view projection);
  // The building view serves; the one before it is dropped. One synced write: a crash leaves the
  // one or the other.
  absl::Status Flip(absl::string_view projection);

  // Stores the rows and the new position in one batch. REQUIRES: applied >= view.applied().
  absl::Status Commit(View& view, const Rows& rows, TreeSize applied,
                      absl::string_view last_header);
  // Makes all that was committed durable.
  absl::Status Flush(View& view);

 private:
  class Catalogue;
  explicit ViewStore(std::unique_ptr<Catalogue> catalogue);
  const std::unique_ptr<Catalogue> catalogue_;
};

}  // namespace waymark

#endif  // WAYMARK_PROJECTIONS_ENGINE_VIEW_STORE_H_
