#include "projections/engine/view_store.h"

#include <map>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "ledger/base/check.h"
#include "ledger/base/failpoint.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "projections/engine/view_database.h"

namespace waymark {
namespace {

// clang-format off
// The catalogue, in the column family "default":
//
//   "format"            -> version:u32be
//   "ledger"            -> ledger id
//   "views/" projection -> serving building     what answers; what is being built beside it
//   serving, building  := generation:u32be version:u32be     generation 0: there is none
//
// A view, in a column family named by its generation in decimal:
//
//   00                  -> applied:u64be header     header: the leaf of the last event applied
//   00 01               -> size:u32be first last    rows deleted from key `first`, of that size, to
//                                                   key `last`, whose bytes are still in files
//   key                 -> value                    a row of the projection; no key begins with 00
// clang-format on
constexpr uint32_t kFormat = 1;
constexpr absl::string_view kFormatKey = "format";
constexpr absl::string_view kLedgerKey = "ledger";
constexpr absl::string_view kViewsPrefix = "views/";
constexpr absl::string_view kPositionKey("\0", 1);
constexpr absl::string_view kDeletedKey("\0\1", 2);
constexpr size_t kChecksumBytesPerKey = 8;

void AppendBigEndian(uint64_t value, int width, std::string* out) {
  for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>(value >> shift));
  }
}

uint64_t BigEndian(absl::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

absl::Status Damaged(absl::string_view what) {
  return Refuse({absl::StatusCode::kDataLoss, "VIEW_DAMAGED",
                 absl::StrCat("views: ", what,
                              "; remove the directory of the views to have them built again")});
}

// First key after all that begin with `prefix`; empty if there is none.
std::string PrefixEnd(absl::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) ++end.back();
  return end;
}

absl::StatusOr<std::optional<std::string>> Read(ViewDatabase& database,
                                                rocksdb::ColumnFamilyHandle* family,
                                                absl::string_view key) {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  std::string value;
  const rocksdb::Status read = database.db().Get(options, family, AsSlice(key), &value);
  if (read.IsNotFound()) return std::optional<std::string>();
  RETURN_IF_ERROR(FromRocksDb(read, "read"));
  return std::optional<std::string>(std::move(value));
}

// Keys from `first` to `last`; empty if there are none.
struct KeyRange {
  std::string first;
  std::string last;

  // REQUIRES: keys that rise.
  void Add(absl::string_view key) {
    if (first.empty()) first = std::string(key);
    last = std::string(key);
  }
};

std::string EncodeRange(const KeyRange& range) {
  std::string row;
  AppendBigEndian(range.first.size(), 4, &row);
  return row + range.first + range.last;
}

absl::StatusOr<KeyRange> DecodeRange(absl::string_view row) {
  if (row.size() < 4) return Damaged("deleted rows of less than 4 bytes");
  const uint64_t size = BigEndian(row.substr(0, 4));
  if (size == 0 || size > row.size() - 4) return Damaged("deleted rows without their first key");
  return KeyRange{std::string(row.substr(4, size)), std::string(row.substr(4 + size))};
}

// Writes the files that may hold bytes of deleted rows anew. A crash in between leaves the row that
// says so, and the next open does it.
absl::Status PurgeDeleted(ViewDatabase& database, rocksdb::ColumnFamilyHandle* family,
                          const KeyRange& range) {
  RETURN_IF_ERROR(FromRocksDb(database.db().Flush(rocksdb::FlushOptions(), family), "flush"));
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  const rocksdb::Slice first = AsSlice(range.first);
  const rocksdb::Slice last = AsSlice(range.last);
  RETURN_IF_ERROR(
      FromRocksDb(database.db().CompactRange(options, family, &first, &last), "compact"));
  rocksdb::WriteOptions unlogged;
  unlogged.disableWAL = true;
  return FromRocksDb(database.db().Delete(unlogged, family, AsSlice(kDeletedKey)), "write");
}

}  // namespace

View::View(std::shared_ptr<ViewDatabase> database, rocksdb::ColumnFamilyHandle* family,
           std::string projection, uint32_t version, uint32_t generation)
    : database_(std::move(database)),
      family_(family),
      projection_(std::move(projection)),
      version_(version),
      generation_(generation) {}

View::~View() { database_->db().DestroyColumnFamilyHandle(family_); }

absl::StatusOr<std::optional<std::string>> View::Get(absl::string_view key) const {
  return Read(*database_, family_, key);
}

