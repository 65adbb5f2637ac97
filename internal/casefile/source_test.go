package casefile

import "testing"

// What was decided on a source under the id that an older version made goes for the id of today.
func TestDecisionsOnAnOldSourceID(t *testing.T) {
	k := &desk{t: t}
	k.do("ada", "source/syrische-staatsfernsehen", Grade, "state outlet", Grading{Grade: "D"})
	k.do("ada", "source/paper", Derive, "", DerivedFrom{"syrische-staatsfernsehen"})
	id := SourceID("dem syrischen Staatsfernsehen")
	if g := k.s.Source(id).Grade(""); g != "D" {
		t.Errorf("grade of %s = %s, want D", id, g)
	}
	if r := k.s.Root("paper"); r != id {
		t.Errorf("root of paper = %s, want %s", r, id)
	}
	if n, m := k.s.Version(On(OnSource, id)), k.s.Version("source/syrische-staatsfernsehen"); n != 1 || m != 1 {
		t.Errorf("versions = %d and %d, want 1 by either id", n, m)
	}
}
