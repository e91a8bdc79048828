package objects

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// Person is who wrote or committed, and when.
type Person struct {
	Name, Email string
	When        time.Time // zero where the commit gives no time that can be read
}

// Commit is a commit object, as far as it is used here; headers that are not are passed over.
type Commit struct {
	Tree      ID
	Parents   []ID
	Author    Person
	Committer Person
	// Text is what people wrote: the object without the lines that name the tree and the parents. It holds names and
	// addresses, and headers such as gpgsig, mergetag and encoding. Message is the part behind the headers.
	Text    []byte
	Message []byte
}

// Tag is an annotated tag.
type Tag struct {
	Object  ID
	Kind    Kind // of what it points at
	Name    string
	Tagger  Person
	Text    []byte // all but the lines that name the object and its kind
	Message []byte
}

// header takes the next line off an object's headers: its key, and its value without the continuation lines, which
// start with a space. ok is false at the empty line that ends the headers, and at the end.
func header(data []byte) (key, value, rest []byte, ok bool) {
	line, rest, _ := bytes.Cut(data, []byte{'\n'})
	if len(line) == 0 {
		return nil, nil, rest, false
	}
	key, value, _ = bytes.Cut(line, []byte{' '})
	for len(rest) > 0 && rest[0] == ' ' {
		_, rest, _ = bytes.Cut(rest, []byte{'\n'})
	}
	return key, value, rest, true
}

// rawCommit is a commit whose people are not taken apart. It shares the object's data.
type rawCommit struct {
	tree              ID
	parents           []ID
	author, committer []byte
	text, message     []byte
}

// parse reads a commit object. The list of the parents is used again.
func (c *rawCommit) parse(data []byte) error {
	*c = rawCommit{parents: c.parents[:0], text: data}
	rest := data
	for {
		key, value, next, ok := header(rest)
		if !ok {
			c.message = next
			break
		}
		switch string(key) {
		case "tree", "parent":
			id, valid := parseHex(value)
			if !valid {
				return wrong("a "+string(key)+"'s name", "%.80q", value)
			}
			if string(key) == "parent" {
				c.parents = append(c.parents, id)
			} else if c.tree.IsZero() {
				c.tree = id
			}
			if len(c.text) == len(rest) { // only while no other line came before
				c.text = next
			}
		case "author":
			c.author = value
		case "committer":
			c.committer = value
		}
		rest = next
	}
	if c.tree.IsZero() {
		return wrong("a commit's tree", "none")
	}
	return nil
}

// ParseCommit reads a commit object. The result shares data.
func ParseCommit(data []byte) (*Commit, error) {
	var c rawCommit
	if err := c.parse(data); err != nil {
		return nil, err
	}
	return &Commit{Tree: c.tree, Parents: c.parents, Author: parsePerson(c.author), Committer: parsePerson(c.committer), Text: c.text, Message: c.message}, nil
}

// ParseTag reads an annotated tag. The result shares data.
func ParseTag(data []byte) (*Tag, error) {
	t := &Tag{Text: data}
	rest := data
	for {
		key, value, next, ok := header(rest)
		if !ok {
			t.Message = next
			break
		}
		switch string(key) {
		case "object":
			id, valid := parseHex(value)
			if !valid {
				return nil, wrong("the name of the tag's object", "%.80q", value)
			}
			t.Object = id
		case "type":
			t.Kind = kindNamed(value)
		case "tag":
			t.Name = string(value)
		case "tagger":
			t.Tagger = parsePerson(value)
		}
		if (string(key) == "object" || string(key) == "type") && len(t.Text) == len(rest) {
			t.Text = next
		}
		rest = next
	}
	if t.Object.IsZero() {
		return nil, wrong("a tag's object", "none")
	}
	return t, nil
}

// parsePerson reads "name <email> seconds zone", as much of it as there is.
func parsePerson(line []byte) Person {
	open, end := bytes.IndexByte(line, '<'), bytes.LastIndexByte(line, '>')
	if open < 0 || end < open {
		return Person{Name: strings.TrimSpace(string(line))}
	}
	p := Person{Name: strings.TrimSpace(string(line[:open])), Email: string(line[open+1 : end])}
	seconds, rest, ok := personSeconds(line)
	if !ok {
		return p
	}
	zone := 0
	if second, _, _ := bytes.Cut(bytes.TrimSpace(rest), []byte{' '}); len(second) > 0 {
		zone = zoneSeconds(string(second))
	}
	p.When = time.Unix(seconds, 0).In(time.FixedZone("", zone))
	return p
}

// personSeconds reads the time behind a person's address, and gives what follows it.
func personSeconds(line []byte) (seconds int64, rest []byte, ok bool) {
	open, end := bytes.IndexByte(line, '<'), bytes.LastIndexByte(line, '>')
	if open < 0 || end < open {
		return 0, nil, false
	}
	first, rest, _ := bytes.Cut(bytes.TrimSpace(line[end+1:]), []byte{' '})
	const lastSecond = 1 << 40 // far beyond every date that can be written
	seconds, err := strconv.ParseInt(string(first), 10, 64)
	return seconds, rest, err == nil && seconds >= -lastSecond && seconds <= lastSecond
}

// zoneSeconds reads "+0130"; what is none counts as UTC.
func zoneSeconds(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || len(text) != 5 || n < -2359 || n > 2359 {
		return 0
	}
	return n/100*3600 + n%100*60
}
