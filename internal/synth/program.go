package synth

import (
	"image"
	"image/color"
	"math"
	"sync"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// A Drawer draws itself as it looks t seconds after its start; *[World] is one.
type Drawer interface {
	Draw(dst *image.RGBA, t float64)
}

// A Shot is a run of a programme: what is seen, and what the broadcaster did to it.
type Shot struct {
	Seen     Drawer
	From     float64 // seconds into Seen
	Seconds  float64
	Speed    float64 // of Seen's time; 0 means 1
	Mirrored bool
	Bars     bool    // 4:3 between black bars
	Zoom     float64 // picture enlarged to this factor at the end, 0 means none
	Graphics Graphics
}

// Graphics are what a channel lays over a picture. Empty fields are left out.
type Graphics struct {
	Logo, Caption, Ticker, Clock string
	Colour                       color.RGBA
}

// A Programme is a sequence of shots; itself a Drawer.
type Programme struct {
	W, H  int
	Shots []Shot
}

// Seconds is the length of the whole.
func (p *Programme) Seconds() float64 {
	var sum float64
	for _, s := range p.Shots {
		sum += s.Seconds
	}
	return sum
}

// Draw draws the moment t seconds into the programme.
func (p *Programme) Draw(dst *image.RGBA, t float64) {
	start := 0.0
	for i, s := range p.Shots {
		if t < start+s.Seconds || i+1 == len(p.Shots) {
			s.draw(dst, t-start, t)
			return
		}
		start += s.Seconds
	}
}

func (s Shot) draw(dst *image.RGBA, t, clock float64) {
	speed := s.Speed
	if speed == 0 {
		speed = 1
	}
	s.Seen.Draw(dst, s.From+t*speed)
	if s.Mirrored {
		mirror(dst)
	}
	if s.Zoom > 1 {
		zoom(dst, 1+(s.Zoom-1)*math.Min(1, t/s.Seconds))
	}
	if s.Bars {
		w, h := dst.Rect.Dx(), dst.Rect.Dy()
		side := (w - h*4/3) / 2
		fill(dst, 0, 0, side, h, color.RGBA{A: 255})
		fill(dst, w-side, 0, w, h, color.RGBA{A: 255})
	}
	s.Graphics.draw(dst, clock)
}

func mirror(img *image.RGBA) {
	w := img.Rect.Dx()
	for y := range img.Rect.Dy() {
		row := img.Pix[y*img.Stride : y*img.Stride+4*w]
		for x, z := 0, w-1; x < z; x, z = x+1, z-1 {
			for c := range 4 {
				row[4*x+c], row[4*z+c] = row[4*z+c], row[4*x+c]
			}
		}
	}
}

func zoom(img *image.RGBA, k float64) {
	w, h := float64(img.Rect.Dx()), float64(img.Rect.Dy())
	src := image.NewRGBA(img.Rect)
	copy(src.Pix, img.Pix)
	part := image.Rect(int(w*(1-1/k)/2), int(h*(1-1/k)/2), int(w*(1+1/k)/2), int(h*(1+1/k)/2))
	draw.ApproxBiLinear.Scale(img, img.Rect, src, part, draw.Src, nil)
}

func (g Graphics) draw(dst *image.RGBA, t float64) {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	white := color.RGBA{255, 255, 255, 255}
	if g.Logo != "" {
		fill(dst, w*3/100, h*5/100, w*17/100, h*14/100, g.Colour)
		label(dst, w*4/100, h*12/100, h*7/100, g.Logo, white)
	}
	if g.Caption != "" {
		fill(dst, w*5/100, h*74/100, w*72/100, h*86/100, g.Colour)
		label(dst, w*7/100, h*82/100, h*6/100, g.Caption, white)
	}
	if g.Ticker != "" {
		fill(dst, 0, h*91/100, w, h, color.RGBA{236, 236, 236, 255})
		label(dst, w-int(60*t)%(2*w), h*97/100, h*5/100, g.Ticker, color.RGBA{20, 20, 20, 255})
	}
	if g.Clock != "" {
		label(dst, w*86/100, h*12/100, h*7/100, g.Clock, color.RGBA{255, 220, 60, 255})
	}
}

var bold = sync.OnceValue(func() *opentype.Font {
	f, err := opentype.Parse(gobold.TTF)
	if err != nil {
		panic("synth: the built-in font does not parse: " + err.Error())
	}
	return f
})

// label writes text with its baseline at (x, y), size pixels high.
func label(dst *image.RGBA, x, y, size int, text string, c color.Color) {
	face, err := opentype.NewFace(bold(), &opentype.FaceOptions{Size: float64(size), DPI: 72})
	if err != nil {
		panic("synth: built-in font: " + err.Error())
	}
	defer face.Close()
	d := font.Drawer{Dst: dst, Src: image.NewUniform(c), Face: face, Dot: fixed.P(x, y)}
	d.DrawString(text)
}

// A Still is a photograph: one moment of a Drawer that lasts.
type Still struct{ Img *image.RGBA }

// NewStill takes the picture of d at t.
func NewStill(d Drawer, t float64, w, h int) Still {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	d.Draw(img, t)
	return Still{img}
}

// Draw draws the photograph, the same at any t.
func (s Still) Draw(dst *image.RGBA, t float64) { copy(dst.Pix, s.Img.Pix) }
