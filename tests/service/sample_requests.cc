#include "tests/service/sample_requests.h"

#include "absl/strings/str_cat.h"

namespace waymark::test {
namespace {

template <typename Event>
Event Begin(const std::string& party, v1::Role role, v1::Marking marking = v1::MARKING_OFFICIAL) {
  Event event;
  event.mutable_common()->set_event_type(Event::descriptor()->full_name());
  event.mutable_common()->set_party_id(party);
  event.mutable_common()->set_role(role);
  event.mutable_common()->set_marking(marking);
  return event;
}

void SetDate(int year, int month, int day, v1::Date* date) {
  date->set_year(year);
  date->set_month(month);
  date->set_day(day);
}

v1::AppendRequest BeginRequest(const std::string& contract, const std::string& request_id) {
  v1::AppendRequest request;
  request.set_request_id(request_id);
  request.set_contract_id(contract);
  request.set_principal("p-1");
  return request;
}

void AddLadder(const std::string& code, v1::Matrix* matrix) {
  v1::Focus* focus = matrix->add_focuses();
  focus->set_code(code);
  focus->set_name(code);
  focus->set_category(code.substr(0, 2));
  focus->set_kind(v1::FOCUS_KIND_LADDER);
  focus->set_evidence_base_state(v1::EVIDENCE_BASE_STATE_LISTED);
  focus->add_evidence_base()->set_type(v1::EVIDENCE_TYPE_KPI_REPORT);
  for (int level = 0; level <= 5; ++level) {
    v1::Cell* cell = matrix->add_cells();
    cell->set_focus(code);
    cell->set_level(level);
    cell->set_state(v1::CELL_STATE_DEFINED);
    cell->set_verbatim(absl::StrCat("Level ", level, " of ", code, " is reached."));
    cell->set_normalised(cell->verbatim());
  }
}

}  // namespace

void AddEvent(const google::protobuf::Message& payload, v1::AppendRequest* request) {
  v1::EventToAppend* event = request->add_events();
  event->set_event_type(payload.GetDescriptor()->full_name());
  event->set_payload(payload.SerializeAsString());
}

v1::AppendRequest RegisterContract(const std::string& contract) {
  auto event = Begin<v1::ContractRegistered>("X", v1::ROLE_CM, v1::MARKING_PUBLIC);
  event.set_title("Highways");
  event.add_authorities()->set_party_id("X");
  event.mutable_authorities(0)->set_name("Authority X");
  event.mutable_provider()->set_party_id("P");
  event.mutable_provider()->set_name("Provider P");
  event.set_form(static_cast<v1::ContractForm>(1));
  event.set_regime(static_cast<v1::Regime>(1));
  SetDate(2024, 4, 1, event.mutable_starts_on());
  SetDate(2031, 3, 31, event.mutable_ends_on());
  SetDate(2034, 3, 31, event.mutable_latest_end());
  v1::AppendRequest request = BeginRequest(contract, absl::StrCat("register-", contract));
  AddEvent(event, &request);
  return request;
}

v1::AppendRequest DraftMatrix(const std::string& contract) {
  auto event = Begin<v1::MatrixVersionDrafted>("X", v1::ROLE_CM);
  v1::Matrix* matrix = event.mutable_matrix();
  matrix->set_version_id("v1");
  matrix->add_categories()->set_code("PI");
  matrix->add_categories()->set_code("SE");
  AddLadder("PI-CS", matrix);
  AddLadder("SE-AM", matrix);
  v1::AppendRequest request = BeginRequest(contract, absl::StrCat("draft-", contract));
  AddEvent(event, &request);
  return request;
}

v1::AppendRequest SubmitEvidence(const std::string& contract, const std::string& request_id,
                                 int count, const std::string& focus) {
  v1::AppendRequest request = BeginRequest(contract, request_id);
  for (int i = 0; i < count; ++i) {
    auto event = Begin<v1::EvidenceSubmitted>("P", v1::ROLE_PRL, v1::MARKING_COMMERCIAL);
    event.set_evidence_id(absl::StrCat(request_id, ".", i));
    event.set_evidence_type(v1::EVIDENCE_TYPE_KPI_REPORT);
    event.add_focuses(focus);
    event.set_artefact(std::string(32, 'a'));
    event.set_size(1024);
    event.set_media_type("application/pdf");
    event.set_issuer("P");
    event.set_received_via("portal");
    SetDate(2024, 4, 1, event.mutable_period()->mutable_first());
    SetDate(2024, 4, 30, event.mutable_period()->mutable_last());
    AddEvent(event, &request);
  }
  return request;
}

}  // namespace waymark::test
