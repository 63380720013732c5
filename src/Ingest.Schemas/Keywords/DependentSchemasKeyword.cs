using System.Text;

namespace Ingest.Schemas;

/// <summary><c>dependentSchemas</c>, and the schemas in <c>dependencies</c>.</summary>
internal sealed class DependentSchemasKeyword(KeywordSite site, IReadOnlyList<(string Trigger, SchemaNode Schema)> rules)
    : Keyword(site, JsonTypes.Object)
{
    private readonly NameTable _names = new([.. rules.Select(rule => Encoding.UTF8.GetBytes(rule.Trigger))]);
    private readonly SchemaNode[] _schemas = [.. rules.Select(rule => rule.Schema)];

    public override IEnumerable<SchemaNode> OnSameValue => _schemas;

    public override bool Check(ref Validation run, int row)
    {
        var words = BitSet.WordsFor(_schemas.Length);
        var present = new BitSet(words <= BitSet.StackWords ? stackalloc ulong[BitSet.StackWords] : new ulong[words]);
        MemberNames.Find(run.Instance, row, _names, present);
        var valid = true;
        for (var i = 0; i < _schemas.Length; i++)
        {
            if (!present[i])
                continue;
            valid &= run.Evaluate(_schemas[i], row);
            if (!valid && !run.Collecting)
                return false;
        }

        return valid;
    }
}
