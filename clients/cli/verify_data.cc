// waymark verify --data: reads every stored byte of a stopped ledger or a backup and hashes it
// again. The one file of the command line that opens the storage.
#include <unistd.h>

#include <iostream>

#include "absl/strings/str_cat.h"
#include "clients/cli/answer_text.h"
#include "clients/cli/command.h"
#include "clients/cli/terminal.h"
#include "ledger/base/limits.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/checkpoint.h"
#include "ledger/merkle/encoding.h"
#include "ledger/storage/verify.h"
#include "nlohmann/json.hpp"

namespace waymark::cli {
namespace {

constexpr size_t kCheckpointsFileBytesMax = size_t{4} << 30;
constexpr uint64_t kFaultsPrintedMax = 20;

struct VerifyDataOptions {
  std::string data, anchor, vkey;
  uint64_t from = 0;
};

// Every checkpoint that the ledger released, its signature verified.
//   file := { u32le length, note[length] }*
absl::StatusOr<std::vector<ReleasedCheckpoint>> ReadReleased(const std::string& path,
                                                             const merkle::VerifierKey& key) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kCheckpointsFileBytesMax));
  std::vector<ReleasedCheckpoint> released;
  for (size_t at = 0; at < bytes.size();) {
    const absl::string_view rest = absl::string_view(bytes).substr(at);
    const uint64_t length = rest.size() < 4 ? rest.size() : merkle::GetU32le(rest);
    absl::StatusOr<merkle::OpenedCheckpoint> opened =
        rest.size() < 4 + length
            ? absl::StatusOr<merkle::OpenedCheckpoint>(absl::DataLossError("cut off"))
            : merkle::OpenCheckpoint(rest.substr(4, length), key);
    if (!opened.ok()) {
      return Refuse({absl::StatusCode::kDataLoss, "ANCHOR_DAMAGED",
                     absl::StrCat(path, ": byte ", at, ": ", opened.status().message())});
    }
    released.push_back({opened->checkpoint.size, opened->checkpoint.root});
    at += 4 + length;
  }
  return released;
}

// The released checkpoints with the anchor, which a crash may have left one ahead of them.
absl::StatusOr<std::vector<ReleasedCheckpoint>> ReadSigned(const std::string& directory,
                                                           const merkle::VerifierKey& key) {
  if (access(directory.c_str(), F_OK) != 0) {
    return Refuse({absl::StatusCode::kNotFound, "ANCHOR_MISSING",
                   directory + ": no such folder; say where the anchor lies with --anchor-dir"});
  }
  ASSIGN_OR_RETURN(std::vector<ReleasedCheckpoint> signed_ones,
                   ReadReleased(directory + "/checkpoints", key));
  const std::string path = directory + "/anchor";
  ASSIGN_OR_RETURN(const std::string note, ReadFile(path, kNoteBytesMax));
  const absl::StatusOr<merkle::OpenedCheckpoint> anchor = merkle::OpenCheckpoint(note, key);
  const auto damaged = [&path](absl::string_view what) {
    return Refuse({absl::StatusCode::kDataLoss, "ANCHOR_DAMAGED", absl::StrCat(path, ": ", what)});
  };
  if (!anchor.ok()) return damaged(anchor.status().message());
  const ReleasedCheckpoint newest{anchor->checkpoint.size, anchor->checkpoint.root};
  if (!signed_ones.empty() && newest.size < signed_ones.back().size)
    return damaged("older than the newest released checkpoint");
  if (signed_ones.empty() || newest.size != signed_ones.back().size ||
      newest.root != signed_ones.back().root) {
    signed_ones.push_back(newest);
  }
  return signed_ones;
}

nlohmann::ordered_json FaultJson(const Fault& fault) {
  nlohmann::ordered_json json;
  if (fault.position) json["position"] = absl::StrCat(fault.position->value);
  if (!fault.contract_id.empty()) json["contract"] = fault.contract_id;
  if (fault.revision) json["revision"] = absl::StrCat(fault.revision->value);
  json["what"] = fault.what;
  if (!fault.file.empty()) json["file"] = fault.file;
  if (!fault.key.empty()) json["key"] = fault.key;
  if (fault.value_byte) json["valueByte"] = absl::StrCat(*fault.value_byte);
  if (!fault.want.empty()) json["want"] = fault.want;
  if (!fault.got.empty()) json["got"] = fault.got;
  return json;
}

