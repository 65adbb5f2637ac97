package intake

import (
	"math"

	"beleg/internal/store"
	"beleg/match"
	"beleg/video"
)

// A Picture says how the archive's picture lies in the subject's.
type Picture struct {
	Mirrored bool    `json:"mirrored"`
	Fills    float64 `json:"fills"`   // share of the subject's picture that shows the archive's, 0 to 1
	Shows    float64 `json:"shows"`   // share of the archive's picture that is to be seen, 0 to 1
	Tilt     int     `json:"tilt"`    // degrees between the two, clockwise
	Stretch  float64 `json:"stretch"` // how much wider the subject shows it; 1 keeps the shape
}

// pictureOf reads the transform of m, which maps the subject's picture to the archive's, each in units of
// 1/1024 of its longer side.
func pictureOf(m match.Match, subject video.Info, archive *store.Media) Picture {
	w, h := extent(subject.W, subject.H)
	p := Picture{Mirrored: false, Fills: hundredths(m.Evidence.Share), Shows: 1, Stretch: 1}
	t := m.Transform
	cx, cy := w/2, h/2
	x0, y0 := t.At(cx, cy)
	x1, y1 := t.At(cx+1, cy)
	x2, y2 := t.At(cx, cy+1)
	ax, ay, bx, by := x1-x0, y1-y0, x2-x0, y2-y0
	p.Mirrored = float64(ax*by)-float64(ay*bx) < 0
	across, down := math.Hypot(ax, ay), math.Hypot(bx, by)
	if across > 0 && down > 0 {
		p.Stretch = hundredths(down / across)
	}
	if p.Mirrored {
		ax, ay = -ax, -ay
	}
	p.Tilt = int(math.Round(math.Atan2(-ay, ax) * 180 / math.Pi))
	if archive != nil {
		p.Shows = shown(t, w, h, *archive)
	}
	return p
}

// extent returns the sides of a picture in units of 1/1024 of its longer side.
func extent(w, h int) (float64, float64) {
	side := float64(max(w, h, 1)) / 1024
	return float64(w) / side, float64(h) / side
}

// shown returns the share of the archive's picture that lies inside the subject's: the area that a grid over
// the subject's picture maps into the archive's.
func shown(t match.Transform, w, h float64, archive store.Media) float64 {
	aw, ah := extent(archive.Width, archive.Height)
	if aw == 0 || ah == 0 {
		return 0
	}
	const n = 48
	dx, dy := w/n, h/n
	var area float64
	for i := range n {
		for j := range n {
			x, y := (float64(i)+0.5)*dx, (float64(j)+0.5)*dy
			if u, v := t.At(x, y); u < 0 || v < 0 || u >= aw || v >= ah {
				continue
			}
			area += cellArea(t, x-dx/2, y-dy/2, dx, dy)
		}
	}
	return min(hundredths(area/float64(aw*ah)), 1)
}

// cellArea returns the area of the parallelogram that t makes of the rectangle at (x, y).
func cellArea(t match.Transform, x, y, dx, dy float64) float64 {
	x0, y0 := t.At(x, y)
	x1, y1 := t.At(x+dx, y)
	x2, y2 := t.At(x, y+dy)
	return math.Abs(float64((x1-x0)*(y2-y0)) - float64((y1-y0)*(x2-x0)))
}

func hundredths(f float64) float64 { return math.Round(f*100) / 100 }
