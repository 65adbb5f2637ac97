package match

import (
	"math/bits"
	"time"

	"beleg/fingerprint"
	"beleg/index"
	"beleg/luma"
)

const (
	// keyframeGap is the time between keyframes of a video.
	keyframeGap = time.Second
	// videoFeatures and photoFeatures are the most features filed per keyframe and per photo.
	videoFeatures = 120
	photoFeatures = 400
)

// An Analyzer chooses the keyframes of one archive item and describes them.
type Analyzer struct {
	photo bool
	ext   fingerprint.Extractor
	out   []index.Keyframe
	rows  []row
}

// A row is one moment of a trace.
type row struct {
	at    time.Duration
	tiles []byte
}

// TraceFrame takes a picture of the video at one of [index.TraceMoments] moments of each second, of index.TraceWide by
// index.TraceHigh pixels that are means of what they cover. It does not retain f.
func (a *Analyzer) TraceFrame(f Frame) {
	if f.W != index.TraceWide || f.H != index.TraceHigh {
		return
	}
	r := row{at: f.At}
	for y := range f.H {
		r.tiles = append(r.tiles, f.Row(y)...)
	}
	a.rows = append(a.rows, r)
}

// NewAnalyzer returns an Analyzer for a video or, when photo is set, for a photo.
func NewAnalyzer(photo bool) *Analyzer { return &Analyzer{photo: photo} }

// Add takes the item's next frame, of at most AnalysisSide pixels a side; one frame a second is
// enough. It does not retain f.
func (a *Analyzer) Add(f Frame) {
	n := videoFeatures
	if a.photo {
		n = photoFeatures
	}
	if k := len(a.out); k > 0 && f.At < a.out[k-1].At+keyframeGap {
		return
	}
	ps := a.ext.Patches(f.Plane, n)
	k := index.Keyframe{At: f.At, W: f.W, H: f.H, Features: make([]index.Feature, len(ps))}
	g := geometryOf(f.Plane)
	for i := range ps {
		c := fingerprint.Encode(&ps[i].Descriptor)
		x, y, s := g.place(&ps[i])
		k.Features[i] = index.Feature{X: int32(x), Y: int32(y), Scale: int32(mul(s, 8) + .5), Word: c.Word, Sig: c.Sig}
	}
	a.out = append(a.out, k)
}

// Keyframes returns the keyframes of the frames added so far, with the traces that belong to them.
func (a *Analyzer) Keyframes() []index.Keyframe {
	rows := a.rows
	for i := range a.out {
		k := &a.out[i]
		for len(rows) > 0 && rows[0].at < k.At+keyframeGap {
			if d := rows[0].at - k.At; d >= 0 {
				copy(k.Trace[(d*index.TraceMoments+keyframeGap/2)/keyframeGap][:], rows[0].tiles)
			}
			rows = rows[1:]
		}
	}
	return a.out
}

// A geometry turns pixels of a picture into units of 1/1024 of its longer side.
type geometry struct {
	unit float64
	log  int32 // of the longer side, in 1/16
}

func geometryOf(p luma.Plane) geometry {
	side := max(p.W, p.H)
	return geometry{unit: float64(index.Extent) / float64(side), log: int32(log2(side*1024) - 160)}
}

// place returns the patch's centre and the log2 of its sigma, in units of 1/1024 of the longer side.
func (g geometry) place(p *fingerprint.Patch) (x, y, s float64) {
	return mul(mul(float64(p.X), 1./16)+.5, g.unit), mul(mul(float64(p.Y), 1./16)+.5, g.unit), mul(float64(p.Scale-g.log), 1./16) + 10
}

// log2 returns the logarithm of v in 1/16, between the powers of two by straight lines.
func log2(v int) int {
	n := bits.Len(uint(max(v, 1))) - 1
	return n*16 + (v*16>>n - 16)
}
