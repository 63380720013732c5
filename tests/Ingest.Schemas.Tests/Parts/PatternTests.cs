namespace Ingest.Schemas.Tests;

/// <summary>ECMA-262 patterns: what they match and what is refused.</summary>
public sealed class PatternTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("a|b|", "x", true)]
    [InlineData("^(a|b)$", "b", true)]
    [InlineData("^a.c$", "a\nc", false)]
    [InlineData("^a.c$", "a\u2028c", false)]
    [InlineData("^a.c$", "a🐲c", true)]
    [InlineData("^.{2}$", "🐲🐉", true)]
    [InlineData("^[^a]{2}$", "🐲🐉", true)]
    [InlineData("^[^a]{4}$", "🐲🐉", false)]
    [InlineData("^[🐉-🐲]+$", "🐊🐲", true)]
    [InlineData("^[🐉-🐲]+$", "🐳", false)]
    [InlineData("^[\\u{1F409}-\\uD83D\\uDC32]$", "🐊", true)]
    [InlineData("^\\S\\D\\W$", "🐲🐲🐲", true)]
    [InlineData("^[\\s\\S]$", "🐲", true)]
    [InlineData("^[^]$", "\n", true)]
    [InlineData("[]", "a", false)]
    [InlineData("^[a-z\\d_-]+$", "a-1_", true)]
    [InlineData("^[\\w-.]+$", "a-.", true)]
    [InlineData("^[\\]\\\\^-]+$", "]\\^-", true)]
    [InlineData("^[a&&b]+$", "&", true)]
    [InlineData("^[A-[b]]$", "B]", true)]
    [InlineData("^\\p{Lu}\\p{Ll}+$", "Ärger", true)]
    [InlineData("^\\P{L}+$", "Ärger", false)]
    [InlineData("^[\\p{Nd}_]+$", "1২_", true)]
    [InlineData("^\\p{L}$", "𝒜", true)]
    [InlineData("^\\p{gc=Letter}$", "a", true)]
    [InlineData("^\\p{ASCII}+$", "aé", false)]
    [InlineData("\\bcat\\b", "a cat!", true)]
    [InlineData("\\bcat\\b", "concat", false)]
    [InlineData("\\bcat\\b", "écat", true)]
    [InlineData("\\Bcat", "concat", true)]
    [InlineData("^(?=.*\\d)(?!.*x).+$", "a1", true)]
    [InlineData("^(?=.*\\d)(?!.*x).+$", "a1x", false)]
    [InlineData("(?<=a)b(?<!c)", "ab", true)]
    [InlineData("^(a)(b)\\2\\1$", "abba", true)]
    [InlineData("^(?<x>a)(b)\\k<x>\\2$", "abab", true)]
    [InlineData("^(?<x>a)(b)\\1\\2$", "abab", true)]
    [InlineData("^(?:(a)|b)\\1$", "b", true)]
    [InlineData("^\\1(a)$", "a", true)]
    [InlineData("^a{2}b{1,}c{0,2}$", "aabbc", true)]
    [InlineData("^a{2}b{1,}c{0,2}$", "abc", false)]
    [InlineData("^a+?b*?c??$", "aab", true)]
    [InlineData("^a{,2}$", "a{,2}", true)]
    [InlineData("^{}]$", "{}]", true)]
    [InlineData("^\\x41\\u0042\\0\\cJ\\/\\-$", "AB\0\n/-", true)]
    [InlineData("^[\\b]$", "\b", true)]
    [InlineData("^$", "\n", false)]
    [InlineData("a #b", "a #b", true)]
    [InlineData("^(?:a|b)+$", "abab", true)]
    public void Match_as_in_ECMA_262(string pattern, string text, bool isMatch) =>
        Assert.Equal(isMatch, SchemaPattern.Compile(pattern, SchemaLimits.Default).IsMatch(text));

    [Theory]
    [InlineData("(", "')' is missing")]
    [InlineData(")", "')' has no '('")]
    [InlineData("[a", "ends in the middle")]
    [InlineData("a\\", "ends in the middle")]
    [InlineData("*a", "nothing to repeat")]
    [InlineData("a**", "a repeat follows a repeat")]
    [InlineData("a{2}{3}", "a repeat follows a repeat")]
    [InlineData("^*", "a repeat follows an assertion")]
    [InlineData("a{3,2}", "smaller count last")]
    [InlineData("[z-a]", "smaller end last")]
    [InlineData("\\a", "is not an escape")]
    [InlineData("\\Z", "is not an escape")]
    [InlineData("\\e", "is not an escape")]
    [InlineData("\\é", "is not an escape")]
    [InlineData("\\01", "is not an escape")]
    [InlineData("\\c1", "must be followed by a letter")]
    [InlineData("\\xg1", "2 hexadecimal digits")]
    [InlineData("\\u12", "4 hexadecimal digits")]
    [InlineData("\\u{110000}", "is not a code point")]
    [InlineData("\\p{Greek}", "is not known")]
    [InlineData("\\pL", "must be followed by {")]
    [InlineData("(a)\\2", "there is no group 2")]
    [InlineData("\\k<x>", "there is no group 'x'")]
    [InlineData("(?i)a", "must be followed by")]
    [InlineData("(?>a)", "must be followed by")]
    [InlineData("(?<1a>b)", "is not a name")]
    [InlineData("(?<x", "'>' is missing")]
    public void What_is_not_ECMA_262_is_refused(string pattern, string problem)
    {
        var refused = Assert.Throws<FormatException>(() => SchemaPattern.Compile(pattern, SchemaLimits.Default));
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        var nested = new string('(', 1_000) + new string(')', 1_000);
        Assert.Throws<FormatException>(() => SchemaPattern.Compile(nested, SchemaLimits.Default));
    }

    [Fact]
    public void Random_patterns_are_translated_or_refused()
    {
        const string Alphabet = "ab(|)[]{}^$.*+?\\-1,dwsbBpPkuxc<>=!:🐲é";
        var random = new Random(5);
        var translated = 0;
        for (var i = 0; i < 30_000; i++)
        {
            var pattern = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            try
            {
                SchemaPattern.Compile(pattern, SchemaLimits.Default);
                translated++;
            }
            catch (FormatException)
            {
            }
        }

        Assert.InRange(translated, 1_000, 29_000);
    }

    [Fact]
    public void A_pattern_too_large_for_the_linear_engine_is_left_to_the_other()
    {
        var text = new string('p', 2_000);
        var pattern = SchemaPattern.Compile($"^{text}$", SchemaLimits.Default);

        Assert.True(pattern.IsMatch(text));
        Assert.False(pattern.IsMatch(text + "p"));
    }
}
