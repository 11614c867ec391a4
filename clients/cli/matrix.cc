// waymark matrix import: reads a matrix, says what is damaged, and drafts it on a contract.
#include <iostream>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "clients/cli/answer_text.h"
#include "clients/cli/author.h"
#include "clients/cli/command.h"
#include "clients/cli/terminal.h"
#include "clients/cpp/receipt_check.h"
#include "clients/cpp/request_builder.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/matrix_canonical.h"
#include "ledger/contract/matrix_import.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"
#include "waymark/v1/event.pb.h"

namespace waymark::cli {
namespace {

struct ImportOptions {
  std::string file, contract, version_id;
  AuthorOptions author;
};

// The file's name without folder and ending.
std::string StemOf(const std::string& path) {
  const std::string name = path.substr(path.find_last_of('/') + 1);
  return name.substr(0, name.rfind('.'));
}

template <typename Counts>
void PrintCounts(const char* title, const google::protobuf::EnumDescriptor& type,
                 absl::string_view prefix, const Counts& counts) {
  std::cout << title;
  const char* separator = "";
  for (int i = 0; i < type.value_count(); ++i) {
    const int count = counts[type.value(i)->number()];
    if (count == 0) continue;
    std::cout << separator << count << " " << absl::StripPrefix(type.value(i)->name(), prefix);
    separator = ", ";
  }
  std::cout << "\n";
}

void PrintReport(const MatrixImport& import, const std::string& hash) {
  const MatrixCounts& counts = import.counts;
  std::cout << counts.categories << " categories, " << counts.focuses << " focuses, "
            << counts.level_cells << " level cells, " << counts.evidence_cells
            << " evidence cells, " << counts.notes << " notes\n";
  PrintCounts("cells      ", *v1::CellState_descriptor(), "CELL_STATE_", counts.cell_states);
  PrintCounts("focuses    ", *v1::FocusKind_descriptor(), "FOCUS_KIND_", counts.focus_kinds);
  std::cout << "evidence   " << counts.evidence_listed << " listed (" << counts.evidence_items
            << " types), " << counts.evidence_fragments << " fragments, " << counts.evidence_empty
            << " empty\n"
            << "version    " << import.matrix.version_id() << "  " << hash << "\n";
  for (const v1::LayoutNote& note : import.matrix.layout_notes()) {
    std::cout << "layout     line " << note.source_line() << ": " << Printable(note.text()) << "\n";
  }
  if (import.matrix.quarantine().empty()) {
    std::cout << Paint("\nNothing is damaged.", Colour::kGreen) << "\n";
    return;
  }
  std::cout << "\n"
            << counts.quarantined
            << " damaged texts, kept as they stand and counted for nothing\n\n";
  Table table({"Focus", "Place", "Reason", "Line", "Text"});
  table.AlignRight(3);
  for (const v1::QuarantineEntry& entry : import.matrix.quarantine()) {
    const auto* place = v1::QuarantinePlace_descriptor()->FindValueByNumber(entry.place());
    const auto* reason = v1::QuarantineReason_descriptor()->FindValueByNumber(entry.reason());
    std::string text = entry.verbatim();
    constexpr size_t kShown = 60;
    if (text.size() > kShown) {
      size_t cut = kShown;
      while (cut > 0 && (static_cast<uint8_t>(text[cut]) & 0xc0) == 0x80) --cut;
      text = text.substr(0, cut) + "…";
    }
    table.Add({entry.focus(),
               entry.has_level()
                   ? absl::StrCat("level ", entry.level())
                   : absl::AsciiStrToLower(absl::StripPrefix(place->name(), "QUARANTINE_PLACE_")),
               Text(std::string(absl::StripPrefix(reason->name(), "QUARANTINE_REASON_")),
                    Colour::kYellow),
               absl::StrCat(entry.source_line()), text});
  }
  table.Print(std::cout);
}

// Refuses what can be read but never be recorded: a text, or all of them together, too large for
// one event.
absl::Status CheckRecordable(const v1::MatrixVersionDrafted& draft, const std::string& file) {
  std::vector<Violation> violations;
  std::string longest;
  size_t most = 0;
  const auto check = [&](const std::string& place, uint32_t line, size_t bytes) {
    if (bytes > most) {
      most = bytes;
      longest = absl::StrCat(place, ", line ", line, ", ", bytes, " bytes");
    }
    if (bytes <= kTextBytesMax || violations.size() == kMatrixViolationsMax) return;
    violations.push_back(
        {absl::StatusCode::kInvalidArgument, "MATRIX_CELL_TOO_LARGE",
         absl::StrCat(file, ": line ", line, ": ", place, ": ", bytes, " bytes of text, at most ",
                      kTextBytesMax, " can be recorded; shorten it")});
  };
  for (const v1::Cell& cell : draft.matrix().cells()) {
    check(absl::StrCat(cell.focus(), " level ", cell.level()), cell.source_line(),
          cell.normalised().size());
  }
  for (const v1::Focus& focus : draft.matrix().focuses())
    check(focus.code(), focus.source_line(), focus.passage().size());
  for (const v1::Note& note : draft.matrix().notes())
    check("note", note.source_line(), note.normalised().size());
  if (!violations.empty()) return Refuse(violations);
  if (draft.ByteSizeLong() <= kPayloadBytesMax) return absl::OkStatus();
  return Refuse({absl::StatusCode::kInvalidArgument, "MATRIX_TOO_LARGE",
                 absl::StrCat(file, ": makes a version of ", draft.ByteSizeLong(),
                              " bytes, at most ", kPayloadBytesMax,
                              " can be recorded; shorten it, beginning with the longest text (",
                              longest, ")")});
}

absl::Status Import(const Program& program, const ImportOptions& options) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(options.file, kMatrixFileBytesMax));
  const std::string name = absl::AsciiStrToLower(options.file);
  if (!absl::EndsWith(name, ".tsv") && !absl::EndsWith(name, ".csv")) {
    return Refuse({absl::StatusCode::kInvalidArgument, "FORMAT_UNKNOWN",
                   absl::StrCat(options.file, ": the name must end in .tsv or .csv")});
  }
  absl::StatusOr<MatrixImport> read =
      ImportMatrix(bytes, absl::EndsWith(name, ".csv") ? TableFormat::kCsv : TableFormat::kTsv);
  if (!read.ok()) return At(options.file, read.status());
  MatrixImport& import = *read;
  const Digest source = merkle::Sha256(bytes);
  import.matrix.set_source(std::string(merkle::BytesOf(source)));
  import.matrix.set_version_id(options.version_id.empty() ? StemOf(options.file)
                                                          : options.version_id);
  if (!merkle::IsUtf8(import.matrix.version_id())) {
    return Refuse({absl::StatusCode::kInvalidArgument, "VERSION_ID_INVALID",
                   "the file's name is not UTF-8; name the version with --version-id"});
  }
  v1::MatrixVersionDrafted draft;
  options.author.FillCommon(draft.mutable_common());
  *draft.mutable_matrix() = import.matrix;
  RETURN_IF_ERROR(CheckRecordable(draft, options.file));
  const std::string hash = merkle::ToHex(merkle::Sha256(CanonicalMatrix(import.matrix)));
  if (options.contract.empty()) {
    if (program.json) return PrintJson(import.matrix);
    PrintReport(import, hash);
    std::cout << "\nNothing was recorded. Add --contract C to draft this version on a contract.\n";
    return absl::OkStatus();
  }
  std::optional<Progress> progress(std::in_place, "drafting", 1);
  progress->Advance(0);
  ASSIGN_OR_RETURN(const v1::AppendReply reply,
                   options.author.Append(program, options.contract,
                                         [&](RequestBuilder& request) { request.Add(draft); }));
  progress.reset();
  if (program.json) return PrintJson(reply);
  PrintReport(import, hash);
  std::cout << "\nDrafted on " << options.contract << " at position "
            << reply.receipt().fixed().events(0).position()
            << ". It counts once a MatrixVersionAdopted event names its hash.\n";
  return absl::OkStatus();
}

}  // namespace

void AddMatrixCommands(CLI::App& app, Program& program) {
  CLI::App* matrix =
      AddFamily(app, "matrix", "The maturity matrix", "waymark matrix import matrix.tsv");
  auto options = std::make_shared<ImportOptions>();
  CLI::App* command =
      AddCommand(*matrix, program, "import",
                 "Read a matrix from TSV or CSV, report damage, and draft it on a contract",
                 "waymark matrix import matrix.tsv                      # only the report\n"
                 "  waymark matrix import matrix.tsv --contract HIGHWAYS-1 --party COUNTY --role "
                 "CM --principal cm-1",
                 [&program, options] { return Import(program, *options); });
  command->add_option("file", options->file, "The table, .tsv or .csv")->required();
  command->add_option("--contract", options->contract, "Draft it on this contract")->check(Name());
  command
      ->add_option("--version-id", options->version_id,
                   "Id of the version (default: the file's name)")
      ->check(Name());
  options->author.AddTo(command);
}

}  // namespace waymark::cli
