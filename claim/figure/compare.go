package figure

import (
	"strings"
	"time"
)

// A Given is a figure as somebody gives it.
type Given struct {
	Figure
	Source string // id of who is responsible: one source is no rival of itself
	Text   string // id of the text that says so
	At     int    // byte of that text
	Unsaid Unsaid // why nobody vouches for the number
	Places []Place
	Period Period
}

// Unsaid says why a number in a claim is no count of what happened.
type Unsaid string

// Numbers that nobody vouches for.
const (
	Vouched Unsaid = ""
	Denied  Unsaid = "denied"  // "knows nothing of the hundreds": no count
	Planned Unsaid = "planned" // asked for, promised or announced
	Earlier Unsaid = "earlier" // an earlier count of another: 40 of "rose from 40 to 52"
)

// A Relation says how two figures stand to one another.
type Relation string

// The relations.
const (
	Other      Relation = "other"      // not of the same: they are not compared
	Agree      Relation = "agree"      // of the same, and both can be true
	Apart      Relation = "apart"      // of the same, and they exclude each other; or a part that is more than the whole
	PartOf     Relation = "part"       // one is part of the other, and both can be true
	Unresolved Relation = "unresolved" // perhaps of the same; why says what is not known
)

// A Reason says why two figures stand as they do.
type Reason string

// Reasons of Other: what tells the two figures apart.
const (
	SameSource    Reason = "same source"
	OtherThing    Reason = "other thing"
	OtherEvent    Reason = "other event"
	OtherStatus   Reason = "other status"
	OtherPlace    Reason = "other place"
	OtherPeriod   Reason = "other period"
	NotVouchedFor Reason = "not vouched for"
)

// Reasons of Unresolved.
const (
	UnknownEvent  Reason = "unknown event"  // it is not told what happened to them
	UnknownStatus Reason = "unknown status" // whether the ones are among the others is not told
	UnknownPlace  Reason = "unknown place"
	UnknownPeriod Reason = "unknown period"
	PlaceInside   Reason = "place inside"  // one place lies in the other
	PeriodInside  Reason = "period inside" // one period lies in the other
	PeriodsCross  Reason = "periods cross" // the periods share days only
	PartOfOther   Reason = "part of other" // one is told as a part, or on top
	Estimate      Reason = "estimate"      // one is counted or reported, the other estimated
)

// Reasons of Apart and PartOf; of Apart and Agree between equals it is "".
const (
	PartIsMore  Reason = "part is more"
	OtherWhole  Reason = "other whole" // "two of three" against "two of five"
	StatusPart  Reason = "status part" // civilians among the dead
	EventPart   Reason = "event part"  // dead among dead and wounded
	BothAllowed Reason = ""
)

// An Answer is what [Compare] says. Less is true when a is the part, or what lies inside.
type Answer struct {
	Is   Relation
	Why  Reason
	Less bool
}

// An extent says how the extent of a stands to that of b: its place, its period, whom it counts.
type extent int

const (
	same extent = iota
	inside
	around
	cross
	unknown
	apart
)

// near is within how many bytes of one text two figures are taken to be of one event when the text does not say
// otherwise: about four sentences.
const near = 600

// beside reports figures of one text that stand near each other.
func beside(a, b Given) bool {
	return a.Text != "" && a.Text == b.Text && a.At-b.At <= near && b.At-a.At <= near
}

// Compare says how two figures stand to one another.
func Compare(a, b Given) Answer {
	if why := different(a, b); why != "" {
		return Answer{Is: Other, Why: why}
	}
	event, whom := events(a.Event, b.Event), whom(a, b)
	place, period := placesOf(a.Places, b.Places), periods(a.Period, b.Period)
	if beside(a, b) {
		if place == unknown {
			place = same
		}
		if period == unknown {
			period = same
		}
	}
	for _, x := range []struct {
		extent
		why Reason
	}{{event, OtherEvent}, {whom, OtherStatus}, {place, OtherPlace}, {period, OtherPeriod}} {
		if x.extent == apart {
			return Answer{Is: Other, Why: x.why}
		}
	}
	for _, x := range []struct {
		is  bool
		why Reason
	}{{event == unknown && a.Unit == "persons", UnknownEvent}, {a.Part || b.Part, PartOfOther}, {a.Guessed() != b.Guessed(), Estimate}, {whom == cross, UnknownStatus},
		{place == unknown, UnknownPlace}, {period == unknown, UnknownPeriod}, {period == cross, PeriodsCross}} {
		if x.is {
			return Answer{Is: Unresolved, Why: x.why}
		}
	}
	if event == unknown {
		event = same // there are 20 ships, or there are 15
	}
	return within(a, b, []bound{{event, EventPart, PartOf}, {whom, StatusPart, PartOf}, {place, PlaceInside, Unresolved}, {period, PeriodInside, Unresolved}})
}

