// waymark longevity: the three figures for one focus or a set.
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/answer_text.h"
#include "clients/cli/command.h"
#include "clients/cli/terminal.h"
#include "ledger/base/status_macros.h"

namespace waymark::cli {
namespace {

struct LongevityOptions {
  QuestionOptions question;
  std::vector<std::string> focuses;
  uint32_t level = 0;
  std::string gap, evidence_expiry;
  int grace = -1;
};

void PrintNumbers(const v1::ThreeNumbers& numbers) {
  const auto line = [](const char* name, const std::string& text, const char* meaning) {
    std::cout << "  " << Paint(name, Colour::kBold) << text << Paint(meaning, Colour::kDim) << "\n";
  };
  line("sustained           ", SpanText(numbers.has_sustained(), numbers.sustained()),
       "  what the record says now");
  line("sustained as known  ",
       SpanText(numbers.has_sustained_as_known(), numbers.sustained_as_known()),
       "  what could be said on that day");
  line("demonstrated        ", SpanText(numbers.has_demonstrated(), numbers.demonstrated()),
       "  held and on record, day by day");
}

void PrintLapses(const char* title, const google::protobuf::RepeatedPtrField<v1::Lapse>& lapses) {
  for (const v1::Lapse& lapse : lapses) {
    std::cout << "  " << title << Day(lapse.has_first(), lapse.first()) << " to "
              << (lapse.has_last() ? Day(true, lapse.last()) : "now (open)") << ", " << lapse.days()
              << " days" << (lapse.bridged() ? ", bridged by grace" : "") << "\n";
  }
}

void PrintFocus(const v1::FocusLongevity& focus) {
  std::cout << Paint(focus.focus(), Colour::kBold) << ": "
            << (focus.has_level() ? absl::StrCat("level ", focus.level()) : "no level") << ", "
            << Paint(NameOf(focus.state()), ColourOf(focus.state()));
  if (!focus.flags().empty())
    std::cout << "  " << Paint(absl::StrJoin(focus.flags(), " "), Colour::kYellow);
  std::cout << "\n";
  PrintNumbers(focus.numbers());
  std::cout << "  cumulative          " << focus.cumulative_days()
            << " days at or above, in any order\n";
  if (focus.has_last_run())
    std::cout << "  last run            " << SpanText(true, focus.last_run()) << "\n";
  if (focus.has_paused_since()) {
    std::cout << "  paused since        " << Day(true, focus.paused_since()) << ", "
              << focus.counted_days() << " days counted\n";
  }
  if (focus.has_stale_since())
    std::cout << "  stale since         " << Day(true, focus.stale_since()) << "\n";
  if (focus.has_evidence_expired_since()) {
    std::cout << "  evidence expired    " << Day(true, focus.evidence_expired_since()) << "\n";
  }
  PrintLapses("lapse               ", focus.lapses());
  PrintLapses("undetermined        ", focus.undetermined());
  if (!focus.positions().empty()) {
    std::cout << "  rests on            positions " << absl::StrJoin(focus.positions(), ", ")
              << "\n";
  }
}

absl::Status Longevity(const Program& program, const LongevityOptions& options) {
  v1::GetLongevityRequest request;
  ASSIGN_OR_RETURN(*request.mutable_question(), options.question.Build());
  for (const std::string& focus : options.focuses) request.add_focuses(focus);
  request.set_level(options.level);
  request.set_gap_policy(absl::AsciiStrToUpper(options.gap));
  request.set_evidence_expiry(absl::AsciiStrToUpper(options.evidence_expiry));
  if (options.grace >= 0) request.set_grace_days(options.grace);
  ASSIGN_OR_RETURN(const v1::GetLongevityReply reply, program.Connect().GetLongevity(request));
  if (program.json) return PrintJson(reply);
  PrintBasis(reply.basis(), "");
  std::cout << "At or above level " << reply.level() << "; gaps " << reply.gap_policy()
            << ", grace " << reply.grace_days() << " days, expired evidence "
            << reply.evidence_expiry() << "\n\n";
  for (const v1::FocusLongevity& focus : reply.focuses()) PrintFocus(focus);
  if (reply.focuses_size() > 1) {
    std::cout << "\n" << Paint("All of them", Colour::kBold) << "\n";
    PrintNumbers(reply.all());
    if (!reply.limiting_focus().empty())
      std::cout << "  limited by          " << reply.limiting_focus() << "\n";
  }
  return absl::OkStatus();
}

}  // namespace

void AddLongevityCommand(CLI::App& app, Program& program) {
  auto options = std::make_shared<LongevityOptions>();
  CLI::App* command = AddCommand(app, program, "longevity",
                                 "How long a level has been held: the three figures side by side",
                                 "waymark longevity --contract HIGHWAYS-1 --focus SE-AM --level 3 "
                                 "--as-of 2025-12-31 --known-at 57",
                                 [&program, options] { return Longevity(program, *options); });
  options->question.AddTo(command);
  command
      ->add_option("--focus", options->focuses,
                   "Focus code; several are answered for all of them together")
      ->required()
      ->check(Name());
  command->add_option("--level", options->level, "At or above this level")
      ->required()
      ->check(CLI::Range(0, 5));
  command->add_option("--gap", options->gap, "Treat uncovered days as: hold, stale or lapse")
      ->check(CLI::IsMember({"hold", "stale", "lapse"}, CLI::ignore_case));
  command->add_option("--grace", options->grace, "Bridge ended lapses of at most this many days")
      ->check(CLI::Range(0, 90));
  command
      ->add_option("--evidence-expiry", options->evidence_expiry,
                   "Treat expired evidence as: flag or strict")
      ->check(CLI::IsMember({"flag", "strict"}, CLI::ignore_case));
}

}  // namespace waymark::cli
