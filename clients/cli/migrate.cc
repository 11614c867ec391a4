// waymark migrate: the history of a contract that joins mid-life, from a spreadsheet.
#include <algorithm>
#include <atomic>
#include <functional>
#include <iostream>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/answer_text.h"
#include "clients/cli/author.h"
#include "clients/cli/command.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/migration_plan.h"
#include "clients/cli/terminal.h"
#include "clients/cpp/migration_table.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/hash.h"

namespace waymark::cli {
namespace {

// The source document stays outside the ledger; only its digest is taken.
constexpr size_t kSourceBytesMax = 64 << 20;
// Rows of one request. A boundary never moves, so a repeat sends the same requests.
constexpr size_t kRowsPerRequest = 100;
static_assert(kRowsPerRequest <= kRequestEventsMax);
constexpr size_t kShownDigits = 16;

struct MigrateOptions {
  std::string file, contract, source, evidence_id, issuer, reason, approved_by, meeting, minute,
      matrix_version;
  std::vector<uint64_t> assents;
  bool record = false;
  AuthorOptions author;
};

std::string MediaTypeOf(const std::string& path) {
  const std::string name = absl::AsciiStrToLower(path);
  if (absl::EndsWith(name, ".csv")) return "text/csv";
  return absl::EndsWith(name, ".pdf") ? "application/pdf" : "application/octet-stream";
}

absl::StatusOr<MigrationTerms> TermsOf(const MigrateOptions& options, const std::string& source,
                                       const std::string& path) {
  MigrationTerms terms{.principal = options.author.principal,
                       .is_signed = !options.author.key_file.empty(),
                       .approved_by = options.approved_by};
  options.author.FillCommon(&terms.common);
  if (terms.common.role() == v1::ROLE_UNSPECIFIED) terms.common.set_role(v1::ROLE_DEC);
  terms.common.set_reason(options.reason);
  terms.common.mutable_governance()->set_meeting_id(options.meeting);
  terms.common.mutable_governance()->set_minute(options.minute);
  if (!options.matrix_version.empty()) {
    ASSIGN_OR_RETURN(const std::string hash, merkle::FromHex(options.matrix_version));
    terms.common.set_matrix_version(hash);
  }
  const Digest digest = merkle::Sha256(source);
  v1::EvidenceSubmitted& document = terms.document;
  *document.mutable_common() = terms.common;
  document.mutable_common()->clear_matrix_version();
  document.mutable_common()->set_role(v1::ROLE_CM);
  document.mutable_common()->set_event_type(v1::EvidenceSubmitted::descriptor()->full_name());
  document.set_evidence_id(
      options.evidence_id.empty()
          ? absl::StrCat("MIGRATED-", merkle::ToHex(digest).substr(0, kShownDigits))
          : options.evidence_id);
  document.set_evidence_type(v1::EVIDENCE_TYPE_OTHER);
  document.set_artefact(std::string(merkle::BytesOf(digest)));
  document.set_size(source.size());
  document.set_media_type(MediaTypeOf(path));
  document.set_issuer(options.issuer.empty() ? terms.common.party_id() : options.issuer);
  document.set_received_via("migration");
  if (!options.assents.empty()) terms.assents = options.assents;
  return terms;
}

std::string DayText(const v1::Date& date) {
  return FormatDay(absl::CivilDay(date.year(), date.month(), date.day()));
}

Text Verdict(const PlannedRow& row) {
  if (!row.problems.empty()) return {"refused", Colour::kRed};
  if (row.recorded) return {absl::StrCat("on record at ", row.recorded->value), Colour::kDim};
  return {absl::StrCat("to record, ", absl::StrJoin(row.flags, " ")), Colour::kGreen};
}

void PrintProblems(const MigrationPlan& plan) {
  Table table({"Line", "Column", "Found", "Reason", "Why"});
  table.AlignRight(0);
  const auto add = [&table](const std::string& line, const MigrationProblem& problem) {
    table.Add(
        {line, problem.column, problem.found, Text(problem.reason, Colour::kRed), problem.what});
  };
  for (const MigrationProblem& problem : plan.document_problems) add("document", problem);
  for (const PlannedRow& row : plan.rows) {
    for (const MigrationProblem& problem : row.problems) add(absl::StrCat(row.line), problem);
  }
  if (table.empty()) return;
  std::cout << "\nWhat would be refused\n\n";
  table.Print(std::cout);
}

void PrintPlan(const MigrationPlan& plan, const MigrationTerms& terms) {
  Table table({"Line", "Focus", "Level", "From", "Assessed days", "Covered to", "What"});
  table.AlignRight(0).AlignRight(2);
  for (const PlannedRow& row : plan.rows) {
    const v1::LevelDetermined& level = row.event;
    // A cell that could not be read is told below.
    const bool whole = !row.event.common().event_type().empty();
    table.Add(
        {absl::StrCat(row.line), level.focus(), whole ? absl::StrCat(level.level()) : "–",
         whole ? DayText(level.effective_on()) : "–",
         whole
             ? absl::StrCat(DayText(level.period().first()), " to ", DayText(level.period().last()))
             : "–",
         level.has_coverage_to() && whole ? DayText(level.coverage_to()) : "–", Verdict(row)});
  }
  table.Print(std::cout);
  PrintProblems(plan);
  std::cout << "\nSource document  " << merkle::ToHex(terms.document.artefact()) << ", "
            << (plan.document                    ? "to record"
                : plan.document_problems.empty() ? "on record"
                                                 : "refused")
            << " as evidence " << terms.document.evidence_id() << "\n";
  if (!plan.assents_missing.empty()) {
    std::cout << "Assents missing  " << absl::StrJoin(plan.assents_missing, ", ")
              << ": each records AssentRecorded with that digest as its subject; the rows are told "
                 "as if it had\n";
  }
}

nlohmann::ordered_json JsonOf(const MigrationProblem& problem) {
  return {{"column", problem.column},
          {"found", problem.found},
          {"reason", problem.reason},
          {"what", problem.what}};
}

void PrintPlanJson(const MigrationPlan& plan, const MigrationTerms& terms, bool recorded) {
  nlohmann::ordered_json json = {{"evidenceId", terms.document.evidence_id()},
                                 {"digest", merkle::ToHex(terms.document.artefact())},
                                 {"documentRefusals", nlohmann::ordered_json::array()},
                                 {"assentsMissing", plan.assents_missing},
                                 {"recorded", recorded},
                                 {"rows", nlohmann::ordered_json::array()}};
  for (const MigrationProblem& problem : plan.document_problems)
    json["documentRefusals"].push_back(JsonOf(problem));
  for (const PlannedRow& row : plan.rows) {
    nlohmann::ordered_json one = {{"line", row.line}, {"focus", row.event.focus()}};
    if (row.recorded) one["position"] = absl::StrCat(row.recorded->value);
    one["flags"] = row.flags;
    one["refusals"] = nlohmann::ordered_json::array();
    for (const MigrationProblem& problem : row.problems) one["refusals"].push_back(JsonOf(problem));
    json["rows"].push_back(std::move(one));
  }
  std::cout << json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
}

// Nothing is recorded of a history that would be refused in part.
absl::Status CheckWhole(const MigrationPlan& plan) {
  if (plan.refused() > 0 || !plan.document_problems.empty()) {
    return Refuse(
        {absl::StatusCode::kFailedPrecondition, "MIGRATION_REFUSED",
         absl::StrCat(plan.refused(), " of ", Counted(plan.rows.size(), "row"),
                      " would be refused; nothing was recorded, mend the rows named above")});
  }
  if (plan.assents_missing.empty()) return absl::OkStatus();
  return Refuse(
      {absl::StatusCode::kFailedPrecondition, "ASSENT_MISSING",
       absl::StrCat("no assent to the source document is on record of ",
                    absl::StrJoin(plan.assents_missing, ", "), "; nothing was recorded")});
}

// Appends the document and then the rows that are not on record yet. `matter` tells this history of
// this contract from any other.
absl::Status Record(const Program& program, const MigrateOptions& options,
                    const std::string& matter, const MigrationPlan& plan) {
  Progress progress("recording", plan.rows.size());
  std::atomic<size_t> done = 0;
  const auto again = [&done] {
    return absl::StrCat(
        Counted(done.load(), "row"),
        " on record; the same command again records what is missing, and only that");
  };
  const LastWords words([&again] { return absl::StrCat("INTERRUPTED: ", again()); });
  AuthorOptions author = options.author;
  const auto append = [&](const std::string& part, bool last,
                          const std::function<void(RequestBuilder&)>& add) {
    author.request_id = absl::StrCat("migrate-", matter.substr(0, kShownDigits), "-", part);
    // Once the last request is published, all before it are.
    author.wait = last ? options.author.wait : "durable";
    return At(again(), author.Append(program, options.contract, add).status());
  };
  if (plan.document) {
    RETURN_IF_ERROR(append("document", plan.to_record() == 0,
                           [&plan](RequestBuilder& request) { request.Add(*plan.document); }));
  }
  size_t left = plan.to_record();
  for (size_t first = 0; first < plan.rows.size(); first += kRowsPerRequest) {
    const size_t end = std::min(plan.rows.size(), first + kRowsPerRequest);
    std::vector<const PlannedRow*> missing;
    for (size_t i = first; i < end; ++i) {
      if (!plan.rows[i].recorded) missing.push_back(&plan.rows[i]);
    }
    if (!missing.empty()) {
      left -= missing.size();
      RETURN_IF_ERROR(append(absl::StrCat(missing.front()->line, "-", missing.back()->line),
                             left == 0, [&missing](RequestBuilder& request) {
                               for (const PlannedRow* row : missing) request.Add(row->event);
                             }));
    }
    done = end;
    progress.Advance(end);
  }
  return absl::OkStatus();
}

absl::Status Migrate(const Program& program, const MigrateOptions& options) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(options.file, kMigrationFileBytesMax));
  const absl::StatusOr<MigrationTable> table = ReadMigrationTable(bytes);
  if (!table.ok()) return At(options.file, table.status());
  const std::string& path = options.source.empty() ? options.file : options.source;
  std::string source = bytes;
  if (!options.source.empty()) {
    ASSIGN_OR_RETURN(source, ReadFile(options.source, kSourceBytesMax));
  }
  ASSIGN_OR_RETURN(const MigrationTerms terms, TermsOf(options, source, path));
  ASSIGN_OR_RETURN(ContractCopy copy, ContractCopy::Fetch(program, options.contract));
  const std::string today = FormatDay(copy.today());
  const MigrationPlan plan = PlanMigration(terms, *table, std::move(copy));
  const absl::Status whole = CheckWhole(plan);
  const bool records = options.record && whole.ok();
  if (records) {
    // Two contracts may join with the same history.
    const Digest matter = merkle::Sha256(absl::StrCat(options.contract, "\n", bytes));
    RETURN_IF_ERROR(Record(program, options, merkle::ToHex(matter), plan));
  }
  if (program.json) {
    PrintPlanJson(plan, terms, records);
    return whole;
  }
  PrintPlan(plan, terms);
  std::cout << "\n";
  if (records) {
    std::cout << "Recorded " << Counted(plan.to_record(), "level") << ", flagged MIGRATED. ";
  } else if (whole.ok()) {
    std::cout << "Nothing was recorded: " << Counted(plan.to_record(), "level")
              << " would be, with --record. ";
  }
  if (whole.ok()) {
    std::cout << "They count as sustained from the days above; what is demonstrated starts today, "
              << today << ".\n";
  }
  std::cout.flush();
  return whole;
}

}  // namespace

