//go:build unix

package prober

import (
	"fmt"
	"net/http"
	"testing"
)

// TestUnusualLimits finds limits that nobody chooses: to the byte where the level body lends its requests, and else between
// two sizes that were asked for.
func TestUnusualLimits(t *testing.T) {
	t.Parallel()
	for _, limit := range []int64{777, 54_321, 777_777, 1_234_567, 7_777_777, 33_333_333, 123_456_789, 5_000_000_001} {
		for _, levels := range [][]string{{declare}, {declare, drip}, {declare, body}} {
			t.Run(fmt.Sprint(limit, levels), func(t *testing.T) {
				t.Parallel()
				url := onGo(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.ContentLength > limit {
						w.WriteHeader(http.StatusRequestEntityTooLarge)
						return
					}
					reading(w, r)
				}))(t)
				o, costs := measureSetup(t, url, Options{Path: "/upload"}, levels...)
				b := o.Declared
				if b.AtLeast > limit || b.Over <= limit || levels[len(levels)-1] == body && !b.Exact() {
					t.Errorf("%s: want %d", o.String(), limit)
				}
				t.Log(o.String(), spent(costs))
				withinBudget(t, costs, 0)
			})
		}
	}
}
