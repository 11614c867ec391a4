#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_split.h"
#include "clients/cli/terminal.h"

namespace waymark::cli {
namespace {

constexpr size_t kGapCells = 2;

// Code points of UTF-8 text: bytes that do not continue another.
size_t Width(absl::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<uint8_t>(c) & 0xc0) != 0x80; });
}

size_t LongestWord(absl::string_view text) {
  size_t longest = 0;
  for (absl::string_view word : absl::StrSplit(text, ' ')) longest = std::max(longest, Width(word));
  return longest;
}

// The text in lines of at most `width`, broken between words.
std::vector<std::string> Wrap(absl::string_view text, size_t width) {
  if (Width(text) <= width) return {std::string(text)};
  std::vector<std::string> lines(1);
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    std::string& line = lines.back();
    if (line.empty()) {
      line = std::string(word);
    } else if (Width(line) + 1 + Width(word) <= width) {
      line.append(" ").append(word.data(), word.size());
    } else {
      lines.emplace_back(word);
    }
  }
  return lines;
}

// Columns of the terminal on standard output; 0 where there is none, and lines may be of any
// length.
size_t TerminalColumns() {
  winsize size = {};
  return isatty(STDOUT_FILENO) != 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col
                                                                                    : 0;
}

size_t LineWidth(const std::vector<size_t>& widths) {
  size_t sum = 0;
  for (size_t width : widths) sum += width > 0 ? width + kGapCells : 0;
  return sum > 0 ? sum - kGapCells : 0;
}

}  // namespace

Table& Table::AlignRight(size_t column) {
  right_.push_back(column);
  return *this;
}

void Table::Add(std::vector<Text> row) {
  for (Text& cell : row) cell.value = Printable(cell.value);
  rows_.push_back(std::move(row));
}

void Table::Print(std::ostream& out) const {
  const size_t columns = TerminalColumns();
  std::vector<size_t> widths, least;
  for (size_t i = 0; i < header_.size(); ++i) {
    widths.push_back(0);
    least.push_back(0);
    for (const auto& row : rows_) {
      widths[i] = std::max(widths[i], Width(row[i].value));
      least[i] = std::max(least[i], LongestWord(row[i].value));
    }
    // A terminal has no room for a column without a single value.
    if (columns > 0 && widths[i] == 0) continue;
    widths[i] = std::max(widths[i], Width(header_[i]));
    least[i] = std::max(least[i], LongestWord(header_[i]));
  }
  if (columns == 0 || LineWidth(widths) <= columns) return PrintGrid(widths, out);
  if (LineWidth(least) > columns) return PrintRecords(out);
  while (LineWidth(widths) > columns) {
    // The widest column that can still give way.
    size_t widest = 0;
    for (size_t i = 0; i < widths.size(); ++i) {
      if (widths[i] > least[i] && (widths[widest] <= least[widest] || widths[i] > widths[widest]))
        widest = i;
    }
    --widths[widest];
  }
  PrintGrid(widths, out);
}

void Table::PrintGrid(const std::vector<size_t>& widths, std::ostream& out) const {
  size_t last = 0;
  for (size_t i = 0; i < widths.size(); ++i) {
    if (widths[i] > 0) last = i;
  }
  const auto print = [&](const std::vector<Text>& row) {
    std::vector<std::vector<std::string>> cells;
    size_t lines = 0;
    for (size_t i = 0; i < row.size(); ++i) {
      cells.push_back(widths[i] == 0 ? std::vector<std::string>() : Wrap(row[i].value, widths[i]));
      lines = std::max(lines, cells[i].size());
    }
    for (size_t line = 0; line < lines; ++line) {
      for (size_t i = 0; i < row.size(); ++i) {
        if (widths[i] == 0) continue;
        const std::string text = line < cells[i].size() ? cells[i][line] : "";
        const std::string padding(widths[i] - std::min(widths[i], Width(text)), ' ');
        const bool right = std::find(right_.begin(), right_.end(), i) != right_.end();
        const std::string shown = Paint(text, row[i].colour);
        out << (right       ? padding + shown
                : i == last ? shown
                            : shown + padding)
            << (i == last ? "\n" : std::string(kGapCells, ' '));
      }
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

void Table::PrintRecords(std::ostream& out) const {
  size_t widest = 0;
  for (const std::string& title : header_) widest = std::max(widest, Width(title));
  for (const auto& row : rows_) {
    if (&row != &rows_.front()) out << "\n";
    for (size_t i = 0; i < row.size(); ++i) {
      if (row[i].value.empty() || row[i].value == "–") continue;
      const std::string padding(widest - Width(header_[i]) + kGapCells, ' ');
      out << Paint(header_[i], Colour::kBold) << padding << Paint(row[i].value, row[i].colour)
          << "\n";
    }
  }
}

}  // namespace waymark::cli
