package scan

// letterBits holds, for each letter and the letter before it, how many half bits of surprise the pair carries in the
// words of program texts and their documentation, as a digit of base 36. Row and column 0 are the edge of a word.
const letterBits = "" +
	"z897899ab9eca9ab8f979acbbgf" +
	"7c988dcafahc797hah786cdeecf" +
	"6699a7aef7df6dd8cg89d7ffgbg" +
	"76cab7cb7aj89de6di998behiei" +
	"38bb95bdg6gibed9eiaadbefhei" +
	"59d97bbdhdjf9a7ebe678fceaei" +
	"58ba987ef6jh8dd7ck99baighdm" +
	"49ece5eca8ihada8ci89cagghfh" +
	"55gec5egg6ifbbe7di9c9aieich" +
	"9ab89a99jgif8947bia87hbjejb" +
	"55dcd6cde8eceec7cid7d7edfef" +
	"47edd5dcb7ffbcb9cgb8bafdhdh" +
	"67eda5eeh6jd7ee7dkeaaaehk9j" +
	"65adc5ffh7kdcae77ie9caghhej" +
	"68e887b6f9hcdec8eie86cdgjei" +
	"8cb79ecbgchc885a9l6998bafhi" +
	"66gcd6deb9ke8ef79j6a8agggdl" +
	"5afdbbeedbgg9ddddbbab2ddgdi" +
	"67eaa5dch7jccbc7cja99bdfhbk" +
	"4afae6fe97kcceeaagd96agejbh" +
	"57gbd5df96lhbde8ck79abgffbi" +
	"899ab9bbi9he885d9k777ggifgg" +
	"66dcd3cfe6jfccc9dhdaceffhfi" +
	"65ebc7dd96idbc88bi89ceheefi" +
	"5797978fd8khdbec7fcb7effbei" +
	"29ecdaeefahfba8b7kc7adgeige" +
	"56ced3ddb7gdddc9dhecddbdgcb"

const letterRow = 27

// Rarity is how much surprise each letter of the value carries on average, in bits, with the number of letters. Words
// of any European language stay near 4; letters drawn at random come to 6. Case marks where a word begins: in fooBar
// there are two.
func Rarity(value string) (bits float64, letters int) {
	total, before := 0, 0
	for i := range len(value) {
		c := value[i]
		if !isLetter(c) {
			before = 0
			continue
		}
		if c < 'a' && i > 0 && value[i-1] >= 'a' && value[i-1] <= 'z' {
			before = 0
		}
		letter := int(c|0x20-'a') + 1
		total += halfBits(letterBits[before*letterRow+letter])
		before = letter
		letters++
	}
	if letters == 0 {
		return 0, 0
	}
	return float64(total) / 2 / float64(letters), letters
}

func halfBits(digit byte) int {
	if digit <= '9' {
		return int(digit - '0')
	}
	return int(digit-'a') + 10
}

// Rare reports whether the value's letters are joined as no language joins them. The fewer letters there are, the
// more surprise it takes: one word in fifty passes, and nine random texts in ten (four in five of six letters).
func Rare(value string) bool {
	const least = 5
	bits, letters := Rarity(value)
	return letters >= least && bits > 5+0.2*float64(max(0, 8-letters))
}