void AddMigrateCommand(CLI::App& app, Program& program) {
  auto options = std::make_shared<MigrateOptions>();
  CLI::App* command = AddCommand(
      app, program, "migrate",
      "Bring the history of a contract that joins mid-life from a CSV file: what would be "
      "recorded, "
      "what would be refused and why; with --record, record it",
      "waymark migrate history.csv --contract HIGHWAYS-2 --party COUNTY --principal county-dec-1 "
      "--approved-by county-ofa-1\n"
      "      --meeting BOARD-9 --minute 3 --reason \"kept in a spreadsheet until now\"\n"
      "  with history.csv: "
      "focus,level,effective_on,period_first,period_last,assessed_on,decided_on\n"
      "                    PI-CS,3,2023-07-01,2023-04-01,2023-06-30,2023-07-12,2023-07-24",
      [&program, options] { return Migrate(program, *options); });
  command->add_option("file", options->file, "The history, as CSV")->required();
  command->add_option("--contract", options->contract, "Contract that it is the history of")
      ->required()
      ->check(Name());
  command->add_flag("--record", options->record, "Record it; without, nothing is recorded");
  command->add_option("--reason", options->reason, "Why the levels are brought in")->required();
  command->add_option("--approved-by", options->approved_by, "Pseudonym of who approved it")
      ->required()
      ->check(Name());
  command->add_option("--meeting", options->meeting, "Meeting that took it")
      ->required()
      ->check(Name());
  command->add_option("--minute", options->minute, "Its minute")->required()->check(Name());
  command->add_option("--source", options->source,
                      "The document that both sides assented to, if it is not the CSV file itself");
  command
      ->add_option("--evidence-id", options->evidence_id,
                   "Its id as evidence (default: after its digest)")
      ->check(Name());
  command->add_option("--issuer", options->issuer, "Who made it (default: the party)")
      ->check(Name());
  command
      ->add_option("--assents", options->assents,
                   "Positions of the assents to it, comma between (default: those on record)")
      ->delimiter(',');
  command->add_option(
      "--matrix-version", options->matrix_version,
      "Hash of the version that the levels are told in (default: the one adopted last)");
  options->author.AddTo(command);
  command->get_option("--party")->required();
  // Each request has an id of its own, so that a repeat records nothing twice.
  command->remove_option(command->get_option("--request-id"));
}

}  // namespace waymark::cli
