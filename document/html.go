package document

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"codeberg.org/readeck/go-readability"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Limits of a page. A long news page has some 20,000 nodes; readability looks at the ancestors of
// a node again and again, which the sum of depths counts.
const (
	maxNodes    = 100_000
	maxDepthSum = 4_000_000
)

// Under fewWords words an article is suspiciously short. A text without any sentence is kept from listWords on,
// with a warning: poems and tables are texts too, menus are shorter.
const (
	fewWords  = 20
	listWords = 150
)

// readability names the library and its version in the log of derived files.
const readabilityVersion = "go-readability/20251125211941"

var metaCharset = regexp.MustCompile(`(?i)<meta[^>]{0,200}charset\s*=\s*["']?\s*([a-z0-9_:-]{1,40})`)

func extractHTML(b []byte, h Hint) (Document, error) {
	stated := charsetOf(h.MediaType)
	if m := metaCharset.FindSubmatch(b[:min(len(b), 4096)]); stated == "" && m != nil {
		stated = string(m[1])
	}
	text, enc, warnings, err := decode(b, stated)
	if err != nil {
		return Document{}, err
	}
	d := extractPage(text, h)
	d.Encoding = enc
	d.Warnings = append(unplaced(warnings), d.Warnings...)
	return d, nil
}

func extractPage(source string, h Hint) Document {
	d := Document{Kind: HTML, Extractor: Extractor{Name: "beleg-html", Version: "+" + readabilityVersion}}
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		d.warn("too-deep", "the page is nested deeper than browsers allow; its paragraphs were taken as they come")
		return d.fromTokens(source)
	}
	c := clean(root)
	nodes, depths := measure(root)
	p := readPage(root, h)
	d.Captured = c.captured
	d.Title, d.Outlet, d.URL = p.title, p.outlet, p.url
	d.Warnings = append(d.Warnings, p.warnings...)
	if nodes > maxNodes || depths > maxDepthSum {
		d.warn("too-many-nodes", "the page has %d elements and texts; its paragraphs were taken as they come", nodes)
		d = d.fromTokens(source)
		d.Published = p.published(nil, nil)
		return d
	}
	if c.deleted > 0 {
		d.warn("deleted", "%d words are struck out on the page and were not read", c.deleted)
	}
	if posts, network := readPosts(root); len(posts) > 0 {
		d.fromPosts(posts, network)
		return d
	}
	body, lines := bodyText(root), dateLines(root)
	story := d.story(root, p, body, source)
	if what := p.instead(body.words()); what != "" {
		d.warn("not-the-page", "this is not the page that was asked for but %s; save the article again in a browser", what)
	} else if c.consent && len(story) == 0 || consentOnly(story) {
		d.warn("consent-wall", "the page asks for consent, and the article is not in it; save it again in a browser after the answer")
	}
	d.Published = p.published(story, lines)
	d.setParagraphs(withoutDateLine(story))
	d.Warnings = append(d.Warnings, p.conflict()...)
	return d
}

// consentOnly reports a text of which nearly every paragraph speaks of consent.
func consentOnly(story []string) bool {
	n := 0
	for _, p := range story {
		if consentSaid.MatchString(p) {
			n++
		}
	}
	return n > 0 && n*4 >= len(story)*3 && len(consentSaid.FindAllString(strings.Join(story, " "), 4)) >= 3
}

