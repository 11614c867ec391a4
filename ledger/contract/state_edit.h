// This header defines how an evolve rule adds a fact to a state: through StateEdit alone, which can
// take back what it did. So a request of many events is applied event by event, each seeing those
// before it, and leaves no trace if one of them is refused.
//
//   void EvolveGap(const v1::CoverageGapExplained& event, const Fact& fact, StateEdit* edit) {
//     edit->Append(&edit->Focus(event.focus(), fact).gap_explanations, {fact.known, ...});
//   }
#ifndef WAYMARK_LEDGER_CONTRACT_STATE_EDIT_H_
#define WAYMARK_LEDGER_CONTRACT_STATE_EDIT_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "ledger/contract/state.h"

namespace waymark {

// What a rule knows of the event it applies.
struct Fact {
  Known known;
  UnixMicros recorded_at;
  // Of the first event of its request, so that an index names a position.
  Position first_position;
  // Who recorded it. Valid during the call.
  absl::string_view principal;
  // SHA-256 of the bytes that the type's traits name; all zero for other types.
  Digest digest = {};

  // REQUIRES: a reference that passed a shape check.
  Position Resolve(const v1::EventRef& ref) const {
    return ref.has_index() ? Position{first_position.value + ref.index()}
                           : Position{ref.position()};
  }
};

// The way back: steps that undo what was done, last first.
using UndoSteps = std::vector<std::function<void()>>;

// Not synchronised. The state must outlive it, and must not move while there are steps to undo.
class StateEdit {
 public:
  // Remembers nothing if `undo` is null.
  StateEdit(ContractState* state, UndoSteps* undo) : state_(state), undo_(undo) {}

  // To find places in; change them through the functions below. A place given to them is a member
  // of the state or of a value in one of its maps: those stay where they are, and elements of a
  // vector do not.
  ContractState& state() { return *state_; }

  template <typename T>
  void Append(std::vector<T>* list, T value) {
    list->push_back(std::move(value));
    if (undo_ != nullptr) undo_->push_back([list] { list->pop_back(); });
  }

  // Appends to a list inside an element of a vector.
  template <typename Item, typename T>
  void AppendWithin(std::vector<Item>* items, size_t index, std::vector<T> Item::*list, T value) {
    ((*items)[index].*list).push_back(std::move(value));
    if (undo_ == nullptr) return;
    undo_->push_back([items, index, list] { ((*items)[index].*list).pop_back(); });
  }

  template <typename T>
  void Set(T* place, T value) {
    if (undo_ != nullptr) undo_->push_back([place, old = *place] { *place = old; });
    *place = std::move(value);
  }

  // The value under `key`, made if there is none.
  template <typename Map>
  typename Map::mapped_type& FindOrAdd(Map* map, const typename Map::key_type& key) {
    const auto [place, fresh] = map->try_emplace(key);
    // Keys stay where they are in the maps of a state, so the step need not copy one.
    if (fresh && undo_ != nullptr) {
      undo_->push_back([map, kept = &place->first] { map->erase(map->find(*kept)); });
    }
    return place->second;
  }

  void AddFocusCode(const std::string& code) {
    const auto [place, fresh] = state_->focus_codes.insert(code);
    if (fresh && undo_ != nullptr) {
      undo_->push_back([codes = &state_->focus_codes, place = place] { codes->erase(place); });
    }
  }

  // The event itself: its mark and its revision.
  void AddEvent(const EventMark& mark) {
    state_->events.push_back(mark);
    ++state_->next_revision.value;
    if (undo_ == nullptr) return;
    undo_->push_back([state = state_] {
      state->events.pop_back();
      --state->next_revision.value;
    });
  }

  // REQUIRES: an index of an event on record.
  void MarkErased(size_t index) {
    bool* const place = &state_->events[index].erased;
    if (undo_ != nullptr && !*place) {
      undo_->push_back([state = state_, index] { state->events[index].erased = false; });
    }
    *place = true;
  }

  // The history of a focus that `fact` speaks about; it becomes the newest event of the focus.
  FocusHistory& Focus(const std::string& code, const Fact& fact) {
    FocusHistory& history = FindOrAdd(&state_->focuses, code);
    if (undo_ != nullptr) {
      // Two words, so that the step needs no memory of its own.
      undo_->push_back([last = &history.last_event,
                        old = history.last_event ? history.last_event->value : kNoPosition] {
        *last = old == kNoPosition ? std::nullopt : std::optional<Position>(Position{old});
      });
    }
    history.last_event = fact.known.position;
    return history;
  }

 private:
  // No event stands there.
  static constexpr uint64_t kNoPosition = std::numeric_limits<uint64_t>::max();

  ContractState* const state_;
  UndoSteps* const undo_;
};

}  // namespace waymark

#endif  // WAYMARK_LEDGER_CONTRACT_STATE_EDIT_H_
