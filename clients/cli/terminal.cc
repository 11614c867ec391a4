#include "clients/cli/terminal.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace waymark::cli {
namespace {

constexpr int kBarCells = 30;

// Code points of UTF-8 text: bytes that do not continue another.
size_t Width(absl::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; });
}

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

}  // namespace

bool ColourWanted() {
  static const bool wanted = [] {
    const char* term = std::getenv("TERM");
    const char* refused = std::getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) != 0 && (refused == nullptr || *refused == '\0') &&
           term != nullptr && std::strcmp(term, "dumb") != 0;
  }();
  return wanted;
}

std::string Paint(absl::string_view text, Colour colour) {
  if (colour == Colour::kNone || !ColourWanted()) return std::string(text);
  return absl::StrCat("\x1b[", CodeOf(colour), "m", text, "\x1b[0m");
}

Table& Table::AlignRight(size_t column) {
  right_.push_back(column);
  return *this;
}

void Table::Print(std::ostream& out) const {
  std::vector<size_t> widths;
  for (const std::string& title : header_) widths.push_back(Width(title));
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i].value));
  }
  const auto print = [&](const std::vector<Text>& row) {
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - Width(row[i].value), ' ');
      const bool right = std::find(right_.begin(), right_.end(), i) != right_.end();
      const std::string shown = Paint(row[i].value, row[i].colour);
      out << (right                 ? padding + shown
              : i + 1 == row.size() ? shown
                                    : shown + padding)
          << (i + 1 == row.size() ? "\n" : "  ");
    }
  };
  std::vector<Text> titles, rules;
  for (size_t i = 0; i < header_.size(); ++i) {
    titles.emplace_back(header_[i], Colour::kBold);
    std::string rule;
    for (size_t k = 0; k < widths[i]; ++k) rule += "─";
    rules.emplace_back(std::move(rule), Colour::kDim);
  }
  print(titles);
  print(rules);
  for (const auto& row : rows_) print(row);
}

Progress::Progress(std::string what, uint64_t total)
    : what_(std::move(what)),
      total_(total),
      shown_(isatty(STDERR_FILENO) != 0),
      begun_(std::chrono::steady_clock::now()),
      last_(begun_) {}

Progress::~Progress() {
  if (drawn_) std::fprintf(stderr, "\r\x1b[K");
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

std::string Printable(absl::string_view text) {
  std::string safe(text);
  for (char& c : safe) {
    if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return safe;
}

}  // namespace waymark::cli
