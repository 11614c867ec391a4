// This header defines what the leaves of a rule say on one day: each reads some days of one focus
// or of several, and answers with an outcome, the values it found, and what it rests on.
//
//   LeafReader reader(&record, /*detailed=*/true);
//   NodeResult leaf = reader.Answer(rule, "PI-CS", day);
//   leaf.outcome, leaf.values.Canonical()     // {"level":3,"months":6,"since":"2024-10-01",...}
//
// How the rules are read where their words leave room:
// - NET shortens a run by its bridged days and counts months from the run's first day.
// - A level held is one that is on record, STALE or not: it can break or restore what `cure` asks.
//   level_at_least and the means alone ask for a level that is known, so not STALE.
// - A lapse counts whether or not grace bridges it.
// - A bridged lapse is the only day below the level that `sustained` counts.
#ifndef WAYMARK_LEDGER_CONTRACT_CLAUSE_LEAVES_H_
#define WAYMARK_LEDGER_CONTRACT_CLAUSE_LEAVES_H_

#include <set>
#include <string>
#include <vector>

#include "ledger/contract/clause_record.h"
#include "ledger/contract/exact_ratio.h"
#include "ledger/contract/json_value.h"
#include "waymark/v1/clause.pb.h"

namespace waymark {

struct DaysRead {
  std::string focus;
  DayRange days;
};

struct NodeResult {
  // Within the clause, such as "rule.all[1]".
  std::string path;
  // As the rule names it; "pro_rata" for the quantity.
  absl::string_view kind;
  bool is_leaf = false;
  // Of a leaf about one focus, and of all below a member of a set.
  std::string focus;
  // Day as at which it was evaluated.
  absl::CivilDay day;
  v1::ClauseOutcome outcome = v1::CLAUSE_OUTCOME_INDETERMINATE;
  // An object; empty unless in detail, as are the three below.
  Json values = Json::Object();
  std::vector<DaysRead> reads;
  // Determinations that hold a day read, notices and steps.
  std::set<Position> positions;
  bool evidence_expired = false;
  // A determination it rests on is in an open dispute.
  bool disputed = false;
  std::vector<NodeResult> inner;
};

// Not synchronised. The record must outlive it.
class LeafReader {
 public:
  LeafReader(ClauseRecord* record, bool detailed) : record_(*record), detailed_(detailed) {}

  // REQUIRES: a leaf of a rule that passed its checks; the focus it is about, if it is about one.
  NodeResult Answer(const v1::Rule& rule, const std::string& focus, absl::CivilDay day);
  // The part of a contract year, and what it would come to.
  NodeResult Answer(const v1::ProRata& quantity, absl::CivilDay day);

 private:
  struct Weight {
    std::string focus;
    int64_t weight;
  };
  void Level(const v1::LevelRule& rule, NodeResult* leaf);
  void Sustained(const v1::SustainedRule& rule, NodeResult* leaf);
  void Cumulative(const v1::CumulativeRule& rule, NodeResult* leaf);
  void Lapses(const v1::LapsesRule& rule, NodeResult* leaf);
  void Mean(const std::vector<Weight>& weights, const v1::Rational& at_least, NodeResult* leaf);
  void Cure(const v1::CureRule& rule, NodeResult* leaf);
  void Finish(NodeResult* leaf) const;
  // Notes that the leaf rests on these days.
  void Read(const std::string& focus, DayRange days, NodeResult* leaf);
  // What is held on the leaf's day.
  HeldDay HeldOn(const std::string& focus, absl::CivilDay day);
  // Counts of a window of which the days after the leaf's are not known.
  DayCounts Count(const DayRange& window, const RunQuestion& question, const NodeResult& leaf);

  ClauseRecord& record_;
  const bool detailed_;
};

// A day as values hold it, null where it is absent.
Json DayValue(const std::optional<absl::CivilDay>& day);
Json DaysValue(const DayRange& days);

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_CLAUSE_LEAVES_H_
