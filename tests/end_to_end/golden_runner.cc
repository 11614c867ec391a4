// Plays worked examples against a real server on a rehearsal ledger, all of them on one: each has
// contracts of its own, and since a rehearsal clock only goes forward, their steps are taken in the
// order of their instants.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "clients/cpp/client.h"
#include "ledger/base/civil_day.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "tests/end_to_end/golden_case.h"
#include "tests/end_to_end/golden_fixture.h"
#include "tests/end_to_end/golden_questions.h"
#include "tests/support/daemon.h"
#include "tests/support/temp_dir.h"

namespace waymark::golden {
namespace {

// One thing to do for one example at one instant.
struct Step {
  absl::Time at;
  size_t example;
  // 0 is the contract and clause of the fixture, i + 1 is given[i], given.size() + 1 the question.
  size_t number;
};

struct Play {
  const Case* one;
  std::unique_ptr<Fixture> fixture;
  // Of the civil days in the example.
  absl::TimeZone zone;
  std::vector<std::string> differences;
  bool asked = false;
};

std::string Explain(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return absl::StrCat(absl::StatusCodeToString(status.code()), reason.empty() ? "" : " ", reason,
                      ": ", status.message());
}

// The steps of one example, none before the one it follows. An example with a bad instant gets
// none.
std::vector<Step> StepsOf(size_t index, absl::Time start, Play* play) {
  std::vector<Step> steps = {{start, index, 0}};
  absl::Time at = start;
  for (size_t i = 0; i < play->one->given.size(); ++i) {
    const absl::StatusOr<absl::Time> recorded = ParseInstant(play->one->given[i], "recorded_at");
    if (!recorded.ok()) {
      play->differences.push_back(absl::StrCat("given[", i, "]: ", recorded.status().message()));
      return {};
    }
    at = std::max(at, *recorded);
    steps.push_back({at, index, i + 1});
  }
  const absl::StatusOr<absl::Time> asked = AskedAt(*play->one, play->zone, at);
  if (!asked.ok()) {
    play->differences.push_back(absl::StrCat("ask: ", asked.status().message()));
    return {};
  }
  steps.push_back({*asked, index, play->one->given.size() + 1});
  return steps;
}

// Whether the example registers the contract itself that the others have from the fixture.
bool RegistersContract(const nlohmann::json& event) {
  return event["type"] == "ContractRegistered" && event.value("contract_id", "A") == "A";
}

// The zone that the example registers its contract in, where it names one.
absl::TimeZone ZoneOf(const Case& one, const absl::TimeZone& otherwise) {
  for (const nlohmann::json& event : one.given) {
    if (!RegistersContract(event) || !event.contains("time_zone")) continue;
    return FindTimeZone(event["time_zone"].get<std::string>()).value_or(otherwise);
  }
  return otherwise;
}

// Takes what comes before the question. The clause is on record before the events, since a notice
// may name it and a question may know little more than it.
absl::Status Prepare(const Step& step, absl::CivilDay today, const Play& play) {
  const Case& one = *play.one;
  const bool of_fixture = std::none_of(one.given.begin(), one.given.end(), RegistersContract);
  bool registered = step.number == 0 && of_fixture;
  if (registered) RETURN_IF_ERROR(play.fixture->Contract(nlohmann::json::object(), today).status());
  if (step.number > 0) {
    const nlohmann::json& event = one.given[step.number - 1];
    RETURN_IF_ERROR(play.fixture->Append(event, today).status());
    registered = RegistersContract(event);
  }
  if (!registered || one.clause.is_null() || one.ask.value("question", "") == "record_clause") {
    return absl::OkStatus();
  }
  return play.fixture->RecordClause(one.clause, today).status();
}

void Take(const Step& step, const Client& client, Play* play) {
  const Case& one = *play->one;
  const absl::CivilDay today = absl::ToCivilDay(step.at, play->zone);
  if (step.number <= one.given.size()) {
    const absl::Status prepared = Prepare(step, today, *play);
    if (prepared.ok()) return;
    const std::string what =
        step.number == 0 ? "fixture" : absl::StrCat("given[", step.number - 1, "]");
    play->differences.push_back(absl::StrCat(what, " was refused: ", Explain(prepared)));
    return;
  }
  play->asked = true;
  const absl::StatusOr<nlohmann::json> answer = Ask(one, client, play->fixture.get(), today);
  if (!answer.ok()) {
    play->differences.push_back(Explain(answer.status()));
  } else if (answer->contains("message") && !one.expect.contains("status")) {
    play->differences.push_back(absl::StrCat("refused: ", answer->dump()));
  } else {
    play->differences = Differences(one.expect, *answer);
  }
}

// An example that has gone wrong is not played on, and does not keep the others from it.
void TakeIfPlaying(const Step& step, const Client& client, Play* play) {
  if (!play->differences.empty()) return;
  try {
    Take(step, client, play);
  } catch (const nlohmann::json::exception& error) {
    play->differences.push_back(absl::StrCat("a value of a wrong type: ", error.what()));
  }
}

absl::Status SetClock(const Client& client, absl::Time at) {
  v1::SetRehearsalClockRequest request;
  const int64_t micros = absl::ToUnixMicros(at);
  request.mutable_now()->set_seconds(micros / 1000000);
  request.mutable_now()->set_nanos(static_cast<int32_t>(micros % 1000000 * 1000));
  return client.SetRehearsalClock(request).status();
}

absl::StatusOr<std::vector<Play>> PlayAll(const std::vector<Case>& cases,
                                          const std::string& daemon_program,
                                          const std::string& matrix_file) {
  ASSIGN_OR_RETURN(const absl::TimeZone zone, FindTimeZone("Europe/London"));
  ASSIGN_OR_RETURN(const MatrixVersion matrix, LoadMatrix(matrix_file, "v1"));
  // Before the service of the contract of the examples, and before anything that an example
  // records.
  absl::Time start = absl::FromCivil(absl::CivilDay(2022, 3, 1), zone);
  for (const Case& one : cases) {
    for (const nlohmann::json& event : one.given) {
      const absl::StatusOr<absl::Time> recorded = ParseInstant(event, "recorded_at");
      if (recorded.ok()) start = std::min(start, *recorded - absl::Hours(1));
    }
  }
  test::TempDir directory;
  test::Daemon::Options options{
      .ledger_id = "example.com/golden",
      .rehearsal = true,
      .clock = absl::FormatTime(absl::RFC3339_full, start, absl::UTCTimeZone())};
  ASSIGN_OR_RETURN(std::unique_ptr<test::Daemon> daemon,
                   test::Daemon::Init(daemon_program, directory.path(), options));
  RETURN_IF_ERROR(daemon->Start());
  const Client client(daemon->address());

  uint64_t newest_position = 0;
  std::vector<Play> plays;
  std::vector<Step> steps;
  for (size_t i = 0; i < cases.size(); ++i) {
    plays.push_back({&cases[i],
                     std::make_unique<Fixture>(client, daemon->ledger_id(), matrix,
                                               absl::StrCat(i, "-"), &newest_position),
                     ZoneOf(cases[i], zone)});
    const std::vector<Step> own = StepsOf(i, start, &plays.back());
    steps.insert(steps.end(), own.begin(), own.end());
  }
  std::stable_sort(steps.begin(), steps.end(),
                   [](const Step& a, const Step& b) { return a.at < b.at; });
  absl::Time now = start;
  const bool progress = isatty(STDERR_FILENO) != 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].at > now) {
      RETURN_IF_ERROR(SetClock(client, steps[i].at));
      now = steps[i].at;
    }
    TakeIfPlaying(steps[i], client, &plays[steps[i].example]);
    if (progress) std::fprintf(stderr, "\r%zu of %zu steps ", i + 1, steps.size());
  }
  if (progress) std::fprintf(stderr, "\r%*s\r", 40, "");
  daemon->Terminate();
  return plays;
}

