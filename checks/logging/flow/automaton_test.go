package flow

import (
	"strings"
	"testing"
)

func TestAutomaton(t *testing.T) {
	a := newAutomaton(map[marks][]string{1: {"apikey"}, 2: {"log.info("}, 4: {"req~"}, 8: {"key", "keyring"}})
	for text, want := range map[string]marks{
		"API-KEY": 1 | 8, "x.api_key=": 1 | 8, "my_log.info(x)": 2, "log.information": 0, "require('x')": 0, "(req)": 4, "keyrin": 8, "": 0, "ap ikey": 8, "kkey": 8,
	} {
		if got := a.scan(text); got != want {
			t.Errorf("%q: got %b, want %b", text, got, want)
		}
	}
}

// The words of the filter stay within what a state's number can hold, and nothing that is found needs a word that the
// filter does not know.
func TestMentions(t *testing.T) {
	if n := len(words.next); n > 1<<16 {
		t.Fatalf("%d states", n)
	}
	for _, kinds := range []map[string]bool{credentialHeads, personal} {
		for name := range kinds {
			if words.scan(" "+name+" ")&(risky|shortRisk) == 0 {
				t.Errorf("%s is a risk that the filter does not know", name)
			}
		}
	}
	for name := range tokenKinds {
		if CredentialName(name+"_token") == IsCredential && words.scan(strings.ToUpper(name)+"_TOKEN")&risky == 0 {
			t.Errorf("%s_token is a risk that the filter does not know", name)
		}
	}
}
