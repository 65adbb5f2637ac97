package index

import (
	"math/rand/v2"
	"testing"
)

// What is filed of a trace is read as it was while its tiles move little, follows where they move more, and says
// which moments are not known.
func TestTraceIsFiled(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct{ step, off int }{{0, 0}, {3, 0}, {20, 8}, {45, 18}} {
		for range 50 {
			var want Trace
			for k := range want[0] {
				v := 60 + r.IntN(120)
				for i := range want {
					want[i][k] = byte(v)
					v = min(max(v+r.IntN(2*c.step+1)-c.step, 1), 255)
				}
			}
			b := want.append(nil)
			if len(b) != traceSize {
				t.Fatalf("%d bytes, want %d", len(b), traceSize)
			}
			got := traceOf(b)
			for i := range want {
				for k := range want[i] {
					if d := abs(int(got[i][k]) - int(want[i][k])); d > c.off {
						t.Fatalf("steps of %d: moment %d, tile %d is %d, want %d", c.step, i, k, got[i][k], want[i][k])
					}
				}
			}
		}
	}
	want := Trace{}
	for k := range want[0] {
		want[0][k] = byte(1 + k)
	}
	if got := traceOf(want.append(nil)); got != want {
		t.Errorf("unknown moments came back as %v", got[1:])
	}
	if got := traceOf((&Trace{}).append(nil)); got != (Trace{}) {
		t.Errorf("an unknown trace came back as %v", got)
	}
}