// A bound says what it means that one extent lies inside the other.
type bound struct {
	extent
	why Reason
	is  Relation
}

// within compares the ranges of figures whose extents are the same, or lie one inside the other: the part cannot be more
// than the whole.
func within(a, b Given, bounds []bound) Answer {
	answer, less, more := Answer{Is: Agree}, false, false
	for _, x := range bounds {
		less, more = less || x.extent == inside, more || x.extent == around
		if x.extent != same && answer.Is != Unresolved {
			answer = Answer{Is: x.is, Why: x.why}
		}
	}
	answer.Less = less
	r, o := a.Range(), b.Range()
	switch {
	case less && more: // inside by one, around by another
		return Answer{Is: Unresolved, Why: answer.Why}
	case less && o.Below(r), more && r.Below(o):
		return Answer{Is: Apart, Why: PartIsMore, Less: less}
	case less || more:
		return answer
	case a.Whole > 0 && b.Whole > 0 && a.Whole != b.Whole:
		return Answer{Is: Apart, Why: OtherWhole}
	case r.Excludes(o):
		return Answer{Is: Apart}
	}
	return answer
}

// different says what makes two figures ones that nobody would compare, "" when nothing does.
func different(a, b Given) Reason {
	switch {
	case a.Unsaid != Vouched || b.Unsaid != Vouched:
		return NotVouchedFor
	case a.Source != "" && a.Source == b.Source:
		return SameSource
	case a.Unit == "" || b.Unit == "" || a.Unit != b.Unit || durations[a.Unit] || a.Unit == "times":
		return OtherThing
	case !a.Counted() && of(a.Figure) != of(b.Figure) && !(beside(a, b) && (a.Of == "" || b.Of == "")):
		return OtherThing
	}
	return ""
}

// of is the thing that a measure is of: kilometres of road, percent of the houses.
func of(f Figure) string { return strings.ToLower(f.Of) }

// Guessed reports a figure that nobody counted.
func (f Figure) Guessed() bool { return f.Kind == "estimated" || f.Kind == "extrapolated" }

// Lasts reports a length of time.
func (f Figure) Lasts() bool { return durations[f.Unit] }

// Overlap reports figures whose places and periods overlap, as far as is known: adding them would count twice.
func Overlap(a, b Given) bool {
	return placesOf(a.Places, b.Places) != apart && periods(a.Period, b.Period) != apart
}

// Meet reports places that are the same, or one of which lies in the other.
func Meet(a, b Place) bool { return places(a, b) <= around }

// events compares what happened. Without an event there is no telling what persons are counted for, while things are
// there: "20 ships".
func events(a, b string) extent {
	switch {
	case a == b && a != "":
		return same
	case a == "" && b == "":
		return unknown
	case b == Casualties && (a == "killed" || a == "wounded"):
		return inside
	case a == Casualties && (b == "killed" || b == "wounded"):
		return around
	}
	return apart
}

// whom compares who or what is counted, by status and by group: civilians are among the dead, children too.
func whom(a, b Given) extent {
	status, group := narrower(a.Status, b.Status), same
	if a.Unit == "persons" {
		group = narrower(groupOf(a.Figure), groupOf(b.Figure))
	}
	switch {
	case status == apart || group == apart:
		return apart
	case status == same:
		return group
	case group == same || group == status:
		return status
	}
	return cross
}

