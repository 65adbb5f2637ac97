package match

import "testing"

func TestStrength(t *testing.T) {
	for _, row := range []struct {
		kind  Kind
		score float64
		want  Strength
	}{
		{SameFootage, .99, Believable},
		{SameFootage, leastScore, Believable},
		{SameFootage, leastScore - .001, Faint},
		{SameFootage, 0, Faint},
		{SamePlace, .49, Alike},
		{SamePlace, 0, Alike},
		{LookAlike, .49, Alike},
	} {
		if got := StrengthOf(row.kind, row.score); got != row.want {
			t.Errorf("StrengthOf(%s, %v) = %s, want %s", row.kind, row.score, got, row.want)
		}
	}
}
