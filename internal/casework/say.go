package casework

import (
	"fmt"

	"beleg/internal/casefile"
	"beleg/internal/words"
)

// StepWords says a step of a chain of evidence to people.
func StepWords(w words.Words, s casefile.Step) string {
	who := s.Of
	if who == "" {
		who = w.Say("claim.author")
	}
	key := "chain." + string(s.Says)
	switch s.Says {
	case casefile.ClaimedFor:
		return w.Say(key, s.Of, s.With)
	case casefile.ShownAt:
		return w.Say(key, Stretch(w, s.From, s.To))
	case casefile.PublicSince:
		return w.Say(key, s.Of, w.Maybe("how.", s.With))
	case casefile.EarlierItem:
		return w.Say(key)
	case casefile.ClaimedPlace, casefile.NamedPlace:
		return w.Say(key, s.Of)
	}
	return w.Say(key, who, s.With)
}

// Stretch says from when to when, or that it is a photo; times are milliseconds.
func Stretch(w words.Words, from, to int64) string {
	if from == to {
		return w.Say("check.still")
	}
	return Clock(from) + "–" + Clock(to)
}

// Clock is a time in a video, given in milliseconds: 1:02:03.4.
func Clock(ms int64) string {
	t := (ms + 50) / 100
	h, m, s := t/36000, t/600%60, t%600
	if h > 0 {
		return fmt.Sprintf("%d:%02d:%02d.%d", h, m, s/10, s%10)
	}
	return fmt.Sprintf("%d:%02d.%d", m, s/10, s%10)
}
