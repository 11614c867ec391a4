#include "projections/export/spreadsheet.h"

#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "projections/export/cover.h"

namespace waymark::exports {
namespace {

constexpr char kCut[] = " [cut: longer than a cell of a spreadsheet takes]";
// Beyond it, a spreadsheet rounds.
constexpr int64_t kExactMax = (int64_t{1} << 53) - 1;
constexpr int kColumnWidthMax = 60;

absl::Status Failed(absl::string_view what) {
  return Refuse(
      {absl::StatusCode::kInternal, "SPREADSHEET_FAILED",
       absl::StrCat("spreadsheet: ", what, "; see that there is room for temporary files")});
}

// The text as far as a cell takes it, which counts UTF-16 units: never more than bytes.
std::string Fitted(const std::string& text) {
  if (text.size() <= kSheetTextMax) return text;
  size_t end = kSheetTextMax - sizeof(kCut);
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xc0) == 0x80) --end;
  return absl::StrCat(text.substr(0, end), kCut);
}

struct Styles {
  lxw_format* title;
  lxw_format* day;
  lxw_format* words;
};

lxw_error WriteCell(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column, const Cell& cell,
                    const Styles& styles) {
  if (const absl::CivilDay* const day = cell.day(); day != nullptr && day->year() >= 1900) {
    lxw_datetime date = {};
    date.year = static_cast<int>(day->year());
    date.month = day->month();
    date.day = day->day();
    return worksheet_write_datetime(sheet, row, column, &date, styles.day);
  }
  const int64_t* const number = cell.number();
  if (number != nullptr && *number <= kExactMax && *number >= -kExactMax) {
    return worksheet_write_number(sheet, row, column, static_cast<double>(*number), nullptr);
  }
  // A string, whatever it begins with: never a formula.
  const std::string text = Fitted(cell.ToText());
  return text.empty() ? LXW_NO_ERROR
                      : worksheet_write_string(sheet, row, column, text.c_str(), styles.words);
}

absl::Status AddSheet(lxw_workbook* book, const Table& table, const Styles& styles) {
  lxw_worksheet* const sheet = workbook_add_worksheet(book, table.name.c_str());
  if (sheet == nullptr) return Failed(absl::StrCat("no sheet ", table.name));
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const auto column = static_cast<lxw_col_t>(i);
    worksheet_write_string(sheet, 0, column, table.columns[i].c_str(), styles.title);
    size_t width = table.columns[i].size();
    for (const Row& row : table.rows) width = std::max(width, row[i].ToText().size());
    worksheet_set_column(sheet, column, column,
                         static_cast<double>(std::min<size_t>(width + 2, kColumnWidthMax)),
                         nullptr);
  }
  worksheet_freeze_panes(sheet, 1, 1);
  for (size_t r = 0; r < table.rows.size(); ++r) {
    for (size_t i = 0; i < table.columns.size(); ++i) {
      const lxw_error error = WriteCell(sheet, static_cast<lxw_row_t>(r + 1),
                                        static_cast<lxw_col_t>(i), table.rows[r][i], styles);
      if (error != LXW_NO_ERROR) return Failed(lxw_strerror(error));
    }
  }
  return absl::OkStatus();
}

// The cover as a table; what every sheet of the file comes from.
Table CoverTable(const ContractRecord& record) {
  Table table{"About", {"What", "Value"}, {}};
  for (const auto& [name, value] : CoverOf(record)) table.rows.push_back({name, value});
  return table;
}

absl::Status Fill(lxw_workbook* book, const ContractRecord& record,
                  const std::vector<Table>& tables) {
  lxw_doc_properties properties = {};
  std::string title = absl::StrCat(record.state.contract_id, " as of ",
                                   Cell(record.at.as_of).ToText(), ", ", StandingText(record));
  properties.title = title.data();
  properties.created = (record.at.as_of - absl::CivilDay(1970, 1, 1)) * int64_t{86400};
  workbook_set_properties(book, &properties);
  Styles styles = {workbook_add_format(book), workbook_add_format(book), workbook_add_format(book)};
  format_set_bold(styles.title);
  format_set_text_wrap(styles.title);
  format_set_num_format(styles.day, "yyyy-mm-dd");
  format_set_text_wrap(styles.words);
  format_set_align(styles.words, LXW_ALIGN_VERTICAL_TOP);
  std::vector<Table> sheets = {CoverTable(record)};
  sheets.insert(sheets.end(), tables.begin(), tables.end());
  for (const Table& table : sheets) RETURN_IF_ERROR(AddSheet(book, table, styles));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> SpreadsheetOf(const ContractRecord& record,
                                          const std::vector<Table>& tables) {
  // The library writes to a path; this one names memory, and leaves nothing behind.
  const int file = memfd_create("waymark-export", MFD_CLOEXEC);
  if (file < 0) return Failed("no memory for the file");
  const absl::Cleanup close_file = [file] { close(file); };
  const std::string path = absl::StrCat("/proc/self/fd/", file);
  lxw_workbook* const book = workbook_new(path.c_str());
  if (book == nullptr) return Failed("it cannot be begun");
  const absl::Status filled = Fill(book, record, tables);
  const lxw_error closed = workbook_close(book);  // writes the file, and frees the book
  RETURN_IF_ERROR(filled);
  if (closed != LXW_NO_ERROR) return Failed(lxw_strerror(closed));
  const off_t size = lseek(file, 0, SEEK_END);
  std::string bytes(static_cast<size_t>(std::max<off_t>(size, 0)), '\0');
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t read =
        pread(file, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (read <= 0) return Failed("it cannot be read back");
    done += static_cast<size_t>(read);
  }
  return bytes;
}

}  // namespace waymark::exports
