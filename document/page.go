package document

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// page is what a page says of itself.
type page struct {
	title, outlet, url string
	headline           string      // of the story, as the page shows it
	docTitle           string      // as the window shows it
	dates              []Published // strongest first
	paywall            bool
	scripts            int // script elements
	warnings           []Warning
}

// gathered holds the marks of a page while they are collected, in document order.
type gathered struct {
	meta      map[string]string // lower name or property to the first content
	canonical string
	comment   string // the address in a "saved from" comment
	docTitle  string
	h1        string
	jsonLD    []string
	micro     []string // itemprop or class datePublished
	times     []string // datetime of time elements outside asides, those called dates of publication first
	issued    int      // how many of times are called so
	bylines   []string // texts of elements whose class speaks of date
	scripts   int
}

// maxMarks bounds each list of gathered.
const maxMarks = 200

func readPage(root *html.Node, h Hint) page {
	g := gathered{meta: map[string]string{}}
	g.walk(root, false)
	var p page
	p.scripts, p.headline, p.docTitle = g.scripts, g.h1, g.docTitle
	base, _ := url.Parse(h.URL)
	address := first(webAddress(g.canonical, base), webAddress(g.meta["og:url"], base), h.URL, g.comment)
	ld := p.readJSONLD(g.jsonLD, []string{address, g.h1, g.meta["og:title"], g.meta["twitter:title"], g.docTitle})
	p.url = first(webAddress(g.canonical, base), webAddress(g.meta["og:url"], base), webAddress(ld.url, base), h.URL, g.comment)
	p.title = first(ld.headline, g.meta["og:title"], g.meta["twitter:title"], g.h1, g.docTitle)
	p.outlet = first(ld.publisher, g.meta["og:site_name"], g.meta["publisher"], g.meta["dc.publisher"], g.meta["application-name"], host(p.url))
	p.title, p.outlet = cutRunes(p.title, 500), cutRunes(p.outlet, 200)
	p.paywall = ld.closed
	p.addDates(FromJSONLD, ld.published)
	for _, name := range metaDates {
		p.addDates(FromMeta, g.meta[name])
	}
	p.addDates(FromMicrodata, g.micro...)
	p.addDates(FromTime, g.times...)
	if d, ok := urlDate(p.url); ok {
		p.dates = append(p.dates, d)
	}
	for _, s := range g.bylines {
		if d, words, ok := humanDate(s); ok {
			p.dates = append(p.dates, Published{Date: d, Basis: FromText, Words: words})
			break
		}
	}
	return p
}

// metaDates are the names under which pages state when they were published, the usual ones first.
var metaDates = []string{
	"article:published_time", "og:published_time", "og:article:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "dc.date.created",
	"dcterms.date", "dcterms.issued", "dcterms.created", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date", "publication-date",
	"parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "citation_publication_date", "article.published", "article:published",
	"rnews:datepublished", "ptime", "published_at",
}

func first(all ...string) string {
	for _, s := range all {
		if s = strings.Join(strings.Fields(s), " "); s != "" {
			return s
		}
	}
	return ""
}

// addDates keeps the machine-readable ones and notes the others.
func (p *page) addDates(b Basis, all ...string) {
	for _, s := range all {
		s = strings.TrimSpace(s)
		if s == "" {
			continue
		}
		d, ok := machineDate(s)
		if !ok {
			d, _, ok = humanDate(cutRunes(s, 100))
		}
		if ok {
			p.dates = append(p.dates, Published{Date: d, Basis: b, Words: cutRunes(s, 100)})
		} else {
			p.warnings = append(p.warnings, Warning{Code: "date-unreadable", Message: fmt.Sprintf("the page states the date %q (%s), which could not be read", cutRunes(s, 100), b)})
		}
	}
}

// published returns the strongest date; where the page's marks have none, a date line at the head or end of
// the article, and last one beside it. Around are the paragraphs of the whole page.
func (p *page) published(story, around []string) Published {
	if len(p.dates) > 0 {
		return p.dates[0]
	}
	for i, line := range story {
		if i >= 2 && i < len(story)-1 || len(line) > 200 {
			continue // within the story a date is one that it tells of
		}
		if d, words, ok := humanDate(line); ok {
			return Published{Date: d, Basis: FromText, Words: words}
		}
	}
	return p.searchDate(around)
}

