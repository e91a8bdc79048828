package canary

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// fixed are markers that fuzzing can know.
func fixed(texts ...string) *markers {
	m := &markers{run: markerWord + "012345678", used: map[string]bool{}}
	for _, text := range texts {
		m.list = append(m.list, &Marker{Channel: Channel(text), Text: m.run + text})
	}
	return m
}

// naive finds what search finds, by looking at every place for every marker in every form.
func naive(m *markers, text []byte) (out []Hit) {
	for at := range text {
		for _, e := range encodings {
			for _, marker := range m.list {
				if w := e.encode(marker.Text); strings.HasPrefix(string(text[at:]), w) {
					out = append(out, Hit{marker, e.form, at, at + len(w)})
				}
			}
		}
	}
	return out
}

func FuzzSearch(f *testing.F) {
	m := fixed("abcdef", "ghi012", "pqrstu")
	a, b := m.list[0].Text, m.list[1].Text
	f.Add([]byte("GET /?token="+a+" HTTP/1.1"), 3)
	f.Add([]byte(a+b+m.run+a[:len(a)-1]), 0)
	for before := range 3 {
		f.Add([]byte("Basic "+base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", before)+a+":"+b))), before)
	}
	for _, e := range encodings {
		f.Add([]byte("x="+e.encode(a)+e.encode(b)+m.run), 7)
	}
	s := newSearcher(m)
	f.Fuzz(func(t *testing.T, text []byte, cut int) {
		got, want := s.search(text), naive(m, text)
		if !slices.Equal(got, want) {
			t.Errorf("search finds %v, looking at every place %v", got, want)
		}
		if cut = min(max(cut, 0), len(text)); slices.Contains(text, '\n') || len(text) >= maxSegment {
			return
		}
		var lines []segment
		split := &splitter{emit: func(s segment) { s.text = slices.Clone(s.text); lines = append(lines, s) }}
		split.Write(text[:cut])
		split.Write(text[cut:])
		split.Flush()
		if line := strings.TrimSuffix(string(text), "\r"); line != "" && (len(lines) != 1 || string(lines[0].text) != line) {
			t.Errorf("%q cut at %d gives %v", text, cut, lines)
		}
	})
}

// TestForms writes a marker as the standard library's encoders do.
func TestForms(t *testing.T) {
	m := newMarkers()
	marker := m.add(Bearer, nil)
	s := newSearcher(m)
	quoted, err := json.Marshal(marker.Text)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		text string
		want Form
	}{
		"as it is": {marker.Text, Raw}, "in a query": {url.QueryEscape(marker.Text), Raw}, "in JSON": {string(quoted), Raw},
		"hexadecimal": {hex.EncodeToString([]byte(marker.Text)), Hex}, "upper case": {strings.ToUpper(hex.EncodeToString([]byte(marker.Text))), Hex},
		"base64": {base64.StdEncoding.EncodeToString([]byte(marker.Text)), Base64}, "base64, one before": {base64.URLEncoding.EncodeToString([]byte("?" + marker.Text + "~~")), Base64},
		"base64, two before": {base64.RawURLEncoding.EncodeToString([]byte("??" + marker.Text)), Base64},
		"percent":            {bytewise("%")(marker.Text), Percent}, `\u`: {bytewise(`\u00`)(marker.Text), JSONEscape}, `\x`: {bytewise(`\x`)(marker.Text), HexEscape},
	} {
		if hits := s.search([]byte("x " + tt.text + " y")); len(hits) != 1 || hits[0].Marker != marker || hits[0].Form != tt.want {
			t.Errorf("%s: %q gives %v", name, tt.text, hits)
		}
	}
	for name, text := range map[string]string{"another run's": newMarkers().add(Bearer, nil).Text, "cut": marker.Text[:len(marker.Text)-1], "the run alone": m.run} {
		if hits := s.search([]byte(text)); len(hits) != 0 {
			t.Errorf("%s: %q gives %v", name, text, hits)
		}
	}
}

// TestSplitterAtEveryBorder cuts a stream with long and short lines at every place of interest.
func TestSplitterAtEveryBorder(t *testing.T) {
	m := fixed("abcdef")
	mark := m.list[0].Text
	s := newSearcher(m)
	const lineEnd = "\r\n"
	for offset := maxSegment - longest - 2*len(mark); offset < maxSegment+len(mark); offset += 7 {
		text := strings.Repeat("x", offset) + mark + strings.Repeat("y", maxSegment) + mark + lineEnd + mark + "\n\n" + mark
		for _, chunk := range []int{1 << 20, maxSegment, 4093} {
			found, begun := 0, 0
			split := &splitter{emit: func(seg segment) {
				hits := slices.DeleteFunc(s.search(seg.text), func(h Hit) bool { return h.End <= seg.seen })
				found += len(hits)
				if seg.begins && len(hits) > 0 && hits[0].Start == 0 {
					begun++
				}
			}}
			for part := range slices.Chunk([]byte(text), chunk) {
				split.Write(part)
			}
			split.Flush()
			if found != 4 || begun != 2 {
				t.Fatalf("offset %d in chunks of %d: %d markers, %d of which begin a line; want 4 and 2", offset, chunk, found, begun)
			}
			if cap(split.buf) > 2*maxSegment {
				t.Fatalf("the buffer grew to %d bytes", cap(split.buf))
			}
		}
	}
}

// TestMarkers holds the markers of a run to what the search relies on.
func TestMarkers(t *testing.T) {
	b := &builder{markers: newMarkers(), spoofed: spoofedAddress(), base: &url.URL{Scheme: "http", Host: "shop.example"}, page: "/", login: "/login", failing: "/boom"}
	requests := b.build()
	if len(requests) > 12 {
		t.Errorf("%d requests, want at most 12", len(requests))
	}
	seen := map[string]bool{}
	for _, m := range b.list {
		if seen[m.Text] || len(m.Text) != markerLength || !strings.HasPrefix(m.Text, b.run) || strings.Trim(m.Text, alphabet) != "" || m.Request == nil {
			t.Errorf("marker %v", m)
		}
		seen[m.Text] = true
		if !strings.Contains(m.Request.Data, m.Text) && m.Channel != BasicPass && m.Channel != UserName && m.Channel != UserBreak {
			t.Errorf("%v is not in its request %q", m, m.Request.Data)
		}
		if len(newSearcher(b.markers).search([]byte(m.Request.Data))) == 0 {
			t.Errorf("%v is not found in its own request", m)
		}
	}
	for _, r := range requests {
		for _, p := range r.Probes {
			if strings.Index(r.Data, p.Before.Text) > strings.Index(r.Data, p.After.Text) {
				t.Errorf("%s: the markers stand the wrong way round in %q", p.Channel, r.Data)
			}
		}
	}
	if other := newMarkers(); other.run == b.run || spoofedAddress() == b.spoofed {
		t.Error("two runs are alike")
	}
}