absl::Status View::Scan(absl::string_view prefix, absl::string_view from,
                        const Visitor& visitor) const {
  const std::string end = PrefixEnd(prefix);
  const rocksdb::Slice upper(end);
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  options.total_order_seek = true;
  if (!end.empty()) options.iterate_upper_bound = &upper;
  std::unique_ptr<rocksdb::Iterator> rows(database_->db().NewIterator(options, family_));
  absl::string_view start = from < prefix ? prefix : from;
  // What begins with a zero byte is no row.
  if (start.empty() || start[0] == '\0') start = "\x01";
  for (rows->Seek(AsSlice(start)); rows->Valid(); rows->Next()) {
    if (!visitor(AsView(rows->key()), AsView(rows->value()))) return absl::OkStatus();
  }
  return FromRocksDb(rows->status(), "scan");
}

// The catalogue in memory, and the one way to change it.
class ViewStore::Catalogue {
 public:
  struct Entry {
    std::shared_ptr<View> serving;
    std::shared_ptr<View> building;
  };

  explicit Catalogue(std::shared_ptr<ViewDatabase> database) : database_(std::move(database)) {}

  absl::Status CheckIdentity(absl::string_view ledger_id);
  absl::Status Load();
  Entry Find(absl::string_view projection) const;
  absl::StatusOr<std::shared_ptr<View>> Create(absl::string_view projection, uint32_t version);
  // Stores the entry, synced, then drops `old`, which it no longer names.
  absl::Status Replace(absl::string_view projection, const Entry& entry,
                       const std::shared_ptr<View>& old);

  ViewDatabase& database() const { return *database_; }

 private:
  absl::Status Store(absl::string_view key, absl::string_view value);
  absl::StatusOr<std::shared_ptr<View>> Adopt(
      absl::string_view projection, absl::string_view row,
      std::map<std::string, rocksdb::ColumnFamilyHandle*>* families);

  const std::shared_ptr<ViewDatabase> database_;
  mutable absl::Mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_ ABSL_GUARDED_BY(mutex_);
  uint32_t last_generation_ ABSL_GUARDED_BY(mutex_) = 0;
};

absl::Status ViewStore::Catalogue::Store(absl::string_view key, absl::string_view value) {
  rocksdb::WriteOptions options;
  options.sync = true;
  rocksdb::WriteBatch batch(0, 0, kChecksumBytesPerKey, 0);
  RETURN_IF_ERROR(FromRocksDb(batch.Put(database_->catalogue(), AsSlice(key), AsSlice(value)),
                              "write the catalogue"));
  return FromRocksDb(database_->db().Write(options, &batch), "write the catalogue");
}

