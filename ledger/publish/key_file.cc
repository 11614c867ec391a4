#include "ledger/publish/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/publish/synced_file.h"

namespace waymark {
namespace {

absl::Status Unreadable(const std::string& path, absl::string_view what) {
  return Refuse(
      {absl::StatusCode::kInvalidArgument, "KEY_FILE_UNREADABLE", absl::StrCat(path, ": ", what)});
}

}  // namespace

absl::StatusOr<merkle::PrivateKey> LoadPrivateKey(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid() && errno == ENOENT) {
    return Refuse({absl::StatusCode::kNotFound, "KEY_FILE_MISSING",
                   absl::StrCat(path, ": no key file here; make one with `waymark key new`")});
  }
  if (!file.valid()) return Unreadable(path, strerror(errno));
  struct stat status;
  if (::fstat(file.get(), &status) != 0) return Unreadable(path, strerror(errno));
  if (!S_ISREG(status.st_mode)) return Unreadable(path, "not a plain file");
  if ((status.st_mode & 077) != 0) {
    return Refuse({absl::StatusCode::kFailedPrecondition, "KEY_FILE_EXPOSED",
                   absl::StrCat(path, absl::StrFormat(": mode %04o", status.st_mode & 07777),
                                " lets others at the key; run `chmod 600` on it")});
  }
  // One buffer that is wiped, whatever happens: the secret must not stay behind in freed memory.
  std::string pem(kKeyFileBytesMax + 1, '\0');
  size_t have = 0;
  ssize_t got = 1;
  while (got > 0 && have < pem.size()) {
    got = ::read(file.get(), pem.data() + have, pem.size() - have);
    if (got > 0) have += static_cast<size_t>(got);
  }
  absl::StatusOr<merkle::PrivateKey> key = Unreadable(path, "unread");
  if (got < 0) {
    key = Unreadable(path, strerror(errno));
  } else if (have > kKeyFileBytesMax) {
    key = Unreadable(path, absl::StrCat("above ", kKeyFileBytesMax, " bytes"));
  } else {
    key = merkle::PrivateKey::FromPem(absl::string_view(pem.data(), have));
  }
  OPENSSL_cleanse(pem.data(), pem.size());
  return key;
}

}  // namespace waymark
