package desk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"beleg/custody"
	"beleg/internal/casefile"
	"beleg/internal/casework"
	"beleg/internal/intake"
	"beleg/internal/store"
)

func TestStillAndPreview(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	r := o.reuse()
	got := anna.do("GET", fmt.Sprintf("/items/%s/still?at=%d&side=320", r.Item, r.BStart), "", nil)
	img, err := jpeg.Decode(strings.NewReader(got.body))
	if got.status != http.StatusOK || err != nil || img.Bounds().Dx() != 320 {
		t.Errorf("still = %d, %v, %v, want a JPEG 320 pixels wide", got.status, got.header, err)
	}
	first := anna.do("GET", "/items/"+r.Item+"/preview", "", nil)
	if first.status != http.StatusOK || first.header.Get("Content-Type") != "video/mp4" || len(first.body) == 0 {
		t.Errorf("preview = %d %v, want a video", first.status, first.header)
	}
	part := anna.do("GET", "/items/"+r.Item+"/preview", "", map[string]string{"Range": "bytes=0-9"})
	if part.status != http.StatusPartialContent || part.body != first.body[:10] {
		t.Errorf("range of the preview = %d, %q, want its first ten bytes", part.status, part.body)
	}
	h, err := o.book.Folder.Catalogue.History(t.Context(), r.Item)
	made := 0
	for _, d := range h.Derivations {
		if d.Stage == store.StagePreview {
			made++
		}
	}
	if err != nil || made != 1 || h.State != store.Complete {
		t.Errorf("%d records of previews, state %s, %v, want 1 and an item that is complete", made, h.State, err)
	}
	for _, bad := range []string{"at=-1&side=320", "at=x&side=320", "at=0&side=7", "at=0"} {
		if got := anna.do("GET", "/items/"+r.Item+"/still?"+bad, "", nil); got.status != http.StatusUnprocessableEntity {
			t.Errorf("still?%s = %d, want %d", bad, got.status, http.StatusUnprocessableEntity)
		}
	}
	if got := anna.do("GET", "/items/"+o.item("article.html")+"/still?at=0&side=320", "", nil); got.status != http.StatusUnprocessableEntity {
		t.Errorf("still of a text = %d, want %d", got.status, http.StatusUnprocessableEntity)
	}
}

// Comparing again keeps the ids of reuses, and with them what was decided.
func TestReusesKeepTheirDecisions(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	r := o.reuse()
	anna.json("POST", "/api/decisions", map[string]any{"on": "reuse/" + r.ID, "do": "decide", "with": map[string]string{"is": casefile.SameFootage}, "reason": "same walkers"}, nil)
	v := anna.ended(anna.json("POST", "/api/items/"+r.Item+"/check", nil, nil))
	if v.State != "done" || v.Rows[0].Reuses == 0 {
		t.Fatalf("job = %+v, want done with reuses", v)
	}
	var list []reuseView
	anna.json("GET", "/api/reuses?item="+r.Item, nil, &list)
	for _, u := range list {
		if u.ID == r.ID {
			if u.Is != casefile.SameFootage || u.Decided.Reason != "same walkers" {
				t.Errorf("after comparing again: %q because %q, want the decision kept", u.Is, u.Decided.Reason)
			}
			return
		}
	}
	t.Errorf("reuse %s is gone after comparing again", r.ID)
}

// The catalogue with decisions and reuses is a projection: made again it is the same.
func TestRebuildGivesTheSame(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	anna.json("POST", "/api/decisions", map[string]any{"on": "reuse/" + o.reuse().ID, "do": "decide", "with": map[string]string{"is": casefile.LookAlike}, "key": "k"}, nil)
	f := o.book.Folder
	diff, err := f.Catalogue.Check(t.Context(), f.Archive.Records, os.DirFS(f.Dir))
	if err != nil || len(diff) > 0 {
		t.Errorf("Check = %v, %v, want no difference", diff, err)
	}
	report, err := custody.Verify(t.Context(), o.dir, custody.VerifyOptions{})
	if err != nil || len(report.Faults) > 0 {
		t.Errorf("Verify = %v, %v, want no fault", report.Faults, err)
	}
}

