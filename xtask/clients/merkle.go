// What upah-tlog proves and opens beside Go's own golang.org/x/mod/sumdb/tlog and note: every proof of every small tree
// and some of a large one, and notes that Go signed and that were changed afterwards.
//
// usage: merkle COMMAND...: the command that runs the example `proofs` of upah-tlog. Every difference is one that is
// explained here, or ends this with exit code 1.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	seed = 20261130
	// Of every tree up to here there is every proof.
	small = 70
	// Up to here grows the tree of which there are some: three levels of tiles.
	large = 66_000
	some  = 2_000
	// So often a note is changed.
	changes = 20_000
)

// refused is the answer to a note that is not opened.
const refused = "refused"

// An exam holds the questions, and what Go answers to them.
type exam struct {
	rng              *rand.Rand
	questions, known []string
	// By the number of the question: why ours refuses what Go opens.
	stricter map[int]string
}

func (e *exam) ask(answer, format string, values ...any) {
	e.questions = append(e.questions, fmt.Sprintf(format, values...))
	e.known = append(e.known, answer)
}

func main() {
	e := &exam{rng: rand.New(rand.NewSource(seed)), stricter: map[int]string{}}
	e.proofs()
	opened := e.notes()
	command := exec.Command(os.Args[1], os.Args[2:]...)
	command.Stdin, command.Stderr = strings.NewReader(strings.Join(e.questions, "\n")+"\n"), os.Stderr
	said := strings.Split(strings.TrimSuffix(string(must(command.Output())), "\n"), "\n")
	if len(said) != len(e.known) {
		panic(fmt.Sprintf("%d answers to %d questions", len(said), len(e.known)))
	}
	differences, explained := 0, map[string]int{}
	for i, known := range e.known {
		if said[i] == known {
			continue
		}
		if why, found := e.stricter[i]; found && said[i] == refused {
			explained[why]++
		} else if differences++; differences <= 10 {
			fmt.Fprintf(os.Stderr, "%s: ours %q, Go's %q\n", e.questions[i], said[i], known)
		}
	}
	for why, times := range explained {
		fmt.Printf("explained, %d times: %s\n", times, why)
	}
	fmt.Printf("%d questions, %d of %d notes opened: %d differences without an explanation\n",
		len(said), opened, changes, differences)
	// Notes of which all or none were opened would have shown nothing.
	if differences > 0 || opened < changes/20 || opened > changes-changes/20 {
		os.Exit(1)
	}
}

// hashes is Go's store of a tree.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	read := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		read[i] = h[index]
	}
	return read, nil
}

func (e *exam) proofs() {
	var tree hashes
	for size := int64(1); size <= large; size++ {
		entry := make([]byte, e.rng.Intn(40))
		e.rng.Read(entry)
		tree = append(tree, must(tlog.StoredHashes(size-1, entry, tree))...)
		e.ask(written(must(tlog.TreeHash(size, tree))), "leaf %x", entry)
	}
	entry := func(index, size int64) {
		e.ask(written(must(tlog.ProveRecord(size, index, tree))...), "entry %d %d", index, size)
	}
	growth := func(old, size int64) {
		e.ask(written(must(tlog.ProveTree(size, old, tree))...), "growth %d %d", old, size)
	}
	for size := int64(1); size <= small; size++ {
		for i := int64(0); i < size; i++ {
			entry(i, size)
			growth(i+1, size)
		}
	}
	for i := 0; i < some; i++ {
		size := 1 + e.rng.Int63n(large)
		entry(e.rng.Int63n(size), size)
		growth(1+e.rng.Int63n(size), size)
	}
}

