package headers

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	dateTime  = regexp.MustCompile(`^([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[^0-9]|$)`)
	dateDay   = regexp.MustCompile(`^([0-9]{1,2})(?:[^0-9]|$)`)
	dateMonth = regexp.MustCompile(`^(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)`)
	dateYear  = regexp.MustCompile(`^([0-9]{2,4})(?:[^0-9]|$)`)
)

const months = "janfebmaraprmayjunjulaugsepoctnovdec"

// cookieDate reads a date as browsers do (RFC 6265bis, 5.1.1): words in any order, the first that fits each part.
// The time zone is always UTC, whatever is written.
func cookieDate(text string) (time.Time, bool) {
	var clock, day, year []string
	month := ""
	for _, word := range strings.FieldsFunc(text, dateDelimiter) {
		if clock == nil {
			if clock = dateTime.FindStringSubmatch(word); clock != nil {
				continue
			}
		}
		if day == nil {
			if day = dateDay.FindStringSubmatch(word); day != nil {
				continue
			}
		}
		if month == "" {
			if month = strings.ToLower(dateMonth.FindString(word)); month != "" {
				continue
			}
		}
		if year == nil {
			year = dateYear.FindStringSubmatch(word)
		}
	}
	if clock == nil || day == nil || month == "" || year == nil {
		return time.Time{}, false
	}
	number := func(digits string) int { n, _ := strconv.Atoi(digits); return n }
	y, d, h, m, s := number(year[1]), number(day[1]), number(clock[1]), number(clock[2]), number(clock[3])
	switch {
	case y >= 70 && y <= 99:
		y += 1900
	case y <= 69:
		y += 2000
	}
	at := time.Date(y, time.Month(strings.Index(months, month)/3+1), d, h, m, s, 0, time.UTC)
	return at, y >= 1601 && at.Day() == d && h < 24 && m < 60 && s < 60
}

func dateDelimiter(c rune) bool {
	return c == '\t' || c >= ' ' && c <= '/' || c >= ';' && c <= '@' || c >= '[' && c <= '`' || c >= '{' && c <= '~'
}
