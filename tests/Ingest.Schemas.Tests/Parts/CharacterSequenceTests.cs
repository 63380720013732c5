using System.Text;

namespace Ingest.Schemas.Tests;

/// <summary>Patterns that are matched byte by byte match what the regex engine matches.</summary>
public sealed class CharacterSequenceTests
{
    [Theory]
    [InlineData("^u[0-9]{1,9}$", true)]
    [InlineData("^[a-z]{2}-[A-Z]{2}$", true)]
    [InlineData("^[0-9a-f]{8}(-[0-9a-f]{4}){3}$", false)]
    [InlineData("^\\d{4}-\\d{2}-\\d{2}T.$", true)]
    [InlineData("^[a-z]+?[0-9]*\\.$", true)]
    [InlineData("^$", true)]
    [InlineData("^a{0}b$", true)]
    [InlineData("^[]$", true)]
    [InlineData("^a+a$", false)]
    [InlineData("^a*b*a$", false)]
    [InlineData("^a*b+a$", true)]
    [InlineData("^[a-z]{1,2}m?$", false)]
    [InlineData("^.*$", true)]
    [InlineData("a$", false)]
    [InlineData("^a", false)]
    [InlineData("^a|b$", false)]
    [InlineData("^^a$", false)]
    [InlineData("^a$b$", false)]
    [InlineData("^\\ba$", false)]
    [InlineData("^a\\B$", false)]
    [InlineData("^(a)\\1$", false)]
    [InlineData("^a{,2}$", true)]
    public void Are_those_whose_steps_leave_no_choice(string pattern, bool isSequence) =>
        Assert.Equal(isSequence, EcmaPattern.ReadSequence(pattern) is not null);

    [Fact]
    public void Match_as_the_regex_engine_does()
    {
        string[] sets = ["a", "b", "[ab]", "[^a]", "[0-9]", "\\d", "\\w", "\\W", ".", "é", "[^é]", "-", "[\\s\\S]", "🐲", "[]"];
        string[] repeats = ["", "", "", "*", "+", "?", "{2}", "{0}", "{1,2}", "{2,}", "+?", "??"];
        string[] characters = ["a", "a", "b", "b", "0", "-", "_", "\n", "é", "🐲", "\u2028"];
        var random = new Random(3);
        int sequences = 0, matches = 0, refusals = 0, undecided = 0;
        for (var i = 0; i < 4_000; i++)
        {
            var pattern = $"^{string.Concat(Some(4).Select(_ => Of(sets) + Of(repeats)))}$";
            if (EcmaPattern.ReadSequence(pattern) is not { } sequence)
                continue;
            sequences++;
            var reference = SchemaPattern.Compile(pattern, SchemaLimits.Default);
            for (var j = 0; j < 40; j++)
            {
                var text = string.Concat(Some(6).Select(_ => Of(characters)));
                var isMatch = sequence.IsMatch(Encoding.UTF8.GetBytes(text));
                Assert.True(isMatch is null || isMatch == reference.IsMatch(text), $"/{pattern}/ on \"{text}\": {isMatch}");
                Assert.True(isMatch is not null || text.Any(c => c >= 0x80), $"/{pattern}/ on \"{text}\" can be decided");
                _ = isMatch switch { true => matches++, false => refusals++, null => undecided++ };
            }
        }

        // The comparison is worth something only if all of them are common.
        Assert.True(sequences > 500 && matches > 1_000 && refusals > 1_000 && undecided > 1_000);

        IEnumerable<int> Some(int max) => Enumerable.Range(0, random.Next(max + 1));

        string Of(string[] choices) => choices[random.Next(choices.Length)];
    }

    [Fact]
    public void A_character_beyond_ASCII_decides_only_where_it_stands()
    {
        var sequence = EcmaPattern.ReadSequence("^a[^b]$")!;
        Assert.False(sequence.IsMatch("bé"u8));
        Assert.Null(sequence.IsMatch("aé"u8));
        Assert.True(sequence.IsMatch("ac"u8));
        Assert.True(SchemaPattern.Compile("^a[^b]$", SchemaLimits.Default).IsMatch("aé"));
    }
}