// notes tells how many of the changed notes Go opens.
func (e *exam) notes() (opened int) {
	var signers []note.Signer
	var keys []string
	var verifiers []note.Verifier
	for _, name := range []string{"log.example/a", "log.example/b", "stranger.example"} {
		private, public, err := note.GenerateKey(e.rng, name)
		if err != nil {
			panic(err)
		}
		signers = append(signers, must(note.NewSigner(private)))
		keys = append(keys, public)
		verifiers = append(verifiers, must(note.NewVerifier(public)))
	}
	known := note.VerifierList(verifiers[:2]...)
	texts := []string{"log.example/a\n7\nAAAA\n", "one\n\n\u2014 a line like a signature\n", "\u00e9\n\n\n"}
	for i := 0; i < changes; i++ {
		e.rng.Shuffle(len(signers), func(a, b int) { signers[a], signers[b] = signers[b], signers[a] })
		text := texts[e.rng.Intn(len(texts))]
		signed := must(note.Sign(&note.Note{Text: text}, signers[:1+e.rng.Intn(len(signers))]...))
		for n := e.rng.Intn(3); n > 0; n-- {
			signed = e.changed(signed, len(text))
		}
		answer := refused
		if found, err := note.Open(signed, known); err == nil {
			answer = hex.EncodeToString([]byte(found.Text))
			opened++
			if why := strictness(signed, found); why != "" {
				e.stricter[len(e.questions)] = why
			}
		}
		e.ask(answer, "note %s %x", strings.Join(keys[:2], ","), signed)
	}
	return opened
}

// strictness tells why ours refuses a note that Go opens; empty when it has no reason to.
func strictness(signed []byte, opened *note.Note) string {
	for _, signature := range opened.Sigs {
		// The number of a key is the beginning of each signature, and five signs lie in it as a whole.
		begin := "\n\u2014 " + signature.Name + " " + signature.Base64[:5]
		if strings.Count(string(signed), begin) > 1 {
			return "of two signatures of one key Go looks at the first alone, ours at both"
		}
	}
	for _, signature := range append(opened.Sigs, opened.UnverifiedSigs...) {
		data := must(base64.StdEncoding.DecodeString(signature.Base64))
		if base64.StdEncoding.EncodeToString(data) != signature.Base64 {
			return "a signature has more than one spelling for Go, whose base64 ignores bits after its end"
		}
	}
	return ""
}

// changed is a note in which one thing is otherwise, mostly among the signatures, which begin at from.
func (e *exam) changed(signed []byte, from int) []byte {
	if len(signed) <= from {
		return nil
	}
	lines := bytes.SplitAfter(signed, []byte("\n"))
	line := e.rng.Intn(len(lines))
	at := e.rng.Intn(len(signed))
	if e.rng.Intn(4) > 0 {
		at = from + e.rng.Intn(len(signed)-from)
	}
	signs := []string{"\n", "\n\n", " ", "\u2014", "\u2014 ", "=", "+", "A", "/", "\r", "\t", "\x01", "\u00a0", "\u00e9", "\xff"}
	switch e.rng.Intn(6) {
	case 0:
		return splice(signed, at, at+1, string(signed[at]^1<<e.rng.Intn(8)))
	case 1:
		return splice(signed, at, at+1, "")
	case 2:
		return splice(signed, at, at, signs[e.rng.Intn(len(signs))])
	case 3:
		return splice(signed, at, at+1, signs[e.rng.Intn(len(signs))])
	case 4: // A line once more, or not at all.
		lines[line] = bytes.Repeat(lines[line], 2*e.rng.Intn(2))
	case 5:
		other := e.rng.Intn(len(lines))
		lines[line], lines[other] = lines[other], lines[line]
	}
	return bytes.Join(lines, nil)
}

func splice(data []byte, from, to int, with string) []byte {
	return append(append(append([]byte(nil), data[:from]...), with...), data[to:]...)
}

func written(proof ...tlog.Hash) string {
	words := make([]string, len(proof))
	for i, hash := range proof {
		words[i] = hex.EncodeToString(hash[:])
	}
	return strings.Join(words, " ")
}

// must is for what cannot fail unless this program is wrong.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