// dateLine is the most bytes of a line that is taken for a date line.
const dateLine = 120

// searchDate returns the date line that is nearest to the headline, after it where two are equally near.
func (p *page) searchDate(around []string) (found Published) {
	at, best := max(slices.Index(around, p.headline), 0), len(around)
	for i, line := range around {
		far := max(i-at, 2*(at-i))
		if far >= best || len(line) > dateLine {
			continue
		}
		if d, words, ok := humanDate(line); ok {
			found, best = Published{Date: d, Basis: FromHeuristic, Words: words}, far
		}
	}
	return found
}

// conflict reports dates of the page that exclude each other by more than a day. Time elements and
// text may speak of other things than the publication.
func (p page) conflict() []Warning {
	for _, other := range p.dates[min(1, len(p.dates)):] {
		if other.Basis == FromTime || other.Basis == FromText {
			continue
		}
		a, b := p.dates[0], other
		from, to, _, _ := a.Date.Interval()
		from2, to2, _, _ := b.Date.Interval()
		if from.Sub(to2) > 24*time.Hour || from2.Sub(to) > 24*time.Hour {
			return []Warning{{Code: "date-conflict", Message: fmt.Sprintf("the page states two publication dates: %s (%s) and %s (%s)", a.Date, a.Basis, b.Date, b.Basis)}}
		}
	}
	return nil
}

// why guesses the reason for a page without article.
func (p page) why(source string) string {
	switch lower := strings.ToLower(source); {
	case p.paywall:
		return "the page says that its text is for subscribers"
	case strings.Contains(lower, `type="password"`):
		return "it asks for a password"
	case strings.Contains(lower, "captcha") || strings.Contains(lower, "cf-challenge"):
		return "it asks whether one is a person"
	case p.scripts > 0 && strings.Contains(lower, "<noscript"):
		return "it builds its text by script; save it again after it has loaded in a browser"
	case strings.Count(lower, "<a ") > 20:
		return "it looks like a list of links"
	}
	return "it may be a front page, an error page, or text in pictures"
}

// walk gathers the marks of the tree; aside is true within parts that speak of other articles.
func (g *gathered) walk(n *html.Node, aside bool) {
	if n.Type == html.CommentNode {
		g.savedFrom(n.Data)
	}
	if n.Type == html.ElementNode {
		aside = aside || n.DataAtom == atom.Aside || n.DataAtom == atom.Nav || n.DataAtom == atom.Footer
		g.element(n, aside)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		g.walk(c, aside)
	}
}

func (g *gathered) element(n *html.Node, aside bool) {
	switch n.DataAtom {
	case atom.Meta:
		g.metaElement(n)
		return
	case atom.Link:
		if g.canonical == "" && strings.EqualFold(attr(n, "rel"), "canonical") {
			g.canonical = attr(n, "href")
		}
		return
	case atom.Title:
		if g.docTitle == "" && n.Parent != nil && n.Parent.DataAtom == atom.Head {
			g.docTitle = textOf(n, 500)
		}
		return
	case atom.H1:
		if g.h1 == "" && !aside {
			g.h1 = textOf(n, 500)
		}
	case atom.Script:
		g.scripts++
		if strings.EqualFold(strings.TrimSpace(attr(n, "type")), "application/ld+json") && n.FirstChild != nil && len(g.jsonLD) < maxMarks {
			g.jsonLD = append(g.jsonLD, n.FirstChild.Data)
		}
		return
	}
	if aside {
		return
	}
	class := attr(n, "class")
	machine := first(attr(n, "datetime"), attr(n, "content"), attr(n, "title"))
	microdata := strings.EqualFold(attr(n, "itemprop"), "datePublished")
	label := ""
	if n.DataAtom == atom.Time || dateClass.MatchString(class) {
		label = first(attr(n, "itemprop")+" "+class, "") + " " + labelOf(n)
	}
	if n.DataAtom == atom.Time && !microdata && (ofUpdate(label) || strings.Contains(strings.ToLower(label), "modified")) {
		return
	}
	microformat := machine != "" && hasWord(class, "published", "dt-published", "entry-date")
	switch {
	case (microdata || microformat) && len(g.micro) < maxMarks:
		g.micro = append(g.micro, first(machine, textOf(n, 100)))
	case n.DataAtom == atom.Time && attr(n, "datetime") != "" && len(g.times) < maxMarks:
		if hasAttr(n, "pubdate") || ofIssue(label) {
			g.times = slices.Insert(g.times, g.issued, attr(n, "datetime"))
			g.issued++
		} else {
			g.times = append(g.times, attr(n, "datetime"))
		}
	case dateClass.MatchString(class) && len(g.bylines) < maxMarks:
		g.bylines = append(g.bylines, textOf(n, 200))
	}
}

