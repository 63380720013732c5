using System.Text;

namespace Ingest.Fuzz;

/// <summary>Schemas as operators may write them, each with a document as clients may send it.</summary>
internal sealed class SchemaTarget(PlantedFault fault) : ITarget
{
    private static readonly Mutator Mutator = new([.. new[]
    {
        "{", "}", "[", "]", ",", ":", "\"", "true", "false", "null", "-1", "0", "1e400", "1e-99999", "0.1", "18446744073709551616",
        "\"type\":\"integer\",", "\"$ref\":\"#\",", "\"$ref\":\"#/$defs/a\",", "\"$id\":\"http://x/\",", "\"$anchor\":\"a\",", "\"$dynamicRef\":\"#n\",", "\"not\":{},",
        "\"items\":", "\"properties\":{", "\"pattern\":\"(\",", "\"pattern\":\"(?<=a)b*?\\\\1\",", "\"enum\":[],", "\"format\":\"ipv6\",", "\"unevaluatedProperties\":false,",
        "\"$schema\":\"http://json-schema.org/draft-04/schema#\",", "\"allOf\":[", "\"anyOf\":[", "\\u0000", "\\ud800", "/", "~1", "~2", "%25", "#",
    }.Select(Encoding.UTF8.GetBytes), [0], [0xFF]]);

    public string Name => "schema";

    // Compiling takes milliseconds.
    public int Weight => 1;

    public IReadOnlyList<byte[]> Corpus => SchemaCorpus.ByHand;

    public byte[] Make(Chance chance, IReadOnlyList<byte[]> kept)
    {
        var (input, other) = (One(chance, kept), One(chance, kept));
        var at = Array.IndexOf(input, SchemaCorpus.Separator);
        var (schema, document) = at < 0 ? (input, []) : (input[..at], input[(at + 1)..]);
        for (var changes = chance.Skewed(4); changes >= 0; changes--)
        {
            if (chance.OneIn(3))
                document = Change(chance, document, other);
            else
                schema = Change(chance, schema, other);
        }
        return SchemaCorpus.Join(schema, document);
    }

    public ISubject Open() => new SchemaSubject(fault);

    private static byte[] One(Chance chance, IReadOnlyList<byte[]> kept) =>
        SchemaCorpus.Suite.Count > 0 && chance.OneIn(4) ? chance.OfList(SchemaCorpus.Suite) : chance.OfList(kept);

    private static byte[] Change(Chance chance, byte[] json, byte[] other) => chance.Next(4) == 0
        ? Mutator.Change(chance, json, other)
        : JsonMutator.Change(chance, json, other.AsSpan(0, Math.Max(0, Array.IndexOf(other, SchemaCorpus.Separator))).ToArray());
}
