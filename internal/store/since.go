package store

import "cmp"

// Since says since when an item was public, as far as is known.
type Since struct {
	Proven  Appearance // the earliest that is provable; zero when none is
	Claimed Appearance // the earliest of all, whoever says so
}

// SinceOf returns what appearances say. An appearance counts by the last instant its
// date covers: only "not later than" can be held against anyone.
func SinceOf(list []Appearance) Since {
	var s Since
	for _, a := range list {
		if Provable(a.How) && earlier(a, s.Proven) {
			s.Proven = a
		}
		if earlier(a, s.Claimed) {
			s.Claimed = a
		}
	}
	return s
}

// earlier reports whether a bounds the appearance more tightly than b.
// Between equal bounds the stronger proof wins.
func earlier(a, b Appearance) bool {
	if b.How == "" {
		return true
	}
	if c := compareLatest(a, b); c != 0 {
		return c < 0
	}
	return Strength(a.How) < Strength(b.How)
}

func compareLatest(a, b Appearance) int {
	_, x := bounds(a.Date)
	_, y := bounds(b.Date)
	if (x == "") != (y == "") { // no last instant bounds nothing
		if x == "" {
			return 1
		}
		return -1
	}
	return cmp.Compare(x, y)
}

// Compare orders items by proof, not by hope: the day of the earliest provable
// appearance decides; among items provable since the same day, as when one folder
// was taken in at once, the earliest claimed one.
func (s Since) Compare(o Since) int {
	if c := cmp.Compare(provenDay(s), provenDay(o)); c != 0 {
		return c
	}
	return compareLatest(s.Claimed, o.Claimed)
}

func provenDay(s Since) string {
	_, latest := bounds(s.Proven.Date)
	if len(latest) < len("2006-01-02") {
		return "9999-99-99"
	}
	return latest[:len("2006-01-02")]
}
