// The tables of evidence, clauses and events.
#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/contract/clause_evaluate.h"
#include "ledger/contract/clause_explanation.h"
#include "ledger/contract/clause_words.h"
#include "ledger/contract/lookup.h"
#include "projections/export/tables.h"
#include "projections/export/words.h"
#include "projections/maturity/answer_words.h"

namespace waymark::exports {
namespace {

const char* PayloadWord(KnownEvent::Payload payload) {
  if (payload == KnownEvent::Payload::kTold) return "TOLD";
  return payload == KnownEvent::Payload::kErased ? "ERASED" : kWithheld;
}

// What the clause says, and the digest of the record that explains it.
Row SaidRow(const ContractRecord& record, const v1::Clause& clause) {
  if (record.hidden_clauses.contains(clause.clause_id())) return {kWithheld, "", Cell(), ""};
  const Evaluation said = EvaluateClause(record.state, clause, record.at.as_of, record.at.known);
  const std::string explanation = ExplainEvaluation(
      record.state, clause, {record.at.as_of, record.at.known, record.root}, said);
  // Explained without what is withheld it would be another record than that of the parties.
  const bool whole = record.withheld.empty();
  return {Word(said.outcome), absl::StrJoin(FlagWords(said.flags), " "), said.earliest_if_held,
          whole ? Hex(record.hash(explanation)) : kWithheld};
}

}  // namespace

Table EvidenceTable(const ContractRecord& record) {
  Table table{
      "Evidence register",
      {"Evidence", "Type", "Subtype", "Focuses", "Submitted by", "Position", "Recorded",
       "Recorded local", "Due", "In time", "Valid from", "Valid to", "Status", "Artefact SHA-256"},
      {}};
  // By position: the state's own order is no order.
  std::vector<const EvidenceItem*> items;
  for (const auto& [id, item] : record.state.evidence) items.push_back(&item);
  std::sort(items.begin(), items.end(), [](const EvidenceItem* a, const EvidenceItem* b) {
    return a->known.position < b->known.position;
  });
  for (const EvidenceItem* const item : items) {
    const v1::EvidenceStanding word = maturity::ToEvidenceStanding(
        *item, record.at.known, record.at.as_of, record.state.time_zone);
    table.rows.push_back({word.evidence_id(), Word(word.evidence_type()), Word(word.subtype()),
                          absl::StrJoin(word.focuses(), " "), word.submitted_by(),
                          Cell::Number(word.position()), DayIn(true, word.recorded_civil_day()),
                          word.recorded_local(), DayIn(word.has_due(), word.due()),
                          !word.has_in_time() ? ""
                          : word.in_time()    ? "YES"
                                              : "LATE",
                          DayIn(word.has_valid_from(), word.valid_from()),
                          DayIn(word.has_valid_to(), word.valid_to()), word.status(),
                          Hex(item->artefact)});
  }
  return table;
}

Table ClausesTable(const ContractRecord& record) {
  Table table{"Clauses",
              {"Clause", "Version", "Kind", "Effect", "Words", "As encoded", "Outcome", "Flags",
               "Earliest if held", "Explanation SHA-256", "Position"},
              {}};
  for (const auto& [id, versions] : record.state.clauses) {
    const ClauseVersion* const version =
        FindClause(record.state, id, record.at.as_of, Knowledge{record.at.known});
    if (version == nullptr) continue;
    const v1::Clause& clause = version->clause;
    Row row = {id,
               Cell::Number(clause.version()),
               Word(clause.kind()),
               Word(clause.effect()),
               clause.words(),
               absl::StrJoin(ClauseInWords(clause), "\n")};
    const Row said = SaidRow(record, clause);
    row.insert(row.end(), said.begin(), said.end());
    row.push_back(Cell::Number(version->known.position.value));
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table HashesTable(const ContractRecord& record) {
  Table table{"Hashes",
              {"Position", "Type", "Recorded at", "Leaf hash", "Payload commitment", "Payload"},
              {}};
  for (const KnownEvent& event : record.events) {
    table.rows.push_back({Cell::Number(event.position.value), event.type,
                          InstantText(event.recorded_at), Hex(event.leaf_hash),
                          Hex(event.commitment), PayloadWord(event.payload)});
  }
  return table;
}

Table EventsTable(const ContractRecord& record) {
  Table table{"Events",
              {"Position", "Type", "Recorded at", "Recorded on", "Focuses", "Party", "Role",
               "Marking", "Payload", "Leaf hash", "Payload commitment"},
              {}};
  for (const KnownEvent& event : record.events) {
    table.rows.push_back({Cell::Number(event.position.value), event.type,
                          InstantText(event.recorded_at), event.recorded_on, event.focuses,
                          event.party, event.role, event.marking, PayloadWord(event.payload),
                          Hex(event.leaf_hash), Hex(event.commitment)});
  }
  return table;
}

}  // namespace waymark::exports
