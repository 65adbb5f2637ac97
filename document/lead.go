package document

import (
	"slices"
	"strings"
)

// maxLead is how many paragraphs may stand between the headline of a page and the story that readability found.
const maxLead = 8

// withLead puts back what readability leaves out of a story: the headline and the sentences between it and the first
// paragraph kept. Page holds the paragraphs of the page without what stands beside the story.
func withLead(story, page []string, headline string) []string {
	if len(story) == 0 {
		return story
	}
	first := slices.Index(page, story[0])
	for i := first - 1; i >= 0 && i >= first-maxLead; i-- {
		if page[i] != headline {
			continue
		}
		lead := []string{headline}
		for _, p := range page[i+1 : first] {
			if isProse([]string{p}) && !slices.Contains(story, p) {
				lead = append(lead, p)
			}
		}
		return append(lead, story...)
	}
	return story
}

// endOfWords is the most words of a line behind the story that is taken for a button or the title of another one.
const endOfWords = 12

// withoutTail drops the lines behind the last sentence of a story that are none themselves: buttons, titles of
// other stories, notices of rights. What stands in brackets stays: it names the author or agency.
func withoutTail(story []string) []string {
	end := len(story)
	for end > 0 && !isProse(story[end-1:end]) && len(strings.Fields(story[end-1])) <= endOfWords && !strings.HasPrefix(story[end-1], "(") {
		end--
	}
	if end == 0 {
		return story
	}
	return story[:end]
}

// withoutDateLine drops a line at the head of a story that holds nothing but its date and author, which are known
// by then: what a sentence says of another day must not follow it.
func withoutDateLine(story []string) []string {
	for i, line := range story[:min(len(story), 3)] {
		if isDateLine(line) && len(strings.Fields(line)) <= endOfWords && i+1 < len(story) {
			return slices.Concat(story[:i], story[i+1:])
		}
	}
	return story
}

// isDateLine reports a short line that holds a date of publication and no sentence. The full stop of "20. Februar" and the
// colon of "Published:" end none.
func isDateLine(line string) bool {
	if _, _, ok := humanDate(line); !ok || len(line) > dateLine {
		return false
	}
	rest, from := "", 0
	for _, l := range humanDates(line) {
		if l.start >= from {
			rest += line[from:l.start] + " "
			from = l.end
		}
	}
	rest += line[from:]
	return len(strings.Fields(rest)) <= besideDate && !sentence.MatchString(strings.ReplaceAll(rest, ":", " "))
}

// besideDate is the most words beside the date of a date line: more may be a headline on the same line.
const besideDate = 6
