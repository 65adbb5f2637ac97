// Package edtf reads, prints and compares unsure dates in the Extended Date/Time Format of
// ISO 8601-2:2019: "2014~" (about 2014), "2014-05/.." (from May 2014 on), "201X" (some year of
// the 2010s), "[2014,2016]" (one of the two).
//
// Its main type is [Date]: [Parse] makes one, [Date.String] prints exactly what was parsed,
// [Date.Interval] says between which instants it lies, [Date.Covers], [Date.Overlaps] and
// [Date.Before] compare, [Date.Human] says it in German or English.
//
// Levels 0 and 1 are read fully; of level 2 sets, qualifiers on single parts and X at any digit.
// The rest of level 2 is refused with [ErrUnsupported], everything else with [ErrSyntax], and the
// message says what would be accepted. The proleptic Gregorian calendar is exact: a date that does not exist
// in it is refused, and year 0000 is the year before 0001.
//
// What has no zone is read as UTC, so two dates from different places may be up to 26 hours nearer
// to each other, or further apart, than they look. docs/format/edtf.md has the details.
package edtf
