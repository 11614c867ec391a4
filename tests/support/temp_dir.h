// This header defines a directory of a test's own, under $TMPDIR, removed with all it holds when
// the test ends.
//
//   TempDir directory;
//   ASSERT_OK(EventLog::Create(directory.path() + "/data", identity));
#ifndef WAYMARK_TESTS_SUPPORT_TEMP_DIR_H_
#define WAYMARK_TESTS_SUPPORT_TEMP_DIR_H_

#include <string>

namespace waymark::test {

class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  // Absolute, without a slash at its end.
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_SUPPORT_TEMP_DIR_H_
