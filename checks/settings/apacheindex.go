package settings

import (
	"slices"
	"strings"

	"hardcheck/checks"
)

// apacheIndex is a server with its sections by the path that they are of: a server may have thousands, few of which
// are about one path.
type apacheIndex struct {
	*apacheServer
	paths  map[string][]int // of directories and locations: kind and path, to places in sections
	always []int            // sections that may hold whatever the path is
}

func indexed(s *apacheServer) *apacheIndex {
	in := &apacheIndex{s, map[string][]int{}, nil}
	for i, sec := range s.sections {
		if path := sec.kind == "directory" || sec.kind == "location"; path && !sec.pattern {
			in.paths[sec.kind+" "+sec.path] = append(in.paths[sec.kind+" "+sec.path], i)
		} else if !path {
			in.always = append(in.always, i)
		}
	}
	return in
}

// about are the sections that may hold for a directory or a location, in their order, with the one of that number.
func (in *apacheIndex) about(dir, location string, number int) []int {
	found := slices.Clone(in.always)
	if number >= 0 {
		found = append(found, number)
	}
	for _, of := range []struct{ kind, path string }{{"directory ", dir}, {"location ", location}} {
		for path := of.path; ; path = path[:max(0, strings.LastIndexByte(path, '/'))] {
			found = append(found, in.paths[of.kind+path]...)
			if path == "" {
				break
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// covers reports whether the section holds for everything that target holds for.
func (s *apacheSectionOf) covers(kind, target string) bool {
	if s.kind == "if" && kind == "if" {
		return true
	}
	if kind == "files" && s.kind == "files" {
		return coversPages(s.apacheItem)
	}
	if s.pattern || s.kind != kind {
		return false
	}
	return s.path == "" || target == s.path || strings.HasPrefix(target, s.path+"/")
}

// at is what is in effect for a location, and in the section of that number where it is not negative.
func (t *apacheTree) at(s *apacheIndex, location string, number int) []checks.Setting {
	out, dir := s.base, s.root
	var sec *apacheSectionOf
	if number >= 0 {
		sec, out = &s.sections[number], inherited(out)
		if sec.kind == "directory" && !sec.pattern {
			dir = sec.path
		}
	}
	passed := s.proxied(location, sec)
	for _, i := range s.about(dir, location, number) {
		other := &s.sections[i]
		switch {
		case other == sec:
			out = mergeApache(out, sec.own)
		case passed && (other.kind == "directory" || other.kind == "files"): // no file is looked for
		case !other.covers("directory", dir) && !other.covers("files", "") && !other.covers("location", location) && !other.covers("if", ""):
		case t.merge(len(out) + len(other.own)):
			out = mergeApache(out, inherited(other.own))
		}
	}
	return out
}
