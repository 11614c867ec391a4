// The least that a rebuild must do: RocksDB alone, reading every row of `entries` and `payloads`
// with checksums on, in key order, and doing nothing with it.
//
//   bench_scan LEDGER_DIRECTORY     prints "ok SECONDS ROWS BYTES"; the daemon may be running
#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace {

int Fail(const rocksdb::Status& status) {
  std::printf("error %s\n", status.ToString().c_str());
  return 1;
}

int Scan(const std::string& directory) {
  std::vector<std::string> names;
  rocksdb::Status status = rocksdb::DB::ListColumnFamilies(rocksdb::DBOptions(), directory, &names);
  if (!status.ok()) return Fail(status);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) families.push_back({name, {}});
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  // The daemon may remove a file between the list of files and their opening.
  constexpr int kAttemptsMax = 20;
  for (int attempt = 1; opened == nullptr; ++attempt) {
    status =
        rocksdb::DB::OpenForReadOnly(rocksdb::DBOptions(), directory, families, &handles, &opened);
    if (!status.ok() && attempt == kAttemptsMax) return Fail(status);
  }
  const std::unique_ptr<rocksdb::DB> database(opened);

  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  uint64_t rows = 0;
  uint64_t bytes = 0;
  const auto start = std::chrono::steady_clock::now();
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] != "entries" && names[i] != "payloads") continue;
    const std::unique_ptr<rocksdb::Iterator> row(database->NewIterator(options, handles[i]));
    for (row->SeekToFirst(); row->Valid(); row->Next()) {
      ++rows;
      bytes += row->key().size() + row->value().size();
    }
    if (!row->status().ok()) return Fail(row->status());
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  for (rocksdb::ColumnFamilyHandle* handle : handles) database->DestroyColumnFamilyHandle(handle);
  std::printf("ok %.6f %llu %llu\n", seconds, static_cast<unsigned long long>(rows),
              static_cast<unsigned long long>(bytes));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: bench_scan LEDGER_DIRECTORY\n");
    return 2;
  }
  return Scan(argv[1]);
}
