// This header defines how the command line speaks: tables that read well, colour only where a
// terminal shows it, and progress bars on long work.
//
//   Table table({"Focus", "Level"});
//   table.Add({"PI-CS", Text("3", Colour::kGreen)});
//   table.Print(std::cout);
#ifndef WAYMARK_CLIENTS_CLI_TERMINAL_H_
#define WAYMARK_CLIENTS_CLI_TERMINAL_H_

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace waymark::cli {

enum class Colour { kNone, kBold, kDim, kRed, kGreen, kYellow, kCyan };

// `text` in a colour where `file`, to which it goes, is a terminal that wants colour: NO_COLOR is
// not set and TERM is not "dumb".
std::string Paint(absl::string_view text, Colour colour, int file = STDOUT_FILENO);

struct Text {
  Text(std::string value) : value(std::move(value)) {}  // NOLINT: a cell is mostly plain text
  Text(const char* value) : value(value) {}             // NOLINT
  Text(std::string value, Colour colour) : value(std::move(value)), colour(colour) {}
  std::string value;
  Colour colour = Colour::kNone;
};

// Columns as wide as their widest cell, counted in code points; the last column is not padded. On a
// terminal that is too narrow cells are broken between words and behind underscores, and where that
// is not enough each row becomes a list of the values that it has.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}
  // Numbers read better flush right.
  Table& AlignRight(size_t column);
  // REQUIRES: a cell for each column. What is not safe for a terminal is replaced (Printable).
  void Add(std::vector<Text> row);
  bool empty() const { return rows_.empty(); }
  void Print(std::ostream& out) const;

 private:
  void PrintGrid(const std::vector<size_t>& widths, std::ostream& out) const;
  void PrintRecords(size_t columns, std::ostream& out) const;

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
  // Makes room for a line of text; the next Advance draws the bar again.
  void Clear();

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

// "180 KiB", "24,041 MiB".
std::string Bytes(uint64_t count);

// Text from elsewhere, safe for a terminal: control characters, marks that turn the direction of
// writing and whatever is not UTF-8 become "?".
std::string Printable(absl::string_view text);

}  // namespace waymark::cli

#endif  // WAYMARK_CLIENTS_CLI_TERMINAL_H_
