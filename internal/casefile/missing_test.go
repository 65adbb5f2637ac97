package casefile

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestMissing(t *testing.T) {
	const a, b = Subject("claim/a-1"), Subject("claim/a-2")
	filed := func(what, claim Subject, side string) Filed {
		return Filed{Evidence: Evidence{What: what, Claim: claim, Side: side}}
	}
	signed := func(on Subject, second *Entry) Signed { return Signed{Verdict: Verdict{Claim: on}, Second: second} }
	asked := func(c Case) Case { c.Question, c.Risk = "Is it so?", "low"; return c }
	tests := []struct {
		name string
		c    Case
		w    Waiting
		want string // what and how many, in order
	}{
		{"opened and nothing else", Case{}, Waiting{}, "question evidence risk"},
		{"asked, nothing filed", asked(Case{}), Waiting{}, "evidence"},
		{"only an article", asked(Case{Evidence: []Filed{filed("item/x", "", "")}}), Waiting{}, "claim"},
		{"an undecided reuse comes before the claims", asked(Case{Evidence: []Filed{filed("item/x", "", "")}}), Waiting{Undecided: []Subject{"reuse/r"}}, "reuse:1 claim"},
		{"a claim, unread", asked(Case{Evidence: []Filed{filed(a, "", "")}}), Waiting{Unread: []Subject{a}}, "unread:1 against:1 verdict:1"},
		{"evidence against one of two", asked(Case{Evidence: []Filed{filed(a, "", ""), filed("reuse/r", b, "against")}}), Waiting{}, "against:1 verdict:2"},
		{"a contradiction suggested", asked(Case{Evidence: []Filed{filed("reuse/r", b, "against")}}), Waiting{Contradictory: []Subject{"contradiction/c"}}, "contradiction:1 verdict:1"},
		{"signed alone", asked(Case{Evidence: []Filed{filed(a, "", "")}, Verdicts: []Signed{signed(a, nil)}}), Waiting{}, "second:1"},
		{"signed anew: the last verdict counts", asked(Case{Evidence: []Filed{filed(a, "", "")}, Verdicts: []Signed{signed(a, &Entry{}), signed(a, nil)}}), Waiting{}, "second:1"},
		{"signed by two", asked(Case{Evidence: []Filed{filed(a, "", "")}, Verdicts: []Signed{signed(a, &Entry{})}}), Waiting{}, ""},
		{"risk and a task", Case{Question: "?", Links: []PicturesOf{{a, "item/x"}}, Evidence: []Filed{filed("item/x", "", "")}, Verdicts: []Signed{signed(a, &Entry{})}, Tasks: []TaskItem{{Done: true}, {}}}, Waiting{}, "risk task:1"},
		{"sealed", Case{State: "sealed"}, Waiting{Unread: []Subject{a}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, g := range Missing(tt.c, tt.w) {
				s := g.What
				if g.N > 0 {
					s += fmt.Sprintf(":%d", g.N)
				}
				got = append(got, s)
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("Missing = %q, want %q", s, tt.want)
			}
		})
	}
}

func TestClaimsOfACaseStandOnce(t *testing.T) {
	c := Case{Evidence: []Filed{{Evidence: Evidence{What: "claim/a-2", Claim: "claim/a-1", Side: "for"}}, {Evidence: Evidence{What: "item/x"}}},
		Links: []PicturesOf{{"claim/a-2", "item/x"}}, Verdicts: []Signed{{Verdict: Verdict{Claim: "claim/a-3"}}}}
	if got, want := c.Claims(), []Subject{"claim/a-1", "claim/a-2", "claim/a-3"}; !slices.Equal(got, want) {
		t.Errorf("Claims = %v, want %v", got, want)
	}
}
