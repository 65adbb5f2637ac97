// Package radix sorts by digits: many records by a number of few bits, faster than by comparisons.
package radix

import "slices"

const digit = 11

// Sort orders records by key, of the given number of bits, and keeps the order of those whose keys are equal. It needs room for as many in spare,
// and returns the sorted records and the other room; which of the two arrays that is depends on the keys.
func Sort[R any](records, spare []R, bits int, key func(*R) uint64) (sorted, other []R) {
	spare = slices.Grow(spare[:0], len(records))[:len(records)]
	for shift := 0; shift < bits; shift += digit {
		var counts [1 << digit]int
		for i := range records {
			counts[key(&records[i])>>shift&(1<<digit-1)]++
		}
		if slices.Max(counts[:]) == len(records) {
			continue // all alike
		}
		at := 0
		for i, n := range counts {
			counts[i] = at
			at += n
		}
		for i := range records {
			c := &counts[key(&records[i])>>shift&(1<<digit-1)]
			spare[*c] = records[i]
			*c++
		}
		records, spare = spare, records
	}
	return records, spare
}