int Main(int argc, char** argv) {
  CLI::App app{
      "Plays worked examples against a real server on a rehearsal ledger.\n"
      "Example: tests/golden --file tests/longevity.json"};
  std::string file, daemon, matrix;
  app.add_option("--file", file, "The examples: a JSON list of {id, given, ask, expect}")
      ->required();
  app.add_option("--daemon", daemon, "The waymarkd to start")->required();
  app.add_option("--matrix", matrix,
                 "The matrix of the examples, TSV, six ladders defined at all levels")
      ->required();
  CLI11_PARSE(app, argc, argv);
  std::ifstream stream(file);
  if (!stream) {
    std::cerr << "golden: " << file << ": cannot be read\n";
    return 2;
  }
  std::stringstream text;
  text << stream.rdbuf();
  const absl::StatusOr<std::vector<Case>> cases = ParseCases(text.str());
  if (!cases.ok()) {
    std::cerr << "golden: " << file << ": " << cases.status().message() << "\n";
    return 2;
  }
  const absl::StatusOr<std::vector<Play>> plays = PlayAll(*cases, daemon, matrix);
  if (!plays.ok()) {
    std::cerr << "golden: " << Explain(plays.status()) << "\n";
    return 2;
  }
  size_t failed = 0;
  for (const Play& play : *plays) {
    const bool passed = play.asked && play.differences.empty();
    failed += passed ? 0 : 1;
    std::cout << (passed ? "PASS " : "FAIL ") << play.one->id;
    for (const std::string& difference : play.differences)
      std::cout << (passed ? " " : "  ") << difference << ";";
    std::cout << "\n";
  }
  std::cout << plays->size() - failed << " passed, " << failed << " failed\n";
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace waymark::golden

int main(int argc, char** argv) { return waymark::golden::Main(argc, argv); }
