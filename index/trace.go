package index

// A trace is filed in few bytes: the first moment as it is, of each further one the steps of its tiles from the moment
// before, two tiles to a byte, the first below. Small steps are exact; what a large one leaves is made up by the next. The next keyframe begins anew.

// traceSize is the size of a filed trace in bytes.
const traceSize = TraceWide*TraceHigh + (TraceMoments-1)*TraceWide*TraceHigh/2

// steps are what the codes mean. unknownStep in all tiles says that a moment is not known.
var steps = [...]int{0, 1, -1, 2, -2, 3, -3, 5, -5, 9, -9, 18, -18, 40, -40}

const unknownStep = len(steps)

// stepCodes is the code of the step that comes nearest to a difference, from -255 on.
var stepCodes = func() (codes [511]byte) {
	for d := range codes {
		best := 0
		for k, s := range steps {
			if abs(d-255-s) < abs(d-255-steps[best]) {
				best = k
			}
		}
		codes[d] = byte(best)
	}
	return codes
}()

func abs(v int) int { return max(v, -v) }

// append appends the filed form of t to b.
func (t *Trace) append(b []byte) []byte {
	b = append(b, t[0][:]...)
	last := t[0]
	for _, moment := range t[1:] {
		known := moment != [TraceWide * TraceHigh]byte{}
		for k := 0; k < len(moment); k += 2 {
			var codes [2]byte
			for i := range codes {
				codes[i] = byte(unknownStep)
				if known {
					codes[i] = stepCodes[int(moment[k+i])-int(last[k+i])+255]
					last[k+i] = stepped(last[k+i], codes[i])
				}
			}
			b = append(b, codes[0]|codes[1]<<4)
		}
	}
	return b
}

// stepped returns the value that the code leads to from v.
func stepped(v, code byte) byte { return byte(min(max(int(v)+steps[code], 0), 255)) }

// traceOf returns the trace whose filed form is b. A changed byte changes values, no more.
func traceOf(b []byte) (t Trace) {
	last := t[0]
	b = b[copy(last[:], b):]
	t[0] = last
	for i := range t[1:] {
		moment := &t[i+1]
		for k := 0; k < len(moment); k += 2 {
			for j, code := range []byte{b[0] & 15, b[0] >> 4} {
				if int(code) < len(steps) {
					last[k+j] = stepped(last[k+j], code)
					moment[k+j] = last[k+j]
				}
			}
			b = b[1:]
		}
	}
	return t
}
