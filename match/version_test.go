package match

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the results of this version to testdata")

// What the engine finds in a small set changes with its version or not at all.
func TestVersionFollowsResults(t *testing.T) {
	const file = "testdata/version.golden"
	var c collection
	recording := street(21, 1)
	c.add(1, recording, 120)
	c.add(2, street(21, 2), 120)
	c.broadcast(3, recording, 20, 60, mirrored)
	c.add(4, still(31), 1)
	q := queryOf(piece{from: pan(301), count: 30}, piece{from: recording, first: 30, count: 60, edit: window}, piece{from: still(31), count: 40, edit: cropped},
		piece{from: street(21, 1), first: 10, count: 50, rate: 125})
	var got bytes.Buffer
	fmt.Fprintf(&got, "version %d\n", Version)
	for _, m := range find(t, &c, q) {
		fmt.Fprintf(&got, "item %d %s %s-%s %s-%s rate %.3f score %.3f by %d recurs %d\n", m.Item[0], m.Kind, m.BFrom, m.BTo, m.AFrom, m.ATo, m.Rate, m.Score, m.By[0], m.Recurs)
	}
	want, err := os.ReadFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	if bytes.Equal(got.Bytes(), want) {
		return
	}
	if strings.HasPrefix(string(want), fmt.Sprintf("version %d\n", Version)) {
		t.Fatalf("the results changed and the version did not: raise Version, then go test -update. Got\n%swant\n%s", got.Bytes(), want)
	}
	if !*update {
		t.Fatalf("the version is new: go test -update writes what it finds:\n%s", got.Bytes())
	}
	if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
