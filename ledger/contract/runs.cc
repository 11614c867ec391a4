#include "ledger/contract/runs.h"

#include <algorithm>
#include <cstddef>

#include "ledger/base/check.h"
#include "ledger/contract/months.h"

namespace waymark {
namespace {

enum class Kind { kCounted, kPaused, kOffSide, kUndetermined };

// Neighbouring days of one kind. Neighbouring stretches differ in kind.
struct Stretch {
  DayRange days;
  Kind kind;
  // Every day counts; only for kOffSide.
  bool all_counted;
};

bool IsOnSide(int level, const RunQuestion& question) {
  switch (question.side) {
    case LevelSide::kAtOrAbove:
      return level >= question.level;
    case LevelSide::kBelow:
      return level < question.level;
    case LevelSide::kExactly:
      return level == question.level;
  }
  return false;
}

Kind KindOf(const HeldDay& held, const RunQuestion& question) {
  if (!held.level) return Kind::kUndetermined;
  if (!IsOnSide(*held.level, question)) return Kind::kOffSide;
  return held.counted ? Kind::kCounted : Kind::kPaused;
}

int LengthOf(const DayRange& days) { return DaysFromTo(days.first, days.last); }

// The stretches of a timeline up to a day, and which of them make one run.
class Stretches {
 public:
  Stretches(const std::vector<Segment>& segments, absl::CivilDay as_of, const RunQuestion& question)
      : grace_days_(question.grace_days) {
    for (const Segment& segment : segments) {
      if (segment.days.first > as_of) break;
      const absl::CivilDay last = std::min(segment.days.last, as_of);
      const Kind kind = KindOf(segment.held, question);
      if (!stretches_.empty() && stretches_.back().kind == kind) {
        stretches_.back().days.last = last;
        stretches_.back().all_counted &= segment.held.counted;
      } else {
        stretches_.push_back({{segment.days.first, last}, kind, segment.held.counted});
      }
    }
  }

  size_t size() const { return stretches_.size(); }
  const Stretch& operator[](size_t i) const { return stretches_[i]; }

  bool IsRun(size_t i) const {
    return stretches_[i].kind == Kind::kCounted || stretches_[i].kind == Kind::kPaused;
  }

  bool IsBridged(size_t i) const {
    return i > 0 && i + 1 < size() && stretches_[i].kind == Kind::kOffSide &&
           stretches_[i].all_counted && LengthOf(stretches_[i].days) <= grace_days_ &&
           stretches_[i - 1].kind == Kind::kCounted && stretches_[i + 1].kind == Kind::kCounted;
  }

  // First stretch of the run that stretch `last` belongs to, holes and bridges included. REQUIRES:
  // IsRun(last).
  size_t FirstOfRun(size_t last) const {
    size_t first = last;
    while (first > 0) {
      if (IsRun(first - 1)) {
        --first;
      } else if (IsBridged(first - 1)) {
        first -= 2;
      } else {
        break;
      }
    }
    return first;
  }

  // The unbroken counted days that end with stretch `last`, over bridges. REQUIRES: `last` is
  // counted.
  Span SpanEndingWith(size_t last) const {
    size_t first = last;
    int net_days = LengthOf(stretches_[last].days);
    while (first > 0 && IsBridged(first - 1)) {
      first -= 2;
      net_days += LengthOf(stretches_[first].days);
    }
    Span span = SpanOf(stretches_[first].days.first, stretches_[last].days.last);
    span.net_days = net_days;
    return span;
  }

 private:
  const int grace_days_;
  std::vector<Stretch> stretches_;
};

// What the run that lasts on the last day says. REQUIRES: the last stretch is a run.
void DescribePresentRun(const Stretches& stretches, RunFacts& facts) {
  const size_t last = stretches.size() - 1;
  const size_t first = stretches.FirstOfRun(last);
  facts.held_since = stretches[first].days.first;
  facts.counted_days = 0;
  for (size_t i = first; i <= last; ++i) {
    if (stretches[i].kind == Kind::kCounted) *facts.counted_days += LengthOf(stretches[i].days);
  }
  if (stretches[last].kind == Kind::kCounted) {
    facts.run = stretches.SpanEndingWith(last);
    return;
  }
  facts.paused_since = stretches[last].days.first;
  // What stood before the pause belongs to the run only if it touches it.
  if (last > first && stretches[last - 1].kind == Kind::kCounted) {
    facts.run = stretches.SpanEndingWith(last - 1);
  }
}

void FindLastRun(const Stretches& stretches, RunFacts& facts) {
  for (size_t i = stretches.size(); i-- > 0;) {
    if (stretches[i].kind != Kind::kCounted) continue;
    facts.last_run = stretches.SpanEndingWith(i);
    return;
  }
}

void ListLapses(const Stretches& stretches, RunFacts& facts) {
  bool after_a_run = false;
  for (size_t i = 0; i < stretches.size(); ++i) {
    const DayRange& days = stretches[i].days;
    Lapse lapse{days.first, days.last, LengthOf(days), stretches.IsBridged(i)};
    if (i + 1 == stretches.size()) lapse.last.reset();
    if (stretches[i].kind == Kind::kUndetermined) {
      facts.undetermined.push_back(lapse);
    } else if (stretches[i].kind == Kind::kOffSide) {
      if (after_a_run) facts.lapses.push_back(lapse);
    } else {
      after_a_run = true;
    }
  }
}

}  // namespace

Span SpanOf(absl::CivilDay since, absl::CivilDay through) {
  const int days = DaysFromTo(since, through);
  return {since, through, CompleteMonths(since, through), days, days};
}

RunFacts FindRuns(const std::vector<Segment>& segments, absl::CivilDay as_of,
                  const RunQuestion& question) {
  RunFacts facts;
  const Stretches stretches(segments, as_of, question);
  if (stretches.size() == 0) return facts;
  for (size_t i = 0; i < stretches.size(); ++i) {
    if (stretches[i].kind == Kind::kCounted) facts.cumulative_days += LengthOf(stretches[i].days);
  }
  if (stretches.IsRun(stretches.size() - 1)) {
    DescribePresentRun(stretches, facts);
  } else {
    FindLastRun(stretches, facts);
  }
  ListLapses(stretches, facts);
  return facts;
}

bool CountsFor(const HeldDay& held, const RunQuestion& question) {
  return KindOf(held, question) == Kind::kCounted;
}

DayCounts CountDays(const std::vector<Segment>& segments, DayRange window,
                    const RunQuestion& question) {
  WAYMARK_CHECK(window.first <= window.last);
  DayCounts counts;
  counts.unknown = LengthOf(window);
  for (const Segment& segment : segments) {
    const int days = DaysFromTo(std::max(segment.days.first, window.first),
                                std::min(segment.days.last, window.last));
    if (!segment.held.level || !segment.held.counted) continue;
    (CountsFor(segment.held, question) ? counts.on_side : counts.off_side) += days;
    counts.unknown -= days;
  }
  return counts;
}

}  // namespace waymark
