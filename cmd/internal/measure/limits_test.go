package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestLimits(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > 3<<20 {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
	}))
	defer srv.Close()
	var out strings.Builder
	if err := limits(&out, []string{srv.URL}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"enforced: a limit of 3 MiB", "  curl ", "declare  "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output lacks %q:\n%s", want, out.String())
		}
	}
	if limits(&out, nil) == nil || limits(&out, []string{"-active", "brute", srv.URL}) == nil {
		t.Error("no URL, or no level, is accepted")
	}
}
