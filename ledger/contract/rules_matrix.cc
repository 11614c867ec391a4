// The matrix's versions.

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "ledger/base/limits.h"
#include "ledger/contract/event_types.h"
#include "ledger/contract/lookup.h"
#include "ledger/contract/matrix_canonical.h"
#include "ledger/contract/matrix_words.h"
#include "waymark/v1/event.pb.h"

namespace waymark {
namespace {

constexpr int kFocusesMax = static_cast<int>(kMatrixFocusesMax);
constexpr int kCellsMax = kFocusesMax * (kLevelMax + 1);

// ---- MatrixVersionDrafted ----

// Why a cell's state does not go with its text or its focus; empty if it does.
absl::string_view WrongStateOf(const v1::Cell& cell, v1::FocusKind kind) {
  const bool has_text = !cell.verbatim().empty() || !cell.normalised().empty();
  if ((cell.state() == v1::CELL_STATE_ENDURING) != (kind == v1::FOCUS_KIND_ENDURING)) {
    return "ENDURING goes with a focus of that kind, and with no other";
  }
  if ((cell.state() == v1::CELL_STATE_UNASSIGNED) != (kind == v1::FOCUS_KIND_UNASSIGNED)) {
    return "UNASSIGNED goes with a focus of that kind, and with no other";
  }
  switch (cell.state()) {
    case v1::CELL_STATE_DEFINED:
    case v1::CELL_STATE_PROVISIONAL:
    case v1::CELL_STATE_ILLEGIBLE:
      return has_text ? "" : "the cell holds nothing";
    case v1::CELL_STATE_UNDEFINED:
      return cell.normalised().empty() ? "" : "the cell holds a text";
    default:
      return "";
  }
}

// Whether it is of a size to look into.
bool CheckSize(const v1::Matrix& matrix, ShapeCheck* check) {
  if (matrix.focuses_size() <= kFocusesMax && matrix.cells_size() <= kCellsMax) return true;
  check->Refuse("MATRIX_TOO_LARGE", "matrix.focuses",
                absl::StrCat(matrix.focuses_size(), " focuses and ", matrix.cells_size(),
                             " cells, at most ", kFocusesMax, " and ", kCellsMax));
  return false;
}

void CheckFocuses(const v1::Matrix& matrix, ShapeCheck* check,
                  std::map<std::string, v1::FocusKind>* kinds) {
  if (matrix.focuses().empty()) check->Refuse("FIELD_MISSING", "matrix.focuses", "there are none");
  std::set<absl::string_view> categories;
  for (int i = 0; i < matrix.categories_size(); ++i) {
    check->Id(matrix.categories(i).code(), absl::StrCat("matrix.categories[", i, "].code"));
    categories.insert(matrix.categories(i).code());
  }
  for (int i = 0; i < matrix.focuses_size(); ++i) {
    const v1::Focus& focus = matrix.focuses(i);
    const std::string field = absl::StrCat("matrix.focuses[", i, "]");
    check->Id(focus.code(), field + ".code");
    check->Choice(focus.kind(), field + ".kind");
    check->Count(focus.evidence_base_size(), kListValuesMax, field + ".evidence_base");
    if (categories.count(focus.category()) == 0) {
      check->Refuse("CATEGORY_UNKNOWN", field + ".category",
                    absl::StrCat("'", focus.category(), "' is not among the categories"));
    }
    if (!kinds->emplace(focus.code(), focus.kind()).second) {
      check->Refuse("DUPLICATE_FOCUS", field + ".code",
                    absl::StrCat("'", focus.code(), "' stands twice"));
    }
  }
}

void CheckCriteria(const v1::Cell& cell, const std::string& field, ShapeCheck* check,
                   std::set<std::string>* seen) {
  if (!check->Count(cell.criteria_size(), kListValuesMax, field + ".criteria")) return;
  for (int i = 0; i < cell.criteria_size(); ++i) {
    const std::string& id = cell.criteria(i).id();
    const std::string path = absl::StrCat(field, ".criteria[", i, "].id");
    check->Id(id, path);
    if (!seen->insert(id).second) {
      check->Refuse("FIELD_REPEATED", path, absl::StrCat("'", id, "' stands twice"));
    }
  }
}

void CheckDrafted(const v1::MatrixVersionDrafted& event, ShapeCheck* check) {
  const v1::Matrix& matrix = event.matrix();
  check->Id(matrix.version_id(), "matrix.version_id");
  check->OptionalSha256(matrix.source(), "matrix.source");
  if (!CheckSize(matrix, check)) return;
  std::map<std::string, v1::FocusKind> kinds;
  CheckFocuses(matrix, check, &kinds);
  std::set<std::pair<std::string, int>> places;
  std::set<std::string> criteria;
  for (int i = 0; i < matrix.cells_size(); ++i) {
    const v1::Cell& cell = matrix.cells(i);
    const std::string field = absl::StrCat("matrix.cells[", i, "]");
    check->Level(cell.level(), field + ".level");
    check->Choice(cell.state(), field + ".state");
    if (cell.verbatim().size() > kMatrixCellBytesMax) {
      check->Refuse("FIELD_TOO_LONG", field + ".verbatim",
                    absl::StrCat(cell.verbatim().size(), " bytes, at most ", kMatrixCellBytesMax));
    }
    CheckCriteria(cell, field, check, &criteria);
    const auto kind = kinds.find(cell.focus());
    if (kind == kinds.end()) {
      check->Refuse("CELL_STATE_INVALID", field + ".focus",
                    absl::StrCat("'", cell.focus(), "' is not among the focuses"));
      continue;
    }
    if (!places.insert({cell.focus(), cell.level()}).second) {
      check->Refuse("CELL_STATE_INVALID", field,
                    absl::StrCat(cell.focus(), " has two cells at level ", cell.level()));
    }
    if (const auto wrong = WrongStateOf(cell, kind->second); !wrong.empty()) {
      check->Refuse("CELL_STATE_INVALID", field + ".state", wrong);
    }
  }
  for (const auto& [focus, kind] : kinds) {
    for (int level = 0; level <= kLevelMax; ++level) {
      if (places.count({focus, level}) > 0) continue;
      check->Refuse("CELL_STATE_INVALID", "matrix.cells",
                    absl::StrCat(focus, " has no cell at level ", level));
    }
  }
}

void DecideDrafted(const v1::MatrixVersionDrafted&, Ruling*) {}

void EvolveDrafted(const v1::MatrixVersionDrafted& event, const Fact& fact, StateEdit* edit) {
  const std::string hash(reinterpret_cast<const char*>(fact.digest.data()), fact.digest.size());
  edit->Append(&edit->state().drafts, MatrixDraft{fact.known, hash, event.matrix()});
  for (const v1::Focus& focus : event.matrix().focuses()) edit->AddFocusCode(focus.code());
}

std::string CanonicalDraft(const google::protobuf::Message& message) {
  return CanonicalMatrix(static_cast<const v1::MatrixVersionDrafted&>(message).matrix());
}

// ---- MatrixVersionAdopted ----

void CheckAdopted(const v1::MatrixVersionAdopted& event, ShapeCheck* check) {
  check->Sha256(event.version(), "version");
  check->Day(event.has_effective_on(), event.effective_on(), "effective_on");
  // Focuses of the version before and of this one.
  const bool few = check->Count(event.carry_size(), 2 * kFocusesMax, "carry");
  std::set<absl::string_view> focuses;
  for (int i = 0; few && i < event.carry_size(); ++i) {
    const v1::FocusCarry& carry = event.carry(i);
    const std::string field = absl::StrCat("carry[", i, "]");
    check->Id(carry.focus(), field + ".focus");
    check->Choice(carry.rule(), field + ".rule");
    if (!focuses.insert(carry.focus()).second) {
      check->Refuse("FIELD_REPEATED", field + ".focus", "this focus has two rules");
    }
    std::set<uint32_t> from;
    for (int j = 0; j < carry.map_size(); ++j) {
      const std::string entry = absl::StrCat(field, ".map[", j, "]");
      check->Level(carry.map(j).from(), entry + ".from");
      check->Level(carry.map(j).to(), entry + ".to");
      if (!from.insert(carry.map(j).from()).second) {
        check->Refuse("FIELD_REPEATED", entry + ".from", "this level is mapped twice");
      }
    }
  }
}

void CheckCarry(const v1::MatrixVersionAdopted& event, Ruling* ruling) {
  const ContractState& state = ruling->state();
  std::set<std::string> ruled;
  for (int i = 0; i < event.carry_size(); ++i) {
    const v1::FocusCarry& carry = event.carry(i);
    ruled.insert(carry.focus());
    if (carry.rule() == v1::CARRY_RULE_MAP && carry.map().empty()) {
      ruling->Forbid("MAP_INCOMPLETE", absl::StrCat("carry[", i, "].map"),
                     absl::StrCat(carry.focus(), " is to be mapped, but no level is"));
    }
  }
  if (state.adoptions.empty() || ruling->Policy(v1::POLICY_KEY_CARRY_DEFAULT) != "NONE") return;
  const v1::Matrix* before = FindMatrix(state, state.adoptions.back().version_hash);
  if (before == nullptr) return;
  for (const v1::Focus& focus : before->focuses()) {
    if (ruled.count(focus.code()) > 0) continue;
    ruling->Forbid("CARRY_RULE_MISSING", "carry",
                   absl::StrCat(focus.code(), ": say CARRY, MAP or REASSESS"));
  }
}

void DecideAdopted(const v1::MatrixVersionAdopted& event, Ruling* ruling) {
  const v1::Matrix* matrix = FindMatrix(ruling->state(), event.version());
  if (matrix == nullptr) {
    return ruling->NotFound("DRAFT_UNKNOWN", "version", "no draft of this contract has that hash");
  }
  CheckCarry(event, ruling);
  for (const v1::Cell& cell : matrix->cells()) {
    if (cell.state() != v1::CELL_STATE_DEFINED) continue;
    if (HasLetter(cell.normalised()) || HasLetter(cell.verbatim())) continue;
    ruling->Forbid("CELL_ILLEGIBLE", "version",
                   absl::StrCat(cell.focus(), " level ", cell.level(),
                                " is marked DEFINED but holds no words"));
  }
}

void EvolveAdopted(const v1::MatrixVersionAdopted& event, const Fact& fact, StateEdit* edit) {
  Adoption adoption{fact.known, RealDay(event.effective_on()), event.version(), {}};
  for (const v1::FocusCarry& entry : event.carry()) {
    Adoption::Carry& carry = adoption.carry[entry.focus()];
    carry.rule = entry.rule();
    for (const v1::LevelMap& pair : entry.map()) carry.map[pair.from()] = pair.to();
  }
  edit->Append(&edit->state().adoptions, std::move(adoption));
}

constexpr EventRules kRows[] = {
    RulesFor<v1::MatrixVersionDrafted, CheckDrafted, DecideDrafted, EvolveDrafted>(
        {.roles = Roles({v1::ROLE_CM, v1::ROLE_PRL}), .hashed_bytes = CanonicalDraft}),
    RulesFor<v1::MatrixVersionAdopted, CheckAdopted, DecideAdopted, EvolveAdopted>(
        {.roles = Roles({v1::ROLE_DEC}),
         .needs_governance = true,
         .power = v1::POWER_ADOPT_MATRIX}),
};

}  // namespace

absl::Span<const EventRules> MatrixRules() { return kRows; }

}  // namespace waymark
