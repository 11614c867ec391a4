// This header defines how a test gets in the way of the database's next flush, by what lies where
// its file is to be made.
//
//   for (const std::string& path : ComingTables(directory))
//   std::filesystem::create_directory(path);
#ifndef WAYMARK_TESTS_STORAGE_COMING_TABLES_H_
#define WAYMARK_TESTS_STORAGE_COMING_TABLES_H_

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"

namespace waymark::test {

// Paths that the open database in the directory gives its next tables: it numbers its files.
inline std::vector<std::string> ComingTables(const std::string& directory) {
  constexpr int kCount = 60;
  int newest = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const std::string name = entry.path().stem().string();
    const std::string digits = name.substr(name.find_last_not_of("0123456789") + 1);
    int number = 0;
    if (absl::SimpleAtoi(digits, &number)) newest = std::max(newest, number);
  }
  std::vector<std::string> paths;
  for (int number = newest + 1; number <= newest + kCount; ++number) {
    paths.push_back(absl::StrFormat("%s/%06d.sst", directory, number));
  }
  return paths;
}

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_STORAGE_COMING_TABLES_H_
