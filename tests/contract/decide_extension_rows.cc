// Extensions: offered, answered, ended, carried out.

#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;

constexpr v1::ClauseOutcome kYes = v1::CLAUSE_OUTCOME_SATISFIED;

// The authority assents to the offer as it stands.
void Assent(World& world, const v1::ExtensionOffered& event) {
  world.AssentTo(FakeHash(event.SerializeAsString()), "X");
}

// Under the extension clause X1, evaluated just now.
v1::ExtensionOffered Offering(World& world, const std::string& id = "O1",
                              v1::ClauseOutcome outcome = kYes) {
  if (world.state().clauses.count("X1") == 0) {
    world.Must(world.ClauseSet("X1", v1::CLAUSE_KIND_EXTENSION));
  }
  return world.Offering(id, "X1", world.Must(world.Evaluation("X1", outcome)));
}

void Offer(World& world, const std::string& id = "O1") {
  const v1::ExtensionOffered event = Offering(world, id);
  Assent(world, event);
  world.Must(event);
}

v1::ExtensionAnswered Answering(v1::ExtensionAnswer answer, const std::string& id = "O1") {
  auto event = MakeEvent<v1::ExtensionAnswered>("P", v1::ROLE_PRD);
  event.set_offer_id(id);
  event.set_answer(answer);
  event.set_clause_id("X1");
  if (answer == v1::EXTENSION_ANSWER_COUNTER_PROPOSED) event.set_conditions(SomeDigest());
  return event;
}

v1::ExtensionOfferEnded EndOf(const World& world, v1::OfferEndCause cause,
                              const std::string& id = "O1") {
  auto event = cause == v1::OFFER_END_CAUSE_LAPSED
                   ? MakeEvent<v1::ExtensionOfferEnded>("operator", v1::ROLE_SYS)
                   : MakeEvent<v1::ExtensionOfferEnded>("X", v1::ROLE_DEC);
  event.set_offer_id(id);
  event.set_cause(cause);
  *event.mutable_effective_on() = ToDate(world.today());
  return event;
}

v1::ServicePeriodExtended Extending(const std::string& id = "O1", Day end = Day(2032, 3, 31)) {
  auto event = MakeEvent<v1::ServicePeriodExtended>("X", v1::ROLE_DEC);
  event.set_offer_id(id);
  *event.mutable_new_end() = ToDate(end);
  event.set_instrument("deed of variation 3");
  return event;
}

// ---- Offers ----

Play Offered(void (*spoil)(v1::ExtensionOffered*), v1::ClauseOutcome outcome = kYes) {
  return [=](World& world) {
    v1::ExtensionOffered event = Offering(world, "O1", outcome);
    spoil(&event);
    Assent(world, event);
    return world.Append(event);
  };
}

// A second offer, after something that became of the first.
Play OfferedAgain(void (*happens)(World&)) {
  return [=](World& world) {
    Offer(world);
    happens(world);
    const v1::ExtensionOffered event = Offering(world, "O2");
    Assent(world, event);
    return world.Append(event);
  };
}

// Of what follows two years that were agreed.
Play OfferedNext(Day first, Day last) {
  return [=](World& world) {
    Offer(world);
    world.Must(Answering(v1::EXTENSION_ANSWER_ACCEPTED));
    world.Must(Extending());
    v1::ExtensionOffered event = Offering(world, "O2");
    SetDays(first, last, event.mutable_period());
    Assent(world, event);
    return world.Append(event);
  };
}

