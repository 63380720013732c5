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

    private static readonly Dictionary<string, SuiteCase> s_cases = Claimed().ToDictionary(test => test.Key, StringComparer.Ordinal);

    /// <summary>The cases by name; one empty name where there is no suite.</summary>
    public static TheoryData<string> Names => s_cases.Count == 0 ? [""] : [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gives_the_verdict_of_the_suite(string name)
    {
        Assert.SkipWhen(name.Length == 0, TestData.Missing);
        var test = s_cases[name];

        var isFormat = test.File.StartsWith("optional/format/", StringComparison.Ordinal);
        var (isValid, errors) = OfficialSuite.Judge(test, assertFormat: isFormat ? true : null);

        Assert.Equal(test.IsValid, isValid);
        Assert.Equal(isValid, errors is null);
    }

    [Theory]
    [InlineData("draft4", 319)]
    [InlineData("draft7", 672)]
    [InlineData("draft2020-12", 813)]
    public void Has_all_claimed_cases_of_the_draft(string draft, int atLeast)
    {
        Assert.SkipWhen(OfficialSuite.Root is null, TestData.Missing);
        Assert.True(s_cases.Values.Count(test => test.Draft == draft) >= atLeast);
    }

    private static IEnumerable<SuiteCase> Claimed() => s_keywords.Keys
        .SelectMany(draft => OfficialSuite.Read(draft, "optional", s_keywords[draft])
            .Concat(OfficialSuite.Read(draft, "optional/format", s_formats)))
        .Where(test => test.IsValid || !s_leftOut.ContainsKey(test.Group));
}
