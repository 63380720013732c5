namespace Ingest.Schemas.Tests;

/// <summary>Every required case of the official suite, for the drafts that it is present for.</summary>
public sealed class RequiredCases
{
    private static readonly Dictionary<string, SuiteGroup> s_groups = new[] { "draft4", "draft7", "draft2020-12" }
        .SelectMany(draft => OfficialSuite.Read(draft))
        .ToDictionary(group => group.Key, StringComparer.Ordinal);

    /// <summary>The groups by name; one empty name where there is no suite.</summary>
    public static TheoryData<string> Names => s_groups.Count == 0 ? [""] : [.. s_groups.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Give_the_verdicts_of_the_suite(string group)
    {
        Assert.SkipWhen(group.Length == 0, TestData.Missing);
        Assert.Equal([], OfficialSuite.FindWrong(s_groups[group]));
    }

    [Theory]
    [InlineData("draft4", 618)]
    [InlineData("draft7", 927)]
    [InlineData("draft2020-12", 1299)]
    public void Are_all_there(string draft, int atLeast)
    {
        Assert.SkipWhen(OfficialSuite.Root is null, TestData.Missing);
        Assert.True(s_groups.Values.Where(group => group.Draft == draft).Sum(group => group.Cases.Count) >= atLeast);
    }
}
