#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
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

// The parts of a text between which a line may end: behind a space, which goes, and behind an
// underscore, which stays. Flags and states are long words.
std::vector<absl::string_view> PartsOf(absl::string_view text) {
  std::vector<absl::string_view> parts;
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    for (size_t end; (end = word.find('_')) != absl::string_view::npos && end + 1 < word.size();) {
      parts.push_back(word.substr(0, end + 1));
      word.remove_prefix(end + 1);
    }
    parts.push_back(word);
  }
  return parts;
}

size_t LongestPart(absl::string_view text) {
  size_t longest = 0;
  for (absl::string_view part : PartsOf(text)) longest = std::max(longest, Width(part));
  return longest;
}

// The text in lines of at most `width`, where its parts allow it.
std::vector<std::string> Wrap(absl::string_view text, size_t width) {
  if (Width(text) <= width) return {std::string(text)};
  std::vector<std::string> lines(1);
  for (absl::string_view part : PartsOf(text)) {
    std::string& line = lines.back();
    const bool joined = line.empty() || line.back() == '_';
    if (line.empty() || Width(line) + (joined ? 0 : 1) + Width(part) <= width) {
      absl::StrAppend(&line, joined ? "" : " ", part);
    } else {
      lines.emplace_back(part);
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
      least[i] = std::max(least[i], LongestPart(row[i].value));
    }
    // A terminal has no room for a column without a single value.
    if (columns > 0 && widths[i] == 0) continue;
    widths[i] = std::max(widths[i], Width(header_[i]));
    least[i] = std::max(least[i], LongestPart(header_[i]));
  }
  if (columns == 0 || LineWidth(widths) <= columns) return PrintGrid(widths, out);
  if (LineWidth(least) > columns) return PrintRecords(columns, out);
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

void Table::PrintRecords(size_t columns, std::ostream& out) const {
  size_t widest = 0;
  for (const std::string& title : header_) widest = std::max(widest, Width(title));
  const size_t indent = widest + kGapCells;
  for (const auto& row : rows_) {
    if (&row != &rows_.front()) out << "\n";
    for (size_t i = 0; i < row.size(); ++i) {
      if (row[i].value.empty() || row[i].value == "–") continue;
      std::string before =
          Paint(header_[i], Colour::kBold) + std::string(indent - Width(header_[i]), ' ');
      for (const std::string& line : Wrap(row[i].value, columns - std::min(columns, indent))) {
        out << before << Paint(line, row[i].colour) << "\n";
        before = std::string(indent, ' ');
      }
    }
  }
}

}  // namespace waymark::cli
