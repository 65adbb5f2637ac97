package synth

import (
	"image"
	"image/color"
	"math/rand/v2"
)

// A painter makes the panorama layers of one world.
type painter struct {
	r    *rand.Rand
	w, h int
}

func (p *painter) between(lo, hi int) int { return lo + p.r.IntN(hi-lo+1) }

// each paints every pixel of a new picture; c returns alpha 0 for "nothing here".
func each(w, h int, c func(x, y int) color.RGBA) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := c(x, y)
			i := y*img.Stride + 4*x
			img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = v.R, v.G, v.B, v.A
		}
	}
	return img
}

func (p *painter) sky(w int) *image.RGBA {
	n, base := lattice(p.r.Uint32()), p.between(120, 190)
	warm := p.between(-20, 30)
	return each(w, p.h, func(x, y int) color.RGBA {
		c := max(0, n.cloud(x, y*2, 120)-110) * (p.h - y/2) / p.h
		v := base + y*50/p.h
		return color.RGBA{clamp(v - 30 + c + warm), clamp(v - 10 + c), clamp(v + 20 + c - warm), 255}
	})
}

func (p *painter) ground(w, h int) *image.RGBA {
	n, m := lattice(p.r.Uint32()), lattice(p.r.Uint32())
	v0 := p.between(70, 120)
	return each(w, h, func(x, y int) color.RGBA {
		v := v0 + (n.cloud(x, y*3, 60)-128)*2/3 + y*30/max(1, h)
		if m.smooth(x, y*3, 14) > 226 { // stones and rubble
			v -= 45
		}
		return color.RGBA{clamp(v + 8), clamp(v), clamp(v - 12), 255}
	})
}

func (p *painter) hills(w, h int) *image.RGBA {
	n, m := lattice(p.r.Uint32()), lattice(p.r.Uint32())
	v0, green := p.between(70, 130), p.between(-10, 25)
	return each(w, h, func(x, y int) color.RGBA {
		top := h * n.smooth(x, 0, 170) / 400
		top += h * n.smooth(x, 7, 40) / 2000
		if y < top {
			return color.RGBA{}
		}
		v := v0 + (m.cloud(x, y*2, 44)-128)*3/4
		return color.RGBA{clamp(v), clamp(v + green), clamp(v - 20), 255}
	})
}

func (p *painter) water(w, h int) *image.RGBA {
	n := lattice(p.r.Uint32())
	return each(w, h, func(x, y int) color.RGBA {
		v := 60 + n.cloud(x, y*5, 34)*2/5 + y*20/max(1, h)
		return color.RGBA{clamp(v - 25), clamp(v), clamp(v + 25), 255}
	})
}

// facades paints a row of houses, each with floors of windows; about one in four is damaged.
func (p *painter) facades(w, h, storeys int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for x := 0; x < w; {
		width := p.between(w/22, w/11)
		p.house(img, x, min(w, x+width), p.between(0, h*45/100), storeys)
		x += width + p.between(-4, w/60)
		x = max(x, 1)
	}
	return img
}

func (p *painter) house(img *image.RGBA, x0, x1, top, storeys int) {
	h := img.Rect.Dy()
	n, damage := lattice(p.r.Uint32()), 0
	if p.r.IntN(4) == 0 {
		damage = p.between(30, 70)
	}
	v0 := p.between(115, 190)
	base := color.RGBA{clamp(v0 + p.between(0, 22)), clamp(v0 + p.between(-10, 8)), clamp(v0 - p.between(8, 45)), 255}
	glass := shade(base, p.between(20, 45))
	cellW, cellH := max(9, (x1-x0)/p.between(3, 6)), max(10, h/storeys)
	for y := top; y < h; y++ {
		for x := x0; x < x1; x++ {
			if damage > 0 && y < top+damage*n.smooth(x, 3, 25)/200 { // a broken roof line
				continue
			}
			v := n.cloud(x, y, 24) - 128
			c := shade(base, 100+v/4)
			inX, inY := (x-x0)%cellW, (y-top)%cellH
			if inX > cellW/4 && inX < cellW*3/4 && inY > cellH/4 && inY < cellH*3/4 {
				c = glass
				if n.at((x-x0)/cellW, (y-top)/cellH) > 200 { // blinds, lit rooms
					c = shade(base, 130)
				}
				if inX == cellW/2 {
					c = shade(base, 80)
				}
			} else if inY < 2 {
				c = shade(c, 70)
			}
			if damage > 0 && n.smooth(x, y, 19) > 205 {
				c = shade(c, 35) // a hole
			}
			i := y*img.Stride + 4*x
			img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = c.R, c.G, c.B, 255
		}
	}
}

func (p *painter) ships(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for x := p.between(0, 40); x < w; x += p.between(w/9, w/5) {
		length, hull := p.between(w/14, w/8), cloth(p.r)
		deck := h - p.between(h/8, h/5)
		for y := deck; y < h; y++ {
			cut := (y - deck) / 2
			fill(img, x+cut, y, x+length-cut, y+1, shade(hull, 100-(y-deck)*30/max(1, h-deck)))
		}
		for i := range p.between(3, 6) {
			bx := x + length*(i+1)/8
			bh := p.between(h/10, h/3)
			c := shade(cloth(p.r), 130)
			fill(img, bx, deck-bh, bx+length/9, deck, c)
			for wy := deck - bh + 3; wy < deck-4; wy += 7 {
				fill(img, bx+2, wy, bx+length/9-2, wy+3, shade(c, 50))
			}
		}
		fill(img, x+length/2, h/12, x+length/2+3, deck, shade(hull, 60))
		fill(img, x+length/2-length/10, h/6, x+length/2+length/10, h/6+2, shade(hull, 60))
	}
	return img
}

func (p *painter) backdrop(w int) *image.RGBA {
	n := lattice(p.r.Uint32())
	tint := p.between(0, 2)
	return each(w, p.h, func(x, y int) color.RGBA {
		v := 40 + (n.smooth(x, y, 90)-128)/4 + y*30/p.h
		if (x+y/3)%83 < 3 || y%61 < 2 {
			v += 40
		}
		c := [3]int{v, v, v + 15}
		c[tint] += 35
		return color.RGBA{clamp(c[0]), clamp(c[1]), clamp(c[2]), 255}
	})
}
