package fingerprint

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"math"
	"math/bits"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"beleg/luma"
)

var update = flag.Bool("update-local", false, "rewrite testdata/local.txt")

// leaves returns a picture of overlapping boxes.
func leaves(w, h int, seed uint64) luma.Plane {
	p, r := luma.New(2*w, 2*h), rand.New(rand.NewPCG(seed, 1))
	for range 600 {
		bw, bh := 8+r.IntN(120), 8+r.IntN(120)
		x0, y0, v := r.IntN(2*w), r.IntN(2*h), byte(r.IntN(256))
		for y := y0; y < min(y0+bh, 2*h); y++ {
			for x := x0; x < min(x0+bw, 2*w); x++ {
				p.Pix[y*2*w+x] = v
			}
		}
	}
	return p.Resize(w, h)
}

// TestPatchesStayTheSame holds the patches and codes of generated pictures against those written when
// they were last changed on purpose; it runs under emulation on other machines as well.
func TestPatchesStayTheSame(t *testing.T) {
	file := filepath.Join("testdata", "local.txt")
	var lines []string
	for seed := range uint64(6) {
		var e Extractor
		p := leaves(300+int(seed)*40, 200+int(seed)*17, seed)
		h := sha256.New()
		ps := e.Patches(p, 200)
		for i := range ps {
			var words [MaxWords]uint16
			c := EncodeAll(&ps[i].Descriptor, words[:])
			binary.Write(h, binary.LittleEndian, []int32{ps[i].X, ps[i].Y, ps[i].Scale})
			h.Write(ps[i].Descriptor[:])
			binary.Write(h, binary.LittleEndian, c)
			binary.Write(h, binary.LittleEndian, words[:])
		}
		lines = append(lines, hex.EncodeToString(h.Sum(nil)))
	}
	got := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("patches changed: got\n%swant\n%s", got, want)
	}
}

// The features of a picture seen in a mirror, or turned clockwise by a quarter, are those of the picture, mirrored or turned, but
// for rounding.
func TestMovedPictureMovesPatches(t *testing.T) {
	p := leaves(400, 300, 5)
	for _, row := range []struct {
		name  string
		moved luma.Plane
		place func(x, y int32) (int32, int32) // in 1/16 pixel
		patch func(*Descriptor) Descriptor
		times int // that bring all back
	}{
		{"mirrored", p.Mirror(), func(x, y int32) (int32, int32) { return 16*399 - x, y }, (*Descriptor).Mirrored, 2},
		{"turned", p.Transpose().Mirror(), func(x, y int32) (int32, int32) { return 16*299 - y, x }, (*Descriptor).Turned, 4},
	} {
		t.Run(row.name, func(t *testing.T) {
			var a, b Extractor
			plain, moved := a.Patches(p, 300), b.Patches(row.moved, 300)
			found, near := 0, 0
			for i := range plain {
				back := plain[i].Descriptor
				for range row.times {
					back = row.patch(&back)
				}
				if back != plain[i].Descriptor {
					t.Fatalf("%d times changed the descriptor", row.times)
				}
				m := row.patch(&plain[i].Descriptor)
				x, y := row.place(plain[i].X, plain[i].Y)
				for j := range moved {
					if abs(x-moved[j].X) > 24 || abs(y-moved[j].Y) > 24 || abs(plain[i].Scale-moved[j].Scale) > 4 {
						continue
					}
					found++
					if bits.OnesCount64(Encode(&m).Sig^Encode(&moved[j].Descriptor).Sig) <= 10 {
						near++
					}
					break
				}
			}
			if found < len(plain)*8/10 || near < found*9/10 {
				t.Errorf("of %d features %d are found in the moved picture, %d with their code", len(plain), found, near)
			}
		})
	}
}

