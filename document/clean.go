package document

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"beleg/edtf"
)

// cleaned is what was taken out of a tree before it is read, as far as a person should know of it.
type cleaned struct {
	deleted  int // words struck out
	consent  bool
	captured Captured
}

// clean brings the tree of a saved page to what a reader sees: shadow roots and the frames that were saved in place are opened;
// toolbars of archives, consent walls, words struck out, marks of footnotes and soft hyphens are taken out.
func clean(root *html.Node) cleaned {
	var c cleaned
	openShadows(root)
	openFrames(root)
	c.captured = takeToolbars(root)
	var gone []*html.Node
	for n := range root.Descendants() {
		switch {
		case n.Type == html.TextNode:
			if strings.Contains(n.Data, "\u00ad") && n.Parent != nil && n.Parent.DataAtom != atom.Script {
				n.Data = strings.ReplaceAll(n.Data, "\u00ad", "")
			}
		case n.Type != html.ElementNode:
		case n.DataAtom == atom.Del || n.DataAtom == atom.S || n.DataAtom == atom.Strike:
			all, _ := countWords(n)
			c.deleted += all
			gone = append(gone, n)
		case n.DataAtom == atom.Sup:
			if isMark(n) {
				gone = append(gone, n)
			} else {
				raise(n)
			}
		case n.DataAtom == atom.A && strings.HasPrefix(attr(n, "href"), "#") && bracketed.MatchString(textOf(n, 20)):
			gone = append(gone, n)
		case isConsent(n):
			c.consent = true
			gone = append(gone, n)
		}
	}
	for _, n := range gone {
		if n.Parent != nil {
			n.Parent.RemoveChild(n)
		}
	}
	return c
}

// openShadows makes the shadow roots that a page declares (HTML, "template", shadowrootmode) part of it.
func openShadows(root *html.Node) {
	for n := range root.Descendants() {
		if n.DataAtom == atom.Template && (hasAttr(n, "shadowrootmode") || hasAttr(n, "shadowroot")) {
			n.DataAtom, n.Data, n.Attr = atom.Div, "div", nil
		}
	}
}

// frameDepth bounds frames within frames, maxFrames those of a page.
const (
	frameDepth = 3
	maxFrames  = 20
)

// openFrames puts in what frames hold whose page is written in the attribute srcdoc, as SingleFile saves them, where that is more
// than the page around it has.
func openFrames(root *html.Node) {
	for range frameDepth {
		around, _ := countWords(root)
		var frames []*html.Node
		for n := range root.Descendants() {
			if n.DataAtom == atom.Iframe && attr(n, "srcdoc") != "" && len(frames) < maxFrames {
				frames = append(frames, n)
			}
		}
		opened := false
		for _, n := range frames {
			inner, err := html.Parse(strings.NewReader(attr(n, "srcdoc")))
			n.Attr = nil
			if err != nil {
				continue
			}
			openShadows(inner)
			if words, _ := countWords(inner); words <= around {
				continue
			}
			n.DataAtom, n.Data, opened = atom.Div, "div", true
			for n.FirstChild != nil {
				n.RemoveChild(n.FirstChild)
			}
			inner.Type, inner.Data, inner.DataAtom = html.ElementNode, "div", atom.Div
			for d := range inner.Descendants() {
				if d.DataAtom == atom.Html || d.DataAtom == atom.Body || d.DataAtom == atom.Head {
					d.DataAtom, d.Data = atom.Div, "div"
				}
			}
			n.AppendChild(inner)
		}
		if !opened {
			return
		}
	}
}

