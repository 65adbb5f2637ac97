package intake

import "beleg/match"

// believable is the score from which a stretch is told as footage that was shown before: by the score it is likelier so than not.
const believable = 0.5

// Believable reports whether the machine takes r for footage that was shown before. What only looks alike, shows the same place at
// another time, or is too faint to tell waits for a person, and is neither counted nor filed before that.
func (r Reuse) Believable() bool { return r.Kind == match.SameFootage && r.Score >= believable }

// Believable reports the same of what a check found.
func (f Found) Believable() bool { return f.Kind == match.SameFootage && f.Score >= believable }
