// waymark due: what has to be done by a day, and what was to be done and is not on record.
#include "ledger/contract/due.h"

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "clients/cli/answer_text.h"
#include "clients/cli/command.h"
#include "clients/cli/terminal.h"
#include "ledger/base/status_macros.h"

namespace waymark::cli {
namespace {

struct DueOptions {
  QuestionOptions question;
  uint32_t days = kDaysAheadDefault;
};

std::string KindText(v1::DueKind kind) {
  return std::string(absl::StripPrefix(v1::DueKind_Name(kind), "DUE_KIND_"));
}

Text LeftText(int32_t days_left) {
  if (days_left == 0) return {"today", Colour::kYellow};
  const std::string days = Counted(static_cast<uint64_t>(std::abs(days_left)), "day");
  if (days_left < 0) return {absl::StrCat(days, " over"), Colour::kYellow};
  return absl::StrCat("in ", days);
}

// How a statutory day was counted, so that a reader can count again.
void PrintCount(const v1::DueItem& item) {
  std::vector<std::string> days;
  for (const v1::Date& day : item.days_left_out()) days.push_back(Day(true, day));
  std::cout << "\n"
            << Printable(item.subject()) << ": counted by the calendar "
            << Printable(item.calendar()) << "; left out "
            << (days.empty() ? "no day" : absl::StrJoin(days, ", ")) << "\n";
}

absl::Status Due(const Program& program, const DueOptions& options) {
  v1::ListDueRequest request;
  ASSIGN_OR_RETURN(*request.mutable_question(), options.question.Build());
  request.set_days_ahead(options.days);
  ASSIGN_OR_RETURN(const v1::ListDueReply reply, program.Connect().ListDue(request));
  if (program.json) return PrintJson(reply);
  PrintBasis(reply.basis(), "what is due");
  if (reply.items().empty()) {
    std::cout << "Nothing is overdue, and nothing falls due within " << Counted(options.days, "day")
              << ".\n";
    return absl::OkStatus();
  }
  Table table({"Due", "Left", "Kind", "About", "By", "What"});
  uint64_t over = 0;
  for (const v1::DueItem& item : reply.items()) {
    over += item.days_left() < 0;
    table.Add({Day(item.has_due(), item.due()), LeftText(item.days_left()), KindText(item.kind()),
               item.subject(), item.owed_by().empty() ? "–" : item.owed_by(), item.words()});
  }
  table.Print(std::cout);
  for (const v1::DueItem& item : reply.items()) {
    if (!item.calendar().empty()) PrintCount(item);
  }
  std::cout << "\n"
            << over << " overdue, " << static_cast<uint64_t>(reply.items_size()) - over
            << " to come within " << Counted(options.days, "day")
            << ". Reminders only: people decide.\n";
  return absl::OkStatus();
}

}  // namespace

void AddDueCommand(CLI::App& app, Program& program) {
  auto options = std::make_shared<DueOptions>();
  CLI::App* command =
      AddCommand(app, program, "due",
                 "What is overdue, and what falls due soon: assessments, reports, offers, cures, "
                 "steps of disputes, notices, targets, commitments",
                 "waymark due --contract HIGHWAYS-1 --as-of 2025-03-31 --days 30",
                 [&program, options] { return Due(program, *options); });
  options->question.AddTo(command);
  command->add_option("--days", options->days, "How many days ahead of --as-of to look")
      ->check(CLI::Range(1, kDaysAheadMax))
      ->capture_default_str();
}

}  // namespace waymark::cli