func TestCustodySaysWhatIsProven(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	id := o.item("article.html")
	var v custodyView
	anna.json("GET", "/api/items/"+id+"/custody", nil, &v)
	if v.Light != "green" || v.Findings[0].Key != "same" || v.Findings[1].Key != "logged" {
		t.Errorf("custody = %+v, want green: the same bytes, logged", v)
	}
	got := anna.do("GET", "/items/"+id+"/proof", "", nil)
	proof, err := custody.VerifyProof([]byte(got.body), o.book.Folder.Archive.LogKey())
	if err != nil || proof.Record.Original.String() != id || proof.Record.Kind != custody.KindIntake {
		t.Errorf("downloaded proof = %+v, %v, want that of the intake", proof.Record, err)
	}
	if got := anna.do("GET", "/items/"+id+"/proof?index=0", "", nil); got.status != http.StatusNotFound {
		t.Errorf("proof of another item's entry = %d, want %d", got.status, http.StatusNotFound)
	}
	d, err := custody.ParseDigest(id)
	if err != nil {
		t.Fatal(err)
	}
	path := o.book.Folder.Archive.Path(d)
	b := bytes.Replace([]byte(article), []byte("40"), []byte("41"), 1)
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	anna.json("GET", "/api/items/"+id+"/custody", nil, &v)
	if v.Light != "red" || v.Findings[0].Key != "changed" {
		t.Errorf("after a change: %s %+v, want red: changed", v.Light, v.Findings[0])
	}
	page := anna.do("GET", "/items/"+id+"/custody", "", map[string]string{"Accept-Language": "de"})
	if !strings.Contains(page.body, "Rot") || !strings.Contains(page.body, "beleg verify") {
		t.Errorf("the page does not say in words that something is wrong")
	}
}

func TestGraphicPicturesAreCountedAndLogged(t *testing.T) {
	o := anOffice(t, func(o *Options) { o.Exposure = 2 })
	anna := o.anna()
	r := o.reuse()
	if got := anna.do("GET", "/items/"+r.Item, "", nil); strings.Contains(got.body, "veiled") {
		t.Errorf("an item that nobody marked is veiled")
	}
	anna.json("POST", "/api/decisions", map[string]any{"on": "item/" + r.Item, "do": "show", "with": map[string]bool{"graphic": true}}, nil)
	for _, path := range []string{"/items/" + r.Item, "/reuse", "/reuse/" + r.ID, "/items"} {
		got := anna.do("GET", path, "", nil)
		if !strings.Contains(got.body, "veiled") || strings.Contains(got.body, `muted playsinline preload="auto" src=`) || strings.Contains(got.body, "autoplay") {
			t.Errorf("%s does not veil the item", path)
		}
	}
	before := o.entries()
	var seen exposure
	for n := 1; n <= 2; n++ {
		anna.json("POST", "/api/items/"+r.Item+"/reveal", nil, &seen)
		if seen.Today != n {
			t.Errorf("exposure = %d, want %d", seen.Today, n)
		}
	}
	if got := anna.json("POST", "/api/items/"+r.Item+"/reveal", nil, nil); got.status != http.StatusForbidden {
		t.Errorf("beyond the limit = %d, want %d", got.status, http.StatusForbidden)
	}
	if n := o.entries() - before; n != 2 {
		t.Errorf("%d records of views, want 2", n)
	}
}

func TestItemsAreChosen(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	for _, tt := range []struct {
		query string
		want  int
	}{{"", 5}, {"kind=clip", 2}, {"q=orontes", 1}, {"q=2015+idlib", 2}, {"q=100%25", 0}, {"state=unreadable", 0}, {"outlet=KN1", 1}, {"kind=clip&q=homs", 1}} {
		var list itemList
		anna.json("GET", "/api/items?"+tt.query, nil, &list)
		if list.Total != tt.want || len(list.Items) != tt.want {
			t.Errorf("items?%s: %d of %d, want %d", tt.query, len(list.Items), list.Total, tt.want)
		}
	}
	seen := map[string]bool{}
	next := ""
	for range 10 {
		var list itemList
		anna.json("GET", "/api/items?limit=2"+next, nil, &list)
		for _, it := range list.Items {
			seen[it.ID] = true
		}
		if list.Next == 0 {
			break
		}
		next = fmt.Sprintf("&before=%d", list.Next)
	}
	if len(seen) != 5 {
		t.Errorf("page by page: %d items, want 5", len(seen))
	}
	for _, bad := range []string{"limit=0", "limit=501", "limit=x", "before=-1", "before=x", "q=" + strings.Repeat("x", 501)} {
		if got := anna.do("GET", "/api/items?"+bad, "", nil); got.status != http.StatusUnprocessableEntity {
			t.Errorf("items?%.20s = %d, want %d", bad, got.status, http.StatusUnprocessableEntity)
		}
	}
}

// What comes from outside is text on every page, never markup.
func TestNamesAreText(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	evil := `<img src=x onerror=alert(1)>`
	v := anna.ended(anna.drop([][2]string{{"outlet", evil}, {"place", evil}}, [][2]string{{"evil.html", "<title>" + strings.ReplaceAll(evil, "<", "&lt;") + "</title><p>The mayor said nobody was hurt.</p>"}}))
	id := v.Rows[0].Item
	anna.json("POST", "/api/decisions", map[string]any{"on": "item/" + id, "do": "note", "with": map[string]string{"text": evil}}, nil)
	for _, path := range []string{"/", "/items", "/items/" + id, "/items/" + id + "/custody", "/intake"} {
		if got := anna.do("GET", path, "", nil); got.status != http.StatusOK || strings.Contains(got.body, "<img src=x") {
			t.Errorf("%s = %d and lets markup through", path, got.status)
		}
	}
}

