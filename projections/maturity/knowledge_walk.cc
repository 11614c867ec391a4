#include "projections/maturity/knowledge_walk.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/message.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/contract/clause_evaluate.h"
#include "ledger/contract/lookup.h"
#include "ledger/contract/rule_tree.h"
#include "projections/maturity/answer_words.h"
#include "projections/maturity/standings.h"
#include "waymark/v1/event.pb.h"

namespace waymark::maturity {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Types that neither a standing nor a clause reads: who acts, what is said about the record, and
// what was decided on it. Every other type is asked behind.
bool IsReadByNone(const Descriptor* type) {
  static const auto* const kTypes = new absl::flat_hash_set<const Descriptor*>({
      v1::AnnualPlanAdopted::descriptor(),    v1::AssentRecorded::descriptor(),
      v1::AssessmentModerated::descriptor(),  v1::AssessmentRecorded::descriptor(),
      v1::BoardMatterRecorded::descriptor(),  v1::BoardMeetingHeld::descriptor(),
      v1::ClauseEvaluated::descriptor(),      v1::ClientOverviewReportIssued::descriptor(),
      v1::CommitmentRecorded::descriptor(),   v1::ConflictRecorded::descriptor(),
      v1::DecisionBasisChanged::descriptor(), v1::DecisionCarriedOut::descriptor(),
      v1::DecisionReviewed::descriptor(),     v1::DelegationChanged::descriptor(),
      v1::ExtensionAnswered::descriptor(),    v1::ExtensionOfferEnded::descriptor(),
      v1::ExtensionOffered::descriptor(),     v1::LegalHoldChanged::descriptor(),
      v1::RepresentationMade::descriptor(),   v1::RewardDecided::descriptor(),
      v1::SanctionDecided::descriptor(),
  });
  return kTypes->contains(type);
}

// Of each position, the focuses whose facts it brought.
std::map<Position, std::set<std::string>> FocusesByPosition(const ContractState& state) {
  std::map<Position, std::set<std::string>> about;
  for (const auto& [code, history] : state.focuses) {
    const auto note = [&about, &focus = code](const auto& facts) {
      for (const auto& fact : facts) about[fact.known.position].insert(focus);
    };
    note(history.determinations);
    note(history.supersessions);
    note(history.gap_explanations);
    note(history.targets);
    note(history.conditions);
    for (const Determination& determination : history.determinations) {
      for (const EvidenceCitation& citation : determination.evidence) {
        const auto item = state.evidence.find(citation.evidence_id);
        if (!citation.mandatory || item == state.evidence.end()) continue;
        about[item->second.known.position].insert(code);
        note(item->second.verifications);
        note(item->second.changes);
      }
    }
  }
  return about;
}

// A set in words can be any of the contract's, by the matrix of whichever day is asked about.
void AddNamed(const v1::Rule& rule, std::optional<std::set<std::string>>* focuses) {
  const v1::FocusSet* const set = FocusesOf(rule);
  if (rule.has_category_mean() || (set != nullptr && !set->word().empty())) focuses->reset();
  if (!*focuses) return;
  if (set != nullptr) (*focuses)->insert(set->focuses().begin(), set->focuses().end());
  if (const std::string* focus = FocusOf(rule); focus != nullptr) (*focuses)->insert(*focus);
  for (const v1::FocusWeight& weight : rule.weighted_mean().weights()) {
    (*focuses)->insert(weight.focus());
  }
  for (const InnerRule& inner : InnerRules(rule)) AddNamed(*inner.rule, focuses);
}

std::optional<std::set<std::string>> FocusesNamed(const v1::Clause& clause) {
  std::optional<std::set<std::string>> focuses(std::in_place);
  if (clause.has_quantity()) focuses->insert(clause.quantity().pro_rata().focus());
  if (clause.has_rule()) AddNamed(clause.rule(), &focuses);
  return focuses;
}

bool Meet(const std::optional<std::set<std::string>>& reads,
          const std::optional<std::set<std::string>>& about) {
  if (!reads || !about) return true;
  return std::any_of(about->begin(), about->end(),
                     [&](const std::string& focus) { return reads->contains(focus); });
}

// The message with that field alone.
std::string BytesOf(const Message& message, const FieldDescriptor* field) {
  const std::unique_ptr<Message> copy(message.New()), alone(message.New());
  copy->CopyFrom(message);
  copy->GetReflection()->SwapFields(copy.get(), alone.get(), {field});
  return alone->SerializeAsString();
}

// Names of the fields in which two answers differ.
std::set<std::string> ChangedFields(const Message& before, const Message& after) {
  std::set<std::string> names;
  if (before.SerializeAsString() == after.SerializeAsString()) return names;
  const Descriptor& type = *before.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* const field = type.field(i);
    if (BytesOf(before, field) != BytesOf(after, field)) names.insert(field->name());
  }
  return names;
}

std::set<std::string> ChangedIn(const v1::FocusStanding& before, const v1::FocusStanding& after) {
  std::set<std::string> names = ChangedFields(before, after);
  const v1::Span& then = before.numbers().sustained();
  const v1::Span& now = after.numbers().sustained();
  if (then.since().SerializeAsString() != now.since().SerializeAsString()) names.insert("since");
  return names;
}

