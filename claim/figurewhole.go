package claim

// readWhole reads "two of the last three hospitals" after the amount two: one figure of a whole. It returns the token after
// the number of the whole, or i. Shares of round numbers ("four in ten houses") are shares.
func (r *figureReader) readWhole(i int, a amount) int {
	if a.vague || a.max > 0 || a.unit != "" || a.value != float64(int(a.value)) {
		return i
	}
	end := a.end
	if p := r.lex.number.at(r.in, i, "onlyone"); p == nil { // "one of the" has it in its words
		q := r.lex.number.at(r.in, end, "whole", "rate")
		if q == nil {
			return i
		}
		if end += len(q.words); q.class == "rate" {
			return r.readRate(i, a, end)
		}
	}
	for r.lex.number.at(r.in, end, "remaining") != nil {
		end++
	}
	b := r.simple(end)
	if b.end == 0 || b.vague || b.single || b.value <= a.value {
		return i
	}
	n := r.noun(b.end, false)
	if n.unit == "" || measured(n.unit) {
		return i
	}
	f := foundFigure{Figure: Figure{Value: a.value, Cmp: a.cmp, Unit: n.unit, Of: n.of, Status: n.status, Event: n.event, Whole: b.value}, from: i, to: n.end}
	f.Start, f.End = r.toks[i].Start, r.toks[b.end-1].End
	r.found = append(r.found, f)
	return b.end
}

// readRate reads "four in ten houses", whose ten stands at token j.
func (r *figureReader) readRate(i int, a amount, j int) int {
	b := r.simple(j)
	if b.end == 0 || b.vague || b.max > 0 || b.value <= a.value || b.value != 3 && b.value != 4 && b.value != 5 && b.value != 10 && b.value != 100 && b.value != 1000 {
		return i
	}
	n := r.noun(b.end, false)
	if !n.known || measured(n.unit) || r.dated(j) > j {
		return i
	}
	return r.put(i, b.end, Figure{Value: a.value / b.value, Cmp: a.cmp, Unit: "share", Of: n.of})
}