std::vector<DecideRow> Offers() {
  using M = v1::ExtensionOffered;
  return {
      Accepts<M>("as the clause allows", Offered([](M*) {})),
      Accepts<M>("up to the latest end, to be answered today", Offered([](M* event) {
                   event->mutable_period()->mutable_last()->set_year(2034);
                   *event->mutable_respond_by() = ToDate(Day(2024, 7, 15));
                 })),
      Accepts<M>("though the clause is not satisfied",
                 Offered([](M*) {}, v1::CLAUSE_OUTCOME_INDETERMINATE), {"AGAINST_OUTCOME"}),
      Accepts<M>("after the first was declined", OfferedAgain([](World& world) {
                   world.Must(Answering(v1::EXTENSION_ANSWER_DECLINED));
                 })),
      Accepts<M>("after the first was withdrawn", OfferedAgain([](World& world) {
                   world.Must(EndOf(world, v1::OFFER_END_CAUSE_WITHDRAWN));
                 })),
      Accepts<M>("after nobody answered in time",
                 OfferedAgain([](World& world) { world.SetToday(world.today() + 31); })),
      Accepts<M>("of the years after an extension", OfferedNext(Day(2032, 4, 1), Day(2034, 3, 31))),
      Accepts<M>("as each of two authorities agreed",
                 [](World& world) {
                   world.Must(world.ClauseSet("X1", v1::CLAUSE_KIND_EXTENSION));
                   world.Must(world.PartyChange("Y", v1::PARTY_CHANGE_ADDED));
                   const M event = Offering(world);
                   Assent(world, event);
                   world.AssentTo(FakeHash(event.SerializeAsString()), "Y");
                   return world.Append(event);
                 }),
      Refuses<M>("BEYOND_LATEST_END", Offered([](M* event) {
                   *event->mutable_period()->mutable_last() = ToDate(Day(2034, 4, 1));
                 })),
      Refuses<M>("RESPOND_BY_PAST", Offered([](M* event) {
                   *event->mutable_respond_by() = ToDate(Day(2024, 7, 14));
                 })),
      Refuses<M>("EVALUATION_MISSING", Offered([](M* event) { event->clear_evaluation(); })),
      Refuses<M>("ASSENT_MISSING", [](World& world) { return world.Append(Offering(world)); }),
      Refuses<M>(
          "ASSENT_MISSING",
          [](World& world) {
            M event = Offering(world);
            Assent(world, event);
            *event.mutable_respond_by() = ToDate(world.today() + 60);
            return world.Append(event);
          },
          "to another offer"),
      Refuses<M>(
          "ASSENT_MISSING",
          [](World& world) {
            world.Must(world.ClauseSet("X1", v1::CLAUSE_KIND_EXTENSION));
            world.Must(world.PartyChange("Y", v1::PARTY_CHANGE_ADDED));
            const M event = Offering(world);
            Assent(world, event);
            return world.Append(event);
          },
          "of one authority of two"),
      Refuses<M>("CLAUSE_KIND_MISMATCH",
                 [](World& world) {
                   world.Must(world.ClauseSet("X1", v1::CLAUSE_KIND_REWARD));
                   const M event = Offering(world);
                   Assent(world, event);
                   return world.Append(event);
                 }),
      Refuses<M>("REF_UNKNOWN", Offered([](M* event) { event->set_clause_id("K9"); })),
      Refuses<M>("PERIOD_NOT_NEXT", Offered([](M* event) {
                   *event->mutable_period()->mutable_first() = ToDate(Day(2030, 4, 2));
                 })),
      Refuses<M>("PERIOD_NOT_NEXT", OfferedNext(Day(2030, 4, 1), Day(2032, 3, 31)),
                 "extended already"),
      Refuses<M>("ALREADY_ENDED",
                 [](World& world) {
                   const M event = Offering(world);
                   Assent(world, event);
                   world.Must(world.Ending(v1::END_CAUSE_TERMINATED));
                   return world.Append(event);
                 }),
      Refuses<M>("OFFER_ID_USED",
                 [](World& world) {
                   Offer(world);
                   world.Must(Answering(v1::EXTENSION_ANSWER_DECLINED));
                   const M event = Offering(world);
                   Assent(world, event);
                   return world.Append(event);
                 }),
      Refuses<M>("OFFER_STILL_OPEN", OfferedAgain([](World&) {})),
      Refuses<M>("REASON_MISSING",
                 Offered([](M* event) { event->mutable_common()->clear_reason(); },
                         v1::CLAUSE_OUTCOME_NOT_SATISFIED)),
      Accepts<M>("without a reason, as it came out",
                 Offered([](M* event) { event->mutable_common()->clear_reason(); })),
      Refuses<M>("FIELD_MISSING",
                 Offered([](M* event) { event->mutable_common()->clear_governance(); })),
      Refuses<M>("FIELD_MISSING", Offered([](M* event) { event->clear_terms(); }), "no terms"),
      Refuses<M>("ROLE_NOT_ALLOWED",
                 Offered([](M* event) { event->mutable_common()->set_role(v1::ROLE_CM); })),
  };
}

// ---- Answers ----

// So many days after the offer, which is to be answered in 30.
Play Answered(
    int days, v1::ExtensionAnswer answer,
    void (*spoil)(v1::ExtensionAnswered*) = [](v1::ExtensionAnswered*) {}) {
  return [=](World& world) {
    Offer(world);
    world.SetToday(world.today() + days);
    v1::ExtensionAnswered event = Answering(answer);
    spoil(&event);
    return world.Append(event);
  };
}

