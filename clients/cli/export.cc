// waymark export: documents made of answers, each naming the position and the root it came from.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "clients/cli/answer_text.h"
#include "clients/cli/author.h"
#include "clients/cli/command.h"
#include "clients/cli/printed_page.h"
#include "clients/cli/terminal.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"

namespace waymark::cli {
namespace {

// One command: what it makes, and as what; the first format is the default.
struct Exported {
  const char* name;
  v1::ExportWhat what;
  std::vector<std::string> formats;
  const char* help;
};

const std::vector<Exported>& AllExports() {
  static const auto* const all = new std::vector<Exported>({
      {"matrix",
       v1::EXPORT_WHAT_MATRIX,
       {"xlsx", "csv", "html", "pdf"},
       "The matrix and what stands behind it: a workbook, a table, or a board pack"},
      {"timeline", v1::EXPORT_WHAT_TIMELINE, {"svg"}, "The days of every focus, drawn as bars"},
      {"radar",
       v1::EXPORT_WHAT_RADAR,
       {"svg"},
       "Level and target of every focus, drawn as a wheel"},
      {"notice",
       v1::EXPORT_WHAT_PERFORMANCE_NOTICE,
       {"json", "html", "pdf"},
       "Draft of a contract performance notice (UK9), from what a person recorded"},
      {"release",
       v1::EXPORT_WHAT_RELEASE,
       {"json"},
       "An Open Contracting (OCDS 1.1) release: targets as milestones"},
      {"events", v1::EXPORT_WHAT_EVENTS, {"csv"}, "Every event: header fields and hashes"},
      {"determinations",
       v1::EXPORT_WHAT_DETERMINATIONS,
       {"csv"},
       "Every determination as recorded, superseded ones too"},
      {"runs", v1::EXPORT_WHAT_RUNS, {"csv"}, "Runs and lapses of every focus at every level"},
      {"evidence", v1::EXPORT_WHAT_EVIDENCE, {"csv"}, "The evidence register"},
  });
  return *all;
}

// A PDF is the page, printed here.
constexpr absl::string_view kPdf = "pdf", kPrinted = "html";

struct ExportOptions {
  QuestionOptions question;
  std::string format, out, notice, why;
  bool is_public = false, record = false;
  AuthorOptions author;
};

absl::StatusOr<v1::ExportRequest> RequestOf(const Exported& exported,
                                            const ExportOptions& options) {
  v1::ExportRequest request;
  ASSIGN_OR_RETURN(*request.mutable_question(), options.question.Build());
  request.set_what(exported.what);
  v1::ExportFormat format = v1::EXPORT_FORMAT_UNSPECIFIED;
  const absl::string_view made = options.format == kPdf ? kPrinted : options.format;
  v1::ExportFormat_Parse(absl::StrCat("EXPORT_FORMAT_", absl::AsciiStrToUpper(made)), &format);
  request.set_format(format);
  request.set_is_public(options.is_public);
  request.set_notice_id(options.notice);
  return request;
}

// What is written, and recorded, is the PDF then.
absl::Status PrintAsPdf(ExportedFile* file) {
  ASSIGN_OR_RETURN(file->content, PrintedPage(file->content));
  v1::ExportHead& head = file->head;
  head.set_media_type("application/pdf");
  head.set_file_name(absl::StrCat(absl::StripSuffix(head.file_name(), kPrinted), kPdf));
  head.set_size(file->content.size());
  const Digest digest = merkle::Sha256(file->content);
  head.set_digest(std::string(digest.begin(), digest.end()));
  if (head.form() == v1::EXPORT_FORM_HTML) head.set_form(v1::EXPORT_FORM_PDF);
  return absl::OkStatus();
}

// Under its name the file is whole or not there at all.
absl::Status WriteWhole(const std::string& path, const std::string& bytes) {
  const std::string part = path + ".part";
  RETURN_IF_ERROR(WriteNewFile(part, bytes));
  const bool placed = link(part.c_str(), path.c_str()) == 0;
  const int why = errno;
  unlink(part.c_str());
  if (placed) return absl::OkStatus();
  if (why == EEXIST) {
    return Refuse({absl::StatusCode::kAlreadyExists, "FILE_EXISTS",
                   path + ": is there already and stays as it is; name another file"});
  }
  return Refuse({absl::StatusCode::kFailedPrecondition, "FILE_NOT_WRITTEN",
                 absl::StrCat(path, ": cannot be written: ", std::strerror(why))});
}

v1::ExportIssued IssuedOf(const Exported& exported, const ExportOptions& options,
                          const v1::ExportHead& head) {
  v1::ExportIssued issued;
  // The rules check what a public export withheld.
  if (options.is_public) issued.mutable_common()->set_marking(v1::MARKING_PUBLIC);
  options.author.FillCommon(issued.mutable_common());
  issued.set_form(head.form());
  issued.set_scope(absl::StrCat(exported.name, " as ", options.format));
  issued.set_why(options.why);
  *issued.mutable_as_of() = head.basis().as_of();
  issued.set_known_at(head.basis().known() - 1);
  *issued.mutable_withheld() = head.withheld();
  issued.set_content(head.digest());
  return issued;
}

// Position of the ExportIssued.
absl::StatusOr<uint64_t> RecordIssue(const Program& program, const Exported& exported,
                                     const ExportOptions& options, const v1::ExportHead& head) {
  if (head.basis().known() == 0) {
    return Refuse({absl::StatusCode::kInvalidArgument, "KNOWN_AT_MISSING",
                   "--record: nothing was known then, so there is no position to record; leave "
                   "--record out"});
  }
  const v1::ExportIssued issued = IssuedOf(exported, options, head);
  ASSIGN_OR_RETURN(const v1::AppendReply reply,
                   options.author.Append(program, options.question.contract,
                                         [&](RequestBuilder& request) { request.Add(issued); }));
  return reply.receipt().fixed().events(0).position();
}

void Print(const ExportedFile& file, const Exported& exported, const ExportOptions& options,
           std::optional<uint64_t> recorded) {
  const v1::ExportHead& head = file.head;
  PrintBasis(head.basis(), absl::StrCat("export ", exported.name));
  std::cout << Paint("written", Colour::kGreen) << "   " << options.out << ", " << head.size()
            << " bytes of " << head.media_type() << "\n"
            << "position  "
            << (head.basis().known() == 0 ? "none: nothing was known"
                                          : absl::StrCat(head.basis().known() - 1))
            << "\nroot      " << merkle::ToHex(head.root()) << "\nSHA-256   "
            << merkle::ToHex(head.digest()) << "\n";
  if (options.is_public) {
    std::cout << "withheld  "
              << (head.withheld().empty()
                      ? "nothing"
                      : absl::StrCat("positions ", absl::StrJoin(head.withheld(), ", ")))
              << "\n";
  }
  if (recorded) std::cout << "recorded  ExportIssued at position " << *recorded << "\n";
}

absl::Status Export(const Program& program, const Exported& exported,
                    const ExportOptions& options) {
  const bool to_output = options.out == "-";
  if (to_output && (options.format == "xlsx" || options.format == kPdf)) {
    return Refuse(
        {absl::StatusCode::kInvalidArgument, "OUT_NOT_TEXT",
         absl::StrCat("--out: ", options.format, " is no text for standard output; name a file")});
  }
  ASSIGN_OR_RETURN(const v1::ExportRequest request, RequestOf(exported, options));
  ASSIGN_OR_RETURN(ExportedFile file, program.Connect().Export(request));
  if (options.format == kPdf) RETURN_IF_ERROR(PrintAsPdf(&file));
  if (!to_output) RETURN_IF_ERROR(WriteWhole(options.out, file.content));
  std::optional<uint64_t> recorded;
  if (options.record) {
    const absl::StatusOr<uint64_t> position = RecordIssue(program, exported, options, file.head);
    if (!position.ok()) {
      // What may be on record stays; what is not was not issued.
      if (!to_output && ReasonOf(position.status()) != kOutcomeUnknown) unlink(options.out.c_str());
      return position.status();
    }
    recorded = *position;
  }
  if (to_output) {
    std::cout << file.content;
    return absl::OkStatus();
  }
  if (program.json) return PrintJson(file.head);
  Print(file, exported, options, recorded);
  return absl::OkStatus();
}

void AddExport(CLI::App& family, Program& program, const Exported& exported) {
  auto options = std::make_shared<ExportOptions>();
  options->format = exported.formats[0];
  CLI::App* const command =
      AddCommand(family, program, exported.name, exported.help,
                 absl::StrCat("waymark export ", exported.name, " --contract HIGHWAYS-1 --out ",
                              exported.name, ".", exported.formats[0]),
                 [&program, &exported, options] { return Export(program, exported, *options); });
  options->question.AddTo(command);
  command
      ->add_option("--format", options->format,
                   "What to make; pdf is printed by the program weasyprint")
      ->check(CLI::IsMember(exported.formats))
      ->capture_default_str();
  command->add_option("--out", options->out, "File to write; must not exist ('-': standard output)")
      ->required();
  command->add_flag("--public", options->is_public,
                    "Withhold what is marked COMMERCIAL or PERSONAL");
  if (exported.what == v1::EXPORT_WHAT_PERFORMANCE_NOTICE) {
    command->add_option("--notice", options->notice, "Id of the notice (default: the newest)")
        ->check(Name());
  }
  CLI::Option* const why =
      command->add_option("--why", options->why, "Why it was exported")->check(Name());
  CLI::Option* const record =
      command->add_flag("--record", options->record,
                        "Record the export as ExportIssued; it stays only if that is done");
  record->needs(why);
  why->needs(record);
  options->author.AddTo(command);
}

}  // namespace

void AddExportCommands(CLI::App& app, Program& program) {
  CLI::App* const family =
      AddFamily(app, "export", "Documents that name the position and the root they came from",
                "waymark export matrix --contract HIGHWAYS-1 --format xlsx --out matrix.xlsx");
  for (const Exported& exported : AllExports()) AddExport(*family, program, exported);
}

}  // namespace waymark::cli
