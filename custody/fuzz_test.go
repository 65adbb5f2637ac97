package custody

import (
	"bytes"
	"context"
	"encoding/json"
	"path"
	"strings"
	"testing"
)

func FuzzParseRecord(f *testing.F) {
	for _, b := range goldenProofs(f) {
		p, err := VerifyProof(b)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(p.RecordFile)
	}
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseRecord(b)
		if err != nil {
			return
		}
		again, err := r.bytes()
		if err != nil || !bytes.Equal(again, b) {
			t.Errorf("round trip changed the record: got %q, %v, want %q", again, err, b)
		}
	})
}

func FuzzVerifyProof(f *testing.F) {
	golden := goldenProofs(f)
	for _, b := range golden {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := VerifyProof(b)
		if err != nil {
			return
		}
		again, err := p.Bytes()
		if err != nil || !bytes.Equal(again, b) {
			t.Errorf("round trip changed the proof: got %q, %v, want %q", again, err, b)
		}
	})
}

func FuzzParseCheckpoint(f *testing.F) {
	var key string
	for _, b := range goldenProofs(f) {
		p, err := VerifyProof(b)
		if err != nil {
			f.Fatal(err)
		}
		key = p.LogKey
		f.Add(p.Checkpoint.Note, p.LogKey)
	}
	f.Add([]byte("beleg\n0\n\n\n\u2014 beleg x\n"), key)
	f.Fuzz(func(t *testing.T, b []byte, verifier string) {
		c, err := ParseCheckpoint(b, verifier)
		if err != nil {
			return
		}
		if again := c.Origin + "\n"; !bytes.Equal(c.Note, b) || !bytes.HasPrefix(b, []byte(again)) {
			t.Errorf("checkpoint %q reads as %+v", b, c)
		}
	})
}

func FuzzParseFolder(f *testing.F) {
	f.Add([]byte(`{"format":1,"log_key":"x"}` + "\n"))
	f.Add([]byte(`{"format":2}`))
	f.Add([]byte(`{"size":1,"root":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if v, err := parseVersion(b); err == nil && !bytes.Equal(v.bytes(), b) {
			t.Errorf("round trip changed the version: got %q, want %q", v.bytes(), b)
		}
		if s, err := parseState(b); err == nil {
			if again, err := json.Marshal(s); err != nil || !bytes.Equal(again, b) {
				t.Errorf("round trip changed the state: got %q, want %q", again, b)
			}
		}
	})
}

func FuzzTreePath(f *testing.F) {
	for _, s := range []string{"tile/0/000", "tile/entries/x001/234", "tile/1/000.p/7", "tile/0/000.p/256", "tile/0/0001234", "checkpoint", "tile/64/000"} {
		f.Add(s, uint64(1000))
	}
	f.Fuzz(func(t *testing.T, name string, size uint64) {
		p, ok := parseTreePath(name)
		if !ok {
			return
		}
		if got := tilePath(p.level, p.index, p.p); got != path.Join(treeDir, name) {
			t.Errorf("round trip changed the path: got %q, want %q", got, name)
		}
		if w := p.width(); w < 1 || w > width {
			t.Errorf("%s has width %d", name, w)
		}
		p.place(size)
	})
}

func FuzzParsePrefixAndDigest(f *testing.F) {
	f.Add(strings.Repeat("ab", 32))
	f.Add("1/2")
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDigest(s); err == nil && d.String() != s {
			t.Errorf("round trip changed the digest: got %v, want %q", d, s)
		}
		if x, err := ParseSample(s); err == nil && (x.N < 1 || x.N > x.M) {
			t.Errorf("sample %q is %+v", s, x)
		}
	})
}

// BenchmarkRecord is the cost of a durable record when many are handed in.
func BenchmarkRecord(b *testing.B) {
	p := newPlace(b)
	a := p.open(b, Options{})
	const batch = 1000
	n := 0
	for b.Loop() {
		var waits []func(context.Context) (Receipt, error)
		for range batch {
			waits = append(waits, a.RecordAsync(b.Context(), Record{Kind: "decision", Actor: "bench"}))
		}
		for _, wait := range waits {
			if _, err := wait(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		n += batch
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkVerify is the cost of verifying records and their log.
func BenchmarkVerify(b *testing.B) {
	p := newPlace(b)
	a := p.open(b, Options{})
	const n = 5000
	last := refuse(nil)
	for range n {
		last = a.RecordAsync(b.Context(), Record{Kind: "decision", Actor: "bench"})
	}
	if _, err := last(b.Context()); err != nil {
		b.Fatal(err)
	}
	closed(b, a)
	for b.Loop() {
		wantClean(b, p.verify(b))
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "records/s")
}
