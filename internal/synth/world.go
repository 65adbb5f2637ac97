package synth

import (
	"image"
	"image/color"
	"math/rand/v2"
)

// Kind of place that a [World] shows.
type Kind int

// The kinds of place.
const (
	Street  Kind = iota // facades, some broken, people and carts along the pavement
	Road                // a convoy on a road before hills
	Harbour             // ships on moving water
	Square              // a crowd seen from a fixed camera
	Studio              // a presenter at a desk; what surrounds footage in a broadcast
)

// A World is a place of panorama layers at different depths with movers in it, seen by a camera that
// pans, or stands still in a Square and a Studio. Draw is a pure function of the world and the moment.
type World struct {
	kind   Kind
	w, h   int
	layers []layer
	movers []mover
	grain  lattice
	pan    float64 // pixels a second on the nearest layer
	sway   float64 // amplitude of a hand-held camera, pixels
}

// A layer is a picture wider than the frame; depth 0 stands still, 1 moves with the camera.
type layer struct {
	img   *image.RGBA
	depth float64
	y     int // where its top lies in the frame
}

// A mover is a figure or vehicle on its way: it enters at x and goes speed pixels a second.
type mover struct {
	x, speed   float64
	foot       int // row of its feet
	size       int
	body, head color.RGBA
	wheels     bool
	phase      float64
}

// NewWorld makes the place of the given kind and seed for frames of w by h pixels.
func NewWorld(kind Kind, seed uint64, w, h int) *World {
	r := rand.New(rand.NewPCG(seed, uint64(kind)))
	p := &painter{r: r, w: w, h: h}
	wd := &World{kind: kind, w: w, h: h, grain: lattice(r.Uint32())}
	wide := w*2 + w/2
	switch kind {
	case Street:
		wd.pan, wd.sway = 24+r.Float64()*22, 3
		wd.layers = []layer{{p.sky(wide), 0.05, 0}, {p.facades(wide, h*6/10, 8), 0.45, h / 10}, {p.facades(wide, h*6/10, 5), 0.8, h * 22 / 100},
			{p.ground(wide, h-h*78/100), 1, h * 78 / 100}}
		wd.crowd(r, 22, h*84/100, h*98/100, h/6, 38)
	case Road:
		wd.pan, wd.sway = 14+r.Float64()*10, 2
		wd.layers = []layer{{p.sky(wide), 0.03, 0}, {p.hills(wide, h/2), 0.25, h * 28 / 100}, {p.hills(wide, h/3), 0.5, h * 45 / 100},
			{p.ground(wide, h-h*66/100), 1, h * 66 / 100}}
		wd.convoy(r, 5, h*82/100, h/6)
	case Harbour:
		wd.pan, wd.sway = 6+r.Float64()*6, 4
		wd.layers = []layer{{p.sky(wide), 0.02, 0}, {p.hills(wide, h/3), 0.2, h * 30 / 100}, {p.ships(wide, h/2), 0.6, h * 15 / 100},
			{p.water(wide, h-h*62/100), 1, h * 62 / 100}}
	case Square:
		wd.layers = []layer{{p.sky(wide), 0, 0}, {p.facades(wide, h/2, 7), 0, h * 12 / 100}, {p.ground(wide, h-h*55/100), 0, h * 55 / 100}}
		wd.crowd(r, 36, h*60/100, h*98/100, h/8, 26)
	case Studio:
		wd.layers = []layer{{p.backdrop(wide), 0, 0}}
	}
	return wd
}

func (wd *World) crowd(r *rand.Rand, n, top, low, size int, speed float64) {
	for range n {
		s := speed * (0.5 + r.Float64())
		if r.IntN(2) == 0 {
			s = -s
		}
		foot := top + r.IntN(low-top)
		wd.movers = append(wd.movers, mover{x: r.Float64() * float64(wd.w) * 1.6, speed: s, foot: foot,
			size: size * (60 + 60*(foot-top)/max(1, low-top)) / 100, body: cloth(r), head: color.RGBA{uint8(120 + r.IntN(90)), uint8(90 + r.IntN(50)), uint8(70 + r.IntN(40)), 255},
			phase: r.Float64() * 6})
	}
}

func (wd *World) convoy(r *rand.Rand, n, foot, size int) {
	for i := range n {
		wd.movers = append(wd.movers, mover{x: float64(i*size*3) + r.Float64()*30, speed: 42 + r.Float64()*6, foot: foot + r.IntN(8),
			size: size, body: cloth(r), head: cloth(r), wheels: true})
	}
}

func cloth(r *rand.Rand) color.RGBA {
	v := 30 + r.IntN(150)
	j := func() uint8 { return uint8(min(255, max(0, v+r.IntN(70)-35))) }
	return color.RGBA{j(), j(), j(), 255}
}

// Draw draws the moment t seconds into the world's time upon dst, which must be of the world's size.
func (wd *World) Draw(dst *image.RGBA, t float64) {
	swayX, swayY := wd.sway*wave(t*0.9), wd.sway*wave(t*1.3+0.4)
	for _, l := range wd.layers {
		off := int((wd.pan*t + swayX) * l.depth)
		wd.blit(dst, l, off, l.y+int(swayY*l.depth), wd.kind == Harbour && l.depth == 1, t)
	}
	for _, m := range wd.movers {
		wd.mover(dst, m, t, int(wd.pan*t+swayX), int(swayY))
	}
	if wd.kind == Studio {
		wd.presenter(dst, t)
	}
	wd.noise(dst, int(t*25))
}