// narrower compares two marks of which "" is none.
func narrower(a, b string) extent {
	switch {
	case a == "unknown" || b == "unknown":
		return narrower(strings.TrimSuffix(a, "unknown"), strings.TrimSuffix(b, "unknown"))
	case a == b:
		return same
	case b == "":
		return inside
	case a == "":
		return around
	}
	return apart
}

// A Period is a run of days, both inclusive, as YYYY-MM-DD; "" is an end that nobody tells.
type Period struct{ From, To string }

// window is how many days two times of one event may span together: what is told of Friday, and of the night to Saturday, is
// of one event, while a week and a month are sums of their days.
const window = 3

func periods(a, b Period) extent {
	if a.From != "" && b.To != "" && a.From > b.To || b.From != "" && a.To != "" && b.From > a.To {
		return apart
	}
	if a.From == "" || a.To == "" || b.From == "" || b.To == "" {
		return unknown
	}
	if a == b {
		return same
	}
	whole, shared := days(min(a.From, b.From), max(a.To, b.To)), days(max(a.From, b.From), min(a.To, b.To))
	switch {
	case whole <= window || shared*10 >= whole*9:
		return same
	case b.From <= a.From && a.To <= b.To:
		return inside
	case a.From <= b.From && b.To <= a.To:
		return around
	}
	return cross
}

// days counts the days from one to the other, both included; 0 when one of them is no day.
func days(from, to string) int {
	a, err1 := time.Parse(time.DateOnly, from)
	b, err2 := time.Parse(time.DateOnly, to)
	if err1 != nil || err2 != nil {
		return 0
	}
	return int(b.Sub(a).Hours())/24 + 1
}

// groups are those whom figures of persons set apart from others, with the words of both languages.
var groups = []struct{ name, words string }{
	{"", "people persons person civilians civilian zivilisten zivilist zivilpersonen killed dead deaths fatalities victims victim others other wounded injured casualties bodies body corpses menschen mensch personen tote toten todesopfer opfer leichen getötet getötete getöteten verletzt verletzte verletzten verwundete verwundeten weitere missing vermisste vermissten displaced refugees flüchtlinge flüchtlingen vertriebene vertriebenen detainees arrests festgenommene festgenommenen inhaftierte combatants"},
	{"children", "children child kids boys boy girls girl minors babies infants kinder kindern kind minderjährige minderjährigen babys säuglinge mädchen jungen"},
	{"women", "women woman frauen frau"},
	{"men", "men man männer männern mann"},
	{"soldiers", "soldiers soldier troops servicemen conscripts soldaten soldat truppen"},
	{"fighters", "fighters fighter rebels rebel insurgents militants militant militiamen kämpfer kämpfern rebellen aufständische aufständischen milizionäre"},
	{"extremists", "terrorists extremists islamists jihadists terroristen extremisten islamisten dschihadisten"},
	{"police", "police policemen officers officer polizisten polizist"},
	{"medics", "doctors doctor medics paramedics nurses ärzte ärzten arzt sanitäter sanitätern"},
	{"journalists", "journalists journalist reporters reporter journalisten reportern"},
	{"aid workers", "aid workers helfer helfern"},
	{"residents", "residents inhabitants villagers citizens bewohner bewohnern einwohner einwohnern"},
	{"families", "families family familien familie"},
}

// groupNames are the names of the groups by their words.
var groupNames = nameGroups()

func nameGroups() map[string]string {
	out := map[string]string{}
	for _, g := range groups {
		for _, word := range append(strings.Fields(g.words), g.name) {
			if _, known := out[word]; !known && word != "" {
				out[word] = g.name
			}
		}
	}
	return out
}

// groupOf is the group that a figure of persons counts, "" for people of any.
func groupOf(f Figure) string {
	of := strings.ToLower(strings.TrimSpace(f.Of))
	if of == "" || of == f.Event {
		return ""
	}
	for _, word := range []string{of, of[strings.LastIndexByte(of, ' ')+1:]} {
		if name, ok := groupNames[word]; ok {
			return name
		}
	}
	return of
}

// Group is whom a figure counts, in English: "children"; "" for people of any group and for what is no person.
func (f Figure) Group() string {
	if f.Unit != "persons" {
		return ""
	}
	return groupOf(f)
}
