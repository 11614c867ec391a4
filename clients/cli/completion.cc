// waymark completion: prints a completion script, made from the commands themselves so that it
// cannot lag behind them.
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/command.h"

namespace waymark::cli {
namespace {

// One line a command: its path, then the words that may follow.
void Collect(const CLI::App& app, const std::string& path, std::string* cases) {
  std::vector<std::string> words;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    words.push_back(command->get_name());
    Collect(*command, absl::StrCat(path, " ", command->get_name()), cases);
  }
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_lnames().empty()) words.push_back("--" + option->get_lnames()[0]);
  }
  absl::StrAppend(cases, "    \"", path, "\") words=\"", absl::StrJoin(words, " "), "\" ;;\n");
}

absl::Status PrintCompletion(const CLI::App& app, const std::string& shell) {
  std::string cases;
  Collect(app, "waymark", &cases);
  if (shell == "zsh") std::cout << "autoload -U +X bashcompinit && bashcompinit\n";
  std::cout << "_waymark() {\n"
               "  local command=\"waymark\" words=\"\" word\n"
               "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
               "    case \"$word\" in -*) ;; *) case \"$command $word\" in\n";
  // Only words that are commands lengthen the path; the value of an option does not.
  std::vector<std::string> paths;
  for (size_t at = cases.find('"'); at != std::string::npos; at = cases.find("\n    \"", at)) {
    if (cases[at] == '\n') at += 5;
    const size_t end = cases.find('"', at + 1);
    paths.push_back(cases.substr(at, end - at + 1));
    at = end;
  }
  std::cout << "      " << absl::StrJoin(paths, "|") << ") command=\"$command $word\" ;;\n"
            << "      esac ;;\n    esac\n  done\n"
               "  case \"$command\" in\n"
            << cases
            << "  esac\n"
               "  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
               "}\n"
               "complete -o default -F _waymark waymark\n";
  return absl::OkStatus();
}

}  // namespace

void AddCompletionCommand(CLI::App& app, Program& program) {
  auto shell = std::make_shared<std::string>("bash");
  CLI::App* command = AddCommand(
      app, program, "completion", "Print a completion script for the shell",
      "source <(waymark completion bash)", [&app, shell] { return PrintCompletion(app, *shell); });
  command->add_option("shell", *shell, "bash or zsh")
      ->check(CLI::IsMember({"bash", "zsh"}))
      ->capture_default_str();
}

}  // namespace waymark::cli
