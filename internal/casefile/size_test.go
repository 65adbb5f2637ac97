package casefile

import (
	"fmt"
	"testing"

	"beleg/claim/figure"
)

// BenchmarkCase applies the rules to a case of 2,000 claims, half of which give figures of one event.
func BenchmarkCase(b *testing.B) {
	claims := make([]Claim, 2000)
	for i := range claims {
		claims[i] = Claim{On: On(OnClaim, fmt.Sprintf("%064d-01", i)), Item: fmt.Sprint(i), Source: "source", Root: fmt.Sprint(i % 300), About: "2016-10-03", Places: []figure.Place{figure.Place{Words: "Homs", ID: "homs"}.Ready()}}
		if i%2 == 0 {
			claims[i].Figures = []Figure{{Value: float64(10 + i%3), Cmp: ">=", Unit: "persons", Event: "killed"}}
		}
	}
	for b.Loop() {
		figureConflicts(claims)
		Compare(claims)
	}
}
