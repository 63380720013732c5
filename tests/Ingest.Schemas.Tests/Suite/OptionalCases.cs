namespace Ingest.Schemas.Tests;

/// <summary>
/// The optional cases of the official suite that are claimed. Not claimed: <c>content</c> (content keywords only
/// annotate) and <c>format/idn-hostname</c> (needs the tables of IDNA 2008, which the framework does not have).
/// </summary>
public sealed class OptionalCases
{
    /// <summary>Claimed files by draft.</summary>
    private static readonly Dictionary<string, string[]> s_keywords = new(StringComparer.Ordinal)
    {
        ["draft4"] = ["bignum", "ecmascript-regex", "float-overflow", "id", "non-bmp-regex", "zeroTerminatedFloats"],
        ["draft7"] = ["bignum", "cross-draft", "ecmascript-regex", "float-overflow", "id", "non-bmp-regex", "unknownKeyword"],
        ["draft2020-12"] =
        [
            "anchor", "bignum", "cross-draft", "dependencies-compatibility", "dynamicRef", "ecmascript-regex",
            "float-overflow", "format-assertion", "id", "no-schema", "non-bmp-regex", "refOfUnknownKeyword", "unknownKeyword",
        ],
    };

    /// <summary>Claimed formats, in every draft that has a file for them; asserted there.</summary>
    private static readonly string[] s_formats =
    [
        "date", "date-time", "duration", "ecmascript-regex", "email", "hostname", "idn-email", "ipv4", "ipv6", "iri",
        "iri-reference", "json-pointer", "regex", "relative-json-pointer", "time", "unknown", "uri", "uri-reference",
        "uri-template", "uuid",
    ];

    /// <summary>Groups whose invalid cases are left out, each with the reason.</summary>
    private static readonly Dictionary<string, string> s_leftOut = new(StringComparer.Ordinal)
    {
        ["validation of A-label (punycode) host names"] =
            "An A-label is judged by its characters and length; what it decodes to needs the tables of IDNA 2008.",
    };

    private static readonly Dictionary<string, SuiteGroup> s_groups = s_keywords.Keys
        .SelectMany(draft => OfficialSuite.Read(draft, "optional", s_keywords[draft])
            .Concat(OfficialSuite.Read(draft, "optional/format", s_formats)))
        .Select(group => s_leftOut.ContainsKey(group.About)
            ? group with { Cases = [.. group.Cases.Where(test => test.IsValid)] }
            : group)
        .ToDictionary(group => group.Key, StringComparer.Ordinal);

    /// <summary>The groups by name; one empty name where there is no suite.</summary>
    public static TheoryData<string> Names => s_groups.Count == 0 ? [""] : [.. s_groups.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Give_the_verdicts_of_the_suite(string group)
    {
        Assert.SkipWhen(group.Length == 0, TestData.Missing);
        var isFormat = group.Contains("/optional/format/", StringComparison.Ordinal);
        Assert.Equal([], OfficialSuite.FindWrong(s_groups[group], assertFormat: isFormat ? true : null));
    }

    [Theory]
    [InlineData("draft4", 319)]
    [InlineData("draft7", 672)]
    [InlineData("draft2020-12", 813)]
    public void Are_all_there(string draft, int atLeast)
    {
        Assert.SkipWhen(OfficialSuite.Root is null, TestData.Missing);
        Assert.True(s_groups.Values.Where(group => group.Draft == draft).Sum(group => group.Cases.Count) >= atLeast);
    }
}
