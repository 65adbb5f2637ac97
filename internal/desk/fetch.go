package desk

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unicode"

	"code.dny.dev/ssrf"

	"beleg/document"
	"beleg/internal/casefile"
	"beleg/internal/words"
)

// NewFetcher returns a client that reaches only public addresses, on the ports of the web, by http and https. The address is
// looked at when the connection is made, after the name was resolved, and so on every hop; settings of proxies are not heeded.
func NewFetcher() *http.Client { return newFetcher(ssrf.New().Safe) }

// maxHops is how many redirects are followed.
const maxHops = 8

// errHop reports a redirect that is not followed.
var errHop = errors.New("desk: redirected too often, or to something that is neither http nor https")

func newFetcher(control func(network, address string, c syscall.RawConn) error) *http.Client {
	dialer := &net.Dialer{Timeout: 15 * time.Second, Control: control}
	return &http.Client{
		Timeout: 10 * time.Minute,
		Transport: &http.Transport{
			Proxy: nil, DialContext: dialer.DialContext, TLSHandshakeTimeout: 15 * time.Second, ResponseHeaderTimeout: 30 * time.Second,
			MaxResponseHeaderBytes: 1 << 20, DisableKeepAlives: true, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > maxHops || r.URL.Scheme != "http" && r.URL.Scheme != "https" {
				return errHop
			}
			return nil
		},
	}
}

// A fetchRequest asks to take in what lies at an address.
type fetchRequest struct {
	URL       string `json:"url"`
	FirstSeen string `json:"first_seen"` // EDTF
	Outlet    string `json:"outlet"`
	Place     string `json:"place"`
	Purpose   string `json:"purpose"`
	Kind      string `json:"kind"`
	Check     bool   `json:"check"`
}

// maxFetch is how much is taken from one address, in bytes.
const maxFetch = 1 << 30

// apiFetch gets what lies at an address and takes it in.
func (d *Desk) apiFetch(q *request) error {
	var in fetchRequest
	if err := q.read(&in); err != nil {
		return err
	}
	u, err := url.Parse(strings.TrimSpace(in.URL))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || len(in.URL) > 4000 {
		return &casefile.InvalidError{Field: "url", Detail: "must be an address that begins with http:// or https://"}
	}
	a := arrival{By: q.who.Name, Check: in.Check}
	for name, value := range map[string]string{"first_seen": in.FirstSeen, "outlet": in.Outlet, "place": in.Place, "purpose": in.Purpose, "kind": in.Kind} {
		if err := a.set(name, value, d.Now()); err != nil {
			return err
		}
	}
	if !d.limitOf("fetch "+q.who.Name, fetchRate, fetchBurst).Allow() {
		return wrong(http.StatusTooManyRequests, "error.rate")
	}
	u.Fragment = ""
	view := d.jobs.start("fetch", a.By, d.Now, []jobRow{{Name: u.String(), State: "arriving"}}, func(ctx context.Context, j *job) error {
		return d.fetch(ctx, j, u.String(), a)
	})
	return q.answer(http.StatusAccepted, view)
}

// fetch gets one address, says what was really got, and takes it in when that is something.
func (d *Desk) fetch(ctx context.Context, j *job, address string, a arrival) (err error) {
	folder := filepath.Join(d.folder().Dir, incomingDir, rand.Text())
	if err := os.MkdirAll(filepath.Join(folder, incomingData), 0o700); err != nil {
		return fmt.Errorf("make room for %s: %w", address, err)
	}
	got, err := d.get(ctx, address, filepath.Join(folder, incomingData))
	if err != nil {
		got.what, got.detail = fetchRefused, reasonOf(err)
	}
	state := "left out"
	if got.kept() {
		state = "arrived"
	}
	j.change(func(v *jobView) {
		v.Rows[0] = jobRow{Name: cmp.Or(got.name, address), State: state, Size: got.size, Detail: got.detail}
		v.Note = got.what
	})
	if !got.kept() {
		return errors.Join(errNotFetched, os.RemoveAll(folder))
	}
	tab := strings.NewReplacer("\t", " ", "\r", " ", "\n", " ").Replace
	note := "fetched: " + got.what
	if got.final != address {
		note += ", redirected to " + got.final
	}
	a.Table = "file\turl\tnote\n" + tab(got.name) + "\t" + tab(address) + "\t" + tab(note) + "\n"
	if err := seal(folder, a, nil); err != nil {
		return errors.Join(err, os.RemoveAll(folder))
	}
	return d.arrive(ctx, j, folder, a)
}

