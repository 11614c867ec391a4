#include "projections/export/drawings.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/base/civil_day.h"
#include "ledger/contract/timeline.h"
#include "projections/export/cover.h"
#include "projections/export/tables.h"
#include "projections/export/words.h"
#include "projections/maturity/answer_words.h"

namespace waymark::exports {
namespace {

// All lengths are in the drawing's own units.
constexpr int kWidth = 1000;
constexpr int kBarsLeft = 180;
constexpr int kBarsWidth = 800;
constexpr int kRowHeight = 30;
constexpr int kTop = 60;
constexpr int kLineHeight = 14;
constexpr size_t kPoliciesInLine = 5;
// A bar narrower than its digit says its level in its title alone.
constexpr int kDigitWidth = 10;

constexpr int kRadius = 240;
constexpr int kCentreX = 500;
constexpr int kCentreY = 340;

// From light to dark with the level, so that a print without colour keeps their order. Digits in
// front are dark on the first three and light on the others.
constexpr const char* kFills[] = {"#f1f3f5", "#dbe4f0", "#b4c7e0", "#4d79b0", "#2f5689", "#173863"};

const char* InkOn(int level) { return level < 3 ? "#111" : "#fff"; }

std::string TextAt(int x, int y, absl::string_view text, absl::string_view more = "") {
  return absl::StrCat("<text x=\"", x, "\" y=\"", y, "\"", more, ">", Escaped(text), "</text>\n");
}

// What the drawing comes from, below it; `y` moves on.
std::string Source(const ContractRecord& record, int* y) {
  std::string out;
  const auto line = [&](absl::string_view text) {
    out += TextAt(10, *y, text, " font-size=\"10\"");
    *y += kLineHeight;
  };
  for (const auto& [name, value] : CoverOf(record)) {
    if (name != "Policies") line(absl::StrCat(name, ": ", value));
  }
  const std::vector<std::string> policies = PoliciesInForce(record);
  for (size_t i = 0; i < policies.size(); i += kPoliciesInLine) {
    const auto first = policies.begin() + static_cast<int64_t>(i);
    const size_t count = std::min(kPoliciesInLine, policies.size() - i);
    line(absl::StrCat(i == 0 ? "Policies: " : "  ",
                      absl::StrJoin(first, first + static_cast<int64_t>(count), ", ")));
  }
  return out;
}

std::string DrawingOf(absl::string_view title, absl::string_view description, int height,
                      absl::string_view body) {
  return absl::StrCat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", kWidth, " ", height,
      "\" width=\"", kWidth, "\" height=\"", height,
      "\" role=\"img\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#111\">\n<title>",
      Escaped(title), "</title>\n<desc>", Escaped(description), "</desc>\n", body, "</svg>\n");
}

// From day to place along the bars.
struct Scale {
  absl::CivilDay first, last;
  int XOf(absl::CivilDay day) const {
    const int64_t days = std::max<int64_t>(1, last - first + 1);
    return kBarsLeft + static_cast<int>((day - first) * kBarsWidth / days);
  }
};

std::string Bar(const Segment& segment, const Scale& scale, int y) {
  const int left = scale.XOf(std::max(segment.days.first, scale.first));
  const int width = std::max(1, scale.XOf(segment.days.last + 1) - left);
  const std::optional<int> level = segment.held.level;
  const std::string state = Word(maturity::StateWord(segment.held.state));
  std::string out = absl::StrCat(
      "<g><title>", FormatDay(segment.days.first), " to ", FormatDay(segment.days.last), ": ",
      level ? absl::StrCat("level ", *level, ", ") : "", state,
      segment.held.covered ? "" : ", uncovered", "</title><rect x=\"", left, "\" y=\"", y,
      "\" width=\"", width, "\" height=\"18\" fill=\"", level ? kFills[*level] : "#fff",
      "\" stroke=\"#111\"", level && segment.held.counted ? "" : " stroke-dasharray=\"3 2\"", "/>");
  if (width >= kDigitWidth) {
    absl::StrAppend(&out, "<text x=\"", left + width / 2, "\" y=\"", y + 13,
                    "\" text-anchor=\"middle\" fill=\"", level ? InkOn(*level) : "#111", "\">",
                    level ? absl::StrCat(*level) : "?", "</text>");
  }
  return out + "</g>\n";
}

std::string Years(const Scale& scale, int bottom) {
  std::string out;
  for (auto year = scale.first.year(); year <= scale.last.year(); ++year) {
    const absl::CivilDay day(year, 1, 1);
    if (day < scale.first) continue;
    const int x = scale.XOf(day);
    absl::StrAppend(&out, "<line x1=\"", x, "\" y1=\"", kTop - 14, "\" x2=\"", x, "\" y2=\"",
                    bottom, "\" stroke=\"#999\"/>\n", TextAt(x + 3, kTop - 6, absl::StrCat(year)));
  }
  return out;
}

// Thousandths of the sine of an angle in thousandths of a degree, by Bhaskara's fraction: within
// two thousandths, and the same on every machine.
int64_t Sine(int64_t angle) {
  angle %= 360000;
  if (angle < 0) angle += 360000;
  const bool negative = angle >= 180000;
  if (negative) angle -= 180000;
  const int64_t product = angle * (180000 - angle);
  const int64_t sine = 4000 * product / (int64_t{40500} * 1000000 - product);
  return negative ? -sine : sine;
}

struct Point {
  int x, y;
};

// The place of a level on an axis, the first of which points up; level 0 keeps off the centre,
// where all axes meet.
Point PlaceOf(int axis, int axes, int level) {
  const int64_t angle = int64_t{360000} * axis / axes;
  const int64_t radius = int64_t{kRadius} * (level + 1) / (kLevelMax + 1);
  return {kCentreX + static_cast<int>(radius * Sine(angle) / 1000),
          kCentreY - static_cast<int>(radius * Sine(angle + 90000) / 1000)};
}

std::string Ring(int axes, int level) {
  std::vector<std::string> points;
  for (int axis = 0; axis < axes; ++axis) {
    const Point at = PlaceOf(axis, axes, level);
    points.push_back(absl::StrCat(at.x, ",", at.y));
  }
  const Point top = PlaceOf(0, axes, level);
  return absl::StrCat("<polygon points=\"", absl::StrJoin(points, " "),
                      "\" fill=\"none\" stroke=\"#ccc\"/>\n",
                      TextAt(top.x + 4, top.y - 2, absl::StrCat(level), " font-size=\"9\""));
}

std::string LevelOf(const v1::FocusStanding& standing) {
  if (standing.has_level()) return absl::StrCat("level ", standing.level());
  if (!standing.flags().empty() && standing.flags(0) == kWithheld) return kWithheld;
  return StandingWord(standing);
}

std::string Axis(const v1::FocusStanding& standing, int axis, int axes) {
  const Point end = PlaceOf(axis, axes, kLevelMax);
  std::string out = absl::StrCat("<line x1=\"", kCentreX, "\" y1=\"", kCentreY, "\" x2=\"", end.x,
                                 "\" y2=\"", end.y, "\" stroke=\"#ccc\"/>\n");
  std::string says = absl::StrCat(standing.focus(), ": ", LevelOf(standing));
  if (standing.has_target()) {
    const int level = static_cast<int>(standing.target().level());
    const Point at = PlaceOf(axis, axes, level);
    absl::StrAppend(&out, "<rect x=\"", at.x - 7, "\" y=\"", at.y - 7,
                    "\" width=\"14\" height=\"14\" fill=\"none\" stroke=\"#111\" "
                    "stroke-width=\"2\"/>\n");
    absl::StrAppend(&says, ", target ", level);
  }
  if (standing.has_level()) {
    const Point at = PlaceOf(axis, axes, static_cast<int>(standing.level()));
    absl::StrAppend(&out, "<circle cx=\"", at.x, "\" cy=\"", at.y,
                    "\" r=\"5\" fill=\"#173863\"/>\n");
  }
  const char* const anchor = end.x > kCentreX + 20   ? "start"
                             : end.x < kCentreX - 20 ? "end"
                                                     : "middle";
  const int shift = end.x > kCentreX + 20 ? 8 : end.x < kCentreX - 20 ? -8 : 0;
  // The top axis bears the numbers of the levels as well.
  const int rise = axis == 0 ? -18 : end.y < kCentreY ? -8 : 16;
  return absl::StrCat(out, TextAt(end.x + shift, end.y + rise, says,
                                  absl::StrCat(" text-anchor=\"", anchor, "\"")));
}

// What the drawing shows, for whoever cannot see it.
std::string InWords(const v1::GetStandingsReply& standings) {
  std::vector<std::string> said;
  for (const v1::FocusStanding& standing : standings.standings()) {
    said.push_back(absl::StrCat(standing.focus(), " ", LevelOf(standing)));
  }
  return absl::StrJoin(said, "; ");
}

}  // namespace

