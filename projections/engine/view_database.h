// This header defines the RocksDB under the view store: opened with the ledger's caution. Inner
// header of projections/engine.
#ifndef WAYMARK_PROJECTIONS_ENGINE_VIEW_DATABASE_H_
#define WAYMARK_PROJECTIONS_ENGINE_VIEW_DATABASE_H_

#include <rocksdb/db.h>

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "projections/engine/view_store.h"

namespace waymark {

inline rocksdb::Slice AsSlice(absl::string_view bytes) {
  return rocksdb::Slice(bytes.data(), bytes.size());
}
inline absl::string_view AsView(const rocksdb::Slice& slice) {
  return absl::string_view(slice.data(), slice.size());
}

// DataLoss VIEW_DAMAGED for a failed checksum, else Unavailable VIEW_STORE_FAILED.
absl::Status FromRocksDb(const rocksdb::Status& status, absl::string_view doing);

// Safe from any thread.
class ViewDatabase {
 public:
  // Creates the directory where it is missing.
  static absl::StatusOr<std::shared_ptr<ViewDatabase>> Open(const std::string& directory,
                                                            const ViewStoreOptions& options);
  ~ViewDatabase();

  rocksdb::DB& db() { return *db_; }
  // What the catalogue is kept in, with a write-ahead log.
  rocksdb::ColumnFamilyHandle* catalogue() const { return catalogue_; }
  // Column families found on open by name, other than the catalogue; the caller takes them over.
  std::map<std::string, rocksdb::ColumnFamilyHandle*> TakeFamilies();

  absl::StatusOr<rocksdb::ColumnFamilyHandle*> CreateFamily(const std::string& name);
  absl::Status DropFamily(rocksdb::ColumnFamilyHandle* family);

  // ResourceExhausted DISK_RESERVE where too little is free.
  absl::Status CheckDiskReserve() const;

 private:
  ViewDatabase(std::string directory, const ViewStoreOptions& options);
  absl::Status OpenFamilies();

  const std::string directory_;
  const ViewStoreOptions options_;
  rocksdb::DBOptions db_options_;
  rocksdb::ColumnFamilyOptions family_options_;
  std::unique_ptr<rocksdb::DB> db_;
  rocksdb::ColumnFamilyHandle* catalogue_ = nullptr;
  std::map<std::string, rocksdb::ColumnFamilyHandle*> families_;
};

}  // namespace waymark

#endif  // WAYMARK_PROJECTIONS_ENGINE_VIEW_DATABASE_H_
