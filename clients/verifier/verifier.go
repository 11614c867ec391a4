// Command waymark-verifier checks a Waymark ledger with the Go team's transparency-log packages,
// as Debian ships them. It shares no code with the server or its client libraries: where they
// agree, two independent readers agree.
//
//	waymark-verifier tiles DIR|URL VKEY       a whole ledger: checkpoint, tiles, entry bundles
//	waymark-verifier proof FILE HEADER VKEY   one entry: what `waymark prove` wrote, the header
//
// VKEY is the ledger's public key, as text or as the name of a file that holds it. Exit 0: all was
// checked and whole; 1: a fault, named; 2: usage.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	// Up to this size the consistency of every smaller tree is checked; above it, of about as many.
	consistencyChecks = 10000
	bytesMax          = 64 << 20
)

// ledger is where the files are: a folder, or the prefix of a server.
type ledger string

var errAbsent = errors.New("absent")

func (l ledger) read(path string) ([]byte, error) {
	if !strings.HasPrefix(string(l), "http://") && !strings.HasPrefix(string(l), "https://") {
		data, err := os.ReadFile(filepath.Join(string(l), path))
		if errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("%s: %w", path, errAbsent)
		}
		return data, err
	}
	response, err := http.Get(strings.TrimSuffix(string(l), "/") + "/" + path)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusNotFound {
		return nil, fmt.Errorf("%s: %w", path, errAbsent)
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: HTTP %s", path, response.Status)
	}
	return io.ReadAll(io.LimitReader(response.Body, bytesMax))
}

// pathOf is the path of C2SP tlog-tiles: that of the Go checksum database without the height, and
// "entries" for "data".
func pathOf(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
	return "tile/" + strings.Replace(path, "data/", "entries/", 1)
}

// openCheckpoint verifies the signature and takes the three lines apart.
func openCheckpoint(data []byte, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	origin, rest, _ := strings.Cut(opened.Text, "\n")
	if origin != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("origin %q, key of %q", origin, verifier.Name())
	}
	if strings.Count(opened.Text, "\n") != 3 {
		return tlog.Tree{}, errors.New("not three lines")
	}
	// The package knows one origin only, so the lines after it are given to it under that name.
	return tlog.ParseTree([]byte("go.sum database tree\n" + rest))
}

// memory holds the hashes that follow from the entry bundles alone, in the package's own order.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = m[index]
	}
	return hashes, nil
}

// readEntries hashes every entry of every bundle, which must hold its entries and no byte more.
func readEntries(l ledger, size int64) (memory, error) {
	var hashes memory
	for first := int64(0); first < size; first += tileWidth {
		width := size - first
		if width > tileWidth {
			width = tileWidth
		}
		path := pathOf(tlog.Tile{H: tileHeight, L: -1, N: first / tileWidth, W: int(width)})
		bundle, err := l.read(path)
		if err != nil {
			return nil, err
		}
		for position := first; position < first+width; position++ {
			if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
				return nil, fmt.Errorf("%s: ends in the entry at position %d", path, position)
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			added, err := tlog.StoredHashes(position, bundle[2:end], hashes)
			if err != nil {
				return nil, err
			}
			hashes = append(hashes, added...)
			bundle = bundle[end:]
		}
		if len(bundle) != 0 {
			return nil, fmt.Errorf("%s: %d bytes after the last entry", path, len(bundle))
		}
	}
	return hashes, nil
}

// tileFiles reads tiles for the package, which checks them against the checkpoint before use.
type tileFiles struct {
	ledger ledger
	seen   map[string][]byte
}

func (t *tileFiles) Height() int                                { return tileHeight }
func (t *tileFiles) SaveTiles(tiles []tlog.Tile, data [][]byte) {}
func (t *tileFiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		path := pathOf(tile)
		if t.seen[path] == nil {
			content, err := t.ledger.read(path)
			if err != nil {
				return nil, err
			}
			t.seen[path] = content
		}
		data[i] = t.seen[path]
	}
	return data, nil
}

// checkTiles compares every tile with the one that follows from the bundles. Narrower forms of the
// newest tile of a level need not be kept in a folder; those that are there must be right too.
func checkTiles(l ledger, hashes memory, size int64) (int, error) {
	tiles := tlog.NewTiles(tileHeight, 0, size)
	for i, tile := range tiles {
		widest := i+1 == len(tiles) || tiles[i+1].L != tile.L || tiles[i+1].N != tile.N
		got, err := l.read(pathOf(tile))
		if errors.Is(err, errAbsent) && !widest {
			continue
		}
		if err != nil {
			return 0, err
		}
		want, err := tlog.ReadTileData(tile, hashes)
		if err != nil {
			return 0, err
		}
		if !bytes.Equal(got, want) {
			return 0, fmt.Errorf("%s: does not follow from the entries", pathOf(tile))
		}
	}
	return len(tiles), nil
}