var (
	bracketed = regexp.MustCompile(`^\[\s*(?:\d{1,3}|[a-z]|note \d+|Anm\. ?\d+)\s*\]$`)
	markText  = regexp.MustCompile(`^\[?\(?\s*(?:\d{1,3}|[a-z]|[ivx]{1,4}|[*†‡§¹²³⁴-⁹]{1,3}|note \d+|Anm\. ?\d+)(?:\s*[,;]\s*\d{1,3})*\s*\)?\]?$`)
	units     = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:[kcdmµ]?m|ft|in|yd|mi|km|sq|10|e|x|n)$`)
)

// isMark reports a mark of a footnote. A raised number after a unit or a power of ten is none.
func isMark(n *html.Node) bool {
	words := textOf(n, 40)
	if !markText.MatchString(words) {
		return false
	}
	linked := strings.Contains(attr(n, "class")+attr(n, "id"), "ref") || strings.Contains(attr(n, "class"), "note") || bracketed.MatchString(words)
	for d := range n.Descendants() {
		linked = linked || d.DataAtom == atom.A
	}
	return linked || !units.MatchString(lastWord(n))
}

// lastWord returns the word that stands right before n, "" after a space.
func lastWord(n *html.Node) string {
	if n.PrevSibling == nil {
		return ""
	}
	before := n.PrevSibling.Data
	if n.PrevSibling.Type != html.TextNode {
		before = textOf(n.PrevSibling, 100)
	}
	return before[strings.LastIndexAny(before, " \t\r\n\u00a0")+1:]
}

var raised = strings.NewReplacer("0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹", "-", "⁻", "−", "⁻")

// raise writes a raised number as such: "10⁶", not "106".
func raise(n *html.Node) {
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			d.Data = raised.Replace(d.Data)
		}
	}
}

var (
	consentName = regexp.MustCompile(`(?i)(?:^|[\s_-])(?:sp_message|onetrust|optanon|didomi|qc-cmp2?|usercentrics|uc-banner|cybotcookiebot|cookiebot|truste|trustarc|cmp|cmpbox|gdpr|dsgvo|cookies?|consent|privacy-?(?:manager|wall)|datenschutz-?hinweis|einwilligung|quantcast|klaro|borlabs|iubenda)`)
	consentSaid = regexp.MustCompile(`(?i)cookie|consent|personal data|personenbezogene|einwillig|zustimm|tracking|our partners|unsere partner|privacy policy|datenschutz`)
)

// isConsent reports a box that asks for consent, whatever its length: its name and its words say so, and no article is in it.
func isConsent(n *html.Node) bool {
	if whole[n.DataAtom] || !consentName.MatchString(attr(n, "id")) && !consentName.MatchString(attr(n, "class")) {
		return false
	}
	for d := range n.Descendants() {
		if d.DataAtom == atom.Article || d.DataAtom == atom.Main || d.DataAtom == atom.H1 {
			return false
		}
	}
	return len(consentSaid.FindAllString(textOf(n, 4000), 3)) >= 2
}

var (
	waybackMade = regexp.MustCompile(`FILE ARCHIVED ON (\d{1,2}:\d{2}:\d{2}) (\w{3} \d{1,2}, \d{4})`)
	toolbarID   = regexp.MustCompile(`^(?:wm-ipp(?:-.*)?|donato|__wb_.*|wayback-toolbar.*)$`)
	archiveDay  = regexp.MustCompile(`\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})?(?: UTC)?`)
)

// takeToolbars takes out what web archives put into pages, and returns when they say they saved this one.
func takeToolbars(root *html.Node) (c Captured) {
	var gone []*html.Node
	within, today := false, false
	for n := range root.Descendants() {
		switch {
		case n.Type == html.CommentNode && strings.Contains(n.Data, "WAYBACK TOOLBAR INSERT"):
			within = strings.Contains(n.Data, "BEGIN")
		case n.Type == html.CommentNode:
			if m := waybackMade.FindStringSubmatch(n.Data); m != nil {
				c = capturedAt("15:04:05 Jan 2, 2006", m[1]+" "+m[2], m[0])
			}
		case n.Type == html.ElementNode && (within && n.Parent != nil || toolbarID.MatchString(attr(n, "id"))):
			if n.DataAtom != atom.Html && n.DataAtom != atom.Body && n.DataAtom != atom.Head {
				gone = append(gone, n)
			}
		case n.DataAtom == atom.Link && strings.Contains(attr(n, "href"), "//archive."), n.DataAtom == atom.Meta && strings.Contains(attr(n, "content"), "//archive."):
			today = today || strings.Contains(attr(n, "rel"), "bookmark") || strings.Contains(attr(n, "rel"), "canonical")
		case today && n.Type == html.ElementNode && attr(n, "id") == "HEADER":
			if m := archiveDay.FindString(textOf(n, 2000)); m != "" && c.Words == "" {
				c = capturedAt("2 Jan 2006 15:04", m[:strings.IndexByte(m, ':')+len(":04")], m)
			}
			gone = append(gone, n)
		}
	}
	for _, n := range gone {
		if n.Parent != nil {
			n.Parent.RemoveChild(n)
		}
	}
	return c
}

// dateLines are the paragraphs of the page without those of its foot and sides, in which dates are those of other things.
func dateLines(root *html.Node) []string {
	var t textBuilder
	var walk func(n *html.Node, depth int)
	walk = func(n *html.Node, depth int) {
		if n.DataAtom == atom.Footer || n.DataAtom == atom.Aside || n.DataAtom == atom.Nav || footName.MatchString(attr(n, "id")) || footName.MatchString(attr(n, "class")) {
			if !insideArticle(n) {
				return
			}
		}
		if n.DataAtom == atom.Body || n.Type == html.DocumentNode || n.DataAtom == atom.Html || n.DataAtom == atom.Div || n.DataAtom == atom.Section || n.DataAtom == atom.Main {
			t.flush()
			for c := n.FirstChild; c != nil && depth < 600; c = c.NextSibling {
				walk(c, depth+1)
			}
			t.flush()
			return
		}
		t.walk(n, depth)
	}
	walk(root, 0)
	t.flush()
	return slices.DeleteFunc(t.paragraphs, func(p string) bool { return len(p) > dateLine })
}

var footName = regexp.MustCompile(`(?i)(?:^|[\s_-])(?:footer|copyright|legal|impressum|imprint|colophon|calendar|kalender|weather|wetter)(?:$|[\s_-])`)

func insideArticle(n *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.DataAtom == atom.Article {
			return true
		}
	}
	return false
}

func capturedAt(layout, s, words string) Captured {
	t, err := time.Parse(layout, strings.TrimSpace(s))
	if err != nil {
		return Captured{}
	}
	return Captured{Date: edtf.Instant(t), Words: words}
}

// otherPages are titles and headlines of pages that came instead of the one that was asked for.
var otherPages = []struct {
	what string
	form *regexp.Regexp
}{
	{"a check whether one is a person", regexp.MustCompile(`(?i)^just a moment|attention required|checking (?:if the site|your browser)|are you (?:a )?(?:human|robot)|verif(?:y|ying) (?:that )?you are (?:a )?human|security check|ddos.?guard|one more step|bot (?:verification|check)|sind sie ein (?:mensch|roboter)|sicherheits(?:über)?prüfung|pardon our interruption|human verification|unusual traffic`)},
	{"an error page", regexp.MustCompile(`(?i)^(?:error |fehler |http )?(?:40[0-9]|410|429|50[0-4])\b|\b(?:404|403)\b.{0,12}(?:not found|forbidden|error|fehler)|not found$|page (?:not found|unavailable|does ?n.t exist)|^access denied|^forbidden|(?:seite|artikel|inhalt|dokument) (?:wurde )?nicht (?:gefunden|verfügbar|vorhanden)|zugriff verweigert|service (?:temporarily )?unavailable|bad gateway|gateway time-?out|internal server error|too many requests|temporarily unavailable|site (?:is )?(?:under maintenance|can.t be reached)|wartungsarbeiten|^oops\b|account suspended|domain (?:is )?for sale`)},
	{"a question for consent", regexp.MustCompile(`(?i)^before you continue|^bevor sie fortfahren|cookie[- ]?(?:consent|einstellungen|settings|hinweis)|^(?:your|ihre) (?:privacy|privatsphäre|consent|einwilligung)|consent (?:required|wall)|willkommen bei .{1,40}mit werbung`)},
	{"a request to sign in", regexp.MustCompile(`(?i)^(?:log|sign) ?in(?: to| ?[|–-]|$)|^(?:anmelden|einloggen)(?: ?[|–-]|$)|^(?:login|anmeldung)$`)},
}

// otherWords is the most words of such a page: a story about an error may be called like one.
const otherWords = 180

// instead says what came instead of the page that was asked for; "" when there is no sign of that.
func (p page) instead(words int) string {
	if words > otherWords {
		return ""
	}
	for _, o := range otherPages {
		for _, title := range []string{p.docTitle, p.headline} {
			if o.form.MatchString(title) {
				return o.what
			}
		}
	}
	return ""
}
