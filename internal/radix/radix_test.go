package radix

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

type record struct {
	key uint64
	n   int
}

// Sort gives the order that a stable sort by comparisons gives.
func TestSort(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var spare []record
	for _, n := range []int{0, 1, 2, 63, 5000} {
		for _, bits := range []int{1, 8, 11, 28, 44, 64} {
			records := make([]record, n)
			for i := range records {
				records[i] = record{r.Uint64() >> (64 - bits), i}
			}
			want := slices.Clone(records)
			slices.SortStableFunc(want, func(a, b record) int { return cmp.Compare(a.key, b.key) })
			records, spare = Sort(records, spare, bits, func(r *record) uint64 { return r.key })
			if !slices.Equal(records, want) {
				t.Fatalf("%d records of %d bits: another order", n, bits)
			}
		}
	}
}
