// waymark standings: the matrix as a table.
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/answer_text.h"
#include "clients/cli/command.h"
#include "clients/cli/terminal.h"
#include "ledger/base/status_macros.h"

namespace waymark::cli {
namespace {

Text TargetText(const v1::FocusStanding& standing) {
  if (!standing.has_target()) return {"–", Colour::kDim};
  const v1::TargetStanding& target = standing.target();
  std::string text = absl::StrCat(target.level(), " by ", Day(target.has_due(), target.due()), " ",
                                  NameOf(target.status()));
  if (target.has_decided_after_days() && target.decided_after_days() > 0) {
    absl::StrAppend(&text, ", decided ", target.decided_after_days(), " days after");
  }
  return {std::move(text), ColourOf(target.status())};
}

absl::Status Standings(const Program& program, const QuestionOptions& options) {
  v1::GetStandingsRequest request;
  ASSIGN_OR_RETURN(*request.mutable_question(), options.Build());
  ASSIGN_OR_RETURN(const v1::GetStandingsReply reply, program.Connect().GetStandings(request));
  if (program.json) return PrintJson(reply);
  PrintBasis(reply.basis(), reply.title());
  Table table({"Focus", "Name", "Level", "State", "Since", "Months", "Days", "Demonstrated",
               "Target", "Flags"});
  table.AlignRight(2).AlignRight(5).AlignRight(6).AlignRight(7);
  for (const v1::FocusStanding& standing : reply.standings()) {
    const v1::Span& span = standing.numbers().sustained();
    const bool held = standing.numbers().has_sustained();
    std::vector<std::string> flags(standing.flags().begin(), standing.flags().end());
    if (standing.has_provisional_level())
      flags.push_back(absl::StrCat("PROVISIONAL_", standing.provisional_level()));
    table.Add({standing.focus(), standing.name(),
               Text(standing.has_level() ? absl::StrCat(standing.level()) : "–",
                    ColourOf(standing.state())),
               Text(std::string(NameOf(standing.state())), ColourOf(standing.state())),
               Day(held, span.since()), held ? absl::StrCat(span.months()) : "–",
               held ? absl::StrCat(span.days()) : "–",
               MonthsOf(standing.numbers().has_demonstrated(), standing.numbers().demonstrated()),
               TargetText(standing), Text(absl::StrJoin(flags, " "), Colour::kYellow)});
  }
  table.Print(std::cout);
  if (reply.all_targets() != v1::TARGET_STATUS_UNSPECIFIED) {
    std::cout << "\nAll targets: "
              << Paint(NameOf(reply.all_targets()), ColourOf(reply.all_targets())) << "\n";
  }
  return absl::OkStatus();
}

}  // namespace

void AddStandingsCommand(CLI::App& app, Program& program) {
  auto options = std::make_shared<QuestionOptions>();
  CLI::App* command =
      AddCommand(app, program, "standings",
                 "The matrix as a table: level, since, months, target and flags of each focus",
                 "waymark standings --contract HIGHWAYS-1 --as-of 2025-03-31 --known-at 2025-04-30",
                 [&program, options] { return Standings(program, *options); });
  options->AddTo(command);
}

}  // namespace waymark::cli