// The description holds every route of the API, and what it shows of an answer is there in a real one.
func TestOpenAPI(t *testing.T) {
	o := anOffice(t, nil)
	var got struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			Summary   string
			Responses map[string]any
		}
	}
	o.anna().json("GET", "/api/openapi.json", nil, &got)
	if got.OpenAPI != "3.1.0" {
		t.Errorf("openapi = %q, want 3.1.0", got.OpenAPI)
	}
	for _, rt := range routes() {
		if !rt.api() {
			continue
		}
		if op := got.Paths[rt.path][strings.ToLower(rt.method)]; op.Summary == "" || op.Responses["2XX"] == nil {
			t.Errorf("%s %s is not described", rt.method, rt.path)
		}
	}
	var real map[string]any
	o.anna().json("GET", "/api/items/"+o.item("broadcast.mp4"), nil, &real)
	b, err := json.Marshal(schemaOf(reflect.TypeFor[itemView](), 0))
	if err != nil {
		t.Fatal(err)
	}
	var schema struct{ Properties map[string]any }
	if err := json.Unmarshal(b, &schema); err != nil {
		t.Fatal(err)
	}
	for name := range real {
		if schema.Properties[name] == nil {
			t.Errorf("the description of an item lacks %q", name)
		}
	}
}

func TestSheetLiesInsideTheStretch(t *testing.T) {
	r := intake.Reuse{BStart: 2000, BEnd: 8000, AStart: 1000, AEnd: 7000, Rate: 1}
	for i, p := range sheet(r) {
		if p.B < r.BStart || p.B >= r.BEnd || p.A < r.AStart || p.A >= r.AEnd {
			t.Errorf("moment %d = %+v lies outside %+v", i, p, r)
		}
	}
	back := r
	back.Rate = -1
	list := sheet(back)
	if list[0].A <= list[1].A {
		t.Errorf("played backwards the moments of the earlier item ascend: %v", list)
	}
}

// entries returns how many records the log holds.
func (o *office) entries() uint64 {
	o.t.Helper()
	n, err := o.book.Folder.Archive.Len()
	if err != nil {
		o.t.Fatal(err)
	}
	return n
}

// What a person called an ident is set apart in the next broadcast that shows it, and nobody is asked again.
func TestApartNeedsNoDecision(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	r := o.reuse()
	d, err := custody.ParseDigest(r.Item)
	if err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(t.TempDir(), "again.mp4")
	if out, err := exec.Command("ffmpeg", "-v", "error", "-i", o.book.Folder.Archive.Path(d), "-c", "copy", "-metadata", "title=again", again).CombinedOutput(); err != nil {
		t.Fatalf("copy the broadcast: %v\n%s", err, out)
	}
	var id string
	in := &intake.Intake{Folder: o.book.Folder, Engine: o.options.Engine, Actor: "anna", Asked: store.Request{Kind: store.Broadcast, Outlet: "KN1"},
		Taken: func(t intake.Taken) { id = t.ID }, Skip: func(intake.Skip) {}, State: func(intake.State) {}}
	if err := in.Run(t.Context(), []string{again}, 1, "test"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.options.Engine.CheckItem(t.Context(), "anna", id); err != nil {
		t.Fatal(err)
	}
	open := func() (waiting, apart int) {
		var list []reuseView
		anna.json("GET", "/api/reuses?item="+id, nil, &list)
		for _, u := range list {
			if u.waits() {
				waiting++
			} else if u.Apart.Why == casework.Suppressed {
				apart++
			}
		}
		return waiting, apart
	}
	before, apart := open()
	if apart != 0 || strings.Contains(anna.do("GET", "/reuse", "", nil).body, `class="apart"`) {
		t.Fatalf("%d are set apart before anyone decided", apart)
	}
	anna.json("POST", "/api/decisions", map[string]any{"on": "reuse/" + r.ID, "do": "decide", "with": map[string]string{"is": casefile.Suppress}}, nil)
	after, apart := open()
	if apart == 0 || before != after+apart {
		t.Errorf("of %d that waited %d wait and %d are set apart", before, after, apart)
	}
	if page := anna.do("GET", "/reuse?item="+id, "", nil).body; !strings.Contains(page, fmt.Sprintf("Recurring or suppressed (%d)", apart)) || !strings.Contains(page, "suppressed by anna on") {
		t.Errorf("the reuse desk does not show what is set apart: %s", page)
	}
}