void PrintReport(const Program& program, const VerifyReport& report, const std::string& vkey,
                 bool pinned) {
  if (program.json) {
    nlohmann::ordered_json json = {{"ledger", report.identity.ledger_id},
                                   {"size", absl::StrCat(report.size.value)},
                                   {"root", merkle::ToBase64(report.root)},
                                   {"eventsChecked", absl::StrCat(report.events_checked)},
                                   {"checkpointsChecked", absl::StrCat(report.checkpoints_checked)},
                                   {"signaturesChecked", absl::StrCat(report.signatures_checked)},
                                   {"faults", absl::StrCat(report.fault_count)}};
    if (report.first_fault) json["firstFault"] = FaultJson(*report.first_fault);
    std::cout << json.dump() << "\n";
    return;
  }
  std::cout << "ledger       " << report.identity.ledger_id << "\n"
            << "size         " << Thousands(report.size.value) << ", root "
            << merkle::ToBase64(report.root) << "\n"
            << "checked      " << Thousands(report.events_checked) << " events, "
            << Thousands(report.requests_checked) << " requests, "
            << Thousands(report.signatures_checked) << " signatures, "
            << Thousands(report.checkpoints_checked) << " checkpoints; "
            << Thousands(report.payloads_erased) << " payloads erased\n"
            << "key          " << vkey
            << (pinned ? "  (as you gave it)" : "  (from the directory itself)") << "\n";
  if (report.fault_count == 0) {
    std::cout << Paint("whole", Colour::kGreen) << "        every byte is as it was recorded\n";
  } else {
    std::cout << Paint(Counted(report.fault_count, "fault"), Colour::kRed) << ", the first:\n"
              << FormatFault(*report.first_fault) << "\n";
  }
}

absl::Status VerifyDirectory(const Program& program, const VerifyDataOptions& options) {
  VerifyOptions verify;
  verify.start = TreeSize{options.from};
  std::unique_ptr<Progress> progress;
  uint64_t printed = 0;
  verify.progress = [&](TreeSize done, TreeSize size) {
    if (progress == nullptr) progress = std::make_unique<Progress>("verifying", size.value);
    progress->Advance(done.value);
  };
  verify.on_fault = [&](const Fault& fault) {
    if (progress != nullptr) progress->Clear();
    if (!program.json && ++printed <= kFaultsPrintedMax) std::cerr << FormatFault(fault) << "\n";
  };
  const std::string directory = options.data + "/ledger";
  ASSIGN_OR_RETURN(const LedgerIdentity identity, ReadIdentity(directory));
  merkle::VerifierKey key{identity.ledger_id, merkle::KeyType::kLog, identity.public_key};
  if (!options.vkey.empty()) {
    const absl::StatusOr<merkle::VerifierKey> given = merkle::ParseVkey(options.vkey);
    if (!given.ok()) return At("--vkey", given.status());
    key = *given;
    verify.ledger_id = key.name;
    if (key.public_key != identity.public_key) {
      return Refuse({absl::StatusCode::kFailedPrecondition, "KEY_MISMATCH",
                     absl::StrCat(directory,
                                  ": the ledger's key is not the one you gave; "
                                  "compare yours with the contract's annex")});
    }
  }
  const std::string anchor = options.anchor.empty() ? options.data + "/anchor" : options.anchor;
  ASSIGN_OR_RETURN(verify.checkpoints, ReadSigned(anchor, key));
  ASSIGN_OR_RETURN(const VerifyReport report, VerifyData(directory, verify));
  progress.reset();
  PrintReport(program, report, merkle::FormatVkey(key), !options.vkey.empty());
  if (report.fault_count == 0) return absl::OkStatus();
  return Refuse({absl::StatusCode::kDataLoss, "LEDGER_DAMAGED",
                 absl::StrCat(options.data, ": ", Counted(report.fault_count, "fault"),
                              "; keep the directory as it is and restore "
                              "a copy that verifies")});
}

}  // namespace

void AddVerifyCommand(CLI::App& app, Program& program) {
  auto options = std::make_shared<VerifyDataOptions>();
  CLI::App* command =
      AddCommand(app, program, "verify",
                 "Read every stored byte of a stopped ledger again, and name the first bad one",
                 "waymark verify --data /var/lib/waymark --vkey 'example.com/highways+…'",
                 [&program, options] { return VerifyDirectory(program, *options); });
  command->add_option("--data", options->data, "Data directory of waymarkd")->required();
  command->add_option("--anchor-dir", options->anchor,
                      "Where the anchor lies (default: DATA/anchor)");
  command->add_option("--vkey", options->vkey, "The ledger's verifier key as you know it");
  command->add_option("--from", options->from, "Resume at this position")
      ->check(WholeNumber<uint64_t>())
      ->capture_default_str();
}

}  // namespace waymark::cli
