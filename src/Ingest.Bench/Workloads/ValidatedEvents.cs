namespace Ingest.Bench;

/// <summary>W2-schema: the same bytes as <see cref="UnvalidatedEvents"/>; each event is validated against its schema.</summary>
public sealed class ValidatedEvents : UnvalidatedEvents
{
    public override string Name => "W2-schema";

    public override string About => "the same requests as W2-plain, each event validated against a schema of 20 properties";

    public override string ComparedWith => "W2-plain";

    public override string SourceFile => $$"""{ "writeKeys": ["{{BenchSource.WriteKey}}"] }""";

    public override IReadOnlyDictionary<string, string> Schemas => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [PageVisits.SchemaPath] = PageVisits.Schema,
    };
}