std::vector<DecideRow> Answers() {
  using M = v1::ExtensionAnswered;
  constexpr v1::ExtensionAnswer kAccepted = v1::EXTENSION_ANSWER_ACCEPTED;
  return {
      Accepts<M>("accepted", Answered(0, kAccepted)),
      Accepts<M>("accepted on the last day", Answered(30, kAccepted)),
      Accepts<M>("declined", Answered(1, v1::EXTENSION_ANSWER_DECLINED)),
      Accepts<M>("countered", Answered(1, v1::EXTENSION_ANSWER_COUNTER_PROPOSED)),
      Refuses<M>("NOT_PROVIDER", Answered(0, kAccepted,
                                          [](M* event) {
                                            event->mutable_common()->set_party_id("X");
                                            event->mutable_common()->set_role(v1::ROLE_DEC);
                                          })),
      Refuses<M>("ROLE_NOT_ALLOWED",
                 Answered(0, kAccepted,
                          [](M* event) { event->mutable_common()->set_role(v1::ROLE_PRL); })),
      Refuses<M>("OFFER_EXPIRED", Answered(31, kAccepted)),
      Refuses<M>(
          "OFFER_EXPIRED",
          [](World& world) {
            Offer(world);
            world.SetToday(world.today() + 31);
            world.Must(EndOf(world, v1::OFFER_END_CAUSE_LAPSED));
            return world.Append(Answering(kAccepted));
          },
          "lapsed"),
      Refuses<M>("OFFER_ALREADY_ANSWERED",
                 [](World& world) {
                   Offer(world);
                   world.Must(Answering(v1::EXTENSION_ANSWER_COUNTER_PROPOSED));
                   return world.Append(Answering(kAccepted));
                 }),
      Refuses<M>("OFFER_WITHDRAWN",
                 [](World& world) {
                   Offer(world);
                   world.Must(EndOf(world, v1::OFFER_END_CAUSE_WITHDRAWN));
                   return world.Append(Answering(kAccepted));
                 }),
      Refuses<M>("ACCEPTANCE_CONDITIONAL",
                 Answered(0, kAccepted, [](M* event) { event->set_conditions(SomeDigest()); })),
      Refuses<M>("FIELD_UNEXPECTED",
                 Answered(0, v1::EXTENSION_ANSWER_DECLINED,
                          [](M* event) { event->set_conditions(SomeDigest()); })),
      Refuses<M>("FIELD_MISSING", Answered(0, v1::EXTENSION_ANSWER_COUNTER_PROPOSED,
                                           [](M* event) { event->clear_conditions(); })),
      Refuses<M>("CLAUSE_ID_MISMATCH",
                 Answered(0, kAccepted, [](M* event) { event->set_clause_id("X2"); })),
      Refuses<M>("REASON_MISSING",
                 Answered(0, kAccepted, [](M* event) { event->mutable_common()->clear_reason(); })),
      Refuses<M>("REF_UNKNOWN",
                 Answered(0, kAccepted, [](M* event) { event->set_offer_id("O9"); })),
  };
}

// ---- Ends ----

Play Ended(
    int days, v1::OfferEndCause cause,
    void (*spoil)(v1::ExtensionOfferEnded*) = [](v1::ExtensionOfferEnded*) {},
    void (*happens)(World&) = [](World&) {}) {
  return [=](World& world) {
    Offer(world);
    happens(world);
    world.SetToday(world.today() + days);
    v1::ExtensionOfferEnded event = EndOf(world, cause);
    spoil(&event);
    return world.Append(event);
  };
}

std::vector<DecideRow> Ends() {
  using M = v1::ExtensionOfferEnded;
  constexpr v1::OfferEndCause kLapsed = v1::OFFER_END_CAUSE_LAPSED;
  constexpr v1::OfferEndCause kWithdrawn = v1::OFFER_END_CAUSE_WITHDRAWN;
  const auto as_is = [](M*) {};
  const auto withdrawn = [](World& world) {
    world.Must(EndOf(world, v1::OFFER_END_CAUSE_WITHDRAWN));
  };
  return {
      Accepts<M>("lapsed by silence", Ended(31, kLapsed)),
      Accepts<M>("withdrawn on the last day", Ended(30, kWithdrawn)),
      Refuses<M>("OFFER_STILL_OPEN", Ended(30, kLapsed)),
      Refuses<M>("OFFER_STILL_OPEN",
                 Ended(31, kLapsed,
                       [](M* event) { *event->mutable_effective_on() = ToDate(Day(2024, 8, 13)); }),
                 "from a day before"),
      Refuses<M>("OFFER_EXPIRED", Ended(31, kWithdrawn)),
      Refuses<M>(
          "OFFER_EXPIRED",
          [](World& world) {
            Offer(world);
            world.SetToday(world.today() + 31);
            world.Must(EndOf(world, kLapsed));
            return world.Append(EndOf(world, kLapsed));
          },
          "lapsed already"),
      Refuses<M>("OFFER_WITHDRAWN", Ended(0, kWithdrawn, as_is, withdrawn)),
      Refuses<M>("OFFER_WITHDRAWN", Ended(31, kLapsed, as_is, withdrawn), "then lapsed"),
      Refuses<M>("OFFER_ALREADY_ANSWERED",
                 Ended(31, kLapsed, as_is,
                       [](World& world) { world.Must(Answering(v1::EXTENSION_ANSWER_DECLINED)); })),
      Refuses<M>("ROLE_NOT_ALLOWED",
                 Ended(31, kLapsed,
                       [](M* event) {
                         event->mutable_common()->set_party_id("X");
                         event->mutable_common()->set_role(v1::ROLE_DEC);
                       }),
                 "a person lapses it"),
      Refuses<M>(
          "ROLE_NOT_ALLOWED",
          Ended(0, kWithdrawn, [](M* event) { event->mutable_common()->set_role(v1::ROLE_SYS); }),
          "the daemon withdraws it"),
      Refuses<M>(
          "EFFECTIVE_IN_FUTURE",
          Ended(0, kWithdrawn,
                [](M* event) { *event->mutable_effective_on() = ToDate(Day(2024, 7, 16)); })),
      Refuses<M>("REF_UNKNOWN", Ended(0, kWithdrawn, [](M* event) { event->set_offer_id("O9"); })),
  };
}

