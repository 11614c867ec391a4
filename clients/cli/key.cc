// waymark key new: makes an Ed25519 key file and prints its public half.
#include <iostream>

#include "absl/strings/str_cat.h"
#include "clients/cli/command.h"
#include "clients/cli/terminal.h"
#include "ledger/base/refusal.h"
#include "ledger/base/status_macros.h"
#include "ledger/merkle/encoding.h"
#include "ledger/merkle/note_key.h"
#include "ledger/merkle/statement.h"

namespace waymark::cli {
namespace {

struct NewKeyOptions {
  std::string out, name;
};

absl::Status NewKey(const NewKeyOptions& options) {
  if (!options.name.empty() && !merkle::IsKeyName(options.name)) {
    return Refuse({absl::StatusCode::kInvalidArgument, "KEY_NAME_INVALID",
                   absl::StrCat("--name: \"", Printable(options.name),
                                "\" holds a space, a plus or a control byte")});
  }
  const merkle::PrivateKey key = merkle::PrivateKey::Generate();
  RETURN_IF_ERROR(WriteNewFile(options.out, key.ToPem(), /*secret=*/true));
  const Digest id = merkle::AuthorKeyId(key.public_key());
  std::cout << "private key  " << options.out << " (keep it secret; no copy exists elsewhere)\n"
            << "public key   " << merkle::ToHex(key.public_key()) << "\n"
            << "key id       " << merkle::ToHex(id) << "\n";
  if (!options.name.empty()) {
    std::cout << "vkey         "
              << merkle::FormatVkey(merkle::NoteSigner{options.name, key}.verifier()) << "\n";
  }
  return absl::OkStatus();
}

}  // namespace

void AddKeyCommands(CLI::App& app, Program& program) {
  CLI::App* key = app.add_subcommand("key", "Keys of ledgers and authors");
  key->require_subcommand(1);
  auto options = std::make_shared<NewKeyOptions>();
  CLI::App* command =
      AddCommand(*key, program, "new", "Make an Ed25519 key file (PKCS#8, readable by you alone)",
                 "waymark key new --out ledger.key --name example.com/highways",
                 [options] { return NewKey(*options); });
  command->add_option("--out", options->out, "File to write; must not exist")->required();
  command->add_option("--name", options->name,
                      "Ledger id: prints the verifier key to put in the contract's annex");
}

}  // namespace waymark::cli
