#include "clients/cli/terminal.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/interrupt.h"
#include "ledger/merkle/encoding.h"

namespace waymark::cli {
namespace {

constexpr int kBarCells = 30;

const char* CodeOf(Colour colour) {
  switch (colour) {
    case Colour::kBold:
      return "1";
    case Colour::kDim:
      return "2";
    case Colour::kRed:
      return "31";
    case Colour::kGreen:
      return "32";
    case Colour::kYellow:
      return "33";
    case Colour::kCyan:
      return "36";
    case Colour::kNone:
      break;
  }
  return "0";
}

// Whether the file takes colour: it is a terminal, NO_COLOR is not set and TERM is not "dumb".
bool ColourWanted(int file) {
  const char* term = std::getenv("TERM");
  const char* refused = std::getenv("NO_COLOR");
  return isatty(file) != 0 && (refused == nullptr || *refused == '\0') && term != nullptr &&
         std::strcmp(term, "dumb") != 0;
}

// Bytes of the control at the front of UTF-8 text: 1 or 2 for those of ASCII and Latin-1, 3 for
// marks that turn the direction of writing round; 0 if there is none.
size_t ControlAt(absl::string_view text) {
  const auto byte = [text](size_t i) {
    return i < text.size() ? static_cast<uint8_t>(text[i]) : uint8_t{0};
  };
  if (byte(0) < 0x20 || byte(0) == 0x7f) return 1;
  if (byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) < 0xa0) return 2;
  const bool turns = byte(0) == 0xe2 && ((byte(1) == 0x80 && byte(2) >= 0xaa && byte(2) <= 0xae) ||
                                         (byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9));
  return turns ? 3 : 0;
}

}  // namespace

std::string Paint(absl::string_view text, Colour colour, int file) {
  if (colour == Colour::kNone || text.empty() || !ColourWanted(file)) return std::string(text);
  return absl::StrCat("\x1b[", CodeOf(colour), "m", text, "\x1b[0m");
}

Progress::Progress(std::string what, uint64_t total)
    : what_(std::move(what)),
      total_(total),
      shown_(isatty(STDERR_FILENO) != 0),
      begun_(std::chrono::steady_clock::now()),
      last_(begun_) {}

Progress::~Progress() { Clear(); }

void Progress::Clear() {
  const std::lock_guard lock(Ending());
  if (drawn_) std::fprintf(stderr, "\r\x1b[K");
  drawn_ = false;
}

void Progress::Advance(uint64_t done) {
  const auto now = std::chrono::steady_clock::now();
  if (!shown_ || (drawn_ && now - last_ < std::chrono::milliseconds(100))) return;
  last_ = now;
  Draw(done);
}

void Progress::Draw(uint64_t done) {
  const uint64_t seconds =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begun_)
          .count();
  const int filled =
      total_ == 0 ? kBarCells : static_cast<int>(kBarCells * std::min(done, total_) / total_);
  std::string bar;
  for (int i = 0; i < kBarCells; ++i) bar += i < filled ? "█" : "░";
  std::string rest;
  if (seconds > 0 && done > 0 && done < total_) {
    const uint64_t left = (total_ - done) * seconds / done;
    rest = absl::StrFormat("  %s/s, %d:%02d left", Thousands(done / seconds), left / 60, left % 60);
  }
  const std::lock_guard lock(Ending());
  std::fprintf(stderr, "\r\x1b[K%s %s %s of %s%s", what_.c_str(), bar.c_str(),
               Thousands(done).c_str(), Thousands(total_).c_str(), rest.c_str());
  std::fflush(stderr);
  drawn_ = true;
}

std::string Thousands(uint64_t number) {
  std::string digits = absl::StrCat(number);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(at, ",");
  return digits;
}

std::string Bytes(uint64_t count) {
  constexpr uint64_t kKibibyte = 1 << 10, kMebibyte = 1 << 20;
  if (count < kKibibyte) return absl::StrCat(count, " bytes");
  if (count < 10 * kMebibyte) return absl::StrCat(Thousands(count / kKibibyte), " KiB");
  return absl::StrCat(Thousands(count / kMebibyte), " MiB");
}

std::string Printable(absl::string_view text) {
  const bool utf8 = merkle::IsUtf8(text);
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const size_t control =
        utf8 ? ControlAt(text)
             : (static_cast<uint8_t>(text[0]) >= 0x7f || static_cast<uint8_t>(text[0]) < 0x20);
    safe += control > 0 ? '?' : text[0];
    text.remove_prefix(control > 0 ? control : 1);
  }
  return safe;
}

}  // namespace waymark::cli
