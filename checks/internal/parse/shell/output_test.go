package shell

import (
	"fmt"
	"strings"
	"testing"
)

func TestOutputs(t *testing.T) {
	for script, want := range map[string]string{
		`echo a >> "$F"`:                            "$F [] false",
		`echo "a=$B" > $F`:                          "$F [B] false",
		`echo "a=$(make)" >> ${F}`:                  "${F} [] true",
		"cat <<E >> $F\n$A\nE":                      "$F [A] false",
		"cat <<'E' >> $F\n$A\nE":                    "$F [] false",
		`make | tee -a $F`:                          "$F [] true",
		`echo x | tee $F G`:                         "$F [] false; G [] false",
		`{ echo a; echo "$B"; } >> $F`:              "$F [B] false",
		`if x; then curl y >> $F; fi`:               "$F [] true",
		`echo a 2>&1; cat < $F; echo b 2>/dev/null`: "/dev/null [] false",
		`cat file >> $F`:                            "$F [] true",
		`echo a >> $F; (`:                           "$F [] false",
		``:                                          "",
	} {
		var got []string
		for _, o := range Outputs(script) {
			got = append(got, fmt.Sprint(o.Target, " ", o.Variables, " ", o.Computed))
			if o.Start < 0 || o.End > len(script) || o.Start > o.End {
				t.Errorf("%q: the range %d to %d is outside", script, o.Start, o.End)
			}
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%q: %q, expected %q", script, strings.Join(got, "; "), want)
		}
	}
}

func FuzzOutputs(f *testing.F) {
	f.Add(`echo "a=$(make $B)" >> $F; cat <<E | tee -a x`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, o := range Outputs(text) {
			if o.Start > o.End || o.End > len(text) {
				t.Fatalf("the range %d to %d is outside", o.Start, o.End)
			}
		}
	})
}
