package intake

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"beleg/claim"
	"beleg/document"
	"beleg/internal/store"
)

func TestSetTimeAgreesWithTheDocument(t *testing.T) {
	var srt strings.Builder
	for i := range 60 {
		fmt.Fprintf(&srt, "%d\n00:00:%02d,000 --> 00:00:%02d,500\nThe mayor said the bridge was %d metres long.\n\n", i+1, i, i, i+3)
	}
	doc, err := document.Extract(t.Context(), []byte(srt.String()), document.Hint{Name: "a.srt"})
	if err != nil {
		t.Fatal(err)
	}
	r := Read("a", doc, time.Time{})
	if len(r.Claims) < 10 {
		t.Fatalf("%d claims, want many", len(r.Claims))
	}
	for _, c := range r.Claims {
		spans := c.Content.Spans
		from, to, ok := doc.At(spans[0].Start, spans[len(spans)-1].End) // the slow twin
		if c.From != from || c.To != to || ok != (c.To > 0) {
			t.Errorf("claim %s %q: %v to %v, want %v to %v", c.ID, c.Content.Text, c.From, c.To, from, to)
		}
	}
}

func TestPublishedDay(t *testing.T) {
	day := func(date, how string) store.Appearance { return store.Appearance{Date: date, How: how} }
	for _, tt := range []struct {
		name string
		list []store.Appearance
		want string
		how  string
	}{
		{"none", nil, "0001-01-01", ""},
		{"our own log is no publication", []store.Appearance{day("2020-05-01T10:00:00Z", store.Log)}, "0001-01-01", ""},
		{"a page beats a person", []store.Appearance{day("2016-10-06T20:00:00+02:00", store.Page), day("2016-10-07", store.Stated)}, "2016-10-06", store.Page},
		{"a month is no day", []store.Appearance{day("2016-10", store.Page), day("2016-10-07", store.Stated)}, "2016-10-07", store.Stated},
		{"nor is an interval", []store.Appearance{day("2016-10-01/2016-10-07", store.Stated)}, "0001-01-01", ""},
		{"nor an unsure day", []store.Appearance{day("2016-10-07?", store.Stated)}, "0001-01-01", ""},
	} {
		got, how := PublishedDay(tt.list)
		if got.Format(time.DateOnly) != tt.want || how != tt.how {
			t.Errorf("%s: %s by %q, want %s by %q", tt.name, got.Format(time.DateOnly), how, tt.want, tt.how)
		}
	}
}

func TestAcross(t *testing.T) {
	read := func(id, text string) Reading {
		doc, err := document.Extract(t.Context(), []byte(text), document.Hint{})
		if err != nil {
			t.Fatal(err)
		}
		return Read(id, doc, time.Date(2016, 10, 6, 0, 0, 0, 0, time.UTC))
	}
	all := []Reading{
		read("a", "At least 30 people were killed in Aleppo on Wednesday, the mayor said."),
		read("b", "Only 12 people were killed in Aleppo on Wednesday, the army said."),
	}
	if !Across(all) {
		t.Fatal("too many claims")
	}
	if got, want := with(all[0].Claims), []string{"b-01"}; !slices.Equal(got, want) {
		t.Errorf("a contradicts %v, want %v", got, want)
	}
	if got, want := with(all[1].Claims), []string{"a-01"}; !slices.Equal(got, want) {
		t.Errorf("b contradicts %v, want %v", got, want)
	}
}

func with(claims []claim.Claim) (ids []string) {
	for _, c := range claims {
		for _, x := range c.Conflicts {
			ids = append(ids, x.With)
		}
	}
	return ids
}

// page makes a news page as they are: menus, teasers, scripts and comments around a story of some 450 words.
func page() []byte {
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Brücke gesperrt - Hafenbote</title>
<meta property="og:title" content="Brücke gesperrt"><meta property="og:site_name" content="Hafenbote">
<script type="application/ld+json">{"@type":"NewsArticle","headline":"Brücke gesperrt","datePublished":"2016-10-06T18:12:00+02:00"}</script></head><body>`)
	for i := range 40 {
		fmt.Fprintf(&b, `<nav class="menu"><ul><li><a href="/ressort/%d">Ressort %d</a></li></ul></nav>`, i, i)
	}
	b.WriteString(`<main><article><h1>Brücke gesperrt</h1><div class="article-meta">6. Oktober 2016</div>`)
	for i := range 12 {
		fmt.Fprintf(&b, `<p>Die Behörden sperrten am Mittwoch die %d. Brücke über den Fluss. „Wir prüfen die Pfeiler“, sagte eine Sprecherin der Stadt, mehr als %d Fahrzeuge
seien umgeleitet worden. Nach Angaben der Polizei wurden mindestens %d Menschen verletzt. Angeblich war ein Pfeiler schon im Sommer gerissen.</p>`, i+1, 40+i, 3+i)
	}
	b.WriteString(`</article></main>`)
	for i := range 60 {
		fmt.Fprintf(&b, `<div class="teaser"><a href="/artikel/%d"><img src="%d.jpg" alt=""><h3>Noch eine Nachricht aus der Stadt %d</h3></a></div>`, i, i, i)
	}
	b.WriteString(`<script>` + strings.Repeat("var x = 1;", 2000) + `</script><footer>Impressum</footer></body></html>`)
	return []byte(b.String())
}

// BenchmarkRead reads a page as `beleg read` does: extraction and claims.
func BenchmarkRead(b *testing.B) {
	source := page()
	claims := 0
	for b.Loop() {
		doc, err := document.Extract(context.Background(), source, document.Hint{Name: "page.html"})
		if err != nil {
			b.Fatal(err)
		}
		claims = len(Read("page", doc, time.Time{}).Claims)
	}
	if claims < 30 {
		b.Fatalf("%d claims, want 30 or more: the page is not read", claims)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/page")
}
