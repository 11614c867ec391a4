// waymark standings: the matrix as a table.
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/answer_text.h"
#include "clients/cli/command.h"
#include "clients/cli/terminal.h"
#include "ledger/base/status_macros.h"

namespace waymark::cli {
namespace {

// "3 DETERMINED", or of a standing condition "MET 2025-01-01 to 2025-03-31", with what qualifies
// it.
Text LevelText(const v1::FocusStanding& standing) {
  std::string text(NameOf(standing.state()));
  Colour colour = ColourOf(standing.state());
  if (standing.has_condition()) {
    const v1::ConditionStanding& condition = standing.condition();
    text = absl::StrCat(condition.met() ? "MET " : "NOT_MET ",
                        Day(condition.period().has_first(), condition.period().first()), " to ",
                        Day(condition.period().has_last(), condition.period().last()));
    colour = condition.met() ? Colour::kGreen : Colour::kRed;
  }
  if (standing.has_level()) text = absl::StrCat(standing.level(), " ", text);
  std::vector<std::string> flags(standing.flags().begin(), standing.flags().end());
  if (standing.has_provisional_level())
    flags.push_back(absl::StrCat("PROVISIONAL_", standing.provisional_level()));
  for (const std::string& flag : flags) absl::StrAppend(&text, " ", flag);
  return {std::move(text), flags.empty() ? colour : Colour::kYellow};
}

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

std::string Months(bool held, const v1::Span& span) {
  return held ? absl::StrCat(span.months()) : "–";
}

// What no row of the table shows: a focus without a target that all targets wait for.
std::string WhyIndeterminate(const v1::GetStandingsReply& reply) {
  if (reply.all_targets() != v1::TARGET_STATUS_INDETERMINATE) return "";
  std::vector<std::string> focuses;
  for (const v1::FocusStanding& standing : reply.standings()) {
    if (standing.has_target() && standing.target().status() == v1::TARGET_STATUS_INDETERMINATE) {
      return "";
    }
    if (standing.kind() == v1::FOCUS_KIND_ENDURING || standing.kind() == v1::FOCUS_KIND_UNASSIGNED)
      focuses.push_back(standing.focus());
  }
  if (focuses.empty()) return "";
  return absl::StrCat("\nNo levels are defined for ", absl::StrJoin(focuses, ", "));
}

absl::Status Standings(const Program& program, const QuestionOptions& options) {
  v1::GetStandingsRequest request;
  ASSIGN_OR_RETURN(*request.mutable_question(), options.Build());
  ASSIGN_OR_RETURN(const v1::GetStandingsReply reply, program.Connect().GetStandings(request));
  if (program.json) return PrintJson(reply);
  PrintBasis(reply.basis(), reply.title());
  Table table({"Focus", "Level", "Since", "Months", "Demonstrated", "Target"});
  table.AlignRight(3).AlignRight(4);
  for (const v1::FocusStanding& standing : reply.standings()) {
    const v1::ThreeNumbers& numbers = standing.numbers();
    table.Add({absl::StrCat(standing.focus(), " ", standing.name()), LevelText(standing),
               Day(numbers.has_sustained(), numbers.sustained().since()),
               Months(numbers.has_sustained(), numbers.sustained()),
               Months(numbers.has_demonstrated(), numbers.demonstrated()), TargetText(standing)});
  }
  table.Print(std::cout);
  if (reply.all_targets() != v1::TARGET_STATUS_UNSPECIFIED) {
    std::cout << "\nAll targets: "
              << Paint(NameOf(reply.all_targets()), ColourOf(reply.all_targets()))
              << WhyIndeterminate(reply) << "\n";
  }
  return absl::OkStatus();
}

}  // namespace

void AddStandingsCommand(CLI::App& app, Program& program) {
  auto options = std::make_shared<QuestionOptions>();
  CLI::App* command =
      AddCommand(app, program, "standings",
                 "The matrix as a table: level with its flags, since when, whole months held and "
                 "demonstrated, target",
                 "waymark standings --contract HIGHWAYS-1 --as-of 2025-03-31 --known-at 2025-04-30",
                 [&program, options] { return Standings(program, *options); });
  options->AddTo(command);
}

}  // namespace waymark::cli
