package casefile

import "slices"

// What is missing in a case, in the order in which a person goes on.
const (
	GapQuestion      = "question"      // nobody said what is asked
	GapEvidence      = "evidence"      // nothing is filed
	GapReuse         = "reuse"         // reuses of what is filed that nobody decided on
	GapClaim         = "claim"         // no claim is taken in, so there is nothing to sign
	GapUnread        = "unread"        // claims that nobody accepted or refused
	GapContradiction = "contradiction" // contradictions that nobody confirmed or refused
	GapAgainst       = "against"       // claims with nothing filed against them, for which nobody said that it was searched
	GapVerdict       = "verdict"       // claims without a verdict
	GapSecond        = "second"        // verdicts without a second person
	GapRisk          = "risk"          // the risk of publishing is not set
	GapTask          = "task"          // tasks that are not done
)

// A Gap is something that is missing before a case is done.
type Gap struct {
	What string    `json:"what"`         // one of the Gap constants
	On   []Subject `json:"on,omitempty"` // what it is about, in the order of the case; none when it is the case itself
	N    int       `json:"n,omitempty"`  // how many: the length of On, or how many tasks
}

// Waiting is what in a case waits for a person outside the case itself.
type Waiting struct {
	Unread        []Subject // claims that the case is about and that are only suggested
	Undecided     []Subject // reuses of what is filed
	Contradictory []Subject // contradictions that are only suggested
}

// Missing says what is missing before a case is signed by two persons and may be published. The first gap is the next step.
// A sealed case misses nothing.
func Missing(c Case, w Waiting) []Gap {
	if c.State == "sealed" {
		return nil
	}
	var gaps []Gap
	itself := func(what string, missing bool) {
		if missing {
			gaps = append(gaps, Gap{What: what})
		}
	}
	each := func(what string, on []Subject) {
		if len(on) > 0 {
			gaps = append(gaps, Gap{what, on, len(on)})
		}
	}
	claims := c.Claims()
	itself(GapQuestion, c.Question == "")
	itself(GapEvidence, len(c.Evidence) == 0)
	each(GapReuse, w.Undecided)
	itself(GapClaim, len(c.Evidence) > 0 && len(claims) == 0)
	each(GapUnread, w.Unread)
	each(GapContradiction, w.Contradictory)
	each(GapAgainst, claimsThat(claims, func(on Subject) bool { _, signed := c.Verdict(on); return !signed && !c.against(on) }))
	each(GapVerdict, claimsThat(claims, func(on Subject) bool { _, signed := c.Verdict(on); return !signed }))
	each(GapSecond, claimsThat(claims, func(on Subject) bool { v, signed := c.Verdict(on); return signed && v.Second == nil }))
	itself(GapRisk, c.Risk == "")
	open := 0
	for _, t := range c.Tasks {
		if !t.Done {
			open++
		}
	}
	if open > 0 {
		gaps = append(gaps, Gap{What: GapTask, N: open})
	}
	return gaps
}

func claimsThat(claims []Subject, is func(Subject) bool) (out []Subject) {
	for _, on := range claims {
		if is(on) {
			out = append(out, on)
		}
	}
	return out
}

func (c Case) against(claim Subject) bool {
	return slices.ContainsFunc(c.Evidence, func(e Filed) bool { return e.Claim == claim && e.Side == "against" })
}

// Claims are those that a case is about, in the order in which they came in: filed themselves, with evidence for or against
// them, linked with pictures, or signed.
func (c Case) Claims() []Subject {
	var out []Subject
	add := func(on Subject) {
		if on.Kind() == OnClaim && !slices.Contains(out, on) {
			out = append(out, on)
		}
	}
	for _, e := range c.Evidence {
		add(e.Claim)
		add(e.What)
	}
	for _, l := range c.Links {
		add(l.Claim)
	}
	for _, v := range c.Verdicts {
		add(v.Claim)
	}
	return out
}

// Signed is how many of the claims of a case have a verdict.
func (c Case) Signed() int {
	return len(claimsThat(c.Claims(), func(on Subject) bool { _, signed := c.Verdict(on); return signed }))
}
