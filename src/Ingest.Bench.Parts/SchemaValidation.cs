using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Ingest.Schemas;

namespace Ingest.Bench.Parts;

/// <summary>One document against a schema of 20 properties.</summary>
public class SchemaValidation
{
    private readonly JsonSchema _schema = JsonSchema.Compile(Encoding.UTF8.GetBytes(PageVisits.Schema));
    private readonly byte[] _valid = Data();
    private byte[] _invalid = [];

    [GlobalSetup]
    public void Setup()
    {
        _invalid = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(_valid).Replace("\"consent\":true", "\"consent\":1", StringComparison.Ordinal));
        if (!Valid() || Invalid())
            throw new InvalidOperationException("The documents are not what they are to be.");
    }

    [Benchmark]
    public bool Valid()
    {
        List<SchemaError>? errors = null;
        return _schema.Validate(_valid, ref errors);
    }

    [Benchmark]
    public bool Invalid()
    {
        List<SchemaError>? errors = null;
        return _schema.Validate(_invalid, ref errors);
    }

    private static byte[] Data()
    {
        using var document = JsonDocument.Parse(PageVisits.Pool[0].ToArray());
        return Encoding.UTF8.GetBytes(document.RootElement.GetProperty("data").GetRawText());
    }
}