// errNotFetched ends a job that got nothing worth keeping; its note says what came instead.
var errNotFetched = errors.New("desk: nothing was fetched")

// What was really got.
const (
	fetchPage    = "page"
	fetchFile    = "file"
	fetchConsent = "consent wall"
	fetchThin    = "hardly any text" // most likely made by scripts, which do not run here
	fetchEmpty   = "empty"
	fetchError   = "error"
	fetchRefused = "refused" // by the guard, or nobody answered
)

// A fetched is what an address gave.
type fetched struct {
	what, detail string
	name         string // of the file
	final        string // address after redirects
	size         int64
}

func (f fetched) kept() bool {
	return f.what == fetchPage || f.what == fetchFile || f.what == fetchConsent || f.what == fetchThin
}

// get writes what address gives below dir.
func (d *Desk) get(ctx context.Context, address, dir string) (fetched, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return fetched{}, err
	}
	r.Header.Set("User-Agent", "Mozilla/5.0 (compatible; Beleg)")
	r.Header.Set("Accept", "text/html,application/xhtml+xml,application/pdf,video/*,image/*;q=0.9,*/*;q=0.5")
	r.Header.Set("Accept-Language", "de,en;q=0.8")
	answer, err := d.Fetcher.Do(r)
	if err != nil {
		return fetched{}, err
	}
	defer answer.Body.Close()
	f := fetched{final: answer.Request.URL.String(), name: nameOf(answer)}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		f.what, f.detail = fetchError, answer.Status
		return f, nil
	}
	out, err := os.OpenFile(filepath.Join(dir, f.name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return f, err
	}
	defer out.Close()
	f.size, err = io.Copy(out, io.LimitReader(answer.Body, maxFetch+1))
	switch {
	case err != nil:
		return f, err
	case f.size > maxFetch:
		f.what, f.detail = fetchError, fmt.Sprintf("larger than %d MiB", maxFetch>>20)
		return f, nil
	case f.size == 0:
		f.what = fetchEmpty
		return f, nil
	}
	f.judge(ctx, out, answer.Header.Get("Content-Type"))
	return f, nil
}

// nameOf makes the name of a file out of an address.
func nameOf(answer *http.Response) string {
	name := path.Base(answer.Request.URL.Path)
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.() ", r) {
			return r
		}
		return '-'
	}, name)
	if name = strings.Trim(name, ". -"); name == "" {
		name = answer.Request.URL.Hostname()
	}
	if r := []rune(name); len(r) > 100 {
		name = string(r[len(r)-100:])
	}
	media, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	if ext := path.Ext(name); media == "text/html" && ext != ".html" && ext != ".htm" {
		name += ".html"
	}
	return name
}

// judge says what a page is. It is a first look: what was got is preserved as it is.
func (f *fetched) judge(ctx context.Context, file io.ReadSeeker, contentType string) {
	f.what = fetchFile
	media, _, _ := mime.ParseMediaType(contentType)
	if media != "text/html" && media != "application/xhtml+xml" {
		return
	}
	f.what = fetchPage
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return
	}
	b, err := io.ReadAll(io.LimitReader(file, 16<<20))
	if err != nil {
		return
	}
	doc, err := document.Extract(ctx, b, document.Hint{Name: f.name, MediaType: contentType, URL: f.final})
	if err != nil {
		f.what, f.detail = fetchThin, words.Plain(err.Error())
		return
	}
	switch text := strings.ToLower(doc.Title + " " + doc.Text); {
	case consentAddress(f.final) || len(text) < 4000 && consentWords(text) >= 2:
		f.what = fetchConsent
	case len(doc.Text) < 200:
		f.what = fetchThin
	}
}

func consentAddress(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (strings.HasPrefix(u.Hostname(), "consent.") || strings.Contains(strings.ToLower(u.Path), "consent") || strings.Contains(u.Path, "zustimmung"))
}

// consentWords counts the signs of a page that only asks for consent.
func consentWords(text string) (n int) {
	for _, w := range []string{"cookie", "consent", "accept all", "alle akzeptieren", "zustimm", "einwillig", "tracking", "werbefrei"} {
		if strings.Contains(text, w) {
			n++
		}
	}
	return n
}

// reasonOf says why nothing was got, without what the system adds.
func reasonOf(err error) string {
	for _, known := range []error{ssrf.ErrProhibitedIP, ssrf.ErrProhibitedPort, ssrf.ErrProhibitedNetwork, errHop} {
		if errors.Is(err, known) {
			return words.Plain(known.Error())
		}
	}
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err.Error()
	}
	return words.Plain(err.Error())
}