// ---- Extended ----

// After an answer.
Play Extended(
    v1::ExtensionAnswer answer,
    void (*spoil)(v1::ServicePeriodExtended*) = [](v1::ServicePeriodExtended*) {}) {
  return [=](World& world) {
    Offer(world);
    world.Must(Answering(answer));
    v1::ServicePeriodExtended event = Extending();
    spoil(&event);
    return world.Append(event);
  };
}

// Both of two offers of the same days accepted; then what happens, and the second one carried out.
Play ExtendedSecond(void (*happens)(World&)) {
  return [=](World& world) {
    Offer(world);
    world.Must(Answering(v1::EXTENSION_ANSWER_ACCEPTED));
    Offer(world, "O2");
    world.Must(Answering(v1::EXTENSION_ANSWER_ACCEPTED, "O2"));
    happens(world);
    return world.Append(Extending("O2"));
  };
}

std::vector<DecideRow> Extensions() {
  using M = v1::ServicePeriodExtended;
  constexpr v1::ExtensionAnswer kAccepted = v1::EXTENSION_ANSWER_ACCEPTED;
  return {
      Accepts<M>("as accepted", Extended(kAccepted)),
      Accepts<M>("the other of two", ExtendedSecond([](World&) {})),
      Refuses<M>("ACCEPTANCE_MISSING",
                 [](World& world) {
                   Offer(world);
                   return world.Append(Extending());
                 }),
      Refuses<M>("ACCEPTANCE_MISSING", Extended(v1::EXTENSION_ANSWER_COUNTER_PROPOSED),
                 "a counter-proposal"),
      Refuses<M>("BEYOND_LATEST_END",
                 Extended(kAccepted,
                          [](M* event) { *event->mutable_new_end() = ToDate(Day(2034, 4, 1)); })),
      Refuses<M>("OFFER_MISMATCH",
                 Extended(kAccepted,
                          [](M* event) { *event->mutable_new_end() = ToDate(Day(2033, 3, 31)); })),
      Refuses<M>("INSTRUMENT_MISSING",
                 Extended(kAccepted, [](M* event) { event->set_instrument(" "); })),
      Refuses<M>("ALREADY_EXTENDED",
                 [](World& world) {
                   Offer(world);
                   world.Must(Answering(kAccepted));
                   world.Must(Extending());
                   return world.Append(Extending());
                 }),
      Refuses<M>("PERIOD_NOT_NEXT",
                 ExtendedSecond([](World& world) { world.Must(Extending("O1")); })),
      Refuses<M>("ALREADY_ENDED", ExtendedSecond([](World& world) {
                   world.Must(world.Ending(v1::END_CAUSE_TERMINATED));
                 })),
      Refuses<M>("REF_UNKNOWN", Extended(kAccepted, [](M* event) { event->set_offer_id("O9"); })),
      Refuses<M>(
          "ROLE_NOT_ALLOWED",
          Extended(kAccepted, [](M* event) { event->mutable_common()->set_role(v1::ROLE_CM); })),
      Refuses<M>(
          "ALREADY_EXTENDED",
          [](World& world) {
            const v1::ExtensionOffered offer = Offering(world);
            Assent(world, offer);
            v1::ExtensionOffered second = Offering(world, "O2");
            Assent(world, second);
            return world.AppendAs("somebody", offer, EndOf(world, v1::OFFER_END_CAUSE_WITHDRAWN),
                                  second, Answering(kAccepted, "O2"), Extending("O2"),
                                  Extending("O2"));
          },
          "and all before it taken back"),
  };
}

}  // namespace

std::vector<DecideRow> ExtensionTable() {
  std::vector<DecideRow> rows = Offers();
  for (auto table : {Answers(), Ends(), Extensions()}) {
    rows.insert(rows.end(), table.begin(), table.end());
  }
  return rows;
}

}  // namespace waymark::test
