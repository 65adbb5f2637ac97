package claim

import (
	"beleg/claim/figure"
	naming "beleg/claim/speaker"
)

// Quantity is the figure as [figure.Compare] takes it.
func (f Figure) Quantity() figure.Figure {
	return figure.Figure{Value: f.Value, Max: f.Max, Cmp: f.Cmp, Unit: f.Unit, Of: f.Of, Event: f.Event, Status: f.Status, Kind: f.Kind, Whole: f.Whole, Part: f.Part}
}

// Given are the figures of a claim as its source gives them.
func (c *Claim) Given() []figure.Given { return c.given(PlaceNamed) }

// given is Given with the places looked up by placeNamed.
func (c *Claim) given(placeNamed func(words string) (figure.Place, bool)) []figure.Given {
	g := figure.Given{Source: naming.ID(speaker(c)), Unsaid: UnsaidOf(c.Kind), Text: "text"}
	if c.text != nil && c.text.ID != "" {
		g.Text = c.text.ID
	}
	if len(c.Content.Spans) > 0 {
		g.At = c.Content.Spans[0].Start
	}
	if c.About != nil {
		g.Period = figure.Period{From: c.About.Start, To: c.About.End}
	}
	for _, p := range c.Places {
		if place, ok := placeNamed(p.Text); ok {
			g.Places = append(g.Places, place)
		}
	}
	if c.Source.Text == "" {
		g.Source = "text:" + g.Text // the author's own voice
	}
	out := make([]figure.Given, 0, len(c.Figures))
	for _, f := range c.Figures {
		g.Figure = f.Quantity()
		one := g
		if f.Earlier {
			one.Unsaid = figure.Earlier
		}
		out = append(out, one)
	}
	return out
}

// UnsaidOf says why nobody vouches for a number in a claim of a kind.
func UnsaidOf(kind Kind) figure.Unsaid {
	switch kind {
	case Denial:
		return figure.Denied
	case Order, Plan:
		return figure.Planned
	}
	return figure.Vouched
}

// PlaceNamed looks the words of a place up in the gazetteer. What names several places, or none, has no ID. It returns false
// for words that tell whose something is and not where: "syrisch".
func PlaceNamed(words string) (figure.Place, bool) {
	out := figure.Place{Words: words}.Ready()
	for _, lang := range Languages() {
		for _, p := range Places(lang, Tokenize(words)) {
			switch {
			case p.Demonym:
				return out, false
			case p.ID != "" && len(p.Others) == 0:
				out.ID, out.Country, out.Whole = p.ID, p.Country, p.Kind == "country"
				return out, true
			}
		}
	}
	return out, true
}
