package desk

import (
	"fmt"
	"strings"
	"time"

	"beleg/internal/casefile"
	"beleg/internal/casework"
	"beleg/internal/store"
	"beleg/internal/words"
)

// dateWords writes an EDTF date as people read it: about 2014, from May 2014 on. Of a moment it is the day.
func dateWords(w words.Words, date string) string { return casework.DateWords(w, date) }

// timeWords writes an instant, UTC.
func timeWords(w words.Words, v any) string {
	t, ok := v.(time.Time)
	if s, isText := v.(string); isText {
		var err error
		t, err = time.Parse(time.RFC3339Nano, s)
		ok = err == nil
	}
	if !ok {
		return fmt.Sprint(v)
	}
	return w.Time(t)
}

// clock writes a media time: 1:02:03.4.
func clock(ms int64) string { return casework.Clock(ms) }

func sizeWords(w words.Words, n int64) string {
	if n < 1000 {
		return w.Count("size.byte", int(n))
	}
	units := []string{"KB", "MB", "GB", "TB"}
	v, i := float64(n)/1000, 0
	for v >= 1000 && i < len(units)-1 {
		v, i = v/1000, i+1
	}
	if v >= 100 {
		return w.Printf("%.0f ", v) + units[i]
	}
	return w.Printf("%.1f ", v) + units[i]
}

// appearanceWords says when and how we know.
func appearanceWords(w words.Words, a store.Appearance) string {
	if a.Date == "" {
		return w.Say("since.unknown")
	}
	return dateWords(w, a.Date) + " (" + w.Maybe("how.", a.How) + ")"
}

// entryWords says what a decision did.
func entryWords(w words.Words, e casefile.Entry) string {
	text := w.Maybe("verb.", string(e.Do))
	switch e.Do {
	case casefile.Decide:
		text += ": " + w.Maybe("reuse.is.", withOf[casefile.ReuseDecision](e).Is)
	case casefile.Grade:
		g := withOf[casefile.Grading](e)
		text += ": " + g.Grade
		if g.Topic != "" {
			text += " (" + g.Topic + ")"
		}
	case casefile.Note:
		text += ": " + withOf[casefile.NoteText](e).Text
	case casefile.Task:
		text += ": " + withOf[casefile.TaskText](e).Text
	case casefile.Show:
		if withOf[casefile.Graphic](e).Graphic {
			return w.Say("verb.show.on")
		}
		return w.Say("verb.show.off")
	case casefile.Undo:
		text += " (" + w.Say("history.entry", withOf[casefile.EntryRef](e).Entry) + ")"
	}
	return text
}

// originWords says where an appearance is known from: outlet, place, the source's own words, what gave it.
func originWords(w words.Words, a store.Appearance) string {
	parts := []string{}
	for _, s := range []string{a.Outlet, a.Place, a.Title} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if a.Words != "" {
		parts = append(parts, w.Quote(a.Words))
	}
	return strings.Join(append(parts, w.Maybe("source.", a.Source)), " · ")
}
