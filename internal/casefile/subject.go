package casefile

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// maxID is how long the id of a subject may be, in bytes. The longest are those of sources, which are made of names.
const maxID = 500

// Kinds lists the kinds of subject, in the order of their constants.
var Kinds = []string{OnClaim, OnReuse, OnSource, OnCase, OnContradiction, OnItem}

// Well refuses a subject that is no kind with an id that people can read: of a kind that is known, not longer than 500 bytes,
// UTF-8 of visible characters alone. Nothing that turns the direction of writing, joins or hides is visible, nor is a space.
func (s Subject) Well() error {
	switch id := s.ID(); {
	case id == "":
		return invalid("on", "needs a kind and an id, as in claim/ab12cd34-3")
	case !slices.Contains(Kinds, s.Kind()):
		return invalid("on", "is of no kind that is known here")
	case len(id) > maxID:
		return invalid("on", "has an id that is longer than %d bytes", maxID)
	case !utf8.ValidString(id) || !allVisible(id):
		return invalid("on", "has an id with characters that cannot be seen")
	}
	return nil
}

func allVisible(s string) bool {
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsGraphic(r) || unicode.IsSpace(r) {
			return false
		}
	}
	return true
}

// VerbsOf lists what can be decided on a kind of subject, sorted.
func VerbsOf(kind string) []Verb {
	var list []Verb
	for do := range checks()[kind] {
		list = append(list, do)
	}
	if kind == OnCase {
		list = append(list, Second)
	}
	slices.Sort(list)
	return slices.Compact(list)
}
