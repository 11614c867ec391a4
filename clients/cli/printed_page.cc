#include "clients/cli/printed_page.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"

extern char** environ;

namespace waymark::cli {
namespace {

constexpr char kProgram[] = "weasyprint";

// A file without a name, so that nothing is left behind however this ends.
using Unnamed = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
Unnamed MakeUnnamed() { return Unnamed(std::tmpfile(), std::fclose); }

absl::Status NotMade(absl::string_view why) {
  return Refuse({absl::StatusCode::kInternal, "PDF_NOT_MADE",
                 absl::StrCat("--format pdf: ", kProgram, ": ", why,
                              "; ask for html and print that from a browser")});
}

std::string ReadWhole(std::FILE* file) {
  std::string bytes;
  std::rewind(file);
  char piece[1 << 16];
  while (const size_t size = std::fread(piece, 1, sizeof(piece), file)) bytes.append(piece, size);
  return bytes;
}

// With the standard variable that keeps today's date out of what is made (reproducible-builds.org),
// and out of the fonts in it.
std::vector<char*> Environment() {
  static char at_no_time[] = "SOURCE_DATE_EPOCH=0";
  std::vector<char*> all = {at_no_time};  // the first of two with one name is the one that counts
  for (char** variable = environ; *variable != nullptr; ++variable) all.push_back(*variable);
  all.push_back(nullptr);
  return all;
}

// Runs it with the three files as its standard ones.
absl::Status Run(std::FILE* in, std::FILE* out, std::FILE* error) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, fileno(in), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, fileno(out), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, fileno(error), STDERR_FILENO);
  // With tags, so that a screen reader finds headings and tables.
  const char* const arguments[] = {kProgram,   "--encoding", "utf-8", "--pdf-variant",
                                   "pdf/ua-1", "-",          "-",     nullptr};
  // What this program blocks to answer it in a thread of its own, Ctrl-C, ends that one.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, kProgram, &files, &attributes,
                                  const_cast<char* const*>(arguments), Environment().data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (failed == ENOENT) {
    return Refuse({absl::StatusCode::kFailedPrecondition, "PDF_PROGRAM_MISSING",
                   absl::StrCat("--format pdf: ", kProgram,
                                " is not installed; install the package of that name, or ask for "
                                "html and print that from a browser")});
  }
  if (failed != 0) return NotMade(std::strerror(failed));
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return NotMade(std::strerror(errno));
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  const std::string said = ReadWhole(error);
  const absl::string_view last = absl::StripAsciiWhitespace(said);
  return NotMade(absl::StrCat("ended with ", WIFEXITED(status) ? WEXITSTATUS(status) : 128, ": ",
                              last.substr(last.rfind('\n') + 1)));
}

}  // namespace

absl::StatusOr<std::string> PrintedPage(absl::string_view html) {
  const Unnamed in = MakeUnnamed(), out = MakeUnnamed(), error = MakeUnnamed();
  if (in == nullptr || out == nullptr || error == nullptr ||
      std::fwrite(html.data(), 1, html.size(), in.get()) != html.size() ||
      std::fflush(in.get()) != 0 || lseek(fileno(in.get()), 0, SEEK_SET) != 0) {
    return NotMade(absl::StrCat("its files cannot be made: ", std::strerror(errno)));
  }
  RETURN_IF_ERROR(Run(in.get(), out.get(), error.get()));
  std::string pdf = ReadWhole(out.get());
  if (std::ferror(out.get()) != 0) return NotMade("what it made cannot be read");
  if (pdf.rfind("%PDF-", 0) != 0) return NotMade("made no PDF");
  return pdf;
}

}  // namespace waymark::cli
