package figure

import "math"

// A Figure is a quantity with what it counts.
type Figure struct {
	Value  float64 // the number, or the lower end of a range
	Max    float64 // the upper end of a range; 0: no range
	Cmp    string  // = > >= < <= ~
	Unit   string  // English plural: persons, hospitals, km, USD; "" is unknown
	Of     string  // the counted words, as a text has them
	Event  string  // what happened to them, one of Events; "" is unknown
	Status string  // civilian or combatant; "" is unknown
	Kind   string  // counted, reported, estimated, extrapolated; "" is not told
	Whole  float64 // "two of the last three": 3; 0: none is told
	Part   bool    // marked as part of a figure beside it, or as on top of it: "darunter 61", "30 more"
}

// Comparators are those of a figure.
var Comparators = []string{"=", ">", ">=", "<", "<=", "~"}

// Events are what may have happened to what is counted.
var Events = []string{"killed", "wounded", Casualties, "missing", "displaced", "left", "detained", "rescued", "evacuated", "destroyed", "damaged"}

// Casualties are killed and wounded together: "20 Tote und Verletzte".
const Casualties = "casualties"

// Statuses and Kinds are those of a figure; "" is unknown.
var (
	Statuses = []string{"civilian", "combatant"}
	Kinds    = []string{"counted", "reported", "estimated", "extrapolated"}
)

// A Range is what a figure allows.
type Range struct {
	Lo, Hi         float64
	LoOpen, HiOpen bool // the end itself is not allowed
	Endless        bool // there is no upper end; Hi says nothing
}

// tolerance is how far "about" reaches to either side, as a share of the number.
const tolerance = 0.1

// Range is what the figure allows. Of what is counted one by one only whole numbers are: "more than 40 dead" is 41 and more.
func (f Figure) Range() Range {
	r := Range{Lo: f.Value, Hi: max(f.Value, f.Max)}
	switch f.Cmp {
	case ">":
		r.LoOpen, r.Endless = true, true
	case ">=":
		r.Endless = true
	case "<":
		r = Range{Hi: r.Hi, HiOpen: true}
	case "<=":
		r.Lo = 0
	case "~":
		r.Lo, r.Hi = r.Lo-r.Lo*tolerance, r.Hi+r.Hi*tolerance
	}
	if f.Counted() {
		return r.whole()
	}
	return r
}

// whole narrows a range to whole numbers. A ten-thousandth is forgiven to what was multiplied.
func (r Range) whole() Range {
	lo, hi := math.Ceil(r.Lo-1e-4), math.Floor(r.Hi+1e-4)
	if r.LoOpen && lo <= r.Lo {
		lo++
	}
	if r.HiOpen && hi >= r.Hi {
		hi = max(hi-1, 0)
	}
	return Range{Lo: lo, Hi: hi, Endless: r.Endless}
}

// measures are units of what is measured or is no number of things: a part of one is possible.
var measures = map[string]bool{"": true, "percent": true, "percentage points": true, "share": true, "times": true, "km": true, "m": true, "cm": true, "mm": true, "km2": true, "mi2": true, "acres": true, "ha": true, "miles": true, "ft": true,
	"l": true, "gal": true, "t": true, "kg": true, "g": true, "lb": true, "barrels": true, "MW": true, "degrees": true, "mph": true, "knots": true, "km/h": true,
	"EUR": true, "USD": true, "GBP": true, "JPY": true, "RUB": true, "UAH": true, "CHF": true, "SYP": true, "TRY": true, "INR": true, "CNY": true}

// durations are units of time.
var durations = map[string]bool{"seconds": true, "minutes": true, "hours": true, "days": true, "nights": true, "weeks": true, "months": true, "years": true, "decades": true}

// Counted reports a figure of things that are counted one by one, in whole numbers.
func (f Figure) Counted() bool { return !measures[f.Unit] && !durations[f.Unit] }

// Below reports that all of r lies below all of o.
func (r Range) Below(o Range) bool {
	return !r.Endless && (r.Hi < o.Lo || r.Hi == o.Lo && (r.HiOpen || o.LoOpen))
}

// Excludes reports that no value is in both.
func (r Range) Excludes(o Range) bool { return r.Below(o) || o.Below(r) }
