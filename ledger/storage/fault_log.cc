#include "ledger/storage/fault_log.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace waymark {
namespace {

std::vector<rocksdb::LiveFileMetaData> LiveFiles(const Tables& tables) {
  std::vector<rocksdb::LiveFileMetaData> files;
  tables.db().GetLiveFilesMetaData(&files);
  return files;
}

// The file that RocksDB names in a message such as "... in /data/000123.sst offset 0 size 16".
std::string FileNamedIn(absl::string_view message) {
  const size_t end = message.find(".sst");
  if (end == absl::string_view::npos) return "";
  const size_t slash = message.rfind('/', end);
  const size_t begin = slash == absl::string_view::npos ? 0 : slash + 1;
  return std::string(message.substr(begin, end + 4 - begin));
}

void AppendWord(absl::string_view name, absl::string_view value, std::string* line) {
  if (value.empty()) return;
  if (value.find_first_of(" \"\n\r\t") == absl::string_view::npos) {
    absl::StrAppend(line, " ", name, "=", value);
  } else {
    absl::StrAppend(line, " ", name, "=\"", absl::CEscape(value), "\"");
  }
}

}  // namespace

std::string FormatFault(const Fault& fault) {
  std::string line = "FAULT";
  if (fault.position.has_value()) absl::StrAppend(&line, " position=", fault.position->value);
  AppendWord("contract", fault.contract_id, &line);
  if (fault.revision.has_value()) absl::StrAppend(&line, " revision=", fault.revision->value);
  AppendWord("what", fault.what, &line);
  AppendWord("file", fault.file, &line);
  AppendWord("key", fault.key, &line);
  if (fault.value_byte.has_value()) absl::StrAppend(&line, " value_byte=", *fault.value_byte);
  AppendWord("want", fault.want, &line);
  AppendWord("got", fault.got, &line);
  return line;
}

FaultLog::FaultLog(const Tables& tables, std::function<void(const Fault&)> on_fault)
    : files_(LiveFiles(tables)), on_fault_(std::move(on_fault)) {}

std::string FaultLog::FileOf(const Fault& fault, Family family, absl::string_view key) const {
  if (std::string named = FileNamedIn(fault.got); !named.empty()) return named;
  for (const rocksdb::LiveFileMetaData& file : files_) {
    if (file.column_family_name == kFamilyNames[static_cast<size_t>(family)] &&
        absl::string_view(file.smallestkey) <= key && key <= absl::string_view(file.largestkey)) {
      return std::string(absl::StripPrefix(file.name, "/"));
    }
  }
  return "log";
}

void FaultLog::Report(Fault fault, Family family, absl::string_view key) {
  fault.file = FileOf(fault, family, key);
  fault.key = absl::BytesToHexString(key);
  Report(std::move(fault));
}

void FaultLog::Report(Fault fault) {
  ++count_;
  if (on_fault_) on_fault_(fault);
  const auto place = [](const Fault& at) { return at.position.value_or(Position{~uint64_t{0}}); };
  if (!first_.has_value() || place(fault) < place(*first_)) first_ = std::move(fault);
}

}  // namespace waymark
