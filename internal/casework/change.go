package casework

import (
	"beleg/internal/intake"
	"beleg/internal/words"
)

// From where on a change is worth a word. What lies below is within what coding and rounding do.
const (
	insetBelow      = 0.70 // share of the broadcast's picture
	croppedBelow    = 0.90 // share of the archive's picture
	tiltedBeyond    = 2    // degrees
	stretchedBeyond = 0.06
	speedBeyond     = 0.02
)

// Changes says in words what was done to the picture of a reuse on its way.
func Changes(w words.Words, r intake.Reuse) (list []string) {
	p := r.Picture
	if p.Mirrored {
		list = append(list, w.Say("check.mirrored"))
	}
	if p.Fills < insetBelow {
		list = append(list, w.Say("check.inset", p.Fills*100))
	}
	if p.Shows < croppedBelow {
		list = append(list, w.Say("check.cropped", p.Shows*100))
	}
	if p.Tilt < -tiltedBeyond || p.Tilt > tiltedBeyond {
		list = append(list, w.Say("check.tilted", p.Tilt))
	}
	if p.Stretch < 1-stretchedBeyond || p.Stretch > 1+stretchedBeyond {
		list = append(list, w.Say("check.stretched"))
	}
	if r.Evidence.Moved > 0 {
		list = append(list, w.Say("check.moved"))
	}
	switch {
	case r.Still:
	case r.Rate < 0:
		list = append(list, w.Say("check.reversed"))
	case r.Rate == 0:
		list = append(list, w.Say("check.held"))
	case r.Rate < 1-speedBeyond || r.Rate > 1+speedBeyond:
		list = append(list, w.Say("check.speed", r.Rate))
	}
	return list
}
