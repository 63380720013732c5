namespace Ingest.Schemas.Tests;

/// <summary>Every required case of the official suite, for the drafts that it is present for.</summary>
public sealed class RequiredCases
{
    private static readonly Dictionary<string, SuiteCase> s_cases =
        new[] { "draft4", "draft7", "draft2020-12" }.SelectMany(draft => OfficialSuite.Read(draft)).ToDictionary(test => test.Key, StringComparer.Ordinal);

    /// <summary>The cases by name; one empty name where there is no suite.</summary>
    public static TheoryData<string> Names => s_cases.Count == 0 ? [""] : [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gives_the_verdict_of_the_suite(string name)
    {
        Assert.SkipWhen(name.Length == 0, TestData.Missing);
        var test = s_cases[name];

        var (isValid, errors) = OfficialSuite.Judge(test);

        Assert.Equal(test.IsValid, isValid);
        Assert.Equal(isValid, errors is null);
    }

    [Theory]
    [InlineData("draft4", 618)]
    [InlineData("draft7", 927)]
    [InlineData("draft2020-12", 1299)]
    public void Has_all_cases_of_the_draft(string draft, int atLeast)
    {
        Assert.SkipWhen(OfficialSuite.Root is null, TestData.Missing);
        Assert.True(s_cases.Values.Count(test => test.Draft == draft) >= atLeast);
    }
}
