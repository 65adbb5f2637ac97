// Command coastgen makes the coastlines of the desk's map from the land file of the npm package
// world-atlas (Natural Earth, public domain; packaged under ISC): `coastgen land-50m.json coast.json`.
// It takes land only: no borders and no names, since that file draws disputed borders as settled.
//
// The result is a JSON array of closed rings; a ring is a flat array of numbers in 1/100 degree,
// longitude and latitude in turn, the first pair absolute, each further one relative to the last.
package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
)

type topology struct {
	Arcs      [][][2]int `json:"arcs"` // delta-encoded positions
	Transform struct {
		Scale, Translate [2]float64
	} `json:"transform"`
	Objects struct {
		Land struct {
			Geometries []struct {
				Type string          `json:"type"`
				Arcs json.RawMessage `json:"arcs"`
			} `json:"geometries"`
		} `json:"land"`
	} `json:"objects"`
}

type point struct{ lon, lat float64 }

// tolerance is how far, in degrees, a dropped point may lie from the line that stays: about a pixel
// where the map shows 30 degrees on 1,000 pixels.
const tolerance = 0.03

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: coastgen land-50m.json coast.json")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "coastgen:", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	var t topology
	if err := json.Unmarshal(b, &t); err != nil {
		return fmt.Errorf("read %s: %w", from, err)
	}
	var rings [][]int
	for _, g := range t.Objects.Land.Geometries {
		var polygons [][][]int
		switch g.Type {
		case "MultiPolygon":
			err = json.Unmarshal(g.Arcs, &polygons)
		case "Polygon":
			polygons = make([][][]int, 1)
			err = json.Unmarshal(g.Arcs, &polygons[0])
		}
		if err != nil {
			return fmt.Errorf("read the arcs of %s: %w", from, err)
		}
		for _, p := range polygons {
			for _, ring := range p {
				if r := encode(simplify(t.ring(ring))); r != nil {
					rings = append(rings, r)
				}
			}
		}
	}
	out, err := json.Marshal(rings)
	if err != nil {
		return err
	}
	fmt.Printf("%d rings, %d bytes\n", len(rings), len(out))
	return os.WriteFile(to, append(out, '\n'), 0o644)
}

func (t topology) ring(arcs []int) []point {
	var out []point
	for _, a := range arcs {
		reverse := a < 0
		if reverse {
			a = ^a
		}
		var line []point
		x, y := 0, 0
		for _, d := range t.Arcs[a] {
			x, y = x+d[0], y+d[1]
			line = append(line, point{float64(x)*t.Transform.Scale[0] + t.Transform.Translate[0], float64(y)*t.Transform.Scale[1] + t.Transform.Translate[1]})
		}
		if reverse {
			for i, j := 0, len(line)-1; i < j; i, j = i+1, j-1 {
				line[i], line[j] = line[j], line[i]
			}
		}
		if len(out) > 0 {
			line = line[1:]
		}
		out = append(out, line...)
	}
	return out
}

// simplify keeps the points that matter (Douglas and Peucker 1973).
func simplify(p []point) []point {
	if len(p) < 3 {
		return p
	}
	far, at := 0.0, 0
	a, b := p[0], p[len(p)-1]
	for i := 1; i < len(p)-1; i++ {
		if d := distance(p[i], a, b); d > far {
			far, at = d, i
		}
	}
	if far <= tolerance {
		return []point{a, b}
	}
	left, right := simplify(p[:at+1]), simplify(p[at:])
	return append(left[:len(left):len(left)], right[1:]...)
}

func distance(p, a, b point) float64 {
	dx, dy := b.lon-a.lon, b.lat-a.lat
	if dx == 0 && dy == 0 {
		return math.Hypot(p.lon-a.lon, p.lat-a.lat)
	}
	return math.Abs(dy*(p.lon-a.lon)-dx*(p.lat-a.lat)) / math.Hypot(dx, dy)
}

// encode drops islands of fewer than four points after simplifying.
func encode(p []point) []int {
	if len(p) < 4 {
		return nil
	}
	var out []int
	lx, ly := 0, 0
	for _, q := range p {
		x, y := int(math.Round(q.lon*100)), int(math.Round(q.lat*100))
		if len(out) > 0 && x == lx && y == ly {
			continue
		}
		out = append(out, x-lx, y-ly)
		lx, ly = x, y
	}
	return out
}
