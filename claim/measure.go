package claim

// Measure fills figures, times and places of a claim that somebody else found in doc: from the words of its content
// and sentence, by the rules that [Read] goes by. A statement with a figure becomes a count. The claim needs content
// spans, kind and commitment; its sentence is filled too.
func Measure(doc Document, c *Claim) {
	first, last := c.Content.Spans[0].Start, c.Content.Spans[len(c.Content.Spans)-1].End
	r := &reader{doc: &doc}
	blocks(doc.Text, func(from, to int) {
		if to <= first || from >= last {
			return
		}
		r.lang = r.language(from, to)
		for _, s := range r.blockSentences(from, to) {
			r.measureSentence(c, s)
		}
	})
}

func (r *reader) measureSentence(c *Claim, s part) {
	whole := r.span(s)
	var parts []part
	for _, span := range c.Content.Spans {
		p := part{s.from, s.from}
		for i := s.from; i < s.to; i++ {
			switch t := r.toks[i]; {
			case t.End <= span.Start:
				p = part{i + 1, i + 1}
			case t.Start < span.End:
				p.to = i + 1
			}
		}
		if !p.empty() {
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 {
		return
	}
	if c.Sentence.End == 0 {
		c.Sentence, c.Lang = whole, r.lang.name
	}
	c.Sentence.End = whole.End
	r.sent = s
	r.quantities(c, r.clauses(s, nil), parts)
}
