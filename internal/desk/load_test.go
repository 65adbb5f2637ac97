package desk

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"beleg/custody"
	"beleg/internal/casefile"
	"beleg/internal/intake"
	"beleg/internal/store"
)

// What the load run has in store, and who asks.
const (
	loadItems, loadCases = 10_000, 100
	loadTexts            = 50 // each gives some 40 claims
	loadClaims           = 2_000
	loadUsers            = 20
	loadPause            = time.Second // a person looks at a page for at least that long
)

// fill takes in many small items and opens many cases.
func fill(b *testing.B, o *office) {
	b.Helper()
	a := o.book.Folder.Archive
	waits := make([]func() error, 0, loadItems)
	for n := range loadItems {
		original, err := a.Put(b.Context(), strings.NewReader(fmt.Sprintf("item %d", n)))
		if err != nil {
			b.Fatal(err)
		}
		body, err := json.Marshal(store.Intake{Run: "load", Name: fmt.Sprintf("folder-%d/clip-%05d.mp4", n%50, n), Kind: store.Clip, Outlet: fmt.Sprintf("Channel %d", n%30),
			Appearances: []store.Appearance{{Date: fmt.Sprintf("2015-%02d", n%12+1), How: store.Stated, Source: "load"}}})
		if err != nil {
			b.Fatal(err)
		}
		wait := a.RecordAsync(b.Context(), custody.Record{Kind: store.KindIntake, Actor: "load", Original: original.Digest, Body: body})
		waits = append(waits, func() error { _, err := wait(b.Context()); return err })
	}
	for _, wait := range waits {
		if err := wait(); err != nil {
			b.Fatal(err)
		}
	}
	fillClaims(b, o)
	for n := range loadCases {
		title := fmt.Sprintf("Case %d", n)
		d, err := casefile.Make(casefile.On(casefile.OnCase, fmt.Sprintf("case-%d", n)), casefile.Open, 0, "", casefile.CaseFields{Title: &title})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := o.book.Decide(b.Context(), "load", d, ""); err != nil {
			b.Fatal(err)
		}
	}
}

// fillClaims takes in texts, read as any other, that hold the claims.
func fillClaims(b *testing.B, o *office) {
	b.Helper()
	dir := b.TempDir()
	for n := range loadTexts {
		var text strings.Builder
		for k := range 40 {
			fmt.Fprintf(&text, "Ein Sprecher der Behörde %d sagte am Montag, in Idlib seien mindestens %d Menschen getötet worden.\n\n", k, 10+n+k)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("text-%02d.txt", n)), []byte(text.String()), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	in := &intake.Intake{Folder: o.book.Folder, Engine: o.options.Engine, Actor: "load", Asked: store.Request{FirstSeen: "2016-10-06"},
		Taken: func(intake.Taken) {}, Skip: func(intake.Skip) {}, State: func(intake.State) {}}
	if err := in.Run(b.Context(), []string{dir}, 1, "load"); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkPages asks for the pages of the desk with 10,000 items, 2,000 claims and 100 cases in store as 20 people who look at each for a second, and prints the median and the 99th
// percentile of each in milliseconds.
func BenchmarkPages(b *testing.B) {
	o := anOffice(b, func(o *Options) { o.Rate = 1e6 })
	fill(b, o)
	r, err := o.book.Folder.Reuses(b.Context(), "")
	if err != nil || len(r) == 0 {
		b.Fatalf("Reuses = %v, %v", r, err)
	}
	claims, err := o.book.Folder.Catalogue.Suggestions(b.Context(), "")
	if err != nil || len(claims) < loadClaims {
		b.Fatalf("Suggestions = %d, %v, want %d", len(claims), err, loadClaims)
	}
	text := claims[len(claims)/2].Item
	token, err := o.people.Begin(b.Context(), "anna", "load")
	if err != nil {
		b.Fatal(err)
	}
	for _, path := range []string{"/", "/items", "/items?q=channel+7+clip", "/items/" + r[0].Item, "/items/" + r[0].Item + "/custody", "/reuse", "/reuse/" + r[0].ID, "/intake", "/api/items",
		"/claims", "/texts/" + text, "/cases", "/cases/case-7", "/sources", "/search?q=idlib"} {
		b.Run(strings.ReplaceAll(path[:min(len(path), 24)], "/", "."), func(b *testing.B) {
			var mu sync.Mutex
			var took []time.Duration
			work := make(chan struct{})
			var all sync.WaitGroup
			for range loadUsers {
				all.Go(func() {
					for range work {
						r, err := http.NewRequest(http.MethodGet, o.server.URL+path, nil)
						if err != nil {
							b.Error(err)
							return
						}
						r.AddCookie(&http.Cookie{Name: "beleg", Value: token})
						began := time.Now()
						got, err := http.DefaultClient.Do(r)
						if err != nil {
							b.Error(err)
							return
						}
						io.Copy(io.Discard, got.Body)
						got.Body.Close()
						needed := time.Since(began)
						if got.StatusCode != http.StatusOK {
							b.Errorf("%s = %d", path, got.StatusCode)
						}
						time.Sleep(loadPause)
						mu.Lock()
						took = append(took, needed)
						mu.Unlock()
					}
				})
			}
			for b.Loop() {
				work <- struct{}{}
			}
			close(work)
			all.Wait()
			slices.Sort(took)
			ms := func(share float64) float64 {
				return float64(took[min(int(share*float64(len(took))), len(took)-1)]) / 1e6
			}
			b.ReportMetric(ms(0.5), "ms-p50")
			b.ReportMetric(ms(0.99), "ms-p99")
		})
	}
}