absl::Status ViewStore::Catalogue::CheckIdentity(absl::string_view ledger_id) {
  ASSIGN_OR_RETURN(const std::optional<std::string> format,
                   Read(*database_, database_->catalogue(), kFormatKey));
  ASSIGN_OR_RETURN(const std::optional<std::string> ledger,
                   Read(*database_, database_->catalogue(), kLedgerKey));
  if (!format || !ledger) {
    std::string version;
    AppendBigEndian(kFormat, 4, &version);
    RETURN_IF_ERROR(Store(kLedgerKey, ledger_id));
    return Store(kFormatKey, version);
  }
  if (BigEndian(*format) != kFormat) {
    return Refuse({absl::StatusCode::kFailedPrecondition, "FORMAT_UNKNOWN",
                   absl::StrCat("views: format ", BigEndian(*format), ", this build has ", kFormat,
                                "; remove the directory of the views to have them built again")});
  }
  if (*ledger != ledger_id) {
    return Refuse({absl::StatusCode::kFailedPrecondition, "VIEWS_OF_ANOTHER_LEDGER",
                   absl::StrCat("views: they belong to ledger \"", *ledger, "\", not to \"",
                                ledger_id, "\"; name the right directory or remove this one")});
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<View>> ViewStore::Catalogue::Adopt(
    absl::string_view projection, absl::string_view row,
    std::map<std::string, rocksdb::ColumnFamilyHandle*>* families) {
  const uint32_t generation = static_cast<uint32_t>(BigEndian(row.substr(0, 4)));
  const uint32_t version = static_cast<uint32_t>(BigEndian(row.substr(4, 4)));
  const auto family = families->find(absl::StrCat(generation));
  if (generation == 0 || family == families->end()) return nullptr;
  auto view = absl::WrapUnique(
      new View(database_, family->second, std::string(projection), version, generation));
  families->erase(family);
  ASSIGN_OR_RETURN(const std::optional<std::string> position, view->Get(kPositionKey));
  if (position) {
    if (position->size() < 8) return Damaged("a position of less than 8 bytes");
    view->applied_ = BigEndian(absl::string_view(*position).substr(0, 8));
    view->last_header_ = position->substr(8);
  }
  ASSIGN_OR_RETURN(const std::optional<std::string> deleted, view->Get(kDeletedKey));
  if (deleted) {
    ASSIGN_OR_RETURN(const KeyRange range, DecodeRange(*deleted));
    RETURN_IF_ERROR(PurgeDeleted(*database_, view->family_, range));
  }
  return std::shared_ptr<View>(std::move(view));
}

absl::Status ViewStore::Catalogue::Load() {
  absl::MutexLock lock(&mutex_);
  std::map<std::string, rocksdb::ColumnFamilyHandle*> families = database_->TakeFamilies();
  for (const auto& [name, family] : families) {
    uint32_t generation = 0;
    if (absl::SimpleAtoi(name, &generation)) {
      last_generation_ = std::max(last_generation_, generation);
    }
  }
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  const std::string end = PrefixEnd(kViewsPrefix);
  const rocksdb::Slice upper(end);
  options.iterate_upper_bound = &upper;
  std::unique_ptr<rocksdb::Iterator> rows(
      database_->db().NewIterator(options, database_->catalogue()));
  absl::Status adopted;
  for (rows->Seek(AsSlice(kViewsPrefix)); rows->Valid() && adopted.ok(); rows->Next()) {
    const absl::string_view projection = AsView(rows->key()).substr(kViewsPrefix.size());
    const absl::string_view value = AsView(rows->value());
    if (value.size() != 16) {
      adopted = Damaged("a catalogue row that is not 16 bytes");
      break;
    }
    Entry entry;
    absl::StatusOr<std::shared_ptr<View>> serving =
        Adopt(projection, value.substr(0, 8), &families);
    absl::StatusOr<std::shared_ptr<View>> building =
        Adopt(projection, value.substr(8, 8), &families);
    adopted.Update(serving.status());
    adopted.Update(building.status());
    if (adopted.ok())
      entries_[std::string(projection)] = {*std::move(serving), *std::move(building)};
  }
  if (adopted.ok()) adopted = FromRocksDb(rows->status(), "read the catalogue");
  // What is left was created or dropped when the process ended.
  for (const auto& [name, family] : families) {
    if (adopted.ok()) adopted = database_->DropFamily(family);
    database_->db().DestroyColumnFamilyHandle(family);
  }
  return adopted;
}

ViewStore::Catalogue::Entry ViewStore::Catalogue::Find(absl::string_view projection) const {
  absl::MutexLock lock(&mutex_);
  const auto found = entries_.find(projection);
  return found == entries_.end() ? Entry{} : found->second;
}

absl::StatusOr<std::shared_ptr<View>> ViewStore::Catalogue::Create(absl::string_view projection,
                                                                   uint32_t version) {
  uint32_t generation = 0;
  {
    absl::MutexLock lock(&mutex_);
    generation = ++last_generation_;
  }
  ASSIGN_OR_RETURN(rocksdb::ColumnFamilyHandle* const family,
                   database_->CreateFamily(absl::StrCat(generation)));
  return absl::WrapUnique(
      new View(database_, family, std::string(projection), version, generation));
}

absl::Status ViewStore::Catalogue::Replace(absl::string_view projection, const Entry& entry,
                                           const std::shared_ptr<View>& old) {
  std::string row;
  for (const std::shared_ptr<View>& view : {entry.serving, entry.building}) {
    AppendBigEndian(view == nullptr ? 0 : view->generation(), 4, &row);
    AppendBigEndian(view == nullptr ? 0 : view->version(), 4, &row);
  }
  RETURN_IF_ERROR(Store(absl::StrCat(kViewsPrefix, projection), row));
  {
    absl::MutexLock lock(&mutex_);
    entries_[std::string(projection)] = entry;
  }
  // A crash here leaves a column family that no row names; the next open drops it.
  return old == nullptr ? absl::OkStatus() : database_->DropFamily(old->family_);
}

ViewStore::ViewStore(std::unique_ptr<Catalogue> catalogue) : catalogue_(std::move(catalogue)) {}
ViewStore::~ViewStore() = default;

absl::StatusOr<std::unique_ptr<ViewStore>> ViewStore::Open(const std::string& directory,
                                                           absl::string_view ledger_id,
                                                           const ViewStoreOptions& options) {
  ASSIGN_OR_RETURN(std::shared_ptr<ViewDatabase> database, ViewDatabase::Open(directory, options));
  auto catalogue = std::make_unique<Catalogue>(std::move(database));
  RETURN_IF_ERROR(catalogue->CheckIdentity(ledger_id));
  RETURN_IF_ERROR(catalogue->Load());
  return absl::WrapUnique(new ViewStore(std::move(catalogue)));
}

std::shared_ptr<View> ViewStore::Serving(absl::string_view projection) const {
  return catalogue_->Find(projection).serving;
}

std::shared_ptr<View> ViewStore::Building(absl::string_view projection) const {
  return catalogue_->Find(projection).building;
}

absl::StatusOr<std::shared_ptr<View>> ViewStore::CreateBuilding(absl::string_view projection,
                                                                uint32_t version) {
  Catalogue::Entry entry = catalogue_->Find(projection);
  const std::shared_ptr<View> old = entry.building;
  ASSIGN_OR_RETURN(entry.building, catalogue_->Create(projection, version));
  RETURN_IF_ERROR(catalogue_->Replace(projection, entry, old));
  return entry.building;
}

absl::Status ViewStore::DropBuilding(absl::string_view projection) {
  const Catalogue::Entry entry = catalogue_->Find(projection);
  if (entry.building == nullptr) return absl::OkStatus();
  return catalogue_->Replace(projection, {entry.serving, nullptr}, entry.building);
}

absl::Status ViewStore::DropServing(absl::string_view projection) {
  const Catalogue::Entry entry = catalogue_->Find(projection);
  if (entry.serving == nullptr) return absl::OkStatus();
  return catalogue_->Replace(projection, {nullptr, entry.building}, entry.serving);
}

absl::Status ViewStore::Flip(absl::string_view projection) {
  const Catalogue::Entry entry = catalogue_->Find(projection);
  WAYMARK_CHECK(entry.building != nullptr);
  // What serves after a crash must not be behind what served before it.
  RETURN_IF_ERROR(Flush(*entry.building));
  WAYMARK_FAILPOINT("before_flip");
  RETURN_IF_ERROR(catalogue_->Replace(projection, {entry.building, nullptr}, entry.serving));
  WAYMARK_FAILPOINT("after_flip");
  return absl::OkStatus();
}

absl::Status ViewStore::Commit(View& view, const Rows& rows, TreeSize applied,
                               absl::string_view last_header) {
  WAYMARK_CHECK(applied >= view.applied());
  RETURN_IF_ERROR(catalogue_->database().CheckDiskReserve());
  std::string position;
  AppendBigEndian(applied.value, 8, &position);
  position.append(last_header.data(), last_header.size());
  rocksdb::WriteBatch batch(0, 0, kChecksumBytesPerKey, 0);
  rocksdb::Status added = batch.Put(view.family_, AsSlice(kPositionKey), position);
  KeyRange deleted;
  for (const Rows::Change& change : rows.Sorted()) {
    if (!added.ok()) break;
    const rocksdb::Slice key = AsSlice(change.key);
    if (change.pending->deletes) {
      deleted.Add(change.key);
      added = batch.Delete(view.family_, key);
    } else {
      added = change.pending->replaces ? batch.Put(view.family_, key, change.pending->bytes)
                                       : batch.Merge(view.family_, key, change.pending->bytes);
    }
  }
  if (added.ok() && !deleted.first.empty()) {
    added = batch.Put(view.family_, AsSlice(kDeletedKey), EncodeRange(deleted));
  }
  RETURN_IF_ERROR(FromRocksDb(added, "write"));
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  RETURN_IF_ERROR(FromRocksDb(catalogue_->database().db().Write(options, &batch), "write"));
  if (!deleted.first.empty()) {
    RETURN_IF_ERROR(PurgeDeleted(catalogue_->database(), view.family_, deleted));
  }
  view.applied_.store(applied.value, std::memory_order_release);
  return absl::OkStatus();
}

absl::Status ViewStore::Flush(View& view) {
  rocksdb::FlushOptions options;
  options.wait = true;
  return FromRocksDb(catalogue_->database().db().Flush(options, view.family_), "flush");
}

}  // namespace waymark