std::set<std::string> ChangedIn(const v1::EvaluateClauseReply& before,
                                const v1::EvaluateClauseReply& after) {
  return ChangedFields(before, after);
}

}  // namespace

KnowledgeWalk::KnowledgeWalk(const ContractState& state, absl::CivilDay as_of, TreeSize before,
                             TreeSize after)
    : state_(state), as_of_(as_of), before_(before), after_(after) {
  AddSteps();
}

void KnowledgeWalk::AddSteps() {
  std::map<Position, std::set<std::string>> about = FocusesByPosition(state_);
  const auto lies_between = [this](Position position) {
    return position.value >= before_.value && position.value < after_.value;
  };
  for (const EventMark& mark : state_.events) {
    if (!lies_between(mark.position) || IsReadByNone(mark.type)) continue;
    const auto focuses = about.find(mark.position);
    steps_.push_back({mark.position, focuses == about.end() ? Focuses() : focuses->second});
    if (focuses != about.end()) about.erase(focuses);
  }
  // What became of evidence is no event of the state's own.
  for (auto& [position, focuses] : about) {
    if (lies_between(position)) steps_.push_back({position, std::move(focuses)});
  }
  std::sort(steps_.begin(), steps_.end(),
            [](const Step& a, const Step& b) { return a.position < b.position; });
}

absl::Status KnowledgeWalk::Spend(int64_t answers) {
  answers_ += answers;
  if (answers_ <= kDiffAnswersMax) return absl::OkStatus();
  return Refuse(
      {absl::StatusCode::kFailedPrecondition, "DIFF_TOO_WIDE",
       absl::StrCat("before: too much happened since to be explained in ", kDiffAnswersMax,
                    " answers; ask about one focus or one clause, or a shorter time"),
       -1, "before"});
}

template <typename Answer>
absl::StatusOr<std::optional<KnowledgeWalk::Difference<Answer>>> KnowledgeWalk::Walk(
    absl::FunctionRef<Said<Answer>(TreeSize known)> ask) {
  RETURN_IF_ERROR(Spend(2));
  Said<Answer> said = ask(before_);
  Difference<Answer> difference{said.answer, ask(after_).answer, {}};
  if (ChangedIn(difference.before, difference.after).empty()) {
    return std::optional<Difference<Answer>>();
  }
  for (const Step& step : steps_) {
    if (!Meet(said.reads, step.about)) continue;
    RETURN_IF_ERROR(Spend(1));
    Said<Answer> next = ask(SizeThrough(step.position));
    const std::set<std::string> changed = ChangedIn(said.answer, next.answer);
    if (!changed.empty()) {
      v1::DifferenceCause* const cause = difference.causes.Add();
      cause->set_position(step.position.value);
      for (const std::string& name : changed) cause->add_changed(name);
    }
    said = std::move(next);
  }
  return std::optional<Difference<Answer>>(std::move(difference));
}

absl::StatusOr<std::optional<v1::FocusDifference>> KnowledgeWalk::CompareFocus(
    const std::string& focus) {
  ASSIGN_OR_RETURN(auto found, Walk<v1::FocusStanding>([&](TreeSize known) {
                     return Said<v1::FocusStanding>{StandingOf(state_, focus, {as_of_, known}),
                                                    std::set<std::string>{focus}};
                   }));
  if (!found) return std::optional<v1::FocusDifference>();
  v1::FocusDifference word;
  word.set_focus(focus);
  *word.mutable_before() = std::move(found->before);
  *word.mutable_after() = std::move(found->after);
  *word.mutable_causes() = std::move(found->causes);
  return std::optional<v1::FocusDifference>(std::move(word));
}

KnowledgeWalk::Said<v1::EvaluateClauseReply> KnowledgeWalk::AskClause(const std::string& clause_id,
                                                                      TreeSize known) const {
  Said<v1::EvaluateClauseReply> said{{}, std::set<std::string>()};
  const ClauseVersion* const version = FindClause(state_, clause_id, as_of_, Knowledge{known});
  if (version == nullptr) return said;
  SetSaid(version->clause, EvaluateClauseOnDay(state_, version->clause, as_of_, known),
          &said.answer);
  said.reads = FocusesNamed(version->clause);
  return said;
}

absl::StatusOr<std::optional<v1::ClauseDifference>> KnowledgeWalk::CompareClause(
    const std::string& clause_id) {
  ASSIGN_OR_RETURN(auto found, Walk<v1::EvaluateClauseReply>(
                                   [&](TreeSize known) { return AskClause(clause_id, known); }));
  if (!found) return std::optional<v1::ClauseDifference>();
  v1::ClauseDifference word;
  word.set_clause_id(clause_id);
  word.set_before(found->before.outcome());
  word.set_after(found->after.outcome());
  *word.mutable_causes() = std::move(found->causes);
  return std::optional<v1::ClauseDifference>(std::move(word));
}

}  // namespace waymark::maturity
