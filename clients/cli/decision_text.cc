#include "clients/cli/decision_text.h"

#include <iostream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/command.h"
#include "clients/cli/evaluation_text.h"

namespace waymark::cli {
namespace {

void Line(absl::string_view name, const std::string& text) {
  constexpr size_t kNameCells = 16;
  std::cout << "  " << name << std::string(kNameCells - name.size(), ' ') << Printable(text)
            << "\n";
}

std::string Days(bool present, const v1::Period& period) {
  return absl::StrCat(Day(present, period.first()), " to ", Day(present, period.last()));
}

void PrintOffer(const v1::DecisionStanding& offer) {
  Line("offers", Days(offer.has_offered(), offer.offered()));
  Line("answer by", Day(offer.has_respond_by(), offer.respond_by()));
  if (offer.has_answered_at()) Line("answered", absl::StrCat("at position ", offer.answered_at()));
  if (offer.has_ended_at()) Line("ended", absl::StrCat("at position ", offer.ended_at()));
  if (offer.has_extended_at()) Line("extended", absl::StrCat("at position ", offer.extended_at()));
}

void PrintChoice(const v1::DecisionStanding& decision) {
  if (decision.has_amount()) Line("amount", Pounds(true, decision.amount()));
  if (decision.has_fraction()) {
    Line("fraction", absl::StrCat(decision.fraction().num(), "/", decision.fraction().den()));
  }
  Line("recommended by", decision.proposer());
  Line("decided by", decision.decider());
  if (!decision.reason().empty()) Line("reason", decision.reason());
}

}  // namespace

std::string Pounds(bool present, const v1::Money& money) {
  if (!present) return "–";
  const uint64_t pence = money.pence() < 0 ? 0 - static_cast<uint64_t>(money.pence())
                                           : static_cast<uint64_t>(money.pence());
  return absl::StrCat(money.pence() < 0 ? "-" : "", "£", Thousands(pence / 100), ".",
                      absl::Dec(pence % 100, absl::kZeroPad2));
}

std::string KindOf(const v1::DecisionStanding& decision) {
  if (decision.kind() == v1::DECISION_KIND_EXTENSION_OFFER) return "OFFER";
  return Word(decision.kind());
}

Text ChoiceOf(const v1::DecisionStanding& decision) {
  if (decision.kind() == v1::DECISION_KIND_EXTENSION_OFFER) {
    const bool open = decision.offer_state() == v1::OFFER_STATE_OPEN ||
                      decision.offer_state() == v1::OFFER_STATE_UNANSWERED;
    return {Word(decision.offer_state()), open ? Colour::kYellow : Colour::kNone};
  }
  return Word(decision.choice());
}

Text FlagsOf(const v1::DecisionStanding& decision) {
  std::vector<std::string> flags(decision.flags().begin(), decision.flags().end());
  if (decision.disputed()) flags.push_back("DISPUTED");
  if (decision.to_review()) flags.push_back("TO_REVIEW");
  return {absl::StrJoin(flags, " "), Colour::kYellow};
}

void PrintDecision(const v1::DecisionStanding& decision) {
  const Text choice = ChoiceOf(decision);
  std::cout << Paint(KindOf(decision), Colour::kBold) << " under clause "
            << Paint(Printable(decision.clause_id()), Colour::kBold) << ": "
            << Paint(choice.value, choice.colour);
  const Text flags = FlagsOf(decision);
  if (!flags.value.empty()) std::cout << "  " << Paint(flags.value, flags.colour);
  std::cout << "\n";
  Line("recorded", absl::StrCat(Day(decision.has_recorded_on(), decision.recorded_on()),
                                ", at position ", decision.position()));
  if (decision.kind() == v1::DECISION_KIND_EXTENSION_OFFER) {
    PrintOffer(decision);
  } else {
    PrintChoice(decision);
  }
  for (const v1::CarriedOut& act : decision.carried_out()) {
    Line("carried out", absl::StrCat(Word(act.act()), " ", Pounds(act.has_amount(), act.amount()),
                                     " on ", Day(act.has_effective_on(), act.effective_on()), ", ",
                                     act.reference(), ", at position ", act.position()));
  }
  for (const v1::BasisChangeStanding& change : decision.basis_changes()) {
    Line("basis changed", absl::StrCat(NameOf(change.outcome_before()), " -> ",
                                       NameOf(change.outcome_after()), " by the event at position ",
                                       change.cause(), ", noted at position ", change.position()));
  }
  for (const v1::ReviewStanding& review : decision.reviews()) {
    Line("reviewed", absl::StrCat(Word(review.outcome()), ", at position ", review.position()));
  }
}

}  // namespace waymark::cli
