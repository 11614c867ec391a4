// waymark append: records the events of a file as one request.
#include <iostream>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/answer_text.h"
#include "clients/cli/author.h"
#include "clients/cli/command.h"
#include "clients/cli/sealed_request.h"
#include "clients/cli/terminal.h"
#include "clients/cpp/event_json.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"

namespace waymark::cli {
namespace {

struct AppendOptions {
  std::string contract, file, resend;
  bool subjects = false;
  std::optional<uint64_t> expect;
  AuthorOptions author;
};

absl::StatusOr<v1::AppendReply> Record(const Program& program, const AppendOptions& options,
                                       std::vector<std::string>* types) {
  if (!options.resend.empty()) {
    ASSIGN_OR_RETURN(const v1::AppendRequest request, ReadSealed(options.resend));
    for (const v1::EventToAppend& event : request.events()) types->push_back(event.event_type());
    const Client client = program.Connect();
    ASSIGN_OR_RETURN(const v1::GetStatusReply status, client.GetStatus());
    return SendSealed(client, status, request);
  }
  ASSIGN_OR_RETURN(const std::string text, ReadFile(options.file, 4 * kRequestBytesMax));
  const auto read = ReadEvents(text, options.author);
  if (!read.ok()) return At(options.file, read.status());
  for (const auto& message : *read) types->push_back(message->GetDescriptor()->full_name());
  return options.author.Append(program, options.contract, [&](RequestBuilder& request) {
    for (const auto& message : *read) request.Add(*message);
    if (options.expect) request.Expect(*options.expect);
  });
}

// What parties assent to before the events of the file are recorded.
absl::Status PrintSubjects(const Program& program, const AppendOptions& options) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(options.file, 4 * kRequestBytesMax));
  const auto read = ReadEvents(text, options.author);
  if (!read.ok()) return At(options.file, read.status());
  nlohmann::json subjects = nlohmann::json::array();
  Table table({"Event", "Subject of assents"});
  for (const auto& message : *read) {
    const std::string subject = merkle::ToHex(AssentSubjectOf(*message));
    subjects.push_back(subject);
    table.Add({message->GetDescriptor()->name(), subject});
  }
  if (program.json) {
    std::cout << subjects.dump() << "\n";
  } else {
    table.Print(std::cout);
  }
  return absl::OkStatus();
}

