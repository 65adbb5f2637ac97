package document

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// besides names classes and ids of what stands beside a story: menus, teasers of other stories, calls to
// share, subscribe or comment, boxes about the author, credits, date lines (which readPage has read).
var besides = regexp.MustCompile(`(?i)(?:^|[\s_-])(?:` +
	`nav(?:igation|bar)?|menu|breadcrumbs?|pagination|pager|sidebar|widget|` +
	`related|teasers?|recommend(?:ed|ations?)?|read-?more|see-?also|more-?(?:stories|news|on)|trending|most-?read|up-?next|weiterlesen|weitere|mehr-?zum-?thema|` +
	`share|sharing|social(?:-?media)?|follow|newsletter|subscribe|subscription|abo|signup|promo|advert(?:isement)?|anzeige|ads?|sponsor(?:ed)?|cookies?|consent|` +
	`comments?|kommentare?|disqus|respond|replies|` +
	`author-?(?:box|bio|info|meta)|about-?(?:the-)?author|autoren?-?box|vita|` +
	`byline|dateline|date|datum|timestamp|pubdate|(?:article|post|entry)-?(?:date|meta|info|tags|footer|nav(?:igation)?)|tags?|tag-?list|` +
	`credits?|copyright|caption-?credit|print|drucken|jump|skip-?link|rating|vote` +
	`)(?:$|[\s_-])`)

// whole are the elements that hold the story, whatever they are named.
var whole = map[atom.Atom]bool{atom.Html: true, atom.Head: true, atom.Body: true, atom.Article: true, atom.Main: true}

// never are the elements that hold no part of a story.
var never = map[atom.Atom]bool{
	atom.Nav: true, atom.Aside: true, atom.Footer: true, atom.Button: true, atom.Template: true, atom.Dialog: true, atom.Menu: true,
}

// fewBeside is the most words of an element that its name alone condemns; a longer one must consist of links.
const fewBeside = 40

// prune takes out of the tree what stands beside the story; words are those of the whole page. Links within the page
// become plain text: readability weighs them by 0.3, and sums of that round differently on machines that fuse
// multiplication and addition.
func prune(root *html.Node, words int) {
	var gone []*html.Node
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode && isBeside(n, words) {
			gone = append(gone, n)
			return
		}
		if n.DataAtom == atom.A && strings.HasPrefix(strings.TrimSpace(attr(n, "href")), "#") {
			n.DataAtom, n.Data, n.Attr = atom.Span, "span", nil
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)
	for _, n := range gone {
		n.Parent.RemoveChild(n)
	}
}

func isBeside(n *html.Node, words int) bool {
	switch {
	case whole[n.DataAtom]:
		return false
	case never[n.DataAtom]:
		all, _ := countWords(n)
		return all <= words*3/10
	case n.DataAtom == atom.Figcaption:
		return !sentence.MatchString(textOf(n, 1000)) // the name of a photographer
	case besides.MatchString(attr(n, "class")) || besides.MatchString(attr(n, "id")):
		all, linked := countWords(n)
		return all <= min(fewBeside, words*3/10) || linked*2 > all
	}
	return false
}

// countWords counts the words under n, and those of them in links.
func countWords(n *html.Node) (all, linked int) {
	var walk func(n *html.Node, link bool)
	walk = func(n *html.Node, link bool) {
		if silent[n.DataAtom] {
			return
		}
		if n.Type == html.TextNode {
			words := len(strings.Fields(n.Data))
			all += words
			if link {
				linked += words
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, link || n.DataAtom == atom.A)
		}
	}
	walk(n, n.DataAtom == atom.A)
	return all, linked
}
