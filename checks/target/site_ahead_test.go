package target_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe"
	"hardcheck/checks/target"
)

// TestAhead: after the first addresses the others are asked for in groups that are under way together, and each once.
func TestAhead(t *testing.T) {
	var asked atomic.Int32
	together := make(chan struct{}, probe.AtOnce)
	all := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) > probe.Alone {
			together <- struct{}{}
			if len(together) == cap(together) {
				close(all)
			}
			<-all // nobody is answered before the whole group has come
		}
	}))
	defer srv.Close()
	site, err := target.OpenSite(srv.URL, target.SiteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	var requests []checks.Request
	for n := range probe.Alone + probe.AtOnce {
		requests = append(requests, checks.Request{Path: "/" + strconv.Itoa(n)})
	}
	p := checks.NewPass(t.Context(), &checks.Check{}, &checks.World{Site: site}, nil)
	for n, r := range requests {
		probe.Ahead(p, requests, n)
		if n < probe.Alone && int(asked.Load()) != n {
			t.Errorf("%d requests before the first %d were answered", asked.Load(), probe.Alone)
		}
		if _, err := site.Do(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if int(asked.Load()) != len(requests) {
		t.Errorf("%d requests, want %d", asked.Load(), len(requests))
	}
}
