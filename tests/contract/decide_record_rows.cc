#include "tests/contract/decide_rows.h"

namespace waymark::test {
namespace {

using World = ContractWorld;

// The record of a contract that has ended is closed.
void Close(World& world) {
  world.Must(world.Ending(v1::END_CAUSE_EXPIRED));
  world.Must(world.Ending(v1::END_CAUSE_CLOSED));
}

// Evidence that the public may not see.
Position Restricted(World& world, const std::string& id, v1::Marking marking) {
  v1::EvidenceSubmitted event = world.Evidence(id);
  event.mutable_common()->set_marking(marking);
  return world.Must(event);
}

v1::PerformanceNoticeRecorded Notice(World& world) {
  auto event = MakeEvent<v1::PerformanceNoticeRecorded>("X", v1::ROLE_CM);
  event.set_notice_id("UK9-1");
  event.set_stage(v1::NOTICE_STAGE_PREPARED);
  SetDays(world.today() - 365, world.today() - 1, event.mutable_period());
  event.set_rating(v1::NOTICE_RATING_GOOD);
  event.set_mapping_reason("four of five indicators met");
  for (const char* name :
       {"authority", "kpis", "procurement_ids", "procurement_title", "statement", "supplier"}) {
    v1::NoticeField* field = event.add_fields();
    field->set_name(name);
    field->set_value("given");
  }
  return event;
}

// A notice under a regime, spoilt by `spoil`.
absl::StatusOr<Decision> Notify(v1::Regime regime, void (*spoil)(v1::PerformanceNoticeRecorded*)) {
  World world;
  v1::ContractRegistered registration = world.Registration();
  registration.set_regime(regime);
  world.Must(registration);
  v1::PerformanceNoticeRecorded event = Notice(world);
  spoil(&event);
  return world.Append(event);
}

std::vector<DecideRow> Notices() {
  using Recorded = v1::PerformanceNoticeRecorded;
  return {
      Accepts<Recorded>("prepared",
                        [](World&) { return Notify(v1::REGIME_PA2023, [](Recorded*) {}); }),
      Accepts<Recorded>("published, by a decision-maker",
                        [](World&) {
                          return Notify(v1::REGIME_PA2023, [](Recorded* event) {
                            event->set_stage(v1::NOTICE_STAGE_PUBLISHED);
                            event->mutable_common()->set_role(v1::ROLE_DEC);
                          });
                        }),
      Refuses<Recorded>("RATING_UNKNOWN",
                        [](World&) {
                          return Notify(v1::REGIME_PA2023,
                                        [](Recorded* event) { event->clear_rating(); });
                        }),
      Refuses<Recorded>(
          "RATING_UNKNOWN",
          [](World&) {
            return Notify(v1::REGIME_PA2023, [](Recorded* event) {
              event->set_rating(static_cast<v1::NoticeRating>(9));
            });
          },
          "a sixth one"),
      Refuses<Recorded>("NOTICE_FIELD_MISSING",
                        [](World&) {
                          return Notify(v1::REGIME_PA2023, [](Recorded* event) {
                            event->mutable_fields()->DeleteSubrange(3, 1);
                          });
                        }),
      Refuses<Recorded>(
          "NOTICE_FIELD_MISSING",
          [](World&) {
            return Notify(v1::REGIME_PA2023,
                          [](Recorded* event) { event->mutable_fields(5)->set_value(" "); });
          },
          "a value of blanks"),
      Refuses<Recorded>("REGIME_EXCLUDES_NOTICE",
                        [](World&) { return Notify(v1::REGIME_PCR2015, [](Recorded*) {}); }),
      Refuses<Recorded>(
          "REGIME_EXCLUDES_NOTICE",
          [](World&) { return Notify(v1::REGIME_OTHER, [](Recorded*) {}); }, "another regime"),
      Refuses<Recorded>(
          "FIELD_MISSING",
          [](World&) {
            return Notify(v1::REGIME_PA2023,
                          [](Recorded* event) { event->clear_mapping_reason(); });
          },
          "no reason for the rating"),
      Refuses<Recorded>("LIST_NOT_ASCENDING",
                        [](World&) {
                          return Notify(v1::REGIME_PA2023, [](Recorded* event) {
                            event->mutable_fields()->SwapElements(0, 1);
                          });
                        }),
      Refuses<Recorded>(
          "LIST_NOT_ASCENDING",
          [](World&) {
            return Notify(v1::REGIME_PA2023,
                          [](Recorded* event) { *event->add_fields() = event->fields(5); });
          },
          "a name twice"),
      Refuses<Recorded>("LIST_TOO_LONG",
                        [](World&) {
                          return Notify(v1::REGIME_PA2023, [](Recorded* event) {
                            while (event->fields_size() <= 1000) event->add_fields();
                          });
                        }),
      Refuses<Recorded>("ROLE_NOT_ALLOWED",
                        [](World&) {
                          return Notify(v1::REGIME_PA2023, [](Recorded* event) {
                            event->mutable_common()->set_role(v1::ROLE_SM);
                          });
                        }),
      Refuses<Recorded>("CONTRACT_CLOSED",
                        [](World& world) {
                          Close(world);
                          return world.Append(Notice(world));
                        }),
  };
}

v1::DisclosureMade Disclosure(v1::DisclosureKind kind) {
  auto event = MakeEvent<v1::DisclosureMade>("X", v1::ROLE_CM);
  event.set_kind(kind);
  event.set_audience("the public");
  event.set_form("report");
  event.set_channel("web site");
  event.set_content(SomeDigest());
  return event;
}

v1::DisclosureMade Publication() { return Disclosure(v1::DISCLOSURE_KIND_PUBLICATION); }

v1::DisclosureMade Redacting(v1::DisclosureMade event, Position position) {
  v1::Redaction* redaction = event.add_redactions();
  redaction->set_position(position.value);
  redaction->set_exemption("FOIA 2000 s.43(2)");
  return event;
}

std::vector<DecideRow> Disclosures() {
  using Made = v1::DisclosureMade;
  return {
      Accepts<Made>("a publication of a record that holds nothing restricted",
                    [](World& world) { return world.Append(Publication()); }),
      Accepts<Made>("a publication that redacts what is restricted",
                    [](World& world) {
                      const Position priced = Restricted(world, "E1", v1::MARKING_COMMERCIAL);
                      const Position named = Restricted(world, "E2", v1::MARKING_PERSONAL);
                      return world.Append(Redacting(Redacting(Publication(), named), priced));
                    }),
      Accepts<Made>("a publication of events that are not restricted",
                    [](World& world) {
                      const Position open = world.Must(world.Evidence("E0"));
                      Restricted(world, "E1", v1::MARKING_COMMERCIAL);
                      Made event = Publication();
                      *event.mutable_common()->add_caused_by() = RefTo(open);
                      return world.Append(event);
                    }),
      Accepts<Made>("an answer to who may see what is restricted",
                    [](World& world) {
                      Restricted(world, "E1", v1::MARKING_COMMERCIAL);
                      Made event = Disclosure(v1::DISCLOSURE_KIND_DISCLOSURE);
                      event.set_request_ref("FOI-17");
                      *event.mutable_due() = ToDate(world.today() + 20);
                      return world.Append(event);
                    }),
      Accepts<Made>("by the records manager, after the record was closed",
                    [](World& world) {
                      Close(world);
                      Made event = Publication();
                      event.mutable_common()->set_role(v1::ROLE_REC);
                      return world.Append(event);
                    }),
      Refuses<Made>("EXEMPTION_MISSING",
                    [](World& world) {
                      Made event = Redacting(Publication(), world.last());
                      event.mutable_redactions(0)->set_exemption(" ");
                      return world.Append(event);
                    }),
      Refuses<Made>("MARKING_BREACH",
                    [](World& world) {
                      Restricted(world, "E1", v1::MARKING_COMMERCIAL);
                      return world.Append(Publication());
                    }),
      Refuses<Made>(
          "MARKING_BREACH",
          [](World& world) {
            const Position priced = Restricted(world, "E1", v1::MARKING_COMMERCIAL);
            Restricted(world, "E2", v1::MARKING_PERSONAL);
            return world.Append(Redacting(Publication(), priced));
          },
          "one of two is redacted"),
      Refuses<Made>(
          "MARKING_BREACH",
          [](World& world) {
            Made event = Publication();
            *event.mutable_common()->add_caused_by() =
                RefTo(Restricted(world, "E1", v1::MARKING_PERSONAL));
            return world.Append(event);
          },
          "a restricted event is what is published"),
      Refuses<Made>(
          "REF_UNKNOWN",
          [](World& world) { return world.Append(Redacting(Publication(), Position{900})); }),
      Refuses<Made>("FIELD_REPEATED",
                    [](World& world) {
                      return world.Append(
                          Redacting(Redacting(Publication(), world.last()), world.last()));
                    }),
      Refuses<Made>("LIST_TOO_LONG",
                    [](World& world) {
                      Made event = Publication();
                      while (event.redactions_size() <= 1000) event.add_redactions();
                      return world.Append(event);
                    }),
      Refuses<Made>("FIELD_MISSING",
                    [](World& world) {
                      Made event = Publication();
                      event.clear_content();
                      return world.Append(event);
                    }),
      Refuses<Made>("ROLE_NOT_ALLOWED",
                    [](World& world) {
                      Made event = Publication();
                      event.mutable_common()->set_role(v1::ROLE_DEC);
                      return world.Append(event);
                    }),
  };
}

v1::ExportIssued Export(World& world, v1::Marking marking,
                        const std::vector<Position>& withheld = {}) {
  auto event = MakeEvent<v1::ExportIssued>("X", v1::ROLE_AUD);
  event.mutable_common()->set_marking(marking);
  event.set_form(v1::EXPORT_FORM_XLSX);
  event.set_scope("the whole contract");
  event.set_why("annual report");
  *event.mutable_as_of() = ToDate(world.today());
  event.set_known_at(world.last().value);
  for (const Position position : withheld) event.add_withheld(position.value);
  event.set_content(SomeDigest());
  return event;
}

std::vector<DecideRow> Exports() {
  using Issued = v1::ExportIssued;
  return {
      Accepts<Issued>("of everything, for a party",
                      [](World& world) {
                        Restricted(world, "E1", v1::MARKING_COMMERCIAL);
                        return world.Append(Export(world, v1::MARKING_COMMERCIAL));
                      }),
      Accepts<Issued>(
          "for the public, less what is restricted",
          [](World& world) {
            const Position open = world.Must(world.Evidence("E0"));
            const Position priced = Restricted(world, "E1", v1::MARKING_COMMERCIAL);
            const Position named = Restricted(world, "E2", v1::MARKING_PERSONAL);
            return world.Append(Export(world, v1::MARKING_PUBLIC, {open, priced, named}));
          }),
      Accepts<Issued>("for the public, of what was known before a restricted event",
                      [](World& world) {
                        const v1::ExportIssued event = Export(world, v1::MARKING_PUBLIC);
                        Restricted(world, "E1", v1::MARKING_COMMERCIAL);
                        return world.Append(event);
                      }),
      Accepts<Issued>("by the provider, after the record was closed",
                      [](World& world) {
                        Close(world);
                        Issued event = Export(world, v1::MARKING_OFFICIAL);
                        event.mutable_common()->set_party_id("P");
                        event.mutable_common()->set_role(v1::ROLE_PRD);
                        return world.Append(event);
                      }),
      Refuses<Issued>("KNOWN_AT_BEYOND_HEAD",
                      [](World& world) {
                        Issued event = Export(world, v1::MARKING_OFFICIAL);
                        event.set_known_at(world.next().value);
                        return world.Append(event);
                      }),
      Refuses<Issued>("AS_OF_IN_FUTURE",
                      [](World& world) {
                        Issued event = Export(world, v1::MARKING_OFFICIAL);
                        *event.mutable_as_of() = ToDate(world.today() + 1);
                        return world.Append(event);
                      }),
      Refuses<Issued>("MARKING_BREACH",
                      [](World& world) {
                        const Position priced = Restricted(world, "E1", v1::MARKING_COMMERCIAL);
                        Restricted(world, "E2", v1::MARKING_PERSONAL);
                        return world.Append(Export(world, v1::MARKING_PUBLIC, {priced}));
                      }),
      Refuses<Issued>(
          "REF_UNKNOWN",
          [](World& world) {
            return world.Append(Export(world, v1::MARKING_OFFICIAL, {Position{0}}));
          },
          "an event of another contract"),
      Refuses<Issued>(
          "LIST_NOT_ASCENDING",
          [](World& world) {
            return world.Append(Export(world, v1::MARKING_OFFICIAL, {world.last(), world.last()}));
          }),
      Refuses<Issued>("LIST_TOO_LONG",
                      [](World& world) {
                        Issued event = Export(world, v1::MARKING_OFFICIAL);
                        for (uint64_t i = 0; i <= 100000; ++i) event.add_withheld(i);
                        return world.Append(event);
                      }),
      Refuses<Issued>("FIELD_MISSING",
                      [](World& world) {
                        Issued event = Export(world, v1::MARKING_OFFICIAL);
                        event.clear_why();
                        return world.Append(event);
                      }),
      Refuses<Issued>("ROLE_NOT_ALLOWED",
                      [](World& world) {
                        Issued event = Export(world, v1::MARKING_OFFICIAL);
                        event.mutable_common()->set_role(v1::ROLE_ADM);
                        return world.Append(event);
                      }),
  };
}

v1::AnnotationAdded Annotation(Position about) {
  auto event = MakeEvent<v1::AnnotationAdded>("AUDIT", v1::ROLE_AUD);
  *event.mutable_about() = RefTo(about);
  event.set_text("the minutes give another day");
  return event;
}

std::vector<DecideRow> Annotations() {
  using Added = v1::AnnotationAdded;
  return {
      Accepts<Added>("by an auditor",
                     [](World& world) { return world.Append(Annotation(world.last())); }),
      Accepts<Added>("by the provider, after the record was closed",
                     [](World& world) {
                       Close(world);
                       Added event = Annotation(world.last());
                       event.mutable_common()->set_party_id("P");
                       event.mutable_common()->set_role(v1::ROLE_PRL);
                       return world.Append(event);
                     }),
      Refuses<Added>("REF_UNKNOWN",
                     [](World& world) { return world.Append(Annotation(Position{900})); }),
      Refuses<Added>("FIELD_MISSING",
                     [](World& world) {
                       Added event = Annotation(world.last());
                       event.set_text(" ");
                       return world.Append(event);
                     }),
      Refuses<Added>("ROLE_NOT_ALLOWED",
                     [](World& world) {
                       Added event = Annotation(world.last());
                       event.mutable_common()->set_role(v1::ROLE_STK);
                       return world.Append(event);
                     }),
  };
}

v1::LegalHoldChanged Hold(bool placed, const std::string& focus = "PI-CS") {
  auto event = MakeEvent<v1::LegalHoldChanged>("X", v1::ROLE_REC);
  event.set_hold_id("H1");
  event.set_placed(placed);
  if (!focus.empty()) event.mutable_scope()->add_focuses(focus);
  return event;
}

std::vector<DecideRow> Holds() {
  using Changed = v1::LegalHoldChanged;
  return {
      Accepts<Changed>("placed on a focus", [](World& world) { return world.Append(Hold(true)); }),
      Accepts<Changed>("placed on events by the monitoring officer, after the record was closed",
                       [](World& world) {
                         Close(world);
                         Changed event = Hold(true, "");
                         event.mutable_common()->set_role(v1::ROLE_OFA);
                         event.mutable_scope()->add_positions(world.last().value);
                         return world.Append(event);
                       }),
      Accepts<Changed>("lifted",
                       [](World& world) {
                         world.Must(Hold(true));
                         return world.Append(Hold(false, ""));
                       }),
      Accepts<Changed>("lifted, with its scope",
                       [](World& world) {
                         world.Must(Hold(true));
                         return world.Append(Hold(false));
                       }),
      Refuses<Changed>("HOLD_NOT_OPEN", [](World& world) { return world.Append(Hold(false)); }),
      Refuses<Changed>(
          "HOLD_NOT_OPEN",
          [](World& world) {
            world.Must(Hold(true));
            world.Must(Hold(false));
            return world.Append(Hold(false));
          },
          "lifted twice"),
      Refuses<Changed>("HOLD_ID_USED",
                       [](World& world) {
                         world.Must(Hold(true));
                         world.Must(Hold(false));
                         return world.Append(Hold(true));
                       }),
      Refuses<Changed>("HOLD_SCOPE_MISMATCH",
                       [](World& world) {
                         world.Must(Hold(true));
                         return world.Append(Hold(false, "PI-IV"));
                       }),
      Refuses<Changed>("REASON_MISSING",
                       [](World& world) {
                         Changed event = Hold(true);
                         event.mutable_common()->clear_reason();
                         return world.Append(event);
                       }),
      Refuses<Changed>("FOCUS_UNKNOWN",
                       [](World& world) { return world.Append(Hold(true, "PI-XX")); }),
      Refuses<Changed>("REF_UNKNOWN",
                       [](World& world) {
                         Changed event = Hold(true);
                         event.mutable_scope()->add_positions(900);
                         return world.Append(event);
                       }),
      Refuses<Changed>("LIST_TOO_LONG",
                       [](World& world) {
                         Changed event = Hold(true);
                         while (event.scope().positions_size() <= 1000) {
                           event.mutable_scope()->add_positions(world.last().value);
                         }
                         return world.Append(event);
                       }),
      Refuses<Changed>(
          "LIST_TOO_LONG",
          [](World& world) {
            Changed event = Hold(true);
            while (event.scope().focuses_size() <= 1000) {
              event.mutable_scope()->add_focuses("PI-CS");
            }
            return world.Append(event);
          },
          "focuses"),
      Refuses<Changed>("ROLE_NOT_ALLOWED",
                       [](World& world) {
                         Changed event = Hold(true);
                         event.mutable_common()->set_role(v1::ROLE_CM);
                         return world.Append(event);
                       }),
  };
}

// What an administrator did, in the ledger's own stream, spoilt by `spoil`.
absl::StatusOr<Decision> Administer(void (*spoil)(v1::AdminActionRecorded*)) {
  World world;
  world.set_contract_id("_ledger");
  auto event = MakeEvent<v1::AdminActionRecorded>("waymark", v1::ROLE_ADM);
  event.set_action("restored from the backup of 2024-07-14");
  event.set_person_ref("admin-1");
  spoil(&event);
  return world.Append(event);
}

std::vector<DecideRow> AdminActions() {
  using Recorded = v1::AdminActionRecorded;
  return {
      Accepts<Recorded>("with its reason", [](World&) { return Administer([](Recorded*) {}); }),
      Refuses<Recorded>("REASON_MISSING",
                        [](World&) {
                          return Administer(
                              [](Recorded* event) { event->mutable_common()->clear_reason(); });
                        }),
      Refuses<Recorded>(
          "FIELD_MISSING",
          [](World&) { return Administer([](Recorded* event) { event->clear_action(); }); }),
      Refuses<Recorded>("ROLE_NOT_ALLOWED",
                        [](World&) {
                          return Administer([](Recorded* event) {
                            event->mutable_common()->set_role(v1::ROLE_SYS);
                          });
                        }),
      Refuses<Recorded>(
          "WRONG_STREAM",
          [](World& world) { return world.Append(MakeEvent<Recorded>("waymark", v1::ROLE_ADM)); }),
  };
}

// A checkpoint in a ledger of three events, whose root was looked at where it arrived.
absl::StatusOr<Decision> Anchor(Claim claim, void (*spoil)(v1::CheckpointAnchored*)) {
  World world;
  world.set_contract_id("_ledger");
  world.set_claim(claim);
  auto event = MakeEvent<v1::CheckpointAnchored>("waymark", v1::ROLE_SYS);
  event.set_size(3);
  event.set_root(SomeDigest());
  event.set_token(SomeDigest());
  spoil(&event);
  return world.Append(event);
}

std::vector<DecideRow> Anchors() {
  using Anchored = v1::CheckpointAnchored;
  return {
      Accepts<Anchored>("of the whole ledger",
                        [](World&) { return Anchor(Claim::kTrue, [](Anchored*) {}); }),
      Refuses<Anchored>("ROOT_MISMATCH",
                        [](World&) { return Anchor(Claim::kFalse, [](Anchored*) {}); }),
      Refuses<Anchored>(
          "ROOT_MISMATCH", [](World&) { return Anchor(Claim::kNotChecked, [](Anchored*) {}); },
          "nobody looked"),
      Refuses<Anchored>(
          "SIZE_BEYOND_HEAD",
          [](World&) { return Anchor(Claim::kTrue, [](Anchored* event) { event->set_size(4); }); }),
      Refuses<Anchored>("DIGEST_INVALID",
                        [](World&) {
                          return Anchor(Claim::kTrue,
                                        [](Anchored* event) { event->set_root("x"); });
                        }),
      Refuses<Anchored>(
          "FIELD_MISSING",
          [](World&) { return Anchor(Claim::kTrue, [](Anchored* event) { event->set_size(0); }); }),
      Refuses<Anchored>("ROLE_NOT_ALLOWED",
                        [](World&) {
                          return Anchor(Claim::kTrue, [](Anchored* event) {
                            event->mutable_common()->set_role(v1::ROLE_ADM);
                          });
                        }),
  };
}

}  // namespace

std::vector<DecideRow> RecordTable() {
  std::vector<DecideRow> rows = Notices();
  for (auto table : {Disclosures(), Exports(), Annotations(), Holds(), AdminActions(), Anchors()}) {
    rows.insert(rows.end(), table.begin(), table.end());
  }
  return rows;
}

}  // namespace waymark::test