func checkLedger(l ledger, vkey string) (string, error) {
	data, err := l.read("checkpoint")
	if err != nil {
		return "", err
	}
	tree, err := openCheckpoint(data, vkey)
	if err != nil {
		return "", fmt.Errorf("checkpoint: %w", err)
	}
	hashes, err := readEntries(l, tree.N)
	if err != nil {
		return "", err
	}
	// RFC 6962 defines the root of no leaves, which the package leaves out.
	root := tlog.Hash(sha256.Sum256(nil))
	if tree.N > 0 {
		if root, err = tlog.TreeHash(tree.N, hashes); err != nil {
			return "", err
		}
	}
	if root != tree.Hash {
		return "", fmt.Errorf("root: the entries lead to %s, not to %s", root, tree.Hash)
	}
	// Proofs are made of the tiles and hold between the entries and the checkpoint.
	tiles := tlog.TileHashReader(tree, &tileFiles{l, map[string][]byte{}})
	for position := int64(0); position < tree.N; position++ {
		proof, err := tlog.ProveRecord(tree.N, position, tiles)
		if err == nil {
			leaf := hashes[tlog.StoredHashIndex(0, position)]
			err = tlog.CheckRecord(proof, tree.N, tree.Hash, position, leaf)
		}
		if err != nil {
			return "", fmt.Errorf("position %d: %w", position, err)
		}
	}
	step, sizes := 1+tree.N/consistencyChecks, 0
	for size := int64(1); size <= tree.N; size += step {
		old, err := tlog.TreeHash(size, hashes)
		if err != nil {
			return "", err
		}
		proof, err := tlog.ProveTree(tree.N, size, tiles)
		if err == nil {
			err = tlog.CheckTree(proof, tree.N, tree.Hash, size, old)
		}
		if err != nil {
			return "", fmt.Errorf("size %d: %w", size, err)
		}
		sizes++
	}
	count, err := checkTiles(l, hashes, tree.N)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("size=%d root=%s entries=%d sizes=%d tiles=%d",
		tree.N, tree.Hash, tree.N, sizes, count), nil
}

// checkProof checks a tlog-proof: the position in the header, the signature, the inclusion.
func checkProof(file, header []byte, vkey string) (string, error) {
	head, checkpoint, found := strings.Cut(string(file), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" {
		return "", errors.New("not a tlog-proof")
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return "", errors.New("no index line")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil {
		return "", err
	}
	var proof tlog.RecordProof
	for _, line := range lines[1:] {
		hash, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(hash) != tlog.HashSize {
			return "", fmt.Errorf("%q is not a hash", line)
		}
		proof = append(proof, *(*tlog.Hash)(hash))
	}
	const positionTag = 0x09
	if len(header) < 9 || header[0] != positionTag ||
		binary.LittleEndian.Uint64(header[1:]) != uint64(index) {
		return "", fmt.Errorf("the header does not say position %d", index)
	}
	tree, err := openCheckpoint([]byte(checkpoint), vkey)
	if err != nil {
		return "", fmt.Errorf("checkpoint: %w", err)
	}
	leaf := tlog.RecordHash(header)
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf); err != nil {
		return "", err
	}
	return fmt.Sprintf("position=%d size=%d root=%s", index, tree.N, tree.Hash), nil
}

func run(args []string) (string, error) {
	vkey := args[len(args)-1]
	if text, err := os.ReadFile(vkey); err == nil {
		vkey = strings.TrimSpace(string(text))
	}
	if args[0] == "tiles" {
		return checkLedger(ledger(args[1]), vkey)
	}
	file, err := os.ReadFile(args[1])
	if err != nil {
		return "", err
	}
	header, err := os.ReadFile(args[2])
	if err != nil {
		return "", err
	}
	return checkProof(file, header, vkey)
}

func main() {
	args := os.Args[1:]
	if !(len(args) == 3 && args[0] == "tiles") && !(len(args) == 4 && args[0] == "proof") {
		fmt.Fprintln(os.Stderr, "usage: waymark-verifier tiles DIR|URL VKEY")
		fmt.Fprintln(os.Stderr, "       waymark-verifier proof FILE HEADER VKEY")
		os.Exit(2)
	}
	summary, err := run(args)
	if err != nil {
		fmt.Println("FAULT", err)
		os.Exit(1)
	}
	fmt.Println("OK", summary)
}