std::string TimelineDrawing(const ContractRecord& record) {
  const v1::GetStandingsReply standings = StandingsOf(record);
  std::vector<Timeline> timelines;
  Scale scale{std::min(record.state.registration->starts_on, record.at.as_of), record.at.as_of};
  for (const v1::FocusStanding& standing : standings.standings()) {
    timelines.push_back(BuildTimeline(record.state, standing.focus(), Knowledge{record.at.known},
                                      record.at.as_of, {}));
    const auto& segments = timelines.back().segments;
    if (!segments.empty()) scale.first = std::min(scale.first, segments.front().days.first);
  }
  const int bottom = kTop + kRowHeight * standings.standings_size();
  std::string body = TextAt(10, 24,
                            absl::StrCat(record.state.registration->title, ": levels from ",
                                         FormatDay(scale.first), " to ", FormatDay(scale.last)),
                            " font-size=\"16\"");
  body += Years(scale, bottom);
  int y = kTop;
  for (int i = 0; i < standings.standings_size(); ++i, y += kRowHeight) {
    const std::string& focus = standings.standings(i).focus();
    body += TextAt(10, y + 13, absl::StrCat(focus, " (", LevelOf(standings.standings(i)), ")"));
    if (record.hidden_focuses.contains(focus)) continue;
    for (const Segment& segment : timelines[i].segments) body += Bar(segment, scale, y);
  }
  body += TextAt(kBarsLeft, bottom + 14,
                 "A number is the level held; ? is UNDETERMINED; a broken frame is days that do "
                 "not count.",
                 " font-size=\"10\"");
  int end = bottom + 40;
  body += Source(record, &end);
  return DrawingOf(absl::StrCat("Timeline of ", record.state.contract_id), InWords(standings),
                   end + 6, body);
}

std::string RadarDrawing(const ContractRecord& record) {
  const v1::GetStandingsReply standings = StandingsOf(record);
  const int axes = standings.standings_size();
  std::string body = TextAt(10, 24,
                            absl::StrCat(record.state.registration->title,
                                         ": levels and targets as of ", FormatDay(record.at.as_of)),
                            " font-size=\"16\"");
  if (axes > 0) {
    for (int level = 0; level <= kLevelMax; ++level) body += Ring(axes, level);
  }
  for (int axis = 0; axis < axes; ++axis) body += Axis(standings.standings(axis), axis, axes);
  body += TextAt(10, 630, "A dot is the level held, a square the target; no square is no target.",
                 " font-size=\"10\"");
  int end = 660;
  body += Source(record, &end);
  return DrawingOf(absl::StrCat("Levels and targets of ", record.state.contract_id),
                   InWords(standings), end + 6, body);
}

}  // namespace waymark::exports
