#include "tests/storage/storage_child.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/base/check.h"

extern char** environ;

namespace waymark::test {

StorageChild::StorageChild(const std::vector<std::string>& arguments) {
  int to_child[2];
  int from_child[2];
  WAYMARK_CHECK(pipe2(to_child, O_CLOEXEC) == 0 && pipe2(from_child, O_CLOEXEC) == 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to_child[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, from_child[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<std::string> words = {WAYMARK_STORAGE_CHILD};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  WAYMARK_CHECK(posix_spawn(&pid_, pointers[0], &actions, nullptr, pointers.data(), environ) == 0);
  posix_spawn_file_actions_destroy(&actions);
  close(to_child[0]);
  close(from_child[1]);
  input_ = to_child[1];
  output_ = fdopen(from_child[0], "r");
}

StorageChild::~StorageChild() { Finish(); }

std::string StorageChild::ReadLine() {
  std::string line;
  for (int byte = std::fgetc(output_); byte != EOF && byte != '\n'; byte = std::fgetc(output_)) {
    line.push_back(static_cast<char>(byte));
  }
  return line;
}

int StorageChild::Finish() {
  if (pid_ < 0) return result_;
  close(input_);
  while (std::fgetc(output_) != EOF) {
  }
  int status = 0;
  WAYMARK_CHECK(waitpid(pid_, &status, 0) == pid_);
  std::fclose(output_);
  pid_ = -1;
  result_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return result_;
}

int StorageChild::Kill() {
  kill(pid_, SIGKILL);
  return Finish();
}

}  // namespace waymark::test