// describeSlow gathers the histogram of a patch in floats, by the words of the definition.
func describeSlow(s *pyramid, k keypoint) (d [dims]float64) {
	l := &s.octaves[k.octave].levels[k.lev]
	step := int(patchSide * sigma(k.scale-int32(k.octave)*16) / samples)
	px := func(x, y int) float64 {
		return float64(l.pix[l.at(x, y)])
	}
	place := func(c int32, i, most int) int {
		return min(max((int(c<<4>>k.octave)-step*(samples-1)/2+i*step+128)>>8, 0), most-1)
	}
	for r := range samples {
		for c := range samples {
			x, y := place(k.x, c, l.w), place(k.y, r, l.h)
			dx, dy := px(x+1, y)-px(x-1, y), px(x, y+1)-px(x, y-1)
			// Two directions 45 degrees apart whose weighted sum is the gradient.
			angle := math.Mod(math.Atan2(dy, dx)/(math.Pi/4)+8, 8)
			low := int(angle)
			f := (angle - float64(low)) * math.Pi / 4
			size := math.Hypot(dx, dy)
			high := size * math.Sin(f) / math.Sin(math.Pi/4)
			first := size*math.Cos(f) - high*math.Cos(math.Pi/4)
			for i := range grid {
				for j := range grid {
					wy := max(0, 1-math.Abs((float64(r)+.5)/4-.5-float64(i)))
					wx := max(0, 1-math.Abs((float64(c)+.5)/4-.5-float64(j)))
					d[(i*grid+j)*bins+low%8] += wx * wy * first
					d[(i*grid+j)*bins+(low+1)%8] += wx * wy * high
				}
			}
		}
	}
	sum := 0.0
	for _, v := range d {
		sum += v
	}
	for i := range d {
		d[i] = math.Sqrt(d[i]/sum) * 512
	}
	return d
}

func TestDescribeAgreesWithDefinition(t *testing.T) {
	var s pyramid
	p := leaves(320, 240, 9)
	s.build(p)
	points := (&picker{}).pick(s.detect(nil), p.W, p.H)
	for _, k := range points[:min(150, len(points))] {
		got, want := s.describe(k), describeSlow(&s, k)
		for i, g := range got {
			// Rounding down of small parts costs weak bins the most.
			if d := math.Abs(float64(g) - want[i]); d > 6+want[i]/20 {
				t.Fatalf("value %d of the patch at (%d,%d) = %d, want %.1f", i, k.x/16, k.y/16, g, want[i])
			}
		}
	}
}

func TestFeaturesAreFoundAgainAtHalfSize(t *testing.T) {
	p := leaves(640, 480, 4)
	var a, b Extractor
	big, small := a.Patches(p, 300), b.Patches(p.Resize(320, 240), 600)
	again, coarse := 0, 0
	for i := range big {
		if big[i].Scale < 32 { // finer than four pixels: gone at half size
			continue
		}
		coarse++
		for j := range small {
			if abs(big[i].X-2*small[j].X) < 48 && abs(big[i].Y-2*small[j].Y) < 48 && abs(big[i].Scale-16-small[j].Scale) < 6 &&
				bits.OnesCount64(Encode(&big[i].Descriptor).Sig^Encode(&small[j].Descriptor).Sig) <= 14 {
				again++
				break
			}
		}
	}
	if coarse < 50 || again < coarse*7/10 {
		t.Errorf("%d of %d coarse features found again", again, coarse)
	}
}

// TestProbesAreTheCheapest compares with the order of all sets of bits.
func TestProbesAreTheCheapest(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 50 {
		var sure [wordBits]int32
		for i := range sure {
			sure[i] = r.Int32N(1000)
		}
		cost := func(set uint16) (c int32) {
			for i, s := range sure {
				if set>>i&1 == 1 {
					c += s
				}
			}
			return c
		}
		word := uint16(r.Uint32())
		var got [MaxWords]uint16
		probes(got[:], word, &sure)
		if got[0] != word {
			t.Fatalf("probes %v of %d", got, word)
		}
		worst, seen := int32(0), map[uint16]bool{}
		for _, w := range got {
			if seen[w] {
				t.Fatalf("probe %d twice", w)
			}
			seen[w] = true
			worst = max(worst, cost(w^word))
		}
		cheaper := 0
		for set := range 1 << wordBits {
			if cost(uint16(set)) < worst {
				cheaper++
			}
		}
		if cheaper >= MaxWords {
			t.Errorf("%d words are nearer than the last of %d probes", cheaper, MaxWords)
		}
	}
}

func TestPatchesOfNothing(t *testing.T) {
	var e Extractor
	for _, p := range []luma.Plane{luma.New(1, 1), luma.New(5, 400), luma.New(11, 11), luma.New(12, 12), luma.New(300, 200)} {
		if got := e.Patches(p, 100); len(got) != 0 {
			t.Errorf("%d x %d black pixels have %d features", p.W, p.H, len(got))
		}
	}
}

func BenchmarkPatches(b *testing.B) {
	p := leaves(640, 360, 1)
	var e Extractor
	for b.Loop() {
		e.Patches(p, 500)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
}

func BenchmarkEncodeAll(b *testing.B) {
	var e Extractor
	ps := e.Patches(leaves(640, 360, 1), 500)
	var words [MaxWords]uint16
	for b.Loop() {
		for i := range ps {
			EncodeAll(&ps[i].Descriptor, words[:])
		}
	}
	b.ReportMetric(float64(b.N*len(ps))/b.Elapsed().Seconds(), "features/s")
}
