// This header defines how a test looks at, copies and damages the files of a data directory.
#ifndef WAYMARK_TESTS_STORAGE_DIRECTORY_BYTES_H_
#define WAYMARK_TESTS_STORAGE_DIRECTORY_BYTES_H_

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "ledger/base/check.h"

namespace waymark::test {

inline std::string BytesOfFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

inline void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  WAYMARK_CHECK(file.good());
}

// File name to contents.
using DirectoryBytes = std::map<std::string, std::string>;

inline DirectoryBytes BytesOfDirectory(const std::string& directory) {
  DirectoryBytes bytes;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    bytes[entry.path().filename().string()] = BytesOfFile(entry.path().string());
  }
  return bytes;
}

inline void CopyDirectory(const std::string& from, const std::string& to) {
  std::filesystem::remove_all(to);
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
}

// Paths of the files whose name ends so, oldest number first.
inline std::vector<std::string> FilesEndingIn(const std::string& directory,
                                              const std::string& end) {
  std::vector<std::string> paths;
  for (const auto& [name, bytes] : BytesOfDirectory(directory)) {
    if (name.size() >= end.size() && name.substr(name.size() - end.size()) == end) {
      paths.push_back(directory + "/" + name);
    }
  }
  return paths;
}

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_STORAGE_DIRECTORY_BYTES_H_
