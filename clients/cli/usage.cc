// What the words on the command line may be, and what is said where they are something else.
#include <algorithm>
#include <iostream>
#include <numeric>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "clients/cli/command.h"
#include "clients/cli/terminal.h"
#include "ledger/merkle/encoding.h"

namespace waymark::cli {
namespace {

constexpr size_t kTypingErrorsMax = 2;

// Letters to add, drop or change until one word is the other (Levenshtein's distance).
size_t Distance(absl::string_view from, absl::string_view to) {
  std::vector<size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= from.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t k = 1; k <= to.size(); ++k) {
      const size_t changed = diagonal + (from[i - 1] == to[k - 1] ? 0 : 1);
      diagonal = row[k];
      row[k] = std::min({changed, row[k] + 1, row[k - 1] + 1});
    }
  }
  return row.back();
}

std::vector<std::string> CommandsOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

std::vector<std::string> OptionsOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// "; did you mean X?" where one of the names is near.
std::string Suggestion(absl::string_view word, const std::vector<std::string>& names) {
  const std::string* nearest = nullptr;
  size_t least = kTypingErrorsMax + 1;
  for (const std::string& name : names) {
    const size_t distance = absl::StartsWith(name, word) ? 1 : Distance(word, name);
    if (distance < least) {
      least = distance;
      nearest = &name;
    }
  }
  return nearest == nullptr ? "" : absl::StrCat("; did you mean ", *nearest, "?");
}

std::string Explain(const CLI::App& app, const CLI::App& chosen, const CLI::ParseError& error) {
  const std::vector<std::string> commands = CommandsOf(chosen);
  // What was not understood says more than what is missing because of it.
  const std::vector<std::string> rest = app.remaining(/*recurse=*/true);
  if (!rest.empty()) {
    const std::string word = rest[0].substr(0, rest[0].find('='));
    const std::string shown = absl::StrCat("\"", Printable(word), "\"");
    if (absl::StartsWith(word, "-")) {
      std::vector<std::string> options = OptionsOf(chosen);
      for (std::string& name : OptionsOf(app)) options.push_back(std::move(name));
      return absl::StrCat("there is no option ", shown, Suggestion(word, options));
    }
    if (!commands.empty())
      return absl::StrCat("there is no command ", shown, Suggestion(word, commands));
    return absl::StrCat(shown, " is one word too many");
  }
  const bool unnamed = !commands.empty() && chosen.get_subcommands().empty();
  if (unnamed && error.get_name() == "RequiredError")
    return absl::StrCat("name a command: ", absl::StrJoin(commands, ", "));
  return Printable(error.what());
}

}  // namespace

ExitCode ReportUsage(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* chosen = &app;
  std::string path = app.get_name();
  while (!chosen->get_subcommands().empty()) {
    chosen = chosen->get_subcommands().front();
    absl::StrAppend(&path, " ", chosen->get_name());
  }
  std::string what = Explain(app, *chosen, error);
  std::cerr << "waymark: USAGE: " << what << (absl::EndsWith(what, "?") ? " See " : "; see ")
            << path << " --help\n";
  return kUsage;
}

CLI::Validator Name() {
  return CLI::Validator(
      [](const std::string& text) -> std::string {
        if (text.find_first_not_of(' ') == std::string::npos) return "a name is missing";
        if (!merkle::IsUtf8(text)) return "not UTF-8";
        const bool control = std::any_of(text.begin(), text.end(), [](char c) {
          return static_cast<uint8_t>(c) < 0x20 || c == 0x7f;
        });
        return control ? "a name holds no control characters" : "";
      },
      "");
}

CLI::Validator OneOf(const google::protobuf::EnumDescriptor& type, const std::string& prefix) {
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0)
      names.emplace_back(absl::StripPrefix(type.value(i)->name(), prefix));
  }
  return CLI::IsMember(std::move(names), CLI::ignore_case);
}

CLI::Validator ServerAddress() {
  return CLI::Validator(
      [](const std::string& text) -> std::string {
        const size_t colon = text.rfind(':');
        uint32_t port = 0;
        const bool complete = colon != std::string::npos && colon > 0 &&
                              absl::SimpleAtoi(text.substr(colon + 1), &port) && port > 0 &&
                              port < 65536;
        if (complete && text.find_first_of(" /") == std::string::npos) return "";
        return absl::StrCat("\"", text, "\" is not HOST:PORT, such as 127.0.0.1:7443");
      },
      "");
}

}  // namespace waymark::cli