absl::Status Append(const Program& program, const AppendOptions& options) {
  if (options.subjects) return PrintSubjects(program, options);
  std::vector<std::string> types;
  ASSIGN_OR_RETURN(const v1::AppendReply reply, Record(program, options, &types));
  if (program.json) return PrintJson(reply);
  const v1::ReceiptFixed& fixed = reply.receipt().fixed();
  std::cout << "Recorded on " << fixed.contract_id() << " at " << InstantText(fixed.recorded_at())
            << ", request " << fixed.request_id()
            << (reply.receipt().tlog_proofs().empty() ? ", durable" : ", published") << "\n\n";
  Table table({"Position", "Revision", "Event", "Leaf", "Flags"});
  table.AlignRight(0).AlignRight(1);
  for (int i = 0; i < fixed.events_size(); ++i) {
    table.Add(
        {absl::StrCat(fixed.events(i).position()), absl::StrCat(fixed.events(i).revision()),
         types[i].substr(types[i].rfind('.') + 1),
         merkle::ToHex(fixed.events(i).leaf_hash()).substr(0, 16),
         Text(i < reply.event_flags_size() ? absl::StrJoin(reply.event_flags(i).flags(), " ") : "",
              Colour::kYellow)});
  }
  table.Print(std::cout);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::unique_ptr<google::protobuf::Message>>> ReadEvents(
    const nlohmann::json& list, const AuthorOptions& author) {
  std::vector<std::unique_ptr<google::protobuf::Message>> messages;
  const auto refuse = [&](absl::string_view reason, absl::string_view what) {
    return Refuse({absl::StatusCode::kInvalidArgument, std::string(reason), std::string(what),
                   static_cast<int>(messages.size())});
  };
  if (list.is_array() && (list.empty() || list.size() > kRequestEventsMax)) {
    return Refuse({absl::StatusCode::kInvalidArgument, "EVENT_COUNT_INVALID",
                   absl::StrCat("events: found ", list.size(), ", a request holds 1 to ",
                                kRequestEventsMax)});
  }
  for (const nlohmann::json& item : list.is_array() ? list : nlohmann::json::array({list})) {
    if (!item.is_object() || !item.contains("type") || !item["type"].is_string()) {
      return refuse("FIELD_MISSING",
                    "type: each event is an object with a type, such as \"EvidenceSubmitted\"");
    }
    const std::string type = item["type"].get<std::string>();
    const google::protobuf::Descriptor* descriptor = EventDescriptorOf(type);
    if (descriptor == nullptr || descriptor->FindFieldByName("common") == nullptr) {
      return refuse("EVENT_TYPE_UNKNOWN",
                    absl::StrCat("type: there is no event \"", Printable(type),
                                 "\"; write it as in LevelDetermined"));
    }
    nlohmann::json payload = item;
    payload.erase("type");
    author.FillCommon(&payload);
    messages.push_back(NewMessage(*descriptor));
    if (absl::Status read = JsonToMessage(payload, nullptr, messages.back().get()); !read.ok()) {
      std::vector<Violation> violations = ViolationsOf(read);
      for (Violation& violation : violations)
        violation.event_index = static_cast<int>(messages.size()) - 1;
      return Refuse(violations);
    }
  }
  return messages;
}

absl::StatusOr<std::vector<std::unique_ptr<google::protobuf::Message>>> ReadEvents(
    const std::string& text, const AuthorOptions& author) {
  ASSIGN_OR_RETURN(const nlohmann::json parsed, ParseJson(text));
  if (!parsed.is_object() || !parsed.contains("events")) return ReadEvents(parsed, author);
  for (const auto& [name, value] : parsed.items()) {
    if (name == "events") continue;
    return Refuse({absl::StatusCode::kInvalidArgument, "FIELD_UNKNOWN",
                   absl::StrCat(Printable(name), ": beside `events` there is no such field")});
  }
  return ReadEvents(parsed["events"], author);
}

void AddAppendCommand(CLI::App& app, Program& program) {
  auto options = std::make_shared<AppendOptions>();
  CLI::App* command = AddCommand(app, program, "append",
                                 "Record the events of a JSON file as one request, all or none",
                                 "waymark append --contract HIGHWAYS-1 --file evidence.json "
                                 "--party COUNTY --role CM --key cm.key\n"
                                 "  with evidence.json: [{\"type\": \"EvidenceVerified\", "
                                 "\"evidence_id\": \"E-1\", \"outcome\": \"VERIFIED\",\n"
                                 "                        \"method\": \"read\", \"common\": "
                                 "{\"reason\": \"matches the survey\"}}]",
                                 [&program, options] { return Append(program, *options); });
  CLI::Option* contract =
      command->add_option("--contract", options->contract, "Stream to append to")
          ->required()
          ->check(Name());
  CLI::Option* file = command
                          ->add_option("--file", options->file,
                                       "JSON: a list of events, or one; - reads standard input")
                          ->required();
  command
      ->add_option("--expect", options->expect,
                   "Revision that the first event must get (0: an empty contract)")
      ->check(WholeNumber<uint64_t>());
  command->add_flag("--subjects", options->subjects,
                    "Record nothing: print what an assent to each event would name as its subject");
  options->author.AddTo(command);
  CLI::Option* resend = command->add_option(
      "--resend", options->resend,
      "Instead of all this: send the request in this file, where OUTCOME_UNKNOWN kept it, again "
      "byte for byte; it is recorded once");
  for (CLI::Option* other : command->get_options()) {
    if (other != resend && other != command->get_help_ptr()) resend->excludes(other);
  }
  // What a request holds already is not asked for.
  resend->each([contract, file](const std::string&) {
    contract->required(false);
    file->required(false);
  });
}

}  // namespace waymark::cli