// story lets readability find the main text and returns its paragraphs, none if there is no article. It changes the tree.
func (d *Document) story(root *html.Node, p page, body textBuilder, source string) []string {
	d.Extractor.Parameters = "pruned lead dates=own"
	prune(root, body.words())
	t, err := mainText(root, p.url)
	if err != nil {
		d.warn("no-article", "no article was found: %s", p.why(source))
		return nil
	}
	if len(t.paragraphs) == 1 && len(body.paragraphs) > 1 && body.words()*10 <= t.words()*12 {
		t = body // readability took nearly the whole page as one piece: keep the page's own paragraphs
	}
	t.paragraphs = withLead(withoutTail(t.paragraphs), bodyText(root).paragraphs, p.headline)
	prose, words := isProse(t.paragraphs), t.words()
	if !prose && words < listWords {
		d.warn("no-article", "no article was found, only %d words: %s", words, p.why(source))
		return nil
	}
	if !prose {
		d.warn("not-prose", "the text of the page holds no sentence: it may be a list or a table")
	}
	if p.paywall {
		d.warn("paywall", "the page says that its text is for subscribers: this may be a part of it")
	}
	if words < fewWords {
		d.warn("short-article", "the article has %d words only: %s", words, p.why(source))
	}
	return t.paragraphs
}

// mainText returns what readability takes for the article, or an error if it finds none. The library was written for
// friendly pages: a panic in it is an error here. It works on a copy of the tree.
func mainText(root *html.Node, address string) (t textBuilder, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: readability: %v", ErrBroken, r)
		}
	}()
	page, err := url.Parse(address)
	if err != nil {
		page = nil
	}
	parser := readability.NewParser()
	parser.DisableJSONLD = true // the page's marks are read by our own rules, which say how they know
	result, err := parser.ParseDocument(root, page)
	if err != nil {
		return t, err
	}
	if result.Node == nil {
		return t, fmt.Errorf("%w: no article", ErrBroken)
	}
	t.walk(result.Node, 0)
	t.flush()
	return t, nil
}

// bodyText takes what is for browsers without scripts out of the tree and returns the paragraphs of its body.
func bodyText(root *html.Node) textBuilder {
	var body *html.Node
	var gone []*html.Node
	for n := range root.Descendants() {
		switch n.DataAtom {
		case atom.Body:
			body = n
		case atom.Noscript:
			gone = append(gone, n)
		}
	}
	for _, n := range gone {
		n.Parent.RemoveChild(n)
	}
	var t textBuilder
	if body != nil {
		t.walk(body, 0)
	}
	t.flush()
	return t
}

// measure counts the nodes under root and sums their depths.
func measure(root *html.Node) (nodes, depths int) {
	depth := 0
	for n := root; n != nil; {
		nodes++
		depths += depth
		if n.FirstChild != nil {
			n = n.FirstChild
			depth++
			continue
		}
		for n != nil && n.NextSibling == nil {
			n = n.Parent
			depth--
		}
		if n != nil {
			n = n.NextSibling
		}
	}
	return nodes, depths
}

func (d *Document) setParagraphs(paragraphs []string) {
	var b strings.Builder
	for i, p := range paragraphs {
		if i > 0 {
			b.WriteString("\n\n")
		}
		start := b.Len()
		b.WriteString(p)
		d.Paragraphs = append(d.Paragraphs, Paragraph{Start: start, End: b.Len()})
	}
	d.Text = b.String()
}

// isProse reports whether any paragraph holds a sentence.
func isProse(paragraphs []string) bool {
	for _, p := range paragraphs {
		if sentence.MatchString(p) {
			return true
		}
	}
	return false
}

// sentence is a mark that ends one, after some letters and before a space, a closing quote or the end.
var sentence = regexp.MustCompile(`[^.!?]{20}(?:[.!?…:؟।][”"“’»«'\)\]]*(?:\s|$)|[。！？])`)

// textBuilder collects the paragraphs of a tree.
type textBuilder struct {
	paragraphs []string
	cur        strings.Builder
	breaks     int // br elements since the last character
}

// blocks are the elements that end a paragraph where they begin and end.
var blocks = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true,
	atom.Li: true, atom.Ul: true, atom.Ol: true, atom.Blockquote: true, atom.Pre: true, atom.Table: true, atom.Tr: true, atom.Td: true, atom.Th: true,
	atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Section: true, atom.Article: true, atom.Main: true, atom.Figure: true, atom.Figcaption: true,
	atom.Header: true, atom.Footer: true, atom.Aside: true, atom.Nav: true, atom.Form: true, atom.Hr: true, atom.Address: true, atom.Details: true, atom.Summary: true,
}

