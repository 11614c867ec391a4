// waymark events and waymark follow: the log, as it is and as it grows.
#include <atomic>
#include <iostream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/cli/answer_text.h"
#include "clients/cli/command.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/terminal.h"
#include "clients/cpp/event_json.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/entry_header.h"
#include "ledger/merkle/hash.h"

namespace waymark::cli {
namespace {

struct EventsOptions {
  std::vector<std::string> contracts, types, focuses;
  uint64_t from = 0;
  uint32_t limit = 0;
  bool payloads = false, reverse = false;
};

v1::Filter FilterOf(const EventsOptions& options) {
  v1::Filter filter;
  if (options.contracts.empty() && options.types.empty() && options.focuses.empty()) return filter;
  v1::Term* term = filter.add_any_of();
  for (const std::string& contract : options.contracts) term->add_contract_id(contract);
  for (const std::string& focus : options.focuses) term->add_focus(focus);
  for (const std::string& type : options.types) {
    term->add_event_type(absl::StrContains(type, '.') ? type : absl::StrCat("waymark.v1.", type));
  }
  return filter;
}

std::string InstantOf(const merkle::EntryHeader& header) {
  const absl::Time recorded = absl::FromUnixMicros(static_cast<int64_t>(header.recorded_at.value));
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", recorded, absl::UTCTimeZone());
}

// The payload as a message of the type that its header names; null where this build does not know
// the type, or knows it in another shape.
std::unique_ptr<google::protobuf::Message> Decode(const merkle::EntryHeader& header,
                                                  const v1::RecordedEvent& event) {
  const google::protobuf::Descriptor* type = EventDescriptorOf(header.event_type);
  if (type == nullptr) return nullptr;
  std::unique_ptr<google::protobuf::Message> message = NewMessage(*type);
  return message->ParseFromString(event.payload()) ? std::move(message) : nullptr;
}

// What is in header and payload, then the very bytes that the leaf is made of.
absl::Status PrintEventJson(const merkle::EntryHeader& header, const v1::RecordedEvent& event) {
  nlohmann::ordered_json json = {{"position", absl::StrCat(header.position.value)},
                                 {"recordedAt", InstantOf(header)},
                                 {"contractId", header.contract_id},
                                 {"revision", absl::StrCat(header.revision.value)},
                                 {"eventType", header.event_type}};
  if (event.state() == v1::PAYLOAD_STATE_PRESENT) {
    if (const auto message = Decode(header, event); message != nullptr) {
      ASSIGN_OR_RETURN(const std::string decoded, JsonOf(*message));
      json["event"] = nlohmann::ordered_json::parse(decoded);
    }
  }
  ASSIGN_OR_RETURN(const std::string bytes, JsonOf(event));
  json.update(nlohmann::ordered_json::parse(bytes));
  // Whatever the header says, it is printed.
  std::cout << json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
  return absl::OkStatus();
}

// Prints one event after checking that header, payload and salt belong together: what is shown was
// hashed.
absl::Status PrintEvent(const Program& program, const EventsOptions& options,
                        const v1::RecordedEvent& event) {
  ASSIGN_OR_RETURN(const merkle::EntryHeader header, merkle::DecodeEntryHeader(event.header()));
  const bool present = event.state() == v1::PAYLOAD_STATE_PRESENT;
  if (present &&
      merkle::PayloadCommitment(event.salt(), event.payload()) != header.payload_commitment) {
    return Refuse({absl::StatusCode::kDataLoss, "COMMITMENT_MISMATCH",
                   absl::StrCat("position ", header.position.value,
                                ": the payload is not what was committed to")});
  }
  if (program.json) return PrintEventJson(header, event);
  const std::string name = Printable(header.event_type.substr(header.event_type.rfind('.') + 1));
  std::cout << Paint(absl::StrCat(header.position.value), Colour::kBold) << "  "
            << InstantOf(header) << "  " << Printable(header.contract_id) << "/"
            << header.revision.value << "  " << Paint(name, Colour::kCyan)
            << (header.author_key_id.empty() ? "" : "  signed");
  if (!present) {
    std::cout << Paint(event.state() == v1::PAYLOAD_STATE_ERASED ? "  erased" : "  withheld",
                       Colour::kYellow)
              << "\n";
    return absl::OkStatus();
  }
  const std::unique_ptr<google::protobuf::Message> message = Decode(header, event);
  if (message == nullptr) {
    std::cout << "  (of a newer build; --json prints its bytes)\n";
    return absl::OkStatus();
  }
  nlohmann::ordered_json payload = MessageToJson(*message);
  if (options.payloads) {
    std::cout << "\n";
    for (absl::string_view line : absl::StrSplit(payload.dump(2), '\n'))
      std::cout << Printable(line) << "\n";
    return absl::OkStatus();
  }
  for (const char* key :
       {"focus", "level", "effective_on", "evidence_id", "outcome", "title", "dispute_id"}) {
    if (payload.contains(key)) {
      std::cout << "  " << key << " "
                << Printable(payload[key].is_string() ? payload[key].get<std::string>()
                                                      : payload[key].dump());
    }
  }
  std::cout << "\n";
  return absl::OkStatus();
}

absl::Status Events(const Program& program, const EventsOptions& options) {
  v1::ReadRequest request;
  *request.mutable_filter() = FilterOf(options);
  request.set_max_events(options.limit);
  if (options.reverse) {
    request.set_direction(v1::DIRECTION_BACKWARD);
    if (options.from > 0) request.set_until(options.from);
  } else {
    request.mutable_start()->set_from_position(options.from);
  }
  grpc::ClientContext context;
  absl::Status shown;
  uint64_t count = 0;
  RETURN_IF_ERROR(program.Connect().Read(request, &context, [&](const v1::ReadReply& reply) {
    for (const v1::RecordedEvent& event : reply.batch().events()) {
      if (shown.ok()) shown = PrintEvent(program, options, event);
      ++count;
    }
    return shown.ok();
  }));
  RETURN_IF_ERROR(shown);
  if (count == 0 && !program.json) std::cout << "No event matches.\n";
  return absl::OkStatus();
}

absl::Status Follow(const Program& program, const EventsOptions& options) {
  v1::SubscribeRequest request;
  *request.mutable_filter() = FilterOf(options);
  request.mutable_start()->set_from_position(options.from);
  grpc::ClientContext context;
  absl::Status shown;
  std::atomic<uint64_t> next = options.from;
  const auto where = [&next] { return absl::StrCat("follow on with --from ", next.load()); };
  const LastWords words([&where] { return absl::StrCat("INTERRUPTED: ", where()); });
  const auto print = [&](const v1::SubscribeReply& reply) {
    for (const v1::RecordedEvent& event : reply.batch().events()) {
      if (shown.ok()) shown = PrintEvent(program, options, event);
    }
    std::cout.flush();
    next = reply.resume().position();
    if (reply.has_caught_up() && !program.json) {
      std::cerr << Paint(absl::StrCat("-- caught up at ", reply.resume().position(),
                                      "; waiting (Ctrl-C ends)"),
                         Colour::kDim, STDERR_FILENO)
                << "\n";
    }
    return shown.ok();
  };
  const absl::Status ended = program.Connect().Subscribe(request, &context, print);
  RETURN_IF_ERROR(shown);
  return At(where(), ended);
}

void AddFilterOptions(CLI::App* command, EventsOptions* options) {
  command->add_option("--contract", options->contracts, "Only these contracts")->check(Name());
  command->add_option("--type", options->types, "Only these event types, such as LevelDetermined")
      ->check(Name());
  command->add_option("--focus", options->focuses, "Only events about these focuses")
      ->check(Name());
  command->add_option("--from", options->from, "First position")
      ->check(WholeNumber<uint64_t>())
      ->capture_default_str();
  command->add_flag("--payload", options->payloads, "Print whole payloads");
}

}  // namespace

void AddEventsCommands(CLI::App& app, Program& program) {
  auto options = std::make_shared<EventsOptions>();
  CLI::App* events = AddCommand(
      app, program, "events", "The events of the ledger, in order, each checked against its header",
      "waymark events --contract HIGHWAYS-1 --type LevelDetermined",
      [&program, options] { return Events(program, *options); });
  AddFilterOptions(events, options.get());
  events->add_option("--limit", options->limit, "Most events to print; 0 = all")
      ->check(WholeNumber<uint32_t>())
      ->capture_default_str();
  events->add_flag("--reverse", options->reverse, "Newest first");
  auto followed = std::make_shared<EventsOptions>();
  CLI::App* follow =
      AddCommand(app, program, "follow", "The same, then every new event as it is recorded",
                 "waymark follow --type LevelDetermined --from 100",
                 [&program, followed] { return Follow(program, *followed); });
  AddFilterOptions(follow, followed.get());
}

}  // namespace waymark::cli
