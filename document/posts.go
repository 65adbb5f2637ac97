package document

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A postForm is how a network marks up its posts: the element around one, its words, and its replies.
type postForm struct {
	network        string
	post, text     func(*html.Node) bool
	single, answer func(*html.Node) bool // the post that the page is about; a post that answers it. nil: none is told apart
}

func classed(words ...string) func(*html.Node) bool {
	return func(n *html.Node) bool { return n.Type == html.ElementNode && hasWord(attr(n, "class"), words...) }
}

func tested(id string) func(*html.Node) bool {
	return func(n *html.Node) bool { return n.Type == html.ElementNode && attr(n, "data-testid") == id }
}

// postForms are the marks of public pages of posts, as they were in 2026: Telegram's channel and single post views, Mastodon and
// its kin, X, Bluesky.
var postForms = []postForm{
	{"Telegram", classed("tgme_widget_message"), classed("tgme_widget_message_text"), nil, nil},
	{"Mastodon", classed("status", "detailed-status", "activity-stream"), classed("status__content", "e-content"), classed("detailed-status"), classed("entry-reply", "status-reply", "entry-successor")},
	{"X", tested("tweet"), tested("tweetText"), nil, nil},
	{"Bluesky", tested("postThreadItem"), tested("postText"), nil, nil},
}

// A post is one of them.
type post struct {
	paragraphs []string
	date       string // as its time element has it
	answer     bool
	single     bool
}

// readPosts returns the posts of the page in their order, nil when it holds none of a known form.
func readPosts(root *html.Node) (posts []post, network string) {
	for _, f := range postForms {
		for n := range root.Descendants() {
			if f.post(n) && len(posts) < maxMarks {
				if p := f.read(n); len(p.paragraphs) > 0 {
					posts = append(posts, p)
				}
			}
		}
		if len(posts) > 0 {
			return posts, f.network
		}
	}
	return nil, ""
}

func (f postForm) read(n *html.Node) (p post) {
	p.answer = f.answer != nil && f.answer(n)
	p.single = f.single != nil && f.single(n)
	for d := range n.Descendants() {
		switch {
		case f.text(d) && !within(d, n, f.text) && !within(d, n, f.post):
			var t textBuilder
			t.walk(d, 0)
			t.flush()
			p.paragraphs = append(p.paragraphs, t.paragraphs...)
		case d.DataAtom == atom.Time && attr(d, "datetime") != "" && p.date == "" && !within(d, n, f.post):
			p.date = attr(d, "datetime")
		}
	}
	return p
}

// within reports whether one of the elements between d and top is of the kind.
func within(d, top *html.Node, kind func(*html.Node) bool) bool {
	for p := d.Parent; p != nil && p != top; p = p.Parent {
		if kind(p) {
			return true
		}
	}
	return false
}

// fromPosts takes the posts of a page for its text: the one that the page is about, without the answers to it, or all.
func (d *Document) fromPosts(posts []post, network string) {
	d.Extractor.Parameters = "posts " + strings.ToLower(network)
	kept, answers := []post{}, 0
	single := false
	for _, p := range posts {
		single = single || p.single
	}
	for _, p := range posts {
		if p.answer || single && !p.single {
			answers++
			continue
		}
		kept = append(kept, p)
	}
	if answers > 0 {
		d.warn("replies", "%d more posts on the page, before or in answer to this one, were not read", answers)
	}
	var story []string
	days := map[string]bool{}
	for _, p := range kept {
		story = append(story, p.paragraphs...)
		date, ok := machineDate(p.date)
		if !ok {
			continue
		}
		if day := date.String(); !days[day[:min(len(day), 10)]] {
			days[day[:min(len(day), 10)]] = true
			d.Published = Published{Date: date, Basis: FromTime, Words: cutRunes(p.date, 100)}
		}
		d.Posts = append(d.Posts, Post{Paragraph: len(story) - len(p.paragraphs), Date: date})
	}
	if len(days) > 1 {
		d.Published = Published{}
		d.warn("posts", "the page holds %d posts of %d days: no one day is that of all, so relative times stay open; save a post by itself to have them", len(kept), len(days))
	}
	d.setParagraphs(story)
}