// silent are the elements whose text nobody sees as text.
var silent = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Svg: true, atom.Math: true, atom.Iframe: true,
	atom.Object: true, atom.Select: true, atom.Textarea: true, atom.Button: true, atom.Head: true, atom.Noframes: true, atom.Audio: true, atom.Video: true,
}

// walk is recursive: html.Parse nests 512 deep at most.
func (t *textBuilder) walk(n *html.Node, depth int) {
	if n.Type == html.TextNode {
		t.text(n.Data)
		return
	}
	if silent[n.DataAtom] || depth > 600 {
		return
	}
	if n.DataAtom == atom.Br {
		t.lineBreak()
		return
	}
	block := blocks[n.DataAtom]
	if block {
		t.flush()
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		t.walk(c, depth+1)
	}
	if block {
		t.flush()
	}
}

// text adds s with its ASCII white space collapsed; other spaces are the author's.
func (t *textBuilder) text(s string) {
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && isSpace(s[j]) {
			j++
		}
		if j > i {
			t.space()
		}
		i = j
		for j < len(s) && !isSpace(s[j]) {
			j++
		}
		if j > i {
			t.cur.WriteString(s[i:j])
			t.breaks = 0
		}
		i = j
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

func (t *textBuilder) space() {
	if s := t.cur.String(); s != "" && s[len(s)-1] != ' ' {
		t.cur.WriteByte(' ')
	}
}

// lineBreak is a space; the second in a row ends the paragraph, as old pages do it.
func (t *textBuilder) lineBreak() {
	t.space()
	if t.breaks++; t.breaks == 2 {
		t.flush()
	}
}

func (t *textBuilder) flush() {
	if p := strings.TrimSpace(t.cur.String()); p != "" {
		t.paragraphs = append(t.paragraphs, p)
	}
	t.cur.Reset()
	t.breaks = 0
}

func (t *textBuilder) words() int {
	n := 0
	for _, p := range t.paragraphs {
		n += len(strings.Fields(p))
	}
	return n
}

// proseElements are where fromTokens takes text from.
var proseElements = map[atom.Atom]bool{
	atom.P: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.Blockquote: true, atom.Li: true, atom.Figcaption: true, atom.Td: true,
}

// skipped are the parts of a page that fromTokens leaves out whole.
var skipped = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Nav: true, atom.Footer: true, atom.Aside: true, atom.Form: true, atom.Head: true, atom.Svg: true, atom.Template: true,
}

// fromTokens takes the paragraphs in one pass without building a tree: for pages built to exhaust.
func (d Document) fromTokens(source string) Document {
	d.Extractor.Parameters = "tokens"
	var t textBuilder
	z := html.NewTokenizer(strings.NewReader(source))
	inProse, skip := false, atom.Atom(0)
	skipDepth := 0
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		switch kind {
		case html.TextToken:
			if inProse && skip == 0 {
				t.text(string(z.Text()))
			}
		case html.StartTagToken, html.EndTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			switch {
			case skip != 0:
				if tag == skip && kind == html.StartTagToken {
					skipDepth++
				} else if tag == skip {
					if skipDepth--; skipDepth == 0 {
						skip = 0
					}
				}
			case skipped[tag] && kind == html.StartTagToken:
				skip, skipDepth = tag, 1
			case tag == atom.Br:
				t.lineBreak()
			case proseElements[tag]:
				t.flush()
				inProse = kind == html.StartTagToken
			}
		}
	}
	t.flush()
	if isProse(t.paragraphs) {
		d.setParagraphs(t.paragraphs)
	} else {
		d.warn("no-article", "no article was found: no paragraph of it is a sentence")
	}
	return d
}
