// This header defines a second process that works on a data directory: one that holds it, dies over
// it, or reads what may make a database abort. Its commands stand in storage_child_main.cc.
//
//   StorageChild child({"append", directory, "1", "0", "20"});
//   EXPECT_EQ(child.ReadLine(), "1");
//   child.Kill();
#ifndef WAYMARK_TESTS_STORAGE_STORAGE_CHILD_H_
#define WAYMARK_TESTS_STORAGE_STORAGE_CHILD_H_

#include <sys/types.h>

#include <cstdio>
#include <string>
#include <vector>

namespace waymark::test {

class StorageChild {
 public:
  // Starts it. Its standard error is discarded: a damaged database has much to say.
  explicit StorageChild(const std::vector<std::string>& arguments);
  ~StorageChild();  // Finish()
  StorageChild(const StorageChild&) = delete;
  StorageChild& operator=(const StorageChild&) = delete;

  pid_t pid() const { return pid_; }
  // The next line that it writes, without its end; empty after the last.
  std::string ReadLine();
  // Closes its input and waits. The exit code, or minus the signal that ended it.
  int Finish();
  // Ends it as a crash would.
  int Kill();

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  std::FILE* output_ = nullptr;
  int result_ = 0;
};

}  // namespace waymark::test

#endif  // WAYMARK_TESTS_STORAGE_STORAGE_CHILD_H_