// wave is a cheap smooth oscillation of period 1, -1 to 1, made of parabolas.
func wave(x float64) float64 {
	x -= float64(int(x))
	if x < 0 {
		x++
	}
	if x < 0.5 {
		return 16 * x * (0.5 - x)
	}
	x -= 0.5
	return -16 * x * (0.5 - x)
}

func (wd *World) blit(dst *image.RGBA, l layer, off, top int, ripple bool, t float64) {
	lw, lh := l.img.Rect.Dx(), l.img.Rect.Dy()
	for y := max(0, top); y < min(wd.h, top+lh); y++ {
		row := l.img.Pix[(y-top)*l.img.Stride:]
		out := dst.Pix[y*dst.Stride:]
		o := off
		if ripple {
			o += int(float64(2+(y-top)/6) * wave(t*0.7+float64(y)*0.05))
		}
		o = ((o % lw) + lw) % lw
		for x := range wd.w {
			s := o + x
			if s >= lw {
				s -= lw
			}
			if row[4*s+3] != 0 {
				copy(out[4*x:4*x+4], row[4*s:4*s+4])
			}
		}
	}
}

func (wd *World) mover(dst *image.RGBA, m mover, t float64, off, up int) {
	span := float64(wd.w) * 1.6
	x := m.x + m.speed*t - float64(off)
	for x < -0.3*span {
		x += span
	}
	for x > 0.85*span {
		x -= span
	}
	cx, foot, s := int(x), m.foot+up, m.size
	if m.wheels {
		fill(dst, cx-s, foot-s/2, cx+s, foot-s/6, m.body)
		fill(dst, cx+s/4, foot-s*9/10, cx+s*8/10, foot-s/2, m.head)
		fill(dst, cx+s/3, foot-s*8/10, cx+s*7/10, foot-s*6/10, color.RGBA{150, 170, 180, 255})
		for _, wx := range []int{-s * 6 / 10, 0, s * 6 / 10} {
			disc(dst, cx+wx, foot-s/8, s/6, color.RGBA{25, 25, 25, 255})
		}
		return
	}
	step := int(float64(s) / 5 * wave(t*1.4+m.phase))
	fill(dst, cx-s/10+step, foot-s*45/100, cx-s/40+step, foot, shade(m.body, 60))
	fill(dst, cx+s/40-step, foot-s*45/100, cx+s/10-step, foot, shade(m.body, 70))
	fill(dst, cx-s/7, foot-s*85/100, cx+s/7, foot-s*4/10, m.body)
	fill(dst, cx-s/5+step/2, foot-s*8/10, cx-s/7+step/2, foot-s*45/100, shade(m.body, 80))
	disc(dst, cx, foot-s*95/100, max(2, s/9), m.head)
}

func (wd *World) presenter(dst *image.RGBA, t float64) {
	h, w := wd.h, wd.w
	cx, lean := w*35/100+int(4*wave(t*0.23)), int(3*wave(t*0.61))
	fill(dst, cx-h/6, h*48/100, cx+h/6, h*80/100, color.RGBA{40, 44, 66, 255})
	fill(dst, cx-h/28, h*48/100, cx+h/28, h*66/100, color.RGBA{210, 210, 214, 255})
	disc(dst, cx+lean, h*36/100, h/9, color.RGBA{196, 152, 126, 255})
	fill(dst, cx+lean-h/9, h*25/100, cx+lean+h/9, h*31/100, color.RGBA{50, 38, 30, 255})
	open := max(1, int(float64(h)/60*(1.2+wave(t*2.7))))
	fill(dst, cx+lean-h/36, h*41/100, cx+lean+h/36, h*41/100+open, color.RGBA{120, 50, 50, 255})
	fill(dst, 0, h*78/100, w, h, color.RGBA{90, 74, 60, 255})
	fill(dst, 0, h*78/100, w, h*80/100, color.RGBA{150, 128, 104, 255})
}

// noise adds the grain of a camera, different in each frame.
func (wd *World) noise(dst *image.RGBA, frame int) {
	h := uint32(wd.grain) ^ uint32(frame)*0x9E3779B1
	for y := range wd.h {
		row := dst.Pix[y*dst.Stride : y*dst.Stride+4*wd.w]
		for x := 0; x < len(row); x += 4 {
			h ^= h << 13
			h ^= h >> 17
			h ^= h << 5
			d := int(h>>8&7) - 3
			row[x], row[x+1], row[x+2] = clamp(int(row[x])+d), clamp(int(row[x+1])+d), clamp(int(row[x+2])+d)
		}
	}
}

func clamp(v int) uint8 { return uint8(min(255, max(0, v))) }

func shade(c color.RGBA, percent int) color.RGBA {
	return color.RGBA{clamp(int(c.R) * percent / 100), clamp(int(c.G) * percent / 100), clamp(int(c.B) * percent / 100), 255}
}

// fill paints the rectangle from (x0, y0) up to (x1, y1), cut at the picture's edges.
func fill(dst *image.RGBA, x0, y0, x1, y1 int, c color.RGBA) {
	r := image.Rect(x0, y0, x1, y1).Intersect(dst.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := dst.Pix[y*dst.Stride:]
		for x := r.Min.X; x < r.Max.X; x++ {
			row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = c.R, c.G, c.B, 255
		}
	}
}

func disc(dst *image.RGBA, cx, cy, radius int, c color.RGBA) {
	for y := -radius; y <= radius; y++ {
		x := 0
		for (x+1)*(x+1)+y*y <= radius*radius {
			x++
		}
		fill(dst, cx-x, cy+y, cx+x+1, cy+y+1, c)
	}
}
