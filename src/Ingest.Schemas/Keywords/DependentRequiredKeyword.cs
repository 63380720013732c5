using System.Text;

namespace Ingest.Schemas;

/// <summary><c>dependentRequired</c>, and the lists of names in <c>dependencies</c>.</summary>
internal sealed class DependentRequiredKeyword : Keyword
{
    private readonly string[] _allNames;
    private readonly NameTable _names;
    private readonly (int Trigger, int[] Required)[] _rules;

    /// <param name="site">Where the keyword stands.</param>
    /// <param name="rules">By the name of a member, the names of those that must then be there too.</param>
    public DependentRequiredKeyword(KeywordSite site, IReadOnlyList<(string Trigger, string[] Required)> rules)
        : base(site, JsonTypes.Object)
    {
        _allNames = [.. rules.SelectMany(rule => rule.Required.Prepend(rule.Trigger)).Distinct(StringComparer.Ordinal)];
        _names = new NameTable([.. _allNames.Select(Encoding.UTF8.GetBytes)]);
        _rules = [.. rules.Select(rule => (NumberOf(rule.Trigger), rule.Required.Select(NumberOf).ToArray()))];

        int NumberOf(string name) => Array.IndexOf(_allNames, name);
    }

    public override bool Check(ref Validation run, int row)
    {
        var words = BitSet.WordsFor(_allNames.Length);
        var present = new BitSet(words <= BitSet.StackWords ? stackalloc ulong[BitSet.StackWords] : new ulong[words]);
        MemberNames.Find(run.Instance, row, _names, present);
        var valid = true;
        foreach (var (trigger, required) in _rules)
        {
            if (!present[trigger])
                continue;
            foreach (var name in required)
            {
                if (present[name])
                    continue;
                valid = run.Collecting && run.Report(
                    $"{Site.Location}/{JsonPointer.Escape(_allNames[trigger])}",
                    row,
                    $"the member \"{_allNames[name]}\" is missing, which \"{_allNames[trigger]}\" requires");
                if (!run.Collecting)
                    return false;
            }
        }

        return valid;
    }
}
