package secrets

import "slices"

// withoutObjectIDs blanks the names of git's objects, 40 or 64 hexadecimal digits by themselves, in a text of git's own
// directory: beside the words of a message they look like keys.
func withoutObjectIDs(data []byte) []byte {
	var out []byte
	for start := 0; start < len(data); {
		end := start
		for end < len(data) && isWordByte(data[end]) {
			end++
		}
		if n := end - start; (n == 40 || n == 64) && isObjectID(data[start:end]) {
			if out == nil {
				out = slices.Clone(data)
			}
			for i := start; i < end; i++ {
				out[i] = ' '
			}
		}
		start = max(end, start+1)
	}
	if out == nil {
		return data
	}
	return out
}

func isObjectID(word []byte) bool {
	return !slices.ContainsFunc(word, func(c byte) bool { return (c < '0' || c > '9') && (c < 'a' || c > 'f') })
}
