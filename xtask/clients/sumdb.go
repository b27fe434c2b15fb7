// Go's own verifiers, golang.org/x/mod/sumdb/note and tlog, with which the go command trusts its database of modules,
// judge one log of ours: two heads, what lies between them, one entry, and every tile and entry of the exported tree.
//
// It is run by tlog.py, reads a case as JSON from standard input, and ends with 0 when it accepts, with 1 and the reason
// when it refuses, and with something else when it could not judge.
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A case as tlog.py writes it; bytes are in base64.
type testCase struct {
	Key          string
	Older, Newer string
	Growth       [][]byte
	Leaf         []byte
	Index        int64
	Path         [][]byte
	Tree         string
}

func main() {
	var given testCase
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		panic(err)
	}
	if err := given.judge(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (given testCase) judge() error {
	verifier, err := note.NewVerifier(given.Key)
	if err != nil {
		return fmt.Errorf("key: %w", err)
	}
	older, err := opened(given.Older, verifier)
	if err != nil {
		return fmt.Errorf("older head: %w", err)
	}
	newer, err := opened(given.Newer, verifier)
	if err != nil {
		return fmt.Errorf("head: %w", err)
	}
	growth, path := hashes(given.Growth), hashes(given.Path)
	if err := tlog.CheckTree(growth, newer.N, newer.Hash, older.N, older.Hash); err != nil {
		return fmt.Errorf("consistency proof: %w", err)
	}
	if err := tlog.CheckRecord(path, newer.N, newer.Hash, given.Index, tlog.RecordHash(given.Leaf)); err != nil {
		return fmt.Errorf("inclusion proof: %w", err)
	}
	// Gives no hash that does not follow from the head.
	reader := tlog.TileHashReader(newer, folder(given.Tree))
	if err := entries(given.Tree, newer.N, reader); err != nil {
		return fmt.Errorf("tree: %w", err)
	}
	if made, err := tlog.ProveTree(newer.N, older.N, reader); err != nil || !same(made, growth) {
		return fmt.Errorf("the tiles give another consistency proof (%w)", err)
	}
	if made, err := tlog.ProveRecord(newer.N, given.Index, reader); err != nil || !same(made, path) {
		return fmt.Errorf("the tiles give another inclusion proof (%w)", err)
	}
	return nil
}

// opened verifies a signed head and reads it.
func opened(signed string, verifier note.Verifier) (tlog.Tree, error) {
	head, err := note.Open([]byte(signed), note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	// Go's reader knows one log only; what follows its name is the same in all.
	origin, rest, _ := strings.Cut(head.Text, "\n")
	if origin != verifier.Name() {
		return tlog.Tree{}, errors.New("of another log than the key")
	}
	return tlog.ParseTree([]byte("go.sum database tree\n" + rest))
}

// entries holds every entry that lies in the tree against the tiles.
func entries(tree string, size int64, reader tlog.HashReader) error {
	var indexes []int64
	var leaves []tlog.Hash
	for index := int64(0); index < size; index += 256 {
		width := 256
		if size-index < 256 {
			width = int(size - index)
		}
		bundle, err := os.ReadFile(filepath.Join(tree, path(tlog.Tile{H: 8, L: -1, N: index / 256, W: width})))
		if err != nil {
			return err
		}
		for at := index; at < index+int64(width); at++ {
			if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
				return fmt.Errorf("entry %d is cut off", at)
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			indexes = append(indexes, tlog.StoredHashIndex(0, at))
			leaves = append(leaves, tlog.RecordHash(bundle[2:end]))
			bundle = bundle[end:]
		}
		if len(bundle) != 0 {
			return fmt.Errorf("something follows the entries from %d on", index)
		}
	}
	found, err := reader.ReadHashes(indexes)
	if err != nil {
		return err
	}
	if !same(found, leaves) {
		return errors.New("an entry is not the leaf of its tile")
	}
	return nil
}

// folder is a tree as it was exported.
type folder string

func (f folder) Height() int { return 8 }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	read := make([][]byte, len(tiles))
	for i, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(string(f), path(tile)))
		if err != nil {
			return nil, err
		}
		read[i] = data
	}
	return read, nil
}

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

// path is where C2SP tlog-tiles puts a tile: without Go's height, and with "entries" for Go's "data".
func path(tile tlog.Tile) string {
	return strings.Replace(strings.Replace(tile.Path(), "tile/8/", "tile/", 1), "tile/data/", "tile/entries/", 1)
}

// hashes of another length than a hash's are not judged but a mistake of the caller's.
func hashes(given [][]byte) []tlog.Hash {
	made := make([]tlog.Hash, len(given))
	for i, hash := range given {
		if len(hash) != tlog.HashSize {
			panic("no hash")
		}
		copy(made[i][:], hash)
	}
	return made
}

func same(a, b []tlog.Hash) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !bytes.Equal(a[i][:], b[i][:]) {
			return false
		}
	}
	return true
}
