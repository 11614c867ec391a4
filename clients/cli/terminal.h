// This header defines how the command line speaks: tables that read well, colour only where a
// terminal shows it, and progress bars on long work.
//
//   Table table({"Focus", "Level"});
//   table.Add({"PI-CS", Text("3", Colour::kGreen)});
//   table.Print(std::cout);
#ifndef WAYMARK_CLIENTS_CLI_TERMINAL_H_
#define WAYMARK_CLIENTS_CLI_TERMINAL_H_

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace waymark::cli {

enum class Colour { kNone, kBold, kDim, kRed, kGreen, kYellow, kCyan };

// Whether standard output takes colour: it is a terminal, NO_COLOR is not set and TERM is not
// "dumb".
bool ColourWanted();

// `text` in a colour, or as it is where colour is not wanted.
std::string Paint(absl::string_view text, Colour colour);

struct Text {
  Text(std::string value) : value(std::move(value)) {}  // NOLINT: a cell is mostly plain text
  Text(const char* value) : value(value) {}             // NOLINT
  Text(std::string value, Colour colour) : value(std::move(value)), colour(colour) {}
  std::string value;
  Colour colour = Colour::kNone;
};

// Columns as wide as their widest cell, counted in code points. The last column is not padded.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}
  // Numbers read better flush right.
  Table& AlignRight(size_t column);
  void Add(std::vector<Text> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  void Print(std::ostream& out) const;

 private:
  std::vector<std::string> header_;
  std::vector<size_t> right_;
  std::vector<std::vector<Text>> rows_;
};

// A bar on standard error, drawn only on a terminal and at most ten times a second, gone when the
// work ends.
class Progress {
 public:
  Progress(std::string what, uint64_t total);
  ~Progress();
  void Advance(uint64_t done);

 private:
  void Draw(uint64_t done);
  std::string what_;
  uint64_t total_;
  bool shown_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point begun_, last_;
};

// "1,234,567".
std::string Thousands(uint64_t number);

// Text from elsewhere, safe for a terminal: control bytes become "?".
std::string Printable(absl::string_view text);

}  // namespace waymark::cli

#endif  // WAYMARK_CLIENTS_CLI_TERMINAL_H_