// labelOf returns the words before n in its line, and those in it.
func labelOf(n *html.Node) string {
	own := textOf(n, 100)
	for p := n; p != nil && !blocks[p.DataAtom]; p = p.Parent {
		for b := p.PrevSibling; b != nil; b = b.PrevSibling {
			if b.DataAtom == atom.Time || blocks[b.DataAtom] || b.DataAtom == atom.Br {
				return own
			}
			if words := textOf(b, 100); words != "" {
				own = words + " " + own
			}
		}
	}
	return own
}

func hasAttr(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// dateClass are class names that speak of the date line.
var dateClass = regexp.MustCompile(`(?i)\b(date|datum|dateline|byline|timestamp|pubdate|published|veroeffentlicht)\b|article-?(date|meta|info)|post-?(date|meta)`)

func hasWord(class string, words ...string) bool {
	for f := range strings.FieldsSeq(class) {
		for _, w := range words {
			if strings.EqualFold(f, w) {
				return true
			}
		}
	}
	return false
}

func (g *gathered) metaElement(n *html.Node) {
	content := strings.TrimSpace(attr(n, "content"))
	if content == "" {
		return
	}
	if strings.EqualFold(attr(n, "itemprop"), "datePublished") {
		if len(g.micro) < maxMarks {
			g.micro = append(g.micro, content)
		}
		return
	}
	for _, key := range []string{"property", "name", "itemprop"} {
		name := strings.ToLower(strings.TrimSpace(attr(n, key)))
		if _, seen := g.meta[name]; name != "" && !seen && len(g.meta) < 10*maxMarks {
			g.meta[name] = content
		}
	}
}

var savedURL = regexp.MustCompile(`saved from url=\(\d+\)(\S+)|url:\s*(https?://\S+)`)

// savedFrom reads the comment that browsers and SingleFile leave in saved pages.
func (g *gathered) savedFrom(comment string) {
	if g.comment != "" || !strings.Contains(strings.ToLower(comment), "saved") {
		return
	}
	if m := savedURL.FindStringSubmatch(cutRunes(comment, 2000)); m != nil {
		g.comment = webAddress(m[1]+m[2], nil)
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// textOf returns at most limit bytes of the text under n, white space collapsed.
func textOf(n *html.Node, limit int) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if b.Len() > 2*limit {
			return
		}
		if n.Type == html.TextNode {
			b.WriteString(cutRunes(n.Data, 2*limit))
			b.WriteByte(' ')
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(n)
	return cutRunes(strings.Join(strings.Fields(b.String()), " "), limit)
}

// webAddress returns s as an absolute http address, or "".
func webAddress(s string, base *url.URL) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || s == "" || len(s) > 4096 {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}

// linkedData is what the article in a page's JSON-LD says.
type linkedData struct {
	headline, publisher, published, url string
	addresses                           []string // all that it says of where it stands
	main                                bool     // the page names it as what it is about
	closed                              bool     // isAccessibleForFree is false
}

// maxJSONLD is the most bytes read of one script.
const maxJSONLD = 1 << 20

// readJSONLD returns the article of this page among the scripts: pages describe other stories as well. Known are the address
// and the titles that the page has beside them.
func (p *page) readJSONLD(scripts []string, known []string) linkedData {
	var all []linkedData
	for _, s := range scripts {
		if len(s) > maxJSONLD {
			continue
		}
		list, err := lenientJSON(s)
		if err != nil {
			p.warnings = append(p.warnings, Warning{Code: "json-ld-broken", Message: "the page's machine-readable data is not valid JSON: " + cutRunes(err.Error(), 100)})
		}
		for _, v := range list {
			findArticles(v, 0, &all)
		}
	}
	if len(all) == 0 {
		return linkedData{}
	}
	best, most := 0, -1
	for i, ld := range all {
		if n := ld.fits(known); n > most {
			best, most = i, n
		}
	}
	if most == 0 && len(all) > 1 {
		return linkedData{} // all are of other addresses and other names
	}
	ld := all[best]
	for _, other := range all {
		if other.same(ld) {
			ld.fill(other)
		}
	}
	return ld
}

// fits is how surely the article is that of the page: 0 when it names another address, and no title of it fits either.
func (ld linkedData) fits(known []string) int {
	if ld.ofAddress(known[0]) {
		return 4
	}
	name := plainWords(ld.headline)
	for _, title := range known[1:] {
		if title = plainWords(title); name != "" && title != "" && (strings.Contains(title, name) || strings.Contains(name, title)) {
			return 3
		}
	}
	switch {
	case ld.main:
		return 2
	case len(ld.addresses) == 0 || known[0] == "":
		return 1
	}
	return 0
}

func (ld linkedData) ofAddress(address string) bool {
	return address != "" && slices.ContainsFunc(ld.addresses, func(a string) bool {
		return sameAddress(a, address) || strings.HasSuffix(bareAddress(address), "/"+strings.Trim(a, "/"))
	})
}

// same reports two descriptions of one article.
func (ld linkedData) same(other linkedData) bool {
	if ld.headline != "" && other.headline != "" {
		return plainWords(ld.headline) == plainWords(other.headline)
	}
	return len(ld.addresses) == 0 || len(other.addresses) == 0 || slices.ContainsFunc(ld.addresses, other.ofAddress)
}

// plainWords are the letters and digits of s in lower case.
func plainWords(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}

func findArticles(v any, depth int, all *[]linkedData) {
	if depth > 8 || len(*all) >= maxMarks {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			findArticles(e, depth+1, all)
		}
	case map[string]any:
		if isArticle(v["@type"]) {
			*all = append(*all, readArticle(v))
		}
		findArticles(v["@graph"], depth+1, all)
		n := len(*all)
		findArticles(v["mainEntity"], depth+1, all)
		for i := range (*all)[n:] {
			(*all)[n+i].main = true
		}
	}
}

func isArticle(types any) bool {
	switch t := types.(type) {
	case string:
		return strings.HasSuffix(t, "Article") || strings.HasSuffix(t, "Posting") || t == "Report"
	case []any:
		for _, e := range t {
			if isArticle(e) {
				return true
			}
		}
	}
	return false
}

func readArticle(v map[string]any) linkedData {
	text := func(from ...any) string {
		for _, f := range from {
			if s := html.UnescapeString(first(nameOf(f))); s != "" {
				return s
			}
		}
		return ""
	}
	ld := linkedData{headline: text(v["headline"], v["name"]), publisher: text(v["publisher"]), published: text(v["datePublished"]), url: text(v["url"])}
	for _, a := range []any{v["url"], v["mainEntityOfPage"], v["@id"]} {
		if m, ok := a.(map[string]any); ok {
			a = cmp.Or(m["@id"], m["url"])
		}
		if s, ok := a.(string); ok && strings.Contains(s, "/") && webAddress(s, nil) != "" {
			ld.addresses = append(ld.addresses, s)
		}
	}
	if free, ok := v["isAccessibleForFree"]; ok {
		ld.closed = free == false || strings.EqualFold(fmt.Sprint(free), "false")
	}
	return ld
}

// fill takes over what ld lacks.
func (ld *linkedData) fill(other linkedData) {
	ld.headline, ld.publisher = cmp.Or(ld.headline, other.headline), cmp.Or(ld.publisher, other.publisher)
	ld.published, ld.url = cmp.Or(ld.published, other.published), cmp.Or(ld.url, other.url)
	ld.closed = ld.closed || other.closed
}

// nameOf returns a string, the name of an object, or that of the first element of a list.
func nameOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		if s, ok := v["name"].(string); ok {
			return s
		}
	case []any:
		if len(v) > 0 {
			return nameOf(v[0])
		}
	}
	return ""
}
