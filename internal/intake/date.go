package intake

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"beleg/edtf"
)

// Errors of [FirstSeen] beside those of [edtf.Read].
var (
	ErrNoDate = errors.New("intake: the date is empty")
	ErrFuture = errors.New("intake: the date is after today")
)

// FirstSeen reads when something was first seen as people write it, and returns its EDTF: "März 2018", "3.5.2014", "2014~".
func FirstSeen(text string, now time.Time) (string, error) {
	if strings.TrimSpace(text) == "" {
		return "", ErrNoDate
	}
	d, err := edtf.Read(text)
	if err != nil {
		return "", err
	}
	if d.After(now) {
		return "", fmt.Errorf("%w: %s", ErrFuture, d)
	}
	return d.String(), nil
}
