// waymark timeline: the segments of one focus and the determinations behind them.
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/answer_text.h"
#include "clients/cli/command.h"
#include "clients/cli/terminal.h"
#include "ledger/base/status_macros.h"

namespace waymark::cli {
namespace {

struct TimelineOptions {
  QuestionOptions question;
  std::string focus;
};

absl::Status Timeline(const Program& program, const TimelineOptions& options) {
  v1::GetTimelineRequest request;
  ASSIGN_OR_RETURN(*request.mutable_question(), options.question.Build());
  request.set_focus(options.focus);
  ASSIGN_OR_RETURN(const v1::GetTimelineReply reply, program.Connect().GetWholeTimeline(request));
  if (program.json) return PrintJson(reply);
  PrintBasis(reply.basis(), options.focus);
  if (reply.segments().empty() && reply.history().empty()) {
    std::cout << "No level has been determined yet.\n";
    return absl::OkStatus();
  }
  Table segments({"From", "To", "Level", "State", "Position", "Flags"});
  segments.AlignRight(2).AlignRight(4);
  for (const v1::TimelineSegment& segment : reply.segments()) {
    segments.Add(
        {Day(segment.has_first(), segment.first()),
         segment.has_last() ? Day(true, segment.last()) : "",
         Text(segment.has_level() ? absl::StrCat(segment.level()) : "–", ColourOf(segment.state())),
         Text(std::string(NameOf(segment.state())), ColourOf(segment.state())),
         segment.has_position() ? absl::StrCat(segment.position()) : "–",
         Text(absl::StrJoin(segment.flags(), " "), Colour::kYellow)});
  }
  segments.Print(std::cout);
  std::cout << "\nDeterminations as they were recorded\n\n";
  Table history({"Position", "Recorded", "Level", "Effective", "Period", "Decided", "Stands"});
  history.AlignRight(0).AlignRight(2);
  for (const v1::DeterminationRecord& record : reply.history()) {
    const Text stands =
        record.has_superseded_by()
            ? Text(absl::StrCat("superseded by ", record.superseded_by()), Colour::kYellow)
        : record.provisional() ? Text("provisional", Colour::kDim)
        : record.disputed()    ? Text("disputed", Colour::kYellow)
                               : Text("yes", Colour::kGreen);
    history.Add({absl::StrCat(record.position()),
                 Day(record.has_recorded_on(), record.recorded_on()), absl::StrCat(record.level()),
                 Day(record.has_effective_on(), record.effective_on()),
                 absl::StrCat(Day(record.has_period(), record.period().first()), " to ",
                              Day(record.has_period(), record.period().last())),
                 Day(record.has_decided_on(), record.decided_on()), stands});
  }
  history.Print(std::cout);
  return absl::OkStatus();
}

}  // namespace

void AddTimelineCommand(CLI::App& app, Program& program) {
  auto options = std::make_shared<TimelineOptions>();
  CLI::App* command = AddCommand(app, program, "timeline",
                                 "The levels of one focus through time, and what they rest on",
                                 "waymark timeline --contract HIGHWAYS-1 --focus SE-AM",
                                 [&program, options] { return Timeline(program, *options); });
  options->question.AddTo(command);
  command->add_option("--focus", options->focus, "Focus code, such as PI-CS")
      ->required()
      ->check(Name());
}

}  // namespace waymark::cli
